"""Light and the words for parts of the day, from the sun's height.

An approximation of its own (the generator shares no code with `consilience.sun`): mean longitude, equation of the
centre and obliquity as in the Astronomical Almanac's low-precision formulae (section C, good to 0.01°, 1950–2050).
"""

from __future__ import annotations

import math

from numpy.random import Generator

from consilience.worlds.chance import draw, happens
from consilience.worlds.plane import CENTRE_LAT, CENTRE_LON, local

_J2000_MIN = 15_778_800.0
"""2000-01-01T12:00 UTC in minutes since the epoch; the minute between it and dynamical time doesn't matter here."""


def sun_height_deg(minute: float, lat: float = CENTRE_LAT, lon: float = CENTRE_LON) -> float:
    """The sun's height above the horizon without refraction, degrees, at minutes since the epoch (UTC)."""
    day = (minute - _J2000_MIN) / 1440.0
    anomaly = math.radians((357.528 + 0.9856003 * day) % 360.0)
    longitude = math.radians(280.460 + 0.9856474 * day + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 4e-7 * day)
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    sidereal = math.radians((280.46062 + 360.98564737 * day + lon) % 360.0)
    phi, hour = math.radians(lat), sidereal - ascension
    height = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(hour)
    return math.degrees(math.asin(height))


def is_dark(minute: float) -> bool:
    """Below civil twilight (−6°)?"""
    return sun_height_deg(minute) < -6.0


def word_for(rng: Generator, minute: float) -> str:
    """How a witness names that part of the day: now and then by the prayer that stands for it."""
    height, hour = sun_height_deg(minute), local(minute).hour
    morning = hour < 12
    if height < -12.0:
        return draw(rng, {"night": 0.8, "isha": 0.2}) if not morning else draw(rng, {"night": 0.9, "fajr": 0.1})
    if height < 2.0:
        return draw(rng, {"dawn": 0.7, "fajr": 0.3}) if morning else draw(rng, {"sunset": 0.6, "maghrib": 0.4})
    if abs(local(minute).hour + local(minute).minute / 60 - 12.6) < 0.8:
        return draw(rng, {"noon": 0.7, "dhuhr": 0.3})
    if morning:
        return "morning"
    if height < 12.0:
        return "evening" if happens(rng, 0.5) else "afternoon"
    return draw(rng, {"afternoon": 0.75, "asr": 0.25})
