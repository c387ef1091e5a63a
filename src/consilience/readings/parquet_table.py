"""Parquet, typed or not, to a `RawTable`: each type is written as the text that a CSV of the same table would hold."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import polars as pl
from polars.exceptions import PanicException, PolarsError

from consilience.readings.header import Flaw
from consilience.readings.raw_table import ROW, RawTable, Unusable, by_name, unusable
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why


def read_parquet_table(file: Path, path: PurePosixPath, table: Table) -> RawTable | Unusable:
    """The rows of a Parquet file as text; row 2 is the first, as in a spreadsheet with a header.

    A column of a type that no text stands for (binary, nested) is left out with a line that says so.
    """
    try:
        frame = pl.read_parquet(file, hive_partitioning=False)
        texts = frame.select(as_text(kind, pl.col(name)) for name, kind in frame.schema.items() if _is_written(kind))
    except (OSError, PolarsError, PanicException) as err:
        return unusable(path, Why.UNREADABLE_FILE, "a Parquet file", type(err).__name__)
    flaws = [_unwritten(name, kind) for name, kind in frame.schema.items() if not _is_written(kind)]
    names = texts.columns
    texts.columns = [str(place) for place in range(len(names))]
    texts = texts.with_columns(pl.when(pl.all().str.strip_chars() != "").then(pl.all()))
    texts = texts.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(ROW))
    return by_name(path, table, names, texts, flaws)


def _is_written(kind: pl.DataType) -> bool:
    if isinstance(kind, pl.List):
        return isinstance(kind.inner, pl.String)
    return not kind.is_nested() and not isinstance(kind, pl.Binary | pl.Object)


def _unwritten(name: str, kind: pl.DataType) -> Flaw:
    return Flaw(Why.UNREADABLE_FILE, Lost.VALUE, "a column of text, numbers, dates or booleans", 1, name, str(kind))


def as_text(kind: pl.DataType, cells: pl.Expr) -> pl.Expr:
    """The text of a typed column: whole numbers without `.0`, times in ISO 8601, with `Z` where the type has a zone."""
    match kind:
        case pl.Float32() | pl.Float64():
            return _number_text(cells)
        case pl.Datetime():
            return _moment_text(kind, cells)
        case pl.List():
            return cells.list.join(";")
        case _:  # String, Boolean ("true", "false"), Date and Time (ISO 8601), whole numbers, Decimal, Categorical
            return cells.cast(pl.String)


def _number_text(cells: pl.Expr) -> pl.Expr:
    is_whole = (cells == cells.round(0)) & (cells.abs() < 2**53)
    text = pl.when(is_whole).then(cells.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(cells.cast(pl.String))
    return pl.when(cells.is_not_nan()).then(text).alias(cells.meta.output_name())


def _moment_text(kind: pl.Datetime, cells: pl.Expr) -> pl.Expr:
    utc = cells.dt.convert_time_zone("UTC") if kind.time_zone is not None else cells
    whole = utc.dt.cast_time_unit("us")
    seconds = whole.dt.strftime("%Y-%m-%dT%H:%M:%S")
    fraction = pl.when(whole.dt.microsecond() != 0).then(whole.dt.strftime("%.6f")).otherwise(pl.lit(""))
    return pl.concat_str(seconds, fraction, pl.lit("" if kind.time_zone is None else "Z"))
