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
from consilience.situate.flight_marks import PACES, Fleet
from consilience.situate.motion import Motion, log_loiter, log_transit, motion_of_pace, reachable
from consilience.situate.track_points import Bools, Floats, Ints, TrackPoints

_BLOCK: Final = 500_000
"""Pairs scored at once: some 100 MB of columns."""


@dataclass(frozen=True, slots=True)
class Links:
    """L possible links i → j (indexes of points, i before j) and their scores, natural logs, all above zero."""

    i: Ints
    j: Ints
    score: Floats


@dataclass(frozen=True, slots=True)
class Habits:
    """What the log itself says of flights: `legs` sightings a flight, `gap_min` mean minutes between two of them."""

    legs: float
    gap_min: float


def score_links(points: TrackPoints, fleet: Fleet, habits: Habits, assumptions: Mapping[str, Assumption]) -> Links:
    """Every link within the gate that beats leaving both ends free, sorted by i, then j."""
    weights = np.log(fleet.pair_weights() + 1e-300)
    motions = [motion_of_pace(fleet.speed_kmh[p], fleet.top_kmh[p], assumptions) for p in range(len(PACES))]
    flying = [p for p in range(len(PACES)) if fleet.top_kmh[p] > 0]
    birth = _log_birth(points, habits, assumptions)
    found: list[tuple[Ints, Ints, Floats]] = []
    for i, j in _pairs_in_time(points.t, assumptions["track_gap_max_min"].value):
        scores = np.full(len(i), -np.inf)
        for p in flying:
            inside = np.flatnonzero(reachable(points, i, j, motions[p]) >= 0)
            a, b = i[inside], j[inside]
            said = weights[p, fleet.mark_of[a], fleet.mark_of[b]]
            moved = _log_moved(points, a, b, motions[p], assumptions)
            scores[inside] = np.logaddexp(scores[inside], said + moved)
        scores += _log_seen_again(points, i, j, habits, assumptions) - birth[j]
        good = scores > 0
        found.append((i[good], j[good], scores[good]))
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return Links(empty, empty, np.empty(0))
    i_all, j_all, score = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return Links(i_all, j_all, score)


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


def _log_moved(points: TrackPoints, i: Ints, j: Ints, motion: Motion, assumptions: Mapping[str, Assumption]) -> Floats:
    """log density of j's place, heading and activity given i, against a stranger's heading and activity.

    Either the flight loiters at i and stays so until j, or it flies a way between and may loiter again at j. Changes
    come every `track_dwell_min`; circling is written of a loiter with chance `track_circling_told`, of a transit by
    slip; the share of loitering is read off the log.
    """
    told, slip = assumptions["track_circling_told"].value, assumptions["track_circling_slip"].value
    share = float(np.clip(points.circles.mean() / told, 0.05, 0.95))
    stay = np.exp(-(points.t[j] - points.t[i]) / motion.dwell_min)
    loiters = _loiters(points.circles[i], share, told, slip)
    if_loiter, if_transit = (np.where(points.circles[j], p, 1 - p) for p in (told, slip))
    if_any = share * if_loiter + (1 - share) * if_transit
    stayed = loiters * stay * if_loiter
    moved = (1 - stay) * if_any + (1 - loiters) * stay * if_transit
    ways = np.logaddexp(
        np.log(stayed) + log_loiter(points, i, j, motion), np.log(moved) + log_transit(points, i, j, motion)
    )
    return np.asarray(ways - np.log(if_any))


def _loiters(circles: Bools, share: float, told: float, slip: float) -> Floats:
    yes, no = share * told / (share * told + (1 - share) * slip), share * (1 - told)
    return np.where(circles, yes, no / (no + (1 - share) * (1 - slip)))


def _log_seen_again(
    points: TrackPoints, i: Ints, j: Ints, habits: Habits, assumptions: Mapping[str, Assumption]
) -> Floats:
    """log of: i is not the last of its flight and j is the next, dt later, over: i is the last."""
    dt = points.t[j] - points.t[i]
    log_next = np.log(habits.legs - 1) - np.log(habits.gap_min) - dt / habits.gap_min
    slip = assumptions["track_start_slip"].value
    log_next = log_next + np.where(points.starts[j], np.log(slip), 0.0) + np.where(points.ends[i], np.log(slip), 0.0)
    twice = (points.source[i] == points.source[j]) & (points.spot[i] == points.spot[j]) & (dt < 1)
    return np.asarray(log_next + np.where(twice, np.log(assumptions["track_double_entry"].value), 0.0))


def _log_birth(points: TrackPoints, habits: Habits, assumptions: Mapping[str, Assumption]) -> Floats:
    """(N,) log of the rate per minute and km² at which flights begin where and when each sighting stands.

    The log's own rate of sightings within `track_rate_window_min` of it, times the share that begin a flight (a takeoff
    does, of others one in `legs`), times the density of sightings around its place (normal kernel of `track_rate_km`).
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
    births = np.where(points.starts, 1.0, 1 / habits.legs)
    return np.asarray(np.log(near / (2 * window) * births) + np.log(density)[number])
