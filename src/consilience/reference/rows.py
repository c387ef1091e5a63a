"""Reading the small CSV tables of reference data: a bad cell is named by file, row, column and what to do about it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

from consilience.errors import ReferenceDataError
from consilience.records.tables import MODES
from consilience.reference.mode_words import how_to_record, mode_of


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a reference table. `number` counts the header as row 1; a column that is absent reads as empty."""

    file: Path
    number: int
    cells: dict[str, str]

    def reject(self, column: str, what: str, remedy: str) -> NoReturn:
        """Raise ReferenceDataError for a cell of this row."""
        where = f"{self.file}, row {self.number}, column {column}"
        raise ReferenceDataError(what, where=where, remedy=remedy)

    def text(self, column: str) -> str:
        """The cell without outer blanks; "" where it is empty or the table has no such column."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """The cell; ReferenceDataError where it is empty."""
        return self.text(column) or self.reject(column, "the cell is empty", f"Fill in {column} or remove the row.")

    def items(self, column: str) -> tuple[str, ...]:
        """The parts of a `;` list, as written and in order, each once."""
        parts = (part.strip() for part in self.text(column).split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def words(self, column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """The parts of a `;` list, each of which must be one of `allowed`."""
        for part in self.items(column):
            if part not in allowed:
                self.reject(
                    column, f"{part!r} is not known here", f"Use one of: {', '.join(allowed)}.{_hint(part, allowed)}"
                )
        return self.items(column)

    def word(self, column: str, allowed: tuple[str, ...]) -> str:
        """The cell, which must be one of `allowed`."""
        if (cell := self.required(column)) not in allowed:
            self.reject(
                column, f"{cell!r} is not known here", f"Use one of: {', '.join(allowed)}.{_hint(cell, allowed)}"
            )
        return cell

    def number_in(self, column: str, low: float, high: float) -> float:
        """The cell as a number from `low` to `high`."""
        remedy = f"Write a number from {low:g} to {high:g}, with a point for decimals."
        try:
            value = float(self.required(column))
        except ValueError:
            self.reject(column, f"{self.text(column)!r} is not a number", remedy)
        if not math.isfinite(value) or not low <= value <= high:
            self.reject(column, f"{value!r} is out of range", remedy)
        return value

    def day(self, column: str) -> date | None:
        """The cell as a date; None where it is empty."""
        if not self.text(column):
            return None
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            return self.reject(column, f"{self.text(column)!r} is not a date", "Write it as 2017-04-30.")


def _hint(word: str, allowed: Sequence[str]) -> str:
    """Where modes are asked for: which one an ordinary word means, or how to record what has no mode of its own."""
    meant = mode_of(word) or how_to_record(word) if MODES[0] in allowed else None
    return f" Here: {meant}." if meant else ""


def read_rows(file: Path, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows of a CSV table in UTF-8 (with or without BOM) that must have `columns`, in order; empty rows are passed.

    ReferenceDataError where the file can't be read, lacks a column, or a row is longer than the header.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return tuple(_rows(file, csv.reader(stream, strict=True), columns))
    except FileNotFoundError as err:
        raise ReferenceDataError("there is no such file", where=str(file), remedy="Add the table.") from err
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise ReferenceDataError(
            f"the table can't be read: {err}", where=str(file), remedy="Save it as CSV in UTF-8."
        ) from err


def _rows(file: Path, lines: Iterator[list[str]], columns: tuple[str, ...]) -> Iterator[Row]:
    header = [name.strip() for name in next(lines, [])]
    for name in columns:
        if name not in header:
            raise ReferenceDataError(
                f"the column {name!r} is missing", where=f"{file}, row 1", remedy=f"Add {name} to the header."
            )
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            raise ReferenceDataError(
                f"{len(cells)} cells under {len(header)} column names",
                where=f"{file}, row {number}",
                remedy="Put quotation marks around cells that hold commas.",
            )
        yield Row(file, number, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})
