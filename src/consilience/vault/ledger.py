"""The append-only ledger: bodies of acts, their hashes as tiles, and a checkpoint that says how many are there.

    ledger/checkpoint              origin, number of acts, root hash: a C2SP tlog-checkpoint, signed or not
    ledger/checkpoints/<size>      each signed checkpoint that a later one has replaced
    ledger/tile/entries/<N>[.p/W]  the bodies
    ledger/tile/<L>/<N>[.p/W]      the hashes

A file once written is never changed: an append writes new files, and acts are in the ledger from the moment at which
the checkpoint is replaced. Whatever lies beyond the checkpoint's number is an append that never ended: it is not
read, and is swept before the next one. Old partial tiles stay until their full tile stands (tlog-tiles).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from consilience.errors import LedgerDamaged, VaultNotWritable
from consilience.vault import tiles
from consilience.vault.checkpoints import checkpoint_text, read_checkpoint
from consilience.vault.durable import HALF_WRITTEN, explained, make_folder, remove_file, sync_folder, write_file
from consilience.vault.notes import Note, Signature, Signer
from consilience.vault.proofs import prefix_roots
from consilience.vault.tiles import HASH_BYTES, WIDTH, Tile

CHECKPOINT = "checkpoint"
SIGNED = "checkpoints"

_SIZE = re.compile(r"[1-9]\d{0,14}")
_REMEDY = "Restore .consilience from a copy; keep the damaged folder as it is, for it is evidence too."


@dataclass(frozen=True, slots=True)
class Entries:
    """The ledger as it was read: bodies in order, their leaf hashes, and the signatures under its checkpoint."""

    bodies: tuple[bytes, ...] = ()
    leaves: tuple[bytes, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def size(self) -> int:
        """How many acts there are."""
        return len(self.leaves)

    @property
    def root(self) -> bytes:
        """The Merkle Tree Hash of RFC 6962 over all of them."""
        return _root_of(self.leaves)

    @property
    def note(self) -> Note:
        """The checkpoint over all of them."""
        return Note(checkpoint_text(self.leaves[:1], self.size, self.root), self.signatures)

    def and_also(self, bodies: Sequence[bytes]) -> Entries:
        """These entries, followed by more; nobody has signed that yet."""
        return Entries((*self.bodies, *bodies), (*self.leaves, *map(tiles.leaf_hash, bodies)))


@lru_cache(maxsize=4)
def _root_of(leaves: tuple[bytes, ...]) -> bytes:
    """The root, remembered: an append asks for it several times, and it costs a hash for each act."""
    return tiles.merkle_root(leaves)


def is_founded(folder: Path) -> bool:
    """Whether there is a ledger. Raises LedgerDamaged if there are tiles or old checkpoints, and no checkpoint."""
    has_acts = (folder / "tile").exists() or (folder / SIGNED).exists()  # first: a writer makes the checkpoint before
    is_there = (folder / CHECKPOINT).exists()
    if has_acts and not is_there:
        raise _damaged("is gone, and its acts are not", CHECKPOINT)
    return is_there


def found(folder: Path) -> None:
    """An empty ledger is in the folder, which may exist. Raises VaultNotWritable."""
    make_folder(folder)
    _write_checkpoint(folder, Entries())


def read_entries(folder: Path) -> Entries:
    """Every act that was acknowledged, each checked against its hash, all against the checkpoint.

    Signatures are read and not checked: whose they are stands in the acts. Raises LedgerDamaged, naming the first act
    or the file that is not as it was written.
    """
    largest_signed = max(_signed_sizes(folder, strict=False), default=0)  # looked at first: a writer keeps it before
    stated = read_checkpoint(_read(folder, PurePosixPath(CHECKPOINT)), f"ledger/{CHECKPOINT}", _REMEDY)
    if stated.size < largest_signed:
        what = f"has {stated.size} acts, and a signed checkpoint of {largest_signed} stands beside it: acts are gone"
        raise _damaged(what, CHECKPOINT)
    entries = replace(_read_bodies(folder, stated.size), signatures=stated.note.signatures)
    if entries.note != stated.note:
        raise _damaged("does not fit the acts: one was altered, added, removed or reordered", CHECKPOINT)
    return entries


def append(folder: Path, entries: Entries, bodies: Sequence[bytes], signer: Signer | None = None) -> Entries:
    """The entries with the new ones, which are on disk when this returns; when it raises, all or none of them are.

    The new checkpoint bears the signer's signature, if there is a signer, and no other; a signed one that it replaces
    is kept. `entries` is what `read_entries` gave; the caller holds the vault's lock. Raises VaultNotWritable, also if
    the ledger is no longer what was read: whatever the locks are worth on this disk, no act is written over.
    """
    if not bodies:
        return entries
    _check_as_read(folder, entries)
    after = _signed(entries.and_also(bodies), signer)
    _keep_signed(folder, entries)
    written = [tile for tile in tiles.tiles_of(after.size) if not tile.stands_in(entries.size)]
    contents = tile_contents(after)
    for folder_of_tile in _folders(written):
        make_folder(folder / folder_of_tile)
    for tile in written:
        write_file(folder / HALF_WRITTEN, folder / tile.path, contents(tile))
    for folder_of_tile in _folders(written):
        sync_folder(folder / folder_of_tile)
    _write_checkpoint(folder, after)
    return after


def sign(folder: Path, entries: Entries, signer: Signer) -> Entries:
    """The same entries, their checkpoint signed in place. The caller holds the lock. Raises as `append` does."""
    _check_as_read(folder, entries)
    signed = _signed(entries, signer)
    _write_checkpoint(folder, signed)
    return signed


def signed_checkpoints(folder: Path, entries: Entries, *, newest_only: bool = False) -> list[tuple[int, Note]]:
    """Number of acts and note of each checkpoint that was signed, smallest first, the present one too if it is.

    Each text is checked against the acts; the signatures are not. Raises LedgerDamaged.
    """
    sizes = sorted(size for size in _signed_sizes(folder, strict=not newest_only) if size <= entries.size)
    if newest_only:
        sizes = [] if entries.signatures else sizes[-1:]
    roots = prefix_roots(entries.leaves, sizes)
    found = [(size, _kept_note(folder, entries, size, roots[size])) for size in sizes]
    if entries.signatures and sizes[-1:] == [entries.size] and found.pop()[1] != entries.note:
        raise _damaged("differs from the one that is kept of it", CHECKPOINT)
    return [*found, (entries.size, entries.note)] if entries.signatures else found


def sweep(folder: Path, entries: Entries) -> None:
    """What an append left that never ended is gone, and so are partial tiles whose full tile stands.

    The caller holds the vault's lock. Raises VaultNotWritable.
    """
    remove_file(folder / HALF_WRITTEN)
    for path, tile in _tiles_on_disk(folder):
        is_partial_of_full = tile.width < WIDTH and tile.full.stands_in(entries.size)
        if is_partial_of_full or not tile.stands_in(entries.size):
            remove_file(path)
    sync_folder(folder)  # a checkpoint that an interrupted append put in place lasts from here on


def _check_as_read(folder: Path, entries: Entries) -> None:
    """The checkpoint on disk is the one over these entries; where there are none it need not be there yet."""
    path = folder / CHECKPOINT
    with explained(path):
        there = path.read_bytes() if entries.size or path.exists() else entries.note.bytes
    if there != entries.note.bytes:
        what = f"was written by another run since its {entries.size} acts were read; nothing was recorded"
        raise VaultNotWritable(what, where=str(path), remedy="Run again: what the other wrote is then read.")


def _write_checkpoint(folder: Path, entries: Entries) -> None:
    write_file(folder / HALF_WRITTEN, folder / CHECKPOINT, entries.note.bytes)
    sync_folder(folder)


def _signed(entries: Entries, signer: Signer | None) -> Entries:
    return entries if signer is None else replace(entries, signatures=(signer.sign(entries.note.text),))


def _keep_signed(folder: Path, entries: Entries) -> None:
    """The checkpoint over these entries, if it is signed, stands beside the one that is about to replace it."""
    if entries.signatures:
        make_folder(folder / SIGNED)
        write_file(folder / HALF_WRITTEN, folder / SIGNED / str(entries.size), entries.note.bytes)
        sync_folder(folder / SIGNED)


def _kept_note(folder: Path, entries: Entries, size: int, root: bytes) -> Note:
    """A signed checkpoint that was replaced. Raises LedgerDamaged if it does not fit the acts."""
    path = PurePosixPath(SIGNED, str(size))
    note = read_checkpoint(_read(folder, path), f"ledger/{path}", _REMEDY).note
    if note.text != checkpoint_text(entries.leaves[:1], size, root):
        raise _damaged("does not fit the acts", str(path))
    if not note.signatures:
        raise _damaged("is not signed, and only signed ones are kept there", str(path))
    return note


def _signed_sizes(folder: Path, *, strict: bool) -> list[int]:
    """Of how many acts the signed checkpoints are that are kept.

    Raises LedgerDamaged where they can't be listed or, if `strict`, for a file that is none: reading goes on beside it.
    """
    try:
        names = [path.name for path in (folder / SIGNED).iterdir()] if (folder / SIGNED).exists() else []
    except OSError as err:
        raise _damaged(f"can't be read: {err.strerror}", SIGNED) from err
    for name in sorted(names) if strict else ():
        if not _SIZE.fullmatch(name):
            raise _damaged("is not the number of acts of a checkpoint", f"{SIGNED}/{name}")
    return [int(name) for name in names if _SIZE.fullmatch(name)]


def tile_contents(entries: Entries) -> Callable[[Tile], bytes]:
    """What each tile must hold. Tiles of a smaller tree hold a prefix, so old partial tiles are covered too."""
    rows = tiles.levels(entries.leaves)

    def bytes_of(tile: Tile) -> bytes:
        span = slice(tile.index * WIDTH, tile.index * WIDTH + tile.width)
        return tiles.pack_bodies(entries.bodies[span]) if tile.level is None else b"".join(rows[tile.level][span])

    return bytes_of


def _read_bodies(folder: Path, size: int) -> Entries:
    """So many bodies, each checked against the hash in its level 0 tile."""
    bodies: list[bytes] = []
    leaves: list[bytes] = []
    for start in range(0, size, WIDTH):
        width = min(WIDTH, size - start)
        hashes = _read_hashes(folder, Tile(0, start // WIDTH, width))
        for body, stated in zip(_read_bundle(folder, Tile(None, start // WIDTH, width)), hashes, strict=True):
            if tiles.leaf_hash(body) != stated:
                raise LedgerDamaged("is not what was recorded", where=f"act {len(bodies)}", remedy=_REMEDY)
            bodies.append(body)
            leaves.append(stated)
    return Entries(tuple(bodies), tuple(leaves))


def _read_hashes(folder: Path, tile: Tile) -> list[bytes]:
    path, data = _read_tile(folder, tile)
    if len(data) % HASH_BYTES or len(data) < tile.width * HASH_BYTES:
        raise _damaged("is too short or too long", str(path))
    return [data[at : at + HASH_BYTES] for at in range(0, tile.width * HASH_BYTES, HASH_BYTES)]


def _read_bundle(folder: Path, tile: Tile) -> list[bytes]:
    path, data = _read_tile(folder, tile)
    bodies = tiles.unpack_bodies(data)
    if bodies is None or len(bodies) < tile.width:
        raise _damaged("is too short or too long", str(path))
    return bodies[: tile.width]


def _read_tile(folder: Path, tile: Tile) -> tuple[PurePosixPath, bytes]:
    """The tile, or the full one that it has grown into, as tlog-tiles lets a partial one be deleted then."""
    for path in (tile.path, tile.full.path):
        try:
            return path, _read(folder, path)
        except LedgerDamaged as err:
            if not isinstance(err.__cause__, FileNotFoundError):
                raise
    raise _damaged("is gone", str(tile.path))


def _read(folder: Path, path: PurePosixPath) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as err:
        raise _damaged(f"can't be read: {err.strerror}", str(path)) from err


def _tiles_on_disk(folder: Path) -> Iterator[tuple[Path, Tile]]:
    """Each file that lies where a tile lies, in order of path."""
    for path in sorted((folder / "tile").rglob("*")):
        tile = tiles.tile_at(PurePosixPath(path.relative_to(folder)))
        if tile is not None and path.is_file():
            yield path, tile


def _folders(written: Sequence[Tile]) -> list[PurePosixPath]:
    """Every folder that such tiles lie in, within the ledger's, parents first."""
    return sorted({parent for tile in written for parent in tile.path.parents if parent.parts})


def _damaged(what: str, name: str) -> LedgerDamaged:
    return LedgerDamaged(what, where=f"ledger/{name}", remedy=_REMEDY)
