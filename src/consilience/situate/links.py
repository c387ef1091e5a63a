"""Which sightings may follow each other in one flight, and the score of each such link.

score(i → j) = log p(Δt, place, heading, activity, marks of j | the flight of i) · p(i is not the flight's last)
             − log p(the same | a flight begins with j) · p(i is the last),
so the best set of paths is a minimum-cost flow (Zhang, Li & Nevatia 2008, "Global data association for multi-object
tracking using network flows"), and a link is worth having where its score is above zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from consilience.records.reference_data import Assumption
from consilience.situate.flight_marks import Fleet
from consilience.situate.motion import Motion, first_state, follow, reachable_km
from consilience.situate.track_points import Bools, Floats, Ints, TrackPoints

_BLOCK: Final = 500_000
"""Pairs scored at once: some 100 MB of columns."""
_UNLIKE: Final = -12.0
"""Natural log of the odds of two marks on one aircraft below which a pace is not reckoned with."""


@dataclass(frozen=True, slots=True)
class Links:
    """L possible links i → j among n points (indexes, i before j), sorted by i, then j, and their scores, natural logs.

    `again` is the part of the score that no other sighting of the flight can change: seen again at j, over: i was last.
    """

    i: Ints
    j: Ints
    score: Floats
    again: Floats
    n: int

    def find(self, i: Ints, j: Ints) -> Ints:
        """Where the links i → j stand in the table, -1 where there is no such link."""
        if not len(self.i):
            return np.full(len(i), -1)
        keys, wanted = self.i * self.n + self.j, i * self.n + j
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, at, -1)


@dataclass(frozen=True, slots=True)
class Habits:
    """What the log itself says of flights: the share of takeoffs, and of other sightings, that are the last of their
    flight; the share of others that are its first (a takeoff always is); mean minutes between two of a flight."""

    takeoffs_last: float
    others_last: float
    others_first: float
    gap_min: float


def first_habits(assumptions: Mapping[str, Assumption]) -> Habits:
    """The habits before the log has been read: each sighting is as likely the last as any other of its flight."""
    share = 1 / assumptions["track_legs"].value
    return Habits(share, share, share, assumptions["track_gap_min"].value)


def habits_of(points: TrackPoints, after: Ints, assumptions: Mapping[str, Assumption]) -> Habits:
    """The habits that these paths (successors, -1 at ends) show, each shrunk to its assumption as if that had been
    seen on `track_habit_prior` sightings."""
    weight, prior = assumptions["track_habit_prior"].value, first_habits(assumptions)
    is_first = np.ones(len(points), dtype=bool)
    is_first[after[after >= 0]] = False
    i = np.flatnonzero(after >= 0)
    minutes = float((points.t[after[i]] - points.t[i]).sum())

    def share(of: Bools, among: Bools, assumed: float) -> float:
        return (int((of & among).sum()) + weight * assumed) / (int(among.sum()) + weight)

    return Habits(
        takeoffs_last=share(after < 0, points.starts, prior.takeoffs_last),
        others_last=share(after < 0, ~points.starts, prior.others_last),
        others_first=share(is_first, ~points.starts, prior.others_first),
        gap_min=(minutes + weight * prior.gap_min) / (len(i) + weight),
    )


def score_links(
    points: TrackPoints,
    fleet: Fleet,
    motions: Mapping[int, Motion],
    habits: Habits,
    assumptions: Mapping[str, Assumption],
    least: float = 0.0,
) -> Links:
    """Every link within the gate whose score is above `least`, sorted by i, then j; each sighting by itself alone."""
    weights = np.log(fleet.pair_weights() + 1e-300)
    birth = log_birth(points, habits, assumptions)
    found: list[tuple[Ints, Ints, Floats, Floats]] = []
    for i, j in _pairs_in_time(points.t, assumptions["track_gap_max_min"].value):
        scores = np.full(len(i), -np.inf)
        for p, motion in motions.items():
            said = weights[p, fleet.mark_of[i], fleet.mark_of[j]]
            inside = np.flatnonzero((said > _UNLIKE) & (reachable_km(points, i, j, motion) >= 0))
            a, b, said = i[inside], j[inside], said[inside]
            fit, _ = follow(first_state(points, a, motion), points, a, b, motion)
            scores[inside] = np.logaddexp(scores[inside], said + fit)
        again = _log_seen_again(points, i, j, habits, assumptions)
        scores += again - birth[j]
        good = scores > least
        found.append((i[good], j[good], scores[good], again[good]))
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return Links(empty, empty, np.empty(0), np.empty(0), len(points))
    i_all, j_all, score, again = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return Links(i_all, j_all, score, again, len(points))


def _pairs_in_time(t: Floats, gap_max: float) -> Iterator[tuple[Ints, Ints]]:
    """All i < j at most `gap_max` minutes apart, in blocks; `t` ascending."""
    last = np.searchsorted(t, t + gap_max, side="right")
    later = last - np.arange(len(t)) - 1
    block_of = np.cumsum(later) // _BLOCK
    for block in np.unique(block_of):
        firsts = np.flatnonzero(block_of == block)
        n = later[firsts]
        i = np.repeat(firsts, n)
        offset = np.arange(len(i)) - np.repeat(np.cumsum(n) - n, n)
        yield i.astype(np.int64), (i + 1 + offset).astype(np.int64)


def _log_seen_again(
    points: TrackPoints, i: Ints, j: Ints, habits: Habits, assumptions: Mapping[str, Assumption]
) -> Floats:
    """log of: i is not the last of its flight and j is the next, dt later, over: i is the last."""
    dt = points.t[j] - points.t[i]
    often, far = habits.gap_min, assumptions["track_gap_far_min"].value
    unseen = assumptions["track_gap_far_share"].value
    seen = (1 - unseen) * np.exp(-dt / often) / often + unseen * np.exp(-dt / far) / far
    last = np.where(points.starts[i], habits.takeoffs_last, habits.others_last)
    log_next = np.log((1 - last) / last * seen)
    slip = assumptions["track_start_slip"].value
    log_next = log_next + np.where(points.starts[j], np.log(slip), 0.0) + np.where(points.ends[i], np.log(slip), 0.0)
    twice = (points.source[i] == points.source[j]) & (points.spot[i] == points.spot[j]) & (dt < 1)
    return np.asarray(log_next + np.where(twice, np.log(assumptions["track_double_entry"].value), 0.0))


def log_birth(points: TrackPoints, habits: Habits, assumptions: Mapping[str, Assumption]) -> Floats:
    """(N,) log of the rate per minute and km² at which flights begin where and when each sighting stands.

    The log's own rate of sightings within `track_rate_window_min` of it, times the share that begin a flight (a takeoff
    does, of others a share), times the density of sightings around its place (normal kernel of `track_rate_km`).
    """
    window, width = assumptions["track_rate_window_min"].value, assumptions["track_rate_km"].value
    t = points.t
    near = np.searchsorted(t, t + window, side="right") - np.searchsorted(t, t - window, side="left")
    spots, first, number, counts = np.unique(points.spot, return_index=True, return_inverse=True, return_counts=True)
    at = np.column_stack([points.x[first], points.y[first]])
    tree = cKDTree(at)
    pairs = tree.sparse_distance_matrix(tree, 4 * width, output_type="coo_matrix")
    kernel = counts[pairs.col] * np.exp(-0.5 * (pairs.data / width) ** 2) / (2 * np.pi * width**2)
    density = np.bincount(pairs.row, weights=kernel, minlength=len(spots)) / len(t)
    births = np.where(points.starts, 1.0, habits.others_first)
    return np.asarray(np.log(near / (2 * window) * births) + np.log(density)[number])
