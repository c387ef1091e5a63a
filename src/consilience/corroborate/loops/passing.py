"""How flights pass a place: one look at each of their sightings."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from consilience.compiled import compiled, leaf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]


@leaf
def _bin(edges: Floats, value: float) -> int:
    """The last edge at or below a value."""
    found = 0
    for k in range(1, len(edges)):
        if value >= edges[k]:
            found = k
    return found


@leaf
def _apart(
    spot: Floats, site: tuple[float, float, float], scale: tuple[float, float], town_error: float
) -> tuple[float, float, float, float]:
    """Metres east and north of the site, what is unsure beyond a town's error, and how far at least."""
    dx, dy = (spot[1] - site[1]) * scale[0], (spot[0] - site[0]) * scale[1]
    excess = max(math.sqrt(spot[2] ** 2 + site[2] ** 2) - town_error, 0.0)
    return dx, dy, excess, max(math.sqrt(dx * dx + dy * dy) - excess, 0.0)


@compiled
def pass_kinds(
    flights: tuple[int, int],
    starts: Ints,
    spot: Codes,
    spots: Floats,
    circles: Flags,
    source: Codes,
    gone: Flags,
    site: tuple[float, float, float],
    scale: tuple[float, float],
    loiter: tuple[float, Floats],
    edges: Floats,
    town_error: float,
) -> tuple[Ints, Floats]:
    """The kind of pass (n,) of each of the flights from the first to before the last, −1 for who stays beyond the last
    edge, and how near (n,) its nearest sighting is.

    `spots` (S, 3) lat, lon, error; `site` the same; `scale` metres a degree east and north; `loiter` its radius and its
    edges. Legs of sources that are `gone` are passed over.
    """
    first, last = flights
    kinds = np.full(last - first, -1, dtype=np.int64)
    near = np.full(last - first, np.inf)
    known = len(spots) if len(spots) <= starts[last] - starts[first] else 0
    seen, away, unsure = np.zeros(known, dtype=np.bool_), np.empty((known, 2)), np.empty((known, 2))
    for flight in range(first, last):
        nearest, here, elsewhere = np.inf, 0, 0
        east, north, over = 0.0, 0.0, 0.0
        for leg in range(starts[flight], starts[flight + 1]):
            if gone[source[leg]]:
                continue
            at = spot[leg]
            if known and seen[at]:  # sightings are of towns: most spots come again and again
                dx, dy, excess, apart = away[at, 0], away[at, 1], unsure[at, 0], unsure[at, 1]
            else:
                dx, dy, excess, apart = _apart(spots[at], site, scale, town_error)
                if known:
                    seen[at] = True
                    away[at, 0], away[at, 1], unsure[at, 0], unsure[at, 1] = dx, dy, excess, apart
            nearest = min(nearest, apart)
            if circles[leg]:
                if apart < loiter[0]:
                    here += 1
                    east, north, over = east + dx, north + dy, over + excess
                else:
                    elsewhere += 1
        near[flight - first] = nearest
        if nearest >= edges[-1]:
            continue
        if here:
            off = max(math.hypot(east / here, north / here) - over / here, 0.0)
            kinds[flight - first] = 2 * _bin(loiter[1], off) + (elsewhere > here)
        else:
            kinds[flight - first] = 2 * len(loiter[1]) + 2 * _bin(edges, nearest) + (elsewhere > 0)
    return kinds, near


@compiled
def pass_legs(
    flights: Ints,
    loiters: Flags,
    nearest: Floats,
    starts: Ints,
    spot: Codes,
    spots: Floats,
    circles: Flags,
    source: Codes,
    gone: Flags,
    site: tuple[float, float, float],
    scale: tuple[float, float],
    loiter: float,
    slack: float,
    town_error: float,
) -> tuple[Ints, Ints]:
    """The legs of each flight that make its pass, one flight after the other, and the offsets (P + 1,) of each: where
    it `loiters` those that circle here, else those within `slack` of its nearest."""
    most = 0
    for flight in flights:
        most += starts[flight + 1] - starts[flight]
    legs, offsets = np.empty(most, dtype=np.int64), np.zeros(len(flights) + 1, dtype=np.int64)
    lat, lon, error = site
    count = 0
    for p in range(len(flights)):
        for leg in range(starts[flights[p]], starts[flights[p] + 1]):
            if gone[source[leg]]:
                continue
            at = spot[leg]
            dx, dy = (spots[at, 1] - lon) * scale[0], (spots[at, 0] - lat) * scale[1]
            excess = max(math.sqrt(spots[at, 2] ** 2 + error**2) - town_error, 0.0)
            apart = max(math.sqrt(dx * dx + dy * dy) - excess, 0.0)
            if (circles[leg] and apart < loiter) if loiters[p] else apart <= nearest[p] + slack:
                legs[count] = leg
                count += 1
        offsets[p + 1] = count
    return legs[:count], offsets
