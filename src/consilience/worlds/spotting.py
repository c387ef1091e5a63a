"""The log: which post notes which part of which flight, and what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from consilience.worlds.chance import draw, happens
from consilience.worlds.daylight import is_dark
from consilience.worlds.flying import Flown, Leg
from consilience.worlds.kinds import WorldKind
from consilience.worlds.land import Land
from consilience.worlds.plane import bearing_deg
from consilience.worlds.posts import BASE_REACH_KM, MARGIN_KM, REACH_KM, Post, hour_index
from consilience.worlds.sayings import Said, describe
from consilience.worlds.sorties import Plan

NOTED: Mapping[str, float] = {"takeoff": 0.8, "transit": 0.20, "circling": 0.54, "return": 0.12, "landing": 0.2}
"""Chance that an alert post notes a leg that passes right over it, in clear sight. Set so that a flight has about four
rows (decision 18: 11,000–15,000 rows a war); take-offs and circles are told most, as in the April 2017 log."""
HEADINGS = ("north", "north east", "east", "south east", "south", "south west", "west", "north west")
NIGHT_FACTOR = 0.75
"""By night the ear is left."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the log and the plan that it is of (None: of no flight). `minute` as written; `count` 0: not said."""

    post: int
    minute: float
    place: str
    platform: str
    operator: str
    activity: str
    heading: str
    origin: str
    count: int
    plan: int | None
    truth: str = "seen"
    """seen, false or planted."""


