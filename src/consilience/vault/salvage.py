"""What can still be known of a ledger of which some files are damaged, and which files these are.

`ledger.read_entries` stops at the first file that is not as it was written. Here every file is read, and each act's
hash is taken from whichever files agree with the checkpoint: bodies, hashes of level 0, hashes above it, and partial
tiles that were kept. So one damaged file is named alone, and all that the others hold stays readable.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path, PurePosixPath

from consilience.vault import tiles
from consilience.vault.acts import SCHEMA
from consilience.vault.ledger import CHECKPOINT, SIGNED, Entries
from consilience.vault.signed_files import fault_of, faults_of_kept, is_signed_file, keys_of
from consilience.vault.survey import bytes_of
from consilience.vault.tiles import HASH_BYTES, WIDTH, Tile

LEDGER = "ledger"
"""The ledger's folder below `.consilience/`."""

_FOLDERS = re.compile(r"tile(/(entries|0|[1-9]\d?)(/x\d{3})*(/\d{3}\.p)?)?")
_STATED = re.compile(rb"[^\n]+\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:\n.*)?", re.DOTALL)
_END_OF_ACT = f'"schema":"{SCHEMA}"}}'.encode()
"""How the JSON of an act ends: its keys are in order, and quotation marks inside its texts are escaped."""
_MOST_DOUBTFUL = 6
"""So many acts of one bundle may be in doubt, each with two hashes, before they are no longer tried one by one."""
_MOST_TRIALS = 4096
_FURTHEST = WIDTH * WIDTH
"""So many acts beyond the last one that is there are looked for, and no more: a damaged number may be any number."""

