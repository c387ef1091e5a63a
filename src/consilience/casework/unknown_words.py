"""Words for aircraft, launchers and munitions that the order of battle has not: nothing is said by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from consilience.records.case import CaseRecords
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.reference_data import OrderOfBattle
from consilience.records.tables import TABLES
from consilience.reference.words import read_platform, read_weapons

_SILENT = "it weighs nothing"
_ANY = "it means any aircraft"


def unknown_words(records: CaseRecords, orbat: OrderOfBattle) -> Iterator[LeftOut]:
    """A notice for each row whose word for an aircraft, launcher or munition means nothing to the order of battle.

    Without an order of battle no word means anything: one notice says so.
    """

    def is_platform(word: str) -> bool:
        return read_platform(word, orbat, records.settings.parties).known

    def is_weapon(word: str) -> bool:
        return bool(read_weapons(word, orbat))

    columns: tuple[tuple[str, str, Callable[[str], bool], str], ...] = (
        ("accounts", "platform", is_platform, _SILENT),
        ("accounts", "munition", is_weapon, _SILENT),
        ("munitions", "name", is_weapon, _SILENT),
        ("sightings", "platform", is_platform, _ANY),
    )
    if records.settings.orbat is None:
        if any(records.tables[table][column].drop_nulls().len() for table, column, _, _ in columns):
            yield _without_orbat()
        return
    for table, column, is_known, then in columns:
        words = records.tables[table][column].drop_nulls().unique().sort().to_list()
        strange = {word for word in words if not is_known(word)}
        expected = f"a word of the order of battle {records.settings.orbat!r}: {then}"
        for row in records.tables[table].iter_rows(named=True) if strange else ():
            if row[column] in strange:
                file, key = PurePosixPath(row["_file"]), row[str(TABLES[table].key)]
                yield LeftOut(
                    file, row["_row"], column, table, key, Why.UNKNOWN_WORD, Lost.NOTHING, row[column], expected
                )


def _without_orbat() -> LeftOut:
    expected = (
        "the key orbat, which names an order of battle: without one no word for an aircraft, launcher or munition says "
        "anything"
    )
    return LeftOut(PurePosixPath("case.toml"), None, None, None, None, Why.UNKNOWN_WORD, Lost.NOTHING, None, expected)
