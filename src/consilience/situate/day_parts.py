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
from datetime import date, timedelta, tzinfo
from functools import lru_cache

from consilience.quantities import Degrees, Minutes
from consilience.sun import SunTimes, sun_times

_EVENING_HOUR: Minutes = 17 * 60.0
_NOON_HOUR: Minutes = 12 * 60.0

_Window = tuple[Minutes, Minutes]


def _clock(day: SunTimes, minutes_after_midnight: Minutes) -> Minutes:
    """A wall-clock time of the date, as hours before the next midnight, since clocks change in the night."""
    return day.day_end - (24 * 60.0 - minutes_after_midnight)


def _or(moment: Minutes | None, bound: Minutes) -> Minutes:
    return bound if moment is None else moment


def _first_light(day: SunTimes) -> Minutes:
    return _or(day.first_light, day.day_start)


def _sunrise(day: SunTimes) -> Minutes:
    return _or(day.sunrise, day.day_start)


def _sunset(day: SunTimes) -> Minutes:
    return _or(day.sunset, day.day_end)


def _nightfall(day: SunTimes) -> Minutes:
    return _or(day.nightfall, day.day_end)


def _asr(day: SunTimes) -> Minutes:
    return _or(day.asr, _sunset(day))


def _about_noon(day: SunTimes) -> _Window:
    by_clock = _clock(day, _NOON_HOUR)
    return min(day.noon, by_clock), max(day.noon, by_clock)


WINDOWS: Mapping[str, Callable[[SunTimes], _Window]] = {
    "dawn": lambda day: (_first_light(day), _sunrise(day)),
    "fajr": lambda day: (_first_light(day), _sunrise(day)),
    "sunrise": lambda day: (_sunrise(day), _sunrise(day)),
    "morning": lambda day: (_sunrise(day), day.noon),
    "noon": _about_noon,
    "dhuhr": lambda day: (day.noon, _asr(day)),
    "asr": lambda day: (_asr(day), _sunset(day)),
    "afternoon": lambda day: (day.noon, _sunset(day)),
    "sunset": lambda day: (_sunset(day), _or(day.civil_dusk, _sunset(day))),
    "maghrib": lambda day: (_sunset(day), _nightfall(day)),
    "evening": lambda day: (min(_sunset(day), _clock(day, _EVENING_HOUR)), day.day_end),
    "isha": lambda day: (_nightfall(day), day.day_end),
}
"""The window of each word that speaks of one date alone; "night" speaks of three (`day_part`)."""

NIGHT = "night"


@lru_cache(maxsize=16_384)
def day_part(word: str, first: date, last: date, zone: tzinfo, lat: Degrees, lon: Degrees) -> tuple[Minutes, Minutes]:
    """The window, in minutes since the epoch, that a word of `records.tables.TIME_WORDS` means on a local date.

    `first` and `last` are the same date unless the source names two. "The night of 29 to 30 January" is that night
    alone; with any other word it is from the first date's window to the last one's end.
    """
    opening, closing = (sun_times(day, zone, lat, lon) for day in (first, last))
    if word != NIGHT:
        return WINDOWS[word](opening)[0], WINDOWS[word](closing)[1]
    if first != last:
        return _sunset(opening), _sunrise(closing)
    before, after = (sun_times(first + timedelta(days=n), zone, lat, lon) for n in (-1, 1))
    return _sunset(before), _sunrise(after)
