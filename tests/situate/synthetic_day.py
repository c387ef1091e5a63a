"""A synthetic day of flights and of what spotters log of them, with known truth. Invented towns, posts and sorties.

Shares no code with what it measures: aircraft fly waypoints at constant speed and circle, posts see and slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.records.columns import MOMENT
from consilience.records.reference_data import Base, Description, Operator, OrderOfBattle, Platform
from consilience.records.situated import SITE

KM_PER_DEG = 111.2
SOUTH_WEST = (35.0, 36.0)  # lat, lon of the ground's corner
WORDS = ("north", "north east", "east", "south east", "south", "south west", "west", "north west")
LOOSE = {"Russian": ("Su-24", "Su-25", "Su-34", "Su-22", "L-39"), "jet": ("Su-22", "Su-24", "Su-25", "Su-34", "L-39")}
BASES = {
    "Westfield": (40.0, -5.0, ("Russian",)),
    "Midfield": (15.0, 65.0, ("Syrian",)),
    "Southfield": (-55.0, 85.0, ("Syrian",)),
}
"""Kilometres north and east of the corner, and who uses it."""
FLEET = (
    # platform, party, base, km/h over short legs, share of sorties
    ("Su-24", "Russian", "Westfield", 550, 0.25),
    ("Su-34", "Russian", "Westfield", 570, 0.20),
    ("Su-25", "Russian", "Westfield", 510, 0.10),
    ("Su-22", "Syrian", "Southfield", 540, 0.20),
    ("L-39", "Syrian", "Midfield", 470, 0.10),
    ("Mi-8", "Syrian", "Midfield", 210, 0.10),
    ("Orlan-10", "Russian", "Westfield", 105, 0.05),
)
CRUISE_KMH = {"Su-24": 850, "Su-34": 900, "Su-25": 700, "Su-22": 800, "L-39": 600, "Mi-8": 220, "Orlan-10": 100}


@dataclass(frozen=True)
class SyntheticLog:
    """A situated and marked frame, and for each row the number of its flight."""

    sightings: pl.DataFrame
    flight: NDArray[np.int64]


@dataclass(frozen=True)
class _Flight:
    number: int
    kind: int
    minutes: NDArray[np.float64]
    at: NDArray[np.float64]  # (T, 2) km north, east, every quarter of a minute
    circling: NDArray[np.bool_]


def synthetic_orbat() -> OrderOfBattle:
    """The fleet above as an order of battle."""
    platforms = {p: Platform(p, ("air strike",), False, float(CRUISE_KMH[p]), (p,)) for p, *_ in FLEET}
    operators = tuple(Operator(p, party, ("air strike",), 1.0, (base,), None, None) for p, party, base, *_ in FLEET)
    bases = {name: Base(name, *_degrees(np.array(at)), (name,), who) for name, (*at, who) in BASES.items()}
    loose = (Description(("jet",), LOOSE["jet"], None),)
    return OrderOfBattle("synthetic", platforms, operators, bases, (), loose, (), {}, ())


def make_day(seed: int, flights: int = 30, sightings: int = 500, days: int = 1, wave: int = 6) -> SyntheticLog:
    """About so many sightings of so many flights a day, in waves of up to `wave`; times to the minute."""
    rng = np.random.default_rng(seed)
    towns, errors = (
        rng.uniform((0, 0), (130, 120), (45, 2)),
        rng.choice([1.0, 2.0, 3.0, 8.0], 45, p=[0.4, 0.3, 0.2, 0.1]),
    )
    posts, clocks = rng.permutation(45)[:25], rng.normal(0.0, 1.0, 25)
    flown = [f for day in range(days) for f in _fly_day(rng, flights, day, towns, wave)]
    rows: list[dict[str, object]] = []
    for flight in flown:
        rows.extend(_log_flight(rng, flight, towns, errors, posts, clocks))
    kept = sorted(rng.permutation(len(rows))[: sightings * days])
    rows = [rows[k] | {"sighting_id": f"S{n:06d}"} for n, k in enumerate(kept)]
    truth = np.array([row.pop("flight") for row in rows], dtype=np.int64)
    return SyntheticLog(pl.DataFrame(rows, schema=SCHEMA), truth)


def _fly_day(rng: np.random.Generator, flights: int, day: int, towns: NDArray[np.float64], wave: int) -> list[_Flight]:
    """Waves within twenty minutes, half of each to one target area."""
    done: list[_Flight] = []
    while len(done) < flights:
        start, kind = day * 1440 + rng.uniform(240, 1200), int(rng.choice(len(FLEET), p=[f[4] for f in FLEET]))
        area = towns[rng.integers(len(towns))]
        for _ in range(min(int(rng.integers(1, wave + 1)), flights - len(done))):
            target = area if rng.random() < 0.5 else towns[rng.integers(len(towns))]
            done.append(_fly(rng, day * flights + len(done), kind, start + rng.uniform(0, 20), target))
            if rng.random() < 0.3:
                kind = int(rng.choice(len(FLEET), p=[f[4] for f in FLEET]))
    return done


def _fly(rng: np.random.Generator, number: int, kind: int, start: float, target: NDArray[np.float64]) -> _Flight:
    speed = FLEET[kind][3] / 60 * rng.uniform(0.9, 1.1)
    base = np.array(BASES[FLEET[kind][2]][:2])
    way = [base, base + (target - base) * rng.uniform(0.4, 0.7) + rng.normal(0, 12, 2), target]
    long = rng.uniform(10, 30) if speed > 5 else rng.uniform(30, 120)
    pieces = [_straight(a, b, speed) for a, b in pairwise(way)]
    pieces.append(_circle(rng, target, speed, long))
    if rng.random() < 0.4:
        second = target + rng.normal(0, 12, 2)
        pieces += [_straight(target, second, speed), _circle(rng, second, speed, long / 2)]
    pieces.append(_straight(pieces[-1][0][-1], base, speed))
    at = np.concatenate([p[0] for p in pieces])
    circling = np.concatenate([np.full(len(p[0]), p[1]) for p in pieces])
    return _Flight(number, kind, start + np.arange(len(at)) / 4, at, circling)


def _straight(a: NDArray[np.float64], b: NDArray[np.float64], speed: float) -> tuple[NDArray[np.float64], bool]:
    steps = max(2, int(4 * np.hypot(*(b - a)) / speed))
    return a + (b - a) * np.linspace(0, 1, steps)[:, None], False


def _circle(
    rng: np.random.Generator, middle: NDArray[np.float64], speed: float, minutes: float
) -> tuple[NDArray[np.float64], bool]:
    radius = rng.uniform(2.0, 6.0)
    angle = rng.uniform(0, 2 * np.pi) + np.arange(int(minutes * 4)) * speed / 4 / radius
    return middle + radius * np.column_stack([np.cos(angle), np.sin(angle)]), True


def _log_flight(
    rng: np.random.Generator, flight: _Flight, towns: NDArray[np.float64], errors: NDArray[np.float64],
    posts: NDArray[np.int64], clocks: NDArray[np.float64],
) -> list[dict[str, object]]:  # fmt: skip
    """Each post sees what passes within 18 km about every four minutes and names the town that seems nearest."""
    platform, party, base, *_ = FLEET[flight.kind]
    rows: list[dict[str, object]] = []
    if rng.random() < 0.8:
        north, east, _ = BASES[base]
        rows.append(_row(rng, flight, 0, f"P-{base}", base, north, east, 1.0, rng.exponential(0.7), platform, party))
    last = -99.0
    for post, clock in zip(posts, clocks, strict=True):
        near = np.hypot(*(flight.at - towns[post]).T) < 18
        for k in np.flatnonzero(near & (rng.random(len(near)) < 1 / 16)):
            if k == 0 or flight.minutes[k] - last < 1:
                continue
            seemed = flight.at[k] + rng.normal(0, 2.5, 2)
            town = int(np.argmin(np.hypot(*(towns - seemed).T)))
            delay = clock + rng.exponential(0.7)
            north, east = towns[town].tolist()
            rows.append(_row(rng, flight, int(k), f"P{post}", None, north, east, errors[town], delay, platform, party))
            last = flight.minutes[k]
        last = -99.0
    return rows


def _row(
    rng: np.random.Generator, flight: _Flight, k: int, source: str, base: str | None,
    north: float, east: float, error_km: float, delay: float, platform: str, party: str,
) -> dict[str, object]:  # fmt: skip
    word, means, asserts = _described(rng, platform, party)
    step = flight.at[min(k + 1, len(flight.at) - 1)] - flight.at[max(k - 1, 0)]
    bearing = np.degrees(np.arctan2(step[1], step[0])) + rng.normal(0, 15)
    circling = bool(flight.circling[k]) if rng.random() < 0.9 else not flight.circling[k]
    circling = circling and base is None
    lat, lon = _degrees(np.array([north, east]))
    minute = float(np.floor(flight.minutes[k] + delay))
    return {
        "flight": flight.number, "sighting_id": "", "source_id": source, "t_lo": minute, "t_hi": minute,
        "t_sigma": 1.0, "t_precision": "minute",
        "sites": [{"name": f"{lat:.3f}", "lat": lat, "lon": lon, "error_m": 1000 * error_km}],
        "platform": word, "means": list(means), "asserts": asserts, "base": base,
        "activity": "circling" if circling else None,
        "heading": None if circling else WORDS[int(np.round(bearing / 45)) % 8],
    }  # fmt: skip


def _described(rng: np.random.Generator, platform: str, party: str) -> tuple[str, tuple[str, ...], str | None]:
    if platform in ("Mi-8", "Orlan-10") or rng.random() < 0.35:
        return platform, (platform,), None
    lent = rng.random() < (0.8 if party == "Russian" else 0.2)
    return ("Russian", LOOSE["Russian"], "Russian") if lent else ("jet", LOOSE["jet"], None)


def _degrees(at: NDArray[np.float64]) -> tuple[float, float]:
    lat = SOUTH_WEST[0] + at[0] / KM_PER_DEG
    return float(lat), float(SOUTH_WEST[1] + at[1] / KM_PER_DEG / np.cos(np.radians(SOUTH_WEST[0])))


SCHEMA: dict[str, pl.DataType] = {
    "sighting_id": pl.String(), "source_id": pl.String(), "time_lo": MOMENT,
    "t_lo": pl.Float64(), "t_hi": pl.Float64(), "t_sigma": pl.Float64(), "t_precision": pl.String(),
    "sites": pl.List(SITE), "platform": pl.String(), "means": pl.List(pl.String()), "asserts": pl.String(),
    "base": pl.String(), "operator": pl.String(), "activity": pl.String(), "heading": pl.String(),
    "origin": pl.String(), "count": pl.Int64(),
}  # fmt: skip
"""The columns of a situated and marked frame that tracking reads."""
