"""What a standard war looks like in numbers: bounds around what docs/worlds.md says, so that a change is noticed."""

from __future__ import annotations

import csv
import json
import math
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from consilience.worlds.make import make_world

ATTACKS, DAYS = 200, 60


@dataclass(frozen=True)
class World:
    """A made world as read back from its files, and the processor seconds that making it took."""

    truth: dict[str, Any]
    tables: dict[str, list[dict[str, str]]]
    seconds: float

    def flight_of(self) -> dict[str, str | None]:
        return {row["sighting_id"]: row["flight_id"] for row in self.truth["sightings"]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    out = tmp_path_factory.mktemp("worlds") / "standard"
    start = time.process_time()
    make_world(seed=20, attacks=ATTACKS, days=DAYS, out=out)
    seconds = time.process_time() - start
    tables = {
        path.stem: list(csv.DictReader(path.read_text("utf-8").splitlines())) for path in (out / "case").glob("*.csv")
    }
    return World(json.loads((out / "truth.json").read_text("utf-8")), tables, seconds)


def _minute(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() / 60.0


def _share(rows: list[dict[str, str]], column: str, *words: str) -> float:
    return sum((row[column] in words) if words else (row[column] != "") for row in rows) / len(rows)


def test_a_standard_war_is_made_in_twenty_seconds(world: World) -> None:
    assert world.seconds < 20.0


def test_the_log_is_as_long_as_the_prototypes(world: World) -> None:
    assert 10_000 < len(world.tables["sightings"]) < 19_000


def test_a_flight_leaves_about_four_rows_and_most_flights_leave_some(world: World) -> None:
    seen = Counter(flight for flight in world.flight_of().values() if flight)
    assert 3.0 < sum(seen.values()) / len(world.truth["flights"]) < 5.5
    assert 0.8 < len(seen) / len(world.truth["flights"]) < 0.97


def test_most_attacking_flights_are_logged_near_the_place_about_the_time(world: World) -> None:
    """Within 8 km of the stated position and 30 minutes of the first impact."""
    places = {
        name: (float(row["lat"]), float(row["lon"]))
        for row in world.tables["places"]
        for name in [row["place"], *row["names"].split(";")]
    }
    facilities = {row["facility_id"]: row for row in world.tables["facilities"]}
    site = {row["incident_id"]: facilities[row["facility_id"]] for row in world.tables["incidents"]}
    flight_of = world.flight_of()
    rows: dict[str | None, list[dict[str, str]]] = {}
    for row in world.tables["sightings"]:
        rows.setdefault(flight_of[row["sighting_id"]], []).append(row)
    near = [
        any(
            _km(places[row["place"]], site[event["incident_id"]]) < 8.0
            and abs(_minute(row["time"]) - _minute(event["time"])) < 30.0
            for row in rows.get(event["flight_ids"][0], [])
        )
        for event in world.truth["incidents"]
        if event["flight_ids"]
    ]
    assert 0.7 < sum(near) / len(near) < 0.97


def _km(place: tuple[float, float], site: dict[str, str]) -> float:
    north = (place[0] - float(site["lat"])) * 111.2
    return math.hypot(north, (place[1] - float(site["lon"])) * 111.2 * math.cos(math.radians(place[0])))


def test_words_of_the_log_say_little_and_sometimes_wrongly(world: World) -> None:
    rows = world.tables["sightings"]
    party = {row["flight_id"]: row["party"] for row in world.truth["flights"]}
    platform = {row["flight_id"]: row["platform"] for row in world.truth["flights"]}
    flight_of = world.flight_of()
    jets = {"Su-22", "Su-24", "MiG-21", "MiG-23", "L-39"}
    syrian = [
        row for row in rows if (f := flight_of[row["sighting_id"]]) and party[f] == "Syrian" and platform[f] in jets
    ]
    assert 0.38 < _share(rows, "operator") < 0.48
    assert (
        0.45 < sum("-" in row["platform"] or row["platform"] == "Yak 130 (Mitten)" for row in rows) / len(rows) < 0.60
    )
    assert 0.16 < sum("Russian" in row["platform"] for row in syrian) / len(syrian) < 0.24
    heard = [(row["operator"], party[f]) for row in rows if (f := flight_of[row["sighting_id"]]) and row["operator"]]
    assert 0.92 < sum(said == truth for said, truth in heard) / len(heard) < 0.99
    assert 0.4 < _share(rows, "activity", "circling") < 0.65


def test_both_parties_strike_from_the_air_about_as_often_and_rarely_together(world: World) -> None:
    strikes = [row for row in world.truth["incidents"] if row["mode"] == "air strike"]
    by = Counter("+".join(row["parties"]) for row in strikes)
    assert 0.35 < by["Russian"] / len(strikes) < 0.65
    assert 0.3 < by["Syrian"] / len(strikes) < 0.6
    assert by["Russian+Syrian"] / len(strikes) < 0.1
    assert len(world.truth["flights"]) > 15 * ATTACKS


def test_release_calls_come_just_before_the_impact_and_russian_far_more_often(world: World) -> None:
    calls = world.tables["transmissions"]
    languages = Counter(row["language"] for row in calls)
    assert languages["Russian"] > 1.5 * languages["Arabic"]
    truth = {row["transmission_id"]: row for row in world.truth["transmissions"]}
    releases = {row["flight_id"]: [_minute(text) for text in row["releases"]] for row in world.truth["flights"]}
    gaps = [
        min((_minute(row["time"]) - minute for minute in releases[flight]), key=abs)
        for row in calls
        if (flight := truth[row["transmission_id"]]["flight_id"])
        and truth[row["transmission_id"]]["phrase"] == "weapon_release"
    ]
    assert len(gaps) > 100
    assert -1.7 < sum(gaps) / len(gaps) < -0.7  # 0.7 minutes before, and half a minute lost by rounding down


def test_accounts_are_between_one_and_six_and_near_the_truth_more_often_than_not(world: World) -> None:
    number = Counter(row["incident_id"] for row in world.tables["accounts"])
    assert set(number.values()) <= set(range(1, 7))
    when = {row["incident_id"]: row["time"] for row in world.truth["incidents"] if row["attack"]}
    clock = [row for row in world.tables["accounts"] if "T" in row["time"] and row["incident_id"] in when]
    off = [abs(_minute(row["time"]) - _minute(when[row["incident_id"]])) for row in clock]
    assert 0.85 < sum(minutes < 60.0 for minutes in off) / len(off) < 0.98
    assert max(off) > 600.0, "slips of half a day and a day belong to it"
    declared = [row for row in world.truth["accounts"] if row["is"] == "copy" and row["copy_declared"]]
    sources = {row["source_id"]: row["depends_on"] for row in world.tables["sources"]}
    teller = {row["account_id"]: row["source_id"] for row in world.tables["accounts"]}
    assert declared
    for row in declared:
        assert sources[teller[row["account_id"]]] == teller[row["copied_from"]]
