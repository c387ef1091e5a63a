"""Results of stages, kept under the digest of what they were made from. May be deleted at any time."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from consilience.errors import VaultNotWritable
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.version import __version__

_HEADER = len("sha256:") + 64 + 1
_TRIES = 8
"""To remove a folder that others write to. Our choice: a run puts some ten entries into it, moments apart."""


class StageCache:
    """A folder of entries, each the digest of its content, a line end, and the content.

    The digest finds damage (a flipped bit, a cut file): such an entry counts as absent and is made again. It is no
    protection against somebody who writes entries on purpose. A cache that can't be written keeps nothing and the run
    goes on, since nothing is lost by that but time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: Digest) -> bytes | None:
        """The content under a key, or None where there is none or it is damaged."""
        try:
            entry = self._path(key).read_bytes()
        except OSError:
            return None
        content = entry[_HEADER:]
        return content if entry[:_HEADER] == f"{digest_bytes(content)}\n".encode() else None

    def put(self, key: Digest, content: bytes) -> None:
        """Keep content under a key: written beside its place and renamed, so that a killed run leaves no half entry."""
        with contextlib.suppress(OSError):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(f"{digest_bytes(content)}\n".encode() + content)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)

    def _path(self, key: Digest) -> Path:
        hexadecimal = key.removeprefix("sha256:")
        return self._folder / hexadecimal[:2] / hexadecimal[2:]


def empty_cache(folder: Path, done: str, again: str) -> None:
    """Every result of earlier runs is gone, for the sake of whoever they may show.

    Raises VaultNotWritable, which says what was `done` before, and what to do `again` once the folder is gone.
    """
    try:
        _remove(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as err:
        what = f"{done}, but results of earlier runs can't be removed: {err.strerror or err}"
        remedy = f"Delete this folder and what it leads to yourself: it is only a cache. Then {again}."
        raise VaultNotWritable(what, where=str(folder), remedy=remedy) from err


def _remove(folder: Path) -> None:
    """The folder is gone, also where a run is putting entries into it: each try then meets fewer of them."""
    for is_last in (*[False] * _TRIES, True):
        try:
            if os.path.lexists(folder):
                shutil.rmtree(folder)
        except OSError as err:
            if is_last or err.errno not in (errno.ENOTEMPTY, errno.ENOENT):
                raise
        else:
            return


def stage_key(stage: str, inputs: Mapping[str, Any]) -> Digest:
    """The key of a stage's result: its name, what it was made from (as JSON values), and the program that made it."""
    return digest_bytes(canonical_json([stage, __version__, program_digest(), dict(inputs)]))


@cache
def program_digest() -> Digest:
    """SHA-256 over every file of the installed package, code and reference data alike.

    A version number alone would hand a developer yesterday's results.
    """
    root = Path(__file__).parent.parent
    parts = [
        f"{path.relative_to(root).as_posix()} {digest_bytes(path.read_bytes())}"
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return digest_bytes("\n".join(parts).encode())
