"""Copies of a vault in other places: made whole, brought forward, never set back, never made to forget.

In order: what the ledger says is destroyed goes first, since erasure can't wait for a slow copy; then kept files; then
tiles; and the checkpoint, so that a replica never states an act whose files it lacks. Files of keys that were wrapped
anew go last of all: until the newer ones lie there and are vouched for, they may be the only ones. A copy that is
broken off is taken up where it stopped. Every file is hashed while it is read, and read back from where it was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from consilience.errors import ExhibitDamaged, ReplicaUnfit, UsageError, VaultNotWritable
from consilience.quantities import Digest, digest_bytes
from consilience.vault import tiles
from consilience.vault.acts import COPIED, Act, read_act
from consilience.vault.checking import CHECKPOINT_PATH, LOCK
from consilience.vault.durable import HALF_WRITTEN, explained
from consilience.vault.ledger import (
    SIGNED,
    Entries,
    is_founded,
    read_entries,
    signed_checkpoints,
    tile_contents,
)
from consilience.vault.lock import only_writer
from consilience.vault.place_told import is_told, place_told
from consilience.vault.salvage import LEDGER, stated_by
from consilience.vault.shelves import Kept, destroyed_by, kept_by, replaced_by
from consilience.vault.signing import check_signed, introduced
from consilience.vault.store import FOLDER
from consilience.vault.stores import FolderStore, Store

_BLOCK = 1 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What one copy did: files and bytes written, files removed, and up to how many acts the replica now goes.

    `where` is the address for whoever asked, `told` what the ledger calls the place. `is_news`: whether the ledger
    should say so; acts that only tell of copies are no reason for another.
    """

    where: str
    told: str
    files: int
    size_bytes: int
    removed: int
    acts: int
    root: str
    is_news: bool

    def content(self) -> dict[str, object]:
        """Of a `copied` act."""
        return {"where": self.told, "acts": self.acts, "root": self.root}


@dataclass(slots=True)
class _Copying:
    """One copy under way: from where, to where, what lies there already, and what was written so far."""

    source: Path
    store: Store
    there: Mapping[PurePosixPath, int]
    reads_data: bool
    files: int = 0
    size_bytes: int = 0
    damaged: list[ExhibitDamaged] = field(default_factory=list)

    def bring(
        self, path: PurePosixPath, digest: Digest, size: int | None, blocks: Callable[[], Iterable[bytes]]
    ) -> bool:
        """The file is in the store with these bytes; whether it had to be written, and so was read back."""
        is_there = path in self.there and size in (None, self.there[path])
        is_read = self.reads_data or size is None
        if is_there and (not is_read or digest_of(self.store, path) == digest):
            return False
        self.store.write(path, blocks())
        if digest_of(self.store, path) != digest:
            remedy = "Run again; if it comes again, use another disk or store."
            raise VaultNotWritable(
                "reads back otherwise than it was written", where=f"{path} in {self.store.name}", remedy=remedy
            )
        return True

    def bring_kept(self, kept: Kept) -> None:
        """As `bring`, and counted; a kept file that is damaged here is noted, and the others go on."""
        try:
            if self.bring(kept.path, kept.digest, kept.size_bytes, lambda: _sound_blocks(self.source, kept)):
                self.files += 1
                self.size_bytes += (self.source / kept.path).stat().st_size
        except ExhibitDamaged as err:
            self.damaged.append(err)


def replicate(case_folder: Path, store: Store, *, read_data: bool = False, progress: Progress | None = None) -> Copied:
    """All that a case keeps lies in the store too, and what the case's ledger says is destroyed does not.

    Only what is missing there is copied, by name and size; with `read_data` every byte there is read and put right.
    Files there that are none of ours are left alone. `progress` is told how many files are done, and of how many.
    Raises UsageError if nothing is kept yet; LedgerDamaged; ExhibitDamaged, after all else was copied, if a kept file
    is not what it was, the replica's checkpoint staying as it is; ReplicaUnfit if another ledger, or a later or other
    state of this one, lies there; VaultNotWritable.
    """
    folder = case_folder / FOLDER
    if not is_founded(folder / LEDGER):
        raise UsageError("nothing is kept of this case yet", where=str(case_folder), remedy="Run it first.")
    with ExitStack() as held:
        held.enter_context(only_writer(folder / LOCK))
        entries = read_entries(folder / LEDGER)
        acts = tuple(read_act(index, body) for index, body in enumerate(entries.bodies))
        check_signed(entries.note, entries.size, introduced(acts))
        held.enter_context(store.alone())
        there = store.files()
        refuse_unfit(store, there, entries)
        replaced = replaced_by(acts)
        removed = _remove(store, there, destroyed_by(acts) - replaced)
        _remove(store, there, [path for path in there if path.name == HALF_WRITTEN])
        copying = _Copying(folder, store, there, read_data)
        _copy(copying, kept_by(acts), entries, progress)
        removed += _remove(store, there, replaced)
    told = place_in_ledger(case_folder, store, acts)
    is_news = bool(copying.files or removed) or any(act.kind != COPIED for act in acts[_known(acts, store, told) :])
    return Copied(
        store.name, told, copying.files, copying.size_bytes, removed, entries.size, entries.root.hex(), is_news
    )


