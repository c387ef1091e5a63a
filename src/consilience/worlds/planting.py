"""Rows that a deceiver plants in the log: near the attack, over its town, the other party's aircraft and operator."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from consilience.worlds.attacks import Event
from consilience.worlds.chance import draw
from consilience.worlds.land import Land
from consilience.worlds.posts import MARGIN_KM, Post
from consilience.worlds.spotting import Row

TYPES = {
    "Russian": {"Su-24": 2.0, "Su-34": 2.0, "Su-25": 1.0},
    "Syrian": {"Su-22": 2.0, "MiG-23": 1.0, "MiG-21": 1.0},
}
"""What he claims to have seen: aircraft that the blamed party is known to fly."""
SPREAD_MIN = 4.0
"""Minutes from the attack: "within minutes" (decision 18)."""


def plant(
    rng: Generator, events: tuple[Event, ...], posts: tuple[Post, ...], land: Land, share: float, log_rows: int
) -> list[Row]:
    """Planted rows, so many that they are that share of the whole log; each through some post that could have seen it.

    Attacks are drawn with replacement among those by exactly one of the two parties; fewer rows where no post watched.
    """
    blamed = {index: _other(event) for index, event in enumerate(events) if _other(event)}
    wanted = round(log_rows * share / max(1.0 - share, 1e-9)) if blamed else 0
    candidates = list(blamed)
    rows: list[Row] = []
    for _ in range(20 * wanted):
        if len(rows) == wanted:
            break
        index = candidates[int(rng.integers(len(candidates)))]
        row = _row(rng, events[index], blamed[index], posts, land)
        if row is not None:
            rows.append(row)
    return rows


def _other(event: Event) -> str:
    """The party that a deceiver would blame; "" where that makes no sense."""
    swap: dict[tuple[str, ...], str] = {("Syrian",): "Russian", ("Russian",): "Syrian"}
    return swap.get(event.parties, "")


def _row(rng: Generator, event: Event, party: str, posts: tuple[Post, ...], land: Land) -> Row | None:
    town = land.towns[land.facilities[event.facility].town]
    minute = float(np.floor(event.minute + rng.normal(0.0, SPREAD_MIN)))
    able = [
        index
        for index, post in enumerate(posts)
        if post.base is None and post.is_watching(minute) and float(np.abs(town.km - post.km).max()) < MARGIN_KM - 0.1
    ]
    if not able:
        return None
    post = able[int(rng.integers(len(able)))]
    return Row(post, minute, town.name, draw(rng, TYPES[party]), party, "circling", "", "", 0, None, "planted")
