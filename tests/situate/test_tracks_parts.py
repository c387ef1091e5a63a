"""The parts of tracking: the matching is exact, whole flights are summed rightly, no round makes them worse."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from synthetic_day import make_day, synthetic_orbat

from consilience.compiled import compiled
from consilience.reference.assumptions import load_assumptions
from consilience.situate import blocks
from consilience.situate.assignment import choose_links
from consilience.situate.blocks import Sky, cut
from consilience.situate.flight_marks import read_fleet
from consilience.situate.flight_sums import Flights, sum_flights, sum_path, worth
from consilience.situate.habits import first_habits, gaps_of, habits_of, log_birth, log_rate, seen_in
from consilience.situate.links import Links, score_links
from consilience.situate.motion import first_state, follow, motions_of
from consilience.situate.track_points import Floats, Ints, TrackPoints, read_points
from consilience.situate.whole_flights import improve

ASSUMPTIONS, ORBAT = load_assumptions(), synthetic_orbat()


@compiled
def summed(at: Any, motions: Any, said: Floats, mix: Floats, pace: Ints, after: Ints) -> Flights:
    return sum_flights(at, motions, said, mix, pace, after)


@compiled
def summed_again(flights: Flights, head: int) -> None:
    sum_path(flights, head)


@compiled
def improved(flights: Flights, links: Links, birth: Floats) -> None:
    improve(flights, links, birth)


@compiled
def worths(flights: Flights, a: Ints, s: Ints) -> Floats:
    total = np.empty(len(a))
    for k in range(len(a)):
        total[k] = worth(flights, a[k], -1, s[k])
    return total


@compiled
def fit_of_next(at: Any, i: int, k: int, motion: Any) -> float:
    return follow(first_state(at[i], motion[0]), at[k].t - at[i].t, at[k], motion[0])[0]


def as_table(scores: dict[tuple[int, int], float], n: int) -> tuple[Ints, Ints, Floats]:
    pairs = sorted(scores)
    start = np.searchsorted([i for i, _ in pairs], np.arange(n + 1))
    return start, np.array([j for _, j in pairs], dtype=np.int64), np.array([scores[pair] for pair in pairs])


def best_by_trying(scores: dict[tuple[int, int], float]) -> float:
    best = 0.0
    for chosen in product((False, True), repeat=len(scores)):
        pairs = [pair for pair, taken in zip(scores, chosen, strict=True) if taken]
        if len({i for i, _ in pairs}) == len(pairs) == len({j for _, j in pairs}):
            best = max(best, sum(scores[pair] for pair in pairs))
    return best


SCORES = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(-5.0, 20.0),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(scores=SCORES)
def test_the_matching_is_the_best_there_is(scores: dict[tuple[int, int], float]) -> None:
    after = choose_links(*as_table(scores, 6))
    chosen = [(i, int(j)) for i, j in enumerate(after) if j >= 0]
    assert len({j for _, j in chosen}) == len(chosen)
    assert sum(scores[pair] for pair in chosen) == pytest.approx(best_by_trying(scores))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_a_large_matching_is_as_good_as_the_dense_one(seed: int, n: int) -> None:
    """Against scipy's rectangular assignment (Crouse 2016), on graphs as tangled as a crowded sky."""
    rng = np.random.default_rng(seed)
    gain = np.triu(rng.normal(0, 3, (n, n)), 1) * (rng.random((n, n)) < 0.5)
    scores = {(int(i), int(j)): float(gain[i, j]) for i, j in zip(*np.nonzero(gain), strict=True)}
    if scores:
        after = choose_links(*as_table(scores, n))
        ours = sum(gain[i, j] for i, j in enumerate(after) if j >= 0)
        best = np.maximum(gain, 0.0)[linear_sum_assignment(np.maximum(gain, 0.0), maximize=True)].sum()
        assert ours == pytest.approx(best)


@dataclass(frozen=True)
class Day:
    points: TrackPoints
    sky: Sky
    links: Links
    after: Ints
    birth: Floats

    def flights(self, after: Ints) -> Flights:
        fleet = self.sky.fleet
        said, mix = np.log(fleet.said), np.log(fleet.mix)
        return summed(self.points.at, self.sky.motions, said, mix, fleet.pace, after.copy())

    def worth(self, flights: Flights) -> float:
        """The sum over all flights."""
        heads = np.unique(flights.head)
        again = sum(self.again(int(i), int(flights.after[i])) for i in np.flatnonzero(flights.after >= 0))
        return float((flights.totals[heads] + self.birth[heads]).sum() + again)

    def again(self, i: int, j: int) -> float:
        row = slice(self.links.start[i], self.links.start[i + 1])
        return float(self.links.again[row][np.flatnonzero(self.links.j[row] == j)[0]])


