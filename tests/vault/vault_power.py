"""A power cut, played after the fact: a run is recorded, and the disk is made anew as a cut would leave it.

What survives a cut is what was synced: the bytes of a file by an fsync of the file, its name by an fsync of its folder
(POSIX promises no more; Pillai et al., OSDI 2014, show file systems that keep no more). Of the rest three things may
happen, and all are played: nothing of it survives, names survive and bytes don't, or each by chance.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vault_faults import Call, wrapped
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
    """The calls of one run under `root`, in order, from what lay there before; "told" is an acknowledgement."""

    root: Path
    before: dict[str, bytes | None] = field(default_factory=dict)
    calls: list[tuple[str, Any, tuple[Any, ...]]] = field(default_factory=list)

    def __call__(self, name: str, call: Call) -> Call:
        def recorded(*args: Any, **kwargs: Any) -> Any:
            result = call(*args, **kwargs)
            plain = tuple(os.fspath(arg) if isinstance(arg, os.PathLike) else arg for arg in args)
            if name == "write":
                plain = (args[0], bytes(args[1])[:result])
            self.calls.append((name, result, plain))
            return result

        return recorded


def record(operation: Operation, folder: Path) -> Recording:
    """An operation, prepared and done in an empty folder, and every call that it made."""
    operation.prepare(folder)
    before = {str(path): None if path.is_dir() else path.read_bytes() for path in sorted(folder.rglob("*"))}
    recording = Recording(folder, before)
    tell: Tell = lambda: recording.calls.append(("told", None, ()))  # noqa: E731
    with wrapped(recording):
        operation.act(folder, tell)
    return recording


def cut(recording: Recording, after: int, mode: str, into: Path) -> int:
    """The disk as it is after a cut that follows so many calls, in `into`; how much had been acknowledged by then."""
    seen: _Names = {path: None if data is None else _File(data, data) for path, data in recording.before.items()}
    synced: _Names = dict(seen)
    opened: dict[int, str] = {}
    told = 0
    for name, result, args in recording.calls[:after]:
        if name == "told":
            told += 1
        elif name == "open":
            opened[result] = args[0]
            if not args[1] & os.O_DIRECTORY:
                file = seen.get(args[0])
                seen[args[0]] = file = _File(b"") if file is None else file
                if args[1] & os.O_TRUNC:
                    file.live = b""
        elif name == "write":
            _file(seen, opened[args[0]]).live += args[1]
        elif name == "fsync":
            _sync(seen, synced, opened[args[0]])
        elif name == "mkdir":
            seen[args[0]] = None
        elif name == "replace":
            seen[args[1]] = seen.pop(args[0])
            opened = {number: args[1] if path == args[0] else path for number, path in opened.items()}
        elif name == "unlink":
            seen.pop(args[0])
    _make(_left(seen, synced, mode, random.Random(f"{after} {mode}")), recording.root, into)
    return told


def _file(names: _Names, path: str) -> _File:
    file = names[path]
    assert file is not None
    return file


def _sync(seen: _Names, synced: _Names, path: str) -> None:
    """A file's bytes, or the names in a folder, are on the disk."""
    if (file := seen.get(path)) is not None:
        file.lasting = file.live
        return
    for name in {name for name in (*seen, *synced) if os.path.dirname(name) == path}:  # noqa: PTH120
        if name in seen:
            synced[name] = seen[name]
        else:
            del synced[name]


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
