"""Which rows an earlier version of a table named: its keys, whatever else it said."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from consilience.readings.case_folder import READERS
from consilience.readings.characters import clean_text
from consilience.readings.raw_table import Unusable
from consilience.records.columns import Table


def keys_in(data: bytes, path: PurePosixPath, table: Table) -> frozenset[str]:
    """The keys of a table's rows as its file had them; none where it is no such table, or has no key column.

    `path` says by its ending of which form the bytes are.
    """
    reader = READERS.get(path.suffix.casefold())
    if reader is None or table.key is None:
        return frozenset()
    with TemporaryDirectory(prefix="consilience-") as place:
        file = Path(place) / f"table{path.suffix}"
        file.write_bytes(data)
        raw = reader(file, path, table)
    if isinstance(raw, Unusable) or table.key not in raw.frame.columns:
        return frozenset()
    texts, _ = clean_text(raw.frame[table.key])
    return frozenset(texts.drop_nulls())
