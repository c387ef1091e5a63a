"""Posteriors made by hand, for tests of CONCLUDE: synthetic, no real incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from consilience.quantities import minutes_since_epoch
from consilience.records.case import CaseRecords, CaseSettings
from consilience.records.tables import TABLES
from consilience.records.weighed import Cell, TrackShare, Verdict, WeighedIncident, WeighedPiece

PARTIES = ("Syrian", "Russian")
START = minutes_since_epoch(datetime(2017, 4, 30, 20, 30, tzinfo=UTC))


def piece(evidence_id: str, kind: str, group: str, verdict: Verdict = Verdict.CORROBORATES) -> WeighedPiece:
    return WeighedPiece(evidence_id, kind, group, {"time": Cell(0.8, 0.42, verdict)}, verdict)


PIECES = (piece("A1", "account", "g1"), piece("A2", "account", "g2"), piece("T-S1", "track", "log"))


def weighed(incident_id: str = "I1", **changes: Any) -> WeighedIncident:
    """An air strike that is one or the other party's, with changes."""
    minutes = START + np.arange(61.0)
    density = np.full(61, 1 / 61)
    values: dict[str, Any] = {
        "incident_id": incident_id,
        "minutes": minutes,
        "time_density": density,
        "time_median": START + 30,
        "time_low": START + 2,
        "time_high": START + 58,
        "cause": {"attack": 0.98, "another cause": 0.015, "none": 0.005},
        "mode": {"air strike": 0.97, "barrel bomb": 0.02, "ground attack": 0.01, "ballistic missile": 0.0},
        "cluster": 0.02,
        "platform": {"Su-24": 0.6, "Su-22": 0.4},
        "party": {"Syrian": 0.4, "Russian": 0.59, "other": 0.01},
        "together": 0.0,
        "log10_lr": {"Syrian:Russian": -0.2, "attack:none": 4.8},
        "tracks": (TrackShare("T-S1", 0.7, ("S1", "S2")),),
        "other_tracks": 0.1,
        "unseen_flight": 0.15,
        "no_flight": 0.05,
        "pieces": PIECES,
        "groups": 3,
        "log_covers": True,
    }
    return WeighedIncident(**(values | changes))


def records(tables: Mapping[str, list[dict[str, Any]]] | None = None, **settings: Any) -> CaseRecords:
    """Records of a case with the given rows; one incident I1 at a hospital unless told otherwise."""
    rows: dict[str, list[dict[str, Any]]] = {
        "incidents": [{"incident_id": "I1", "title": "one", "facility_id": "F1"}],
        "facilities": [{"facility_id": "F1", "kind": "hospital"}],
        **(tables or {}),
    }
    frames = {name: frame(name, rows.get(name, [])) for name in TABLES}
    values: dict[str, Any] = {"id": "case", "title": "A case", "time_zone": "Asia/Damascus", "parties": PARTIES}
    return CaseRecords(CaseSettings(**(values | settings)), frames, (), ())


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = TABLES[table].canonical()
    full = [{name: row.get(name) for name in schema} for row in rows]
    return pl.DataFrame(full, schema=schema)
