"""The table of names, read in order to be sealed: nothing of it enters a record, a message or an output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import polars as pl

from consilience.quantities import canonical_json
from consilience.readings.case_folder import READERS
from consilience.readings.characters import clean_text
from consilience.readings.folder_listing import TABLE_SUFFIXES
from consilience.readings.raw_table import ROW, RawTable
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import IDENTITIES, IDENTITY_TABLE


@dataclass(frozen=True, slots=True)
class Identities:
    """By source, its rows as canonical JSON, and where they stand (file, row); the files that hold them; and what could
    not be read, without a value."""

    rows: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    places: Mapping[str, tuple[tuple[PurePosixPath, int], ...]] = field(default_factory=dict, repr=False)
    files: tuple[PurePosixPath, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def read_identities(folder: Path) -> Identities:
    """Who the sources of a case are, from `identities.csv`, `.xlsx` or `.parquet` beside case.toml.

    Several files add up. A row without a source_id, or a file that is no such table, is left out by its place alone.
    """
    rows: dict[str, list[dict[str, str]]] = {}
    places: dict[str, list[tuple[PurePosixPath, int]]] = {}
    files, left_out = [], []
    for path in _files(folder):
        raw = READERS[path.suffix.casefold()](folder / path, path, IDENTITY_TABLE)
        if not isinstance(raw, RawTable):
            left_out.append(_left_out(path, None, "a table with a column source_id"))
            continue
        files.append(path)
        left_out += [_left_out(path, flaw.row, "a row that can be read") for flaw in raw.flaws if flaw.row]
        left_out += _add_rows(raw, path, rows, places)
    return Identities(
        {source: canonical_json(sorted(said, key=canonical_json)) for source, said in rows.items()},
        {source: tuple(where) for source, where in places.items()},
        tuple(files),
        tuple(left_out),
    )


def _files(folder: Path) -> list[PurePosixPath]:
    """Ordinary files alone: a link may lead to a table of names outside, which is not ours to copy."""
    return sorted(
        PurePosixPath(file.name)
        for file in folder.iterdir()
        if file.stem.casefold() == IDENTITIES
        and file.suffix.casefold() in TABLE_SUFFIXES
        and file.is_file()
        and not file.is_symlink()
    )


def _add_rows(
    raw: RawTable,
    path: PurePosixPath,
    rows: dict[str, list[dict[str, str]]],
    places: dict[str, list[tuple[PurePosixPath, int]]],
) -> list[LeftOut]:
    """Every cell as text, columns that the format does not know among them."""
    left_out = []
    ids = clean_text(raw.frame["source_id"].cast(pl.String))[0]
    for source, cells in zip(ids, raw.frame.iter_rows(named=True), strict=True):
        if source is None:
            left_out.append(_left_out(path, cells[ROW], "a source_id in each row"))
            continue
        said = {name: str(text) for name, text in cells.items() if name != ROW and text is not None}
        rows.setdefault(source, []).append(said)
        places.setdefault(source, []).append((path, cells[ROW]))
    return left_out


def _left_out(path: PurePosixPath, row: int | None, expected: str) -> LeftOut:
    """Lost to the sealing, not to the findings: no evidence stands in a table of names."""
    return LeftOut(path, row, None, IDENTITIES, None, Why.SEALED_NOT_KEPT, Lost.NOTHING, None, expected)
