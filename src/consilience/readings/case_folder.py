"""The front door of READ: a case folder to canonical tables, its files, and what had to be left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import polars as pl

from consilience.errors import CaseFolderMissing
from consilience.quantities import digest_files
from consilience.readings.case_file import read_case_file
from consilience.readings.csv_table import read_csv_table
from consilience.readings.faults import left_out_of
from consilience.readings.folder_listing import Listing, list_folder
from consilience.readings.header import Flaw
from consilience.readings.parquet_table import read_parquet_table
from consilience.readings.positions import check_positions
from consilience.readings.raw_table import RawTable, Unusable
from consilience.readings.references import Gone, check_references
from consilience.readings.table_reading import TableReading, in_order, read_table
from consilience.readings.xlsx_table import read_xlsx_table
from consilience.records.case import CaseFile, CaseRecords, CaseSettings
from consilience.records.columns import Table
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import TABLES

ReadRaw = Callable[[Path, PurePosixPath, Table], RawTable | Unusable]

READERS: dict[str, ReadRaw] = {".csv": read_csv_table, ".xlsx": read_xlsx_table, ".parquet": read_parquet_table}
"""How a table's file is read, by its suffix."""


def read_case(folder: Path, *, progress: Callable[[str], None] | None = None) -> CaseRecords:
    """Everything that a case folder holds: canonical tables, every file with its digest, and what was left out.

    The folder is never written to. Bad rows, values and files cost themselves alone, and a row the others of its key,
    and stand in `left_out`. The tables depend on content: not on the order of rows, the file format or the names of
    files. `progress` is told which file is being read. Raises CaseFolderMissing and CaseFileInvalid, nothing else, for
    what users may do wrong.
    """
    tell = progress or (lambda _: None)
    if not folder.is_dir():
        raise CaseFolderMissing("there is no such folder", where=str(folder), remedy="Check the path of the case.")
    settings = read_case_file(folder)
    listing = list_folder(folder)
    readings = {}
    left_out = list(listing.left_out)
    for name, paths in listing.tables.items():
        tell(f"reading {', '.join(map(str, paths))}")
        reading, notices = _read_one(folder, paths, TABLES[name], settings)
        left_out += notices
        if reading is not None:
            readings[name] = reading
    tables, found = _held_together(readings, settings)
    left_out += found
    return CaseRecords(
        settings=settings,
        tables=tables,
        files=_case_files(folder, listing, tell),
        left_out=tuple(sorted(left_out, key=_place_in_report)),
        extras={name: reading.extras for name, reading in sorted(readings.items()) if not reading.extras.is_empty()},
    )


def _read_one(
    folder: Path, paths: tuple[PurePosixPath, ...], table: Table, settings: CaseSettings
) -> tuple[TableReading | None, list[LeftOut]]:
    """The table as its one file tells it; nothing where it has several that don't say the same."""
    readings: list[TableReading] = []
    left_out: list[LeftOut] = []
    for path in paths:
        raw = READERS[path.suffix.casefold()](folder / path, path, table)
        if isinstance(raw, Unusable):
            left_out += left_out_of([raw.flaw], path, table)
        else:
            readings.append(read_table(raw, table, settings))
    agree = len(readings) == len(paths) and all(_says_the_same(readings[0], other) for other in readings[1:])
    if agree:
        left_out += [item for reading in readings for item in reading.left_out]
    if len(paths) > 1:
        verdict = "this one says the same as the first" if agree else "they differ, and none is preferred"
        flaw = Flaw(Why.TWO_FILES, Lost.NOTHING if agree else Lost.FILE, f"one file for {table.name}: {verdict}")
        for path in paths[1:] if agree else paths:
            left_out += left_out_of([flaw], path, table)
    return (readings[0] if agree else None), left_out


def _says_the_same(one: TableReading, other: TableReading) -> bool:
    return one.frame.drop("_file", "_row").equals(other.frame.drop("_file", "_row"))


def _held_together(
    readings: Mapping[str, TableReading], settings: CaseSettings
) -> tuple[dict[str, pl.DataFrame], list[LeftOut]]:
    """The tables held against each other; a table that the case does not have is an empty one."""
    frames = {name: readings[name].frame if name in readings else table.empty() for name, table in TABLES.items()}
    left_out: list[LeftOut] = []
    for name, settled in check_positions(frames, settings).items():
        frames[name] = settled.frame
        left_out += settled.left_out
    gone = {name: Gone(reading.lost_keys, reading.lost_nameless) for name, reading in readings.items()}
    for name, settled in check_references(frames, gone).items():
        frames[name] = in_order(settled.frame, TABLES[name])
        left_out += settled.left_out
    return frames, left_out


def _case_files(folder: Path, listing: Listing, tell: Callable[[str], None]) -> tuple[CaseFile, ...]:
    paths = [folder / path for path in listing.files]
    digests = digest_files(paths, lambda path: tell(f"hashing {path.relative_to(folder).as_posix()}"))
    return tuple(
        CaseFile(path, digest, (folder / path).stat().st_size, listing.table_of(path))
        for path, digest in zip(listing.files, digests, strict=True)
    )


def _place_in_report(item: LeftOut) -> tuple[str, int, str, str, str]:
    return str(item.file), item.row or 0, item.column or "", item.why.value, item.value or ""