def refuse_unfit(store: Store, there: Mapping[PurePosixPath, int], entries: Entries) -> None:
    """What the store holds is nothing, or a beginning of this ledger. Raises ReplicaUnfit."""
    if CHECKPOINT_PATH not in there:
        return
    checkpoint = b"".join(store.blocks(CHECKPOINT_PATH))
    stated = stated_by(checkpoint)
    if stated is None:
        remedy = "Check that folder with `consilience vault check`, or copy to another place."
        raise ReplicaUnfit("its checkpoint can't be read", where=store.name, remedy=remedy)
    size, root = stated
    if size and entries.size and checkpoint.split(b"\n")[0] != entries.note.text.split(b"\n")[0]:
        raise ReplicaUnfit("holds the ledger of another case", where=store.name, remedy="Name another place.")
    if size > entries.size:
        what = f"is ahead: it holds {size} acts and this case {entries.size}, so this case was set back"
        remedy = "Look with `consilience vault repair CASE --from` what the case has lost."
        raise ReplicaUnfit(what, where=store.name, remedy=remedy)
    if Entries((), entries.leaves[:size]).root != root:
        what = f"holds {size} acts that are not the first {size} of this case: one of the two was rewritten"
        remedy = "Keep both as they are, for they are evidence; compare their acts with `consilience vault history`."
        raise ReplicaUnfit(what, where=store.name, remedy=remedy)


def place_in_ledger(case_folder: Path, store: Store, acts: Iterable[Act]) -> str:
    """What the ledger calls the place of a replica: a store by its address, a folder as `place_told` does, and a folder
    that it has called so before by the same words, so that one replica stays one."""
    if not isinstance(store, FolderStore):
        return store.name
    said = [str(act.content.get("where")) for act in acts if act.kind == COPIED and "acts" in act.content]
    known = [where for where in said if is_told(case_folder, store.root, where)]
    return known[-1] if known else place_told(case_folder, store.root)


def _known(acts: Sequence[Act], store: Store, told: str) -> int:
    """Up to how many acts the ledger already says that the place has them; earlier versions wrote the whole address."""
    names = (told, store.name)
    said = [act.content.get("acts") for act in acts if act.kind == COPIED and act.content.get("where") in names]
    return max((count for count in said if isinstance(count, int)), default=0)


def digest_of(store: Store, path: PurePosixPath) -> Digest:
    """Of the file in the store, read through. Raises VaultNotWritable."""
    state = hashlib.sha256()
    for block in store.blocks(path):
        state.update(block)
    return Digest("sha256:" + state.hexdigest())


def _remove(store: Store, there: Mapping[PurePosixPath, int], unwanted: Iterable[PurePosixPath]) -> int:
    """These are gone from the store; how many of them were there."""
    doomed = sorted(path for path in unwanted if path in there)
    for path in doomed:
        store.remove(path)
    return len(doomed)


def _copy(copying: _Copying, kept: Mapping[PurePosixPath, Kept], entries: Entries, progress: Progress | None) -> None:
    """Kept files, then tiles, then the checkpoint."""
    for done, one in enumerate(kept.values(), start=1):
        copying.bring_kept(one)
        if progress is not None:
            progress(done, len(kept))
    copying.store.settle()
    if copying.damaged:
        first, others = copying.damaged[0], len(copying.damaged) - 1
        what = first.what + (f"; and {others} more" if others else "") + ": the copy is not complete"
        raise ExhibitDamaged(what, where=first.where, remedy="See `consilience vault check --read-data`, then repair.")
    contents = tile_contents(entries)
    for tile in tiles.tiles_of(entries.size):
        _bring_bytes(copying, PurePosixPath(LEDGER) / tile.path, contents(tile))
    for size, note in signed_checkpoints(copying.source / LEDGER, entries):
        if size < entries.size:
            _bring_bytes(copying, PurePosixPath(LEDGER, SIGNED, str(size)), note.bytes)
    copying.store.settle()
    _bring_checkpoint(copying)
    copying.store.settle()


def _bring_bytes(copying: _Copying, path: PurePosixPath, data: bytes) -> None:
    copying.bring(path, digest_bytes(data), len(data), lambda: [data])


def _bring_checkpoint(copying: _Copying) -> None:
    """Byte for byte as it stands here; one of the same length may be an older one, so it is always compared."""
    with explained(copying.source / CHECKPOINT_PATH):
        checkpoint = (copying.source / CHECKPOINT_PATH).read_bytes()
    is_there = copying.there.get(CHECKPOINT_PATH) == len(checkpoint)
    if not is_there or b"".join(copying.store.blocks(CHECKPOINT_PATH)) != checkpoint:
        there = {path: size for path, size in copying.there.items() if path != CHECKPOINT_PATH}
        _bring_bytes(replace(copying, there=there), CHECKPOINT_PATH, checkpoint)


def _sound_blocks(folder: Path, kept: Kept) -> Iterator[bytes]:
    """The kept file in blocks. Raises ExhibitDamaged, at the end if need be, if they are not what was kept."""
    state, size = hashlib.sha256(), 0
    try:
        with (folder / kept.path).open("rb") as stream:
            while block := stream.read(_BLOCK):
                state.update(block)
                size += len(block)
                yield block
    except OSError as err:
        raise ExhibitDamaged(f"can't be read: {err.strerror}", where=str(kept.path)) from err
    if "sha256:" + state.hexdigest() != kept.digest or kept.size_bytes not in (None, size):
        raise ExhibitDamaged("is not what was kept", where=str(kept.path))
