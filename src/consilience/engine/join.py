"""The candidate join: which events lie near which incident in time and space.

One definition for every engine: an equi-join on buckets of time, then the exact predicate. Buckets turn a range join,
which engines do as a product of both sides, into a hash join. Places are unit vectors computed beforehand and distance
is the chord between them: two multiplications a coordinate instead of a haversine's trigonometry for every pair.
"""

from __future__ import annotations

import math

import duckdb
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

JOIN = """
SELECT i.row AS incident, e.row AS event,
       greatest(e.t_lo - i.t_hi, i.t_lo - e.t_hi, 0.0) AS gap_min,
       (i.x - e.x) * (i.x - e.x) + (i.y - e.y) * (i.y - e.y) + (i.z - e.z) * (i.z - e.z) AS chord2
FROM (SELECT *, unnest(generate_series(first_bucket, last_bucket)) AS bucket FROM incidents) AS i
JOIN (SELECT *, unnest(generate_series(first_bucket, last_bucket)) AS bucket FROM events) AS e
  ON i.bucket = e.bucket AND i.bucket = greatest(i.first_bucket, e.first_bucket)
WHERE e.t_lo - i.t_hi <= $window AND i.t_lo - e.t_hi <= $window
  AND (i.x - e.x) * (i.x - e.x) + (i.y - e.y) * (i.y - e.y) + (i.z - e.z) * (i.z - e.z) <= $chord2
"""
"""Two rows that share several buckets meet in the first of them alone, so no pair is counted twice."""


def candidates(incidents: pl.DataFrame, events: pl.DataFrame, window_min: Minutes, radius_m: Metres) -> pl.DataFrame:
    """Pairs (`PAIRS`) at most `window_min` apart in time and `radius_m` apart in space, both bounds included.

    Both frames have the columns of `KEYED`, more are ignored; a row with an unknown value in them takes no part.
    Sorted by incident, gap, distance, event: no engine's order shows.
    """
    left, right = _placed(incidents), _placed(events)
    if not left.height or not right.height:
        return pl.DataFrame(schema=PAIRS)
    width = max(window_min, 1.0)
    chord2 = (2.0 * math.sin(min(radius_m / (2.0 * EARTH_RADIUS_M), math.pi / 2.0))) ** 2
    with duckdb.connect() as engine:
        engine.register("incidents", _columns(left, width, slack=window_min))
        engine.register("events", _columns(right, width, slack=0.0))
        found = engine.execute(JOIN, {"window": float(window_min), "chord2": chord2}).fetchnumpy()
    pairs = pl.DataFrame(
        {
            "incident": left["id"].gather(found["incident"]),
            "event": right["id"].gather(found["event"]),
            "gap_min": found["gap_min"],
            "distance_m": 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(np.sqrt(found["chord2"]) / 2.0, 1.0)),
        },
        schema=PAIRS,
    )
    nearest = pairs.group_by("incident", "event").agg(pl.col("gap_min", "distance_m").min())
    return nearest.sort("incident", "gap_min", "distance_m", "event")


def unit_vectors(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, 3) on the unit sphere for WGS 84 degrees (N,) each, on the sphere of `great_circle_m`."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in KEYED.items()).drop_nulls()


def _columns(frame: pl.DataFrame, width: Minutes, slack: Minutes) -> dict[str, NDArray[np.generic]]:
    """What both engines are given: row number, interval, its range of buckets widened by `slack`, unit vector."""
    low, high = frame["t_lo"].to_numpy(), frame["t_hi"].to_numpy()
    vectors = unit_vectors(frame["lat"].to_numpy(), frame["lon"].to_numpy())
    return {
        "row": np.arange(frame.height, dtype=np.int64),
        "t_lo": low,
        "t_hi": high,
        "first_bucket": np.floor((low - slack) / width).astype(np.int64),
        "last_bucket": np.floor((high + slack) / width).astype(np.int64),
        **{axis: np.ascontiguousarray(vectors[:, k]) for k, axis in enumerate("xyz")},
    }
