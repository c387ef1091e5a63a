"""When: each row's stated time as an interval with a precision (case-format.md, Times)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import polars as pl

from consilience.quantities import Degrees, Minutes, minutes_since_epoch
from consilience.records.case import CaseSettings
from consilience.records.reference_data import Assumption
from consilience.records.situated import SITE_COLUMNS, TIME_COLUMNS
from consilience.situate.day_parts import day_part

_US_PER_MIN = 60_000_000

_ROUNDED_DEG = 1
"""Decimals of a degree to which a place is rounded for the sun: a tenth is 24 seconds of daylight."""


@dataclass(frozen=True, slots=True)
class TimeSource:
    """Which columns of a table say when; `default` is the precision of a clock time without one.

    `ahead_s` names the column with the seconds that the device's clock runs ahead.
    """

    start: str
    end: str | None
    precision: str | None
    words: str | None
    default: str
    ahead_s: str | None = None


def _logged(default: str) -> TimeSource:
    return TimeSource("time", "time_end", "time_precision", "time_words", default)


TIME_SOURCES: Mapping[str, TimeSource] = {
    "accounts": _logged("about"),
    "sightings": _logged("minute"),
    "transmissions": _logged("minute"),
    "media": TimeSource("captured_at", None, "capture_precision", None, "minute", ahead_s="clock_offset_s"),
    "imagery": TimeSource("acquired_at", None, None, None, "minute"),
    "detections": TimeSource("time", "time_end", None, None, "minute"),
}
"""The tables that `add_times` can place in time."""


def add_times(
    frame: pl.DataFrame, table: str, settings: CaseSettings, assumptions: Mapping[str, Assumption]
) -> pl.DataFrame:
    """The frame with the TIME_COLUMNS of `records.situated`; rows and their order stay.

    A clock time is a point (or, with an end, an interval) blurred by its precision. A date without a clock time is the
    whole local day, sharp; with a word for a part of the day it is that word's window by the sun, at the row's `sites`
    where the frame has them (all of them), else at the middle of the case's area. Without either place the word can't
    be read, and the day stands. No time, or an end alone: all four are null.
    """
    source = TIME_SOURCES[table]
    timed = _with_stated(frame, source, settings.zone)
    widths = {name: assumptions[f"sigma_{name}"].value for name in ("minute", "about", "hour", "part_of_day")}
    sigma = pl.col("t_precision").replace_strict(widths | {"day": 0.0}, default=None, return_dtype=pl.Float64)
    timed = timed.with_columns(sigma.alias("t_sigma"))
    if source.words is not None:
        timed = _with_windows(timed, source, settings, assumptions["sigma_words"].value)
    return timed.select(*frame.columns, *(pl.col(name).cast(kind) for name, kind in TIME_COLUMNS.items()))


def _with_stated(frame: pl.DataFrame, source: TimeSource, zone: tzinfo) -> pl.DataFrame:
    """Bounds and precision as stated. A clock time "to the day" is the whole local day, as a date is."""
    start = pl.col(f"{source.start}_lo")
    known = start.is_not_null()
    clock = known & pl.col(f"{source.start}_clock").fill_null(False)
    stated = pl.lit(source.default) if source.precision is None else pl.col(source.precision).fill_null(source.default)
    precision = pl.when(clock).then(stated).when(known).then(pl.lit("day"))
    lo, hi = _minutes(start, source), _minutes(pl.col(f"{source.start}_hi"), source)
    named = frame.with_columns(lo.alias("t_lo"), hi.alias("t_hi"), precision.alias("t_precision"))
    named = _widened_to_days(named, clock & (pl.col("t_precision") == "day"), zone)
    if source.end is None:
        return named
    end = pl.coalesce(_minutes(pl.col(f"{source.end}_hi"), source), "t_hi")
    return named.with_columns(pl.when(known).then(end).alias("t_hi"))


def _widened_to_days(timed: pl.DataFrame, coarse: pl.Expr, zone: tzinfo) -> pl.DataFrame:
    """The same, with the whole local day around the start of each coarse row; a day may have 23 or 25 hours."""
    moment = pl.from_epoch((pl.col("t_lo") * 60).round().cast(pl.Int64), time_unit="s").dt.replace_time_zone("UTC")
    day = pl.when(coarse).then(moment.dt.convert_time_zone(str(zone)).dt.date())
    dated = timed.with_columns(day.alias("_day"))
    bounds = [(d, *(_midnight(d + timedelta(days=n), zone) for n in (0, 1))) for d in _distinct(dated["_day"])]
    table = pl.DataFrame(bounds, schema={"_day": pl.Date, "_lo": pl.Float64, "_hi": pl.Float64}, orient="row")
    return dated.join(table, on="_day", how="left", maintain_order="left").select(
        pl.exclude("_day", "_lo", "_hi", "t_lo", "t_hi"),
        pl.coalesce("_lo", "t_lo").alias("t_lo"),
        pl.coalesce("_hi", "t_hi").alias("t_hi"),
    )


def _distinct(days: pl.Series) -> list[date]:
    return days.drop_nulls().unique().sort().to_list()


def _midnight(day: date, zone: tzinfo) -> Minutes:
    return minutes_since_epoch(datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC))


def _minutes(moment: pl.Expr, source: TimeSource) -> pl.Expr:
    minutes = moment.dt.epoch("us") / _US_PER_MIN
    return minutes if source.ahead_s is None else minutes - pl.col(source.ahead_s).fill_null(0.0) / 60


def _with_windows(timed: pl.DataFrame, source: TimeSource, settings: CaseSettings, sigma: Minutes) -> pl.DataFrame:
    """Rows that name a part of the day instead of a clock time get its window; the others stay as they are."""
    asked = _words_to_read(timed.with_row_index("_row_number"), source, settings)
    keys = ("_word", "_first", "_last", "_lat", "_lon")
    windows = pl.DataFrame(
        [(*key, *day_part(*key[:3], settings.zone, *key[3:])) for key in asked.select(keys).unique().iter_rows()],
        schema={**{key: asked.schema[key] for key in keys}, "_lo": pl.Float64, "_hi": pl.Float64},
        orient="row",
    )
    widest = (
        asked.join(windows, on=keys).group_by("_row_number").agg(pl.col("_lo").min(), pl.col("_hi").max())
    )  # the join is inner and complete: every key asked has a window
    joined = timed.with_row_index("_row_number").join(widest, on="_row_number", how="left", maintain_order="left")
    read = pl.col("_lo").is_not_null()
    return joined.with_columns(
        pl.when(read).then("_lo").otherwise("t_lo").alias("t_lo"),
        pl.when(read).then("_hi").otherwise("t_hi").alias("t_hi"),
        pl.when(read).then(pl.lit("part_of_day")).otherwise("t_precision").alias("t_precision"),
        pl.when(read).then(pl.lit(sigma)).otherwise("t_sigma").alias("t_sigma"),
    )


def _words_to_read(rows: pl.DataFrame, source: TimeSource, settings: CaseSettings) -> pl.DataFrame:
    """One row for each place of each row that has a date, a word and no clock time: word, dates, rounded position."""
    start, end = source.start, source.end
    no_clock = pl.col(f"{start}_lo").is_not_null() & ~pl.col(f"{start}_clock").fill_null(False)
    first = pl.col(f"{start}_lo")
    last = first
    if end is not None:
        no_clock &= ~pl.col(f"{end}_clock").fill_null(False)
        last = pl.coalesce(pl.col(f"{end}_lo"), first)
    asked = rows.filter(no_clock & pl.col(str(source.words)).is_not_null())
    sites = pl.col("sites") if "sites" in rows.columns else pl.lit(None, SITE_COLUMNS["sites"])
    asked = asked.with_columns(pl.when(sites.list.len() > 0).then(sites).alias("sites")).explode("sites")
    middle = _middle_of(settings.area)
    lat, lon = (
        pl.col("sites").struct.field(name).fill_null(pl.lit(fallback, pl.Float64)).round(_ROUNDED_DEG).alias(f"_{name}")
        for name, fallback in zip(("lat", "lon"), middle, strict=True)
    )
    return asked.select(
        "_row_number",
        pl.col(str(source.words)).alias("_word"),
        first.dt.convert_time_zone(settings.time_zone).dt.date().alias("_first"),
        last.dt.convert_time_zone(settings.time_zone).dt.date().alias("_last"),
        lat,
        lon,
    ).drop_nulls(["_lat", "_lon"])


def _middle_of(area: tuple[float, float, float, float] | None) -> tuple[Degrees | None, Degrees | None]:
    if area is None:
        return None, None
    west, south, east, north = area
    return (south + north) / 2, (west + east) / 2
