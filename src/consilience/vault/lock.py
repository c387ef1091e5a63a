"""One writer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consilience.errors import VaultNotWritable
from consilience.vault.durable import FILE_MODE, explained


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Holds the lock file while the block runs; the system lets go of it when the process dies.

    The file is opened for reading alone, so that what was kept can be checked on a disk that can't be written to.

    Raises VaultNotWritable at once if another process, or another vault of this one, holds it.
    """
    with explained(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        with explained(path):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as err:
                remedy = "Wait until the other run on this case has ended, then run again."
                raise VaultNotWritable("another run is at work here", where=str(path), remedy=remedy) from err
        yield
    finally:
        os.close(descriptor)
