"""provenance.json: where each piece of evidence stands, down to the row, and the digest of the file that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from consilience.records.case import CaseRecords
from consilience.records.tables import NEVER_AN_INPUT, TABLES


def trace(records: CaseRecords, legs: pl.DataFrame) -> dict[str, Any]:
    """Each evidence_id (and facility, place, source …) to its exhibit and locator; each track_id to its sightings.

    An id that several tables use stands under `table/id` in each but the first in alphabetical order.
    """
    digests = {str(file.path): file.digest for file in records.files}
    traced: dict[str, Any] = {}
    for name in sorted(TABLES):
        key = TABLES[name].key
        if key is None or name in NEVER_AN_INPUT:
            continue
        for row in records.tables[name].iter_rows(named=True):
            place = row[key] if row[key] not in traced else f"{name}/{row[key]}"
            traced[place] = _entry(name, row, digests)
    for track_id, sighting_id in legs.sort("track_id", "leg").select("track_id", "sighting_id").iter_rows():
        traced.setdefault(track_id, {"sightings": []})["sightings"].append(sighting_id)
    return dict(sorted(traced.items()))


def _entry(table: str, row: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """`exhibit` is the file that holds the row, `item_exhibit` the one that the row cites, where the folder holds it.

    Nulls where a record was formed (an incident from accounts).
    """
    item = row.get("item")
    locator = {"file": row["_file"], "row": row["_row"], "item": item, "place": row.get("locator")}
    return {
        "table": table,
        "exhibit": digests.get(row["_file"] or ""),
        "locator": locator,
        "item_exhibit": digests.get(item or ""),
    }
