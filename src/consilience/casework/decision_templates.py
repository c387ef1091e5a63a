"""Templates of decisions: rows that somebody fills in, in as many files as `decide` can read them back from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from consilience.casework.decision_rows import MOST_BYTES, TEMPLATE_COLUMNS, Row
from consilience.publish.writing import write_unless_edited

FILLED_IN: Final = 300
"""Bytes that are kept free for each row: who fills it writes `value`, `by`, `on` and `reason`, and a spreadsheet puts
quotation marks around every cell (our choice; reasons of more than some 200 letters in every row need the file split).
"""


@dataclass(frozen=True, slots=True)
class Template:
    """What was written: how many rows, in which files."""

    rows: int
    files: tuple[Path, ...]


def write_rows(rows: Iterable[Row], file: Path) -> Template:
    """The rows stand in `file`, or, where they don't fit in what `decide` reads, in `NAME.part-1.csv` and so on beside
    it, each with the header. Raises PublishError where other words stand in one of them, or the disk refuses.
    """
    written: list[Path] = []
    lines, size, count = [_line(dict(zip(TEMPLATE_COLUMNS, TEMPLATE_COLUMNS, strict=True)))], 0, 0
    for row in rows:
        line = _line(row)
        room = len(line.encode()) + FILLED_IN
        if size + room > MOST_BYTES and len(lines) > 1:
            written.append(_write(_part(file, len(written) + 1), lines))
            lines, size = lines[:1], 0
        lines.append(line)
        size += room
        count += 1
    written.append(_write(_part(file, len(written) + 1) if written else file, lines))
    return Template(count, tuple(written))


def _part(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}.part-{number}{file.suffix}")


def _line(row: Row) -> str:
    out = io.StringIO()
    csv.DictWriter(out, TEMPLATE_COLUMNS, lineterminator="\n").writerow(row)
    return out.getvalue()


def _write(file: Path, lines: Iterable[str]) -> Path:
    return write_unless_edited(file, "".join(lines).encode())
