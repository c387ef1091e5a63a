"""Tracks: what must never change the answer, what no track may hold, and how well it recovers known flights."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from agreement import agreement
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from synthetic_day import SCHEMA, SyntheticLog, make_day, synthetic_orbat

from consilience.quantities import great_circle_m
from consilience.records.reference_data import OrderOfBattle
from consilience.records.situated import TRACK_LEGS
from consilience.reference.assumptions import load_assumptions
from consilience.situate import blocks
from consilience.situate.tracks import associate

ORBAT = synthetic_orbat()
FASTEST_KM_PER_MIN = 900 / 60


ASSUMPTIONS = load_assumptions()


def tracks_of(sightings: pl.DataFrame, orbat: OrderOfBattle = ORBAT) -> pl.DataFrame:
    return associate(sightings, orbat, ASSUMPTIONS)


def labels_of(log: SyntheticLog, legs: pl.DataFrame) -> NDArray[np.int64]:
    track = dict(zip(legs["sighting_id"], legs["track_id"], strict=True))
    number = {name: k for k, name in enumerate(sorted(set(track.values())))}
    return np.array([number[track[s]] for s in log.sightings["sighting_id"]], dtype=np.int64)


def sighting(
    sighting_id: str, minute: float, lat: float = 35.5, lon: float = 36.5, **more: object
) -> dict[str, object]:
    return {
        "sighting_id": sighting_id, "source_id": "P1", "t_lo": minute, "t_hi": minute, "t_sigma": 1.0,
        "t_precision": "minute", "sites": [{"name": "a", "lat": lat, "lon": lon, "error_m": 1000.0}],
        "platform": "Su-24", "means": ["Su-24"],
    } | more  # fmt: skip


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def groups(legs: pl.DataFrame) -> set[tuple[str, ...]]:
    return {tuple(part.sort("leg")["sighting_id"]) for _, part in legs.group_by("track_id")}


@cache
def small_day() -> SyntheticLog:
    return make_day(3, flights=8, sightings=90)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_row_order_never_matters(random: object) -> None:
    log = small_day().sightings
    order = list(range(len(log)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert tracks_of(log[order]).equals(tracks_of(log))


@settings(max_examples=10, deadline=None)
@given(st.integers(-20_000, 20_000))
def test_whole_days_later_the_tracks_are_the_same(days: int) -> None:
    log = small_day().sightings
    later = log.with_columns(pl.col("t_lo") + 1440.0 * days, pl.col("t_hi") + 1440.0 * days)
    assert tracks_of(later).equals(tracks_of(log))


def test_names_of_observers_have_no_part() -> None:
    log = small_day().sightings
    renamed = log.with_columns(source_id=pl.lit("Q") + pl.col("source_id").str.reverse())
    assert tracks_of(renamed).equals(tracks_of(log))


@cache
def three_days() -> SyntheticLog:
    return make_day(11, flights=8, sightings=90, days=3)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_log_in_blocks_gives_what_the_whole_log_gives(workers: int) -> None:
    """Blocks end where nobody saw anything for longer than a flight may go unseen, whatever their number."""
    log = three_days().sightings
    whole = associate(log, ORBAT, ASSUMPTIONS)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_AT_LEAST", 20)
        in_blocks = associate(
            log, ORBAT, ASSUMPTIONS, workers=workers, progress=lambda done, total: told.append((done, total))
        )
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == (len(log), len(log))
    assert in_blocks.equals(whole)


def test_a_log_without_a_pause_is_cut_at_its_widest_gap_and_parts_agree_with_threads() -> None:
    log = small_day().sightings
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_AT_LEAST", 5)
        patch.setattr(blocks, "_AT_MOST", 25)
        one, four = (associate(log, ORBAT, ASSUMPTIONS, workers=n) for n in (1, 4))
    assert one.equals(four)
    assert sorted(one["sighting_id"]) == sorted(log["sighting_id"])


def test_every_usable_sighting_is_in_one_track_in_order_of_time() -> None:
    log = small_day().sightings
    legs = tracks_of(log)
    assert legs.schema == pl.Schema(TRACK_LEGS)
    assert sorted(legs["sighting_id"]) == sorted(log["sighting_id"])
    minute = dict(zip(log["sighting_id"], log["t_lo"], strict=True))
    for (track,), part in legs.group_by("track_id"):
        assert part["leg"].to_list() == list(range(len(part)))
        assert track == "T-" + part["sighting_id"][0]
        times = [minute[s] for s in part["sighting_id"]]
        assert times == sorted(times)


UNUSABLE: tuple[dict[str, object], ...] = (
    {"t_precision": "part_of_day"},
    {"t_precision": "day"},
    {"t_precision": None, "t_lo": None, "t_hi": None},
    {"sites": []},
    {"sites": [{"name": n, "lat": 35.5, "lon": 36.5, "error_m": 500.0} for n in "ab"]},
)


@pytest.mark.parametrize("bad", UNUSABLE, ids=["part of day", "day", "no time", "no site", "two sites"])
def test_a_row_that_cannot_enter_a_track_changes_nothing(bad: dict[str, object]) -> None:
    log = small_day().sightings
    middle = float(log["t_lo"].median())  # type: ignore[arg-type]
    assert tracks_of(pl.concat([frame(sighting("X", middle) | bad), log])).equals(tracks_of(log))


def test_nothing_usable_gives_no_tracks() -> None:
    assert tracks_of(frame()).equals(pl.DataFrame(schema=TRACK_LEGS))
    assert tracks_of(frame(sighting("X", 0.0, t_precision="day"))).is_empty()


def test_no_leg_is_faster_than_any_aircraft() -> None:
    log = make_day(5)
    at = {r["sighting_id"]: (r["t_lo"], r["sites"][0]) for r in log.sightings.iter_rows(named=True)}
    slack_min = 2 * np.sqrt(2) * ASSUMPTIONS["track_delay_min"].value
    for _, part in tracks_of(log.sightings).group_by("track_id", maintain_order=True):
        ids = part["sighting_id"].to_list()
        for a, b in pairwise(ids):
            (t0, p), (t1, q) = at[a], at[b]
            km = float(great_circle_m(p["lat"], p["lon"], q["lat"], q["lon"])) / 1000
            sighted = (
                2
                * np.sqrt(2)
                * np.hypot(max(p["error_m"], q["error_m"]) / 2000, ASSUMPTIONS["track_sighting_km"].value)
            )
            assert km <= FASTEST_KM_PER_MIN * (t1 - t0 + slack_min) + 1.03 * sighted


@settings(max_examples=20, deadline=None)
@given(st.floats(0.9, 3.0), st.sampled_from(["Su-24", "Mi-8", "Orlan-10"]))
def test_two_far_apart_at_one_moment_are_two(degrees: float, platform: str) -> None:
    rows = [sighting(f"S{k}", 100.0, lat=34.0 + k * degrees, platform=platform, means=[platform]) for k in (0, 1)]
    assert groups(tracks_of(frame(*rows))) == {("S0",), ("S1",)}


def test_one_aircraft_from_its_base_over_two_towns() -> None:
    """Hmeimim at 02:02 heading east, circling 85 km away eight minutes later and again soon after."""
    rows = (
        sighting("A", 122.0, 35.40, 35.95, heading="east", base="Westfield"),
        sighting("B", 130.0, 35.75, 36.60, activity="circling"),
        sighting("C", 133.0, 35.72, 36.63, activity="circling"),
    )
    assert groups(tracks_of(frame(*rows))) == {("A", "B", "C")}


def test_a_helicopter_is_never_joined_to_a_jet_far_away() -> None:
    rows = (
        sighting("A", 100.0, platform="Mi-8", means=["Mi-8"]),
        sighting("B", 104.0, lat=35.8),
    )
    assert groups(tracks_of(frame(*rows))) == {("A",), ("B",)}


def test_a_departure_begins_a_flight() -> None:
    rows = (
        sighting("A", 100.0, lat=35.6, heading="north"),
        sighting("B", 105.0, base="Westfield", heading="east"),
        sighting("C", 107.0, lon=36.7, heading="east"),
    )
    assert groups(tracks_of(frame(*rows))) == {("A",), ("B", "C")}


def test_without_an_order_of_battle_motion_alone_decides() -> None:
    nothing = OrderOfBattle("none", {}, (), {}, (), (), (), {}, ())
    rows = (sighting("A", 100.0, means=[]), sighting("B", 103.0, 35.52, means=[]), sighting("C", 103.0, 38.0, means=[]))
    assert groups(tracks_of(frame(*rows), nothing)) == {("A", "B"), ("C",)}


@pytest.mark.parametrize(("seed", "wave", "floor"), [(0, 6, 0.60), (3, 6, 0.66), (7, 6, 0.80), (0, 1, 0.82)])
def test_known_flights_are_found_again_as_well_as_was_measured(seed: int, wave: int, floor: float) -> None:
    """Floors a little under what was measured; flights in waves of six to one target are the hard ones."""
    log = make_day(seed, wave=wave)
    assert agreement(log.flight, labels_of(log, tracks_of(log.sightings))).adjusted_rand >= floor


def test_adjusted_rand_index_of_known_partitions() -> None:
    """1 for equal partitions, 0 where all stand alone, and by hand for one that splits."""
    truth = np.array([0, 0, 0, 1, 1, 1])
    assert agreement(truth, truth).adjusted_rand == pytest.approx(1.0)
    assert agreement(truth, np.arange(6)).adjusted_rand == pytest.approx(0.0)
    assert agreement(truth, np.array([0, 0, 1, 1, 2, 2])).adjusted_rand == pytest.approx((2 - 1.2) / (4.5 - 1.2))
