"""Observers' clocks: found again from flights that several saw, and told by what rows say alone."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_day import SCHEMA, synthetic_orbat

from consilience.records.situated import OBSERVER_CLOCKS
from consilience.reference.assumptions import load_assumptions
from consilience.situate.observer_clocks import observer_clocks
from consilience.situate.tracks import associate

ORBAT, ASSUMPTIONS = synthetic_orbat(), load_assumptions()
AHEAD = {"P0": -2.0, "P1": 0.0, "P2": 0.0, "P3": 2.0}


@cache
def loiters() -> pl.DataFrame:
    """A hundred drones that circle a quarter of an hour, two hours apart, each seen some times by four observers."""
    rng = np.random.default_rng(5)
    rows: list[dict[str, object]] = []
    for flight in range(100):
        for minute in np.sort(rng.uniform(0, 15, 8)):
            source = f"P{rng.integers(4)}"
            told = float(np.floor(flight * 120 + minute + AHEAD[source]))
            if source == "P2":
                told = 5.0 * np.round(told / 5)
            rows.append({
                "sighting_id": f"S{len(rows):05d}", "source_id": source, "t_lo": told, "t_hi": told, "t_sigma": 1.0,
                "t_precision": "minute", "sites": [{"name": "a", "lat": 35.5, "lon": 36.5, "error_m": 1000.0}],
                "platform": "Orlan-10", "means": ["Orlan-10"], "activity": "circling",
            })  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


def clocks_of(log: pl.DataFrame) -> pl.DataFrame:
    return observer_clocks(log, associate(log, ORBAT, ASSUMPTIONS), ORBAT, ASSUMPTIONS)


def test_clocks_ahead_and_behind_are_found_with_intervals_that_hold_them() -> None:
    found = clocks_of(loiters())
    assert found.schema == pl.Schema(OBSERVER_CLOCKS)
    assert found["source_id"].to_list() == sorted(AHEAD)
    for row in found.iter_rows(named=True):
        assert row["low"] < AHEAD[row["source_id"]] < row["high"]
        assert row["low"] < row["offset_min"] < row["high"]
        assert row["flights"] > 50
    ahead = dict(zip(found["source_id"], found["offset_min"], strict=True))
    assert ahead["P3"] - ahead["P0"] > 2.5


def test_an_observer_who_writes_whole_fives_is_said_to_round() -> None:
    found = clocks_of(loiters())
    assert dict(zip(found["source_id"], found["rounds_to_min"], strict=True)) == {"P0": 1, "P1": 1, "P2": 5, "P3": 1}


def test_no_shared_flight_says_nothing() -> None:
    log = loiters()
    assert clocks_of(log.filter(pl.col("source_id") == "P1")).is_empty()
    assert clocks_of(log.head(0)).is_empty()
    assert clocks_of(log.with_columns(source_id=pl.lit(None, pl.String()))).is_empty()


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(-5000, 5000))
def test_row_order_and_whole_days_never_matter(random: object, days: int) -> None:
    log = loiters()
    order = list(range(len(log)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = log[order].with_columns(pl.col("t_lo") + 1440.0 * days, pl.col("t_hi") + 1440.0 * days)
    assert clocks_of(moved).equals(clocks_of(log))


def test_other_names_of_observers_get_the_same_clocks() -> None:
    log = loiters()
    other = {"P0": "Z", "P1": "Y", "P2": "X", "P3": "W"}
    renamed = clocks_of(log.with_columns(pl.col("source_id").replace_strict(other))).sort("source_id", descending=True)
    first = clocks_of(log)
    for column in ("offset_min", "low", "high"):
        assert np.abs(renamed[column].to_numpy() - first[column].to_numpy()).max() <= 0.011
    assert renamed["flights"].equals(first["flights"])
