"""Words in a terminal: the same minute as in the report, and nothing that drowns what matters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from small_folder import new_case, write_small_case

from consilience.casework.check import check_case
from consilience.casework.explain import explain, wall_clock
from consilience.casework.terminal import check_lines
from consilience.publish.local_time import LocalClock, minute_of

DAMASCUS = ZoneInfo("Asia/Damascus")


def _block(**changes: Any) -> dict[str, Any]:
    time = dict.fromkeys(("median", "low", "high"), "2017-04-22T11:27:43Z") | {"level": 0.95}
    return {
        "incident_id": "I1", "title": "t", "attack_probability": 0.9, "time": time, "mode": {"air strike": 1.0},
        "cause": {"attack": 0.9, "another cause": 0.1, "none": 0.0}, "cluster": 0.0, "party": {"Syrian": 1.0},
        "together": 0.0, "tracks": [],
        "attribution": {"set": ["Syrian"], "wording": "Syrian", "level": 0.95, "single_source": None},
        "confidence": {"grade": "low", "because": ["a"]}, "evidence": [], "why_null": {}, **changes,
    }  # fmt: skip


@pytest.mark.parametrize("iso", ["2017-04-22T11:27:43Z", "2017-04-22T20:59:31Z", "2017-04-22T11:27:29Z"])
def test_a_terminal_and_a_report_say_the_same_minute(iso: str) -> None:
    assert wall_clock(iso, DAMASCUS).split()[1] == LocalClock(DAMASCUS).clock(minute_of(iso))
    assert "When: 2017-04-22 14:28 local time (95 %: 14:28 to 14:28)" in explain(_block(), DAMASCUS)


def test_an_hour_that_was_twice_is_told_with_its_offset_from_utc() -> None:
    """On 29 October 2023 clocks in Kyiv were put back from 04:00 to 03:00."""
    said = explain(_block(time={
        "low": "2023-10-29T00:52:00Z", "median": "2023-10-29T01:42:00Z", "high": "2023-10-29T02:54:00Z", "level": 0.95,
    }), ZoneInfo("Europe/Kyiv"))  # fmt: skip
    assert "When: 2023-10-29 03:42 (UTC+02:00) local time (95 %: 03:52 (UTC+03:00) to 04:54 (UTC+02:00)), given" in said


def test_certainty_is_printed_of_nothing() -> None:
    said = explain(_block(attack_probability=1.0, cause={"attack": 1.0}), DAMASCUS)
    assert not re.search(r"\b(100|0) %", said)


def test_the_probability_of_an_attack_is_said_once_with_what_else_it_may_have_been() -> None:
    assert "Attack: 90 % (otherwise another cause 10 %)." in explain(_block(), DAMASCUS)
    sure = _block(attack_probability=0.999, cause={"attack": 0.999, "another cause": 0.001, "none": 0.0})
    assert "Attack: >99 %." in explain(sure, DAMASCUS)


@pytest.mark.parametrize(("ids", "said"), [(["S1"], "(sighting S1)"), (["S1", "S2"], "(2 sightings from S1)")])
def test_flights_are_counted_in_words_that_agree(ids: list[str], said: str) -> None:
    tracks = [{"track_id": "T", "responsibility": 0.5, "sightings": ids}]
    assert f"Flights: T 50 % {said}." in explain(_block(tracks=tracks), DAMASCUS)


def test_a_new_case_lists_its_empty_tables_on_one_line_and_says_that_there_is_nothing_to_weigh(tmp_path: Path) -> None:
    new_case(tmp_path / "new")
    lines = check_lines(check_case(tmp_path / "new"))
    assert lines[0] == "Left out: 0"
    assert lines[1].startswith("Empty tables: accounts.csv, ")
    assert lines[2].startswith("Nothing to weigh yet")
    assert len(lines) == 3


def test_a_notice_stands_on_a_line_of_its_own_beside_empty_tables(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "c", {"munitions": ["munition_id,incident_id,name"]})
    (case / "sources.csv").write_bytes((case / "sources.csv").read_bytes().replace(b"W1,", b"W1\x00,", 1))
    lines = check_lines(check_case(case))
    assert [line for line in lines if "control character" in line and line.startswith("  sources.csv")]
    assert lines[-1] == "Empty tables: munitions.csv"
