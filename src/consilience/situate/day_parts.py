"""What a word for a part of the day may mean on a date and at a place: a window by the sun.

===========  ==================================  =======================================================================
word         window on the local date            source
===========  ==================================  =======================================================================
dawn, fajr   first light to sunrise              fajr begins at -18° (Muslim World League) and lasts until sunrise;
                                                 Arabic reports say fajr for the whole of it, and English ones "dawn"
sunrise      sunrise                             US Naval Observatory
morning      sunrise to noon                     usage
noon         noon by the sun and 12:00 by the    usage: both are called noon; in Syrian summer time they lie up to three
             clock, and what lies between        quarters of an hour apart
dhuhr        noon by the sun to asr              times of the prayers: each lasts until the next begins
asr          shadow of noon + 1 to sunset        the same, by the majority's length of shadow
afternoon    noon by the sun to sunset           usage
sunset       sunset to the end of civil          US Naval Observatory
             twilight
maghrib      sunset to nightfall                 times of the prayers; nightfall at -18°
evening      sunset or 17:00, what comes first,  usage; masa' begins before sunset in summer (our choice of the hour)
             to midnight
isha         nightfall to midnight               times of the prayers
night        sunset of the day before to         "the night of 3 February" may be the one that ends that day (as in
             sunrise of the day after            Arabic laylat) or the one that begins on it: both, and what lies
                                                 between
===========  ==================================  =======================================================================

"Usage" is our choice: dictionaries say no more. How far beyond its window a word is still used is the assumption
`sigma_words`. Where the sun does not rise, set or reach twilight, the bound is the day's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from consilience.quantities import Degrees, Minutes, minutes_since_epoch
from consilience.sun import SunTimes, sun_times

_Window = tuple[Minutes, Minutes]


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A local date at a place: the sun's times and two hours of the wall clock, in minutes since the epoch."""

    sun: SunTimes
    clock_noon: Minutes
    clock_evening: Minutes

    @property
    def first_light(self) -> Minutes:
        """First light, or the day's start where there is none."""
        return self.sun.day_start if self.sun.first_light is None else self.sun.first_light

    @property
    def sunrise(self) -> Minutes:
        """Sunrise, or the day's start where there is none."""
        return self.sun.day_start if self.sun.sunrise is None else self.sun.sunrise

    @property
    def asr(self) -> Minutes:
        """The time of the asr prayer, or sunset where there is none."""
        return self.sunset if self.sun.asr is None else self.sun.asr

    @property
    def sunset(self) -> Minutes:
        """Sunset, or the day's end where there is none."""
        return self.sun.day_end if self.sun.sunset is None else self.sun.sunset

    @property
    def dusk(self) -> Minutes:
        """The end of civil twilight, or sunset where there is none."""
        return self.sunset if self.sun.civil_dusk is None else self.sun.civil_dusk

    @property
    def nightfall(self) -> Minutes:
        """Nightfall, or the day's end where there is none."""
        return self.sun.day_end if self.sun.nightfall is None else self.sun.nightfall


WINDOWS: Mapping[str, Callable[[LocalDay], _Window]] = {
    "dawn": lambda day: (day.first_light, day.sunrise),
    "fajr": lambda day: (day.first_light, day.sunrise),
    "sunrise": lambda day: (day.sunrise, day.sunrise),
    "morning": lambda day: (day.sunrise, day.sun.noon),
    "noon": lambda day: (min(day.sun.noon, day.clock_noon), max(day.sun.noon, day.clock_noon)),
    "dhuhr": lambda day: (day.sun.noon, day.asr),
    "asr": lambda day: (day.asr, day.sunset),
    "afternoon": lambda day: (day.sun.noon, day.sunset),
    "sunset": lambda day: (day.sunset, day.dusk),
    "maghrib": lambda day: (day.sunset, day.nightfall),
    "evening": lambda day: (min(day.sunset, day.clock_evening), day.sun.day_end),
    "isha": lambda day: (day.nightfall, day.sun.day_end),
}
"""The window of each word that speaks of one date alone; "night" speaks of three (`day_part`)."""

NIGHT = "night"


@lru_cache(maxsize=16_384)
def day_part(word: str, first: date, last: date, zone: tzinfo, lat: Degrees, lon: Degrees) -> tuple[Minutes, Minutes]:
    """The window, in minutes since the epoch, that a word of `records.tables.TIME_WORDS` means on a local date.

    `first` and `last` are the same date unless the source names two. "The night of 29 to 30 January" is that night
    alone; with any other word it is from the first date's window to the last one's end.
    """
    opening, closing = (_local_day(day, zone, lat, lon) for day in (first, last))
    if word != NIGHT:
        return WINDOWS[word](opening)[0], WINDOWS[word](closing)[1]
    if first != last:
        return opening.sunset, closing.sunrise
    before, after = (_local_day(first + timedelta(days=n), zone, lat, lon) for n in (-1, 1))
    return before.sunset, after.sunrise


def _local_day(day: date, zone: tzinfo, lat: Degrees, lon: Degrees) -> LocalDay:
    noon, evening = (
        minutes_since_epoch(datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)) for hour in (12, 17)
    )
    return LocalDay(sun_times(day, zone, lat, lon), noon, evening)
