"""A raw table to a canonical frame: each column by its kind, each bad cell at the price that its column names."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from consilience.readings.cells import FAULT_COLUMNS, read_cells
from consilience.readings.characters import UNDECODABLE, clean_text, fold_symbols
from consilience.readings.date_order import with_order_told
from consilience.readings.faults import Settled, faults_where, left_out_of, report, settle
from consilience.readings.raw_table import ROW, RawTable
from consilience.records.case import CaseSettings
from consilience.records.columns import Column, Kind, Table
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.restricted_fields import is_restricted

_CLUSTER_MODE = "cluster munition"
_RANGES = (("killed_min", "killed_max"), ("injured_min", "injured_max"), ("value_min", "value_max"))
_INTERVALS = (("time", "time_end"), ("from", "to"), ("window_start", "window_end"))

_LETTER = r"[\p{L}\p{N}]"
"""What is worth showing of a text whose bytes could not be read: marks of replacement alone say nothing."""
_UTF_8 = "text in UTF-8, all through the file"
_SAVE_AS_UTF_8 = (
    "open it in a spreadsheet that asks for the encoding (LibreOffice Calc does), choose that one, and save it as "
    "CSV UTF-8"
)
_DIFFERING = "one row for each key: these differ and none is used"
_ONE_UNREAD = "one row for each key: one of these can't be read, so whether they agree is not known, and none is used"
_SAME_AGAIN = "one row for each key: this one says the same again"


@dataclass(frozen=True, slots=True)
class TableReading:
    """One table as its file alone tells it, before it is held against the others.

    `frame` is canonical and sorted, `extras` the columns that the format does not know beside the key (else `_row`);
    `lost_keys` are keys whose rows were left out: a reference to one of them is no dangling one. `lost_nameless`:
    rows were left out whose key could not be read either, and any reference may have meant one of them.
    """

    frame: pl.DataFrame
    extras: pl.DataFrame
    lost_keys: frozenset[str]
    lost_nameless: bool
    left_out: tuple[LeftOut, ...]


def read_table(raw: RawTable, table: Table, settings: CaseSettings) -> TableReading:
    """The canonical frame of a raw table; unreadable rows and values are out of it and in `left_out`."""
    columns, faults = [], []
    for column in table.columns:
        reading, found = _read_column(raw, column, settings, may_show=not is_restricted(table.name, column.name))
        columns.append(reading)
        faults += found
    frame = pl.concat(columns, how="horizontal").with_columns(
        pl.lit(str(raw.path)).alias("_file"), raw.frame[ROW].alias("_row")
    )
    frame, contradictions = _cluster_mode(frame, table)
    faults += [*contradictions, *_ends_before_starts(raw, frame, table), *_most_below_least(frame, table)]
    faults += _no_time_to_answer(raw, frame, table, settings)
    frame = frame.select(list(table.canonical()))
    settled = settle(frame, faults, table)
    single = _without_duplicates(frame, settled.frame, table)
    no_rows = any(flaw.lost is Lost.ROW for flaw in raw.flaws)
    no_keys = any(item.lost is Lost.ROW and item.record_id is None for item in settled.left_out)
    return TableReading(
        frame=in_order(single.frame, table),
        extras=_extras(raw, frame, table),
        lost_keys=settled.lost_keys | single.lost_keys,
        lost_nameless=no_rows or no_keys,
        left_out=(*left_out_of(raw.flaws, raw.path, table), *settled.left_out, *single.left_out),
    )


def _read_column(
    raw: RawTable, column: Column, settings: CaseSettings, *, may_show: bool
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The column's canonical columns and its faults; `may_show`: no value of it leads to an observer."""
    has_bad = any(cell.column == column.name for cell in raw.bad_cells)
    is_there = column.name in raw.frame.columns
    if not is_there or not (has_bad or column.required or raw.frame[column.name].count()):
        return pl.DataFrame(schema=column.canonical()).clear(len(raw.frame)), []
    written = raw.frame[column.name]
    texts, is_noisy = clean_text(written)
    shown = written if is_noisy.any() else texts
    faults = [
        faults_where(is_noisy, column, Why.CONTROL_CHARACTER, "text without control characters", shown, Lost.NOTHING)
    ]
    is_unused = texts.str.contains(UNDECODABLE, literal=True).fill_null(value=False)
    readable = texts.set(~texts.str.contains(_LETTER).fill_null(value=True), None) if is_unused.any() else texts
    faults.append(faults_where(is_unused, column, Why.MIXED_ENCODING, _utf_8_expected(raw), readable))
    if has_bad:
        whys, wanted = _bad_cells(raw, column)
        faults.append(faults_where(whys.is_not_null(), column, whys, wanted, texts))
        is_unused |= whys.is_not_null()
    reading = read_cells(texts.set(is_unused, None) if is_unused.any() else texts, column, settings)
    if column.kind is Kind.TIME:
        reading = with_order_told(_with_hint(reading, column), fold_symbols(texts), may_show=may_show)
    if reading["why"].null_count() < len(reading):
        has_value = reading[next(iter(column.canonical()))].is_not_null()
        is_told, told = reading["why"].is_not_null(), (reading["why"], reading["expected"], texts)
        faults.append(faults_where(is_told & ~has_value, column, *told))
        faults.append(faults_where(is_told & has_value, column, *told, Lost.NOTHING))
    if column.required:
        is_missing = texts.is_null() & ~is_unused
        faults.append(faults_where(is_missing, column, Why.MISSING_VALUE, f"a {column.name} in each row", texts))
    return reading.drop(list(FAULT_COLUMNS)), faults


