"""Positions on paper: equirectangular, true to scale along the middle parallel; graticule and scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from consilience.quantities import EARTH_RADIUS_M, Degrees, Kilometres, Metres

KM_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180_000
"""Kilometres of a degree of latitude on the mean sphere."""


@dataclass(frozen=True, slots=True)
class Projection:
    """x = k (lon − west) cos(mid), y = k (north − lat): plate carrée with its standard parallel in the middle (Snyder
    1987, Map Projections, p. 90). Within a few hundred kilometres the error of distance is below 1 %.
    """

    west: Degrees
    north: Degrees
    middle: Degrees
    units_per_km: float
    width: float
    height: float

    def xy(self, lat: Degrees, lon: Degrees) -> tuple[float, float]:
        """Picture units, y downwards."""
        x = (lon - self.west) * math.cos(math.radians(self.middle)) * KM_PER_DEGREE * self.units_per_km
        return x, (self.north - lat) * KM_PER_DEGREE * self.units_per_km

    def holds(self, lat: Degrees, lon: Degrees) -> bool:
        """Is the position within the frame?"""
        x, y = self.xy(lat, lon)
        return 0 <= x <= self.width and 0 <= y <= self.height

    def length(self, metres: Metres) -> float:
        """Picture units of a distance."""
        return metres / 1000 * self.units_per_km

    @property
    def south(self) -> Degrees:
        return self.north - self.height / (KM_PER_DEGREE * self.units_per_km)

    @property
    def east(self) -> Degrees:
        return self.west + self.width / (KM_PER_DEGREE * self.units_per_km * math.cos(math.radians(self.middle)))


def fit(
    corners: Iterable[tuple[Degrees, Degrees]],
    *,
    width: float,
    least_height: float,
    most_height: float,
    margin_km: Kilometres,
) -> Projection:
    """The largest scale at which all positions (lat, lon) fit, with a margin around them, in a frame of that width."""
    positions = list(corners)
    south, north = min(p[0] for p in positions), max(p[0] for p in positions)
    west, east = min(p[1] for p in positions), max(p[1] for p in positions)
    middle = (south + north) / 2
    shrink = math.cos(math.radians(middle))
    wide_km = (east - west) * shrink * KM_PER_DEGREE + 2 * margin_km
    high_km = (north - south) * KM_PER_DEGREE + 2 * margin_km
    scale = min(width / wide_km, most_height / high_km)
    height = max(least_height, high_km * scale)
    return Projection(
        west=(west + east) / 2 - width / scale / 2 / (KM_PER_DEGREE * shrink),
        north=middle + height / scale / 2 / KM_PER_DEGREE,
        middle=middle,
        units_per_km=scale,
        width=width,
        height=height,
    )


def graticule_step(span: Degrees) -> Degrees:
    """Degrees between lines, so that two to five of them cross the span."""
    return next(
        step for step in (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0) if span / step <= 4.5 or step == 30.0
    )


def graticule_lines(low: Degrees, high: Degrees) -> list[Degrees]:
    """Round degrees between two bounds."""
    step = graticule_step(high - low)
    return [round(step * n, 4) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def scale_bar_km(projection: Projection) -> Kilometres:
    """The longest round distance that takes at most 30 % of the width."""
    most = 0.3 * projection.width / projection.units_per_km
    return max(km for km in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if km <= most or km == 0.5)
