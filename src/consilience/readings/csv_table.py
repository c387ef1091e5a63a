"""Comma-, semicolon- or tab-separated text to a `RawTable`, in one pass and little memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import TypeGuard

import polars as pl

from consilience.readings.characters import UNDECODABLE, squeezed
from consilience.readings.code_pages import likely_code_page
from consilience.readings.header import HEADER_ROWS, Flaw, header_place
from consilience.readings.raw_table import ROW, RawTable, Unusable, by_name, unusable, without_rows
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why

_DELIMITERS = (",", ";", "\t")
_SAID_DELIMITER = re.compile(r'"?sep=([,;\t])"?\s*', re.IGNORECASE)
"""A first line that Excel writes and hides: it names the separator and is no row."""
_CHUNK_ROWS = 100_000
_LONGEST_RECORD = 2_000
"""Lines of one record. Our choice: no transcript is longer, and an unclosed quotation mark soon is. The csv module's
own limit of 131,072 characters a cell stands beside it."""
_STRAY_RETURN = "\x0b"
"""Put in place of a CR that ends no line, so that the row stays whole and the cell shows its noise."""


def read_csv_table(file: Path, path: PurePosixPath, table: Table) -> RawTable | Unusable:
    """The rows of a CSV file, every cell as text.

    UTF-8 with or without byte order mark, or UTF-16 with one (what spreadsheets call Unicode text). Bytes that are no
    UTF-8 become U+FFFD. The separator is the one of `,` `;` tab that finds most of the table's columns in the header.
    A row with more cells than the header, or a quotation mark never closed, costs that row alone.
    """
    try:
        with _open(file) as stream:
            raw = _read(_Lines(stream), path, table)
        return replace(raw, code_page=likely_code_page(file)) if _has_undecodable(raw) else raw
    except (OSError, UnicodeError) as err:
        return unusable(path, Why.UNREADABLE_FILE, "a readable file of text in UTF-8", type(err).__name__)


def _has_undecodable(raw: RawTable | Unusable) -> TypeGuard[RawTable]:
    if isinstance(raw, Unusable):
        return False
    texts = raw.frame.select(pl.col(pl.String))
    return any(text.str.contains(UNDECODABLE, literal=True).any() for text in texts)


def _open(file: Path) -> io.TextIOWrapper:
    with file.open("rb") as probe:
        start = probe.read(1 << 16)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    newline = "\r" if encoding == "utf-8-sig" and b"\n" not in start and b"\r" in start else "\n"
    return file.open(encoding=encoding, errors="replace", newline=newline)


class _Lines:
    """The lines of a file for `csv.reader`, remembering those of the record under way: they can be given back."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._again: list[str] = []
        self._record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else _tidy(next(self._stream))
        self._record.append(line)
        if len(self._record) > _LONGEST_RECORD:
            raise csv.Error("a record of too many lines")
        return line

    def start_record(self) -> None:
        """Forget the lines of the record before."""
        self._record = []

    def give_back(self, *, everything: bool = False) -> str:
        """Let this record's lines be read again, all but the first or `everything`, and return the first."""
        first, *rest = self._record
        self._again.extend(reversed(self._record if everything else rest))
        self._record = []
        return first


def _tidy(line: str) -> str:
    if "\r" not in line:
        return line
    body = line.rstrip("\r\n")
    return (body.replace("\r", _STRAY_RETURN) if "\r" in body else body) + "\n"


def _read(lines: _Lines, path: PurePosixPath, table: Table) -> RawTable | Unusable:
    first = next(lines, None)
    if first is None:
        return without_rows(path)
    said = _SAID_DELIMITER.fullmatch(first)
    if said is None:
        start = [first, *islice(lines, HEADER_ROWS - 1)]
        lines.give_back(everything=True)
    delimiter = said[1] if said else _delimiter(start, table)
    records = _records(lines, delimiter)
    head = list(islice(records, HEADER_ROWS))
    place = header_place([cells or [] for cells in head], table)
    names = (head[place] if head else None) or []
    frame, flaws = _collect(chain(head[place + 1 :], records), len(names), place + 2)
    return by_name(path, table, names, frame, flaws, header_place=place)


def _delimiter(start: Sequence[str], table: Table) -> str:
    """The separator under which the first line names most of the table's columns, or one of the next lines where it
    names none; the comma where none is better."""
    wanted = {squeezed(column.name) for column in table.columns}

    def found(line: str, delimiter: str) -> int:
        return len(wanted & {squeezed(name.strip().strip('"')) for name in line.split(delimiter)})

    lines = start[:1] if any(found(start[0], delimiter) for delimiter in _DELIMITERS) else start
    return max(_DELIMITERS, key=lambda delimiter: max(found(line, delimiter) for line in lines))


def _records(lines: _Lines, delimiter: str) -> Iterator[list[str] | None]:
    """Each record's cells; None for a line that can't be split into cells."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.start_record()
        try:
            cells = next(reader, None)
        except csv.Error:
            lines.give_back()
            yield None
            continue
        if cells is None:
            return
        yield cells


def _collect(records: Iterator[list[str] | None], width: int, first: int) -> tuple[pl.DataFrame, list[Flaw]]:
    """Columns "0", "1" … of text and the row numbers from `first`, built in chunks; and the rows that are no rows."""
    flaws: list[Flaw] = []
    chunks = [_chunk([], [], width)]
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in enumerate(records, first):
        if cells is None:
            flaws.append(Flaw(Why.UNREADABLE_ROW, Lost.ROW, "cells whose quotation marks are closed", number))
        elif any(map(str.strip, cells[width:])):
            flaws.append(Flaw(Why.UNREADABLE_ROW, Lost.ROW, f"no more cells than the header has, {width}", number))
        elif any(map(str.strip, cells)):
            rows.append(cells[:width] + [""] * (width - len(cells)))
            numbers.append(number)
            if len(rows) == _CHUNK_ROWS:
                chunks.append(_chunk(rows, numbers, width))
                rows, numbers = [], []
    chunks.append(_chunk(rows, numbers, width))
    return pl.concat(chunks), flaws


def _chunk(rows: list[list[str]], numbers: list[int], width: int) -> pl.DataFrame:
    columns: Sequence[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [[]] * width
    texts = (pl.Series(str(place), cells, dtype=pl.String) for place, cells in enumerate(columns))
    return pl.DataFrame([pl.Series(ROW, numbers, dtype=pl.Int64), *(text.set(text == "", None) for text in texts)])