def a_day() -> Day:
    points = read_points(make_day(4, flights=10, sightings=120).sightings, ASSUMPTIONS)
    fleet = read_fleet(points, ORBAT, ASSUMPTIONS)
    sky, habits = Sky.of(fleet, motions_of(fleet, points, ASSUMPTIONS)), first_habits(ASSUMPTIONS)
    birth, gaps = log_birth(points, log_rate(points, ASSUMPTIONS), habits), gaps_of(habits, ASSUMPTIONS)
    links = score_links(points.at, birth, sky.said_of_pair, sky.motions, gaps, -8.0)
    return Day(points, sky, links, choose_links(links.start, links.j, links.score), birth)


def test_a_pair_is_worth_what_its_link_is_worth() -> None:
    """The score of a link is the worth of two as one flight less their worth alone, beginnings and gaps reckoned."""
    day = a_day()
    alone = day.flights(np.full(len(day.points), -1))
    i = np.repeat(np.arange(len(day.points)), np.diff(day.links.start))
    joined = worths(alone, i, day.links.j)
    apart = alone.totals[i] + alone.totals[day.links.j]
    beyond = joined - apart + day.links.again - day.birth[day.links.j] - day.links.score
    assert (beyond > -1e-6).all()  # a link's score leaves out paces that can't have flown it
    assert np.median(beyond) < 1e-6
    assert day.sky.fleet.mix.sum() == pytest.approx(1.0)


def test_summing_up_only_what_changed_gives_the_same() -> None:
    day = a_day()
    cut_at = int(np.flatnonzero(day.after >= 0)[3])
    other = day.after.copy()
    other[cut_at] = -1
    partly, wholly = day.flights(day.after), day.flights(other)
    rest, head = int(day.after[cut_at]), int(partly.head[cut_at])
    partly.after[cut_at], partly.before[rest] = -1, -1
    summed_again(partly, head)
    summed_again(partly, rest)
    for name in ("before", "head", "tail", "marks", "fits", "states"):
        assert getattr(partly, name) == pytest.approx(getattr(wholly, name)), name
    heads = np.unique(wholly.head)
    assert partly.totals[heads] == pytest.approx(wholly.totals[heads])


def test_moves_only_ever_raise_the_sum_and_keep_every_path_a_path() -> None:
    day = a_day()
    flights = day.flights(day.after)
    before = day.worth(flights)
    improved(flights, day.links, day.birth)
    assert day.worth(flights) > before
    followed = flights.after[flights.after >= 0]
    assert len(set(followed.tolist())) == len(followed)
    assert (followed > np.flatnonzero(flights.after >= 0)).all()
    again = day.flights(flights.after)
    for name in ("head", "tail", "marks", "fits"):
        assert getattr(flights, name) == pytest.approx(getattr(again, name)), name


def test_habits_are_read_off_the_paths() -> None:
    day, assumed = a_day(), first_habits(ASSUMPTIONS)
    fitted = habits_of(seen_in(day.points.at, day.after), ASSUMPTIONS)
    alone = habits_of(seen_in(day.points.at, np.full(len(day.points), -1)), ASSUMPTIONS)
    assert fitted.others_last < alone.others_last < 1
    assert alone.gap_min == pytest.approx(assumed.gap_min)


def test_a_heading_makes_the_town_ahead_likelier_than_the_one_behind() -> None:
    day = a_day()
    at, last = day.points.at, len(day.points) - 1
    i = int(np.flatnonzero(~np.isnan(at["east"][:-1]))[0])
    fits = []
    for side in (1, -1):
        there = at.copy()
        there[last]["x"] = at[i]["x"] + side * 40 * at[i]["east"]
        there[last]["y"] = at[i]["y"] + side * 40 * at[i]["north"]
        there[last]["t"] = at[i]["t"] + 5
        fits.append(fit_of_next(there, i, last, day.sky.motions))
    assert fits[0] > fits[1] + 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 100), max_size=80), st.integers(1, 20), st.integers(1, 30))
def test_a_log_is_cut_into_blocks_that_hold_it_once(gaps: list[int], at_least: int, more: int) -> None:
    """Never longer than the most, and at a pause wherever there is one."""
    t = np.cumsum(np.array([0, *gaps], dtype=np.float64))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_AT_LEAST", at_least)
        patch.setattr(blocks, "_AT_MOST", at_least + more)
        found = cut(t, 45.0)
    assert [b.start for b in found] == [0, *(b.stop for b in found[:-1])]
    assert found[-1].stop == len(t)
    pauses = set((np.flatnonzero(np.diff(t) > 45) + 1).tolist())
    for block in found:
        assert 0 < block.stop - block.start <= at_least + more
        if block.stop < len(t) and block.stop not in pauses:
            assert not pauses & set(range(block.start + 1, block.stop))
