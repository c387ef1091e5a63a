"""A power cut, played after the fact: a run is recorded, and the disk is made anew as a cut would leave it.

What survives a cut is what was synced: the bytes of a file by an fsync of the file, its name by an fsync of its folder
(POSIX promises no more; Pillai et al., OSDI 2014, show file systems that keep no more). Of the rest three things may
happen, and all are played: nothing of it survives, names survive and bytes don't, or each by chance.
"""

from __future__ import annotations

import fcntl
import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vault_faults import Call, path_of, wrapped
from vault_operations import Operation, Tell

MODES = ("nothing", "names alone", "some of it")


@dataclass(slots=True)
class _File:
    """Bytes as a reader sees them, and as they are on the disk (None: never synced)."""

    live: bytes
    lasting: bytes | None = None


_Names = dict[str, _File | None]
"""Paths; None is a folder."""


@dataclass(slots=True)
class Recording:
    """The calls of one run under `root`, in order, from what lay there before; "told" is an acknowledgement.

    A call is its name, the file it is about, and what else it takes: flags of an opening, where a write goes and its
    bytes, the new name of a file.
    """

    root: Path
    before: dict[str, bytes | None] = field(default_factory=dict)
    calls: list[tuple[str, str, tuple[Any, ...]]] = field(default_factory=list)

    def __call__(self, name: str, call: Call) -> Call:
        def recorded(*args: Any, **kwargs: Any) -> Any:
            path = path_of(name, args, kwargs)
            at = _end_of(args[0]) if name == "write" else 0
            result = call(*args, **kwargs)
            if Path(path).is_relative_to(self.root):
                rest: tuple[Any, ...] = args[1:]
                if name == "write":
                    rest = (at, bytes(args[1])[:result])
                elif name in ("replace", "rename"):
                    rest = (os.fspath(args[1]),)
                self.calls.append((name, path, rest))
            return result

        return recorded


def _end_of(descriptor: int) -> int:
    """Where the next write goes."""
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND:
        return os.fstat(descriptor).st_size
    return os.lseek(descriptor, 0, os.SEEK_CUR)


def record(operation: Operation, folder: Path) -> Recording:
    """An operation, prepared and done in an empty folder, and every call that it made."""
    operation.prepare(folder)
    before = {str(path): None if path.is_dir() else path.read_bytes() for path in sorted(folder.rglob("*"))}
    recording = Recording(folder, before)
    tell: Tell = lambda: recording.calls.append(("told", "", ()))  # noqa: E731
    with wrapped(recording):
        operation.act(folder, tell)
    return recording


def cut(recording: Recording, after: int, mode: str, into: Path) -> int:
    """The disk as it is after a cut that follows so many calls, in `into`; how much had been acknowledged by then."""
    disk = _Disk({path: None if data is None else _File(data, data) for path, data in recording.before.items()})
    told = 0
    for name, path, rest in recording.calls[:after]:
        if name == "told":
            told += 1
        else:
            getattr(disk, name)(path, *rest)
    _make(_left(disk.seen, disk.synced, mode, random.Random(f"{after} {mode}")), recording.root, into)
    return told


class _Disk:
    """Names and bytes as a reader sees them, and as they would be after a cut."""

    def __init__(self, names: _Names) -> None:
        self.seen, self.synced = dict(names), dict(names)
        self._moved: dict[str, str] = {}
        """Folders under their new names, which no sync has made last yet, and the old ones."""

    def open(self, path: str, flags: int, *_mode: int) -> None:
        if path in self.seen and self.seen[path] is None:
            return
        if path not in self.seen and flags & os.O_CREAT:
            self.seen[path] = _File(b"")
        if flags & os.O_TRUNC:
            self._file(path).live = b""

    def write(self, path: str, at: int, data: bytes) -> None:
        file = self._file(path)
        file.live = file.live[:at].ljust(at, b"\0") + data + file.live[at + len(data) :]

    def fsync(self, path: str) -> None:
        """A file's bytes, or the names in a folder, are on the disk; with a folder that was moved all that is in it."""
        if (file := self.seen.get(path)) is not None:
            file.lasting = file.live
            return
        for new in [new for new in self._moved if os.path.dirname(new) == path]:  # noqa: PTH120
            self._move(self.synced, self._moved.pop(new), new)
        for name in {name for name in (*self.seen, *self.synced) if os.path.dirname(name) == path}:  # noqa: PTH120
            if name in self.seen:
                self.synced[name] = self.seen[name]
            else:
                del self.synced[name]

    def mkdir(self, path: str, *_mode: int) -> None:
        self.seen[path] = None

    def replace(self, path: str, new: str) -> None:
        if self.seen[path] is None:
            self._moved[new] = path
        self._move(self.seen, path, new)

    rename = replace

    def unlink(self, path: str) -> None:
        self.seen.pop(path)

    rmdir = unlink

    def chmod(self, _path: str, _mode: int) -> None:
        """Whether a mode lasts is not asked."""

    def _file(self, path: str) -> _File:
        file = self.seen[path]
        assert file is not None
        return file

    def _move(self, names: _Names, old: str, new: str) -> None:
        inside = [name for name in names if name == old or name.startswith(f"{old}/")]
        for name in inside:
            names[new + name[len(old) :]] = names.pop(name)


def _left(seen: _Names, synced: _Names, mode: str, drawn: random.Random) -> dict[str, bytes | None]:
    """Paths and bytes after the cut."""
    left: dict[str, bytes | None] = {}
    for name in sorted({*seen, *synced}):
        is_seen = mode == "names alone" or (mode == "some of it" and drawn.random() < 0.5)
        names = seen if is_seen else synced
        if name in names:
            file = names[name]
            left[name] = None if file is None else _bytes(file, mode, drawn)
    return left


def _bytes(file: _File, mode: str, drawn: random.Random) -> bytes:
    lasting = file.lasting or b""
    if mode != "some of it" or file.lasting == file.live:
        return lasting
    return drawn.choice([lasting, file.live, file.live[: drawn.randrange(len(file.live) + 1)]])


def _make(left: dict[str, bytes | None], root: Path, into: Path) -> None:
    """What is left, where its folder is left too; folders and files for the owner alone, as they were made."""
    into.mkdir()
    for name, data in left.items():
        path = into / Path(name).relative_to(root)
        if not path.parent.is_dir():
            continue
        if data is None:
            path.mkdir(mode=0o700)
        else:
            path.write_bytes(data)
            path.chmod(0o600)
