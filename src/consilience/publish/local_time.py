"""Minutes since the epoch as people of the case's zone say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from consilience.quantities import Minutes, minutes_since_epoch, moment_at

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def minute_of(iso: str) -> Minutes:
    """Minutes since the epoch of an ISO 8601 time of findings.json."""
    return minutes_since_epoch(datetime.fromisoformat(iso))


@dataclass(frozen=True, slots=True)
class LocalClock:
    """Reads minutes off the wall clock of a zone, with the zone's history."""

    zone: ZoneInfo

    def at(self, minute: Minutes) -> datetime:
        """The local datetime."""
        return moment_at(minute).astimezone(self.zone)

    def clock(self, minute: Minutes, *, with_offset: bool = False) -> str:
        """Hours and minutes, to the nearest minute: 19:28. With the offset from UTC where it is asked for, or where the
        clock showed the same twice: 03:42 (UTC+02:00).
        """
        shown = f"{self.at(round(minute)):%H:%M}"
        is_told = with_offset or self.was_twice(minute)
        return f"{shown} ({self.offset(round(minute))})" if is_told else shown

    def was_twice(self, minute: Minutes) -> bool:
        """Did the clock show this hour and minute twice that night, because it was put back (PEP 495)?"""
        local = self.at(round(minute))
        first, second = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
        return first > second

    def is_changed(self, low: Minutes, high: Minutes) -> bool:
        """Was the clock put forward or back between two minutes, or did it show one of them twice?"""
        offsets = {self.at(round(minute)).utcoffset() for minute in (low, high)}
        return len(offsets) > 1 or self.was_twice(low) or self.was_twice(high)

    def day(self, minute: Minutes) -> str:
        """2 April 2017."""
        return date_words(self.at(round(minute)))

    def short_day(self, minute: Minutes) -> str:
        """2 Apr."""
        local = self.at(round(minute))
        return f"{local.day} {short_month(local)}"

    def full(self, minute: Minutes, *, with_offset: bool = False) -> str:
        """2 April 2017, 19:28; with the offset as `clock` has it."""
        return f"{self.day(minute)}, {self.clock(minute, with_offset=with_offset)}"

    def span(self, low: Minutes, high: Minutes) -> str:
        """19:10–20:31, with a day wherever the two are on different ones; with offsets where the clock was changed."""
        first, last = (self.clock(minute, with_offset=self.is_changed(low, high)) for minute in (low, high))
        if self.day(low) == self.day(high):
            return f"{first}–{last}"
        return f"{first} on {self.short_day(low)} – {last} on {self.short_day(high)}"

    def offset(self, minute: Minutes) -> str:
        """UTC+03:00, as it was in force then."""
        shift = self.at(minute).utcoffset() or timedelta()
        total = round(shift / timedelta(minutes=1))
        sign = "−" if total < 0 else "+"
        return f"UTC{sign}{abs(total) // 60:02d}:{abs(total) % 60:02d}"

    def midnight_before(self, minute: Minutes) -> Minutes:
        """The local midnight at or before a minute, from which ticks are counted."""
        local = self.at(minute)
        return minutes_since_epoch(local.replace(hour=0, minute=0, second=0, microsecond=0))


def date_words(day: date) -> str:
    """2 April 2017."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_month(day: date) -> str:
    """Apr."""
    return _MONTHS[day.month - 1][:3]


def month_words(year_month: str) -> str:
    """April 2017, from the 2017-04 of findings.json; anything else as it is."""
    year, _, month = year_month.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year}" if year.isdigit() and month.isdigit() else year_month
