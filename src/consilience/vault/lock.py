"""One process at a time writes to a vault, or to a folder of keys: the others wait for a while, and then say so."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consilience.errors import VaultNotWritable
from consilience.vault.durable import FILE_MODE, explained

PATIENCE_S = 30.0
"""How long a writer waits for another. Our choice: a run writes for moments at a time, so that most waits end well
before; a first ingest or a copy of much data takes longer, and then whoever waits is told what keeps him."""
_STEP_S = 0.05

_held: set[tuple[int, int, int]] = set()
"""The files and folders that this process holds, by its number, device and file: it would wait for itself in vain."""


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Holds the lock file, and the folder that it lies in, while the block runs; the system lets go of both when the
    process dies.

    Somebody may remove the file meanwhile, and the next writer then holds another one: the folder is what keeps him
    out. The file is what earlier versions hold. Both are opened for reading alone, so that what was kept can be checked
    on a disk that can't be written to.

    Raises VaultNotWritable if another process holds one for `PATIENCE_S`, and at once if another vault of this one
    does.
    """
    with _held_open(path, os.O_CREAT), only_one_in(path.parent):
        yield


@contextmanager
def only_one_in(folder: Path) -> Iterator[None]:
    """Holds a folder in which there need be no lock file, as one may only be read. Raises as `only_writer`."""
    with _held_open(folder, os.O_DIRECTORY):
        yield


@contextmanager
def _held_open(path: Path, how: int) -> Iterator[None]:
    """A file or a folder is opened in one of these ways, and nobody else's while the block runs."""
    with explained(path):
        descriptor = os.open(path, os.O_RDONLY | how | os.O_CLOEXEC, FILE_MODE)
    mine: tuple[int, int, int] | None = None
    try:
        with explained(path):
            found = os.fstat(descriptor)
            mark = (os.getpid(), found.st_dev, found.st_ino)
            if mark in _held:
                what = "another run is at work here, in this same process"
                raise VaultNotWritable(what, where=str(path), remedy="End one of them before the other begins.")
            _wait(descriptor, path)
        mine = mark
        _held.add(mine)
        yield
    finally:
        os.close(descriptor)
        if mine is not None:
            _held.discard(mine)


def _wait(descriptor: int, path: Path) -> None:
    """Until the file is ours, step by step: a wait inside the system could not be ended."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            if time.monotonic() >= until:
                what = f"another run is at work here, and was for all of {PATIENCE_S:.0f} seconds"
                remedy = (
                    "Wait until the other run on this case has ended, then run again: it then sees what that wrote."
                )
                raise VaultNotWritable(what, where=str(path), remedy=remedy) from err
            time.sleep(_STEP_S)
        else:
            return
