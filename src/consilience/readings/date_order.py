"""Dates of numbers alone, such as 03.04.2019, that have two readings: what their column shows of the order it uses."""

from __future__ import annotations

from collections import Counter

import polars as pl

from consilience.readings.times import order_shown
from consilience.records.left_out import Why

_PLAIN = "a date in the order year-month-day"
_NAMES = {"dmy": "day first", "mdy": "month first"}


def with_order_told(reading: pl.DataFrame, texts: pl.Series, *, may_show: bool) -> pl.DataFrame:
    """A time column's reading, where `expected` says for all dates of two readings at once how many there are, what the
    other dates of the column show, and how to declare an order. Nothing is read by it.

    `texts` are the cells in the order of `reading`'s rows; one is shown with its readings where `may_show`.
    """
    is_ambiguous = (reading["why"] == Why.AMBIGUOUS_TIME.value).fill_null(value=False)
    if not is_ambiguous.any():
        return reading
    orders = pl.Series([None if text is None else order_shown(text) for text in texts], dtype=pl.String)
    is_either = is_ambiguous & (orders == "either").fill_null(value=False)
    if not is_either.any():
        return reading
    shown = f"{reading['expected'].filter(is_either)[0]} ({texts.filter(is_either)[0]})" if may_show else _PLAIN
    expected = f"{shown}. {_told(Counter(orders.drop_nulls()))}"
    return reading.with_columns(pl.when(is_either).then(pl.lit(expected)).otherwise("expected").alias("expected"))


def _told(counts: Counter[str]) -> str:
    number = counts["either"]
    dates = (
        "1 date of this column has two readings" if number == 1 else f"{number} dates of this column have two readings"
    )
    shown = [order for order in _NAMES if counts[order]]
    others = " and ".join(f"{counts[order]} {'are' if counts[order] > 1 else 'is'} {_NAMES[order]}" for order in shown)
    match shown:
        case [order]:
            return f'{dates}, and of the others {others}: if all are, write date_order = "{order}" in case.toml'
        case []:
            return f'{dates}: write date_order = "dmy" (day first) or "mdy" (month first) in case.toml'
        case _:
            return f"{dates}, and of the others {others}: no one order holds for the column, so write year-month-day"
