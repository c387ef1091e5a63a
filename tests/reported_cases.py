"""Both real cases ready for a report, each found once for all tests; and small records made by hand, all synthetic."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from case_copies import CASES, copy_case
from consilience.casework.reporting import Ready, ready
from consilience.publish.document import Document, Grid
from consilience.records.case import CaseRecords, CaseSettings
from consilience.records.tables import TABLES


def copied(name: str, folder: Path) -> Path:
    """A real case with its prose, elsewhere."""
    case = copy_case(name, folder)
    shutil.copytree(CASES / name / "narrative", case / "narrative")
    return case


def made_ready(case: Path) -> Ready:
    """Found anew, silently."""
    return ready(case, workers=1, progress=lambda *_: None)


@lru_cache(maxsize=2)
def ready_case(name: str) -> Ready:
    """A real case, found once."""
    return made_ready(copied(name, Path(tempfile.mkdtemp()) / name))


@lru_cache(maxsize=16)
def document_of(name: str, profile: str, language: str) -> Document:
    """One edition of a real case."""
    return ready_case(name).document(profile, language)


def grid_named(document: Document, sentence_id: str) -> Grid:
    """The table whose caption has that id."""
    return next(b for b in document.blocks if isinstance(b, Grid) and b.caption.sentence_id == sentence_id)


def every_text(document: Document) -> list[str]:
    """Every text that reaches a reader: titles, headings, sentences, cells, drawings, words of the trail."""
    texts = [document.title, document.subtitle, *(words for pair in document.trail for words in pair)]
    for block in document.blocks:
        texts += [str(getattr(block, name)) for name in ("text", "svg", "alternative") if hasattr(block, name)]
        if isinstance(block, Grid):
            texts += [*block.header, *(cell for row in block.rows for cell in row)]
    return texts + [sentence.text for sentence in document.sentences]


def records_with(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], *, as_of: date | None = date(2021, 6, 1)
) -> CaseRecords:
    """Records of a made-up case with these rows; every column that a row does not name is null."""
    tables = {}
    for name, table in TABLES.items():
        given = [dict.fromkeys(table.canonical()) | dict(row) for row in rows.get(name, ())]
        tables[name] = pl.DataFrame(given, schema=table.canonical()) if given else table.empty()
    settings = CaseSettings("synthetic", "A made-up case", "Asia/Damascus", ("Red", "Blue"), as_of=as_of)
    return CaseRecords(settings, tables, (), ())


def on_day(column: str, day: date) -> dict[str, Any]:
    """A day of the case's zone as the canonical parts of a time."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=3)
    return {f"{column}_lo": start, f"{column}_hi": start + timedelta(days=1), f"{column}_clock": False}
