"""A table as it stands in its file: every cell as text, before any column's meaning is known."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import polars as pl

from consilience.readings.characters import clean_text
from consilience.readings.formulas import FORMULA
from consilience.readings.header import Flaw, below_first, match_header
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why

ROW = " row"
"""The spreadsheet row of a record: the header is row 1, a cell of several lines is still one row, a blank line counts.
No column of a file can bear this name, since headers are stripped."""

NOT_COMPUTED = "a value written into the cell: what a formula shows is no evidence"
"""What is expected in the place of a formula."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of one file.

    `frame` has ` row` (Int64) and the file's columns as String, null where the cell is empty: the table's own columns
    under their names in the format, the unknown ones (`extras`) as written. Rows without any content are not in it.
    """

    path: PurePosixPath
    frame: pl.DataFrame
    extras: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    bad_cells: tuple[Flaw, ...] = ()
    """Cells whose text is shown and not used, such as a formula's; each has a row and a column."""
    code_page: str | None = None
    """What bytes that are no UTF-8 look like, such as "Cyrillic in windows-1251"; None where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that can't be read as a table at all."""

    path: PurePosixPath
    flaw: Flaw


def by_name(
    path: PurePosixPath,
    table: Table,
    names: Sequence[str],
    frame: pl.DataFrame,
    flaws: Sequence[Flaw],
    bad_cells: Sequence[tuple[int, Flaw]] = (),
    header_place: int = 0,
) -> RawTable | Unusable:
    """The table whose header is `names`, in row `header_place` from 0, and whose cells are the columns "0", "1" … of
    `frame`, beside ` row`.

    `bad_cells` have the place of their column; those of unknown columns need no mention, since nothing reads them. A
    text that is a formula is a bad cell too, so that a table means the same in every format.
    """
    names = clean_text(pl.Series(names, dtype=pl.String))[0].fill_null("").to_list()
    if not any(names) and frame.is_empty():
        return without_rows(path)
    header = match_header(names, table, header_place + 1)
    if header.fatal is not None:
        return Unusable(path, header.fatal)
    places = {**header.known, **header.unknown}
    named = frame.select(pl.col(ROW), *(pl.col(str(place)).alias(name) for name, place in places.items()))
    column_at = {place: name for name, place in header.known.items()}
    bad = tuple(replace(flaw, column=column_at[place]) for place, flaw in bad_cells if place in column_at)
    bad += _written_formulas(named, list(header.known), {(cell.row, cell.column) for cell in bad})
    has_content = pl.any_horizontal(pl.exclude(ROW).is_not_null()) | pl.col(ROW).is_in([cell.row for cell in bad])
    named = named.filter(has_content)
    extras = tuple(name for name in header.unknown if named[name].null_count() < len(named))
    named = named.drop([name for name in header.unknown if name not in extras])
    empty = () if len(named) else (Flaw(Why.EMPTY_TABLE, Lost.NOTHING, "rows below the header"),)
    return RawTable(path, named, extras, (*below_first(header_place), *header.flaws, *flaws, *empty), bad)


def _written_formulas(
    named: pl.DataFrame, columns: Sequence[str], known: Container[tuple[int | None, str | None]]
) -> tuple[Flaw, ...]:
    """Cells whose text is a formula, but those already `known` to be bad."""
    found = []
    for name in columns:
        rows = named[ROW].filter(named[name].str.contains(FORMULA).fill_null(value=False))
        found += [Flaw(Why.FORMULA, Lost.VALUE, NOT_COMPUTED, row, name) for row in rows if (row, name) not in known]
    return tuple(found)


def without_rows(path: PurePosixPath) -> RawTable:
    """A file in which nothing is written, not even a header."""
    flaw = Flaw(Why.EMPTY_TABLE, Lost.NOTHING, "a header row and rows below it")
    return RawTable(path, pl.DataFrame(schema={ROW: pl.Int64()}), (), (flaw,))


def unusable(path: PurePosixPath, why: Why, expected: str, value: str | None = None) -> Unusable:
    """The whole file is left out."""
    return Unusable(path, Flaw(why, Lost.FILE, expected, value=value))
