"""Which sealed things an exhibit's name stands for: the row that cites it, its token in a locked case, or its path."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from consilience.casework.people import SEALED, Apart, plain_path, read_apart
from consilience.records.tables import TABLES
from consilience.vault.sealed_known import Known
from consilience.vault.sealed_store import ToSeal
from consilience.vault.sealing import EXHIBIT
from consilience.vault.store import Vault

_TOKEN = re.compile(rf"{SEALED}([0-9a-f]{{32}})(\.[0-9]+)?")


def sealed_items_named(case: Path, name: str) -> frozenset[str]:
    """The sealed things that go by this name; none where the case knows none.

    `name` is `sealed:accounts/A01` as the records call it (with `sealed:` or without), a token of a locked case, or a
    path of the case folder. What stands in clear is known by `cache/sealed-here.json` alone: without it nothing is
    found until the next run. Raises as `read_apart`.
    """
    vault = Vault.open(case)
    apart = read_apart(case, vault)
    known = Known.read(vault.folder)
    texts = {name, *_cited(apart, name.removeprefix(SEALED))}
    return frozenset(item for text in texts for item in _items(apart, known, text))


def _cited(apart: Apart, row: str) -> Iterator[str]:
    """What the row `table/key` cites as its exhibit."""
    table, _, key = row.partition("/")
    column = TABLES[table].key if table in TABLES else None
    frame = apart.read.tables.get(table)
    if column is not None and frame is not None and "item" in frame.columns:
        yield from frame.filter(frame[column] == key)["item"].drop_nulls()


def _items(apart: Apart, known: Known, text: str) -> Iterator[str]:
    if token := _TOKEN.fullmatch(text):
        yield token[1]
    for one in apart.files:
        if plain_path(str(one.file.path)) == plain_path(text):
            thing = ToSeal(EXHIBIT, one.source_id, str(one.file.path), one.file.digest, one.file.size_bytes, _nothing)
            if item := known.item_of(thing):
                yield item


def _nothing() -> BinaryIO:
    """Who asks whether a thing is known reads none of it."""
    return io.BytesIO()
