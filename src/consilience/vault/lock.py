"""One process at a time writes to a vault, or to a folder of keys: the others wait for a while, and then say so.

Who listens (`telling_waits`) is told of a wait that is not over at once: for whom, and how long it can last.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from consilience.errors import VaultNotWritable
from consilience.vault.durable import FILE_MODE, explained
from consilience.vault.lock_holder import Holder, holder_of

PATIENCE_S = 30.0
"""How long a writer waits for another. Our choice: a run writes for moments at a time, so that most waits end well
before; a first ingest or a copy of much data takes longer, and then whoever waits is told what keeps him."""
TOLD_AFTER_S = 2.0
"""How long a wait stays untold. Our choice: most are over before, and somebody at a terminal begins to wonder."""
_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait under way for what is held at `path`: by whom (None: the system doesn't tell), and the seconds after which
    it is given up (None: it lasts as long as the other)."""

    path: Path
    holder: Holder | None
    at_most_s: float | None


Tell = Callable[[Waiting], None]


def _tell_nobody(waiting: Waiting) -> None:
    """Who calls this from a program of his own is told nothing."""


_tell: ContextVar[Tell] = ContextVar("tell of waits", default=_tell_nobody)

_held: set[tuple[int, int, int]] = set()
"""The files that this process holds, by its number, device and file: it would wait for itself in vain."""


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Holds the lock file while the block runs; the system lets go of it when the process dies.

    The file is opened for reading alone, so that what was kept can be checked on a disk that can't be written to.

    Raises VaultNotWritable if another process holds it for `PATIENCE_S`, and at once if another vault of this one does.
    """
    with explained(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    mine: tuple[int, int, int] | None = None
    try:
        with explained(path):
            found = os.fstat(descriptor)
            mark = (os.getpid(), found.st_dev, found.st_ino)
            if mark in _held:
                what = "another run is at work here, in this same process"
                raise VaultNotWritable(what, where=str(path), remedy="End one of them before the other begins.")
            if not taken(descriptor, path, PATIENCE_S):
                holder = holder_of(descriptor)
                here = "here" if holder is None else f"here, {holder},"
                what = f"another run is at work {here} and was for all of {PATIENCE_S:.0f} seconds"
                remedy = (
                    "Wait until the other run on this case has ended, then run again: it then sees what that wrote."
                )
                raise VaultNotWritable(what, where=str(path), remedy=remedy)
        mine = mark
        _held.add(mine)
        yield
    finally:
        os.close(descriptor)
        if mine is not None:
            _held.discard(mine)


@contextmanager
def telling_waits(tell: Tell) -> Iterator[None]:
    """While the block runs each wait of this thread that lasts `TOLD_AFTER_S` is told, once."""
    before = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(before)


def taken(descriptor: int, path: Path, at_most_s: float | None) -> bool:
    """Is the lock of the open file ours, within so many seconds (None: however long it takes)?

    It is asked for step by step: a wait inside the system could not be ended, nor told. Raises OSError.
    """
    began, is_told = time.monotonic(), False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited_s = time.monotonic() - began
            if at_most_s is not None and waited_s >= at_most_s:
                return False
            if not is_told and waited_s >= TOLD_AFTER_S:
                is_told = True
                left_s = None if at_most_s is None else at_most_s - waited_s
                _tell.get()(Waiting(path, holder_of(descriptor), left_s))
            time.sleep(_STEP_S)
        else:
            return True
