"""The candidate join beside two peers that answer the same question: Polars' inequality join and DuckDB's range join.

Run from the repository root:  .venv/bin/python benchmarks/join_vs_polars.py [--incidents 2000] [--events 200000]

Incidents and sightings are synthetic, spread evenly over a year and over north-west Syria. All three give the same
pairs, or the script stops. Printed are seconds of wall time (the median of the rounds, which are interleaved so that a
busy machine hits all alike) and each peer's time as a multiple of ours, with the smallest and largest of any round.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

import duckdb
import numpy as np
import polars as pl
from rounds import interleaved, table

from consilience.engine.join import candidates
from consilience.quantities import EARTH_RADIUS_M

WINDOW_MIN, RADIUS_M = 60.0, 30_000.0
YEAR_MIN = 365.0 * 24 * 60
CHORD2 = float((2 * np.sin(RADIUS_M / (2 * EARTH_RADIUS_M))) ** 2)
Pairs = set[tuple[str, str]]


def synthetic(prefix: str, rows: int, seed: int) -> pl.DataFrame:
    """Moments over a year and places over a box of about 190 km by 145 km."""
    rng = np.random.default_rng(seed)
    minutes = np.round(rng.uniform(0, YEAR_MIN, rows))
    lat, lon = rng.uniform(34.8, 36.5, rows), rng.uniform(35.8, 37.4, rows)
    frame = pl.DataFrame({"id": [f"{prefix}{n}" for n in range(rows)], "t_lo": minutes, "t_hi": minutes})
    phi, lam = np.radians(lat), np.radians(lon)
    axes = {"x": np.cos(phi) * np.cos(lam), "y": np.cos(phi) * np.sin(lam), "z": np.sin(phi)}
    return frame.with_columns(lat=lat, lon=lon, **axes)


def ours(incidents: pl.DataFrame, events: pl.DataFrame) -> Pairs:
    """engine.join as casework calls it, unit vectors and all."""
    return set(candidates(incidents, events, WINDOW_MIN, RADIUS_M).select("incident", "event").iter_rows())


def polars_join_where(incidents: pl.DataFrame, events: pl.DataFrame) -> Pairs:
    """Polars' inequality join on time, then the chord; the unit vectors are given to it."""
    bounds = incidents.with_columns(first=pl.col("t_lo") - WINDOW_MIN, last=pl.col("t_lo") + WINDOW_MIN)
    joined = bounds.join_where(events, pl.col("t_lo_right") >= pl.col("first"), pl.col("t_lo_right") <= pl.col("last"))
    chord2 = pl.sum_horizontal((pl.col(axis) - pl.col(f"{axis}_right")) ** 2 for axis in "xyz")
    return set(joined.filter(chord2 <= CHORD2).select("id", "id_right").iter_rows())


def duckdb_range_join(incidents: pl.DataFrame, events: pl.DataFrame) -> Pairs:
    """The same predicate in DuckDB without our buckets; the unit vectors are given to it."""
    query = """SELECT i.id, e.id FROM i JOIN e ON e.t_lo BETWEEN i.t_lo - $window AND i.t_lo + $window
               AND (i.x - e.x) ** 2 + (i.y - e.y) ** 2 + (i.z - e.z) ** 2 <= $chord2"""
    with duckdb.connect() as engine:
        engine.register("i", incidents.to_arrow())
        engine.register("e", events.to_arrow())
        return set(engine.execute(query, {"window": WINDOW_MIN, "chord2": CHORD2}).fetchall())


METHODS: dict[str, Callable[[pl.DataFrame, pl.DataFrame], Pairs]] = {
    "ours": ours,
    "Polars join_where": polars_join_where,
    "DuckDB range join": duckdb_range_join,
}


def main() -> None:
    """Time every method in interleaved rounds and print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--incidents", type=int, default=2_000)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    incidents, events = synthetic("I", asked.incidents, 1), synthetic("S", asked.events, 2)
    found = {name: method(incidents, events) for name, method in METHODS.items()}
    if len(set(map(frozenset, found.values()))) != 1:
        raise SystemExit(f"the methods disagree: { ({name: len(pairs) for name, pairs in found.items()}) }")
    taken = interleaved({name: partial(method, incidents, events) for name, method in METHODS.items()}, asked.rounds)
    print(f"{asked.incidents} incidents, {asked.events} events, {len(found['ours'])} pairs, {asked.rounds} rounds")
    print(*table(taken, "ours", "s", 1.0), sep="\n")


if __name__ == "__main__":
    main()