Leaves = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A file of the ledger, relative to its folder, that is not as it was written; `acts` are those it can't give."""

    path: PurePosixPath
    what: str
    acts: tuple[int, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Salvaged:
    """`size` acts; of each its leaf hash and body, or None where no file gives it. `is_certain`: they fit the root."""

    size: int = 0
    leaves: Leaves = ()
    bodies: tuple[bytes | None, ...] = ()
    is_certain: bool = False
    flaws: tuple[Flaw, ...] = ()
    leftovers: tuple[PurePosixPath, ...] = ()


_TileFile = tuple[PurePosixPath, Tile, bytes | None]


def stated_by(checkpoint: bytes) -> tuple[int, bytes] | None:
    """The number of acts and the root hash that a checkpoint states; None if it is none."""
    match = _STATED.fullmatch(checkpoint)
    return None if match is None else (int(match[1]), base64.b64decode(match[2]))


def is_part_of_ledger(path: PurePosixPath, *, is_folder: bool) -> bool:
    """Whether a ledger has a file, or a folder, at this path relative to it."""
    if is_folder:
        return str(path) == SIGNED or _FOLDERS.fullmatch(str(path)) is not None
    return str(path) == CHECKPOINT or tiles.tile_at(path) is not None or is_signed_file(path)


def salvage(folder: Path) -> Salvaged:
    """The ledger in a folder, read as far as it can be. Raises nothing: what can't be read is a flaw."""
    files = _tile_files(folder)
    checkpoint = bytes_of(folder / CHECKPOINT)
    stated = None if checkpoint is None else stated_by(checkpoint)
    reach = max((tile.index * WIDTH + tile.width for _, tile, _ in files if not tile.level), default=0)
    if stated is not None:
        found = _at_size(files, *stated)
        if None not in found.leaves and Entries((), _known(found.leaves)).root == stated[1]:
            return _with_checkpoint(folder, found, checkpoint)
    guessed = _at_size(files, reach, None)
    if stated is None or (not guessed.flaws and _blames_checkpoint(guessed, *stated)):
        return _with_checkpoint(folder, guessed, checkpoint)
    return _with_checkpoint(folder, _at_size(files, min(stated[0], reach + _FURTHEST), stated[1]), checkpoint)


def _blames_checkpoint(guessed: Salvaged, size: int, root: bytes) -> bool:
    """Whether files that agree among themselves speak against one number of the checkpoint and not against both."""
    return size == guessed.size or root == Entries((), _known(guessed.leaves)).root


def _with_checkpoint(folder: Path, found: Salvaged, checkpoint: bytes | None) -> Salvaged:
    """With a flaw for each checkpoint, present or kept, that does not say what the acts say or bears a false name."""
    leaves, keys = _known(found.leaves), keys_of(found.bodies)
    is_known, what, flaws = len(leaves) == found.size, None, list(found.flaws)
    if checkpoint is None:
        what = (
            "is gone, and its acts are not" if found.size else "is not there: nothing is kept yet, or all acts are gone"
        )
    elif is_known:
        what = fault_of(checkpoint, Entries((), leaves).note.text, found.size, keys)
    elif stated_by(checkpoint) is None or not found.flaws:
        what = "is not a checkpoint, or an act was altered that can't be told"
    if is_known:
        flaws += [Flaw(path, fault) for path, fault in faults_of_kept(folder, leaves, keys)]
    is_certain = is_known and what is None
    if what is not None:
        flaws.append(Flaw(PurePosixPath(CHECKPOINT), what, is_gone=checkpoint is None))
    return replace(found, flaws=tuple(sorted(flaws, key=lambda flaw: flaw.path)), is_certain=is_certain)


def _at_size(files: Sequence[_TileFile], size: int, root: bytes | None) -> Salvaged:
    """The acts of a tree of that size, by the root if there is one to settle what its files differ on."""
    within = [entry for entry in files if entry[1].stands_in(size)]
    leaves = _settled(within, size, root)
    bodies = _bodies(within, leaves)
    flaws = [*_absent(within, size), *_flawed(within, leaves)]
    leftovers = tuple(path for path, tile, _ in files if not tile.stands_in(size))
    return Salvaged(size, leaves, bodies, False, tuple(sorted(flaws, key=lambda flaw: flaw.path)), leftovers)


def _settled(files: Sequence[_TileFile], size: int, root: bytes | None) -> Leaves:
    """The leaf hashes: those that give the root, else those on which all files agree, else None."""
    above = _hashes_above(files)
    starts = range(0, size, WIDTH)
    readings = _readings(files)
    options = []
    for start in starts:
        span = _span_options(readings.get(start // WIDTH, []), min(WIDTH, size - start))
        stated = above.get(start // WIDTH)
        options.append([leaves for leaves in span if stated is not None and _root_of(leaves) == stated] or span)
    if root is not None:
        for trial in islice(product(*options), _MOST_TRIALS):
            if all(None not in leaves for leaves in trial) and _root_of_spans(trial) == root:
                return tuple(leaf for leaves in trial for leaf in leaves)
    return tuple(leaf for span in options for leaf in _agreed(span))


def _readings(files: Sequence[_TileFile]) -> dict[int, list[list[bytes]]]:
    """By place of the bundle: what each of its files, of hashes or of bodies, says that the leaf hashes are."""
    found: dict[int, list[list[bytes]]] = {}
    for _, tile, data in sorted(files, key=lambda entry: -entry[1].width):
        if not tile.level and data is not None:
            said = _hashes_in(data) if tile.level == 0 else list(map(tiles.leaf_hash, _bodies_in(data)))
            found.setdefault(tile.index, []).append(said[: tile.width])
    return found


def _span_options(readings: Sequence[Sequence[bytes]], width: int) -> list[Leaves]:
    """Whole sequences of leaf hashes that the readings allow, likelier ones first; never empty."""
    by_leaf: list[list[bytes]] = [[] for _ in range(width)]
    for said in readings:
        for place, leaf in enumerate(said[:width]):
            if leaf not in by_leaf[place]:
                by_leaf[place].append(leaf)
    options: list[Leaves] = [tuple(said[:width]) for said in readings if len(said) >= width]
    options.append(tuple(leaves[0] if leaves else None for leaves in by_leaf))
    if sum(len(leaves) > 1 for leaves in by_leaf) <= _MOST_DOUBTFUL:
        choices: list[Leaves] = [tuple(leaves) or (None,) for leaves in by_leaf]
        options += islice(product(*choices), _MOST_TRIALS)
    return list(dict.fromkeys(options))


def _agreed(options: Sequence[Leaves]) -> Leaves:
    """The hashes that all options share; None where they differ."""
    return tuple(leaves[0] if len(set(leaves)) == 1 else None for leaves in zip(*options, strict=True))


def _root_of(leaves: Leaves) -> bytes | None:
    return None if None in leaves else tiles.merkle_root(_known(leaves))


def _root_of_spans(spans: Sequence[Leaves]) -> bytes:
    """The root from that of each bundle: 256 leaves are a whole subtree, and a last narrower one is carried up."""
    return tiles.merkle_root([tiles.merkle_root(_known(span)) for span in spans])


def _known(leaves: Leaves) -> tuple[bytes, ...]:
    return tuple(leaf for leaf in leaves if leaf is not None)


def _hashes_above(files: Sequence[_TileFile]) -> dict[int, bytes]:
    """The root of each full bundle, as the widest tile of level 1 states it."""
    above: dict[int, bytes] = {}
    for _, tile, data in sorted(files, key=lambda entry: entry[1].width):
        if tile.level == 1 and data is not None:
            above |= {tile.index * WIDTH + place: hashed for place, hashed in enumerate(_hashes_in(data))}
    return above


def _bodies(files: Sequence[_TileFile], leaves: Leaves) -> tuple[bytes | None, ...]:
    """For each act the body of any bundle that has its hash."""
    found: list[bytes | None] = [None] * len(leaves)
    for _, tile, data in files:
        if tile.level is None and data is not None:
            for index, body in enumerate(_bodies_in(data), start=tile.index * WIDTH):
                if index < len(leaves) and found[index] is None and tiles.leaf_hash(body) == leaves[index]:
                    found[index] = body
    return tuple(found)


def _absent(files: Sequence[_TileFile], size: int) -> Iterator[Flaw]:
    there = {tile for _, tile, _ in files}
    for tile in tiles.tiles_of(size):
        if tile not in there:
            yield Flaw(tile.path, "is gone", _acts_of(tile), is_gone=True)


def _flawed(files: Sequence[_TileFile], leaves: Leaves) -> Iterator[Flaw]:
    """Each file that is not what the leaves say. Where these aren't known, it is one that differs from another."""
    rows = tiles.levels(_known(leaves)) if None not in leaves else None
    for path, tile, data in files:
        if data is None:
            yield Flaw(path, "can't be read", _acts_of(tile))
        elif (wrong := _wrong_acts(tile, data, leaves, rows)) is not None:
            yield Flaw(path, "is not what was written", wrong)


def _wrong_acts(
    tile: Tile, data: bytes, leaves: Leaves, rows: Sequence[Sequence[bytes]] | None
) -> tuple[int, ...] | None:
    """The acts that the file does not give right; None if it is as it was written."""
    start = tile.index * WIDTH
    if tile.level:
        right = rows is not None and b"".join(rows[tile.level][start : start + tile.width])
        return None if rows is None or data == right else ()
    bodies = _bodies_in(data)
    said = _hashes_in(data) if tile.level == 0 else list(map(tiles.leaf_hash, bodies))
    is_whole = len(data) == tile.width * HASH_BYTES if tile.level == 0 else tiles.pack_bodies(bodies) == data
    there = range(start, start + tile.width)
    wrong = tuple(index for index in there if index - start >= len(said) or said[index - start] != leaves[index])
    return wrong if wrong or not is_whole or len(said) != tile.width else None


def _acts_of(tile: Tile) -> tuple[int, ...]:
    """The acts whose bodies or hashes the tile holds; none for hashes of hashes."""
    return () if tile.level else tuple(range(tile.index * WIDTH, tile.index * WIDTH + tile.width))


def _hashes_in(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_BYTES] for at in range(0, len(data) - HASH_BYTES + 1, HASH_BYTES)]


def _bodies_in(data: bytes) -> list[bytes]:
    """The bodies of a bundle. Where a length is damaged, a body ends where its JSON does, and the next follows."""
    bodies, at = [], 0
    while at + 2 <= len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if data[end - 1 : end] != b"}" or data[end + 2 : end + 3] not in (b"", b"{"):
            end = data.find(_END_OF_ACT, at) + len(_END_OF_ACT)
            if end <= at + 2:
                break
        bodies.append(data[at + 2 : end])
        at = end
    return bodies


def _tile_files(folder: Path) -> list[_TileFile]:
    """Each file that lies where a tile lies, in order of path, with its bytes, or None if they can't be read."""
    found = []
    for path in sorted((folder / "tile").rglob("*")):
        relative = PurePosixPath(path.relative_to(folder))
        tile = tiles.tile_at(relative)
        if tile is not None and (path.is_symlink() or not path.is_dir()):
            found.append((relative, tile, bytes_of(path)))
    return found
