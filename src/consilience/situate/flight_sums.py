"""What whole flights are worth: each path filtered from end to end, its marks summed over who might have flown it."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from consilience.compiled import leaf, part
from consilience.situate.motion import first_state, follow
from consilience.situate.track_points import Floats, Ints

_REPLAYED: Final = 2
"""Sightings of a path's rest that are filtered anew behind a changed link; the filter forgets what was before them."""
_HOPELESS: Final = 15.0
"""Natural log of the odds beyond which a pace is not reckoned with: one to three million."""
_NOTHING: Final = 30.0
"""Natural log below the greatest term at which another adds nothing to a sum: 1e-13 of it."""


class Flights(NamedTuple):
    """N points joined to paths. `after`, `before` (N,) neighbours, -1 at ends; `head`, `tail` (N,) the ends of each
    point's path; `marks` (N, Z) the sum of log p(mark | z) and `fits` (N, P) that of the fits of each pace, from the
    head to the point; `states` (N, P, 8) after it; `totals` (N,), valid at heads, the log-likelihood of the path.

    `at`, `motions` are arrays of POINT and MOTION; `said` (K, Z) log p(mark | z), `mix` (Z,) the log share of z and
    `pace` (Z,) its pace.
    """

    at: Any
    motions: Any
    said: Floats
    mix: Floats
    pace: Ints
    after: Ints
    before: Ints
    head: Ints
    tail: Ints
    marks: Floats
    fits: Floats
    states: Floats
    totals: Floats
    by_flyer: Floats  # (Z,), (P,), (8,): room to reckon in
    by_pace: Floats
    state: Floats


@part
def sum_flights(at: Any, motions: Any, said: Floats, mix: Floats, pace: Ints, after: Ints) -> Flights:
    """Sum up the paths that `after` says; it is taken over, not copied."""
    n, z, p = len(at), len(mix), len(motions)
    before = np.full(n, -1)
    for i in range(n):
        if after[i] >= 0:
            before[after[i]] = i
    flights = Flights(
        at, motions, said, mix, pace, after, before, np.arange(n), np.arange(n), np.empty((n, z)), np.zeros((n, p)),
        np.empty((n, p, 8)), np.zeros(n), np.empty(z), np.empty(p), np.empty(8),
    )  # fmt: skip
    for i in range(n):
        if before[i] < 0:
            sum_path(flights, i)
    return flights


@leaf
def sum_path(flights: Flights, head: int) -> None:
    """Sum up one path from its first point on."""
    at, motions, k, last = flights.at, flights.motions, head, -1
    while k >= 0:
        said = flights.said[at[k].mark]
        for z in range(len(flights.mix)):
            flights.marks[k, z] = said[z] if last < 0 else flights.marks[last, z] + said[z]
        for p in range(len(motions)):
            if last < 0:
                flights.fits[k, p] = 0.0
                _put(flights.states[k, p], first_state(at[k], motions[p]))
            else:
                dt = at[k].t - at[last].t
                fit, state = follow(_as_state(flights.states[last, p]), dt, at[k], motions[p])
                flights.fits[k, p] = flights.fits[last, p] + fit
                _put(flights.states[k, p], state)
        flights.head[k] = head
        k, last = flights.after[k], k
    k = head
    while k >= 0:
        flights.tail[k] = last
        k = flights.after[k]
    minutes = at[last].t - at[head].t
    for z in range(len(flights.mix)):
        flights.by_flyer[z] = flights.marks[last, z] + flights.mix[z]
    for p in range(len(motions)):
        flights.by_pace[p] = flights.fits[last, p] - max(minutes - motions[p].endurance_min, 0.0)
    flights.totals[head] = _sum_over_fleet(flights)


@leaf
def worth(flights: Flights, a: int, middle: int, s: int) -> float:
    """Log-likelihood of the path: up to a, then the point `middle`, then from s on; -1: no such part.

    Marks and motion are summed over who flies; constants of single sightings are left out.
    """
    at, by_flyer, by_pace = flights.at, flights.by_flyer, flights.by_pace
    for z in range(len(flights.mix)):
        total = flights.mix[z]
        if a >= 0:
            total += flights.marks[a, z]
        if middle >= 0:
            total += flights.said[at[middle].mark, z]
        if s >= 0:
            total += flights.marks[flights.tail[s], z] - flights.marks[s, z] + flights.said[at[s].mark, z]
        by_flyer[z] = total
    begin = flights.head[a] if a >= 0 else (middle if middle >= 0 else s)
    end = flights.tail[s] if s >= 0 else (middle if middle >= 0 else a)
    minutes = at[end].t - at[begin].t
    likely = -np.inf
    for p in range(len(by_pace)):
        by_pace[p] = -np.inf
    for z in range(len(by_flyer)):
        by_pace[flights.pace[z]] = max(by_pace[flights.pace[z]], by_flyer[z])
        likely = max(likely, by_flyer[z] - _HOPELESS)
    for p in range(len(by_pace)):
        if by_pace[p] > likely:
            tired = max(minutes - flights.motions[p].endurance_min, 0.0)
            by_pace[p] = _moved(flights, p, a, middle, s) - tired
        else:
            by_pace[p] = -np.inf
    return _sum_over_fleet(flights)


@leaf
def _moved(flights: Flights, p: int, a: int, middle: int, s: int) -> float:
    """The fits of one pace along such a path: those behind its links are reckoned anew, the rest is taken over."""
    at, motion, state = flights.at, flights.motions[p], flights.state
    last, fit = a, 0.0
    if a >= 0:
        fit = flights.fits[a, p]
        _put(state, flights.states[a, p])
    k = middle if middle >= 0 else s
    left = _REPLAYED + 1 if s >= 0 else 0
    while k >= 0:
        if last < 0:
            _put(state, first_state(at[k], motion))
        else:
            gained, now = follow(_as_state(state), at[k].t - at[last].t, at[k], motion)
            fit += gained
            _put(state, now)
        last = k
        if k == middle:
            k = s
        else:
            left -= 1
            k = flights.after[k] if left > 0 else -1
    return fit + (flights.fits[flights.tail[s], p] - flights.fits[last, p] if s >= 0 else 0.0)


@leaf
def _sum_over_fleet(flights: Flights) -> float:
    """log Σ_z π_z exp(marks_z + moved_pace(z)), of what stands in `by_flyer` and `by_pace`."""
    best = -np.inf
    for z in range(len(flights.by_flyer)):
        flights.by_flyer[z] += flights.by_pace[flights.pace[z]]
        best = max(best, flights.by_flyer[z])
    total = 0.0
    for z in range(len(flights.by_flyer)):
        if flights.by_flyer[z] > best - _NOTHING:
            total += math.exp(flights.by_flyer[z] - best)
    return best + math.log(total)


@leaf
def _as_state(row: Floats) -> Any:
    return row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]


@leaf
def _put(row: Floats, state: Any) -> None:
    row[0], row[1], row[2], row[3] = state[0], state[1], state[2], state[3]
    row[4], row[5], row[6], row[7] = state[4], state[5], state[6], state[7]
