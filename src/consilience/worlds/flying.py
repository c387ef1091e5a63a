"""A planned flight flown: where it is, minute by minute, and when it releases. Arithmetic alone, no chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consilience.worlds.land import Land
from consilience.worlds.plane import Km, distance_km
from consilience.worlds.sorties import Plan

STEP_MIN = 0.5
LAP_MIN = 6.0
"""A circling aircraft is told of again about every six minutes (the April 2017 log repeats it every four to ten)."""


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A part of a flight that a spotter would call one thing: `minutes` (n,), `km` (n, 2)."""

    activity: str
    minutes: NDArray[np.float64]
    km: Km


@dataclass(frozen=True, slots=True, eq=False)
class Flown:
    """A flight's legs in order of time, its times over the target, and its releases (minutes since the epoch)."""

    legs: tuple[Leg, ...]
    arrival: float
    departure: float
    landing: float
    releases: tuple[float, ...]


def fly(plan: Plan, land: Land) -> Flown:
    """Base, turning point, circles over the target, turning point, base. Speeds are effective: climb costs minutes."""
    base, fleet = land.bases[plan.base], plan.fleet
    minutes_per_km = 60.0 / fleet.speed_kmh
    turn_out = plan.takeoff + fleet.climb_min + distance_km(base, plan.via_out) * minutes_per_km
    arrival = turn_out + distance_km(plan.via_out, plan.target) * minutes_per_km
    departure = arrival + plan.loiter_min
    turn_home = departure + distance_km(plan.target, plan.via_home) * minutes_per_km
    home = plan.target if fleet.task == "carry" else base
    landing = turn_home + distance_km(plan.via_home, home) * minutes_per_km + fleet.climb_min
    out = _line([plan.takeoff, turn_out, arrival], [base, plan.via_out, plan.target])
    legs = [Leg("takeoff", out[0][:2], out[1][:2]), Leg("transit", *out)]
    if fleet.task == "carry":
        return Flown((*legs, _last(arrival, home)), arrival, arrival, arrival + fleet.climb_min, ())
    legs += _circles(plan, arrival, departure)
    legs.append(Leg("return", *_line([departure, turn_home, landing], [plan.target, plan.via_home, home])))
    legs.append(_last(landing, home))
    return Flown(tuple(legs), arrival, departure, landing, tuple(arrival + r * plan.loiter_min for r in plan.release))


def minutes_to_target(plan: Plan, land: Land) -> float:
    """From take-off to the first release."""
    return fly(plan, land).releases[0] - plan.takeoff


def _line(when: list[float], where: list[Km]) -> tuple[NDArray[np.float64], Km]:
    """Positions every half minute along straight lines between points."""
    number = max(int((when[-1] - when[0]) / STEP_MIN) + 1, 3)
    minutes = np.linspace(when[0], when[-1], number)
    points = np.array(where)
    east, north = np.interp(minutes, when, points[:, 0]), np.interp(minutes, when, points[:, 1])
    return minutes, np.stack([east, north], axis=1)


def _circles(plan: Plan, arrival: float, departure: float) -> list[Leg]:
    """The time over the target, cut into laps. A loiter under three minutes is one pass straight over it."""
    number = max(int(plan.loiter_min / STEP_MIN) + 1, 3)
    minutes = np.linspace(arrival, departure, number)
    speed_km_min = plan.fleet.speed_kmh / 60.0 * 0.8
    angle = plan.turn + (minutes - arrival) * speed_km_min / plan.fleet.radius_km
    km = plan.target + plan.fleet.radius_km * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    laps = np.floor((minutes - arrival) / LAP_MIN).astype(int)
    activity = "circling" if plan.loiter_min >= 3.0 else "transit"
    return [Leg(activity, minutes[laps == lap], km[laps == lap]) for lap in range(int(laps[-1]) + 1)]


def _last(landing: float, home: Km) -> Leg:
    return Leg("landing", np.array([landing]), home[None, :])
