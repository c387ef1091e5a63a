"""What is dated after the day of which a case speaks is named, used, told in the report, and keeps a release shut."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from release_examples import OPEN, TOML, approve, decided, own_ring, tried, write_case
from small_folder import CASE_TOML, TABLES, write_small_case

from cli_here import called
from consilience.casework.after_as_of import DATED
from consilience.records import tables
from consilience.records.columns import Kind

AS_OF = CASE_TOML + "as_of = 2017-04-30\n"
LATE = {
    "sightings": [*TABLES["sightings"], "S5,SP,2017-05-01T00:00,Northtown,Mi-8,", "S6,SP,2017-04-30T23:59,Northtown,,"],
    "interviews": ["interview_id,source_id,date", "V1,W1,2017-05-02", "V2,W2,2017-04-30"],
    "media": [
        "media_id,incident_id,source_id,captured_at,clock_offset_s,uploaded_at,shows",
        "M1,I1,W1,2017-05-01T00:30,3600,2017-05-03,",
        "M2,I1,W1,2017-04-30T22:00,-10800,,",
    ],
    "coverage": [
        "kind,from,to,area,source_id",
        "sightings,2017-04-01T00:00,2017-05-01T00:00,,SP",
        "sightings,2017-04-01T00:00,2017-05-01,,SP",
    ],
    "accounts": [*TABLES["accounts"], "A3,,W1,2017-06-01T10:00,minute,,air strike,,"],
    "context": ["context_id,from,to,kind,value_min", "C1,2017-04-01,2017-05-31,deaths,500"],
    "letters": ["letter_id,party,addressee,sent_on,due_on", "L1,Syrian,Somebody,2017-05-04,2017-06-04"],
}
"""Rows on either side of the last minute of 30 April. A3 is left out for another reason: it speaks of no incident."""

EXPECTED = {
    ("sightings.csv", 6, "time", "2017-05-01"),
    ("interviews.csv", 2, "date", "2017-05-02"),
    ("media.csv", 2, "uploaded_at", "2017-05-03"),
    ("media.csv", 3, "captured_at", "2017-05-01"),
    ("coverage.csv", 3, "to", "2017-05-01"),
    ("context.csv", 2, "to", "2017-05-31"),
    ("letters.csv", 2, "sent_on", "2017-05-04"),
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_case(tmp_path_factory.mktemp("late") / "case", LATE, toml=AS_OF)


def test_each_column_of_times_is_a_day_that_counts_or_one_that_does_not() -> None:
    times = {(t.name, c.name) for t in tables.TABLES.values() for c in t.columns if c.kind is Kind.TIME}
    counted = {(table, column) for table, columns in DATED.items() for column in columns}
    assert counted <= times
    assert {column for _, column in times - counted} == {
        "time_end",
        "window_end",
        "due_on",
        "consent_until",
        "withdrawn_on",
    }


def test_check_names_file_row_and_column_of_each_and_loses_none(case: Path) -> None:
    done = called("check", case, "--json")
    late = [one for one in json.loads(done.stdout)["left_out"] if one["why"] == "after_as_of"]
    assert {(one["file"], one["row"], one["column"], one["value"]) for one in late} == EXPECTED
    assert {one["lost"] for one in late} == {"nothing"}
    said = called("check", case).stdout
    assert "sightings.csv, row 6, column time: after as of '2017-05-01'" in said
    assert "write a later as_of there, or correct the date (a notice)" in said
    assert "Left out: 1\n" in said  # A3 alone


def test_a_run_goes_on_says_it_and_the_report_counts_it(case: Path, tmp_path: Path) -> None:
    done = called("run", case, "--out", tmp_path / "out")
    assert done.returncode == 0
    notices = [line for line in done.stdout.splitlines() if line.startswith("Notice: ")]
    assert [line.split(":")[1].strip() for line in notices] == [
        "coverage.csv, column to", "interviews.csv, column date", "media.csv, column captured_at",
        "media.csv, column uploaded_at", "sightings.csv, column time",
    ]  # fmt: skip
    assert notices[-1].endswith("a row is dated after as_of 2017-04-30 (6), the latest 2017-05-01")
    kept = csv.DictReader((tmp_path / "out" / "left-out.csv").read_text("utf-8").splitlines())
    assert sum(row["why"] == "after_as_of" for row in kept) == len(EXPECTED)
    told = json.loads(called("run", case, "--out", tmp_path / "out", "--json").stdout)["notices"]
    assert [f"Notice: {line}" for line in told] == notices
    written = called("report", case, "--format", "md", "--lang", "en,ar", "--out", tmp_path / "report")
    assert written.returncode == 0
    english, arabic = ((tmp_path / "report" / f"report-public-{tongue}.md").read_text() for tongue in ("en", "ar"))
    assert f"Dates after the day of this report: {len(EXPECTED)}." in english
    assert f"تواريخ بعد تاريخ هذا التقرير: {len(EXPECTED)}." in arabic
    assert "This reaches to 31 May 2017, past 30 April 2017, the date of this report." in english


def test_who_makes_a_bundle_is_told_of_the_rows_in_it(case: Path) -> None:
    done = called("bundle", case, "--incidents", "I1", "--dry-run")
    assert done.returncode == 0
    lines = [line for line in done.stdout.splitlines() if line.startswith("  Notice: ")]
    assert (
        "  Notice: media.csv, column uploaded_at: a row is dated after as_of 2017-04-30 (2), the latest 2017-05-03"
        in lines
    )
    assert not any("context.csv" in line for line in lines)
    told = json.loads(called("bundle", case, "--incidents", "I1", "--dry-run", "--json").stdout)["notices"]
    assert [f"  Notice: {line}" for line in told] == lines


def test_without_as_of_no_day_is_late(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case", ignore=shutil.ignore_patterns(".consilience"))
    (tmp_path / "case" / "case.toml").write_text(CASE_TOML)
    assert "after as of" not in called("check", tmp_path / "case").stdout


def test_a_release_is_shut_by_it_and_opens_once_as_of_has_moved_on_and_was_approved(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    late = {
        "searches": ["search_id,date", "Q1,2020-06-02"],
        "context": ["context_id,from,to,kind,value_min,locator", "C1,2017-04-01,2020-07-01,deaths,500,RFE/RL"],
    }
    with own_ring(tmp_path_factory):
        case = write_case(tmp_path / "case", late)
        assert not decided(case, list(OPEN.values())).bad
        approve(case, tmp_path / "out")
        shut = tried(case, tmp_path / "out")
        assert shut.reasons == (
            "searches.csv, column date: a row is dated after as_of 2020-05-04 (2), the latest 2020-06-02",
        )  # the table `context` reaches further still, and the report says so
        assert shut.mends == (f"write a later as_of into {case}/case.toml, or correct the date in the row",)
        (case / "case.toml").write_text(TOML.replace("2020-05-04", "2020-06-02"))
        # the document of this test's report bears its own day, which the gate of documents holds against as_of
        assert not any("dated after" in reason for reason in tried(case, tmp_path / "out").reasons)
