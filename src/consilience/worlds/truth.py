"""The truth of a simulated war, as rows for truth.json: which flight each record is of, and what each account is."""

from __future__ import annotations

from consilience.quantities import iso_utc, moment_at
from consilience.worlds.case_rows import THING_KEYS, Ids, Table
from consilience.worlds.plane import to_degrees
from consilience.worlds.world import World


def truth_of(world: World, ids: Ids) -> dict[str, Table]:
    """Every list of truth.json but the head. Times UTC; positions WGS 84; a flight_id is null where no flight was."""
    return {
        "incidents": _incidents(world, ids),
        "flights": _flights(world, ids),
        "sightings": _sightings(world, ids),
        "transmissions": _transmissions(world, ids),
        "accounts": _accounts(world, ids),
        "things": _things(world, ids),
        "posts": _posts(world, ids),
    }


def _moment(minute: float) -> str:
    return iso_utc(moment_at(minute))


def _flight(ids: Ids, plan: int | None) -> str | None:
    return None if plan is None else ids.flights[plan]


def _incidents(world: World, ids: Ids) -> Table:
    """`attack`: did one happen? Without one, time, mode, platform, parties and flights are null or empty."""
    rows: Table = []
    for number, event in enumerate(world.events):
        attack = bool(event.strikes)
        lat, lon = to_degrees(world.land.facilities[event.facility].km)
        happened = attack or event.cause == "another cause"
        rows.append({
            "incident_id": ids.incidents[number],
            "attack": attack,
            "cause": "attack" if attack else event.cause,
            "time": _moment(event.minute) if happened else None,
            "mode": event.mode if attack else None,
            "cluster": event.cluster if attack else None,
            "platform": event.strikes[0].platform if attack else None,
            "parties": list(event.parties),
            "flight_ids": [ids.flights[plan] for plan in event.plans],
            "lat": lat,
            "lon": lon,
            "strikes": [
                {"time": _moment(s.minute), "party": s.party, "platform": s.platform, "flight_id": _flight(ids, s.plan)}
                for s in event.strikes
            ],
        })  # fmt: skip
    return sorted(rows, key=lambda row: str(row["incident_id"]))


def _flights(world: World, ids: Ids) -> Table:
    rows: Table = []
    for number, (plan, path) in enumerate(zip(world.plans, world.flown, strict=True)):
        lat, lon = to_degrees(plan.target)
        rows.append({
            "flight_id": ids.flights[number],
            "platform": plan.fleet.platform,
            "party": plan.fleet.party,
            "base": plan.base,
            "aircraft": plan.size,
            "takeoff": _moment(plan.takeoff),
            "over_target": [_moment(path.arrival), _moment(path.departure)],
            "landing": _moment(path.landing),
            "releases": [_moment(minute) for minute in path.releases],
            "target": [lat, lon],
        })  # fmt: skip
    return sorted(rows, key=lambda row: str(row["flight_id"]))


def _sightings(world: World, ids: Ids) -> Table:
    rows: Table = [
        {"sighting_id": ids.sightings[n], "flight_id": _flight(ids, row.plan), "is": row.truth}
        for n, row in enumerate(world.log)
    ]
    return sorted(rows, key=lambda row: str(row["sighting_id"]))


def _transmissions(world: World, ids: Ids) -> Table:
    rows: Table = [
        {"transmission_id": ids.calls[n], "flight_id": _flight(ids, call.plan), "phrase": call.said}
        for n, call in enumerate(world.calls)
    ]
    return sorted(rows, key=lambda row: str(row["transmission_id"]))


def _accounts(world: World, ids: Ids) -> Table:
    rows: Table = [
        {
            "account_id": ids.accounts[n],
            "is": account.truth,
            "copied_from": None if account.copied_from is None else ids.accounts[account.copied_from],
            "copy_declared": account.copy_declared,
        }
        for n, account in enumerate(world.accounts)
    ]
    return sorted(rows, key=lambda row: str(row["account_id"]))


def _things(world: World, ids: Ids) -> Table:
    rows: Table = [
        {"table": thing.table, THING_KEYS[thing.table]: ids.things[n], "is": thing.truth}
        for n, thing in enumerate(world.things)
    ]
    return sorted(rows, key=lambda row: (str(row["table"]), str(list(row.values())[1])))


def _posts(world: World, ids: Ids) -> Table:
    """Each observer's hidden habits: minutes his clock runs ahead, mean lateness, minutes to which he rounds."""
    rows: Table = []
    for post, source in zip(world.posts, world.post_sources, strict=True):
        lat, lon = to_degrees(post.km)
        rows.append({
            "source_id": ids.sources[source],
            "place": post.place,
            "lat": lat,
            "lon": lon,
            "clock_offset_min": round(post.clock_offset, 3),
            "delay_min": round(post.delay, 3),
            "rounds_to_min": post.rounds_to,
        })  # fmt: skip
    return sorted(rows, key=lambda row: str(row["source_id"]))
