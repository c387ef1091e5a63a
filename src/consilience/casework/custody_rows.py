"""Events of custody as people hand them in, from options or a small table, each checked before any is recorded."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from consilience.errors import UsageError
from consilience.vault.acts import PreservedFile
from consilience.vault.custody import EVENTS, CustodyEvent, KeptItem

COLUMNS = ("kind", "exhibit", "by", "at", "note", "url", "tool", "page_source", "capture")
_REQUIRED = ("kind", "exhibit", "by")
_OF_A_PAGE = ("at", "tool")
"""Required where there is a url: with `by`, what the Berkeley Protocol asks of an acquisition."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it was handed in, and where: a row of a file, or the options of a command."""

    where: str
    cells: Mapping[str, str]


def from_table(path: Path) -> tuple[Told, ...]:
    """The rows of a CSV file in UTF-8 with the columns above, in any order. Raises UsageError for any other file."""
    remedy = f"Give a CSV file in UTF-8 with a header of these columns: {', '.join(COLUMNS)}."
    try:
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True))
    except (OSError, ValueError, csv.Error) as err:
        raise UsageError(f"can't be read as a table: {type(err).__name__}", where=str(path), remedy=remedy) from err
    header = rows[0] if rows else []
    unknown = [name for name in header if name not in COLUMNS]
    absent = [name for name in _REQUIRED if name not in header]
    if unknown or absent or len(set(header)) != len(header):
        what = "; ".join(
            [f"no column {name}" for name in absent]
            + [f"{name!r} is no column of this table" for name in unknown]
            + ["a column stands twice"] * (len(set(header)) != len(header))
        )
        raise UsageError(what, where=f"{path}, row 1", remedy=remedy)
    told = []
    for number, cells in enumerate(rows[1:], start=2):
        if len(cells) > len(header):
            raise UsageError("has more cells than the header", where=f"{path}, row {number}", remedy=remedy)
        if any(cell.strip() for cell in cells):
            told.append(Told(f"{path}, row {number}", dict(zip(header, cells, strict=False))))
    if not told:
        raise UsageError("has no rows", where=str(path), remedy=remedy)
    return tuple(told)


def events_of(told: Sequence[Told], preserved: Sequence[PreservedFile], now: datetime) -> tuple[CustodyEvent, ...]:
    """The events, all of them. `preserved` is what the case has kept, oldest first; a path means its last version.

    Raises UsageError that names the row and the column of everything that is wrong; values that may name a person are
    not repeated.
    """
    items = [KeptItem(str(file.path), file.digest) for file in preserved]
    kept: dict[str, KeptItem] = {**{item.digest: item for item in items}, **{item.path: item for item in items}}
    wrong = [f"{row.where}, column {column}: {what}" for row in told for column, what in _wrong(row, kept, now)]
    if wrong:
        remedy = "Mend these and run again; nothing was recorded."
        raise UsageError("\n".join([f"{len(wrong)} of the values can't be recorded", *wrong]), remedy=remedy)
    return tuple(_event(row.cells, kept) for row in told)


def _wrong(row: Told, kept: Mapping[str, KeptItem], now: datetime) -> Iterator[tuple[str, str]]:
    """Column and fault of each value that can't stand."""
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    for name in (*_REQUIRED, *(_OF_A_PAGE if cells.get("url") else ())):
        if not cells.get(name):
            yield name, "is empty and has to be given" + (" where there is a url" if name in _OF_A_PAGE else "")
    if cells.get("kind") and cells["kind"] not in EVENTS:
        yield "kind", f"{cells['kind']!r} is none of {', '.join(EVENTS)}"
    for name in ("exhibit", "page_source", "capture"):
        if cells.get(name) and cells[name] not in kept:
            yield name, f"{cells[name]!r} is not kept: put it into the case folder and run the case first"
    if (at := cells.get("at")) and (fault := _wrong_time(at, now)) is not None:
        yield "at", fault
    for name in ("by", "tool", "url"):
        if "\n" in cells.get(name, ""):
            yield name, "has more than one line"


def _wrong_time(text: str, now: datetime) -> str | None:
    try:
        if _DAY.fullmatch(text):
            is_to_come = date.fromisoformat(text) > now.date()
        else:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                return f"{text!r} has no offset from UTC: write 2017-04-04T09:30+03:00, or the day alone"
            is_to_come = moment > now
    except ValueError:
        return f"{text!r} is neither a day (2017-04-04) nor a moment (2017-04-04T09:30+03:00)"
    return f"{text!r} has not come yet" if is_to_come else None


def _event(cells: Mapping[str, str], kept: Mapping[str, KeptItem]) -> CustodyEvent:
    text = {name: cells.get(name, "").strip() or None for name in COLUMNS}
    return CustodyEvent(
        kind=text["kind"] or "",
        exhibit=kept[text["exhibit"] or ""],
        by=text["by"] or "",
        at=text["at"],
        note=text["note"],
        url=text["url"],
        tool=text["tool"],
        page_source=kept[text["page_source"]] if text["page_source"] else None,
        capture=kept[text["capture"]] if text["capture"] else None,
    )
