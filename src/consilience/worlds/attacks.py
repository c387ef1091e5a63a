"""What the case's incidents really were: attacks of every mode and party, other causes, and what never happened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from consilience.worlds.chance import draw, happens
from consilience.worlds.fleets import DAY
from consilience.worlds.flying import fly, minutes_to_target
from consilience.worlds.kinds import WorldKind
from consilience.worlds.land import Land
from consilience.worlds.plane import Km, minute_of
from consilience.worlds.sorties import Day, Plan

MODES = {"air strike": 0.66, "barrel bomb": 0.13, "ground attack": 0.17, "ballistic missile": 0.04}
"""Near the shares in the order of battle's `priors.csv`."""
OTHER_FROM_AIR = 0.015
"""Air strikes by neither party (United States): `priors.csv` has 2 %."""
GROUND_PARTY = {"Syrian": 0.92, "Russian": 0.01, "other": 0.07}
MISSILE_PARTY = {"Syrian": 0.97, "Russian": 0.03}
LAUNCHERS = {
    ("ground attack", "Syrian"): {"field gun": 4.0, "mortar": 2.0, "self-propelled gun": 1.0, "BM-21 Grad": 2.0,
                                  "BM-27 Uragan": 1.5, "BM-30 Smerch": 0.5, "Golan": 0.4, "tank": 0.4},
    ("ground attack", "Russian"): {"field gun": 1.0, "BM-27 Uragan": 1.0, "BM-30 Smerch": 1.0},
    ("ground attack", "other"): {"mortar": 2.0, "field gun": 1.0, "improvised rocket": 2.0, "BM-21 Grad": 1.0},
    ("ballistic missile", "Syrian"): {"OTR-21 Tochka": 3.0, "Fateh-110": 1.0},
    ("ballistic missile", "Russian"): {"OTR-21 Tochka": 1.0},
}  # fmt: skip
"""Our choice, near the order of battle's shares."""
CLUSTER = {
    "Su-24": 0.12, "Su-25": 0.1, "Su-34": 0.14, "Su-22": 0.08, "MiG-21": 0.08, "MiG-23": 0.08, "BM-21 Grad": 0.03,
    "BM-27 Uragan": 0.3, "BM-30 Smerch": 0.4, "OTR-21 Tochka": 0.4, "Fateh-110": 0.2,
}  # fmt: skip
"""Chance of bomblets by platform; none where the order of battle knows no such weapon. Our choice."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One impact: minutes since the epoch, whose, and which plan released it (None: from the ground)."""

    minute: float
    party: str
    platform: str
    plan: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """What an incident of the case truly was. `cause`: attack, another cause, mistaken or fabricated.

    Without an attack `mode` is what people take it for, `strikes` is empty and `minute` when they place it.
    """

    cause: str
    minute: float
    mode: str
    cluster: bool
    facility: int
    strikes: tuple[Strike, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Who did it, each once, in alphabetical order."""
        return tuple(sorted({strike.party for strike in self.strikes}))

    @property
    def plans(self) -> tuple[int, ...]:
        """The flights that did it, in the order of their first strikes."""
        return tuple(dict.fromkeys(strike.plan for strike in self.strikes if strike.plan is not None))


class War:
    """Plans and events while they are being made: attacks take plans out of the crowd and aim them at facilities."""

    def __init__(self, land: Land, days: tuple[Day, ...], plans: list[Plan]) -> None:
        self.land, self.days, self.plans = land, days, plans
        self.facility_km = np.array([facility.km for facility in land.facilities])
        self._begin = minute_of(days[0].day)
        self._free: dict[tuple[str, str, int], list[int]] = {}
        for index, plan in enumerate(plans):
            self._free.setdefault((plan.fleet.party, plan.fleet.task, self.day_of(plan)), []).append(index)

    def day_of(self, plan: Plan) -> int:
        """The day of the war on which a plan takes off, from 0."""
        return int((plan.takeoff - self._begin) // 1440.0)

    def free(self, party: str, task: str, day: int) -> list[int]:
        """Plans of that party and task, taking off on that day of the war, that nobody has aimed at a facility yet."""
        return self._free.get((party, task, day), [])

    def aim(self, index: int, target: Km, loiter_min: float) -> None:
        """Send a plan elsewhere; it is free no more."""
        plan = self.plans[index]
        self._free[plan.fleet.party, plan.fleet.task, self.day_of(plan)].remove(index)
        self.plans[index] = replace(plan, target=target, loiter_min=loiter_min)


def wage(
    rng: Generator, land: Land, days: tuple[Day, ...], plans: list[Plan], attacks: int, kind: WorldKind
) -> tuple[tuple[Event, ...], tuple[Plan, ...]]:
    """The truth of so many incidents, and all flights with those that did them aimed and timed."""
    war = War(land, days, list(plans))
    events = []
    for _ in range(attacks):
        cause = draw(rng, {
            "mistaken": kind.no_attack / 2, "fabricated": kind.no_attack / 2, "another cause": kind.other_cause,
            "attack": max(1.0 - kind.no_attack - kind.other_cause, 0.0),
        })  # fmt: skip
        events.append(_attack(rng, war, kind) if cause == "attack" else _no_attack(rng, war, cause))
    return tuple(events), tuple(war.plans)


def _no_attack(rng: Generator, war: War, cause: str) -> Event:
    mode = draw(rng, MODES)
    return Event(cause, _some_minute(rng, war), mode, False, _some_facility(rng, war.land), ())


def _attack(rng: Generator, war: War, kind: WorldKind) -> Event:
    mode = draw(rng, MODES)
    if mode in ("ground attack", "ballistic missile"):
        return _from_the_ground(rng, war, mode)
    party = "Syrian" if mode == "barrel bomb" else _air_party(rng, kind)
    task = "barrel" if mode == "barrel bomb" else "bomb"
    days = [int(day) for day in rng.permutation(len(war.days))]
    choice = next((free for day in days if (free := war.free(party, task, day))), [])
    if not choice:  # a war too small to have such a flight
        return _from_the_ground(rng, war, "ground attack")
    first = choice[int(rng.integers(len(choice)))]
    facility = _facility_near(rng, war, war.plans[first])
    _aim(rng, war, first, facility)
    second = _second_flight(rng, war, kind, first, facility)
    indices = (first,) if second is None else (first, second)
    strikes = sorted(
        (Strike(minute, war.plans[i].fleet.party, war.plans[i].fleet.platform, i)
         for i in indices for minute in fly(war.plans[i], war.land).releases),
        key=lambda strike: strike.minute,
    )  # fmt: skip
    cluster = mode == "air strike" and happens(rng, CLUSTER.get(strikes[0].platform, 0.0))
    return Event("attack", strikes[0].minute, mode, cluster, facility, tuple(strikes))


def _air_party(rng: Generator, kind: WorldKind) -> str:
    if happens(rng, OTHER_FROM_AIR):
        return "other"
    return "Russian" if happens(rng, kind.russian_share) else "Syrian"


def _from_the_ground(rng: Generator, war: War, mode: str) -> Event:
    party = draw(rng, GROUND_PARTY if mode == "ground attack" else MISSILE_PARTY)
    platform = draw(rng, LAUNCHERS[mode, party])
    first = _some_minute(rng, war)
    salvo = 1 if mode == "ballistic missile" else 1 + int(rng.poisson(2.0))
    strikes = tuple(Strike(first + 1.5 * n, party, platform, None) for n in range(salvo))
    cluster = happens(rng, CLUSTER.get(platform, 0.0))
    return Event("attack", first, mode, cluster, _some_facility(rng, war.land), strikes)


def _some_minute(rng: Generator, war: War) -> float:
    weights = np.array(DAY, dtype=np.float64)
    day = war.days[int(rng.integers(len(war.days)))]
    return minute_of(day.day, float(rng.choice(24, p=weights / weights.sum()) + rng.random()))


def _some_facility(rng: Generator, land: Land) -> int:
    return int(rng.integers(len(land.facilities)))


def _facility_near(rng: Generator, war: War, plan: Plan) -> int:
    """A facility near what the flight was sent to: nearer ones likelier (scale 6 km, our choice)."""
    away = np.hypot(*(war.facility_km - plan.target).T)
    weights = np.exp(-0.5 * (away / 6.0) ** 2) + 1e-9
    return int(rng.choice(len(away), p=weights / weights.sum()))


def _aim(rng: Generator, war: War, index: int, facility: int) -> None:
    """Send a plan over a facility; one in ten strikes without circling (decision 18: 90 % of attackers circled)."""
    loiter = float(rng.uniform(1.0, 2.5)) if happens(rng, 0.1) else war.plans[index].loiter_min
    war.aim(index, war.facility_km[facility] + rng.normal(0.0, 1.0, 2), loiter)


def _second_flight(rng: Generator, war: War, kind: WorldKind, first: int, facility: int) -> int | None:
    """Who struck again: nobody or the same flight (None), another of the party, rarely one of the other party."""
    plan = war.plans[first]
    together = plan.fleet.kind == "jet" and plan.fleet.party != "other" and happens(rng, kind.together)
    if not together and not happens(rng, kind.double_taps):
        return None
    if not together and happens(rng, 0.5):
        war.plans[first] = _round_again(rng, plan)
        return None
    party = {"Russian": "Syrian", "Syrian": "Russian"}[plan.fleet.party] if together else plan.fleet.party
    choice = [
        index
        for day in (-1, 0, 1)
        for index in war.free(party, plan.fleet.task, war.day_of(plan) + day)
        if war.plans[index].fleet.kind == plan.fleet.kind and abs(war.plans[index].takeoff - plan.takeoff) < 600.0
    ]
    if not choice:
        return None
    second = choice[int(rng.integers(len(choice)))]
    _aim(rng, war, second, facility)
    gap = float(rng.uniform(8.0, 28.0))
    arrival = fly(plan, war.land).releases[0] + gap
    moved = war.plans[second]
    war.plans[second] = replace(moved, takeoff=arrival - minutes_to_target(moved, war.land))
    return second


def _round_again(rng: Generator, plan: Plan) -> Plan:
    """The same flight stays ten to twenty minutes longer and releases once more at the end."""
    longer = plan.loiter_min + float(rng.uniform(10.0, 20.0))
    earlier = tuple(share * plan.loiter_min / longer for share in plan.release)
    return replace(plan, loiter_min=longer, release=(*earlier, 0.97))
