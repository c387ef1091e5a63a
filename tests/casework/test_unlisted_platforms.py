"""An order of battle that says nothing of a party on a day, or of none of a case's parties: told, never in silence."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_folder import CASE_TOML, write_small_case

from cli_here import called
from consilience.reference.shipped import ORBATS

OWN = CASE_TOML + 'orbat = "orbat"\n'


def _ended(folder: Path, last_day: str) -> Path:
    """A small case of 2 April 2017 with the shipped order of battle, of which Russian air strikes end on a day."""
    case = write_small_case(folder, toml=OWN)
    shutil.copytree(ORBATS / "syria", case / "orbat")
    file = case / "orbat" / "operators.csv"
    with file.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    ending = [row for row in rows if (row["party"], row["modes"]) == ("Russian", "air strike")]
    kept = [row for row in rows if row not in ending or row["from"] <= last_day]
    with file.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"to": min(row["to"], last_day)} if row in ending else row for row in kept)
    return case


def _noticed(case: Path, why: str) -> list[dict[str, Any]]:
    said = json.loads(called("check", case, "--json").stdout)
    return [one for one in said["left_out"] if one["why"] == why]


def test_a_party_whose_rows_have_ended_is_named_with_its_day_by_check_and_run(tmp_path: Path) -> None:
    assert _noticed(_ended(tmp_path / "in-force", "2017-04-02"), "no_row_in_force") == []
    case = _ended(tmp_path / "case", "2017-04-01")
    (one,) = _noticed(case, "no_row_in_force")
    assert (one["file"], one["column"], one["value"], one["lost"]) == (
        "orbat/operators.csv", "party", "air strike, Russian", "nothing",
    )  # fmt: skip
    assert "in force for Russian, air strike, on 2017-04-02 (I1)" in one["expected"]
    assert "Su-24 from 2015-09-21 to 2017-04-01" in one["expected"]
    assert "its 49 % of that mode" in one["expected"]
    done = called("run", case, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Notice: ")]
    assert line.startswith("Notice: orbat/operators.csv, column party: no row in force 'air strike, Russian'")


def test_of_the_shipped_one_the_line_of_case_toml_is_named(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", toml=CASE_TOML + 'orbat = "syria"\n')
    assert _noticed(case, "no_row_in_force") == []
    for file in case.glob("*.csv"):
        file.write_text(file.read_text("utf-8").replace("2017-04-0", "2016-04-0"), "utf-8")
    (one,) = _noticed(case, "no_row_in_force")
    assert (one["file"], one["column"], one["value"]) == ("case.toml", "orbat", "ballistic missile, Russian")
    assert "OTR-21 Tochka from 2017-01-01 to 2020-12-31" in one["expected"]


def test_where_nobody_says_when_the_middle_of_the_period_is_the_day(tmp_path: Path) -> None:
    toml = CASE_TOML + 'orbat = "syria"\nperiod_start = 2016-04-01\nperiod_end = 2016-04-30\n'
    accounts = ["account_id,incident_id,source_id,facility_id,mode", "A1,I1,W1,F1,ground attack"]
    changes = dict.fromkeys(("media", "sightings", "coverage", "published"))
    (one,) = _noticed(write_small_case(tmp_path / "case", changes | {"accounts": accounts}, toml), "no_row_in_force")
    assert "on 2016-04-16 (I1)" in one["expected"]


@pytest.mark.parametrize("command", ["check", "run"])
def test_an_order_of_battle_that_knows_none_of_the_parties_is_refused_with_whom_it_knows(
    tmp_path: Path, command: str
) -> None:
    toml = CASE_TOML.replace('"Syrian", "Russian"', '"Coalition", "Houthi"')
    case = write_small_case(tmp_path / "case", {"published": None}, toml=toml + 'orbat = "syria"\n')
    done = called(command, case)
    assert done.returncode == 4
    assert "case.toml, orbat: the order of battle 'syria' knows none of the parties (Coalition, Houthi)" in done.stderr
    assert "What to do: Name parties as it does (Russian, Syrian), bring an order of battle of your own" in done.stderr
    assert not (tmp_path / "case-findings").exists()
    (case / "case.toml").write_text(toml, "utf-8")
    assert called(command, case).returncode == 0, "without one every party counts alike"


def _watched(folder: Path, to: str, rows: int) -> Path:
    detections = [f"D{i},air_raid_alert,AL,2017-04-{i + 1:02}T05:00,35.6,36.6,2000" for i in range(rows)]
    return write_small_case(folder, {
        "coverage": ["kind,from,to,source_id", f"detections,2017-04-01,{to},AL"],
        "detections": ["detection_id,kind,source_id,time,lat,lon,position_error_m", *detections],
        "sources": ["source_id,role", "W1,direct_witness", "W2,medical_worker", "SP,flight_spotter", "AL,organisation"],
    })  # fmt: skip


def test_a_watch_of_years_with_three_rows_is_noticed_with_what_it_is_taken_to_mean(tmp_path: Path) -> None:
    (one,) = _noticed(_watched(tmp_path / "years", "2019-03-31", 3), "thin_watch")
    assert (one["file"], one["row"], one["value"], one["lost"]) == ("coverage.csv", 2, "3 air raid alert", "nothing")
    assert "this is 730 days" in one["expected"]
    assert "nothing else of that kind was noticed there in all that time" in one["expected"]
    done = called("run", tmp_path / "years")
    assert [line for line in done.stdout.splitlines() if line.startswith("Notice: coverage.csv, row 2")]


def test_a_short_watch_and_one_with_a_row_a_month_are_not_thin(tmp_path: Path) -> None:
    assert _noticed(_watched(tmp_path / "short", "2017-05-29", 1), "thin_watch") == []
    assert _noticed(_watched(tmp_path / "kept", "2017-06-29", 3), "thin_watch") == []
    assert len(_noticed(_watched(tmp_path / "thin", "2017-06-29", 2), "thin_watch")) == 1


def test_a_log_of_flights_that_says_nothing_for_months_is_thin_too(tmp_path: Path) -> None:
    coverage = ["kind,from,to,area,source_id", "sightings,2016-01-01,2017-04-03,,SP"]
    (one,) = _noticed(write_small_case(tmp_path / "case", {"coverage": coverage}), "thin_watch")
    assert one["value"] == "4 sightings"
