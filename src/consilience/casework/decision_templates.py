"""Templates of decisions: rows that somebody fills in, in as many files as `decide` can read them back from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from consilience.casework.decision_rows import MOST_BYTES, TEMPLATE_COLUMNS, Row, rows_in
from consilience.errors import UsageError
from consilience.publish.writing import check_unedited, write_output

FILLED_IN: Final = 300
"""Bytes that are kept free for each row: who fills it writes `value`, `by`, `on` and `reason`, and a spreadsheet puts
quotation marks around every cell (our choice; reasons of more than some 200 letters in every row need the file split).
"""


_FOR_PEOPLE: Final = ("decision_id", "value", "by", "on", "reason", "item", "due")
"""Cells that no template fills."""


@dataclass(frozen=True, slots=True)
class Template:
    """What was written: how many rows, in which files.

    `unfilled` and `filled` are files beside them that look like parts of this template and are of an earlier one: those
    in which nobody wrote anything, and the others.
    """

    rows: int
    files: tuple[Path, ...]
    unfilled: tuple[Path, ...] = ()
    filled: tuple[Path, ...] = ()


def write_rows(rows: Iterable[Row], file: Path) -> Template:
    """The rows stand in `file`, or, where they don't fit in what `decide` reads, in `NAME.part-1.csv` and so on beside
    it, each with the header. Files of an earlier template that was longer or shorter are named, and stay.

    Raises PublishError where other words stand in one of them, and then writes none, or the disk refuses.
    """
    parts, count = _in_parts(rows)
    files = [file] if len(parts) == 1 else [_part(file, number) for number in range(1, len(parts) + 1)]
    for one, data in zip(files, parts, strict=True):
        check_unedited(one, data)
    for one, data in zip(files, parts, strict=True):
        write_output(one, data)
    old = [one for one in _beside(file) if one not in files]
    unfilled = [one for one in old if _is_unfilled(one)]
    return Template(count, tuple(files), tuple(unfilled), tuple(one for one in old if one not in unfilled))


def _in_parts(rows: Iterable[Row]) -> tuple[list[bytes], int]:
    """The content of each file, and the number of rows in all."""
    parts: list[bytes] = []
    lines, size, count = [_line(dict(zip(TEMPLATE_COLUMNS, TEMPLATE_COLUMNS, strict=True)))], 0, 0
    for row in rows:
        line = _line(row)
        room = len(line.encode()) + FILLED_IN
        if size + room > MOST_BYTES and len(lines) > 1:
            parts.append("".join(lines).encode())
            lines, size = lines[:1], 0
        lines.append(line)
        size += room
        count += 1
    return [*parts, "".join(lines).encode()], count


def _beside(file: Path) -> list[Path]:
    """The file itself and all parts of its name that stand there, in their order."""
    named = re.compile(re.escape(f"{file.stem}.part-") + r"(\d+)" + re.escape(file.suffix))
    parts = [(int(found[1]), one) for one in file.parent.iterdir() if (found := named.fullmatch(one.name))]
    return [*([file] if file.exists() else []), *(one for _, one in sorted(parts))]


def _is_unfilled(file: Path) -> bool:
    """Is it a template in which nobody wrote anything?"""
    try:
        rows = rows_in(file)
    except UsageError:
        return False
    return all(row is not None and not any(row[column] for column in _FOR_PEOPLE) for _, row in rows)


def _part(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}.part-{number}{file.suffix}")


def _line(row: Row) -> str:
    out = io.StringIO()
    csv.DictWriter(out, TEMPLATE_COLUMNS, lineterminator="\n").writerow(row)
    return out.getvalue()
