"""What a court is shown of observers in sum: hours in which the logs were whole, and what the logs taught.

A sum over few shows each of them, so nothing is given that fewer than `FEWEST` sources make up: neither what a log of
fewer taught, nor an hour in which fewer of them watched. A row that names no source counts as nobody.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from consilience.casework.bundle.withholding import LOGS, Row
from consilience.corroborate.evidence import CaseEvidence
from consilience.quantities import iso_utc

_Hours = tuple[datetime, datetime]

FEWEST = 3
"""Our choice: the usual least count of a cell in published tables."""


def log_model(content: bytes | None, evidence: CaseEvidence) -> dict[str, Any] | None:
    """log-model.json without what a log that too few kept has taught, and without what it taught of single places: it
    did so where somebody watched, and nowhere else.

    None where nothing is left.
    """
    if content is None:
        return None
    model: dict[str, Any] = json.loads(content)
    for kind, frame in (("sky", evidence.sightings), ("radio", evidence.transmissions)):
        if frame.filter(pl.col("covered"))["source_id"].drop_nulls().n_unique() < FEWEST:
            model[kind] = None
    if model["sky"] is None and model["radio"] is None:
        return None
    if model["sky"] is not None:
        model["sky"]["sites"] = []
    return model


def watched_hours(rows: Iterable[Row]) -> dict[str, list[list[str]]]:
    """By log, from when to when at least `FEWEST` sources at once kept it whole, anywhere.

    A log without such hours is not in it. Rows that name no source, or the same one twice at a time, add nobody.
    """
    by_log: dict[str, list[Row]] = {}
    for row in rows:
        by_log.setdefault(row["kind"], []).append(row)
    found = {kind: _watched_by_enough(by_log[kind]) for kind in LOGS if kind in by_log}
    return {kind: [[iso_utc(start), iso_utc(end)] for start, end in hours] for kind, hours in found.items() if hours}


def _watched_by_enough(rows: Sequence[Row]) -> list[_Hours]:
    """Stretches in which at least `FEWEST` sources watched at once: counted up and down where watches begin and end."""
    watches: dict[str, list[_Hours]] = {}
    for row in rows:
        if row["source_id"] is not None:
            watches.setdefault(row["source_id"], []).append((row["from_lo"], row["to_hi"]))
    changes = Counter[datetime]()
    for start, end in (hours for watch in watches.values() for hours in _joined(watch)):
        changes[start] += 1
        changes[end] -= 1
    found, watching = list[_Hours](), 0
    began: datetime | None = None
    for moment in sorted(changes):
        watching += changes[moment]
        if watching >= FEWEST and began is None:
            began = moment
        elif watching < FEWEST and began is not None:
            found.append((began, moment))
            began = None
    return found


def _joined(watch: Sequence[_Hours]) -> list[_Hours]:
    """One source's hours, joined where they touch or overlap, so that it counts once."""
    joined = list[_Hours]()
    for start, end in sorted(watch):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
