"""Times: what has one reading is read alike however it is written; all else says why it is not."""

# ruff: noqa: DTZ001  (wall-clock times without a zone are what a case's tables hold)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.quantities import zone_named
from consilience.readings.moments import moments_of
from consilience.readings.times import Fault, Span, read_time
from consilience.records.left_out import Why

DAMASCUS = zone_named("Asia/Damascus")
TEN_PAST_SEVEN = datetime(2017, 4, 4, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2017-04-04T10:05",
        "2017-04-04 10:05",
        "2017-04-04T10:05:00",
        "2017-04-04T10:05:00.000",
        "2017-04-04T07:05Z",
        "2017-04-04T10:05+03:00",
        "2017-04-04T10:05+03",
        "2017-04-04T02:05-0500",
        "20170404T1005",
        "2017/04/04 10:05",
        "4 April 2017 10:05",
        "4 Apr 2017, 10:05",
        "April 4, 2017 10:05 AM",
        "4th of April 2017 at 10:05",
        "4/4/2017 10:05",
        "4 نيسان 2017 10:05",
        "4 أبريل 2017 10:05 ص",
        "4-نيسان-2017 10:05",
    ],
)
def test_one_moment_however_it_is_written(text: str) -> None:
    assert read_time(text, DAMASCUS) == Span(TEN_PAST_SEVEN, TEN_PAST_SEVEN, True)


@pytest.mark.parametrize(
    ("month", "names"),
    list(
        enumerate(
            [
                "كانون الثاني",
                "شباط",
                "آذار",
                "نيسان",
                "أيار",
                "حزيران",
                "تموز",
                "آب",
                "أيلول",
                "تشرين الأول",
                "تشرين الثاني",
                "كانون الأول",
            ],
            1,
        )
    ),
)
def test_every_levantine_month_is_read_however_its_alif_is_written(month: int, names: str) -> None:
    for name in (names, names.replace("أ", "ا").replace("آ", "ا"), names.replace(" ال", " ")):
        span = read_time(f"15 {name} 2018", DAMASCUS)
        assert isinstance(span, Span)
        assert span.lo.astimezone(DAMASCUS).date().isoformat() == f"2018-{month:02}-15"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/04/2019", Why.AMBIGUOUS_TIME),
        ("3.4.2019", Why.AMBIGUOUS_TIME),
        ("23/04/19", Why.AMBIGUOUS_TIME),
        ("2017-04", Why.BAD_TIME),
        ("2017", Why.BAD_TIME),
        ("32/13/2019", Why.BAD_TIME),
        ("2017-04-04T24:01", Why.BAD_TIME),
        ("2017-04-04T13:05 PM", Why.BAD_TIME),
        ("4 Foo 2017", Why.BAD_TIME),
        ("0217-04-04", Why.BAD_TIME),
        ("2017-04-04T10:05+25:00", Why.BAD_TIME),
        ("2017-04-04 10:05 EET", Why.BAD_TIME),
        ("10:05", Why.BAD_TIME),
        ("2017-03-31 00:30", Why.TIME_NEVER_WAS),
        ("2017-10-26T23:30:00", Why.TIME_WAS_TWICE),
    ],
)
def test_what_is_not_read_says_why(text: str, why: Why) -> None:
    fault = read_time(text, DAMASCUS)
    assert isinstance(fault, Fault)
    assert fault.why is why


def test_an_offset_tells_a_time_apart_that_was_twice() -> None:
    assert read_time("2017-10-26T23:30+03:00", DAMASCUS) != read_time("2017-10-26T23:30+02:00", DAMASCUS)


@pytest.mark.parametrize(
    ("day", "hours"), [("2017-04-04", 24), ("2017-03-31", 23), ("2017-10-26", 25), ("23/04/2019", 24)]
)
def test_a_day_is_as_long_as_it_was(day: str, hours: int) -> None:
    span = read_time(day, DAMASCUS)
    assert isinstance(span, Span)
    assert not span.has_clock
    assert span.hi - span.lo == timedelta(hours=hours)


def test_a_day_that_the_calendar_jumped_over_never_was() -> None:
    fault = read_time("2011-12-30", zone_named("Pacific/Apia"))
    assert isinstance(fault, Fault)
    assert fault.why is Why.TIME_NEVER_WAS


ZONES = ("Asia/Damascus", "Europe/Kyiv", "Africa/Khartoum", "Pacific/Apia", "Asia/Gaza", "UTC")


@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2037, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(ZONES),
    st.sampled_from(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]),
)
def test_columnwise_reading_equals_reading_one_by_one(walls: list[datetime], zone: str, form: str) -> None:
    texts = pl.Series(sorted({wall.strftime(form) for wall in walls}))
    found = {row["text"]: row for row in moments_of(texts, zone_named(zone)).iter_rows(named=True)}
    assert sorted(found) == texts.to_list()
    for text, row in found.items():
        span = read_time(text, zone_named(zone))
        if isinstance(span, Fault):
            assert (row["why"], row["lo"]) == (span.why.value, None)
        else:
            assert (row["lo"], row["hi"], row["clock"], row["why"]) == (span.lo, span.hi, span.has_clock, None)


@given(st.datetimes(datetime(2016, 1, 1), datetime(2021, 1, 1)), st.sampled_from(ZONES))
def test_a_clock_time_lies_in_its_day(wall: datetime, zone: str) -> None:
    clock = read_time(wall.isoformat(timespec="minutes"), zone_named(zone))
    day = read_time(wall.date().isoformat(), zone_named(zone))
    assert isinstance(day, Span)
    assert day.lo < day.hi
    if isinstance(clock, Span):
        assert day.lo <= clock.lo < day.hi
    else:
        assert clock.why in (Why.TIME_NEVER_WAS, Why.TIME_WAS_TWICE)
