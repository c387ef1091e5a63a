"""Proofs of inclusion and consistency are those of Certificate Transparency, and no altered one is believed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_vault_tiles import CT_LEAVES, CT_ROOTS

from consilience.errors import LedgerDamaged, UsageError
from consilience.vault.proofs import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proofs,
)
from consilience.vault.tiles import leaf_hash, merkle_root

CT = [leaf_hash(body) for body in CT_LEAVES]
"""Known answers: the vectors of Google's certificate-transparency (also in transparency-dev/merkle, proof/)."""

INCLUSION = {
    (0, 1): "",
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
    ),
    (2, 3): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    ),
}
CONSISTENCY = {
    (1, 1): "",
    (1, 8): INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    ),
    (6, 7): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
    ),
}
Trees = st.integers(1, 300).map(lambda size: [leaf_hash(number.to_bytes(2, "big")) for number in range(size)])


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_proofs_of_inclusion_are_those_of_certificate_transparency(index: int, size: int) -> None:
    proof = inclusion_proofs(CT[:size], [index])[0]
    assert b"".join(proof).hex() == INCLUSION[index, size]
    check_inclusion(CT[index], index, size, proof, bytes.fromhex(CT_ROOTS[size]))


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_proofs_of_consistency_are_those_of_certificate_transparency(old: int, size: int) -> None:
    proof = consistency_proof(CT[:size], old)
    assert b"".join(proof).hex() == CONSISTENCY[old, size]
    check_consistency(old, bytes.fromhex(CT_ROOTS[old]), size, bytes.fromhex(CT_ROOTS[size]), proof)


def test_every_proof_of_every_small_tree_is_believed() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(40)]
    for size in range(1, 41):
        tree, root = leaves[:size], merkle_root(leaves[:size])
        for index, proof in enumerate(inclusion_proofs(tree, range(size))):
            check_inclusion(tree[index], index, size, proof, root)
        for old in range(size + 1):
            check_consistency(old, merkle_root(leaves[:old]), size, root, consistency_proof(tree, old))


def _altered(proof: Sequence[bytes], data: st.DataObject) -> Iterator[tuple[bytes, ...]]:
    """One bit flipped, one hash gone, one too many at either end, two swapped."""
    if proof:
        at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        flipped = bytearray(proof[at])
        flipped[bit // 8] ^= 1 << bit % 8
        yield (*proof[:at], bytes(flipped), *proof[at + 1 :])
        yield (*proof[:at], *proof[at + 1 :])
        yield (*proof[:at], proof[at][:-1], *proof[at + 1 :])
    extra = data.draw(st.sampled_from([*proof, hashlib.sha256(b"").digest()]))
    yield (*proof, extra)
    yield (extra, *proof)
    if len(proof) > 1:
        yield (proof[1], proof[0], *proof[2:])


@settings(max_examples=150)
@given(Trees, st.data())
def test_no_altered_proof_of_inclusion_is_believed(tree: list[bytes], data: st.DataObject) -> None:
    size, root = len(tree), merkle_root(tree)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proofs(tree, [index])[0]
    check_inclusion(tree[index], index, size, proof, root)
    for wrong in _altered(proof, data):
        with pytest.raises(LedgerDamaged):
            check_inclusion(tree[index], index, size, wrong, root)
    other = data.draw(st.integers(-1, size + 1).filter(lambda number: number != index))
    for leaf, at in ((tree[index], other), (leaf_hash(b"another"), index)):
        with pytest.raises(LedgerDamaged):
            check_inclusion(leaf, at, size, proof, root)
    with pytest.raises(LedgerDamaged):
        check_inclusion(tree[index], index, size, proof, leaf_hash(b"another"))


@settings(max_examples=150)
@given(Trees, st.data())
def test_no_altered_proof_of_consistency_is_believed(tree: list[bytes], data: st.DataObject) -> None:
    size, root = len(tree), merkle_root(tree)
    old = data.draw(st.integers(0, size))
    old_root, proof = merkle_root(tree[:old]), consistency_proof(tree, old)
    check_consistency(old, old_root, size, root, proof)
    for wrong in _altered(proof, data):
        with pytest.raises(LedgerDamaged):
            check_consistency(old, old_root, size, root, wrong)
    with pytest.raises(LedgerDamaged):
        check_consistency(old, leaf_hash(b"another"), size, root, proof)
    if old:  # anything is consistent with nothing
        with pytest.raises(LedgerDamaged):
            check_consistency(old, old_root, size, leaf_hash(b"another"), proof)


@settings(max_examples=150)
@given(Trees, st.data())
def test_no_two_ledgers_that_differ_below_the_old_size_have_a_proof(tree: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(tree)))
    changed = data.draw(st.integers(0, old - 1))
    other = [*tree[:changed], leaf_hash(b"another"), *tree[changed + 1 :]]
    with pytest.raises(LedgerDamaged):
        check_consistency(old, merkle_root(tree[:old]), len(other), merkle_root(other), consistency_proof(other, old))


def test_a_ledger_that_became_shorter_is_refused() -> None:
    with pytest.raises(LedgerDamaged, match="shorter"):
        check_consistency(3, merkle_root(CT[:3]), 2, merkle_root(CT[:2]), ())


def test_an_empty_ledger_of_another_root_is_refused() -> None:
    with pytest.raises(LedgerDamaged, match="empty"):
        check_consistency(0, CT[0], 2, merkle_root(CT[:2]), ())


def test_a_proof_of_what_is_not_there_is_not_made() -> None:
    for index in (-1, 3):
        with pytest.raises(UsageError, match="no act"):
            inclusion_proofs(CT[:3], [0, index])
        with pytest.raises(UsageError, match="never were"):
            consistency_proof(CT[:3], -1 if index < 0 else 4)