def _with_hint(reading: pl.DataFrame, column: Column) -> pl.DataFrame:
    hinted = pl.when(pl.col("why") == Why.BAD_TIME.value).then(pl.col("expected") + f"; {column.hint}")
    return reading.with_columns(hinted.otherwise("expected").alias("expected")) if column.hint else reading


def _utf_8_expected(raw: RawTable) -> str:
    guess = (
        f"{raw.code_page}, by its letters" if raw.code_page else "perhaps in the code page of one language's Windows"
    )
    return f"{_UTF_8}; this is {guess}: {_SAVE_AS_UTF_8}"


def _bad_cells(raw: RawTable, column: Column) -> tuple[pl.Series, pl.Series]:
    """For each row why its cell, as it stands in the file, is no evidence, and what would be; null where it is."""
    bad = {cell.row: cell for cell in raw.bad_cells if cell.column == column.name}
    whys = [cell.why.value for cell in bad.values()]
    wanted = [cell.expected for cell in bad.values()]
    rows = raw.frame[ROW]
    return (
        rows.replace_strict(list(bad), whys, default=None, return_dtype=pl.String),
        rows.replace_strict(list(bad), wanted, default=None, return_dtype=pl.String),
    )


def _cluster_mode(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """`mode` "cluster munition" says how the weapon scattered, not how it came: mode empty, cluster yes."""
    if not any(_CLUSTER_MODE in column.words for column in table.columns):
        return frame, []
    is_cluster = (frame["mode"] == _CLUSTER_MODE).fill_null(value=False)
    expected = "yes or nothing beside the mode cluster munition"
    denied = is_cluster & (frame["cluster"] == "no").fill_null(value=False)
    faults = faults_where(denied, table.column("cluster"), Why.UNKNOWN_VALUE, expected, frame["cluster"])
    return frame.with_columns(frame["mode"].set(is_cluster, None), frame["cluster"].set(is_cluster, "yes")), [faults]


def _ends_before_starts(raw: RawTable, frame: pl.DataFrame, table: Table) -> list[pl.DataFrame]:
    faults = []
    for start, end in _INTERVALS:
        if start in raw.frame.columns and end in raw.frame.columns and f"{end}_hi" in frame.columns:
            is_day = ~frame[f"{end}_clock"]  # its `hi` is the next day's first instant, which is not in it any more
            is_reversed = (frame[f"{end}_hi"] - is_day.cast(pl.Duration("us"))) < frame[f"{start}_lo"]
            expected = f"a time not before {start}"
            faults.append(faults_where(is_reversed, table.column(end), Why.END_BEFORE_START, expected, raw.frame[end]))
    return faults


def _no_time_to_answer(raw: RawTable, frame: pl.DataFrame, table: Table, settings: CaseSettings) -> list[pl.DataFrame]:
    """A deadline on the day of sending or before it grants nothing: it is none. The letter stays, so that no gate
    opens because of it."""
    if not {"sent_on", "due_on"} <= set(raw.frame.columns) or "due_on_lo" not in frame.columns:
        return []
    zone = settings.time_zone
    sent, due = (frame[f"{name}_lo"].dt.convert_time_zone(zone).dt.date() for name in ("sent_on", "due_on"))
    column, expected = table.column("due_on"), "a day after sent_on"
    return [faults_where(due <= sent, column, Why.END_BEFORE_START, expected, raw.frame["due_on"], Lost.VALUE)]


def _most_below_least(frame: pl.DataFrame, table: Table) -> list[pl.DataFrame]:
    """Which of the two numbers is the slip, nobody can say: the fault stands at the larger one's column."""
    faults = []
    for least, most in _RANGES:
        if least in frame.columns:
            is_less = frame[most] < frame[least]
            expected = f"a number not below {least}"
            column = table.column(most)
            faults.append(faults_where(is_less, column, Why.BAD_NUMBER, expected, frame[most], takes=(least,)))
    return faults


def _without_duplicates(frame: pl.DataFrame, kept: pl.DataFrame, table: Table) -> Settled:
    """`kept`, the rows of `frame` that could be read, with one row for each key.

    Of rows that say the same one is kept, of rows that differ none: nothing is guessed. A row that could not be read
    counts: what it says is not known, and it would not do that mending it takes the other out.
    """
    if table.key is None or not frame[table.key].drop_nulls().is_duplicated().any():
        return Settled(kept, frozenset(), ())
    found = _doubled(frame, kept, table.key)
    key, keys = table.column(table.key), frame[table.key]
    expected = found["unread"].replace_strict({True: _ONE_UNREAD, False: _DIFFERING}, return_dtype=pl.String)
    differing = faults_where(found["differs"], key, Why.DUPLICATE_KEY, expected, keys, Lost.ROW)
    is_copy = found["again"] & ~found["differs"]
    copies = faults_where(is_copy, key, Why.DUPLICATE_KEY, _SAME_AGAIN, keys, Lost.NOTHING)
    told = report(frame, pl.concat([differing, copies]), table)
    gone = frame["_row"].filter(found["differs"] | is_copy)
    return Settled(kept.filter(~pl.col("_row").is_in(gone.implode())), frozenset(keys.filter(found["differs"])), told)


def _doubled(frame: pl.DataFrame, kept: pl.DataFrame, key: str) -> pl.DataFrame:
    """For each row of `frame`: do those of its key differ (`differs`), is one of them `unread`, is it one `again`?"""
    says = [name for name in kept.columns if name not in ("_file", "_row")]
    content = kept.select("_row", content=pl.struct(says).struct.json_encode())
    is_doubled = pl.col(key).is_not_null() & (pl.len().over(key) > 1)
    unread = is_doubled & pl.col("content").is_null().any().over(key)
    return (
        frame.select(key, "_row")
        .join(content, on="_row", how="left", maintain_order="left")
        .select(
            unread=unread,
            differs=is_doubled & (unread | (pl.col("content").n_unique().over(key) > 1)),
            again=is_doubled & (pl.col("_row") > pl.col("_row").min().over(key)),
        )
    )


def in_order(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Rows sorted by content, the key first: keys are single; rows without a key are sorted by all that they say."""
    by = [table.key] if table.key is not None else [name for name in frame.columns if name not in ("_file", "_row")]
    return frame.sort([*by, "_row"], nulls_last=True)


def _extras(raw: RawTable, frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    if not raw.extras:
        return pl.DataFrame()
    name = pl.Series("_row", frame["_row"]) if table.key is None else frame[table.key]
    return raw.frame.select(raw.extras).insert_column(0, name).sort(name.name, *raw.extras, nulls_last=True)
