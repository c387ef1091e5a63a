"""Faults put into the calls by which the vault changes a disk: one call fails, or the process dies in it.

Also a watch that records what a power cut could still take away (names and bytes that were not synced). What is
written through Python's own files (`Path.write_bytes`) goes through the same calls while they are wrapped.
"""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

CALLS = ("open", "mkdir", "write", "fsync", "replace", "rename", "unlink", "rmdir", "chmod")

Call = Callable[..., Any]
_OPEN = io.open


@contextmanager
def wrapped(wrap: Callable[[str, Call], Call]) -> Iterator[None]:
    """Each of CALLS in `os` replaced by what `wrap` makes of it."""
    with ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(patch.object(os, name, wrap(name, getattr(os, name))))
        stack.enter_context(patch.object(io, "open", _open_by_calls))
        yield


def _open_by_calls(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    """As `io.open`; what is opened to be written is opened and written by the calls of `os`."""
    if not set(mode) & set("wxa"):
        return _OPEN(file, mode, *args, **kwargs)
    how = {"w": os.O_TRUNC, "x": os.O_EXCL, "a": os.O_APPEND}[next(letter for letter in mode if letter in "wxa")]
    stream = io.BufferedWriter(_ByCalls(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o666)))
    return stream if "b" in mode else io.TextIOWrapper(stream, encoding="utf-8", newline="")


class _ByCalls(io.RawIOBase):
    """A descriptor as a file that is written by `os.write`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return os.write(self._descriptor, bytes(data))

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


def path_of(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The file that a call is about."""
    if name in ("write", "fsync"):
        return os.readlink(f"/proc/self/fd/{args[0]}")  # noqa: PTH115 (Path.readlink would be wrapped too)
    path, within = os.fspath(args[0]), kwargs.get("dir_fd")
    return path if within is None else os.path.join(os.readlink(f"/proc/self/fd/{within}"), path)  # noqa: PTH115, PTH118


@contextmanager
def unsynced() -> Iterator[None]:
    """Nothing waits for the disk: what a test prepares or looks at afterwards need not outlive the machine."""
    with patch.object(os, "fsync", lambda _descriptor: None):
        yield


class Fault:
    """What happens at the `nth` call, from 1: `strike` is called, after half of the bytes if it is a write.

    `calls` counts; `has_struck` says whether it came to it, `struck` at which call and file, and whether a folder was
    there.
    """

    def __init__(self, nth: int, strike: Callable[[], None]) -> None:
        self.calls, self.has_struck = 0, False
        self.struck = ("", "", False)
        self._nth, self._strike = nth, strike

    def __call__(self, name: str, call: Call) -> Call:
        def faulty(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.calls == self._nth:
                path = path_of(name, args, kwargs)
                self.has_struck, self.struck = True, (name, path, os.path.isdir(path))  # noqa: PTH112 (as `path_of`)
                if name == "write":
                    call(args[0], bytes(args[1])[: len(args[1]) // 2])
                self._strike()
            return call(*args, **kwargs)

        return faulty


def error(number: int) -> Callable[[], None]:
    """The system refuses with this errno."""

    def strike() -> None:
        raise OSError(number, os.strerror(number))

    return strike


def kill() -> None:
    """The process is gone, as by `kill -9`: no clean-up runs."""
    os.kill(os.getpid(), signal.SIGKILL)


class PowerWatch:
    """Knows what a power cut would take: bytes written and not synced, names made and not synced.

    `breaches` lists each file that got its final name with unsynced bytes, and each checkpoint that was put in place
    while something that it stands on could still be lost.
    """

    def __init__(self) -> None:
        self.unsynced_names: set[str] = set()
        self.breaches: list[str] = []
        self.checkpoints = 0
        self._unsynced_bytes: set[str] = set()
        self._opened: dict[int, str] = {}

    def __call__(self, name: str, call: Call) -> Call:
        def watched(*args: Any, **kwargs: Any) -> Any:
            result = call(*args, **kwargs)
            getattr(self, "_" + name)(result, *map(_plain, args))
            return result

        return watched

    def _open(self, descriptor: int, path: str, flags: int, *_mode: int) -> None:
        self._opened[descriptor] = path
        if flags & os.O_WRONLY:
            self._unsynced_bytes.add(path)

    def _write(self, _taken: int, descriptor: int, _data: object) -> None:
        self._unsynced_bytes.add(self._opened[descriptor])

    def _fsync(self, _none: None, descriptor: int) -> None:
        path = self._opened[descriptor]
        self._unsynced_bytes.discard(path)
        self.unsynced_names = {name for name in self.unsynced_names if os.path.dirname(name) != path}  # noqa: PTH120

    def _mkdir(self, _none: None, path: str, *_mode: int) -> None:
        self.unsynced_names.add(path)

    def _replace(self, _none: None, source: str, target: str) -> None:
        if source in self._unsynced_bytes:
            self.breaches.append(f"{target} got its name before its bytes were synced")
        if target.endswith("/checkpoint"):
            self.checkpoints += 1
            self.breaches += [f"checkpoint {self.checkpoints} before {name}" for name in sorted(self.unsynced_names)]
        self.unsynced_names.add(target)

    _rename = _replace

    def _unlink(self, _none: None, path: str) -> None:
        self.unsynced_names.discard(path)

    _rmdir = _unlink

    def _chmod(self, *_told: object) -> None:
        """Whether a mode lasts is not asked: the next check names a loose one."""


def _plain(value: object) -> object:
    return os.fspath(value) if isinstance(value, os.PathLike) else value
