"""One whole ledger from two: what is sound in a damaged one, and a replica, where both say the same."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from consilience.errors import ReplicaUnfit
from consilience.vault import tiles
from consilience.vault.checking import CHECKPOINT_PATH
from consilience.vault.durable import (
    explained,
)
from consilience.vault.ledger import Entries
from consilience.vault.salvage import LEDGER, Salvaged, salvage, stated_by
from consilience.vault.stores import Store
from consilience.vault.tiles import WIDTH, Tile


def sound_ledger(folder: Path, store: Store, there: Mapping[PurePosixPath, int]) -> tuple[Entries, bytes]:
    """The whole ledger and its checkpoint, from what is sound here and in the replica.

    Raises ReplicaUnfit where they are not one ledger, or where some act is whole in neither.
    """
    ours, theirs = salvage(folder / LEDGER), _entries_there(store, there)
    checkpoint = checkpoint_here(folder)
    if not _agree(ours, theirs, checkpoint):
        remedy = "Keep both as they are, for they are evidence; compare their acts with `consilience vault history`."
        raise ReplicaUnfit("holds acts that are not those of this case", where=store.name, remedy=remedy)
    if ours.is_certain and theirs.size == ours.size:
        return theirs, checkpoint
    if theirs.size >= ours.size:
        return theirs, b"".join(store.blocks(CHECKPOINT_PATH))
    later = [body for body in ours.bodies[theirs.size :] if body is not None]
    both = theirs.and_also(later)
    if both.size < ours.size or base64.b64encode(both.root) not in checkpoint:
        what = f"ends before act {theirs.size} of {ours.size}, and what this case holds of the later ones is damaged"
        raise ReplicaUnfit(what, where=store.name, remedy="Try a later replica; keep the damaged ledger as it is.")
    return both, checkpoint if ours.is_certain else both.note.bytes


def _agree(ours: Salvaged, theirs: Entries, checkpoint: bytes) -> bool:
    """Whether what is known of our acts is what the replica says, or our checkpoint vouches for the replica's."""
    stated = stated_by(checkpoint)
    if stated is not None and stated[0] <= theirs.size and Entries((), theirs.leaves[: stated[0]]).root == stated[1]:
        return True
    return all(mine in (None, other) for mine, other in zip(ours.leaves, theirs.leaves, strict=False))


def _entries_there(store: Store, there: Mapping[PurePosixPath, int]) -> Entries:
    """The replica's acts, all against its checkpoint. Raises ReplicaUnfit."""
    remedy = "Check that place with `consilience vault check`, or name another replica."
    if CHECKPOINT_PATH not in there:
        raise ReplicaUnfit("there is no replica", where=store.name, remedy=remedy)
    stated = stated_by(b"".join(store.blocks(CHECKPOINT_PATH)))
    bodies: list[bytes] = []
    for start in range(0, stated[0] if stated else 0, WIDTH):
        tile = Tile(None, start // WIDTH, min(WIDTH, (stated[0] if stated else 0) - start))
        paths = [PurePosixPath(LEDGER) / one.path for one in (tile, tile.full)]
        path = next((path for path in paths if path in there), None)
        bundle = None if path is None else tiles.unpack_bodies(b"".join(store.blocks(path)))
        if bundle is None:
            break
        bodies += bundle[: tile.width]
    entries = Entries().and_also(bodies)
    if stated != (entries.size, entries.root):
        raise ReplicaUnfit("its ledger is damaged too", where=store.name, remedy=remedy)
    return entries


def checkpoint_here(folder: Path) -> bytes:
    """The checkpoint of a vault as it lies there; nothing where there is none."""
    path = folder / CHECKPOINT_PATH
    with explained(path):
        return path.read_bytes() if path.is_file() else b""
