"""Which hour the wall clock shows: of moments, and of how much of it was watched."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from consilience.quantities import Minutes, moment_at

QUARTER: Minutes = 15.0
"""Zones stand whole quarters of an hour off UTC (tzdata, since 1972), so that no quarter has two local hours."""


def hour_of(minutes: NDArray[np.float64], zone: ZoneInfo) -> NDArray[np.int64]:
    """The local hour, 0 to 23, of each moment (minutes since the epoch)."""
    quarters, which = np.unique(np.floor(minutes / QUARTER), return_inverse=True)
    hours = [moment_at(float(quarter) * QUARTER).astimezone(zone).hour for quarter in quarters]
    return np.array(hours, dtype=np.int64)[which]


def watched_by_hour(intervals: list[tuple[Minutes, Minutes]], zone: ZoneInfo) -> NDArray[np.float64]:
    """(24,) minutes of disjoint intervals that fall in each local hour."""
    total = np.zeros(24)
    for start, end in intervals:
        edges = np.arange(np.floor(start / QUARTER), np.ceil(end / QUARTER) + 1) * QUARTER
        lengths = np.diff(np.clip(edges, start, end))
        total += np.bincount(hour_of(edges[:-1], zone), weights=lengths, minlength=24)
    return total
