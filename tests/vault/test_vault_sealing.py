"""What is sealed opens for a custodian, whole, and for nobody else; its name and size say nothing."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage import x25519
from vault_cases import AT, FIRST, assert_whole, preserve

from consilience.errors import KeysUnusable, SealBroken, UsageError, VaultError, VaultNotWritable
from consilience.quantities import digest_bytes
from consilience.vault import sealed_files
from consilience.vault.checking import check
from consilience.vault.durable import write_all
from consilience.vault.keyring import Custodian
from consilience.vault.sealed_store import ToSeal, begin_opening, clear, forget, seal
from consilience.vault.sealing import EXHIBIT, LEAST_BYTES, Label, decrypt, encrypt, new_label, padded
from consilience.vault.store import Vault

ANNA, BILAL, MALLORY = (x25519.Identity.generate() for _ in range(3))
CUSTODIANS = [Custodian("anna", str(ANNA.to_public())), Custodian("bilal", str(BILAL.to_public()))]


def _thing(data: bytes, source: str = "W1", path: str = "a voice.m4a") -> ToSeal:
    return ToSeal(EXHIBIT, source, path, digest_bytes(data), len(data), lambda: io.BytesIO(data))


def _opened(vault: Vault, source: str, *identities: x25519.Identity) -> list[tuple[Label, bytes]]:
    opening = begin_opening(vault, source, identities, "asked", AT)
    found = []
    for item in opening.items:
        out = io.BytesIO()
        found.append((opening.read(item, out), out.getvalue()))
    return found


def _files(folder: Path) -> list[Path]:
    return sorted((folder / ".consilience" / sealed_files.FOLDER).rglob("*.age"))


@pytest.mark.parametrize("size", [0, 1, 4095, 5000, 300_000])
def test_each_custodian_brings_back_what_was_sealed_and_what_it_was(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(data)], CUSTODIANS, AT)
    for custodian in (ANNA, BILAL):
        [(label, found)] = _opened(Vault.open(tmp_path), "W1", custodian)
        assert found == data
        assert (label.kind, label.source_id, label.path) == (EXHIBIT, "W1", "a voice.m4a")
    assert_whole(tmp_path)


def test_nobody_else_opens_it_and_that_is_no_act(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"words")], CUSTODIANS, AT)
    before = vault.root()
    with pytest.raises(KeysUnusable):
        _opened(vault, "W1", MALLORY)
    with pytest.raises(KeysUnusable):
        _opened(vault, "W1")
    assert vault.root() == before


def test_every_opening_is_an_act_that_says_whose_by_whom_and_why(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    item = seal(vault, [_thing(b"words")], CUSTODIANS, AT).popitem()[1]
    begin_opening(vault, "W1", [MALLORY, BILAL], "the court asks", AT)  # nothing was read yet
    act = Vault.open(tmp_path).acts()[-1]
    assert act.kind == "unsealed"
    assert dict(act.content) == {
        "schema": "consilience.unsealed/1", "source_id": "W1", "items": [item.item_id],
        "custodian": CUSTODIANS[1].recipient, "reason": "the court asks",
    }  # fmt: skip


def test_an_opening_without_a_reason_or_of_nobody_is_refused(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"words")], CUSTODIANS, AT)
    with pytest.raises(UsageError, match="reason"):
        begin_opening(vault, "W1", [ANNA], "  ", AT)
    with pytest.raises(UsageError, match="nothing is sealed"):
        begin_opening(vault, "W2", [ANNA], "asked", AT)


def test_neither_ledger_nor_files_hold_name_digest_or_size(tmp_path: Path) -> None:
    data = os.urandom(10_007)
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(data)], CUSTODIANS, AT)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    names = " ".join(str(path) for path in tmp_path.rglob("*"))
    for told in ("a voice", digest_bytes(data).removeprefix("sha256:"), "10007"):
        assert told.encode() not in everything
        assert told not in names


def test_the_same_bytes_twice_have_nothing_in_common(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    items = list(seal(vault, [_thing(b"w"), _thing(b"w", path="b"), _thing(b"w", "W2")], CUSTODIANS, AT).values())
    for name in ("item_id", "commitment", "ciphertext"):
        assert len({getattr(item, name) for item in items}) == 3


def test_small_things_all_look_alike(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"x" * size, path=f"{size}") for size in (0, 7, 900, 3000)], CUSTODIANS, AT)
    files = [path.read_bytes() for path in _files(tmp_path) if path.parent.name != sealed_files.KEYS]
    payloads = [len(data[data.index(b"\n--- ") :]) for data in files]
    assert len(payloads) == 4
    assert len(set(payloads)) == 1, "age's own header is of a random length, its payload is what was padded"


@given(st.integers(0, 2**40))
def test_padding_costs_at_most_an_eighth_and_leaves_few_sizes(length: int) -> None:
    size = padded(length)
    assert size >= length
    assert size <= max(LEAST_BYTES, length * 1.12)
    assert padded(size) == size


def test_padded_sizes_are_those_of_the_paper() -> None:
    """Worked by hand from algorithm 1: 5000 has 13 bits, of which the lowest 8 are rounded up."""
    assert [padded(n) for n in (4096, 4097, 5000, 100_000, 1_000_001)] == [4096, 4352, 5120, 100_352, 1_015_808]


def test_every_flipped_bit_of_a_sealed_file_or_key_is_found(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(os.urandom(4096))], CUSTODIANS, AT)
    for file in _files(tmp_path):
        whole = file.read_bytes()
        for bit in range(0, len(whole) * 8, 1009):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            file.write_bytes(damaged)
            assert [tmp_path / ".consilience" / one.path for one in check(tmp_path, read_data=True).damaged] == [file]
        file.write_bytes(whole)
    assert_whole(tmp_path)


def test_a_damaged_file_is_never_opened_halfway(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(os.urandom(200_000))], CUSTODIANS, AT)
    file = max(_files(tmp_path), key=lambda path: path.stat().st_size)
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole[:-5] + b"xxxxx", b"", whole + b"x"):
        file.write_bytes(damaged)
        with pytest.raises(SealBroken):
            _opened(vault, "W1", ANNA)


def test_a_file_put_in_the_place_of_another_is_not_taken_for_it(tmp_path: Path) -> None:
    """Both are encrypted to the same key, so age alone would open either."""
    vault = Vault.open(tmp_path)
    one, other = seal(vault, [_thing(b"his words"), _thing(b"her words", path="b")], CUSTODIANS, AT).values()
    folder = vault.folder / sealed_files.FOLDER
    swapped = (folder / sealed_files.item_path(other.item_id)).read_bytes()
    (folder / sealed_files.item_path(one.item_id)).write_bytes(swapped)
    with pytest.raises(SealBroken, match="another thing"):
        _opened(vault, "W1", ANNA)


def test_what_changed_while_it_was_read_is_not_sealed(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    thing = ToSeal(EXHIBIT, "W1", "a", digest_bytes(b"before"), 6, lambda: io.BytesIO(b"after!"))
    with pytest.raises(SealBroken, match="changed"):
        seal(vault, [thing], CUSTODIANS, AT)
    assert not vault.sealed.items


def test_without_custodians_nothing_is_sealed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody could open"):
        seal(Vault.open(tmp_path), [_thing(b"x")], [], AT)
    assert not list(tmp_path.iterdir())


def test_other_custodians_get_a_new_key_and_do_not_open_what_was_before(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"old")], CUSTODIANS[:1], AT)
    seal(vault, [_thing(b"new", path="b")], CUSTODIANS[1:], AT)
    assert len(vault.sealed.keys_of("W1")) == 2
    assert sorted(data for _, data in _opened(vault, "W1", ANNA, BILAL)) == [b"new", b"old"]
    with pytest.raises(KeysUnusable):
        _opened(vault, "W1", BILAL)


def test_a_withdrawal_ends_one_source_for_all_custodians_and_no_other(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"his"), _thing(b"hers", "W2")], CUSTODIANS, AT)
    forget(vault, "W1", [], [], AT)
    assert vault.sealed.withdrawn == {"W1"}
    assert vault.sealed.sources() == {"W2"}
    assert len(_files(tmp_path)) == 2, "the key and the thing of the other"
    for file in _files(tmp_path):
        if file.parent.name != sealed_files.KEYS:
            with pytest.raises(pyrage.DecryptError):
                pyrage.decrypt(file.read_bytes(), [ANNA, BILAL])
    assert [data for _, data in _opened(vault, "W2", ANNA)] == [b"hers"]
    with pytest.raises(UsageError, match="withdrawn"):
        seal(vault, [_thing(b"again")], CUSTODIANS, AT)
    assert_whole(tmp_path)


def test_a_key_that_outlived_its_tombstone_is_reported_and_goes_at_the_next_write(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"his")], CUSTODIANS, AT)
    key = next(path for path in _files(tmp_path) if path.parent.name == sealed_files.KEYS)
    kept = key.read_bytes()
    forget(vault, "W1", [], [], AT)
    key.write_bytes(kept)
    assert [vault.folder / one.path for one in check(tmp_path).damaged] == [key]
    vault.record("decided", [{"what": "else"}], AT)
    assert not key.exists()
    assert_whole(tmp_path)


def test_files_that_no_act_names_are_swept(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    seal(vault, [_thing(b"his")], CUSTODIANS, AT)
    folder = vault.folder / sealed_files.FOLDER
    stray = [folder / "ab" / f"ab{'0' * 30}.age", folder / sealed_files.KEYS / f"{'0' * 32}.age"]
    for path in stray:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(b"half a life")
    vault.record("decided", [{"what": "else"}], AT)
    assert not any(path.exists() for path in stray)
    assert_whole(tmp_path)


def test_a_clear_copy_that_was_removed_on_purpose_is_no_damage(tmp_path: Path) -> None:

    vault = preserve(tmp_path, FIRST)
    gone, kept = sorted(vault.kept().items())
    clear(vault, [gone[0]], AT)
    assert_whole(tmp_path)
    assert list(vault.kept()) == [kept[0]]
    with pytest.raises(VaultError):
        vault.read_exhibit(gone[1].digest)
    assert vault.acts()[-1].content["acts"] == [gone[0]]


def test_bytes_that_another_file_still_keeps_stay(tmp_path: Path) -> None:

    vault = preserve(tmp_path, {"a.jpg": b"same", "b.jpg": b"same"})
    first = min(vault.kept())
    digest = vault.kept()[first].digest
    clear(vault, [first], AT)
    assert vault.read_exhibit(digest) == b"same"


def test_encryption_streams(tmp_path: Path) -> None:
    """Through a file object, in blocks, and back: as a recording of some gigabytes would."""
    data = os.urandom(3_000_001)
    label = new_label(EXHIBIT, "W1", "a", digest_bytes(data), len(data))
    key = x25519.Identity.generate()
    with (tmp_path / "sealed").open("wb") as out:
        encrypt(label, io.BytesIO(data), out, str(key.to_public()))
    back = io.BytesIO()
    with (tmp_path / "sealed").open("rb") as sealed:
        assert decrypt(sealed, back, key, "x", label.commitment()) == label
    assert back.getvalue() == data


@pytest.mark.parametrize("size", [10, 70_000, 200_000])
def test_a_disk_that_refuses_any_write_of_a_sealing_is_never_a_success(tmp_path: Path, size: int) -> None:
    """The last one too, which age itself passes over in silence."""
    writes, nth = _writes_of(tmp_path / "counted", size, 0), 0
    while nth < writes:
        nth += 1
        with pytest.raises(VaultNotWritable):
            _writes_of(tmp_path / str(nth), size, nth)
    assert writes


def _writes_of(folder: Path, size: int, refused: int) -> int:
    """Seals a thing of so many bytes; the write of that number to the sealed file is refused. How many there were."""
    folder.mkdir()
    count = 0

    def counted(descriptor: int, data: bytes) -> None:
        nonlocal count
        count += 1
        if count == refused:
            raise OSError(errno.ENOSPC, "full")
        write_all(descriptor, data)

    with patch("consilience.vault.sealed_store.write_all", counted):
        seal(Vault.open(folder), [_thing(os.urandom(size))], CUSTODIANS, AT)
    return count


@pytest.mark.parametrize("size", [10, 70_000, 200_000])
def test_a_disk_that_refuses_any_write_of_an_opening_is_never_a_success(tmp_path: Path, size: int) -> None:
    seal(Vault.open(tmp_path), [_thing(os.urandom(size))], CUSTODIANS, AT)
    opening = begin_opening(Vault.open(tmp_path), "W1", [ANNA], "asked", AT)
    whole = _Full(0)
    opening.read(opening.items[0], whole)
    for nth in range(1, whole.count + 1):
        with pytest.raises(VaultNotWritable):
            opening.read(opening.items[0], _Full(nth))


class _Full(io.BytesIO):
    """A disk that is full at its nth write."""

    def __init__(self, nth: int) -> None:
        super().__init__()
        self.count, self._nth = 0, nth

    def write(self, data: Any) -> int:
        self.count += 1
        if self.count == self._nth:
            raise OSError(errno.ENOSPC, "full")
        return super().write(data)
