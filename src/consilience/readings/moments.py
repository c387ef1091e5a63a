"""A column of written times to UTC: columnwise where that is safe, cell by cell where it is not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from consilience.readings.times import Fault, read_time
from consilience.records.columns import MOMENT

_PLAIN = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?Z?$"


def moments_of(texts: pl.Series, zone: ZoneInfo, order: str | None = None) -> pl.DataFrame:
    """For distinct texts: `text`, `lo`, `hi` (UTC), `clock`, and `why`, `expected` where it can't be read.

    Plain ISO times on days on which the zone's clock ran evenly are read columnwise; a test holds that equal to
    `read_time`, which reads all others. A log of a million rows has hardly two times alike, so this is what counts.
    """
    walls = _plain_walls(texts)
    plain = walls.join(_even_days(walls["day"], zone), on="day", how="inner")
    lo = pl.when(pl.col("utc")).then(pl.col("wall")).otherwise(pl.col("wall") - pl.col("ahead"))
    quick = plain.select(
        "text",
        lo=lo.dt.replace_time_zone("UTC"),
        hi=lo.dt.replace_time_zone("UTC"),
        clock=pl.lit(True),
        why=pl.lit(None, pl.String),
        expected=pl.lit(None, pl.String),
    )
    odd = texts.to_frame("text").join(quick.select("text"), on="text", how="anti")["text"]
    return pl.concat([quick, _one_by_one(odd, zone, order)])


def _plain_walls(texts: pl.Series) -> pl.DataFrame:
    """`text`, `wall` (naive), `day` and `utc` (was there a Z?) for those in plain ISO form that name a real time."""
    bare = pl.col("text").str.strip_suffix("Z").str.replace(" ", "T", literal=True)
    wall = pl.coalesce(
        bare.str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", strict=False),
        bare.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False),
    )
    frame = texts.to_frame("text").filter(pl.col("text").str.contains(_PLAIN))
    frame = frame.select("text", wall=wall, utc=pl.col("text").str.ends_with("Z"))
    in_range = pl.col("wall").dt.year().is_between(1800, 2199)
    # A leap second (:60) names a moment that no clock of ours shows: left to read_time, which refuses it.
    frame = frame.filter(pl.col("wall").is_not_null() & in_range & ~pl.col("text").str.contains(":60"))
    return frame.with_columns(day=pl.col("wall").dt.date())


def _even_days(days: pl.Series, zone: ZoneInfo) -> pl.DataFrame:
    """The days on which the zone's offset is one and the same all day, with `ahead`, the clock's lead over UTC."""
    known = [(day, _lead(day, zone)) for day in days.unique().sort().to_list()]
    rows = [(day, lead) for day, lead in known if lead is not None]
    return pl.DataFrame(rows, schema={"day": pl.Date(), "ahead": pl.Duration("us")}, orient="row")


def _lead(day: date, zone: ZoneInfo) -> timedelta | None:
    """The clock's lead over UTC on a local day; None if it changes from the hour before the day to its end."""
    start = datetime.combine(day, time())
    hours = (start + timedelta(hours=hour) for hour in range(-1, 26))
    leads = {hour.replace(tzinfo=zone, fold=fold).utcoffset() for hour in hours for fold in (0, 1)}
    return leads.pop() if len(leads) == 1 else None


def _one_by_one(texts: pl.Series, zone: ZoneInfo, order: str | None) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for text in texts.to_list():
        span = read_time(text, zone, order)
        if isinstance(span, Fault):
            rows.append((text, None, None, None, span.why.value, span.expected))
        else:
            rows.append((text, span.lo, span.hi, span.has_clock, None, None))
    schema = {
        "text": pl.String(),
        "lo": MOMENT,
        "hi": MOMENT,
        "clock": pl.Boolean(),
        "why": pl.String(),
        "expected": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
