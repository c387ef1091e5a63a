"""Proofs that one act is in a ledger, and that a ledger is an earlier one with acts added.

Both are lists of hashes of RFC 6962's tree. They are made as RFC 6962, sections 2.1.1 and 2.1.2, says and checked as
RFC 9162, sections 2.1.3.2 and 2.1.4.2, says; a checker needs a root that it trusts and nothing of the ledger itself.
`leaf` and `leaves` are leaf hashes (`tiles.leaf_hash`), never bodies.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from consilience.errors import LedgerDamaged, UsageError
from consilience.vault.tiles import HASH_BYTES, merkle_root, node_hash

_ANEW = "Accept nothing on it: ask whoever gave the proof for it anew, and keep both."


def inclusion_proofs(leaves: Sequence[bytes], indices: Sequence[int]) -> list[tuple[bytes, ...]]:
    """The audit paths of several leaves, in the order asked, at the cost of hashing the tree once.

    Raises UsageError if there is no such leaf.
    """
    for index in indices:
        if not 0 <= index < len(leaves):
            raise UsageError(
                f"there are {len(leaves)} acts, and no act {index}", remedy="Name one that there is, from 0."
            )
    paths: list[list[bytes]] = [[] for _ in indices]
    row, depth = list(leaves), 0
    while len(row) > 1:
        for path, index in zip(paths, indices, strict=True):
            sibling = (index >> depth) ^ 1
            if sibling < len(row):  # the odd last one of a row is carried up: it has no sibling here
                path.append(row[sibling])
        above = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        row, depth = (above if len(row) % 2 == 0 else [*above, row[-1]]), depth + 1
    return [tuple(path) for path in paths]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """What shows that the first `old_size` leaves are those of the smaller tree; nothing if it is all, or none.

    Raises UsageError if the tree was never that large.
    """
    if not 0 <= old_size <= len(leaves):
        remedy = f"Give a number from 0 to {len(leaves)}."
        raise UsageError(f"there are {len(leaves)} acts, and never were {old_size}", remedy=remedy)
    return () if old_size in (0, len(leaves)) else tuple(_subproof(leaves, old_size, whole=True))


def prefix_roots(leaves: Sequence[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """The root over the first n leaves for each n in `sizes` that is no more than there are, hashing the tree once."""
    wanted, subtrees = set(sizes), list[tuple[int, bytes]]()
    roots = {0: merkle_root(())} if 0 in wanted else {}
    for count, leaf in enumerate(leaves, start=1):
        height, node = 0, leaf
        while subtrees and subtrees[-1][0] == height:  # two full subtrees of one height are one of the next
            height, node = height + 1, node_hash(subtrees.pop()[1], node)
        subtrees.append((height, node))
        if count in wanted:
            root = node
            for _, left in reversed(subtrees[:-1]):
                root = node_hash(left, root)
            roots[count] = root
    return roots


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, section 2.1.2."""
    if old_size == len(leaves):
        return [] if whole else [merkle_root(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, whole=whole), merkle_root(right)]
    return [*_subproof(right, old_size - split, whole=False), merkle_root(left)]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """The leaf stands at that index of the tree of that size and root. Raises LedgerDamaged."""
    where = f"act {index} of {size}"
    if not 0 <= index < size:
        raise LedgerDamaged("lies outside the ledger", where=where, remedy=_ANEW)
    _check_lengths([leaf, root, *proof], where)
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise LedgerDamaged("its proof of inclusion is too long", where=where, remedy=_ANEW)
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    if last:
        raise LedgerDamaged("its proof of inclusion is too short", where=where, remedy=_ANEW)
    if found != root:
        raise LedgerDamaged("its proof of inclusion does not lead to the ledger's root", where=where, remedy=_ANEW)


def check_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """The tree of `size` begins with that of `old_size`: acts were added, and nothing else. Raises LedgerDamaged."""
    where = f"{old_size} acts, then {size}"
    if not 0 <= old_size <= size:
        raise LedgerDamaged("the ledger is shorter than it was", where=where, remedy=_ANEW)
    _check_lengths([old_root, root, *proof], where)
    if old_size in (0, size):
        _check_trivial(old_size, old_root, size, root, proof, where)
        return
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise LedgerDamaged("the proof of consistency is empty", where=where, remedy=_ANEW)
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    found_old = found = path[0]
    for step in path[1:]:
        if last == 0:
            raise LedgerDamaged("the proof of consistency is too long", where=where, remedy=_ANEW)
        if node & 1 or node == last:
            found_old, found = node_hash(step, found_old), node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    if last:
        raise LedgerDamaged("the proof of consistency is too short", where=where, remedy=_ANEW)
    if found_old != old_root or found != root:
        raise LedgerDamaged("the later ledger is not the earlier one with acts added", where=where, remedy=_ANEW)


def _check_trivial(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes], where: str) -> None:
    """From nothing, or to the same size: there is nothing to prove, so nothing may be given as proof."""
    if proof:
        raise LedgerDamaged("the proof of consistency should be empty", where=where, remedy=_ANEW)
    if old_size == 0 and old_root != merkle_root(()):
        raise LedgerDamaged("an empty ledger does not have that root", where=where, remedy=_ANEW)
    if old_size == size and old_root != root:
        raise LedgerDamaged("two ledgers of the same size have different roots", where=where, remedy=_ANEW)


def _check_lengths(hashes: Sequence[bytes], where: str) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise LedgerDamaged(f"a hash that is not {HASH_BYTES} bytes long", where=where, remedy=_ANEW)
