"""Stated times as intervals with a precision, by the rules of case-format.md, Times."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from canonical_rows import SETTINGS, frame_of, wall
from hypothesis import given
from hypothesis import strategies as st

from consilience.readings.case_folder import read_case
from consilience.records.situated import SITE_COLUMNS, TIME_COLUMNS
from consilience.records.tables import TABLES, TIME_WORDS
from consilience.reference.assumptions import load_assumptions
from consilience.situate.clock import TIME_SOURCES, add_times
from consilience.situate.day_parts import NIGHT, WINDOWS

ASSUMPTIONS = load_assumptions()
CASES = Path(__file__).parents[2] / "cases"


def _stated(table: str, **cells: object) -> tuple[Any, ...]:
    key = str(TABLES[table].key)
    timed = add_times(frame_of(table, {key: "A", **cells}), table, SETTINGS, ASSUMPTIONS)
    lo, hi, sigma, precision = timed.select(list(TIME_COLUMNS)).row(0)
    return lo, hi, sigma, precision


@pytest.mark.parametrize(
    ("table", "default", "sigma"),
    [("accounts", "about", 15.0), ("sightings", "minute", 4.0), ("transmissions", "minute", 4.0)],
)
def test_a_clock_time_without_precision_has_its_tables_default(table: str, default: str, sigma: float) -> None:
    at = wall("2017-04-02T19:20")
    assert _stated(table, time="2017-04-02T19:20") == (at, at, sigma, default)


@pytest.mark.parametrize(
    ("precision", "sigma"), [("minute", 4.0), ("about", 15.0), ("hour", 35.0), ("part_of_day", 100.0)]
)
def test_a_clock_time_is_a_point_as_wide_as_its_precision(precision: str, sigma: float) -> None:
    at = wall("2017-04-02T19:20")
    assert _stated("accounts", time="2017-04-02T19:20", time_precision=precision) == (at, at, sigma, precision)


def test_the_widths_are_the_named_assumptions() -> None:
    wider = {**ASSUMPTIONS, "sigma_about": replace(ASSUMPTIONS["sigma_about"], value=25.0)}
    timed = add_times(
        frame_of("accounts", {"account_id": "A", "time": "2017-04-02T19:20"}), "accounts", SETTINGS, wider
    )
    assert timed["t_sigma"].to_list() == [25.0]


@pytest.mark.parametrize("precision", [None, "minute", "about", "hour", "part_of_day", "day"])
def test_a_date_without_a_clock_time_is_the_whole_local_day_whatever_the_precision_says(precision: str | None) -> None:
    day = wall("2017-04-02T00:00"), wall("2017-04-03T00:00"), 0.0, "day"
    assert _stated("sightings", time="2017-04-02", time_precision=precision) == day


def test_a_clock_time_to_the_day_is_that_day() -> None:
    day = wall("2017-04-02T00:00"), wall("2017-04-03T00:00"), 0.0, "day"
    assert _stated("accounts", time="2017-04-02T19:20", time_precision="day") == day


def test_a_day_of_a_clock_change_is_23_hours_long() -> None:
    lo, hi, _, _ = _stated("accounts", time="2017-03-31T19:20", time_precision="day")
    assert hi - lo == 23 * 60
    assert (lo, hi) == _stated("accounts", time="2017-03-31")[:2]


def test_an_end_makes_an_interval_and_a_date_as_an_end_is_the_days_end() -> None:
    lo, hi = wall("2019-11-24T22:30"), wall("2019-11-24T22:40")
    stated = _stated("accounts", time="2019-11-24T22:30", time_end="2019-11-24T22:40", time_precision="minute")
    assert stated == (lo, hi, 4.0, "minute")
    assert _stated("accounts", time="2019-11-24T22:30", time_end="2019-11-25")[1] == wall("2019-11-26T00:00")


@pytest.mark.parametrize("cells", [{}, {"time_end": "2017-04-02T19:20"}, {"time_words": "night"}])
def test_without_a_start_nothing_is_known(cells: dict[str, object]) -> None:
    assert _stated("accounts", **cells) == (None, None, None, None)


def test_a_devices_clock_that_runs_ahead_is_set_right() -> None:
    at = wall("2017-04-02T19:20")
    assert _stated("media", captured_at="2017-04-02T19:22", clock_offset_s=120.0) == (at, at, 4.0, "minute")
    assert _stated("media", captured_at="2017-04-02T19:20") == (at, at, 4.0, "minute")
    assert _stated("media", uploaded_at="2017-04-02T19:20") == (None, None, None, None)


def test_scenes_and_detections_are_to_the_minute() -> None:
    at = wall("2017-02-21T11:00")
    assert _stated("imagery", acquired_at="2017-02-21T11:00") == (at, at, 4.0, "minute")
    assert _stated("imagery", acquired_at="2017-02-21")[3] == "day"
    assert _stated("detections", time="2017-02-21T11:00", time_end="2017-02-21T11:30")[:2] == (at, at + 30)


IDLIB_4_APRIL = {
    "dawn": ("04:48", "06:15"),
    "fajr": ("04:48", "06:15"),
    "sunrise": ("06:15", "06:15"),
    "morning": ("06:15", "12:36"),
    "noon": ("12:00", "12:36"),
    "dhuhr": ("12:36", "16:12"),
    "asr": ("16:12", "18:57"),
    "afternoon": ("12:36", "18:57"),
    "sunset": ("18:57", "19:23"),
    "maghrib": ("18:57", "20:25"),
    "evening": ("17:00", "24:00"),
    "isha": ("20:25", "24:00"),
}


@pytest.mark.parametrize("word", sorted(IDLIB_4_APRIL))
def test_a_word_is_its_window_by_the_sun_of_that_place_and_date(word: str) -> None:
    """Idlib, 4 April 2017; the hours agree with the prayer times of the Muslim World League to the minute or two."""
    start, end = IDLIB_4_APRIL[word]
    lo, hi, sigma, precision = _stated("accounts", time="2017-04-04", time_words=word, time_precision="day")
    midnight = wall("2017-04-04T00:00")
    for found, printed in ((lo, start), (hi, end)):
        hours, minutes = printed.split(":")
        assert found - midnight == pytest.approx(int(hours) * 60 + int(minutes), abs=3.0)
    assert (sigma, precision) == (30.0, "part_of_day")


def test_every_word_of_the_format_has_a_window() -> None:
    assert {*WINDOWS, NIGHT} == set(TIME_WORDS)


def test_the_night_of_a_date_covers_both_nights_that_it_may_mean() -> None:
    """The attack of 3 to 4 February 2020 is filed under the 3rd, that of 7 April 2017, 03:15, under the 7th."""
    lo, hi, _, _ = _stated("accounts", time="2020-02-03", time_words="night")
    assert lo < wall("2020-02-02T23:00") < wall("2020-02-03T23:00") < wall("2020-02-04T03:00") < hi
    assert wall("2020-02-02T16:30") < lo
    assert hi < wall("2020-02-04T07:00")


def test_the_night_between_two_dates_is_that_night_alone() -> None:
    lo, hi, _, _ = _stated("accounts", time="2020-01-29", time_end="2020-01-30", time_words="night")
    assert wall("2020-01-29T16:30") < lo < wall("2020-01-29T17:30")
    assert wall("2020-01-30T06:00") < hi < wall("2020-01-30T07:00")


def test_evening_begins_at_five_by_the_wall_clock_on_a_day_when_clocks_go_back() -> None:
    """In Syria they go back at midnight, so that the last hour of 26 October 2017 was shown twice; the sun set earlier
    than five on few days of the year."""
    early, _, _, _ = _stated("accounts", time="2017-10-26", time_words="evening")
    assert early == wall("2017-10-26T17:00")


def test_a_clock_time_says_more_than_a_word() -> None:
    at = wall("2017-04-04T03:15")
    assert _stated("accounts", time="2017-04-04T03:15", time_words="evening") == (at, at, 15.0, "about")


def _with_sites(*sites: tuple[float, float]) -> pl.DataFrame:
    frame = frame_of("accounts", {"account_id": "A", "time": "2017-04-04", "time_words": "sunrise"})
    listed = [{"name": "x", "lat": lat, "lon": lon, "error_m": 1.0} for lat, lon in sites]
    return frame.with_columns(pl.Series("sites", [listed], dtype=SITE_COLUMNS["sites"]))


def test_the_sun_is_that_of_the_rows_own_site_and_an_ambiguous_place_takes_all_of_them() -> None:
    here, there = (35.93, 36.63), (35.3, 40.1)
    (west,), (east,) = (
        add_times(_with_sites(site), "accounts", SETTINGS, ASSUMPTIONS)["t_lo"].to_list() for site in (here, there)
    )
    assert west - east == pytest.approx((40.1 - 36.6) * 4, abs=2.0)  # the earth turns a degree in four minutes
    both = add_times(_with_sites(here, there), "accounts", SETTINGS, ASSUMPTIONS)
    assert both.select("t_lo", "t_hi").row(0) == (east, west)


def test_without_sites_the_sun_is_that_of_the_middle_of_the_cases_area_and_without_that_the_day_stands() -> None:
    placed = add_times(_with_sites((35.8, 36.55)), "accounts", SETTINGS, ASSUMPTIONS)["t_lo"].to_list()
    assert add_times(_with_sites(), "accounts", SETTINGS, ASSUMPTIONS)["t_lo"].to_list() == pytest.approx(placed, abs=1)
    nowhere = type(SETTINGS)(id="n", title="n", time_zone=SETTINGS.time_zone, parties=SETTINGS.parties)
    assert add_times(_with_sites(), "accounts", nowhere, ASSUMPTIONS)["t_precision"].to_list() == ["day"]


@pytest.mark.parametrize("table", sorted(TIME_SOURCES))
def test_an_empty_table_gets_the_columns(table: str) -> None:
    timed = add_times(TABLES[table].empty(), table, SETTINGS, ASSUMPTIONS)
    assert timed.schema == pl.Schema(TABLES[table].canonical() | TIME_COLUMNS)


@pytest.mark.parametrize("case", ["idlib-april-2017", "nw-syria-2019-2020"])
@pytest.mark.parametrize("table", sorted(TIME_SOURCES))
def test_rows_of_the_real_cases_keep_their_order_and_cells_and_get_times_that_hold_what_is_written(
    case: str, table: str
) -> None:
    read = read_case(CASES / case)
    frame = read.tables[table]
    timed = add_times(frame, table, read.settings, ASSUMPTIONS)
    assert timed.drop(*TIME_COLUMNS).equals(frame)
    start = TIME_SOURCES[table].start
    known = timed.filter(pl.col(f"{start}_lo").is_not_null())
    assert known.select(list(TIME_COLUMNS)).null_count().row(0) == (0, 0, 0, 0)
    assert known.filter(pl.col("t_lo") > pl.col("t_hi")).is_empty()
    unknown = timed.filter(pl.col(f"{start}_lo").is_null())
    assert unknown.select(pl.all_horizontal(pl.col(*TIME_COLUMNS).is_null().all())).row(0) == (True,)


CELLS = st.fixed_dictionaries(
    {
        "time": st.sampled_from([None, "2017-04-02", "2017-04-02T19:20", "2017-03-31"]),
        "time_precision": st.sampled_from([None, "minute", "about", "hour", "part_of_day", "day"]),
        "time_words": st.sampled_from([None, "night", "dawn", "asr"]),
    }
)


@given(st.lists(CELLS, max_size=6))
def test_a_rows_time_does_not_depend_on_its_neighbours(cells: list[dict[str, object]]) -> None:
    rows = [{"account_id": f"A{i}", **row} for i, row in enumerate(cells)]
    together = add_times(frame_of("accounts", *rows), "accounts", SETTINGS, ASSUMPTIONS)
    backwards = add_times(frame_of("accounts", *rows[::-1]), "accounts", SETTINGS, ASSUMPTIONS)
    columns = ["account_id", *TIME_COLUMNS]
    assert together.select(columns).rows() == backwards.select(columns).rows()[::-1]
