"""Where the sun stood: its height at a moment, and when it rose, culminated and set on a local date.

By NREL's Solar Position Algorithm (I. Reda and A. Andreas, Solar Energy 76, 2004, 577-589; ±0.0003° for the years
-2000 to 6000), as pvlib has it. Valid below the polar circles as far as the times go: a sun that does not cross a
height on a date has no time there (None).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from consilience.quantities import Degrees, Metres, Minutes, minutes_since_epoch

_DELTA_T_S = 67.0
"""Terrestrial Time less UT1, seconds, in 2003 (the algorithm's own test); 68.6 to 69.4 in 2017-2020 (IERS),
which moves it by a hundred-thousandth of a degree."""

_STANDARD_REFRACTION: Degrees = 0.5667
RISE_AND_SET: Degrees = -0.8333
"""Height of the sun's centre at sunrise and sunset: 34' of refraction and 16' of radius (US Naval Observatory)."""

CIVIL_TWILIGHT: Degrees = -6.0
ASTRONOMICAL_TWILIGHT: Degrees = -18.0
"""Limits of twilight (US Naval Observatory); -18° is also fajr and isha by the Muslim World League's convention."""

_STEP_MIN: Minutes = 5.0
"""Sampling of a day; linear interpolation between samples errs by less than 2 s at 36 degrees of latitude."""


@dataclass(frozen=True, slots=True)
class SunHeight:
    """Degrees above the horizon, arrays in the shape of the moments asked: of the sun's centre, and as refracted."""

    geometric: NDArray[np.float64]
    apparent: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SunTimes:
    """Times of one local date at one place, minutes since the epoch; None where the sun does not cross that height.

    `first_light` and `nightfall` at -18°, `civil_dusk` at -6°, `asr` where a shadow is its noon length
    and once the object's (the majority's convention).
    """

    day_start: Minutes
    day_end: Minutes
    first_light: Minutes | None
    sunrise: Minutes | None
    noon: Minutes
    asr: Minutes | None
    sunset: Minutes | None
    civil_dusk: Minutes | None
    nightfall: Minutes | None


def sun_height(
    minutes: NDArray[np.float64],
    lat: Degrees,
    lon: Degrees,
    height_m: Metres = 0.0,
    pressure_hpa: float = 1013.25,
    temperature_c: float = 12.0,
) -> SunHeight:
    """The sun's height at minutes since the epoch, seen from a WGS 84 position; standard air unless stated."""
    from pvlib import spa  # only where the sun is asked for: importing pvlib takes most of a second

    apparent_zenith, zenith, *_ = spa.solar_position_numpy(
        np.asarray(minutes, dtype=np.float64) * 60.0,
        lat, lon, height_m, pressure_hpa, temperature_c, _DELTA_T_S, _STANDARD_REFRACTION, None, False, False,
    )  # fmt: skip
    return SunHeight(geometric=90.0 - np.asarray(zenith), apparent=90.0 - np.asarray(apparent_zenith))


@lru_cache(maxsize=4096)
def sun_times(day: date, zone: tzinfo, lat: Degrees, lon: Degrees) -> SunTimes:
    """The sun's times on a local date, from local midnight to the next, whatever their distance."""
    start, end = (minutes_since_epoch(_midnight(d, zone)) for d in (day, day + timedelta(days=1)))
    minutes = np.linspace(start, end, round((end - start) / _STEP_MIN) + 1)
    height = sun_height(minutes, lat, lon).geometric
    top = int(np.argmax(height))
    noon = _vertex(minutes, height, top)
    noon_zenith = np.radians(90.0 - height[top])
    asr_height = np.degrees(np.arctan2(1.0, 1.0 + np.tan(noon_zenith))) if height[top] > 0 else None
    morning, evening = slice(None, top + 1), slice(top, None)
    return SunTimes(
        day_start=start,
        day_end=end,
        first_light=_rise(minutes[morning], height[morning], ASTRONOMICAL_TWILIGHT),
        sunrise=_rise(minutes[morning], height[morning], RISE_AND_SET),
        noon=noon,
        asr=None if asr_height is None else _set(minutes[evening], height[evening], float(asr_height)),
        sunset=_set(minutes[evening], height[evening], RISE_AND_SET),
        civil_dusk=_set(minutes[evening], height[evening], CIVIL_TWILIGHT),
        nightfall=_set(minutes[evening], height[evening], ASTRONOMICAL_TWILIGHT),
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _rise(minutes: NDArray[np.float64], height: NDArray[np.float64], level: Degrees) -> Minutes | None:
    """When the sun last climbs through the level; None if it does not."""
    (climbs,) = np.nonzero((height[:-1] <= level) & (height[1:] > level))
    return _between(minutes, height, level, int(climbs[-1])) if len(climbs) else None


def _set(minutes: NDArray[np.float64], height: NDArray[np.float64], level: Degrees) -> Minutes | None:
    """When the sun first sinks through the level; None if it does not."""
    (sinks,) = np.nonzero((height[:-1] > level) & (height[1:] <= level))
    return _between(minutes, height, level, int(sinks[0])) if len(sinks) else None


def _between(minutes: NDArray[np.float64], height: NDArray[np.float64], level: Degrees, k: int) -> Minutes:
    """The moment between samples k and k + 1 at which a straight line is at the level."""
    share = (level - height[k]) / (height[k + 1] - height[k])
    return float(minutes[k] + share * (minutes[k + 1] - minutes[k]))


def _vertex(minutes: NDArray[np.float64], height: NDArray[np.float64], top: int) -> Minutes:
    """The top of the parabola through the highest sample and its neighbours."""
    if not 0 < top < len(minutes) - 1:
        return float(minutes[top])
    before, at, after = height[top - 1 : top + 2]
    shift = 0.5 * (before - after) / (before - 2 * at + after)
    return float(minutes[top] + shift * (minutes[top + 1] - minutes[top]))
