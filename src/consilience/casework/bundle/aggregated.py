"""What a court is shown of observers in sum: hours in which the logs were whole, and what the logs taught.

A sum over few shows each of them, so nothing is given that fewer than `FEWEST` sources make up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from consilience.casework.bundle.withholding import LOGS, Row
from consilience.corroborate.evidence import CaseEvidence
from consilience.quantities import iso_utc

FEWEST = 3
"""Our choice: the usual least count of a cell in published tables."""


def log_model(content: bytes | None, evidence: CaseEvidence, incidents: Sequence[str]) -> dict[str, Any] | None:
    """log-model.json without the places of other incidents; None where there is none, or too few kept the logs."""
    loggers = {
        source
        for frame in (evidence.sightings, evidence.transmissions)
        for source in frame.filter(pl.col("covered"))["source_id"].drop_nulls()
    }
    if content is None or len(loggers) < FEWEST:
        return None
    model: dict[str, Any] = json.loads(content)
    if model["sky"] is not None:
        sites = [s | {"incidents": [i for i in s["incidents"] if i in incidents]} for s in model["sky"]["sites"]]
        model["sky"]["sites"] = [site for site in sites if site["incidents"]]
    return model


def watched_hours(rows: Iterable[Row]) -> dict[str, list[list[str]]]:
    """By log, from when to when at least one source kept it whole, anywhere, joined where they touch.

    A log of which fewer than `FEWEST` sources kept such hours is not in it; a row that names no source speaks of all.
    """
    by_log: dict[str, list[Row]] = {}
    for row in rows:
        by_log.setdefault(row["kind"], []).append(row)
    return {kind: _joined(found) for kind, found in sorted(by_log.items()) if kind in LOGS and _are_many(found)}


def _are_many(rows: Sequence[Row]) -> bool:
    return any(row["source_id"] is None for row in rows) or len({row["source_id"] for row in rows}) >= FEWEST


def _joined(rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted((row["from_lo"], row["to_hi"]) for row in rows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return [[iso_utc(start), iso_utc(end)] for start, end in joined]
