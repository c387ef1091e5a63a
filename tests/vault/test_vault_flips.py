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


def test_a_flipped_bit_in_the_length_of_an_act_costs_no_act(tmp_path: Path) -> None:
    """Every bit of the lengths of a few acts in a full bundle: all acts stay readable, the file alone is named."""
    vault = make(tmp_path)
    (bundle,) = vault.files["full bundle"]
    data, at = bundle.read_bytes(), 0
    for number in range(256):
        if number in (0, 128, 255):
            for bit in range(16):
                assert_found_and_repaired(vault, bundle, at * 8 + bit)
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    assert at == len(data)
