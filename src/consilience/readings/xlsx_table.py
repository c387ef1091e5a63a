"""A spreadsheet to a `RawTable`: each typed cell is written as the text that a CSV of the same table would hold."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePosixPath

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from consilience.readings.characters import squeezed
from consilience.readings.header import Flaw
from consilience.readings.raw_table import NOT_COMPUTED, ROW, RawTable, Unusable, by_name, unusable, without_rows
from consilience.readings.spreadsheet_marks import BROKEN, SheetMarks, read_marks
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why

_MOST_CELLS = 64_000_000
"""Rows times columns of a sheet. Our choice: a full sheet of a million rows has as many in 60 columns, and the reader
of values holds every cell of the rectangle in memory, written or not."""

CellValue = int | float | str | bool | time | date | datetime | timedelta


def read_xlsx_table(file: Path, path: PurePosixPath, table: Table) -> RawTable | Unusable:
    """The rows of the sheet named like the table, or of the only one that holds anything. Its first row is the header.

    Cells with formulas are not used (FORMULA), nor are error values. Row numbers are the sheet's own.
    """
    try:
        sheets = read_marks(file)
        name = _sheet_for(sheets, table)
        if name is None:
            return _no_sheet(path, sheets, table)
        marks = sheets[name]
        if marks.rows * marks.columns > _MOST_CELLS:
            return unusable(path, Why.UNREADABLE_FILE, f"a sheet of at most {_MOST_CELLS:,} cells")
        rows = _values(file, name)
    except (*BROKEN, CalamineError) as err:
        return unusable(path, Why.UNREADABLE_FILE, "an Excel workbook (.xlsx) without a password", type(err).__name__)
    return _raw_table(path, table, rows, marks)


def _sheet_for(sheets: dict[str, SheetMarks], table: Table) -> str | None:
    named = [name for name in sheets if squeezed(name) == squeezed(table.name)]
    filled = [name for name, marks in sheets.items() if marks.rows]
    for candidates in (named, filled):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _no_sheet(path: PurePosixPath, sheets: dict[str, SheetMarks], table: Table) -> RawTable | Unusable:
    if not any(marks.rows for marks in sheets.values()):
        return without_rows(path)
    return unusable(path, Why.UNREADABLE_FILE, f"one sheet that holds anything, or one named {table.name}")


def _values(file: Path, sheet: str) -> list[list[CellValue]]:
    with CalamineWorkbook.from_path(file) as workbook:
        return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _raw_table(
    path: PurePosixPath, table: Table, rows: list[list[CellValue]], marks: SheetMarks
) -> RawTable | Unusable:
    texts = [
        [_text(value, (row, at) in marks.midnights) for at, value in enumerate(cells)] for row, cells in enumerate(rows)
    ]
    if not any(map(any, texts)):
        return without_rows(path)
    names = [text or "" for text in texts[0]]
    bad = _bad_cells(marks)
    flawed = {flaw.row for _, flaw in bad}
    kept = [row for row in range(1, len(texts)) if any(texts[row]) or row + 1 in flawed]
    columns = zip(*(texts[row] for row in kept), strict=True) if kept else [()] * len(names)
    cells = (pl.Series(str(place), column, dtype=pl.String) for place, column in enumerate(columns))
    frame = pl.DataFrame([pl.Series(ROW, [row + 1 for row in kept], dtype=pl.Int64), *cells])
    return by_name(path, table, names, frame, [], bad)


def _text(value: CellValue, is_midnight: bool) -> str | None:
    """The text of a typed cell; None where it is empty. Numbers as written by Python, whole ones without `.0`."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        case datetime():
            return value.isoformat()
        case date():
            return f"{value.isoformat()}T00:00:00" if is_midnight else value.isoformat()
        case time():
            return value.isoformat()
        case _:
            return str(value) if str(value).strip() else None


def _bad_cells(marks: SheetMarks) -> list[tuple[int, Flaw]]:
    """Formulas and errors below the header, each with its column's place in the file."""
    formulas = {cell for cell in marks.formula_cells() if cell[0] > 0}
    errors = {cell: text for cell, text in marks.errors.items() if cell[0] > 0 and cell not in formulas}
    found = [(at, Flaw(Why.FORMULA, Lost.VALUE, NOT_COMPUTED, row + 1)) for row, at in sorted(formulas)]
    for (row, at), text in sorted(errors.items()):
        found.append((at, Flaw(Why.UNKNOWN_VALUE, Lost.VALUE, f"a value instead of the error {text}", row + 1)))
    return found
