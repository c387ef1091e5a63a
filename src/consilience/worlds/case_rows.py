"""From what was recorded to the case's tables: rows under shuffled ids, in an order that betrays nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import Generator

from consilience.worlds.clocks import Told
from consilience.worlds.land import BASE_IN_LOG
from consilience.worlds.plane import to_degrees, written
from consilience.worlds.posts import box, watches
from consilience.worlds.sources import shuffled_ids
from consilience.worlds.witnesses import Account
from consilience.worlds.world import World

Table = list[dict[str, object]]
TOWN_ERROR_M = 2000
"""As in the shipped cases: a town's name points to a disc of two kilometres."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Every id of a world, by the position of what it names."""

    sources: list[str]
    flights: list[str]
    incidents: list[str]
    sightings: list[str]
    calls: list[str]
    accounts: list[str]
    things: list[str]

    @classmethod
    def drawn(cls, rng: Generator, world: World) -> Ids:
        """All ids, each kind shuffled on its own."""
        return cls(
            world.book.ids(rng),
            shuffled_ids(rng, "T", len(world.plans)),
            shuffled_ids(rng, "I", len(world.events)),
            shuffled_ids(rng, "S", len(world.log)),
            shuffled_ids(rng, "R", len(world.calls)),
            shuffled_ids(rng, "A", len(world.accounts)),
            shuffled_ids(rng, "X", len(world.things)),
        )


def tables_of(world: World, ids: Ids) -> Mapping[str, Table]:
    """Every table of the case folder, rows in the order of their keys, logs in the order of their times."""
    return {
        "sources": _sources(world, ids),
        "facilities": _facilities(world),
        "places": _places(world),
        "incidents": _incidents(world, ids),
        "accounts": _accounts(world, ids),
        "sightings": _sightings(world, ids),
        "transmissions": _transmissions(world, ids),
        "coverage": _coverage(world, ids),
        **{name: _things(world, ids, name, key) for name, key in THING_KEYS.items()},
    }


THING_KEYS = {"media": "media_id", "imagery": "scene_id", "munitions": "munition_id"}


def _in_order(rows: Table, *keys: str) -> Table:
    return sorted(rows, key=lambda row: tuple(str(row[key]) for key in keys))


def _sources(world: World, ids: Ids) -> Table:
    book = world.book
    rows: Table = [
        {
            "source_id": ids.sources[number],
            "role": role,
            "depends_on": ";".join(ids.sources[parent] for parent in book.depends_on.get(number, [])),
        }
        for number, role in enumerate(book.roles)
    ]
    return _in_order(rows, "source_id")


def _facilities(world: World) -> Table:
    rows: Table = [
        {
            "facility_id": facility.facility_id,
            "name": facility.name,
            "kind": facility.kind,
            "lat": facility.lat,
            "lon": facility.lon,
            "position_error_m": facility.error_m,
            "deconflicted": "true" if facility.deconflicted else "",
            "place": world.land.towns[facility.town].name,
        }
        for facility in world.land.facilities
    ]
    return _in_order(rows, "facility_id")


def _places(world: World) -> Table:
    rows: Table = [
        {"place": town.name, "lat": town.lat, "lon": town.lon, "position_error_m": TOWN_ERROR_M,
         "names": ";".join(town.spellings)}
        for town in world.land.towns
    ]  # fmt: skip
    for base, name in BASE_IN_LOG.items():
        lat, lon = to_degrees(world.land.bases[base])
        rows.append({"place": name, "lat": lat, "lon": lon, "position_error_m": TOWN_ERROR_M, "names": ""})
    return _in_order(rows, "place")


def _incidents(world: World, ids: Ids) -> Table:
    told: dict[int, list[Told]] = {}
    for account in world.accounts:
        told.setdefault(account.event, []).append(account.told)
    rows: Table = []
    for number, event in enumerate(world.events):
        facility = world.land.facilities[event.facility]
        days = sorted(t.time[:10] for t in told[number])
        clocks = [t.minute for t in told[number] if "T" in t.time]
        rows.append({
            "incident_id": ids.incidents[number],
            "title": f"{facility.name}, {days[len(days) // 2]}",
            "facility_id": facility.facility_id,
            "place": world.land.towns[facility.town].name,
            "window_start": written(min(clocks) - 60.0) if clocks else "",
            "window_end": written(max(clocks) + 60.0) if clocks else "",
        })  # fmt: skip
    return _in_order(rows, "incident_id")


def _accounts(world: World, ids: Ids) -> Table:
    return _in_order(
        [_account(account, ids.accounts[n], ids) for n, account in enumerate(world.accounts)], "account_id"
    )


def _account(account: Account, account_id: str, ids: Ids) -> dict[str, object]:
    killed, injured = account.killed or ("", ""), account.injured or ("", "")
    return {
        "account_id": account_id,
        "incident_id": ids.incidents[account.event],
        "source_id": ids.sources[account.source],
        "perception": account.perception,
        "time": account.told.time,
        "time_end": account.told.time_end,
        "time_precision": account.told.time_precision,
        "time_words": account.told.time_words,
        "mode": account.mode,
        "cluster": account.cluster,
        "platform": account.platform,
        "party": account.party,
        "party_basis": account.party_basis,
        "strikes": account.strikes,
        "killed_min": killed[0],
        "killed_max": killed[1],
        "injured_min": injured[0],
        "injured_max": injured[1],
    }


def _sightings(world: World, ids: Ids) -> Table:
    rows: Table = [
        {
            "sighting_id": ids.sightings[n],
            "source_id": ids.sources[world.post_sources[row.post]],
            "time": written(row.minute),
            "time_precision": "minute",
            "place": row.place,
            "platform": row.platform,
            "operator": row.operator,
            "activity": row.activity,
            "heading": row.heading,
            "origin": row.origin,
            "count": row.count or "",
        }
        for n, row in enumerate(world.log)
    ]
    return _in_order(rows, "time", "sighting_id")


def _transmissions(world: World, ids: Ids) -> Table:
    rows: Table = [
        {
            "transmission_id": ids.calls[n],
            "source_id": ids.sources[world.monitor_sources[call.monitor]],
            "time": written(call.minute),
            "time_precision": "minute",
            "duration_s": call.seconds,
            "frequency_mhz": call.frequency_mhz,
            "language": call.language,
            "callsign": call.callsign,
            "phrase": call.phrase,
            "transcript": call.transcript,
            "lat": call.lat,
            "lon": call.lon,
        }
        for n, call in enumerate(world.calls)
    ]
    return _in_order(rows, "time", "transmission_id")


def _coverage(world: World, ids: Ids) -> Table:
    rows: Table = [
        {"kind": "sightings", "from": written(start), "to": written(end), "area": box(post.km),
         "source_id": ids.sources[source]}
        for post, source in zip(world.posts, world.post_sources, strict=True)
        for start, end in watches(post)
    ]  # fmt: skip
    rows += [
        {"kind": "transmissions", "from": written(start), "to": written(end), "area": "",
         "source_id": ids.sources[world.monitor_sources[monitor]]}
        for monitor, start, end in world.monitors.watches
    ]  # fmt: skip
    return _in_order(rows, "kind", "source_id", "from")


def _things(world: World, ids: Ids, table: str, key: str) -> Table:
    rows: Table = [
        {
            **thing.row,
            key: ids.things[n],
            "incident_id": ids.incidents[thing.event],
            "source_id": "" if thing.source is None else ids.sources[thing.source],
        }
        for n, thing in enumerate(world.things)
        if thing.table == table
    ]
    return _in_order(rows, key)
