"""Spotter posts: where they stand, when they watch, how well, and what habits each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from consilience.worlds.chance import draw, happens
from consilience.worlds.kinds import WorldKind
from consilience.worlds.land import BASE_IN_LOG, Land
from consilience.worlds.plane import Km, minute_of, to_degrees
from consilience.worlds.sorties import FIRST_DAY

REACH_KM: Mapping[str, float] = {"jet": 12.0, "helicopter": 9.0, "drone": 6.0, "transport": 12.0}
"""Scale of the distance at which a post notes an aircraft: heard more than seen. Our choice; towns lie 5–8 km apart."""
BASE_REACH_KM = 9.0
MARGIN_KM = 18.0
"""Half the side of the box that a post's coverage declares: its reach and the error of the place that it writes."""


@dataclass(frozen=True, slots=True, eq=False)
class Post:
    """An observer. `base` names the air base that he watches, None in a town.

    `clock_offset`: minutes by which his clock runs ahead; `delay`: mean minutes of lateness; `rounds_to`: 1 or 5
    minutes; `eye`: factor on how often he names types; `duty`: (hours,) is he on watch in that hour of the war?;
    `alert`: (hours,) how much of what passes he notes then (fatigue and silence are in it, not in the coverage).
    """

    place: str
    km: Km
    base: str | None
    clock_offset: float
    delay: float
    rounds_to: int
    eye: float
    duty: NDArray[np.bool_]
    alert: NDArray[np.float64]

    def is_watching(self, minute: float) -> bool:
        """Is he on watch then? Never before the war's first hour or after its last."""
        hour = int((minute - minute_of(FIRST_DAY)) // 60)
        return 0 <= hour < len(self.duty) and bool(self.duty[hour])


def man_posts(rng: Generator, land: Land, days: int, kind: WorldKind) -> tuple[Post, ...]:
    """Posts in so many towns (spread out, not drawn where the bombs fall) and at the air bases' fences."""
    towns = _spread(rng, land, min(kind.posts, len(land.towns)))
    bases = list(BASE_IN_LOG)[: max(2, round(len(BASE_IN_LOG) * min(kind.posts / 36, 1.0)))]
    network = _network_up(rng, days)
    posts = [
        _post(rng, kind, land.towns[t].km + rng.normal(0.0, 0.7, 2), land.towns[t].name, None, network) for t in towns
    ]
    posts += [
        _post(rng, kind, land.bases[base] + rng.normal(0.0, 1.0, 2), BASE_IN_LOG[base], base, network) for base in bases
    ]
    return tuple(posts)


def hour_index(minute: float, hours: int) -> int:
    """The hour of the war that holds a minute, kept within it."""
    return min(max(int((minute - minute_of(FIRST_DAY)) // 60), 0), hours - 1)


def watches(post: Post) -> list[tuple[float, float]]:
    """Unbroken stretches of duty, minutes since the epoch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], post.duty, [False]]).astype(np.int8)))
    begin = minute_of(FIRST_DAY)
    return [(begin + 60.0 * float(a), begin + 60.0 * float(b)) for a, b in edges.reshape(-1, 2)]


def box(km: Km) -> str:
    """`west;south;east;north` around a post."""
    south, west = to_degrees(km - MARGIN_KM)
    north, east = to_degrees(km + MARGIN_KM)
    return f"{west:.4f};{south:.4f};{east:.4f};{north:.4f}"


def _spread(rng: Generator, land: Land, number: int) -> list[int]:
    """Towns chosen one after another, each far from those already chosen (the farthest of four drawn)."""
    where, chosen = land.town_km(), [int(rng.integers(len(land.towns)))]
    while len(chosen) < number:
        left = [t for t in range(len(where)) if t not in chosen]
        drawn = [left[int(i)] for i in rng.permutation(len(left))[:4]]
        gaps = [float(np.min(np.hypot(*(where[chosen] - where[t]).T))) for t in drawn]
        chosen.append(drawn[int(np.argmax(gaps))])
    return chosen


def _network_up(rng: Generator, days: int) -> NDArray[np.bool_]:
    """Hours in which the whole network works: now and then it is down for 3–12 hours (one day in fifteen)."""
    up = np.ones(days * 24, dtype=np.bool_)
    for day in range(days):
        if happens(rng, 1 / 15):
            start = day * 24 + int(rng.integers(24))
            up[start : start + int(rng.integers(3, 13))] = False
    return up


def _post(rng: Generator, kind: WorldKind, km: Km, place: str, base: str | None, network: NDArray[np.bool_]) -> Post:
    hours = len(network)
    clock = np.arange(hours) % 24
    begin, end = int(rng.integers(4, 8)), int(rng.integers(20, 25))
    round_the_clock = base is not None or happens(rng, 0.75)
    duty = network & (np.ones(hours, dtype=np.bool_) if round_the_clock else (clock >= begin) & (clock < end))
    for _ in range(int(rng.poisson(hours / 24 / 30))):  # the post is driven out or loses its set for up to three days
        start = int(rng.integers(hours))
        duty[start : start + int(rng.integers(8, 72))] = False
    tired = np.where((clock < 5) | (clock >= 23), 0.55, np.where((clock >= 12) & (clock < 15), 0.85, 1.0))
    silent = np.where(rng.random(hours) < 0.04, 0.05, 1.0)
    alert = float(rng.uniform(0.7, 1.0)) * kind.detection * tired * silent
    return Post(
        place, km, base, float(rng.normal(0.0, kind.clock_offset_sd)), float(rng.gamma(4.0, kind.report_delay / 4.0)),
        int(draw(rng, {1: 0.85, 5: 0.15})), float(rng.uniform(0.6, 1.4)), duty, alert,
    )  # fmt: skip
