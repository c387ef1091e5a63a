"""The candidate join: which events lie near which incident in time and space.

Events are sorted by their start, so that those near an incident in time are found by bisection; distance is the chord
between unit vectors, two multiplications a coordinate instead of a haversine's trigonometry for every pair.
benchmarks/join_vs_polars.py sets it beside the range joins of DuckDB and Polars.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.quantities import EARTH_RADIUS_M, Metres, Minutes

KEYED: dict[str, pl.DataType] = {
    "id": pl.String(),
    "t_lo": pl.Float64(),  # minutes since the epoch
    "t_hi": pl.Float64(),  # equal to t_lo for a moment
    "lat": pl.Float64(),  # WGS 84 degrees
    "lon": pl.Float64(),
}
"""Both sides of the join: an id may stand in several rows (several places that it can mean)."""

PAIRS: dict[str, pl.DataType] = {
    "incident": pl.String(),
    "event": pl.String(),
    "gap_min": pl.Float64(),  # minutes between the two intervals, 0 where they overlap
    "distance_m": pl.Float64(),  # along the great circle, of the nearest pair of places
}

LENGTHS_MIN = (0.0, 60.0, 1440.0)
"""Events are looked through by how long they last: one of a day must not make the search for moments a day wide."""

AT_ONCE = 500_000
"""Pairs near in time that are measured at once: our choice; their coordinates then stay in the cache."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def candidates(incidents: pl.DataFrame, events: pl.DataFrame, window_min: Minutes, radius_m: Metres) -> pl.DataFrame:
    """Pairs (`PAIRS`) at most `window_min` apart in time and `radius_m` apart in space, both bounds included.

    Both frames have the columns of `KEYED`, more are ignored; a row with an unknown value in them takes no part.
    Sorted by incident, gap, distance, event.
    """
    left, right = _placed(incidents), _placed(events)
    if not left.height or not right.height:
        return pl.DataFrame(schema=PAIRS)
    most = (2.0 * math.sin(min(radius_m / (2.0 * EARTH_RADIUS_M), math.pi / 2.0))) ** 2
    here, there = (_coordinates(frame["lat"].to_numpy(), frame["lon"].to_numpy()) for frame in (left, right))
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    for one, other in _near_in_time(left, right, window_min):
        chord2 = np.zeros(len(one))
        for axis in range(3):
            chord2 += (here[axis][one] - there[axis][other]) ** 2
        near = np.flatnonzero(chord2 <= most)
        found.append((one[near], other[near], chord2[near]))
    one, other, chord2 = (np.concatenate(part) for part in zip(*found, strict=True))
    starts, ends = ([frame[name].to_numpy() for frame in (left, right)] for name in ("t_lo", "t_hi"))
    gap = np.maximum(np.maximum(starts[1][other] - ends[0][one], starts[0][one] - ends[1][other]), 0.0)
    pairs = pl.DataFrame(
        {
            "incident": left["id"].gather(one),
            "event": right["id"].gather(other),
            "gap_min": gap,
            "distance_m": 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(np.sqrt(chord2) / 2.0, 1.0)),
        },
        schema=PAIRS,
    )
    if pairs.select("incident", "event").is_duplicated().any():  # somewhere several places of one row were near
        pairs = pairs.group_by("incident", "event").agg(pl.col("gap_min", "distance_m").min())
    return pairs.sort("incident", "gap_min", "distance_m", "event")


def _near_in_time(left: pl.DataFrame, right: pl.DataFrame, window: Minutes) -> Iterator[Pairs]:
    """Rows of both sides whose intervals are at most `window` apart, each pair once, some at a time; at least one part.

    Of events no longer than a length, those that begin between (start − window − length) and (end + window) are near or
    just too early; what is too early is taken out pair by pair.
    """
    begin, end = left["t_lo"].to_numpy(), left["t_hi"].to_numpy()
    starts, ends = right["t_lo"].to_numpy(), right["t_hi"].to_numpy()
    yield np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    lengths, shortest = ends - starts, -np.inf
    for longest in (*LENGTHS_MIN, np.inf):
        some = np.flatnonzero((lengths > shortest) & (lengths <= longest))
        shortest = longest
        if not len(some):
            continue
        order = some[pl.Series(starts[some]).arg_sort().to_numpy()]
        reach = window + float(lengths[order].max())
        first = np.searchsorted(starts[order], begin - reach)
        count = np.searchsorted(starts[order], end + window, side="right") - first
        for rows in _parts(count):
            one = np.repeat(np.arange(rows.start, rows.stop), count[rows])
            before = np.cumsum(count[rows]) - count[rows]
            other = order[np.arange(len(one)) + np.repeat(first[rows] - before, count[rows])]
            if longest > 0.0:
                late = begin[one] - ends[other] <= window
                one, other = one[late], other[late]
            yield one, other


def _parts(count: NDArray[np.int64]) -> Iterator[slice]:
    """Runs of rows with about `AT_ONCE` pairs together, at least one row each."""
    total, begin = np.cumsum(count), 0
    while begin < len(count):
        before = int(total[begin - 1]) if begin else 0
        stop = max(int(np.searchsorted(total, before + AT_ONCE, side="right")), begin + 1)
        yield slice(begin, stop)
        begin = stop


def _coordinates(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """x, y and z, each by itself."""
    phi, lam = np.radians(lat), np.radians(lon)
    across = np.cos(phi)
    return [across * np.cos(lam), across * np.sin(lam), np.sin(phi)]


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in KEYED.items()).drop_nulls()
