"""What rows cite that a run can't use: one whose time can't be read may still name a recording that must be sealed."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from consilience.readings.case_folder import READERS
from consilience.readings.characters import clean_text
from consilience.readings.folder_listing import list_folder
from consilience.readings.raw_table import RawTable
from consilience.records.left_out import Lost, Why
from consilience.records.tables import TABLES

CITED = ("source_id", "interview_id", "recording", "item")
"""The columns that say whose a row is, and what it cites."""

_READ = (*CITED, "withdrawn_on")


@dataclass(frozen=True, slots=True)
class Citation:
    """A row of a table as it is written, whether it can be used or not; null where a cell is empty."""

    table: str
    source_id: str | None
    interview_id: str | None
    recording: str | None
    item: str | None
    withdrawn_on: str | None


@dataclass(frozen=True, slots=True)
class Citations:
    """The rows, and whether these are all: not where a file, or a row in it, can't be split into cells."""

    rows: tuple[Citation, ...] = ()
    are_all: bool = True


def read_citations(folder: Path, tables: Set[str]) -> Citations:
    """What every row of these tables says of its source and its exhibit, before anything else of it is read."""
    rows: list[Citation] = []
    are_all = True
    for name, paths in list_folder(folder).tables.items():
        for path in paths if name in tables else ():
            raw = READERS[path.suffix.casefold()](folder / path, path, TABLES[name])
            if isinstance(raw, RawTable):
                rows += _rows(name, raw.frame)
                lost_rows = any(flaw.why is Why.UNREADABLE_ROW for flaw in raw.flaws)
                are_all = are_all and not lost_rows and not any(flaw.lost is Lost.FILE for flaw in raw.flaws)
            else:
                are_all = False
    return Citations(tuple(rows), are_all)


def _rows(table: str, frame: pl.DataFrame) -> Iterator[Citation]:
    columns = [
        clean_text(frame[name].cast(pl.String))[0] if name in frame.columns else pl.repeat(None, len(frame), eager=True)
        for name in _READ
    ]
    for cells in zip(*columns, strict=True):
        yield Citation(table, *cells)
