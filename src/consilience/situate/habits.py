"""What the log itself says of flights: how they begin, how they end, how often they are seen; fitted, and shrunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from consilience.records.reference_data import Assumption
from consilience.situate.links import Gaps
from consilience.situate.track_points import Floats, Ints, TrackPoints

_MANY_SPOTS: Final = 2_000
"""Places beyond which those within a quarter of the kernel's width count as one; our choice: it keeps the density
of a log with a position for each row from growing with its square."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The share of takeoffs, and of other sightings, that are the last of their flight; the share of others that are
    its first (a takeoff always is); mean minutes between two of a flight."""

    takeoffs_last: float
    others_last: float
    others_first: float
    gap_min: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What paths show: takeoffs and others, how many of each are last, how many others are first, the number of links
    and the minutes that they span."""

    takeoffs: int
    takeoffs_last: int
    others: int
    others_last: int
    others_first: int
    links: int
    minutes: float


def seen_in(at: NDArray[np.void], after: Ints) -> Seen:
    """What these paths (successors, -1 at ends) show."""
    starts, first, last = at["starts"], np.ones(len(at), dtype=bool), after < 0
    first[after[~last]] = False
    return Seen(
        takeoffs=int(starts.sum()),
        takeoffs_last=int((starts & last).sum()),
        others=int((~starts).sum()),
        others_last=int((~starts & last).sum()),
        others_first=int((~starts & first).sum()),
        links=int((~last).sum()),
        minutes=float((at["t"][after[~last]] - at["t"][~last]).sum()),
    )


def all_seen(parts: Iterable[Seen]) -> Seen:
    """The sums over parts of a log."""
    return Seen(*(sum(column) for column in zip(*(astuple(part) for part in parts), strict=True)))


def first_habits(assumptions: Mapping[str, Assumption]) -> Habits:
    """The habits before the log has been read: each sighting is as likely the last as any other of its flight."""
    share = 1 / assumptions["track_legs"].value
    return Habits(share, share, share, assumptions["track_gap_min"].value)


def habits_of(seen: Seen, assumptions: Mapping[str, Assumption]) -> Habits:
    """The habits that paths show, each shrunk to its assumption as if that had been seen on `track_habit_prior`
    sightings."""
    weight, prior = assumptions["track_habit_prior"].value, first_habits(assumptions)
    return Habits(
        takeoffs_last=(seen.takeoffs_last + weight * prior.takeoffs_last) / (seen.takeoffs + weight),
        others_last=(seen.others_last + weight * prior.others_last) / (seen.others + weight),
        others_first=(seen.others_first + weight * prior.others_first) / (seen.others + weight),
        gap_min=(seen.minutes + weight * prior.gap_min) / (seen.links + weight),
    )


def gaps_of(habits: Habits, assumptions: Mapping[str, Assumption]) -> Gaps:
    """What these habits and the assumptions say of the time between two sightings of a flight."""
    return Gaps(
        often=habits.gap_min,
        far=assumptions["track_gap_far_min"].value,
        unseen=assumptions["track_gap_far_share"].value,
        max_min=assumptions["track_gap_max_min"].value,
        takeoffs_last=habits.takeoffs_last,
        others_last=habits.others_last,
        slip=assumptions["track_start_slip"].value,
        twice=assumptions["track_double_entry"].value,
    )


def log_rate(points: TrackPoints, assumptions: Mapping[str, Assumption]) -> Floats:
    """(N,) log of the rate per minute and km² of sightings of any kind where and when each stands.

    The log's own rate within `track_rate_window_min`, times the density of sightings around its place (normal kernel
    of `track_rate_km`).
    """
    window = assumptions["track_rate_window_min"].value
    t = points.at["t"].copy()
    near = np.searchsorted(t, t + window, side="right") - np.searchsorted(t, t - window, side="left")
    return np.asarray(np.log(near / (2 * window)) + _log_density(points, assumptions["track_rate_km"].value))


def log_birth(points: TrackPoints, rate: Floats, habits: Habits) -> Floats:
    """(N,) log of the rate at which flights begin where and when each stands: a takeoff does, of others a share."""
    return rate + np.where(points.at["starts"], 0.0, np.log(habits.others_first))


def _log_density(points: TrackPoints, width: float) -> Floats:
    """(N,) log of the density of sightings per km² around the place of each."""
    _, first, number, counts = np.unique(points.at["spot"], return_index=True, return_inverse=True, return_counts=True)
    at = np.column_stack([points.at["x"][first], points.at["y"][first]])
    if len(first) > _MANY_SPOTS:
        cell = np.round(at / (width / 4)).astype(np.int64)
        cells, cell_of = np.unique(cell, axis=0, return_inverse=True)
        number, counts = cell_of.reshape(-1)[number], np.bincount(cell_of.reshape(-1), counts)
        at = cells * (width / 4)
    tree = cKDTree(at)
    pairs = tree.sparse_distance_matrix(tree, 4 * width, output_type="coo_matrix")
    kernel = counts[pairs.col] * np.exp(-0.5 * (pairs.data / width) ** 2) / (2 * np.pi * width**2)
    return np.asarray(np.log(np.bincount(pairs.row, weights=kernel, minlength=len(at)) / len(points))[number])
