"""The analysts' prose and the names in a language, as they stand in the case folder (docs/formats/report-format.md)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from consilience.errors import ProseInvalid
from consilience.publish.statements.frame import Names
from consilience.publish.statements.narrative import Prose

FOLDER = "narrative"

_NAME = re.compile(r"\d\d-[\w-]+\.(?P<language>[a-z]{2})(\.(?P<profile>public|partner|court))?\.md")
_NAMES = re.compile(r"names\.(?P<language>[a-z]{2})\.toml")
_TABLES = ("parties", "incidents", "facilities", "case", "addressees")


def prose_of(case: Path, language: str, profile: str) -> tuple[Prose, ...]:
    """The files for a language and profile, in the order of their names; none where the case has no such folder.

    ProseInvalid for a file whose name says neither for which language it is nor that it holds names.
    """
    return tuple(
        Prose(f"{FOLDER}/{path.name}", _read(path))
        for path, found in _named(case)
        if found["language"] == language and found["profile"] in (None, profile)
    )


def names_of(case: Path, language: str) -> Names:
    """`narrative/names.LANG.toml`: names of parties, incidents, facilities, the case and addressees in a language."""
    path = case / FOLDER / f"names.{language}.toml"
    if not path.is_file():
        return Names()
    try:
        given = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as err:
        raise _invalid(path, f"this is no TOML: {err}") from err
    for table, names in given.items():
        if table not in _TABLES or not isinstance(names, dict):
            raise _invalid(path, f"there is no table {table!r} of names; possible: {', '.join(_TABLES)}")
        for key, name in names.items():
            if not isinstance(name, str) or not name.strip():
                raise _invalid(path, f"the name of {table}.{key} is not a text")
    return Names(**{table: given.get(table, {}) for table in _TABLES})


def _named(case: Path) -> list[tuple[Path, Mapping[str, str | None]]]:
    folder = case / FOLDER
    found: list[tuple[Path, Mapping[str, str | None]]] = []
    if not folder.is_dir():
        return []
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if path.name.startswith(".") or _NAMES.fullmatch(path.name):
            continue
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise _invalid(path, "the name of this file does not say for which language it is")
        found.append((path, match.groupdict()))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        raise _invalid(path, f"this can't be read as UTF-8: {err}") from err


def _invalid(path: Path, what: str) -> ProseInvalid:
    return ProseInvalid(
        what, where=f"{FOLDER}/{path.name}",
        remedy="Name prose NN-name.LANG.md or NN-name.LANG.PROFILE.md, names in a language names.LANG.toml.",
    )  # fmt: skip
