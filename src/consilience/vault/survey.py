"""Everything that lies below a vault's folder, looked at and not opened; what `cache/` holds is left alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Found:
    """One name in a folder, links not followed. `size_bytes` means something for files; `mode` are permission bits.

    `trouble` is why it is no file or folder that can be listed, or None.
    """

    path: PurePosixPath
    is_folder: bool
    size_bytes: int
    mode: int
    trouble: str | None = None


def survey(folder: Path) -> dict[PurePosixPath, Found]:
    """All that is below `folder`, and itself under `.`, in order of path. Empty if there is no such folder."""
    if not os.path.lexists(folder):
        return {}
    return {found.path: found for found in sorted(_below(folder, PurePosixPath()), key=lambda found: found.path)}


def shown(path: PurePosixPath) -> str:
    """The path on one line, as text: what is no UTF-8 or can't be printed is escaped."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def bytes_of(path: Path) -> bytes | None:
    """The bytes of an ordinary file; None where there is none, or none that can be read."""
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None


def _below(root: Path, at: PurePosixPath) -> Iterator[Found]:
    status = (root / at).lstat()
    mode, trouble, names = stat.S_IMODE(status.st_mode), None, list[str]()
    is_folder = stat.S_ISDIR(status.st_mode)
    if is_folder and str(at) != CACHE:
        try:
            names = os.listdir(root / at)  # noqa: PTH208 (names alone; Path.iterdir would build a path for each)
        except OSError as err:
            trouble = f"can't be listed: {err.strerror}"
    elif not is_folder and not stat.S_ISREG(status.st_mode):
        trouble = "is neither a file nor a folder"
    yield Found(at, is_folder, status.st_size, mode, trouble)
    for name in names:
        yield from _below(root, at / name)
