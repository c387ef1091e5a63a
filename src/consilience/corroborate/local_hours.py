"""Which hour the wall clock shows: of moments, and of how much of it was watched."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from consilience.quantities import Minutes, moment_at

QUARTER: Minutes = 15.0
"""Zones stand whole quarters of an hour off UTC (tzdata, since 1972), so that no quarter has two local hours."""
_QUARTERS = 96.0
"""Of a day. No zone has changed its clocks twice in one (tzdata)."""


def hour_of(minutes: NDArray[np.float64], zone: ZoneInfo) -> NDArray[np.int64]:
    """The local hour, 0 to 23, of each moment (minutes since the epoch)."""
    quarters, which = np.unique(np.floor(minutes / QUARTER), return_inverse=True)
    days, of_day = np.unique(np.floor(quarters / _QUARTERS), return_inverse=True)
    ends = np.array([[_offset(day * _QUARTERS, zone), _offset((day + 1) * _QUARTERS, zone)] for day in days.tolist()])
    offsets = ends.reshape(-1, 2)[of_day, 0]
    for k in np.flatnonzero(np.ptp(ends.reshape(-1, 2), axis=1)[of_day]):  # on this day the clocks are changed
        offsets[k] = _offset(float(quarters[k]), zone)
    hours: NDArray[np.int64] = (np.floor((quarters * QUARTER + offsets) / 60.0) % 24).astype(np.int64)
    return hours[which]


def _offset(quarter: float, zone: ZoneInfo) -> Minutes:
    """What local time is ahead of UTC at the beginning of a quarter of an hour since the epoch."""
    offset = moment_at(quarter * QUARTER).astimezone(zone).utcoffset()
    assert offset is not None
    return offset.total_seconds() / 60.0


def watched_by_hour(intervals: list[tuple[Minutes, Minutes]], zone: ZoneInfo) -> NDArray[np.float64]:
    """(24,) minutes of disjoint intervals that fall in each local hour."""
    total = np.zeros(24)
    for start, end in intervals:
        edges = np.arange(np.floor(start / QUARTER), np.ceil(end / QUARTER) + 1) * QUARTER
        lengths = np.diff(np.clip(edges, start, end))
        total += np.bincount(hour_of(edges[:-1], zone), weights=lengths, minlength=24)
    return total
