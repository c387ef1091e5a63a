"""The stretch of time that an incident's strip shows, and its ticks on the local clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consilience.publish.local_time import LocalClock
from consilience.quantities import Minutes
from consilience.records.views import Band

HOUR = 60.0
DAY = 24 * HOUR

_STEPS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 180.0, 360.0, 720.0, 1440.0)
_MOST_TICKS = 7
_NEAR = 4 * HOUR
"""A claim, bound or window end within four hours of the time found widens the strip; what is farther is an arrow at its
edge (our choice: the strip of a witness who is wrong by half a day must still show minutes)."""
COARSE = DAY / 2
"""A claim of half a day or more says no clock time, and widens nothing."""
_LEAST_SPAN = 1.5 * HOUR
_MOST_SPAN = 18 * HOUR
_MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled moment; `is_midnight` where a new local day begins."""

    minute: Minutes
    label: str
    is_midnight: bool


@dataclass(frozen=True, slots=True)
class ClockAxis:
    """A linear clock from `start` to `end`, minutes since the epoch."""

    start: Minutes
    end: Minutes

    def share(self, minute: Minutes) -> float:
        """Where a minute lies, 0 at the start and 1 at the end, not clipped."""
        return (minute - self.start) / (self.end - self.start)

    def clipped(self, minute: Minutes) -> float:
        """Where a minute lies, held within the picture."""
        return min(1.0, max(0.0, self.share(minute)))

    def shows(self, minute: Minutes) -> bool:
        """Is the minute within the picture?"""
        return self.start <= minute <= self.end

    def ticks(self, clock: LocalClock) -> tuple[Tick, ...]:
        """At most seven, on round minutes of the local clock."""
        step = next((s for s in _STEPS if (self.end - self.start) / s <= _MOST_TICKS), _STEPS[-1])
        origin = clock.midnight_before(self.start)
        first = int((self.start - origin) // step) + 1
        last = int((self.end - origin) // step)
        moments = (origin + step * n for n in range(first, last + 1))
        return tuple(_tick(minute, clock) for minute in moments if 0.02 <= self.share(minute) <= 0.98)


def _tick(minute: Minutes, clock: LocalClock) -> Tick:
    label = f"{clock.at(round(minute)):%H:%M}"
    midnight = label == "00:00"
    return Tick(minute, clock.short_day(minute) if midnight else label, midnight)


def axis_for(
    low: Minutes, median: Minutes, high: Minutes, bands: Iterable[Band], window: tuple[Minutes | None, Minutes | None]
) -> ClockAxis:
    """A clock that holds the interval found, every band and window end near it, and between 1.5 and 18 hours."""
    near = [low, high, *(end for end in window if end is not None)]
    for band in bands:
        if band.bound == "between" and band.hi - band.lo >= COARSE:
            continue
        near += {"before": [band.hi], "after": [band.lo]}.get(band.bound, [band.lo, band.hi])
    held = [minute for minute in near if abs(minute - median) <= _NEAR] + [
        max(low, median - _MOST_SPAN / 2), min(high, median + _MOST_SPAN / 2)
    ]  # fmt: skip
    start, end = min(held), max(held)
    margin = max(_MARGIN * (end - start), (_LEAST_SPAN - (end - start)) / 2)
    return ClockAxis(start - margin, end + margin)
