"""Where outputs go: a folder that appears whole or not at all, and never over something that isn't ours."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consilience.errors import PublishError
from consilience.vault.lock import taken

RUN_FILE = "run.json"
RUN_SCHEMA = "consilience.run/1"
"""What marks a folder as one that a run wrote."""


def default_out(case: Path) -> Path:
    """`CASE-findings` beside the case."""
    return case.parent / f"{case.name}-findings"


def check_out(out: Path, case: Path) -> None:
    """Raise `PublishError` where a run may not write: in or above the case, over a file, or over what isn't ours."""
    _check_outside(out, case)
    if out.exists() and (stranger := _stranger(out)) is not None:
        raise PublishError(
            f"this is not an output of a run: {stranger}",
            where=str(out),
            remedy="Move it away or choose another folder with --out; nothing was changed.",
        )


def check_new(out: Path, case: Path) -> None:
    """Raise `PublishError` where something that is handed on may not appear: in or above the case, or over anything."""
    _check_outside(out, case)
    if os.path.lexists(out) and not (out.is_dir() and not any(out.iterdir())):
        remedy = "Choose a new folder with --out; nothing was changed."
        raise PublishError("there is something already", where=str(out), remedy=remedy)


@contextmanager
def replaced_whole(out: Path) -> Iterator[Path]:
    """A new folder beside `out` to write into; it takes the place of `out` when the block ends without error.

    A run that is killed leaves `out` as it was; its half-written sibling is removed by the next run. Between the two
    renames of the swap `out` is absent for an instant: a run killed there leaves the old folder under its `.old` name
    and the next run puts it back before it starts. Two runs into one folder follow each other; the later one stays.
    """
    fresh, old = _sibling(out, "new"), _sibling(out, "old")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(out.parent):
            _recover(out)
            fresh.mkdir()
            try:
                yield fresh
                _swap(fresh, out, old)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    except OSError as err:
        raise _cannot_write(out, err) from err


def files_below(folder: Path) -> list[str]:
    """Relative POSIX paths of every file below a folder, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _check_outside(out: Path, case: Path) -> None:
    here, there = out.resolve(), case.resolve()
    if here == there or there in here.parents or here in there.parents:
        raise PublishError(
            "outputs can't stand in the case folder or above it",
            where=str(out),
            remedy="Choose another folder with --out.",
        )


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other run writes its outputs into a folder, which is there; the lock is on the folder itself and
    leaves no file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        taken(descriptor, folder, None)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def alone_in_new(folder: Path) -> Iterator[None]:
    """As `alone_in`, in a folder that is made if need be. Raises PublishError where it can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone_in(folder):
            yield
    except OSError as err:
        raise _cannot_write(folder, err) from err


def _recover(out: Path) -> None:
    """Clear what a killed run left beside `out`."""
    old = _sibling(out, "old")
    if old.exists() and not out.exists():
        old.rename(out)
    for leftover in (_sibling(out, "new"), old):
        if leftover.exists():
            shutil.rmtree(leftover)


def _swap(fresh: Path, out: Path, old: Path) -> None:
    """The fresh files and their names reach the disk before the folder's name changes, and that before it counts."""
    for path in (*fresh.rglob("*"), fresh):
        _sync(path)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    _sync(out.parent)
    if old.exists():
        shutil.rmtree(old)


def _sync(path: Path) -> None:
    """A file's bytes, or the names in a folder, are on the disk; some network folders can't promise the latter."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as err:
        if err.errno != errno.EINVAL or not path.is_dir():
            raise
    finally:
        os.close(descriptor)


def _sibling(out: Path, role: str) -> Path:
    return out.parent / f".{out.name}.{role}"


def _stranger(out: Path) -> str | None:
    """The first thing in `out` that no run wrote, or None. An empty folder holds no stranger."""
    if not out.is_dir():
        return "a file stands there"
    found = files_below(out)
    if not found:
        return None
    try:
        record = json.loads((out / RUN_FILE).read_text("utf-8"))
        ours = set(record["files"]) if record["schema"] == RUN_SCHEMA else set()
    except (OSError, ValueError, KeyError, TypeError):
        return f"it has no {RUN_FILE} of ours"
    return next((f"{name} was not written by a run" for name in found if name not in ours), None)


def _cannot_write(out: Path, err: OSError) -> PublishError:
    return PublishError(
        f"can't write the outputs: {err.strerror or err}",
        where=str(out),
        remedy="Choose a folder that can be written with --out, or free space.",
    )
