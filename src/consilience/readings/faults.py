"""What a bad cell costs: its value or its row, and a line that says so. Nothing else in the case is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import polars as pl

from consilience.readings.header import Flaw
from consilience.records.columns import Column, Table
from consilience.records.left_out import LeftOut, Lost, Why

FAULTS: dict[str, pl.DataType] = {
    "at": pl.UInt32(),  # the row's place in the frame
    "column": pl.String(),
    "why": pl.String(),
    "expected": pl.String(),
    "lost": pl.String(),
    "value": pl.String(),
    "takes": pl.String(),  # columns of the row, with ; between, whose values go with a lost value
}
"""A frame of bad cells. `settle` takes them out and turns them into `LeftOut`s."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A canonical frame without what was bad in it; `lost_keys` are the keys of rows that were taken out."""

    frame: pl.DataFrame
    lost_keys: frozenset[str]
    left_out: tuple[LeftOut, ...]


def price_of(column: Column) -> Lost:
    """What a bad value in the column costs: weak and optional ones the value, all others the row."""
    return Lost.VALUE if column.weak and not (column.required or column.all_if_empty) else Lost.ROW


def faults_where(
    bad: pl.Series,
    column: Column,
    why: Why | pl.Series,
    expected: str | pl.Series,
    values: pl.Series,
    lost: Lost | None = None,
    takes: tuple[str, ...] | None = None,
) -> pl.DataFrame:
    """A fault in `column` for each row where `bad` holds. `values` is what stands there; `lost` is the column's price
    unless given, and `takes` what the column takes with it."""
    if not bad.any():
        return pl.DataFrame(schema=FAULTS)
    frame = pl.DataFrame(
        {
            "bad": bad,
            "why": why if isinstance(why, pl.Series) else pl.repeat(why.value, len(bad), eager=True),
            "expected": expected if isinstance(expected, pl.Series) else pl.repeat(expected, len(bad), eager=True),
            "value": values.cast(pl.String),
        }
    )
    frame = frame.with_row_index("at").filter(pl.col("bad").fill_null(value=False))
    price = (lost or price_of(column)).value
    with_it = pl.lit(";".join(column.takes if takes is None else takes))
    named = frame.with_columns(column=pl.lit(column.name), lost=pl.lit(price), takes=with_it)
    return named.select(list(FAULTS)).cast(FAULTS)  # type: ignore[arg-type]


def settle(frame: pl.DataFrame, faults: Iterable[pl.DataFrame], table: Table) -> Settled:
    """The frame without the faulty values and rows, and a `LeftOut` for each fault.

    `frame` is canonical: it has `_file` and `_row`.
    """
    found = pl.concat([pl.DataFrame(schema=FAULTS), *faults])
    if found.is_empty():
        return Settled(frame, frozenset(), ())
    left_out = report(frame, found, table)
    cleared = frame
    lost_values = found.filter(pl.col("lost") == Lost.VALUE.value)
    for (name, takes), cells in lost_values.group_by("column", "takes", maintain_order=True):
        emptied = [table.column(one) for one in (str(name), *filter(None, str(takes).split(";")))]
        targets = [target for column in emptied for target in column.canonical() if target in frame.columns]
        at = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(cells["at"].implode())
        cleared = cleared.with_columns(pl.when(~at).then(pl.col(target)).alias(target) for target in targets)
    gone = found.filter(pl.col("lost") == Lost.ROW.value)["at"].unique()
    is_gone = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(gone.implode())
    keys = frame[gone][table.key].drop_nulls().to_list() if table.key is not None else []
    return Settled(cleared.filter(~is_gone), frozenset(keys), left_out)


def report(frame: pl.DataFrame, found: pl.DataFrame, table: Table) -> tuple[LeftOut, ...]:
    """A `LeftOut` for each fault, naming file, row and key; the value only where its column can't name a person."""
    where = frame[found["at"]].select("_file", "_row", key=pl.col(table.key) if table.key else pl.lit(None))
    lines = []
    for (file, row, key), fault in zip(where.iter_rows(), found.iter_rows(named=True), strict=True):
        column = table.column(fault["column"])
        lines.append(
            LeftOut(
                file=PurePosixPath(file),
                row=row,
                column=column.name,
                table=table.name,
                record_id=key,
                why=Why(fault["why"]),
                lost=Lost(fault["lost"]),
                value=None if column.personal else fault["value"],
                expected=fault["expected"] + _with_it(fault),
            )
        )
    return tuple(lines)


def _with_it(fault: Mapping[str, str]) -> str:
    """What else of the row is not used, since it would say more than was written."""
    if fault["lost"] != Lost.VALUE.value or not fault["takes"]:
        return ""
    return f"; nor is {' or '.join(fault['takes'].split(';'))} of that row used, which would say more without it"


def left_out_of(flaws: Sequence[Flaw], path: PurePosixPath, table: Table | None) -> tuple[LeftOut, ...]:
    """Flaws of a whole file or row, which have no cell of a column of ours."""
    name = None if table is None else table.name
    return tuple(
        LeftOut(path, flaw.row, flaw.column, name, None, flaw.why, flaw.lost, flaw.value, flaw.expected)
        for flaw in flaws
    )
