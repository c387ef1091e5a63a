"""What an earlier version of a table said: which rows it named, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from consilience.readings.case_folder import READERS
from consilience.readings.characters import clean_text
from consilience.readings.raw_table import RawTable, Unusable
from consilience.readings.table_reading import read_table
from consilience.records.case import CaseSettings
from consilience.records.columns import Table


def keys_in(data: bytes, path: PurePosixPath, table: Table) -> frozenset[str]:
    """The keys of a table's rows as its file had them; none where it is no such table, or has no key column.

    `path` says by its ending of which form the bytes are.
    """
    raw = _raw(data, path, table)
    if raw is None or table.key is None or table.key not in raw.frame.columns:
        return frozenset()
    texts, _ = clean_text(raw.frame[table.key])
    return frozenset(texts.drop_nulls())


def rows_in(data: bytes, path: PurePosixPath, table: Table, settings: CaseSettings) -> tuple[Mapping[str, Any], ...]:
    """A table's rows by canonical columns, as its file had them; what can't be read is left out, as of any table."""
    raw = _raw(data, path, table)
    return () if raw is None else tuple(read_table(raw, table, settings).frame.iter_rows(named=True))


def _raw(data: bytes, path: PurePosixPath, table: Table) -> RawTable | None:
    """The cells of a table's file; None where it is no such table."""
    reader = READERS.get(path.suffix.casefold())
    if reader is None:
        return None
    with TemporaryDirectory(prefix="consilience-") as place:
        file = Path(place) / f"table{path.suffix}"
        file.write_bytes(data)
        raw = reader(file, path, table)
    return None if isinstance(raw, Unusable) else raw
