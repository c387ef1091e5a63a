"""Aircraft of the simulated war obey distance and speed, its sun is the sun, its spotters err as their habits say."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.sun import sun_height
from consilience.worlds.chance import Streams, draw
from consilience.worlds.clocks import tell_as
from consilience.worlds.daylight import sun_height_deg
from consilience.worlds.fleets import FLEETS
from consilience.worlds.flying import fly
from consilience.worlds.kinds import FULL, KINDS, WorldKind
from consilience.worlds.land import BASE_IN_LOG, lay_out, table
from consilience.worlds.make import imagine
from consilience.worlds.plane import local, minute_of, to_degrees, to_km
from consilience.worlds.sayings import describe
from consilience.worlds.sorties import FIRST_DAY, days_of_war, plan_day

DOCS = Path(__file__).parents[2] / "docs" / "worlds.md"


@pytest.fixture(scope="module")
def streams() -> Streams:
    return Streams.of_seed(7)


@given(st.integers(0, 3650 * 24 * 6), st.floats(30.0, 40.0), st.floats(30.0, 45.0))
def test_the_generators_sun_is_where_the_inferences_sun_is(ten_minutes: int, lat: float, lon: float) -> None:
    """Two derivations that share no code: Almanac's low-precision formulae here, NREL's algorithm there; 0.1° apart."""
    minute = minute_of(date(2015, 1, 1)) + 10.0 * ten_minutes
    other = sun_height(np.array([minute]), lat, lon).geometric[0]
    assert sun_height_deg(minute, lat, lon) == pytest.approx(other, abs=0.1)


def test_no_aircraft_is_faster_than_its_fleet_and_each_comes_home(streams: Streams) -> None:
    land = lay_out(streams.land, 20)
    day = days_of_war(streams.war, land, 1)[0]
    plans = list(plan_day(streams.war, land, day, FULL, 20.0))
    assert {plan.fleet.task for plan in plans} == {"bomb", "barrel", "watch", "carry"}
    for plan in plans:
        flown = fly(plan, land)
        assert np.allclose(flown.legs[0].km[0], land.bases[plan.base])
        if plan.fleet.task != "carry":
            assert np.allclose(flown.legs[-1].km[-1], land.bases[plan.base])
        for leg in flown.legs:
            steps, times = np.hypot(*np.diff(leg.km, axis=0).T), np.diff(leg.minutes)
            assert np.all(steps <= plan.fleet.speed_kmh / 60.0 * times * 1.001 + 1e-9)
        assert all(flown.arrival < release < flown.departure for release in flown.releases)
        starts = [leg.minutes[0] for leg in flown.legs]
        assert starts == sorted(starts)


def test_jets_take_off_in_waves(streams: Streams) -> None:
    """In a wave the gaps between take-offs are short: the median one is under half of what even spacing would give."""
    land = lay_out(streams.land, 20)
    gaps, even = [], []
    for day in days_of_war(streams.war, land, 20):
        plans = plan_day(streams.war, land, day, FULL, 200 / 60)
        starts = sorted(p.takeoff for p in plans if (p.fleet.party, p.fleet.kind) == ("Russian", "jet"))
        gaps += list(np.diff(starts))
        even.append(1440.0 / max(len(starts), 1))
    assert np.median(gaps) < 0.5 * np.median(even)


def test_fleets_bases_and_platforms_stand_in_the_order_of_battle() -> None:
    bases = {row["base"] for row in table("orbats/syria/bases.csv")}
    operators = {(row["platform"], row["party"]) for row in table("orbats/syria/operators.csv")}
    for fleet in FLEETS:
        assert set(fleet.bases) <= bases
        assert (fleet.platform, fleet.party) in operators
    assert set(BASE_IN_LOG) <= bases


@given(st.floats(34.0, 37.0), st.floats(35.0, 38.5))
def test_the_flat_map_is_undone_by_its_inverse(lat: float, lon: float) -> None:
    assert to_degrees(to_km(lat, lon)) == pytest.approx((lat, lon), abs=1e-5)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["minute", "about", "hour"]), st.floats(0.0, 1e5))
def test_a_clock_time_is_told_within_its_rounding(seed: int, precision: str, after: float) -> None:
    minute = minute_of(FIRST_DAY) + after
    told = tell_as(np.random.default_rng(seed), minute, precision)
    assert "T" in told.time
    assert abs(told.minute - minute) <= {"minute": 5.0, "about": 30.0, "hour": 60.0}[precision]


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1e5))
def test_a_part_of_the_day_gives_away_no_clock_time(seed: int, after: float) -> None:
    minute = minute_of(FIRST_DAY) + after
    told = tell_as(np.random.default_rng(seed), minute, "part_of_day")
    assert told.time == local(minute).date().isoformat()
    assert told.time_words


def test_syrian_jets_are_called_russian_as_often_as_the_knob_says() -> None:
    rng = np.random.default_rng(1)
    fleet = next(f for f in FLEETS if (f.platform, f.party) == ("Su-22", "Syrian"))
    for share in (0.05, 0.2, 0.4):
        kind = replace(FULL, called_russian=share)
        said = [describe(rng, fleet, kind, 1.0, False).platform for _ in range(4000)]
        assert sum("Russian" in word for word in said) / 4000 == pytest.approx(share, abs=0.03)


def test_a_draw_keeps_its_weights() -> None:
    rng = np.random.default_rng(2)
    drawn = [draw(rng, {"a": 3.0, "b": 1.0, "never": 0.0}) for _ in range(4000)]
    assert drawn.count("a") / 4000 == pytest.approx(0.75, abs=0.03)
    assert "never" not in drawn


def test_the_same_war_is_fought_whatever_is_recorded_of_it() -> None:
    """Kinds differ in evidence alone: events, flights and (but for the radio) the log are those of the full world."""
    full = imagine(Streams.of_seed(4), 10, 4, FULL)
    for name in ("no_radio", "few_spotters", "accounts_only", "planted"):
        other = imagine(Streams.of_seed(4), 10, 4, KINDS[name])
        assert other.events == full.events
    assert imagine(Streams.of_seed(4), 10, 4, KINDS["no_radio"]).log == full.log
    assert len(imagine(Streams.of_seed(4), 10, 4, KINDS["few_spotters"]).log) < 0.6 * len(full.log)


def test_every_knob_and_every_kind_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    for knob in fields(WorldKind):
        assert f"`{knob.name}`" in text
        value = getattr(FULL, knob.name)
        if isinstance(value, float | int) and not isinstance(value, bool):
            assert f"| `{knob.name}` | {value:g} |" in text, f"{knob.name} = {value:g}"
    for name in KINDS:
        assert f"`{name}`" in text
