"""The order of battle: who flies or fires what, how, from where and since when; shipped or in a folder of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from consilience.errors import ReferenceDataError
from consilience.records.reference_data import (
    Base,
    CodeWord,
    Description,
    Operator,
    OrderOfBattle,
    Platform,
    Weapon,
)
from consilience.records.tables import MODES, PHRASE_CLASSES
from consilience.reference.prior_shares import read_priors
from consilience.reference.rows import Row, read_rows
from consilience.reference.shipped import ORBATS, orbat_names

NO_WEAPONS = "none"

_FASTEST_KMH = 4000.0
"""Above the speed record for aircraft that breathe air (3,530 km/h, SR-71, FAI 1976)."""

_LARGEST_SHARE = 1000.0
"""Our choice, because a weight beyond it is a slip: shares are relative to 1."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "platforms": ("platform", "modes", "cluster", "cruise_kmh", "names"),
    "operators": ("platform", "party", "modes", "share", "bases", "from", "to"),
    "priors": ("mode", "party", "share", "low", "high", "why"),
    "bases": ("base", "lat", "lon", "names", "parties"),
    "weapons": ("name", "spellings", "platforms", "modes", "cluster"),
    "descriptions": ("phrase", "platforms"),
    "languages": ("language", "party"),
    "lexicon": ("language", "phrase", "phrase_class"),
}
_REQUIRED = ("platforms", "operators", "priors")


def load_orbat(name_or_folder: str | Path) -> OrderOfBattle:
    """Read a shipped order of battle by name ("syria"), or one's own from a folder that holds the same CSV tables.

    The tables platforms, operators and priors must be there; an absent other one counts as empty. A base that `bases`
    does not list ("bases in Russia") is allowed: it has a name and no position. Raises ReferenceDataError, naming
    file, row, column and remedy, where a cell can't be read or refers to a platform or party that no row has, or where
    `priors` would make an answer certain whatever the evidence says (`read_priors`).
    """
    folder = _folder_of(name_or_folder)
    tables = {name: _read_table(folder, name) for name in _COLUMNS}
    platforms = {name: _platform(row) for name, row in _keyed(tables["platforms"], "platform").items()}
    operators = tuple(_operator(row, platforms) for row in tables["operators"])
    parties = tuple(sorted({operator.party for operator in operators}))
    languages = _keyed(tables["languages"], "language")
    return OrderOfBattle(
        name=folder.name,
        platforms=platforms,
        operators=operators,
        bases={name: _base(row) for name, row in _keyed(tables["bases"], "base").items()},
        weapons=tuple(_weapon(row, platforms) for row in tables["weapons"]),
        descriptions=tuple(_description(row, platforms, parties) for row in tables["descriptions"]),
        priors=read_priors(tables["priors"], folder / "priors.csv"),
        party_of_language={name: row.required("party") for name, row in languages.items()},
        lexicon=tuple(_code_word(row) for row in tables["lexicon"]),
    )


def _folder_of(name_or_folder: str | Path) -> Path:
    if isinstance(name_or_folder, str) and name_or_folder in orbat_names():
        return ORBATS / name_or_folder
    folder = Path(name_or_folder)
    if folder.is_dir():
        return folder
    raise ReferenceDataError(
        f"there is no order of battle {str(name_or_folder)!r}",
        remedy=f"Name a shipped one ({', '.join(orbat_names())}) or a folder that holds its tables.",
    )


def _read_table(folder: Path, name: str) -> tuple[Row, ...]:
    file = folder / f"{name}.csv"
    if name not in _REQUIRED and not file.exists():
        return ()
    return read_rows(file, _COLUMNS[name])


def _keyed(rows: tuple[Row, ...], column: str) -> dict[str, Row]:
    """The rows by their key, which must stand once."""
    keyed: dict[str, Row] = {}
    for row in rows:
        name = row.required(column)
        if name in keyed:
            row.reject(column, f"{name!r} stands in row {keyed[name].number} too", "Keep one of the two rows.")
        keyed[name] = row
    return keyed


def _platform(row: Row) -> Platform:
    return Platform(
        name=row.required("platform"),
        modes=row.words("modes", MODES),
        can_cluster=_yes_no(row, "cluster") is True,
        cruise_kmh=row.number_in("cruise_kmh", 1, _FASTEST_KMH) if row.text("cruise_kmh") else None,
        names=row.items("names"),
    )


def _operator(row: Row, platforms: Mapping[str, Platform]) -> Operator:
    modes = row.words("modes", (*MODES, NO_WEAPONS))
    if not modes or (NO_WEAPONS in modes and len(modes) > 1):
        row.reject("modes", f"{row.text('modes')!r} is no answer", f"Name modes, or {NO_WEAPONS} alone.")
    first_day, last_day = row.day("from"), row.day("to")
    if first_day is not None and last_day is not None and last_day < first_day:
        row.reject("to", "the last day is before the first", "Exchange or correct the two dates.")
    return Operator(
        platform=_known_platform(row, "platform", row.required("platform"), platforms),
        party=row.required("party"),
        modes=() if NO_WEAPONS in modes else modes,
        share=row.number_in("share", 0, _LARGEST_SHARE) if row.text("share") else 1.0,
        bases=row.items("bases"),
        first_day=first_day,
        last_day=last_day,
    )


def _base(row: Row) -> Base:
    return Base(
        name=row.required("base"),
        lat=row.number_in("lat", -90, 90),
        lon=row.number_in("lon", -180, 180),
        names=row.items("names"),
        parties=row.items("parties"),
    )


def _weapon(row: Row, platforms: Mapping[str, Platform]) -> Weapon:
    return Weapon(
        name=row.required("name"),
        spellings=row.items("spellings"),
        platforms=tuple(_known_platform(row, "platforms", name, platforms) for name in row.items("platforms")),
        modes=row.words("modes", MODES),
        is_cluster=_yes_no(row, "cluster"),
    )


def _description(row: Row, platforms: Mapping[str, Platform], parties: tuple[str, ...]) -> Description:
    row.required("phrase")
    party = row.text("party") or None
    if party is not None and party not in parties:
        row.reject("party", f"no operator is of {party!r}", f"Use one of: {', '.join(parties)}, or leave it empty.")
    return Description(
        phrases=row.items("phrase"),
        platforms=tuple(_known_platform(row, "platforms", name, platforms) for name in row.items("platforms")),
        party=party,
    )


def _code_word(row: Row) -> CodeWord:
    return CodeWord(
        language=row.required("language"),
        phrase=row.required("phrase"),
        phrase_class=row.word("phrase_class", PHRASE_CLASSES),
    )


def _known_platform(row: Row, column: str, name: str, platforms: Mapping[str, Platform]) -> str:
    if name not in platforms:
        row.reject(column, f"{name!r} is not in the table platforms", "Add the platform or correct its name.")
    return name


def _yes_no(row: Row, column: str) -> bool | None:
    """None where the cell is empty: not known."""
    return row.word(column, ("yes", "no")) == "yes" if row.text(column) else None
