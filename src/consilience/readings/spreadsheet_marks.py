"""What a spreadsheet's cells are, beyond their values: formulas, errors, and clock times of exactly midnight.

A reader of values shows a formula's last result as if somebody had written it, an error as an empty cell, and
2017-04-04 00:00 as the day 2017-04-04. All three are told apart in the sheet's XML (ECMA-376-1, 18.3.1).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

Cell = tuple[int, int]
"""Row and column, both from 0."""

_LARGEST_PART = 4 << 30
"""Bytes of one unpacked part. Our choice: a sheet of two million rows is smaller, a bomb is not."""
_MOST_PACKED = 200
"""Unpacked over packed size beyond which a part is taken for a bomb; sheets of repeated words reach about 50. Only
asked of parts above `_SMALL_PART`."""
_SMALL_PART = 64 << 20
_BLOCK = 1 << 20
_BUILT_IN_CLOCKS = {"18", "19", "20", "21", "22", "45", "46", "47"}
"""Built-in number formats that show a clock (ECMA-376-1, 18.8.30)."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h)[^\]]*\]|_.|\*.', re.IGNORECASE)
"""Parts of a number format that are shown as they stand, and conditions and colours."""
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")

OnStart = Callable[[str, dict[str, str]], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    KeyError,
    ValueError,
    OSError,
    RuntimeError,
)
"""What a file that is no sound spreadsheet makes `zipfile`, `expat` and this module raise (RuntimeError: encrypted, or
packed in a way that `zipfile` lacks)."""


@dataclass(slots=True)
class SheetMarks:
    """Cells of one sheet, and its extent. `ranges` are blocks filled by one formula: first cell, last cell.

    `midnights` are days shown with a clock.
    """

    formulas: set[Cell] = field(default_factory=set)
    ranges: list[tuple[Cell, Cell]] = field(default_factory=list)
    errors: dict[Cell, str] = field(default_factory=dict)
    midnights: set[Cell] = field(default_factory=set)
    rows: int = 0
    columns: int = 0

    def formula_cells(self) -> set[Cell]:
        """Every cell that shows what a formula made, those filled by one formula over a block among them."""
        cells = set(self.formulas)
        for (top, left), (bottom, right) in self.ranges:
            rows = range(top, min(bottom + 1, self.rows))
            cells.update((row, at) for row in rows for at in range(left, min(right + 1, self.columns)))
        return cells


def read_marks(file: Path) -> dict[str, SheetMarks]:
    """The marks of every worksheet, by name, in the workbook's order.

    Raises one of BROKEN if the XML is damaged, has a document type definition (no spreadsheet has: it could only be
    there to make entities expand), or is unreasonably large.
    """
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            _refuse_bomb(part)
        clocks = _clock_styles(archive)
        found = {}
        for name, part_name in _sheet_parts(archive).items():
            scan = _SheetScan(clocks)
            with archive.open(part_name) as stream:
                _parse(stream, scan.start, scan.end, scan.text)
            found[name] = scan.marks
        return found


def _refuse_bomb(part: zipfile.ZipInfo) -> None:
    is_dense = part.file_size > _SMALL_PART and part.file_size > _MOST_PACKED * max(part.compress_size, 1)
    if is_dense or part.file_size > _LARGEST_PART:
        raise ValueError(f"{part.filename} unpacks to {part.file_size} bytes")


def _parse(stream: IO[bytes], start: OnStart, end: OnEnd | None = None, text: OnText | None = None) -> None:
    """Feed a part to the handlers, names without their namespace."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    while block := stream.read(_BLOCK):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _refuse_dtd(*_: object) -> None:
    raise ValueError("a spreadsheet's XML has no document type definition")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Each worksheet's name and the part that holds it."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            plain = {_local(key): value for key, value in attributes.items()}
            ids[plain["name"]] = plain["id"]

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes["Type"].endswith("/worksheet"):
            target = attributes["Target"]
            targets[attributes["Id"]] = target[1:] if target.startswith("/") else f"xl/{target}"

    with archive.open("xl/workbook.xml") as stream:
        _parse(stream, on_sheet)
    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        _parse(stream, on_relation)
    return {name: targets[key] for name, key in ids.items() if key in targets}


def _clock_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The cell styles, by number, whose format shows hours."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    formats: dict[str, str] = {}
    styles: list[str] = []
    inside = []

    def on_start(name: str, attributes: dict[str, str]) -> None:
        if name in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside.append(name)
        elif name == "numFmt":
            formats[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "xf" and inside[-1:] == ["cellXfs"]:
            styles.append(attributes.get("numFmtId", "0"))

    with archive.open("xl/styles.xml") as stream:
        _parse(stream, on_start)
    return frozenset(str(number) for number, key in enumerate(styles) if _shows_clock(key, formats.get(key)))


def _shows_clock(key: str, code: str | None) -> bool:
    if code is None:
        return key in _BUILT_IN_CLOCKS
    return "h" in _QUOTED.sub("", code).casefold()


class _SheetScan:
    """One pass over a sheet's cells."""

    def __init__(self, clocks: frozenset[str]) -> None:
        self.marks = SheetMarks()
        self._clocks = clocks
        self._row = -1
        self._column = -1
        self._style = ""
        self._type = "n"
        self._value: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell, its formula or its value begins. Rows and cells without a reference follow the last one."""
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._value = [] if self._type == "e" or self._style in self._clocks else None
        elif name == "f":
            self.marks.formulas.add((self._row, self._column))
            if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
                first, _, last = attributes["ref"].partition(":")
                self.marks.ranges.append((_cell(first), _cell(last or first)))
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = _cell(attributes["r"])
        else:
            self._column += 1
        self._style, self._type = attributes.get("s", ""), attributes.get("t", "n")

    def text(self, text: str) -> None:
        """Part of a value, kept where it will be asked for."""
        if self._value is not None:
            self._value.append(text)

    def end(self, name: str) -> None:
        """A value ends: is it an error, or a day whose clock shows midnight?"""
        if name not in ("v", "is"):
            return
        self.marks.rows = max(self.marks.rows, self._row + 1)
        self.marks.columns = max(self.marks.columns, self._column + 1)
        value = "".join(self._value or ())
        if self._value is None or not value:
            return
        if self._type == "e":
            self.marks.errors[self._row, self._column] = value
        elif self._type == "n" and float(value).is_integer():
            self.marks.midnights.add((self._row, self._column))
        self._value = None


def _cell(reference: str) -> Cell:
    """Row and column from 0 of a reference such as B7."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"{reference} is no cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
