"""The candidate join is exact: it loses no pair at a bucket's edge, invents none, and its order is the data's own."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from consilience.engine.join import PAIRS, candidates
from consilience.quantities import EARTH_RADIUS_M, great_circle_m

Row = tuple[str, float, float, float, float]

_START = 24_800_000.0


@st.composite
def _rows(draw: st.DrawFn, prefix: str) -> list[Row]:
    rows = []
    for number in range(draw(st.integers(0, 12))):
        low = _START + draw(st.integers(0, 600))
        length = draw(st.sampled_from([0, 0, 5, 200]))
        lat = 35.0 + draw(st.integers(0, 40)) * 0.05
        lon = 36.0 + draw(st.integers(0, 40)) * 0.05
        rows.append((f"{prefix}{number % 9}", low, low + length, lat, lon))
    return rows


def _frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema=["id", "t_lo", "t_hi", "lat", "lon"],
        orient="row",
        schema_overrides={
            "id": pl.String(),
            "t_lo": pl.Float64(),
            "t_hi": pl.Float64(),
            "lat": pl.Float64(),
            "lon": pl.Float64(),
        },
    )


def _unit_vector(lat: float, lon: float) -> NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def _brute_force(incidents: list[Row], events: list[Row], window: float, radius: float) -> set[tuple[str, str]]:
    """Every pair looked at, with the same chord, so that both round a distance alike."""
    found = set()
    limit = (2 * np.sin(radius / (2 * EARTH_RADIUS_M))) ** 2
    for i in incidents:
        for e in events:
            a, b = _unit_vector(i[3], i[4]), _unit_vector(e[3], e[4])
            d = a - b
            near = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= limit
            if near and e[1] - i[2] <= window and i[1] - e[2] <= window:
                found.add((i[0], e[0]))
    return found


@settings(max_examples=60, deadline=None)
@given(_rows("i"), _rows("e"), st.sampled_from([0.5, 30.0, 90.0]), st.sampled_from([1.0, 9_000.0, 60_000.0]))
def test_it_finds_exactly_the_pairs_that_looking_at_every_pair_finds(
    incidents: list[Row], events: list[Row], window: float, radius: float
) -> None:
    pairs = candidates(_frame(incidents), _frame(events), window, radius)
    assert set(pairs.select("incident", "event").iter_rows()) == _brute_force(incidents, events, window, radius)
    assert pairs.select("incident", "event").is_unique().all()


@settings(max_examples=20, deadline=None)
@given(_rows("i"), _rows("e"))
def test_row_order_never_shows(incidents: list[Row], events: list[Row]) -> None:
    forward = candidates(_frame(incidents), _frame(events), 60.0, 30_000.0)
    backward = candidates(_frame(incidents[::-1]), _frame(events[::-1]), 60.0, 30_000.0)
    assert forward.equals(backward)


def test_a_pair_exactly_at_the_window_is_in_and_one_just_beyond_is_out() -> None:
    incident = _frame([("i", _START, _START, 35.5, 36.5)])
    events = _frame(
        [("at", _START + 90, _START + 90, 35.5, 36.5), ("beyond", _START - 90.001, _START - 90.001, 35.5, 36.5)]
    )
    assert candidates(incident, events, 90.0, 1.0)["event"].to_list() == ["at"]


def test_distance_is_the_great_circle_of_the_nearest_place_that_an_id_can_mean() -> None:
    incident = _frame([("i", _START, _START, 35.5, 36.5)])
    events = _frame([("e", _START, _START, 35.6, 36.5), ("e", _START, _START, 35.7, 36.5)])
    pairs = candidates(incident, events, 1.0, 60_000.0)
    assert pairs.height == 1
    assert abs(pairs["distance_m"][0] - float(great_circle_m(35.5, 36.5, 35.6, 36.5))) < 0.01


def test_rows_of_unknown_time_or_place_take_no_part() -> None:
    known = _frame([("i", _START, _START, 35.5, 36.5)])
    unknown = known.with_columns(pl.lit(None, pl.Float64()).alias("lat"))
    assert candidates(known, unknown, 90.0, 60_000.0).equals(pl.DataFrame(schema=PAIRS))
    assert candidates(known, known.with_columns(pl.lit(None, pl.Float64()).alias("t_lo")), 90.0, 1e5).is_empty()
