"""What lies in a case folder: tables, exhibits, and what is left alone."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rapidfuzz import fuzz

from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import IDENTITIES, TABLES

TABLE_SUFFIXES = (".csv", ".xlsx", ".parquet")
_OTHER_TABLE_SUFFIXES = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv", ".txt", ".json", ".jsonl")
"""Files of these kinds under a table's name were meant as that table, and are not read as one."""
_NEAR_NAME = 85.0
"""Likeness (rapidfuzz ratio, 0–100) of a file's name to a table's from which a slip is suspected: one letter in seven,
as in `sighting.csv`. Our choice."""
_OUTPUT_SUFFIX = "-findings"
_IDENTITIES = re.compile(rf"[^a-z]*{IDENTITIES}(?![a-z])", re.IGNORECASE)
"""`identities.csv`, and what an editor or a copy makes of it: `~$identities.xlsx`, `identities (2).csv`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths relative to the folder, sorted: `tables` by the table that they hold, all `files` that may be kept."""

    tables: dict[str, tuple[PurePosixPath, ...]]
    files: tuple[PurePosixPath, ...]
    left_out: tuple[LeftOut, ...]

    def table_of(self, path: PurePosixPath) -> str | None:
        """The table that a file holds, if any."""
        return next((name for name, paths in self.tables.items() if path in paths), None)


def list_folder(folder: Path) -> Listing:
    """Everything in the folder but hidden files, former findings, and names: these are neither opened nor hashed.

    Tables stand beside case.toml; a table's name in another folder is an exhibit like any other.
    """
    root = folder.resolve()
    tables: dict[str, list[PurePosixPath]] = {}
    files, left_out = [], []
    for path in _walk(root):
        notice = _why_not(root, path)
        if notice is not None:
            left_out.append(notice)
            continue
        files.append(path)
        name = _table_named(path)
        if name is not None:
            tables.setdefault(name, []).append(path)
        elif (meant := _table_meant(path)) is not None:
            left_out.append(meant)
    return Listing({name: tuple(paths) for name, paths in sorted(tables.items())}, tuple(files), tuple(left_out))


def _walk(root: Path) -> Iterator[PurePosixPath]:
    """Files and links below the folder in a fixed order, hidden ones and former findings apart."""
    for top, folders, names in os.walk(root):
        links = [name for name in folders if (Path(top) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links and not _is_left_alone(name))
        for name in sorted([*names, *links]):
            if not name.startswith("."):
                yield PurePosixPath((Path(top) / name).relative_to(root).as_posix())


def _is_left_alone(folder_name: str) -> bool:
    return folder_name.startswith(".") or folder_name.endswith(_OUTPUT_SUFFIX)


def _why_not(root: Path, path: PurePosixPath) -> LeftOut | None:
    """The notice for a file that must not or can't be kept; None for an ordinary one."""
    file = root / path
    if not _is_text(str(path)):
        shown = PurePosixPath(str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
        return _notice(shown, Why.UNREADABLE_FILE, "a file name in UTF-8")
    if _IDENTITIES.match(path.name):
        return _sealed(path)
    try:
        target = file.resolve(strict=True)
        kind = file.stat().st_mode
    except (OSError, RuntimeError):
        return _notice(path, Why.UNREADABLE_FILE, "a file, or a link to one")
    if file.is_symlink():
        refused = _why_not_link(root, path, target)
        if refused is not None:
            return refused
    if not stat.S_ISREG(kind):
        return _notice(path, Why.UNREADABLE_FILE, "an ordinary file: neither a link to a folder, a device nor a pipe")
    if not os.access(file, os.R_OK):
        return _notice(path, Why.UNREADABLE_FILE, "a file that may be read")
    return None


def _why_not_link(root: Path, path: PurePosixPath, target: Path) -> LeftOut | None:
    """A link is followed within the folder alone, and never to what is left alone there."""
    if not target.is_relative_to(root):
        return _notice(path, Why.UNREADABLE_FILE, "a file inside the case folder: this link leads out of it")
    inside = target.relative_to(root)
    if _IDENTITIES.match(target.name):
        return _sealed(path)
    if any(_is_left_alone(part) for part in inside.parts[:-1]) or inside.name.startswith("."):
        return _notice(path, Why.UNREADABLE_FILE, "a file of the case: this link leads to a hidden file or to findings")
    return None


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _table_named(path: PurePosixPath) -> str | None:
    stem, suffix = path.stem.casefold(), path.suffix.casefold()
    return stem if len(path.parts) == 1 and suffix in TABLE_SUFFIXES and stem in TABLES else None


def _table_meant(path: PurePosixPath) -> LeftOut | None:
    """A notice for a file that looks like a table, by its name or nearly, and is not read as one."""
    stem, suffix = path.stem.casefold(), path.suffix.casefold()
    if len(path.parts) > 1 or suffix not in (*TABLE_SUFFIXES, *_OTHER_TABLE_SUFFIXES):
        return None
    likeness, name = max((fuzz.ratio(stem, name), name) for name in TABLES)
    if likeness < _NEAR_NAME:
        return None
    expected = f"{' or '.join(name + kind for kind in TABLE_SUFFIXES)}, if that is meant: it is kept as an exhibit"
    return LeftOut(path, None, None, name, None, Why.UNREADABLE_FILE, Lost.FILE, None, expected)


def _sealed(path: PurePosixPath) -> LeftOut:
    expected = "it sealed, or outside the case folder: names are never kept in clear"
    return LeftOut(path, None, None, IDENTITIES, None, Why.SEALED_NOT_KEPT, Lost.FILE, None, expected)


def _notice(path: PurePosixPath, why: Why, expected: str) -> LeftOut:
    return LeftOut(path, None, None, None, None, why, Lost.FILE, None, expected)
