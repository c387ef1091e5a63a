"""A bit that turned over anywhere is found, named and put right. A thousand of them: proofs/vault.py."""

from __future__ import annotations

from pathlib import Path

from vault_flips import CLASSES, assert_found_and_repaired, flips, make


def test_each_of_a_hundred_flipped_bits_is_named_alone_and_repaired_exactly(tmp_path: Path) -> None:
    vault = make(tmp_path)
    seen = set()
    for kind, path, bit in flips(vault, seed=20170404, count=100):
        seen.add(kind)
        assert_found_and_repaired(vault, path, bit)
    assert seen == set(CLASSES)
