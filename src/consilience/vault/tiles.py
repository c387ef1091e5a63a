"""The Merkle tree of the ledger, and its order in files.

Hashes are those of RFC 6962, section 2.1; files stand as C2SP's tlog-tiles lays them out (c2sp.org/tlog-tiles):
`tile/<L>/<N>[.p/<W>]` holds up to 256 hashes of level L, `tile/entries/<N>[.p/<W>]` the bodies of as many acts, each
after its length as a big-endian uint16. A path with `.p/<W>` is a partial tile, W wide. Nothing here touches a disk.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

WIDTH = 256
"""Hashes in a full tile (tlog-tiles: a tile spans a subtree of height 8)."""
HASH_BYTES = 32
MAX_BODY_BYTES = 0xFFFF
"""The longest body that a uint16 can announce."""
ENTRIES = "entries"

_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One file: `level` None for a bundle of bodies, else the level of its hashes; `width` in 1..256."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> PurePosixPath:
        """Relative to the ledger's folder; the index in groups of three digits, all but the last after an `x`."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return PurePosixPath(f"tile/{ENTRIES if self.level is None else self.level}/{number}{partial}")

    @property
    def full(self) -> Tile:
        """The tile that this one is, or grows into."""
        return replace(self, width=WIDTH)

    def stands_in(self, size: int) -> bool:
        """Whether a tree of that many acts has all that this tile holds."""
        count: int = size // WIDTH ** (self.level or 0)
        return self.index * WIDTH + self.width <= count


def tile_at(path: PurePosixPath) -> Tile | None:
    """The tile that lies at a path relative to the ledger's folder; None where a tile never lies."""
    match = _PATH.fullmatch(str(path))
    if match is None or int(match[3] or 1) >= WIDTH:
        return None
    level = None if match[1] == ENTRIES else int(match[1])
    tile = Tile(level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH))
    return tile if tile.path == path else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile that a tree of that many acts needs: level by level, bundles before hashes."""
    level, count = 0, size
    while count:
        for index in range(-(-count // WIDTH)):
            width = min(WIDTH, count - index * WIDTH)
            if level == 0:
                yield Tile(None, index, width)
            yield Tile(level, index, width)
        level, count = level + 1, count // WIDTH


def leaf_hash(body: bytes) -> bytes:
    """RFC 6962: SHA-256(0x00 ‖ body)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash over leaf hashes; of none, SHA-256 of nothing.

    Pairing neighbours and carrying an odd last one up is RFC 6962's split at the largest power of two.
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    row = list(leaves)
    while len(row) > 1:
        above = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        row = above if len(row) % 2 == 0 else [*above, row[-1]]
    return row[0]


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of each level of tiles: level 0 the leaves, above it one hash for each full tile below."""
    rows = [list(leaves)]
    while len(rows[-1]) >= WIDTH:
        below = rows[-1]
        rows.append([merkle_root(below[at : at + WIDTH]) for at in range(0, len(below) - WIDTH + 1, WIDTH)])
    return rows


def pack_bodies(bodies: Sequence[bytes]) -> bytes:
    """A bundle: each body after its length, a big-endian uint16."""
    return b"".join(len(body).to_bytes(2, "big") + body for body in bodies)


def unpack_bodies(bundle: bytes) -> list[bytes] | None:
    """The bodies of a bundle; None if it ends inside one."""
    bodies, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle):
            return None
        bodies.append(bundle[at + 2 : end])
        at = end
    return bodies
