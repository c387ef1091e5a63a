"""The tree is RFC 6962's and the layout is tlog-tiles'; both against published values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.vault import tiles
from consilience.vault.tiles import Tile

# Google's certificate-transparency reference implementation, test vectors of its Merkle tree (RFC 6962, section 2.1).
CT_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_root_is_that_of_the_certificate_transparency_vectors(size: int) -> None:
    leaves = [tiles.leaf_hash(body) for body in CT_LEAVES[:size]]
    assert tiles.merkle_root(leaves).hex() == CT_ROOTS[size]


def _rfc_6962(bodies: Sequence[bytes]) -> bytes:
    """Section 2.1 to the letter: split at the largest power of two smaller than n."""
    if len(bodies) == 1:
        return hashlib.sha256(b"\x00" + bodies[0]).digest()
    split = 1 << ((len(bodies) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _rfc_6962(bodies[:split]) + _rfc_6962(bodies[split:])).digest()


@given(st.integers(1, 700))
def test_root_is_rfc_6962s_recursive_definition_at_every_size(size: int) -> None:
    bodies = [index.to_bytes(2, "big") for index in range(size)]
    assert tiles.merkle_root([tiles.leaf_hash(body) for body in bodies]) == _rfc_6962(bodies)


def test_a_hash_of_a_higher_level_is_the_root_of_the_full_tile_below() -> None:
    bodies = [index.to_bytes(2, "big") for index in range(600)]
    rows = tiles.levels([tiles.leaf_hash(body) for body in bodies])
    assert [len(row) for row in rows] == [600, 2]
    assert rows[1] == [_rfc_6962(bodies[:256]), _rfc_6962(bodies[256:512])]


def test_paths_are_those_of_the_specifications_examples() -> None:
    assert str(Tile(0, 1234067, 256).path) == "tile/0/x001/x234/067"
    assert str(Tile(2, 0, 1).path) == "tile/2/000.p/1"
    assert str(Tile(None, 273, 112).path) == "tile/entries/273.p/112"
    assert str(Tile(0, 1000, 256).path) == "tile/0/x001/000"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    found = list(tiles.tiles_of(70_000))
    hashes = [tile for tile in found if tile.level is not None]
    assert sum(tile.level == 0 and tile.width == 256 for tile in hashes) == 273
    assert [tile for tile in hashes if tile.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert sum(tile.level == 1 and tile.width == 256 for tile in hashes) == 1
    assert [(t.index, t.width) for t in found if t.level is None] == [
        (t.index, t.width) for t in hashes if t.level == 0
    ]


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_one_above() -> None:
    assert list(tiles.tiles_of(256)) == [Tile(None, 0, 256), Tile(0, 0, 256), Tile(1, 0, 1)]
    assert list(tiles.tiles_of(0)) == []


@given(st.none() | st.integers(0, 63), st.integers(0, 10**10), st.integers(1, 256))
def test_a_tile_is_found_again_by_its_path(level: int | None, index: int, width: int) -> None:
    assert tiles.tile_at(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    ["checkpoint", "tile/0/1", "tile/0/001/x002", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256",
     "tile/0/x000/001", "tile/entries/000.p/05", "tile/0/000.part", "incoming.part"],
)  # fmt: skip
def test_nothing_else_is_taken_for_a_tile(path: str) -> None:
    assert tiles.tile_at(PurePosixPath(path)) is None


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bodies_come_out_of_a_bundle_as_they_went_in(bodies: list[bytes]) -> None:
    assert tiles.unpack_bodies(tiles.pack_bodies(bodies)) == bodies


def test_a_bundle_is_big_endian_uint16_lengths_and_bodies() -> None:
    assert tiles.pack_bodies([b"a", b"", b"x" * 300]) == b"\x00\x01a\x00\x00\x01\x2c" + b"x" * 300


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5), st.data())
def test_a_bundle_that_ends_inside_a_body_is_refused(bodies: list[bytes], data: st.DataObject) -> None:
    bundle = tiles.pack_bodies(bodies)
    ends = {len(tiles.pack_bodies(bodies[:count])) for count in range(len(bodies) + 1)}
    cut = data.draw(st.sampled_from([at for at in range(len(bundle)) if at not in ends]))
    assert tiles.unpack_bodies(bundle[:cut]) is None
