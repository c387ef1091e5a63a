"""What is damaged or gone is put right from a replica, exactly, and nothing is forgotten.

Every byte from the replica is checked against the digest or the hash that the ledger gives before it takes its place.
What it replaces is put aside in `quarantine/`, for a damaged file is evidence too, and a `repaired` act says so. The
ledger is put together from what is sound here and there, and only where both agree and fit the checkpoint.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from consilience.errors import ReplicaUnfit, VaultNotWritable
from consilience.vault import tiles
from consilience.vault.acts import Act, read_act
from consilience.vault.checking import CHECKPOINT_PATH, HERE, Checked, Damage, Fault, check
from consilience.vault.checkpoints import checkpoint_text
from consilience.vault.ledger import Entries, tile_contents
from consilience.vault.mending import (
    DESTROYED,
    EMPTY,
    PUT_ASIDE,
    RESTORED,
    TIGHTENED,
    Mend,
    Plan,
    is_put_aside,
    order_of,
)
from consilience.vault.replicas import digest_of
from consilience.vault.salvage import LEDGER
from consilience.vault.shelves import Kept, destroyed_by, digest_named, kept_by
from consilience.vault.signed_files import fault_of, is_signed_file, keys_of
from consilience.vault.sound_ledger import sound_ledger
from consilience.vault.store import FOLDER
from consilience.vault.stores import Store
from consilience.vault.survey import bytes_of, survey

Progress = Callable[[int, int], None]


def plan_repair(case_folder: Path, store: Store, progress: Progress | None = None) -> Plan:
    """What would put the vault right; every byte of it, and of what is needed from the replica, was read.

    Nothing is written. Raises ReplicaUnfit if the two ledgers can't be put together, CaseFolderMissing,
    VaultNotWritable.
    """
    seen = bytes_of(case_folder / FOLDER / CHECKPOINT_PATH)
    checked = check(case_folder, read_data=True, progress=progress)
    folder, there = case_folder / FOLDER, store.files()
    entries, checkpoint = sound_ledger(folder, store, there)
    acts = tuple(read_act(index, body) for index, body in enumerate(entries.bodies))
    if not checked.acts:
        _refuse_stranger(folder, store, acts)
    ledger = _ledger_files(folder, entries, checkpoint) | _signed_there(store, there, entries)
    sources = _Sources(store, there, kept_by(acts), ledger, destroyed_by(acts))
    mends, beyond = list[Mend](), list[tuple[Damage, str]]()
    for damage in _with_lost(checked, folder, sources):
        found = _mend(folder, damage, sources)
        if isinstance(found, Mend):
            mends.append(found)
        elif found is not None:
            beyond.append((damage, found))
    return Plan(tuple(sorted(mends, key=order_of)), tuple(beyond), seen)


@dataclass(frozen=True, slots=True)
class _Sources:
    """From where a repair takes bytes, and what it may not bring back."""

    store: Store
    there: Mapping[PurePosixPath, int]
    kept: Mapping[PurePosixPath, Kept]
    ledger: Mapping[PurePosixPath, Callable[[], bytes]]
    destroyed: frozenset[PurePosixPath]


def _ledger_files(folder: Path, entries: Entries, checkpoint: bytes) -> dict[PurePosixPath, Callable[[], bytes]]:
    """What each file of the ledger must hold, those that need not be there and are among them."""
    contents, ledger = tile_contents(entries), PurePosixPath(LEDGER)
    needed = {ledger / tile.path: tile for tile in tiles.tiles_of(entries.size)}
    for path in (folder / LEDGER / "tile").rglob("*"):
        tile = tiles.tile_at(PurePosixPath(path.relative_to(folder / LEDGER)))
        if tile is not None and tile.stands_in(entries.size):
            needed[ledger / tile.path] = tile
    return {**{path: partial(contents, tile) for path, tile in needed.items()}, CHECKPOINT_PATH: lambda: checkpoint}


def _signed_there(
    store: Store, there: Mapping[PurePosixPath, int], entries: Entries
) -> dict[PurePosixPath, Callable[[], bytes]]:
    """The signed checkpoints that the replica keeps, each checked as those of the case are; one that it can't give is
    none."""
    keys, found = keys_of(entries.bodies), dict[PurePosixPath, Callable[[], bytes]]()
    for path in there:
        size = int(path.name) if path.parts[:1] == (LEDGER,) and is_signed_file(path.relative_to(LEDGER)) else 0
        if 0 < size < entries.size:
            try:
                data = b"".join(store.blocks(path))
            except VaultNotWritable:
                continue
            root = Entries((), entries.leaves[:size]).root
            if fault_of(data, checkpoint_text(entries.leaves[:1], size, root), size, keys) is None:
                found[path] = partial(bytes, data)
    return found


def _with_lost(checked: Checked, folder: Path, sources: _Sources) -> Iterator[Damage]:
    """The damage that was found, and what only the whole ledger shows: acts that this case has lost, or can't judge."""
    named = {damage.path for damage in checked.damaged if damage.fault in (Fault.GONE, Fault.ALTERED)}
    yield from checked.damaged
    for path in (*sources.ledger, *sources.kept):
        if path not in named and not os.path.lexists(folder / path):
            yield Damage(path, Fault.GONE, "is gone, with the act that made or cites it")
        elif path not in named and path in sources.ledger and bytes_of(folder / path) != sources.ledger[path]():
            yield Damage(path, Fault.ALTERED, "is not what the replica's acts make of it")


def _mend(folder: Path, damage: Damage, sources: _Sources) -> Mend | str | None:
    """What is to be done, or why nothing can be; None where nothing has to be."""
    path = damage.path
    if damage.fault is Fault.LOOSE:
        return Mend(path, TIGHTENED, damage.fault)
    if path == HERE and damage.fault is Fault.GONE:
        return None
    if (not (folder / path).is_file() and os.path.lexists(folder / path)) or (folder / path).is_symlink():
        if damage.fault is Fault.STRANGER and (folder / path).is_dir() and not (folder / path).is_symlink():
            return Mend(path, EMPTY, damage.fault)
        return "is no ordinary file: look at it, move it away yourself, and repair again"
    if path in sources.destroyed:
        return Mend(path, DESTROYED, damage.fault)
    if path in sources.ledger:
        return Mend(path, RESTORED, damage.fault, data=sources.ledger[path]())
    if (kept := sources.kept.get(path)) is not None:
        is_whole = path in sources.there and _holds(sources.store, kept)
        return (
            Mend(path, RESTORED, damage.fault, kept=kept) if is_whole else "the replica does not hold it whole either"
        )
    if not is_put_aside(path):
        return (
            "may be a copy of what must be destroyed one day, so nothing keeps it: look at it, then delete it yourself"
        )
    return Mend(path, PUT_ASIDE, damage.fault)


def _holds(store: Store, kept: Kept) -> bool:
    """Whether the replica gives the very bytes; where it can't be read there, it does not."""
    try:
        return digest_of(store, kept.path) == kept.digest
    except VaultNotWritable:
        return False


def _refuse_stranger(folder: Path, store: Store, acts: Sequence[Act]) -> None:
    """Where no act is left to compare, kept files must be of the replica's case. Raises ReplicaUnfit."""
    here = {path for path in survey(folder) if digest_named(path) is not None}
    if here and not here & kept_by(acts).keys():
        raise ReplicaUnfit("cites nothing of what is kept here", where=store.name, remedy="Name this case's replica.")
