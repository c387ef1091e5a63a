"""Who takes off when, and where to: the plan of every flight of a simulated war, before it is flown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from consilience.worlds.chance import happens
from consilience.worlds.fleets import FLEETS, WAVES, Fleet
from consilience.worlds.kinds import WorldKind
from consilience.worlds.land import Land
from consilience.worlds.plane import Km, minute_of

FIRST_DAY = date(2017, 4, 3)
"""In the weeks of the two published days. Our choice; the sun and the order of battle follow from it."""
STANDARD_FLIGHTS = 19.0
"""Flights for each attack at which `FLEETS` keep their own numbers when 200 attacks fall in 60 days."""
STANDARD_ATTACKS_A_DAY = 200 / 60


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A flight as ordered; everything that chance decides about it stands here, so that flying it is arithmetic.

    `via_out`, `via_home`: turning points; `release`: when, as shares of the time over the target.
    """

    fleet: Fleet
    base: str
    size: int
    takeoff: float
    target: Km
    via_out: Km
    via_home: Km
    loiter_min: float
    turn: float
    release: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One day of the war: its date, sight (1 clear … 0.35 haze or dust) and the town of the main effort."""

    day: date
    sight: float
    focus: int


def days_of_war(rng: Generator, land: Land, days: int) -> tuple[Day, ...]:
    """The days with weather that lasts (autoregressive, our choice) and a main effort that moves every few days."""
    weights = np.array([town.weight for town in land.towns])
    made: list[Day] = []
    weather, focus = 0.0, 0
    for index in range(days):
        weather = 0.6 * weather + rng.normal(0.0, 0.8)
        if index == 0 or happens(rng, 0.2):
            focus = int(rng.choice(len(weights), p=weights / weights.sum()))
        sight = 0.35 + 0.65 / (1.0 + np.exp(-1.5 - weather))
        made.append(Day(FIRST_DAY + timedelta(days=index), float(sight), focus))
    return tuple(made)


def plan_day(rng: Generator, land: Land, day: Day, kind: WorldKind, attacks_a_day: float) -> Iterator[Plan]:
    """Every flight of a day: each fleet's own number, jets in the waves of their party."""
    scale = (kind.flights_per_attack / STANDARD_FLIGHTS) * (attacks_a_day / STANDARD_ATTACKS_A_DAY)
    will = {party: float(rng.lognormal(-0.06, 0.35)) * (0.4 + 0.6 * day.sight) for party in ("Russian", "Syrian")}
    aims = _aims(land, day, kind)
    waves = {(party, what): _waves(rng, party, what, scale * will[party]) for party, what in sorted(WAVES)}
    for fleet in FLEETS:
        number = int(rng.poisson(fleet.flights * scale * will.get(fleet.party, 1.0)))
        for _ in range(number):
            hour = _hour(rng, fleet, waves.get((fleet.party, fleet.kind), []))
            yield _plan(rng, land, fleet, minute_of(day.day, hour), aims)


def _aims(land: Land, day: Day, kind: WorldKind) -> NDArray[np.float64]:
    """How likely each town is the target of a flight: the main effort's neighbourhood (12 km) or anywhere."""
    away = np.hypot(*(land.town_km() - land.towns[day.focus].km).T)
    near = np.exp(-0.5 * (away / 12.0) ** 2)
    anywhere = np.array([town.weight for town in land.towns])
    shares = kind.focus_share * near / near.sum() + (1.0 - kind.focus_share) * anywhere / anywhere.sum()
    return np.asarray(shares, dtype=np.float64)


def _waves(rng: Generator, party: str, what: str, density: float) -> list[float]:
    """Local hours at which a party's waves begin; one for about five flights."""
    fleets = [fleet for fleet in FLEETS if (fleet.party, fleet.kind) == (party, what)]
    number = 1 + int(rng.poisson(sum(fleet.flights for fleet in fleets) * density / 5.0))
    return [_hour_of_day(rng, fleets[0].hours) for _ in range(number)]


def _hour_of_day(rng: Generator, hours: tuple[int, ...]) -> float:
    weights = np.array(hours, dtype=np.float64)
    return float(rng.choice(24, p=weights / weights.sum()) + rng.random())


def _hour(rng: Generator, fleet: Fleet, waves: list[float]) -> float:
    """A take-off's local hour: three of four in a wave, within 20 minutes of its start, if its fleet flies in waves."""
    if waves and fleet.platform != "L-39" and happens(rng, 0.75):
        return waves[int(rng.integers(len(waves)))] + float(rng.random()) / 3.0
    return _hour_of_day(rng, fleet.hours)


def _plan(rng: Generator, land: Land, fleet: Fleet, takeoff: float, aims: NDArray[np.float64]) -> Plan:
    base = list(fleet.bases)[int(rng.choice(len(fleet.bases), p=_normed(fleet.bases.values())))]
    town = land.towns[int(rng.choice(len(aims), p=aims))]
    target = town.km + rng.normal(0.0, 2.5, 2)
    if fleet.task == "carry":
        others = [name for name in ("Hmeimim", "Nairab", "Hama", "Tiyas", "Deir ez-Zor") if name != base]
        target = land.bases[others[int(rng.integers(len(others)))]]
    start = land.bases[base]
    size = (2 if happens(rng, 0.85) else 4) if happens(rng, fleet.pairs) else 1
    passes = 1 + int(rng.poisson(0.8)) if fleet.task in ("bomb", "barrel") else 0
    first = float(rng.beta(2.0, 2.0)) * 0.7 + 0.1
    release = tuple(first + (0.95 - first) * n / max(passes, 1) for n in range(passes))
    return Plan(
        fleet, base, size, takeoff, target, _bend(rng, start, target), _bend(rng, start, target),
        0.0 if fleet.task == "carry" else float(rng.uniform(*fleet.loiter)), float(rng.uniform(0.0, 2.0 * np.pi)),
        release,
    )  # fmt: skip


def _normed(weights: Iterable[float]) -> NDArray[np.float64]:
    values = np.array(list(weights), dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)


def _bend(rng: Generator, start: Km, target: Km) -> Km:
    """A turning point up to a sixth of the way aside of it, so that routes pass over different towns."""
    way = target - start
    aside = np.array([-way[1], way[0]]) * float(rng.uniform(-0.17, 0.17))
    return np.asarray(start + way * float(rng.uniform(0.35, 0.75)) + aside, dtype=np.float64)
