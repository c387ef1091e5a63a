"""`WeighedIncident`s as bytes and back, exactly: what the cache keeps. Never pickle: a case may be a stranger's.

Parquet, one row an incident: the even grid by its first minute and its step, the density as doubles, the rest as JSON
(which repeats a double exactly, since Python writes the shortest text that reads back to it).
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import polars as pl

from consilience.casework.sensitivity_store import sensitivity_from_json, sensitivity_to_json
from consilience.records.sensitivity import Carried
from consilience.records.weighed import Cell, Placebo, TrackShare, Verdict, WeighedIncident, WeighedPiece

_SCHEMA = {"first": pl.Float64(), "step": pl.Float64(), "time_density": pl.Binary(), "rest": pl.String()}
_ARRAYS = ("minutes", "time_density")
_OTHERWISE = ("tracks", "pieces", "sensitivity", "carried", "placebo")
_PLAIN = tuple(f.name for f in fields(WeighedIncident) if f.name not in (*_ARRAYS, *_OTHERWISE))


def to_bytes(weighed: Sequence[WeighedIncident]) -> bytes:
    """Parquet bytes that `from_bytes` turns into equal records."""
    rows = [
        {
            "first": float(one.minutes[0]),
            "step": float(one.minutes[1] - one.minutes[0]) if len(one.minutes) > 1 else 1.0,
            "time_density": one.time_density.astype("<f8").tobytes(),
            "rest": json.dumps(_rest(one)),
        }
        for one in weighed
    ]
    stream = io.BytesIO()
    pl.DataFrame(rows, schema=_SCHEMA).write_parquet(stream)
    return stream.getvalue()


def from_bytes(data: bytes) -> tuple[WeighedIncident, ...]:
    """The records that `to_bytes` wrote, in their order, arrays read-only."""
    frame = pl.read_parquet(io.BytesIO(data))
    return tuple(_record(row) for row in frame.iter_rows(named=True))


def _rest(one: WeighedIncident) -> dict[str, Any]:
    rest: dict[str, Any] = {name: getattr(one, name) for name in _PLAIN}
    rest = {name: dict(value) if hasattr(value, "items") else value for name, value in rest.items()}
    rest["tracks"] = [[t.track_id, t.responsibility, list(t.sightings)] for t in one.tracks]
    rest["pieces"] = [
        [
            p.evidence_id,
            p.kind,
            p.group,
            p.verdict.value,
            [[f, c.weight, c.conflict, c.verdict.value] for f, c in p.cells.items()],
        ]
        for p in one.pieces
    ]
    rest["sensitivity"] = None if one.sensitivity is None else sensitivity_to_json(one.sensitivity)
    rest["placebo"] = None if one.placebo is None else asdict(one.placebo)
    rest["carried"] = None if one.carried is None else [one.carried.source]
    return rest


def _record(row: dict[str, Any]) -> WeighedIncident:
    rest = json.loads(row["rest"])
    density = np.frombuffer(row["time_density"], dtype="<f8").astype(np.float64, copy=False)
    minutes = row["first"] + row["step"] * np.arange(len(density))
    minutes.setflags(write=False)
    tracks = tuple(TrackShare(track_id, share, tuple(sightings)) for track_id, share, sightings in rest.pop("tracks"))
    pieces = tuple(
        WeighedPiece(
            evidence_id,
            kind,
            group,
            {field: Cell(weight, conflict, Verdict(verdict)) for field, weight, conflict, verdict in cells},
            Verdict(worst),
        )
        for evidence_id, kind, group, worst, cells in rest.pop("pieces")
    )
    probed, carried, told = (rest.pop(name) for name in ("sensitivity", "carried", "placebo"))
    return WeighedIncident(
        minutes=minutes,
        time_density=density,
        tracks=tracks,
        pieces=pieces,
        sensitivity=None if probed is None else sensitivity_from_json(probed),
        carried=None if carried is None else Carried(*carried),
        placebo=None if told is None else Placebo(**told),
        **rest,
    )
