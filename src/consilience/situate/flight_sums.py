"""What whole flights are worth: each path filtered from end to end, its marks summed over who might have flown it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from consilience.situate.flight_marks import Fleet
from consilience.situate.motion import Motion, State, first_state, follow
from consilience.situate.track_points import Bools, Floats, Ints, TrackPoints

_REPLAYED: Final = 3
"""Sightings of a path's rest that are filtered anew behind a changed link; the filter forgets what was before them."""
_HOPELESS: Final = 15.0
"""Natural log of the odds beyond which a pace is not reckoned with: one to three million."""


@dataclass(frozen=True, slots=True)
class Flights:
    """N points joined to paths. `head`, `tail` (N,) are the ends of each point's path; `marks` (N, Z) the sum of
    log p(mark | z) and `fits` (N, P) that of the fits of each pace, from the head to the point; `states` one a pace;
    `totals` (N,) is the log-likelihood of the whole path on which the point lies."""

    points: TrackPoints
    fleet: Fleet
    motions: Mapping[int, Motion]
    endurance: Floats
    said: Floats
    after: Ints
    before: Ints
    head: Ints
    tail: Ints
    marks: Floats
    fits: Floats
    states: tuple[State, ...]
    totals: Floats

    def worth(self, a: Ints, middle: Ints, s: Ints) -> Floats:
        """(M,) log-likelihood of the path: up to a, then the point `middle`, then from s on; -1: no such part.

        Marks and motion are summed over who flies; constants of single sightings are left out.
        """
        marks = self._marks_of(a) + np.where((middle >= 0)[:, None], self.said[middle], 0.0)
        rest = self.marks[self.tail[s]] - self.marks[s] + self.said[s]
        marks = marks + np.where((s >= 0)[:, None], rest, 0.0)
        begin = np.where(a >= 0, self.head[a], np.where(middle >= 0, middle, s))
        end = np.where(s >= 0, self.tail[s], np.where(middle >= 0, middle, a))
        minutes = self.points.t[end] - self.points.t[begin]
        moved = np.full((len(a), len(self.motions)), -np.inf)
        likely = self._likely_paces(marks)
        for n in range(len(self.motions)):
            rows = np.flatnonzero(likely[:, n])
            moved[rows, n] = self._moved(n, a[rows], middle[rows], s[rows])
        return _sum_over_fleet(
            self.fleet, self.motions, marks, moved - np.maximum(minutes[:, None] - self.endurance, 0)
        )

    def _likely_paces(self, marks: Floats) -> Bools:
        """(M, P): do the marks leave the pace a chance beside the best one?"""
        with_mix = marks + np.log(self.fleet.mix)
        best = np.stack([with_mix[:, self.fleet.pace == pace].max(axis=1) for pace in self.motions], axis=1)
        return np.asarray(best > best.max(axis=1, keepdims=True) - _HOPELESS)

    def _marks_of(self, a: Ints) -> Floats:
        return np.where((a >= 0)[:, None], self.marks[a], 0.0)

    def _moved(self, n: int, a: Ints, middle: Ints, s: Ints) -> Floats:
        motion, state = list(self.motions.values())[n], self.states[n]
        fit = np.where(a >= 0, self.fits[a, n], 0.0)
        here, last = state.take(a), a
        step = s
        steps = [middle]
        for _ in range(_REPLAYED):
            steps.append(step)
            step = np.where(step >= 0, self.after[step], -1)
        for k in steps:
            here, last, gained = _advance(here, last, k, self.points, motion)
            fit = fit + gained
        replayed = np.where(s >= 0, last, 0)
        return np.asarray(fit + np.where(s >= 0, self.fits[self.tail[s], n] - self.fits[replayed, n], 0.0))


def _sum_over_fleet(fleet: Fleet, motions: Mapping[int, Motion], marks: Floats, moved: Floats) -> Floats:
    """log Σ_z π_z exp(marks_z + moved_pace(z)): (M, Z) and (M, P) to (M,)."""
    column = {pace: n for n, pace in enumerate(motions)}
    by_flyer = marks + moved[:, [column[int(p)] for p in fleet.pace]] + np.log(fleet.mix)
    top = by_flyer.max(axis=1)
    return np.asarray(top + np.log(np.exp(by_flyer - top[:, None]).sum(axis=1)))


def sum_flights(
    points: TrackPoints, fleet: Fleet, motions: Mapping[int, Motion], endurance: Floats, after: Ints
) -> Flights:
    """Sum up the paths that `after` says (successors, -1 at ends); `endurance` (P,) minutes of each pace."""
    n, each = len(points), np.arange(len(points))
    said = np.log(fleet.said)[fleet.mark_of]
    single = Flights(
        points, fleet, motions, endurance, said, np.full(n, -1), np.full(n, -1), each, each, said,
        np.zeros((n, len(motions))), tuple(first_state(points, each, motion) for motion in motions.values()),
        np.zeros(n),
    )  # fmt: skip
    return sum_again(single, after, np.ones(n, dtype=bool))


def sum_again(flights: Flights, after: Ints, changed: Bools) -> Flights:
    """The flights of other successors, where only paths whose points are all `changed` (N,) differ."""
    points, fleet, motions = flights.points, flights.fleet, flights.motions
    before, head, tail = flights.before.copy(), flights.head.copy(), flights.tail.copy()
    marks, fits, totals = flights.marks.copy(), flights.fits.copy(), flights.totals.copy()
    states = tuple(state.take(np.arange(len(points))) for state in flights.states)
    rows = np.flatnonzero(changed)
    before[rows] = -1
    linked = rows[after[rows] >= 0]
    before[after[linked]] = linked
    k = rows[before[rows] < 0]
    head[k], marks[k], fits[k] = k, flights.said[k], 0.0
    for state, motion in zip(states, motions.values(), strict=True):
        state.put(k, first_state(points, k, motion))
    ends = rows[after[rows] < 0]
    k = after[k[after[k] >= 0]]
    while len(k):
        i = before[k]
        head[k], marks[k] = head[i], marks[i] + flights.said[k]
        for column, (motion, state) in enumerate(zip(motions.values(), states, strict=True)):
            gained, moved = follow(state.take(i), points, i, k, motion)
            fits[k, column] = fits[i, column] + gained
            state.put(k, moved)
        k = after[k]
        k = k[k >= 0]
    tail_of = np.empty(len(points), dtype=np.int64)
    tail_of[head[ends]] = ends
    tail[rows] = tail_of[head[rows]]
    minutes = (points.t[ends] - points.t[head[ends]])[:, None]
    tired = np.maximum(minutes - flights.endurance, 0.0)
    totals[head[ends]] = _sum_over_fleet(fleet, motions, marks[ends], fits[ends] - tired)
    totals[rows] = totals[head[rows]]
    return replace(
        flights, after=after, before=before, head=head, tail=tail, marks=marks, fits=fits, states=states, totals=totals
    )


def _advance(state: State, last: Ints, k: Ints, points: TrackPoints, motion: Motion) -> tuple[State, Ints, Floats]:
    """One step where k is a point: begun anew where nothing was before, else followed; unchanged where k is -1."""
    gained = np.zeros(len(k))
    begins, goes_on = np.flatnonzero((k >= 0) & (last < 0)), np.flatnonzero((k >= 0) & (last >= 0))
    there = state.take(np.arange(len(k)))
    there.put(begins, first_state(points, k[begins], motion))
    gained[goes_on], moved = follow(state.take(goes_on), points, last[goes_on], k[goes_on], motion)
    there.put(goes_on, moved)
    return there, np.where(k >= 0, k, last), gained
