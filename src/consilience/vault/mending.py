"""What a repair does to one path: bytes checked before they take their place, and what they replace put aside.

A damaged file is evidence too: it goes to `quarantine/` under the digest of its bytes, and a `repaired` act names it.
Only where a later act can demand destruction (a key of a sealed source) is nothing put aside.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from consilience.errors import VaultNotWritable
from consilience.quantities import Digest, digest_file
from consilience.vault.checking import CHECKPOINT_PATH, LOCK, Damage, Fault
from consilience.vault.durable import (
    FILE_MODE,
    FOLDER_MODE,
    HALF_WRITTEN,
    destroy_file,
    explained,
    make_folder,
    new_file,
    remove_file,
    sync_folder,
    write_all,
)
from consilience.vault.lock import only_writer
from consilience.vault.salvage import LEDGER
from consilience.vault.shelves import QUARANTINE, SHELVES, Kept, place_of
from consilience.vault.store import FOLDER
from consilience.vault.stores import Store
from consilience.vault.survey import bytes_of, shown

Progress = Callable[[int, int], None]

RESTORED, PUT_ASIDE, TIGHTENED, DESTROYED, EMPTY = (
    "restored", "put aside", "closed to others", "destroyed as the ledger says", "removed, an empty folder",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mend:
    """What is to be done about one path, and with which bytes: a kept file of the replica, or those of the ledger."""

    path: PurePosixPath
    how: str
    fault: Fault
    kept: Kept | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a repair would do, and what it could not put right, with the reason; `checkpoint` is what lay there then."""

    mends: tuple[Mend, ...]
    beyond: tuple[tuple[Damage, str], ...]
    checkpoint: bytes | None


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done about one path. `found` is the digest of what lay there and was put aside, or None."""

    path: PurePosixPath
    how: str
    fault: Fault
    found: Digest | None
    found_bytes: int | None

    def content(self, where: str) -> dict[str, object]:
        """Of a `repaired` act; `where` is the replica."""
        found = {"found": self.found, "found_bytes": self.found_bytes}
        return {"path": shown(self.path), "how": self.how, "fault": self.fault.value, "from": where, **found}


def carry_out(case_folder: Path, store: Store, plan: Plan, progress: Progress | None = None) -> tuple[Mended, ...]:
    """Does what was planned, one thing after the other, under the lock; after an error plan again and go on.

    Raises VaultNotWritable, also if the ledger has changed since, or the replica gives other bytes than to the plan.
    """
    folder = case_folder / FOLDER
    make_folder(folder)
    done: list[Mended] = []
    with only_writer(folder / LOCK):
        if bytes_of(folder / CHECKPOINT_PATH) != plan.checkpoint:
            raise VaultNotWritable(
                "has changed since the repair was planned", where=str(folder), remedy="Repair again."
            )
        for half_written in sorted(folder.glob(f"*/{HALF_WRITTEN}")):
            remove_file(half_written)
        for number, mend in enumerate(plan.mends, start=1):
            if not _is_done(folder, mend):
                done.append(_DO[mend.how](folder, mend, store))
            if progress is not None:
                progress(number, len(plan.mends))
    return tuple(done)


def _is_done(folder: Path, mend: Mend) -> bool:
    """Whether another repair has done it since this one was planned: what is sound now must not be put aside."""
    target = folder / mend.path
    if mend.how in (PUT_ASIDE, DESTROYED):
        return not os.path.lexists(target)
    if mend.how != RESTORED or target.is_symlink() or not target.is_file() or not _can_be_read(target):
        return False
    return bytes_of(target) == mend.data if mend.kept is None else digest_file(target) == mend.kept.digest


def order_of(mend: Mend) -> tuple[int, int, PurePosixPath]:
    """Modes first, then tiles, kept files, the checkpoint, what is put aside, the lock, and folders from below."""
    if mend.how in (RESTORED, PUT_ASIDE, DESTROYED):
        is_tile = mend.path.parts[0] == LEDGER and mend.path != CHECKPOINT_PATH
        rank = 3 if mend.path == CHECKPOINT_PATH else 1 if is_tile else 2
        rank = rank if mend.how == RESTORED else 4
        return (5 if str(mend.path) == LOCK else rank, 0, mend.path)
    return (0 if mend.how == TIGHTENED else 6, -len(mend.path.parts), mend.path)


def _restore(folder: Path, mend: Mend, store: Store) -> Mended:
    """The sound bytes are whole on disk before what lies there is put aside."""
    top, target = folder / mend.path.parts[0], folder / mend.path
    for parent in reversed(mend.path.parents[:-1]):
        make_folder(folder / parent)
    found: tuple[Digest | None, int | None] = (None, None)
    with new_file(top / HALF_WRITTEN, target) as descriptor:
        for block in _sound(mend, store):
            write_all(descriptor, block)
        if target.is_file() and is_put_aside(mend.path) and _can_be_read(target):
            found = _into_quarantine(folder, mend.path)
    sync_folder(target.parent)
    return Mended(mend.path, mend.how, mend.fault, *found)


def _sound(mend: Mend, store: Store) -> Iterator[bytes]:
    """The bytes to restore. Raises VaultNotWritable at the end if the replica's are no longer those of the plan."""
    if mend.kept is None:
        yield mend.data or b""
        return
    state = hashlib.sha256()
    for block in store.blocks(mend.path):
        state.update(block)
        yield block
    if "sha256:" + state.hexdigest() != mend.kept.digest:
        raise VaultNotWritable("gives other bytes than a moment ago", where=store.name, remedy="Repair again.")


