"""A spreadsheet to a `RawTable`: each typed cell is written as the text that a CSV of the same table would hold."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePosixPath

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from consilience.readings.characters import squeezed
from consilience.readings.header import HEADER_ROWS, Flaw, has_header, header_place
from consilience.readings.raw_table import NOT_COMPUTED, ROW, RawTable, Unusable, by_name, unusable, without_rows
from consilience.readings.spreadsheet_marks import BROKEN, SheetMarks, read_marks
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why
from consilience.records.tables import IDENTITIES

_MOST_CELLS = 64_000_000
"""Rows times columns of a sheet. Our choice: a full sheet of a million rows has as many in 60 columns, and the reader
of values holds every cell of the rectangle in memory, written or not."""

CellValue = int | float | str | bool | time | date | datetime | timedelta


def read_xlsx_table(file: Path, path: PurePosixPath, table: Table) -> RawTable | Unusable:
    """The rows of the sheet named like the table, of the only one that holds anything, or of the only one that has the
    table's header; a notice says that others are not read. The header is the first row, or the only one of the first
    rows that has the table's columns.

    Cells with formulas are not used (FORMULA), nor are error values. Row numbers are the sheet's own.
    """
    try:
        sheets = read_marks(file)
        name, rows = _sheet_for(file, sheets, table)
        if name is not None and _is_too_large(sheets[name]):
            return unusable(path, Why.UNREADABLE_FILE, f"a sheet of at most {_MOST_CELLS:,} cells")
    except (*BROKEN, CalamineError) as err:
        return unusable(path, Why.UNREADABLE_FILE, "an Excel workbook (.xlsx) without a password", type(err).__name__)
    if name is None:
        return _no_sheet(path, sheets, table)
    others = [other for other, marks in sheets.items() if marks.rows and other != name]
    return _raw_table(path, table, rows, sheets[name], _others(list(sheets).index(name) + 1, len(others)))


def _sheet_for(file: Path, sheets: dict[str, SheetMarks], table: Table) -> tuple[str | None, list[list[CellValue]]]:
    """The sheet that holds the table, and its values where it is none too large; none where that can't be told."""
    named = [name for name in sheets if squeezed(name) == squeezed(table.name)]
    filled = [name for name, marks in sheets.items() if marks.rows]
    for candidates in (named, filled):
        if len(candidates) == 1:
            is_read = not _is_too_large(sheets[candidates[0]])
            return candidates[0], _values(file, candidates[0]) if is_read else []
    if table.name == IDENTITIES:
        return None, []
    small = [name for name in filled if not _is_too_large(sheets[name])]
    read = ((name, _values(file, name)) for name in small)
    with_header = [(name, rows) for name, rows in read if has_header(_texts(rows[:HEADER_ROWS]), table)]
    return with_header[0] if len(with_header) == 1 else (None, [])


def _is_too_large(marks: SheetMarks) -> bool:
    return marks.rows * marks.columns > _MOST_CELLS


def _others(number: int, others: int) -> tuple[Flaw, ...]:
    """By its number: what a sheet is called may name a person."""
    if not others:
        return ()
    rest = "another one" if others == 1 else f"{others} others"
    expected = f"one sheet: sheet {number} is read, and {rest} with something in it not"
    return (Flaw(Why.OTHER_SHEETS, Lost.NOTHING, expected),)


def _no_sheet(path: PurePosixPath, sheets: dict[str, SheetMarks], table: Table) -> RawTable | Unusable:
    if not any(marks.rows for marks in sheets.values()):
        return without_rows(path)
    wanted = " and ".join(column.name for column in table.columns if column.required) or "the table's columns"
    expected = (
        f"one sheet that holds anything, or one named {table.name}, or one alone with a row that names {wanted} among "
        f"its first {HEADER_ROWS}: take the other sheets out, or name this one {table.name}"
    )
    return unusable(path, Why.UNREADABLE_FILE, expected)


def _values(file: Path, sheet: str) -> list[list[CellValue]]:
    with CalamineWorkbook.from_path(file) as workbook:
        return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _raw_table(
    path: PurePosixPath, table: Table, rows: list[list[CellValue]], marks: SheetMarks, flaws: tuple[Flaw, ...]
) -> RawTable | Unusable:
    texts = [
        [_text(value, (row, at) in marks.midnights) for at, value in enumerate(cells)] for row, cells in enumerate(rows)
    ]
    if not any(map(any, texts)):
        return without_rows(path)
    place = header_place(_texts(rows[:HEADER_ROWS]), table)
    names = [text or "" for text in texts[place]]
    bad = _bad_cells(marks, place)
    flawed = {flaw.row for _, flaw in bad}
    kept = [row for row in range(place + 1, len(texts)) if any(texts[row]) or row + 1 in flawed]
    columns = zip(*(texts[row] for row in kept), strict=True) if kept else [()] * len(names)
    cells = (pl.Series(str(at), column, dtype=pl.String) for at, column in enumerate(columns))
    frame = pl.DataFrame([pl.Series(ROW, [row + 1 for row in kept], dtype=pl.Int64), *cells])
    return by_name(path, table, names, frame, flaws, bad, place)


def _texts(rows: list[list[CellValue]]) -> list[list[str]]:
    return [[_text(value, False) or "" for value in cells] for cells in rows]


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


def _bad_cells(marks: SheetMarks, header: int) -> list[tuple[int, Flaw]]:
    """Formulas and errors below the header's row, each with its column's place in the file."""
    formulas = {cell for cell in marks.formula_cells() if cell[0] > header}
    errors = {cell: text for cell, text in marks.errors.items() if cell[0] > header and cell not in formulas}
    found = [(at, Flaw(Why.FORMULA, Lost.VALUE, NOT_COMPUTED, row + 1)) for row, at in sorted(formulas)]
    for (row, at), text in sorted(errors.items()):
        found.append((at, Flaw(Why.UNKNOWN_VALUE, Lost.VALUE, f"a value instead of the error {text}", row + 1)))
    return found
