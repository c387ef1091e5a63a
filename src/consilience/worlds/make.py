"""The front door: a war is drawn, seen, told and written down, and its truth beside it.

The order is the world's own: land, days, flights, attacks; then who saw, heard and told of them; then ids, shuffled, so
that no id, name or order of rows betrays which flight or party a row is of.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from numpy.random import Generator

from consilience.errors import UsageError
from consilience.worlds.attacks import Event, wage
from consilience.worlds.case_rows import Ids, tables_of
from consilience.worlds.chance import Streams
from consilience.worlds.flying import Flown, fly
from consilience.worlds.folder import write_case, write_truth
from consilience.worlds.kinds import WorldKind, kind_named
from consilience.worlds.land import Land, lay_out
from consilience.worlds.material import gather
from consilience.worlds.plane import minute_of
from consilience.worlds.planting import plant
from consilience.worlds.posts import Post, man_posts
from consilience.worlds.radio import Call, Monitors, chatter, listen, man_monitors
from consilience.worlds.sorties import FIRST_DAY, STANDARD_ATTACKS_A_DAY, Day, Plan, days_of_war, plan_day
from consilience.worlds.sources import SourceBook
from consilience.worlds.spotting import Row, Watch, false_rows, spot
from consilience.worlds.truth import truth_of
from consilience.worlds.witnesses import testify
from consilience.worlds.world import World


def make_world(*, seed: int, attacks: int, days: int, out: Path, kind: WorldKind | str = "full") -> None:
    """Write `out/case/`, a complete case folder, and `out/truth.json`, what truly happened.

    The same arguments give the same bytes. `attacks` incidents (a few of them never happened) fall in `days` days.
    UsageError for an unknown kind, numbers below 1, a negative seed, or an `out` that already holds a world.
    """
    chosen = kind_named(kind) if isinstance(kind, str) else kind
    if attacks < 1 or days < 1 or seed < 0:
        raise UsageError(
            f"seed {seed}: {attacks} attacks in {days} days make no war",
            remedy="Give at least 1 of each and a seed from 0.",
        )
    case, truth = out / "case", out / "truth.json"
    if case.exists() or truth.exists():
        raise UsageError("a world stands there already", where=str(out), remedy="Choose an empty folder.")
    streams = Streams.of_seed(seed)
    world = imagine(streams, attacks, days, chosen)
    ids = Ids.drawn(streams.names, world)
    write_case(case, seed, days, tables_of(world, ids))
    write_truth(truth, {
        "schema": "consilience.world/1", "seed": seed, "attacks": attacks, "days": days, "kind": asdict(chosen),
        **truth_of(world, ids),
    })  # fmt: skip


def imagine(streams: Streams, attacks: int, days: int, kind: WorldKind) -> World:
    """A whole war and everything recorded of it."""
    land = lay_out(streams.land, max(12, round(0.4 * attacks)))
    war_days = days_of_war(streams.war, land, days)
    planned = [(plan, day) for day in war_days for plan in plan_day(streams.war, land, day, kind, attacks / days)]
    events, plans = wage(streams.war, land, war_days, [plan for plan, _ in planned], attacks, kind)
    flown = tuple(fly(plan, land) for plan in plans)
    book = SourceBook()
    posts = man_posts(streams.posts, land, days, kind) if kind.log else ()
    post_sources = tuple(book.add("flight_spotter") for _ in posts)
    log = _keep_log(streams, land, events, plans, flown, [day for _, day in planned], posts, days, kind)
    monitors = man_monitors(streams.radio, days, kind) if kind.radio_heard > 0.0 else Monitors.on(())
    monitor_sources = tuple(book.add("radio_monitor") for _ in range(2)) if monitors.watches else ()
    calls = _hear(streams.radio, monitors, plans, flown, attacks / days, kind)
    accounts = testify(streams.witnesses, events, book, kind)
    things = gather(streams.material, events, land, book) if kind.material else []
    return World(
        land, events, plans, flown, posts, post_sources, monitors, monitor_sources, book, tuple(log), tuple(calls),
        tuple(accounts), tuple(things),
    )  # fmt: skip


def _keep_log(
    streams: Streams, land: Land, events: tuple[Event, ...], plans: tuple[Plan, ...], flown: tuple[Flown, ...],
    weather: list[Day], posts: tuple[Post, ...], days: int, kind: WorldKind,
) -> list[Row]:  # fmt: skip
    """What the posts wrote of every flight, what they imagined, and what somebody planted."""
    if not posts:
        return []
    watch = Watch(posts, land, kind)
    rows: list[Row] = []
    for number, (plan, path, day) in enumerate(zip(plans, flown, weather, strict=True)):
        rows += spot(streams.log, watch, plan, path, number, day.sight)
    begin = minute_of(FIRST_DAY)
    rows += false_rows(streams.log, watch, begin, begin + 1440.0 * days, round(kind.false_rows * len(rows)))
    return rows + plant(streams.planted, events, posts, land, kind.planted, len(rows))


def _hear(
    rng: Generator, monitors: Monitors, plans: tuple[Plan, ...], flown: tuple[Flown, ...], attacks_a_day: float,
    kind: WorldKind,
) -> list[Call]:  # fmt: skip
    if not monitors.watches:
        return []
    calls = [
        call
        for number, (plan, path) in enumerate(zip(plans, flown, strict=True))
        for call in listen(rng, monitors, plan, path, number, kind)
    ]
    return calls + chatter(rng, monitors, attacks_a_day / STANDARD_ATTACKS_A_DAY)
