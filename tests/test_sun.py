"""The sun against published values: NREL's own test case, an almanac, and the sky's symmetries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.quantities import minutes_since_epoch, moment_at
from consilience.sun import sun_height, sun_times

MOUNTAIN = timezone(timedelta(hours=-7))
DAMASCUS = ZoneInfo("Asia/Damascus")


def test_the_height_is_that_of_nrels_own_test_case() -> None:
    """Reda & Andreas 2004, appendix A.5: Golden, 17 October 2003, zenith 50.11162° with refraction."""
    moment = minutes_since_epoch(datetime(2003, 10, 17, 12, 30, 30, tzinfo=MOUNTAIN).astimezone(UTC))
    height = sun_height(np.array([moment]), 39.742476, -105.1786, 1830.14, 820.0, 11.0)
    assert 90.0 - height.apparent[0] == pytest.approx(50.11162, abs=1e-5)
    assert height.geometric[0] == pytest.approx(39.872046, abs=1e-5)


@pytest.mark.parametrize(
    ("day", "sunrise", "sunset"),
    [
        (date(2015, 1, 2), "07:19", "16:49"),
        (date(2015, 4, 2), "05:43", "18:24"),
        (date(2015, 8, 2), "05:01", "19:10"),
        (date(2015, 12, 2), "07:01", "16:38"),
    ],
)
def test_sunrise_and_sunset_are_those_of_the_naval_observatorys_almanac(day: date, sunrise: str, sunset: str) -> None:
    """US Naval Observatory for 39° N 105° W, to the minute, as pvlib's tests give it."""
    times = sun_times(day, MOUNTAIN, 39.0, -105.0)
    assert times.sunrise is not None
    assert times.sunset is not None
    for found, printed in ((times.sunrise, sunrise), (times.sunset, sunset)):
        wall = datetime.fromisoformat(f"{day}T{printed}").replace(tzinfo=MOUNTAIN)
        assert found == pytest.approx(minutes_since_epoch(wall), abs=0.51)


@pytest.mark.parametrize(
    ("day", "sunrise", "sunset"),
    [(date(1996, 7, 5), "07:08:15", "17:01:04"), (date(2004, 12, 4), "04:38:57", "19:02:02")],
)
def test_times_are_within_two_seconds_of_those_in_the_algorithms_paper(day: date, sunrise: str, sunset: str) -> None:
    """Reda & Andreas 2004, table on rise and set at 35° S on the prime meridian."""
    times = sun_times(day, UTC, -35.0, 0.0)
    for found, printed in ((times.sunrise, sunrise), (times.sunset, sunset)):
        wall = datetime.fromisoformat(f"{day}T{printed}+00:00")
        assert found == pytest.approx(minutes_since_epoch(wall), abs=2 / 60)


def test_a_local_date_is_that_of_the_zone_with_its_summer_time() -> None:
    """Idlib, 4 April 2017, UTC+3: sunrise 06:15 and sunset 18:57 on the wall."""
    times = sun_times(date(2017, 4, 4), DAMASCUS, 35.93, 36.63)
    assert moment_at(times.day_start) == datetime(2017, 4, 3, 21, tzinfo=UTC)
    assert times.sunrise is not None
    assert moment_at(times.sunrise).astimezone(DAMASCUS).strftime("%H:%M") == "06:15"
    assert times.sunset is not None
    assert moment_at(times.sunset).astimezone(DAMASCUS).strftime("%H:%M") == "18:57"


def test_a_day_of_23_hours_is_one_hour_shorter() -> None:
    times = sun_times(date(2017, 3, 31), DAMASCUS, 35.93, 36.63)
    assert times.day_end - times.day_start == 23 * 60


def test_a_shadow_at_asr_is_its_noon_length_and_the_objects_own() -> None:
    times = sun_times(date(2020, 2, 25), DAMASCUS, 35.93, 36.63)
    assert times.asr is not None
    noon, asr = sun_height(np.array([times.noon, times.asr]), 35.93, 36.63).geometric
    assert 1 / np.tan(np.radians(asr)) == pytest.approx(1 + 1 / np.tan(np.radians(noon)), abs=1e-3)


def test_where_the_sun_does_not_set_there_is_no_sunset() -> None:
    midsummer = sun_times(date(2017, 6, 21), UTC, 70.0, 20.0)
    assert (midsummer.sunrise, midsummer.sunset, midsummer.nightfall) == (None, None, None)
    midwinter = sun_times(date(2017, 12, 21), UTC, 75.0, 20.0)
    assert (midwinter.sunrise, midwinter.asr, midwinter.sunset) == (None, None, None)


def test_a_sun_still_sinking_at_midnight_does_not_count_as_dawn() -> None:
    """In Kashgar the clock of Beijing runs three hours ahead of the sun: nightfall comes after midnight."""
    times = sun_times(date(2020, 6, 21), ZoneInfo("Asia/Shanghai"), 39.5, 76.0)
    assert times.first_light is not None
    assert times.sunrise is not None
    assert 90 < times.sunrise - times.first_light < 150


@given(
    day=st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    lat=st.floats(-55.0, 55.0),
    lon=st.floats(-7.0, 7.0),
)
def test_the_days_times_are_in_order_and_at_their_heights(day: date, lat: float, lon: float) -> None:
    times = sun_times(day, UTC, lat, lon)
    in_order = [times.sunrise, times.noon, times.asr, times.sunset, times.civil_dusk]
    known = [moment for moment in in_order if moment is not None]
    assert len(known) == len(in_order)
    assert known == sorted(known)
    heights = sun_height(np.array(known), lat, lon).geometric
    assert heights[[0, 3, 4]] == pytest.approx([-0.8333, -0.8333, -6.0], abs=0.01)
    assert heights[1] == max(heights)
