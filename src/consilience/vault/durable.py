"""Writes that survive a crash: a file is wholly there under its name, or not there at all.

The order is that of Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014): write to a temporary file of
the same file system, fsync it, rename it, fsync the folder. A rename is only promised to last once its folder is
synced, so a caller who acknowledges anything calls `sync_folder` first. On macOS fsync does not flush the drive's own
cache; there the promise is as good as the drive's.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from consilience.errors import VaultNotWritable

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_BLOCK = 1 << 20

_REMEDIES = {
    errno.ENOSPC: "Free some space on this disk and run again; what was kept so far stays.",
    errno.EDQUOT: "Free some of your disk quota and run again; what was kept so far stays.",
    errno.EROFS: "Copy the case to a disk that can be written to.",
    errno.EACCES: "Give yourself permission to write there, or copy the case to a folder of your own.",
    errno.EPERM: "Give yourself permission to write there, or copy the case to a folder of your own.",
}
_OTHER_REMEDY = "Check the disk, then run again; what was kept so far stays."


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns a refusal of the operating system into VaultNotWritable, which says what to do about `path`."""
    try:
        yield
    except OSError as err:
        reason = os.strerror(err.errno) if err.errno else str(err)
        remedy = _REMEDIES.get(err.errno or 0, _OTHER_REMEDY)
        raise VaultNotWritable(f"can't be read or written: {reason}", where=str(path), remedy=remedy) from err


def write_all(descriptor: int, block: bytes) -> None:
    """Writes the whole block; the system may take less at a time."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last. Raises VaultNotWritable."""
    with explained(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_folder(folder: Path) -> None:
    """The folder is there, for its owner alone, and lasts. Its parent must exist. Raises VaultNotWritable."""
    with explained(folder), suppress(FileExistsError):
        os.mkdir(folder, FOLDER_MODE)  # noqa: PTH102 (os.* throughout this room: tests make each call fail in turn)
    sync_folder(folder.parent)


@contextmanager
def new_file(temporary: Path, final: Path) -> Iterator[int]:
    """A descriptor to write to; when the block ends well, its bytes are on disk under `final`, else nothing is.

    What stood under `final` is replaced. The caller syncs the folder. Raises VaultNotWritable.
    """
    placed = False
    with explained(final):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        try:
            try:
                yield descriptor
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temporary, final)  # noqa: PTH105
            placed = True
        finally:
            if not placed:
                with suppress(OSError):  # what can't be removed now is swept at the next write
                    temporary.unlink()


def write_file(temporary: Path, final: Path, data: bytes) -> None:
    """Bytes in memory to a file, as `new_file` promises."""
    with new_file(temporary, final) as descriptor:
        write_all(descriptor, data)


def remove_file(path: Path) -> None:
    """The file is gone; it need not have been there. Raises VaultNotWritable."""
    with explained(path):
        path.unlink(missing_ok=True)


def destroy_file(path: Path) -> None:
    """The file is gone, its bytes overwritten first; it need not have been there. Raises VaultNotWritable.

    A disk that never writes twice to one place (flash, a copy-on-write file system, a snapshot) may keep the old bytes:
    what must be unreadable for certain has to be encrypted, and its key destroyed while the disk itself is encrypted.
    """
    with explained(path), suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            left = os.fstat(descriptor).st_size
            while left > 0:
                block = os.urandom(min(left, _BLOCK))
                write_all(descriptor, block)
                left -= len(block)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    remove_file(path)
