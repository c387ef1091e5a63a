"""The parts of tracking: the matching is exact, whole flights are summed rightly, no round makes them worse."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_day import make_day, synthetic_orbat

from consilience.reference.assumptions import load_assumptions
from consilience.situate import assignment
from consilience.situate.assignment import choose_links
from consilience.situate.flight_marks import Fleet, read_fleet
from consilience.situate.flight_sums import Flights, sum_again, sum_flights
from consilience.situate.links import Links, first_habits, habits_of, log_birth, score_links
from consilience.situate.motion import first_state, follow, motions_of
from consilience.situate.track_points import Ints, TrackPoints, read_points
from consilience.situate.whole_flights import improve

ASSUMPTIONS, ORBAT = load_assumptions(), synthetic_orbat()
ENDURANCE = np.array([120.0, 150.0, 720.0])


def as_links(scores: dict[tuple[int, int], float], n: int) -> Links:
    pairs = sorted(scores)
    i, j = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    score = np.array([scores[pair] for pair in pairs])
    return Links(i, j, score, score, n)


def best_by_trying(scores: dict[tuple[int, int], float]) -> float:
    best = 0.0
    for chosen in product((False, True), repeat=len(scores)):
        pairs = [pair for pair, taken in zip(scores, chosen, strict=True) if taken]
        if len({i for i, _ in pairs}) == len(pairs) == len({j for _, j in pairs}):
            best = max(best, sum(scores[pair] for pair in pairs))
    return best


SCORES = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.01, 20.0),
    min_size=1,
    max_size=10,
)


@pytest.mark.parametrize("dense_up_to", [600, 0], ids=["dense", "sparse"])
@settings(max_examples=60, deadline=None)
@given(scores=SCORES)
def test_the_matching_is_the_best_there_is(dense_up_to: int, scores: dict[tuple[int, int], float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "_DENSE", dense_up_to)
        after = choose_links(as_links(scores, 6), 6)
    chosen = [(i, int(j)) for i, j in enumerate(after) if j >= 0]
    assert len({j for _, j in chosen}) == len(chosen)
    assert sum(scores[pair] for pair in chosen) == pytest.approx(best_by_trying(scores))


def a_day() -> tuple[TrackPoints, Fleet, Links, Ints, np.ndarray[tuple[int], np.dtype[np.float64]], Flights]:
    points = read_points(make_day(4, flights=10, sightings=120).sightings, ASSUMPTIONS)
    fleet = read_fleet(points, ORBAT, ASSUMPTIONS)
    motions = motions_of(fleet, points, ASSUMPTIONS)
    habits = first_habits(ASSUMPTIONS)
    after = choose_links(score_links(points, fleet, motions, habits, ASSUMPTIONS), len(points))
    links = score_links(points, fleet, motions, habits, ASSUMPTIONS, -8.0)
    birth = log_birth(points, habits, ASSUMPTIONS)
    return points, fleet, links, after, birth, sum_flights(points, fleet, motions, ENDURANCE, after)


def test_a_pair_is_worth_what_its_link_is_worth() -> None:
    """The score of a link is the worth of two as one flight less their worth alone, beginnings and gaps reckoned."""
    points, fleet, links, _, birth, flights = a_day()
    alone = sum_again(flights, np.full(len(points), -1), np.ones(len(points), dtype=bool))
    nothing = np.full(len(links.i), -1)
    joined = alone.worth(links.i, nothing, links.j)
    apart = alone.totals[links.i] + alone.totals[links.j]
    beyond = joined - apart + links.again - birth[links.j] - links.score
    assert (beyond > -1e-6).all()  # a link's score leaves out paces that can't have flown it
    assert np.median(beyond) < 1e-6
    assert fleet.mix.sum() == pytest.approx(1.0)


def test_summing_up_only_what_changed_gives_the_same() -> None:
    points, _, _, after, _, flights = a_day()
    cut = int(np.flatnonzero(after >= 0)[3])
    other = after.copy()
    other[cut] = -1
    partly = sum_again(flights, other, flights.head == flights.head[cut])
    wholly = sum_again(flights, other, np.ones(len(points), dtype=bool))
    for name in ("before", "head", "tail", "marks", "fits", "totals"):
        assert getattr(partly, name) == pytest.approx(getattr(wholly, name)), name


def worth_of(flights: Flights, links: Links, birth: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    heads, i = np.unique(flights.head), np.flatnonzero(flights.after >= 0)
    return float((flights.totals[heads] + birth[heads]).sum() + links.again[links.find(i, flights.after[i])].sum())


def test_moves_only_ever_raise_the_sum_and_keep_every_path_a_path() -> None:
    points, _, links, after, birth, flights = a_day()
    better = improve(flights, links, birth)
    assert worth_of(better, links, birth) > worth_of(flights, links, birth)
    followed = better.after[better.after >= 0]
    assert len(set(followed.tolist())) == len(followed)
    assert (better.after[better.after >= 0] > np.flatnonzero(better.after >= 0)).all()
    assert (after == flights.after).all()
    assert len(points) == len(better.after)


def test_habits_are_read_off_the_paths() -> None:
    points, _, _, after, _, _ = a_day()
    fitted, assumed = habits_of(points, after, ASSUMPTIONS), first_habits(ASSUMPTIONS)
    joined = habits_of(points, np.full(len(points), -1), ASSUMPTIONS)
    assert fitted.others_last < joined.others_last < 1
    assert joined.gap_min == pytest.approx(assumed.gap_min)


def test_a_heading_makes_the_town_ahead_likelier_than_the_one_behind() -> None:
    points = read_points(make_day(4, flights=10, sightings=120).sightings, ASSUMPTIONS)
    motion = motions_of(read_fleet(points, ORBAT, ASSUMPTIONS), points, ASSUMPTIONS)[0]
    i = np.flatnonzero(~np.isnan(points.bearing[:-1]))
    east, north = (40 * part(points.bearing[i]) for part in (np.sin, np.cos))
    fits = []
    for side in (1, -1):
        x, y, t = points.x.copy(), points.y.copy(), points.t.copy()
        x[-1], y[-1], t[-1] = points.x[i[0]] + side * east[0], points.y[i[0]] + side * north[0], points.t[i[0]] + 5
        there = replace(points, x=x, y=y, t=t)
        fits.append(follow(first_state(there, i[:1], motion), there, i[:1], np.array([len(points) - 1]), motion)[0][0])
    assert fits[0] > fits[1] + 1