class Watch:
    """All posts at once, as arrays, so that a leg is laid against them in one step."""

    def __init__(self, posts: tuple[Post, ...], land: Land, kind: WorldKind) -> None:
        self.posts, self.land, self.kind = posts, land, kind
        self.km = np.array([post.km for post in posts])
        self.of_base = np.array([post.base is not None for post in posts])
        self.duty = np.array([post.duty for post in posts])
        self.alert = np.array([post.alert for post in posts])
        self.towns = land.town_km()

    def noted(self, rng: Generator, leg: Leg, plan: Plan, sight: float) -> list[tuple[int, int]]:
        """(post, index into the leg) of those who note the leg, each at the moment when it is nearest to him."""
        away = np.hypot(leg.km[:, None, 0] - self.km[:, 0], leg.km[:, None, 1] - self.km[:, 1])
        nearest = away.argmin(axis=0)
        closest = away[nearest, np.arange(len(self.posts))]
        hour = hour_index(float(leg.minutes[0]), self.duty.shape[1])
        chance = NOTED[leg.activity] * self.alert[:, hour] * self.duty[:, hour]
        chance = chance * self._reach(leg, plan, closest) * (NIGHT_FACTOR if is_dark(float(leg.minutes[0])) else 1.0)
        chance = chance * (1.0 if plan.fleet.kind == "jet" else 0.5 + 0.5 * sight) * (0.6 + 0.4 * sight)
        hits = np.flatnonzero(rng.random(len(self.posts)) < chance)
        return [(int(post), int(nearest[post])) for post in hits]

    def _reach(self, leg: Leg, plan: Plan, closest: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 overhead, falling with distance; who stands at a base's fence tells only of what starts or lands there."""
        at_base = leg.activity in ("takeoff", "landing")
        scale = BASE_REACH_KM if at_base else REACH_KM[plan.fleet.kind]
        falls = np.exp(-((closest / scale) ** 2))
        return np.where(self.of_base == at_base, falls, 0.0)


def spot(rng: Generator, watch: Watch, plan: Plan, flown: Flown, number: int, sight: float) -> list[Row]:
    """The rows that one flight (number `number`) leaves in the log."""
    rows: list[Row] = []
    said: Said | None = None
    for leg in flown.legs:
        for post, moment in watch.noted(rng, leg, plan, sight):
            again = said is not None and happens(rng, watch.kind.herding)
            if said is None or not again:
                dark = is_dark(float(leg.minutes[moment]))
                said = describe(rng, plan.fleet, watch.kind, watch.posts[post].eye, dark)
            row = _write(rng, watch, post, leg, moment, plan, said, number)
            if row is not None:
                rows.append(row)
    return rows


def _write(
    rng: Generator, watch: Watch, post: int, leg: Leg, moment: int, plan: Plan, said: Said, number: int
) -> Row | None:
    """The row as it stands in the log; None if it would be written after the watch has ended."""
    who = watch.posts[post]
    minute = written_minute(rng, who, float(leg.minutes[moment]))
    at = leg.km[moment]
    place = who.place if who.base is not None else _town_named(rng, watch, who, at)
    if place is None or not who.is_watching(minute):
        return None
    origin = who.place if leg.activity == "takeoff" and happens(rng, 0.3) else ""
    return Row(
        post, minute, place, said.platform, said.operator, _activity(rng, leg.activity),
        _heading(rng, leg, moment), origin, _count(rng, plan.size), number,
    )  # fmt: skip


def written_minute(rng: Generator, post: Post, minute: float) -> float:
    """The clock time that a post writes for a moment: late, by its own clock, whole minutes down, some in fives."""
    late = float(rng.exponential(post.delay)) if happens(rng, 0.96) else float(rng.uniform(5.0, 15.0))
    step = float(post.rounds_to)
    return float(np.floor((minute + late + post.clock_offset) / step) * step)


def _town_named(rng: Generator, watch: Watch, post: Post, at: NDArray[np.float64]) -> str | None:
    """The town over which he puts it: the nearest to where he takes it to be; worse the farther off it is.

    None where that lies beyond the box that he declares: he doesn't tell of it.
    """
    away = float(np.hypot(*(at - post.km)))
    taken = at + rng.normal(0.0, 0.8 + 0.12 * away, 2)
    town = watch.land.towns[int(np.hypot(*(watch.towns - taken).T).argmin())]
    if float(np.abs(town.km - post.km).max()) > MARGIN_KM - 0.1:
        return None
    return town.spellings[int(rng.integers(len(town.spellings)))] if town.spellings and happens(rng, 0.1) else town.name


def _activity(rng: Generator, activity: str) -> str:
    """What he calls it: circles are at times only a passage, a return is told from a passage by half."""
    told: Mapping[str, Mapping[str, float]] = {
        "takeoff": {"takeoff": 0.9, "": 0.1},
        "transit": {"transit": 0.65, "": 0.3, "circling": 0.05},
        "circling": {"circling": 0.83, "strike": 0.04, "transit": 0.08, "": 0.05},
        "return": {"return": 0.4, "transit": 0.4, "": 0.2},
        "landing": {"landing": 0.9, "": 0.1},
    }
    return draw(rng, told[activity])


def _heading(rng: Generator, leg: Leg, moment: int) -> str:
    """The compass word of its way, off by one in five; seldom for circles, never for a landing."""
    if len(leg.km) < 2 or happens(rng, 0.9 if leg.activity == "circling" else 0.3):
        return ""
    here = min(moment, len(leg.km) - 2)
    octant = round(bearing_deg(leg.km[here + 1] - leg.km[here]) / 45.0)
    return HEADINGS[(octant + int(draw(rng, {0: 0.8, 1: 0.1, -1: 0.1}))) % 8]


def _count(rng: Generator, size: int) -> int:
    """How many he says: nothing in two of three rows, else the number, wrong by one now and then."""
    if not happens(rng, 0.35 if size > 1 else 0.1):
        return 0
    return size if happens(rng, 0.85) else max(1, size + (1 if happens(rng, 0.5) else -1))


def false_rows(rng: Generator, watch: Watch, begin: float, end: float, number: int) -> list[Row]:
    """Rows of no flight: misheard, misread, another's news told again as one's own."""
    rows = []
    town_posts = np.flatnonzero(~watch.of_base)
    for _ in range(number):
        post = int(rng.choice(town_posts))
        who = watch.posts[post]
        minute = float(np.floor(rng.uniform(begin, end)))
        if not who.is_watching(minute):
            continue
        word = draw(rng, {"warplane": 3.0, "Russian": 2.0, "drone": 1.0, "helicopter": 1.0})
        activity = draw(rng, {"circling": 1.0, "transit": 1.0, "": 1.0})
        rows.append(Row(post, minute, who.place, word, "", activity, "", "", 0, None, "false"))
    return rows
