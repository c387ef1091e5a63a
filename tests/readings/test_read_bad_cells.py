"""Each kind of bad cell: what it is called, where it stands, what it costs, and that nothing else is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords
from consilience.records.left_out import Lost, Why

Cells = dict[str, str]

ROW_LOST: list[tuple[Why, str, str, str, Cells]] = [
    (Why.UNKNOWN_VALUE, "interviews", "consent", "all", {"interview_id": "X", "consent": "all"}),
    (Why.TIME_NEVER_WAS, "sightings", "time", "2017-03-31T00:30", {"sighting_id": "X", "time": "2017-03-31T00:30"}),
    (Why.TIME_WAS_TWICE, "sightings", "time", "2017-10-26 23:30", {"sighting_id": "X", "time": "2017-10-26 23:30"}),
    (
        Why.END_BEFORE_START,
        "sightings",
        "time_end",
        "2017-04-02T19:00",
        {"sighting_id": "X", "time": "2017-04-02T19:10", "time_end": "2017-04-02T19:00"},
    ),
    (Why.BAD_NUMBER, "detections", "value", "1,500", {"detection_id": "X", "value": "1,500"}),
    (Why.BAD_NUMBER, "detections", "value", "NaN", {"detection_id": "X", "value": "NaN"}),
    (Why.BAD_NUMBER, "detections", "value", "1e999", {"detection_id": "X", "value": "1e999"}),
    (
        Why.BAD_NUMBER,
        "coverage",
        "area",
        "35;36;37",
        {"kind": "sightings", "from": "2017-04-01", "to": "2017-04-02", "area": "35;36;37"},
    ),
    (
        Why.POSITION_OUT_OF_RANGE,
        "coverage",
        "area",
        "37;33;35;36",
        {"kind": "sightings", "from": "2017-04-01", "to": "2017-04-02", "area": "37;33;35;36"},
    ),
    (
        Why.POSITION_OUT_OF_RANGE,
        "sightings",
        "lat",
        "356.5, 36.68",
        {"sighting_id": "X", "lat": "356.5", "lon": "36.68"},
    ),
    (Why.POSITION_SWAPPED, "detections", "lat", "37.8, 33.9", {"detection_id": "X", "lat": "37.8", "lon": "33.9"}),
    (
        Why.POSITION_SWAPPED,
        "sightings",
        "lat",
        "36.6511, 35.4422",
        {"sighting_id": "X", "place": "خان شيخون", "lat": "36.6511", "lon": "35.4422"},
    ),
    (
        Why.POSITION_FAR_FROM_PLACE,
        "sightings",
        "lat",
        "36.44, 36.65",
        {"sighting_id": "X", "place": "Khan Sheikhun", "lat": "36.44", "lon": "36.65"},
    ),
    (Why.DANGLING_ID, "accounts", "incident_id", "I9", {"account_id": "X", "incident_id": "I9"}),
    (Why.MISSING_VALUE, "accounts", "account_id", "", {"incident_id": "I1", "mode": "air strike"}),
    (Why.MISSING_VALUE, "coverage", "to", "", {"kind": "sightings", "from": "2017-04-01"}),
    (Why.BAD_TIME, "sightings", "time", "soon after", {"sighting_id": "X", "time": "soon after"}),
    (Why.AMBIGUOUS_TIME, "sightings", "time", "03/04/2019", {"sighting_id": "X", "time": "03/04/2019"}),
    (Why.UNKNOWN_VALUE, "sightings", "time_precision", "so", {"sighting_id": "X", "time_precision": "so"}),
]


@pytest.mark.parametrize(("why", "table", "column", "value", "cells"), ROW_LOST)
def test_a_bad_value_costs_its_row_and_nothing_else(
    why: Why, table: str, column: str, value: str, cells: Cells,
    read_tables: Callable[..., CaseRecords], good: CaseRecords,
    with_row: Callable[..., dict[str, str]], unharmed: Callable[..., None],
) -> None:  # fmt: skip
    spoilt = read_tables(with_row(table, cells))
    (item,) = spoilt.left_out
    assert (item.why, item.lost, item.table, item.column) == (why, Lost.ROW, table, column)
    assert (item.file, item.row) == (PurePosixPath(f"{table}.csv"), len(good.tables[table]) + 2)
    assert item.value == (value or None)
    unharmed(spoilt, good)


VALUE_LOST: list[tuple[Why, str, str, str, Cells]] = [
    (Why.UNKNOWN_VALUE, "accounts", "mode", "drone", {"account_id": "X", "mode": "drone"}),
    (Why.UNKNOWN_VALUE, "accounts", "party", "Turkish", {"account_id": "X", "party": "Turkish"}),
    (Why.UNKNOWN_VALUE, "accounts", "party", "Syrian, Russian", {"account_id": "X", "party": "Syrian, Russian"}),
    (Why.UNKNOWN_VALUE, "accounts", "party", "Syrian or Iranian", {"account_id": "X", "party": "Syrian or Iranian"}),
    (
        Why.UNKNOWN_VALUE,
        "accounts",
        "party",
        "Syrian or Russian+other",
        {"account_id": "X", "party": "Syrian or Russian+other"},
    ),
    (Why.UNKNOWN_VALUE, "accounts", "cluster", "perhaps", {"account_id": "X", "cluster": "perhaps"}),
    (Why.UNKNOWN_VALUE, "accounts", "cluster", "no", {"account_id": "X", "mode": "cluster munition", "cluster": "no"}),
    (Why.UNKNOWN_VALUE, "sightings", "heading", "up", {"sighting_id": "X", "heading": "up"}),
    (Why.UNKNOWN_VALUE, "media", "shows", "smoke;cats", {"media_id": "X", "shows": "smoke;cats"}),
    (Why.BAD_TIME, "accounts", "time", "soon after", {"account_id": "X", "time": "soon after"}),
    (Why.BAD_TIME, "accounts", "time", "2017-02-30", {"account_id": "X", "time": "2017-02-30"}),
    (Why.BAD_TIME, "accounts", "time", "2017-04-02T19:60", {"account_id": "X", "time": "2017-04-02T19:60"}),
    (Why.BAD_TIME, "accounts", "time", "42829", {"account_id": "X", "time": "42829"}),
    (Why.AMBIGUOUS_TIME, "accounts", "time", "03/04/2019", {"account_id": "X", "time": "03/04/2019"}),
    (Why.AMBIGUOUS_TIME, "accounts", "time", "03.04.2019 10:05", {"account_id": "X", "time": "03.04.2019 10:05"}),
    (Why.AMBIGUOUS_TIME, "accounts", "time", "03-04-19", {"account_id": "X", "time": "03-04-19"}),
    (Why.BAD_NUMBER, "accounts", "strikes", "3.5", {"account_id": "X", "strikes": "3.5"}),
    (Why.BAD_NUMBER, "accounts", "strikes", "-1", {"account_id": "X", "strikes": "-1"}),
    (Why.BAD_TIME, "media", "captured_at", "soon", {"media_id": "X", "captured_at": "soon"}),
    (Why.UNKNOWN_VALUE, "sightings", "operator", "Turkish", {"sighting_id": "X", "operator": "Turkish"}),
    (Why.UNKNOWN_VALUE, "sources", "role", "neighbour", {"source_id": "X", "role": "neighbour"}),
    (Why.AMBIGUOUS_TIME, "incidents", "window_start", "03/04/2017", {"incident_id": "X", "window_start": "03/04/2017"}),
    (
        Why.END_BEFORE_START,
        "incidents",
        "window_end",
        "2017-04-01",
        {"incident_id": "X", "window_start": "2017-04-02", "window_end": "2017-04-01"},
    ),
    (
        Why.POSITION_SWAPPED,
        "facilities",
        "lat",
        "36.6853, 35.6518",
        {"facility_id": "X", "lat": "36.6853", "lon": "35.6518", "place": "Maarat"},
    ),
    (
        Why.POSITION_OUT_OF_RANGE,
        "facilities",
        "lat",
        "35.6, 366.8",
        {"facility_id": "X", "lat": "35.6", "lon": "366.8"},
    ),
    (
        Why.POSITION_FAR_FROM_PLACE,
        "facilities",
        "lat",
        "36.2, 37.1",
        {"facility_id": "X", "lat": "36.2", "lon": "37.1", "place": "Maarat"},
    ),
    (Why.MISSING_VALUE, "facilities", "lon", "", {"facility_id": "X", "lat": "35.6"}),
    (Why.DANGLING_ID, "accounts", "source_id", "W9", {"account_id": "X", "source_id": "W9"}),
    (Why.DANGLING_ID, "accounts", "facility_id", "F9", {"account_id": "X", "facility_id": "F9"}),
    (Why.DANGLING_ID, "accounts", "interview_id", "IV9", {"account_id": "X", "interview_id": "IV9"}),
    (Why.DANGLING_ID, "sources", "depends_on", "W9", {"source_id": "X", "depends_on": "W9"}),
]


@pytest.mark.parametrize(("why", "table", "column", "value", "cells"), VALUE_LOST)
def test_a_bad_value_in_a_weak_column_costs_itself_alone(
    why: Why, table: str, column: str, value: str, cells: Cells,
    read_tables: Callable[..., CaseRecords], good: CaseRecords,
    with_row: Callable[..., dict[str, str]], unharmed: Callable[..., None],
) -> None:  # fmt: skip
    spoilt = read_tables(with_row(table, cells))
    (item,) = spoilt.left_out
    assert (item.why, item.lost, item.table, item.column) == (why, Lost.VALUE, table, column)
    assert (item.row, item.record_id, item.value) == (len(good.tables[table]) + 2, "X", value or None)
    frame = spoilt.tables[table]
    (kept,) = frame.filter(frame[frame.columns[0]] == "X").to_dicts()
    names = [column, "lon"] if column == "lat" else [column]
    assert not any(kept.get(name) or kept.get(f"{name}_lo") for name in names)
    unharmed(spoilt, good, {table: "X"})


@pytest.mark.parametrize(
    ("table", "column", "cells", "emptied", "kept"),
    [
        (
            "accounts",
            "time_end",
            {"time": "2017-04-02T19:00", "time_end": "later", "killed_min": "3"},
            ("time_lo", "time_end_lo"),
            ("killed_min", 3),
        ),
        (
            "accounts",
            "time_end",
            {"time": "2017-04-02T19:10", "time_end": "2017-04-02T19:00", "mode": "air strike"},
            ("time_lo", "time_end_lo"),
            ("mode", "air strike"),
        ),
        (
            "accounts",
            "time_precision",
            {"time": "2017-04-02T19:10", "time_precision": "roughly", "party": "Russian"},
            ("time_lo", "time_precision"),
            ("party", "Russian"),
        ),
        (
            "accounts",
            "killed_max",
            {"killed_min": "5", "killed_max": "3", "strikes": "2"},
            ("killed_min", "killed_max"),
            ("strikes", 2),
        ),
        (
            "media",
            "clock_offset_s",
            {"captured_at": "2017-04-02T20:00", "clock_offset_s": "fast", "shows": "smoke"},
            ("captured_at_lo", "clock_offset_s"),
            ("shows", ["smoke"]),
        ),
    ],
)
def test_a_value_takes_with_it_what_would_say_more_than_was_written(
    table: str, column: str, cells: Cells, emptied: tuple[str, ...], kept: tuple[str, object],
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]],
) -> None:  # fmt: skip
    """ "Between 19:00 and some later time" is no account of 19:00."""
    key = {"accounts": "account_id", "media": "media_id"}[table]
    records = read_tables(with_row(table, {key: "X", **cells}))
    (item,) = records.left_out
    assert (item.column, item.lost) == (column, Lost.VALUE)
    assert "would say more without it" in item.expected
    (row,) = records.tables[table].filter(records.tables[table][key] == "X").to_dicts()
    assert [row[name] for name in emptied] == [None] * len(emptied)
    assert row[kept[0]] == kept[1]


def test_the_good_case_loses_nothing(read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]) -> None:
    records = read_tables(good_tables)
    assert records.left_out == ()
    assert {name for name, frame in records.tables.items() if len(frame)} == set(good_tables)


def test_only_the_strange_entry_of_a_list_is_lost(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    records = read_tables(with_row("sources", {"source_id": "X", "depends_on": "W9; W1"}))
    (item,) = records.left_out
    assert (item.why, item.value, item.lost) == (Why.DANGLING_ID, "W9", Lost.VALUE)
    assert dict(records.tables["sources"].select("source_id", "depends_on").iter_rows())["X"] == ["W1"]


def test_a_value_that_may_name_a_person_is_never_repeated(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    records = read_tables(with_row("sources", {"source_id": "X", "note": "met Jane Doe\x00"}))
    (item,) = records.left_out
    assert (item.why, item.column, item.value) == (Why.CONTROL_CHARACTER, "note", None)
    assert "Doe" not in str(item)


def test_control_characters_are_taken_out_and_noticed(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    cells = {"account_id": "X\x00", "mode": "air\rstrike", "party": "Rus\x08sian", "strikes": "2\r"}
    records = read_tables(with_row("accounts", cells))
    assert [(item.column, item.why, item.lost, item.row) for item in records.left_out] == [
        (column, Why.CONTROL_CHARACTER, Lost.NOTHING, 4) for column in ("account_id", "mode", "party", "strikes")
    ]
    frame = records.tables["accounts"]
    (row,) = frame.filter(frame["account_id"] == "X").to_dicts()
    assert (row["mode"], row["party"], row["strikes"]) == ("air strike", "Russian", 2)


def test_marks_digits_dashes_and_blanks_of_other_keyboards_are_read(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    cells = {
        "account_id": "\u200fX–١\u00a0",
        "time": "\u202b٤ نيسان ٢٠١٧ ١٠:٠٥\u202c",
        "mode": "Air_Strike",
        "cluster": "نعم",
        "party": "syrian + RUSSIAN",
        "strikes": "۳",
        "incident_id": "I\u200e1",
        "place": "\u200fمعرة\u00a0النعمان",
    }
    records = read_tables(with_row("accounts", cells))
    assert records.left_out == ()
    frame = records.tables["accounts"]
    (row,) = frame.filter(frame["account_id"] == "X-1").to_dicts()
    assert (row["mode"], row["cluster"], row["party"], row["strikes"]) == ("air strike", "yes", "Russian+Syrian", 3)
    assert (row["time_lo"].isoformat(), row["time_clock"]) == ("2017-04-04T07:05:00+00:00", True)
    assert (row["incident_id"], row["place"]) == ("I1", "معرة النعمان")


def test_cluster_munition_is_no_mode_but_says_cluster(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    records = read_tables(with_row("accounts", {"account_id": "X", "mode": "Cluster munition"}))
    frame = records.tables["accounts"]
    assert frame.filter(frame["account_id"] == "X").select("mode", "cluster").row(0) == (None, "yes")
    assert records.left_out == ()


def test_rows_that_say_the_same_are_one_row(
    read_tables: Callable[..., CaseRecords], good: CaseRecords, with_row: Callable[..., dict[str, str]],
    unharmed: Callable[..., None],
) -> None:  # fmt: skip
    again = {
        "account_id": "A2",
        "incident_id": "I1",
        "source_id": "W2",
        "time": "2 April 2017",
        "mode": "Barrel_bomb",
        "cluster": "0",
    }
    records = read_tables(with_row("accounts", again))
    (item,) = records.left_out
    assert (item.why, item.lost, item.row, item.value) == (Why.DUPLICATE_KEY, Lost.NOTHING, 4, "A2")
    unharmed(records, good)


def test_of_rows_with_one_key_that_differ_none_is_chosen(
    read_tables: Callable[..., CaseRecords], good: CaseRecords, with_row: Callable[..., dict[str, str]]
) -> None:
    records = read_tables(with_row("sightings", {"sighting_id": "S2", "platform": "Mi-8"}))
    assert [(item.why, item.lost, item.row) for item in records.left_out] == [
        (Why.DUPLICATE_KEY, Lost.ROW, 3), (Why.DUPLICATE_KEY, Lost.ROW, 4),
    ]  # fmt: skip
    assert records.tables["sightings"]["sighting_id"].to_list() == ["S1"]
    for name in good.tables.keys() - {"sightings"}:
        assert records.tables[name].equals(good.tables[name]), name


def test_who_names_a_row_that_was_left_out_goes_on_without_it_and_one_line_says_so(
    read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]
) -> None:
    facilities = good_tables["facilities"] + "F1,Another hospital,hospital,,,\n"
    records = read_tables({**good_tables, "facilities": facilities})
    told = [(item.table, item.column, item.row, item.lost) for item in records.left_out if item.why is Why.DANGLING_ID]
    assert told == [("accounts", "facility_id", 2, Lost.VALUE), ("incidents", "facility_id", 2, Lost.VALUE)]
    assert records.tables["accounts"]["facility_id"].to_list() == [None, None]
    assert records.tables["accounts"]["account_id"].to_list() == ["A1", "A2"]


def test_accounts_survive_an_incident_that_was_left_out(
    read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]
) -> None:
    incidents = good_tables["incidents"] + "I2,One,,,,\nI2,Another,,,,\n"
    accounts = good_tables["accounts"] + "A3,I2,,,,,,,,,,\nA4,I2,,,,,,,,,,\n"
    records = read_tables({**good_tables, "incidents": incidents, "accounts": accounts})
    told = [item.row for item in records.left_out if item.why is Why.DANGLING_ID]
    assert told == [4]
    ids = dict(records.tables["accounts"].select("account_id", "incident_id").iter_rows())
    assert ids == {"A1": "I1", "A2": "I1", "A3": None, "A4": None}


def test_without_the_table_ids_are_labels(read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]) -> None:
    for name in ("incidents", "sources", "facilities", "interviews"):
        del good_tables[name]
    good_tables["facilities"] = "facility_id,name\n"
    records = read_tables(good_tables)
    assert [item.why for item in records.left_out] == [Why.EMPTY_TABLE]
    assert records.tables["accounts"].select("incident_id", "source_id", "facility_id", "interview_id").row(0) == (
        "I1", "W1", "F1", "IV1",
    )  # fmt: skip


def test_what_lies_outside_the_case_is_used_and_noticed_but_not_a_sighting(
    read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]
) -> None:
    good_tables["facilities"] += "F2,Far clinic,clinic,36.9,40.1,\n"
    good_tables["incidents"] += "I2,Far away,,Deir ez-Zor,,\n"
    good_tables["places"] += "Deir ez-Zor,35.336,40.145,3000,\n"
    good_tables["sightings"] += "S9,SPOT,2017-04-02T18:53,,,36.9,40.1,,,,,\n"
    records = read_tables(good_tables)
    assert [(item.table, item.column, item.record_id, item.why, item.lost) for item in records.left_out] == [
        ("facilities", "lat", "F2", Why.OUTSIDE_CASE, Lost.NOTHING),
        ("incidents", "place", "I2", Why.OUTSIDE_CASE, Lost.NOTHING),
    ]
    assert records.tables["facilities"]["lat"].to_list() == [35.6518, 36.9]
    assert "S9" in records.tables["sightings"]["sighting_id"]


def test_a_position_is_not_held_against_a_name_that_two_towns_bear(
    read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]
) -> None:
    good_tables["places"] += "Hass (north),36.4,36.6,2000,Hass\nHass (south),35.61,36.59,2000,Hass\n"
    good_tables["sightings"] += "S9,SPOT,2017-04-02T18:53,,Hass,34.0,37.0,,,,,\n"
    assert read_tables(good_tables).left_out == ()


def test_the_folder_is_not_changed_by_reading(write_case: Callable[..., Path], good_tables: dict[str, str]) -> None:
    folder = write_case(good_tables)
    before = {file: file.read_bytes() for file in folder.rglob("*")}
    read_case(folder)
    assert {file: file.read_bytes() for file in folder.rglob("*")} == before


def test_a_row_whose_key_can_not_be_read_takes_nobody_with_it(
    read_tables: Callable[..., CaseRecords], good_tables: dict[str, str]
) -> None:
    good_tables["incidents"] += 'I2,"never closed,,,,\n'
    good_tables["accounts"] += "A3,I2,,,,,,,,,,\n"
    records = read_tables(good_tables)
    assert [(item.table, item.row, item.why, item.lost) for item in records.left_out] == [
        ("accounts", 4, Why.DANGLING_ID, Lost.VALUE),
        ("incidents", 3, Why.UNREADABLE_ROW, Lost.ROW),
    ]
    assert records.tables["accounts"]["account_id"].to_list() == ["A1", "A2", "A3"]


def test_a_least_number_above_the_most_is_refused(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    records = read_tables(with_row("accounts", {"account_id": "X", "killed_min": "5", "killed_max": "3"}))
    assert [(item.why, item.column, item.value) for item in records.left_out] == [(Why.BAD_NUMBER, "killed_max", "3")]


def test_a_letter_with_a_combining_mark_is_that_letter(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]]
) -> None:
    tables = with_row("sources", {"source_id": "Café"})
    tables["accounts"] += "X,I1,Cafe\u0301,,,,,,,,,\n"
    assert read_tables(tables).left_out == ()
