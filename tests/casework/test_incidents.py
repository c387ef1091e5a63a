"""Incidents formed from accounts: the same for any order, and no account lost without a word."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from small_folder import write_small_case

from consilience.casework.situating import situate_case
from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords

HEADER = "account_id,incident_id,source_id,time,time_precision,facility_id,place,mode"


def _records(folder: Path, accounts: list[str], **tables: list[str] | None) -> CaseRecords:
    case = write_small_case(folder, {"accounts": [HEADER, *accounts], "media": None, "published": None, **tables})
    return situate_case(read_case(case), case).records


def _grouped(records: CaseRecords) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for account, incident in records.tables["accounts"].select("account_id", "incident_id").iter_rows():
        grouped.setdefault(incident, set()).add(account)
    return grouped


SAME_HOUR = ["A1,,W1,2017-04-02T10:05,minute,F1,,", "A2,,W2,2017-04-02T10:40,about,F1,,"]


def test_accounts_of_one_facility_and_hour_are_one_incident_named_by_the_smallest_id(tmp_path: Path) -> None:
    records = _records(tmp_path / "c", SAME_HOUR)
    assert _grouped(records) == {"I-A1": {"A1", "A2"}}
    (incident,) = records.tables["incidents"].iter_rows(named=True)
    assert (incident["title"], incident["facility_id"]) == ("Hospital one", "F1")


def test_attacks_hours_apart_on_one_place_stay_two(tmp_path: Path) -> None:
    later = "A3,,W1,2017-04-02T16:00,minute,F1,,"
    assert _grouped(_records(tmp_path / "c", [*SAME_HOUR, later])) == {"I-A1": {"A1", "A2"}, "I-A3": {"A3"}}


def test_the_same_hour_at_two_facilities_stays_two(tmp_path: Path) -> None:
    elsewhere = "A3,,W1,2017-04-02T10:05,minute,F2,,"
    assert _grouped(_records(tmp_path / "c", [*SAME_HOUR, elsewhere])) == {"I-A1": {"A1", "A2"}, "I-A3": {"A3"}}


def test_an_account_that_names_only_the_town_beside_the_facility_joins_it(tmp_path: Path) -> None:
    town = "A3,,W1,2017-04-02T10:20,minute,,Northtown,"
    assert _grouped(_records(tmp_path / "c", [*SAME_HOUR, town])) == {"I-A1": {"A1", "A2", "A3"}}


def test_an_account_of_the_day_joins_the_one_incident_of_that_day(tmp_path: Path) -> None:
    day = "A3,,W1,2017-04-02,day,F1,,"
    assert _grouped(_records(tmp_path / "c", [*SAME_HOUR, day])) == {"I-A1": {"A1", "A2", "A3"}}


def test_an_account_of_the_day_is_left_out_where_two_attacks_happened_on_it(tmp_path: Path) -> None:
    records = _records(
        tmp_path / "c", [*SAME_HOUR, "A3,,W1,2017-04-02T16:00,minute,F1,,", "A4,,W1,2017-04-02,day,F1,,"]
    )
    assert "A4" not in set().union(*_grouped(records).values())
    (lost,) = [item for item in records.left_out if item.record_id == "A4"]
    assert (str(lost.file), lost.row, lost.column) == ("accounts.csv", 5, "incident_id")


def test_accounts_of_the_day_alone_form_an_incident(tmp_path: Path) -> None:
    days = ["A1,,W1,2017-04-02,day,F1,,", "A2,,W2,2017-04-02,day,F1,,"]
    assert _grouped(_records(tmp_path / "c", days)) == {"I-A1": {"A1", "A2"}}


@pytest.mark.parametrize("row", ["A9,,W1,,,F1,,", "A9,,W1,2017-04-02T10:05,minute,,,"])
def test_an_account_without_time_or_place_forms_nothing_and_is_listed(tmp_path: Path, row: str) -> None:
    records = _records(tmp_path / "c", [*SAME_HOUR, row])
    assert _grouped(records) == {"I-A1": {"A1", "A2"}}
    assert [item.record_id for item in records.left_out] == ["A9"]


def test_labels_are_kept_where_accounts_have_them(tmp_path: Path) -> None:
    labelled = ["A1,X,W1,2017-04-02T10:05,minute,F1,,", "A2,Y,W2,2017-04-02T10:05,minute,F1,,"]
    assert _grouped(_records(tmp_path / "c", labelled)) == {"X": {"A1"}, "Y": {"A2"}}


def test_the_order_of_rows_never_shows(tmp_path: Path) -> None:
    rows = [f"A{k},,W1,2017-04-02T{k:02}:{(k * 37) % 60:02},minute,F1,," for k in range(1, 12)]
    rows += ["B1,,W2,2017-04-02,day,F1,,", "B2,,W2,2017-04-02,day,F2,,"]
    first = _grouped(_records(tmp_path / "first", rows))
    for seed in range(3):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert _grouped(_records(tmp_path / str(seed), shuffled)) == first


def test_a_case_with_incidents_keeps_them_and_lists_accounts_that_name_none(tmp_path: Path) -> None:
    records = _records(
        tmp_path / "c",
        [*SAME_HOUR, "A3,I1,W1,2017-04-02T10:05,minute,F1,,"],
        incidents=["incident_id,facility_id", "I1,F1"],
    )
    assert _grouped(records) == {"I1": {"A3"}}
    assert {item.record_id for item in records.left_out} == {"A1", "A2"}


def test_an_account_of_the_town_does_not_make_one_of_two_attacks_in_it(tmp_path: Path) -> None:
    two = ["A1,,W1,2017-04-02T10:05,minute,F1,,", "A2,,W2,2017-04-02T10:05,minute,F3,,"]
    town = "A3,,W1,2017-04-02T10:05,minute,,Northtown,"
    beside = ["facility_id,name,kind,lat,lon", "F1,one,hospital,35.60,36.60", "F3,three,clinic,35.62,36.60"]
    records = _records(tmp_path / "c", [*two, town], facilities=beside)
    assert _grouped(records) == {"I-A1": {"A1"}, "I-A2": {"A2"}}
    assert [item.record_id for item in records.left_out] == ["A3"]


def test_evidence_that_names_no_incident_is_listed_and_not_silently_unused(tmp_path: Path) -> None:
    munitions = ["munition_id,incident_id,name", "W1,,a remnant"]
    records = _records(tmp_path / "c", SAME_HOUR, munitions=munitions)
    assert [(str(item.file), item.row, item.record_id) for item in records.left_out] == [("munitions.csv", 2, "W1")]
