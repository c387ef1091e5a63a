"""A simulated war, complete: all that happened and all that was recorded of it, before ids are given."""

from __future__ import annotations

from dataclasses import dataclass

from consilience.worlds.attacks import Event
from consilience.worlds.flying import Flown
from consilience.worlds.land import Land
from consilience.worlds.material import Thing
from consilience.worlds.posts import Post
from consilience.worlds.radio import Call, Monitors
from consilience.worlds.sorties import Plan
from consilience.worlds.sources import SourceBook
from consilience.worlds.spotting import Row
from consilience.worlds.witnesses import Account


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The land, the truth (`events`, `plans`, `flown`) and the records. Plans, posts and events are named by position.

    `post_sources`, `monitor_sources`: numbers in the book of sources, in the order of posts and monitors.
    """

    land: Land
    events: tuple[Event, ...]
    plans: tuple[Plan, ...]
    flown: tuple[Flown, ...]
    posts: tuple[Post, ...]
    post_sources: tuple[int, ...]
    monitors: Monitors
    monitor_sources: tuple[int, ...]
    book: SourceBook
    log: tuple[Row, ...]
    calls: tuple[Call, ...]
    accounts: tuple[Account, ...]
    things: tuple[Thing, ...]