def is_put_aside(path: PurePosixPath) -> bool:
    """Whether what lies there may go to `quarantine/`: not where a later act can demand that it is destroyed."""
    shelf = SHELVES.get(path.parts[0])
    return shelf is None or shelf.quarantined


def _can_be_read(path: Path) -> bool:
    """Whether a disk still gives the bytes of a file; of what it does not give nothing can be put aside."""
    try:
        digest_file(path)
    except OSError:
        return False
    return True


def _aside(folder: Path, mend: Mend, _store: Store) -> Mended:
    found = _into_quarantine(folder, mend.path)
    return Mended(mend.path, mend.how, mend.fault, *found)


def _into_quarantine(folder: Path, path: PurePosixPath) -> tuple[Digest, int]:
    """The file lies in `quarantine/` under the digest of its bytes."""
    with explained(folder / path):
        digest, size = digest_file(folder / path), (folder / path).stat().st_size
        place = place_of(QUARANTINE, digest)
        for parent in reversed(place.parents[:-1]):
            make_folder(folder / parent)
        os.chmod(folder / path, FILE_MODE)  # noqa: PTH101
        os.replace(folder / path, folder / place)  # noqa: PTH105
    sync_folder((folder / place).parent)
    sync_folder((folder / path).parent)
    return digest, size


def _tighten(folder: Path, mend: Mend, _store: Store) -> Mended:
    with explained(folder / mend.path):
        os.chmod(folder / mend.path, FOLDER_MODE if (folder / mend.path).is_dir() else FILE_MODE)  # noqa: PTH101
    return Mended(mend.path, mend.how, mend.fault, None, None)


def _destroy(folder: Path, mend: Mend, _store: Store) -> Mended:
    with explained(folder / mend.path):
        os.chmod(folder / mend.path, FILE_MODE)  # noqa: PTH101
    destroy_file(folder / mend.path)
    sync_folder((folder / mend.path).parent)
    return Mended(mend.path, mend.how, mend.fault, None, None)


def _remove_empty(folder: Path, mend: Mend, _store: Store) -> Mended:
    """What is not empty after all stays, and the next check names it."""
    with suppress(OSError):
        (folder / mend.path).rmdir()
    return Mended(mend.path, mend.how, mend.fault, None, None)


_DO: dict[str, Callable[[Path, Mend, Store], Mended]] = {
    RESTORED: _restore,
    PUT_ASIDE: _aside,
    TIGHTENED: _tighten,
    DESTROYED: _destroy,
    EMPTY: _remove_empty,
}
