"""Incidents of which nothing speaks: never a finding made of priors, never a date that nobody gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from small_folder import CASE_TOML, write_small_case

import consilience
from consilience.casework.situating import Situated, situate_case
from consilience.readings.case_folder import read_case

ACCOUNTS = ("account_id,incident_id,source_id,time,facility_id,mode", "A1,I1,W1,2017-04-02T10:05,F1,air strike")
INCIDENTS = ("incident_id,facility_id,window_start,window_end", "I1,F1,,")
QUIET: dict[str, Sequence[str] | None] = {
    "accounts": None, "media": None, "published": None, "sightings": None, "coverage": None, "incidents": INCIDENTS,
}  # fmt: skip
"""A case with one incident, of which nothing speaks."""


def _situated(folder: Path, **tables: Sequence[str]) -> Situated:
    case = write_small_case(folder, QUIET | tables)
    return situate_case(read_case(case), case)


def _reasons(situated: Situated) -> list[tuple[str | None, str | None]]:
    return [(item.record_id, item.column) for item in situated.records.left_out]


def test_an_incident_that_nothing_names_is_listed_and_not_weighed(tmp_path: Path) -> None:
    alleged = [*INCIDENTS, "I2,F2,2017-04-02T09:00,2017-04-02T12:00"]
    situated = _situated(tmp_path / "c", accounts=ACCOUNTS, incidents=alleged)
    assert situated.evidence.incidents["incident_id"].to_list() == ["I1"]
    assert _reasons(situated) == [("I2", "incident_id")]


def test_an_incident_whose_only_account_is_unreadable_gets_no_finding(tmp_path: Path) -> None:
    spoilt = [*ACCOUNTS, "A2,I2,W2,03/04/2017 10:00,F2,air strike"]
    case = write_small_case(tmp_path / "c", QUIET | {"accounts": spoilt, "incidents": [*INCIDENTS, "I2,F2,,"]})
    findings = consilience.open_case(case).run()
    assert findings.incidents["incident_id"].to_list() == ["I1"]
    assert findings.data["left_out"] == 2


def test_a_time_that_can_not_be_read_is_never_taken_from_other_rows(tmp_path: Path) -> None:
    """It was told: the days of the rest of the case need not hold it. A period that the case declares does."""
    spoilt = [*ACCOUNTS, "A2,I2,W2,03/04/2017 10:00,F2,air strike"]
    changes = QUIET | {"accounts": spoilt, "incidents": [*INCIDENTS, "I2,F2,,"]}
    media = ["media_id,incident_id,source_id,captured_at,shows", "M1,I2,W1,soon after,smoke"]
    only_media = QUIET | {"accounts": ACCOUNTS, "media": media, "incidents": [*INCIDENTS, "I2,F2,,"]}
    for number, (tables, bad) in enumerate(((changes, ("A2", "time")), (only_media, ("M1", "captured_at")))):
        case = write_small_case(tmp_path / str(number), tables)
        situated = situate_case(read_case(case), case)
        assert situated.evidence.incidents["incident_id"].to_list() == ["I1"]
        assert set(_reasons(situated)) == {bad, ("I2", "window_start")}
    declared = CASE_TOML + "period_start = 2017-03-01\nperiod_end = 2017-04-30\n"
    case = write_small_case(tmp_path / "declared", changes, toml=declared)
    situated = situate_case(read_case(case), case)
    assert situated.evidence.incidents["incident_id"].to_list() == ["I1", "I2"]


def test_an_incident_without_any_time_is_listed_and_gets_none_invented(tmp_path: Path) -> None:
    timeless = [ACCOUNTS[0], "A1,I1,W1,,F1,air strike"]
    situated = _situated(tmp_path / "c", accounts=timeless)
    assert situated.evidence.incidents.is_empty()
    assert _reasons(situated) == [("I1", "window_start")]


def test_an_account_without_a_time_counts_where_the_incident_has_a_window(tmp_path: Path) -> None:
    timeless = [ACCOUNTS[0], "A1,I1,W1,,F1,air strike"]
    window = [INCIDENTS[0], "I1,F1,2017-04-02T09:00,2017-04-02T12:00"]
    assert _reasons(_situated(tmp_path / "c", accounts=timeless, incidents=window)) == []


def test_a_case_without_a_period_takes_it_from_the_days_of_its_tables(tmp_path: Path) -> None:
    media = ["media_id,incident_id,source_id,captured_at,shows", "M1,I1,W1,2017-04-05T00:30,smoke"]
    situated = _situated(tmp_path / "c", media=media)
    settings = situated.evidence.settings
    assert (settings.period_start, settings.period_end) == (date(2017, 4, 4), date(2017, 4, 5))
    assert _reasons(situated) == []


def test_a_finding_that_rests_on_a_video_alone_lies_in_the_days_of_the_case(tmp_path: Path) -> None:
    media = ["media_id,incident_id,source_id,captured_at,shows", "M1,I1,W1,2017-04-05T10:30,strike"]
    case = write_small_case(tmp_path / "c", QUIET | {"media": media})
    time = consilience.open_case(case).run().incident("I1").block["time"]
    assert time["median"].startswith("2017-04-05T")
