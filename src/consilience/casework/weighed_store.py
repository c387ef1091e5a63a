"""`WeighedIncident`s as bytes and back, exactly: what the cache keeps. Never pickle: a case may be a stranger's.

Parquet, one row an incident: the two arrays as lists of doubles, the rest as JSON (which repeats a double exactly,
since Python writes the shortest text that reads back to it).
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.casework.sensitivity_store import sensitivity_from_json, sensitivity_to_json
from consilience.records.sensitivity import Carried
from consilience.records.weighed import Cell, TrackShare, Verdict, WeighedIncident, WeighedPiece

_SCHEMA = {"minutes": pl.List(pl.Float64()), "time_density": pl.List(pl.Float64()), "rest": pl.String()}
_ARRAYS = ("minutes", "time_density")
_OTHERWISE = ("tracks", "pieces", "sensitivity", "carried")
_PLAIN = tuple(f.name for f in fields(WeighedIncident) if f.name not in (*_ARRAYS, *_OTHERWISE))


def to_bytes(weighed: Sequence[WeighedIncident]) -> bytes:
    """Parquet bytes that `from_bytes` turns into equal records."""
    rows = [
        {"minutes": one.minutes.tolist(), "time_density": one.time_density.tolist(), "rest": json.dumps(_rest(one))}
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
    rest["carried"] = None if one.carried is None else [one.carried.source]
    return rest


def _record(row: dict[str, Any]) -> WeighedIncident:
    rest = json.loads(row["rest"])
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
    probed, carried = rest.pop("sensitivity"), rest.pop("carried")
    return WeighedIncident(
        minutes=_frozen(row["minutes"]),
        time_density=_frozen(row["time_density"]),
        tracks=tracks,
        pieces=pieces,
        sensitivity=None if probed is None else sensitivity_from_json(probed),
        carried=None if carried is None else Carried(*carried),
        **rest,
    )


def _frozen(values: list[float]) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
