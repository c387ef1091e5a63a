"""The flat map on which the simulated war is fought: kilometres east and north of a centre.

Equirectangular; over the 250 km that matter it is wrong by less than 1 %, far below any town's position error. Written
apart from `quantities.great_circle_m` on purpose: the generator shares no code with the inference.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from consilience.quantities import zone_named

Km = NDArray[np.float64]
"""Kilometres east and north of the centre, last axis of length 2."""

CENTRE_LAT, CENTRE_LON = 35.7, 36.6
KM_PER_DEGREE = 111.195
"""One degree of a great circle on a sphere of 6371.009 km."""
_EAST = KM_PER_DEGREE * math.cos(math.radians(CENTRE_LAT))

ZONE = zone_named("Asia/Damascus")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_km(lat: float, lon: float) -> Km:
    """Degrees (WGS 84) to the map; shape (2,)."""
    return np.array([(lon - CENTRE_LON) * _EAST, (lat - CENTRE_LAT) * KM_PER_DEGREE])


def to_degrees(point: Km) -> tuple[float, float]:
    """A point (2,) of the map to latitude and longitude, five decimals (a metre)."""
    lat = CENTRE_LAT + float(point[1]) / KM_PER_DEGREE
    return round(lat, 5), round(CENTRE_LON + float(point[0]) / _EAST, 5)


def distance_km(a: Km, b: Km) -> float:
    """Between two points (2,)."""
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def bearing_deg(step: Km) -> float:
    """The compass bearing of a step (2,), in [0, 360)."""
    return math.degrees(math.atan2(float(step[0]), float(step[1]))) % 360.0


def minute_of(day: date, hour: float = 0.0) -> float:
    """Minutes since the epoch (UTC) at which that local day and hour begin."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return (start - _EPOCH) / timedelta(minutes=1) + 60.0 * hour


def local(minute: float) -> datetime:
    """The local moment at so many minutes since the epoch, to the second."""
    return (_EPOCH + timedelta(seconds=round(minute * 60))).astimezone(ZONE)


def written(minute: float, *, seconds: bool = False) -> str:
    """A local time as a log has it, with its offset, so that a clock change never makes it ambiguous."""
    return local(minute if seconds else round(minute)).isoformat(timespec="seconds" if seconds else "minutes")
