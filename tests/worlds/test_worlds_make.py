"""A simulated war is a readable case, agrees with its truth, repeats itself byte for byte, and betrays nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from consilience.errors import UsageError
from consilience.readings.case_folder import read_case
from consilience.worlds.kinds import FULL, KINDS, WorldKind, kind_named
from consilience.worlds.make import make_world

ATTACKS, DAYS = 12, 5


def _make(out: Path, seed: int, kind: WorldKind | str = "full") -> None:
    make_world(seed=seed, attacks=ATTACKS, days=DAYS, out=out, kind=kind)


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _truth(folder: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))
    return truth


def _table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / "case" / f"{name}.csv", infer_schema=False)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("worlds") / "small"
    _make(out, 11)
    return out


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("worlds") / "planted"
    _make(out, 11, "planted")
    return out


def test_a_world_reads_as_a_case_with_nothing_left_out(small: Path) -> None:
    records = read_case(small / "case")
    assert records.left_out == ()
    assert records.settings.parties == ("Syrian", "Russian")
    assert records.settings.orbat == "syria"
    assert records.tables["incidents"].height == ATTACKS
    assert all(
        records.tables[name].height > 0 for name in ("sightings", "transmissions", "coverage", "accounts", "media")
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_named_kind_reads_with_nothing_left_out(kind: str, tmp_path: Path) -> None:
    make_world(seed=3, out=tmp_path / "world", kind=kind, attacks=6, days=3)
    assert read_case(tmp_path / "world" / "case").left_out == ()


def test_the_same_seed_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    _make(tmp_path / "again", 11)
    assert _digests(tmp_path / "again") == _digests(small)


def test_another_seed_gives_another_war(small: Path, tmp_path: Path) -> None:
    _make(tmp_path / "other", 12)
    ours, theirs = _digests(small), _digests(tmp_path / "other")
    assert all(ours[name] != theirs[name] for name in ("case/sightings.csv", "case/accounts.csv", "truth.json"))


def test_truth_names_every_record_of_the_case_and_only_flights_that_flew(small: Path) -> None:
    truth = _truth(small)
    flights = {row["flight_id"] for row in truth["flights"]}
    for table, key in (("sightings", "sighting_id"), ("transmissions", "transmission_id"), ("accounts", "account_id")):
        assert sorted(row[key] for row in truth[table]) == sorted(_table(small, table)[key])
    assert sorted(row["incident_id"] for row in truth["incidents"]) == sorted(_table(small, "incidents")["incident_id"])
    named = {row["flight_id"] for table in ("sightings", "transmissions") for row in truth[table]}
    named |= {flight for row in truth["incidents"] for flight in row["flight_ids"]}
    assert named - {None} <= flights


def test_an_attack_from_the_air_is_a_release_of_a_flight_of_its_party_at_its_time(small: Path) -> None:
    truth = _truth(small)
    flights = {row["flight_id"]: row for row in truth["flights"]}
    from_air = [row for row in truth["incidents"] if row["flight_ids"]]
    assert from_air
    for row in from_air:
        first = row["strikes"][0]
        flight = flights[first["flight_id"]]
        assert row["time"] == first["time"]
        assert first["time"] in flight["releases"]
        assert (flight["party"], flight["platform"]) == (first["party"], row["platform"])
        assert first["party"] in row["parties"]
        assert abs(flight["target"][0] - row["lat"]) < 0.06  # the circle's middle lies within kilometres of the place
    for row in truth["incidents"]:
        assert row["attack"] == bool(row["strikes"]) == bool(row["parties"])
        assert (row["mode"] in ("air strike", "barrel bomb")) == bool(row["flight_ids"])


def _inside(row: dict[str, Any], watch: dict[str, Any], places: dict[str, tuple[float, float]]) -> bool:
    west, south, east, north = map(float, watch["area"].split(";"))
    lat, lon = places[row["place"]]
    return watch["from"] <= row["time"] < watch["to"] and west <= lon <= east and south <= lat <= north


@pytest.mark.parametrize("world", ["small", "planted"])
def test_declared_coverage_holds_every_row_of_the_log(world: str, request: pytest.FixtureRequest) -> None:
    small: Path = request.getfixturevalue(world)
    places = {}
    for row in _table(small, "places").iter_rows(named=True):
        for name in [row["place"], *(row["names"] or "").split(";")]:
            places[name] = (float(row["lat"]), float(row["lon"]))
    watches: dict[str, list[dict[str, Any]]] = {}
    for watch in _table(small, "coverage").filter(pl.col("kind") == "sightings").iter_rows(named=True):
        watches.setdefault(watch["source_id"], []).append(watch)
    for row in _table(small, "sightings").iter_rows(named=True):
        assert any(_inside(row, watch, places) for watch in watches[row["source_id"]]), row
    heard = _table(small, "coverage").filter(pl.col("kind") == "transmissions").to_dicts()
    for row in _table(small, "transmissions").iter_rows(named=True):
        assert any(w["source_id"] == row["source_id"] and w["from"] <= row["time"] < w["to"] for w in heard), row


def test_no_id_or_order_betrays_the_flight(small: Path) -> None:
    """Ranks of sightings' ids and of their flights' ids, and of flights' ids and take-offs, are unrelated (|r| < 0.15).

    Under shuffled ids r has a standard deviation of 1/√n: 0.04 for 600 sightings, 0.07 for 200 flights.
    """
    truth = _truth(small)
    pairs = [(r["sighting_id"], r["flight_id"]) for r in truth["sightings"] if r["flight_id"]]
    flights = [(r["flight_id"], r["takeoff"]) for r in truth["flights"]]
    log = [(r["sighting_id"], r["time"]) for r in _table(small, "sightings").iter_rows(named=True)]
    for named in (pairs, log):
        assert abs(_rank_correlation(named)) < 0.15
    assert abs(_rank_correlation(flights)) < 0.25
    incidents = {r["incident_id"]: "+".join(r["parties"]) for r in truth["incidents"]}
    assert not any(word in json.dumps(list(incidents)) for word in ("Rus", "Syr"))


def _rank_correlation(pairs: list[tuple[str, str]]) -> float:
    ranks = [np.unique([pair[side] for pair in pairs], return_inverse=True)[1] for side in (0, 1)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def test_the_case_folder_holds_no_word_of_the_truth(small: Path) -> None:
    files = {path.name for path in (small / "case").iterdir()}
    assert files <= {
        "case.toml", "accounts.csv", "coverage.csv", "facilities.csv", "imagery.csv", "incidents.csv", "media.csv",
        "munitions.csv", "places.csv", "sightings.csv", "sources.csv", "transmissions.csv",
    }  # fmt: skip
    flights = {row["flight_id"] for row in _truth(small)["flights"]}
    for path in (small / "case").glob("*.csv"):
        cells = set(path.read_text("utf-8").replace("\n", ",").replace(";", ",").split(","))
        assert not cells & flights
        assert not cells & {"honest", "invented", "wrong", "planted", "misread", "fabricated", "mistaken"}


def test_a_planted_row_stands_at_the_attack_with_the_other_partys_aircraft_and_operator(planted: Path) -> None:
    truth = _truth(planted)
    rows = {row["sighting_id"]: row for row in _table(planted, "sightings").iter_rows(named=True)}
    wrong = [rows[r["sighting_id"]] for r in truth["sightings"] if r["is"] == "planted"]
    assert len(wrong) == pytest.approx(0.01 * len(rows), abs=1.0)
    facilities = {r["incident_id"]: r["place"] for r in _table(planted, "incidents").iter_rows(named=True)}
    for row in wrong:
        assert any(
            abs(_minutes(row["time"], event["time"])) < 25.0 and row["operator"] not in event["parties"]
            for event in truth["incidents"]
            if event["attack"] and facilities[event["incident_id"]] == row["place"]
        ), row


def _minutes(one: str, other: str) -> float:
    return (datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds() / 60.0


def test_planting_adds_rows_and_changes_none(small: Path, planted: Path) -> None:
    plain = _table(small, "sightings").drop("sighting_id", "source_id").rows()
    with_planted = _table(planted, "sightings").drop("sighting_id", "source_id").rows()
    assert not Counter(plain) - Counter(with_planted)


def test_one_account_of_each_incident_is_wrong_where_the_kind_says_so(tmp_path: Path) -> None:
    _make(tmp_path / "world", 5, "one_wrong_account")
    truth = _truth(tmp_path / "world")
    accounts = {row["account_id"]: row for row in _table(tmp_path / "world", "accounts").iter_rows(named=True)}
    events = {row["incident_id"]: row for row in truth["incidents"]}
    wrong = [accounts[row["account_id"]] for row in truth["accounts"] if row["is"] == "wrong"]
    assert sorted(row["incident_id"] for row in wrong) == sorted(events)
    for row in wrong:
        event = events[row["incident_id"]]
        if event["attack"]:
            assert abs(_minutes(row["time"], event["time"])) > 120.0
            assert [row["party"]] != event["parties"]


def test_kinds_switch_off_what_they_name(tmp_path: Path) -> None:
    _make(tmp_path / "silent", 5, "no_radio")
    _make(tmp_path / "bare", 5, "accounts_only")
    assert not (tmp_path / "silent" / "case" / "transmissions.csv").exists()
    assert (tmp_path / "silent" / "case" / "sightings.csv").exists()
    assert not any(
        (tmp_path / "bare" / "case" / f"{name}.csv").exists()
        for name in ("sightings", "transmissions", "coverage", "media", "imagery", "munitions")
    )


def test_a_kind_of_ones_own_moves_what_it_names(tmp_path: Path) -> None:
    many = dataclasses.replace(FULL, name="many_hoaxes", no_attack=0.5)
    make_world(seed=5, out=tmp_path / "world", kind=many, attacks=40, days=10)
    attacks = [row["attack"] for row in _truth(tmp_path / "world")["incidents"]]
    assert 8 <= attacks.count(False) <= 32  # 20 expected, standard deviation 3.2


def test_a_made_world_is_never_written_over(small: Path) -> None:
    before = _digests(small)
    with pytest.raises(UsageError, match="stands there already"):
        _make(small, 99)
    assert _digests(small) == before


def test_knobs_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no kind of world"):
        kind_named("quiet")
    with pytest.raises(UsageError, match="is no share"):
        WorldKind(planted=1.5)
    with pytest.raises(UsageError, match="is negative"):
        WorldKind(accounts=-1.0)
    with pytest.raises(UsageError, match="make no war"):
        make_world(seed=1, attacks=0, days=3, out=tmp_path / "world")
    with pytest.raises(UsageError, match="make no war"):
        make_world(seed=-1, attacks=3, days=3, out=tmp_path / "world")
    assert not (tmp_path / "world").exists()


@pytest.mark.parametrize(("attacks", "days"), [(1, 1), (2, 1), (1, 4)])
def test_the_smallest_wars_can_be_made_and_read(attacks: int, days: int, tmp_path: Path) -> None:
    for seed in range(3):
        make_world(seed=seed, attacks=attacks, days=days, out=tmp_path / f"{seed}")
        assert read_case(tmp_path / f"{seed}" / "case").left_out == ()
