"""A coverage row without a source stands for every log of its kind: a bad id must never make it say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from consilience.readings.case_folder import read_case
from consilience.records.left_out import Lost, Why


def test_a_coverage_row_of_a_source_that_is_in_no_file_is_left_out_and_the_rest_is_read(
    good_tables: dict[str, str], write_case: Callable[..., Path]
) -> None:
    good_tables["coverage"] += "sightings,2017-04-03T18:00,2017-04-03T21:00,,SPTO\n"
    case = read_case(write_case(good_tables))
    assert case.tables["coverage"]["source_id"].to_list() == ["SPOT"]
    assert [(item.why, item.lost, item.value, item.row) for item in case.left_out] == [
        (Why.DANGLING_ID, Lost.ROW, "SPTO", 3)
    ]


def test_a_coverage_row_of_a_source_that_could_not_be_read_is_left_out_too(
    good_tables: dict[str, str], write_case: Callable[..., Path]
) -> None:
    good_tables["sources"] += "SPOT,journalist,W1\n"
    case = read_case(write_case(good_tables))
    assert case.tables["coverage"].is_empty()
    assert case.tables["sightings"]["source_id"].to_list() == [None, None]
    assert [item.lost for item in case.left_out if item.table == "coverage"] == [Lost.ROW]


def test_a_coverage_row_with_an_empty_source_still_stands_for_every_log(
    good_tables: dict[str, str], write_case: Callable[..., Path]
) -> None:
    good_tables["coverage"] = good_tables["coverage"].replace(",SPOT", ",")
    case = read_case(write_case(good_tables))
    assert case.tables["coverage"]["source_id"].to_list() == [None]
    assert not case.left_out
