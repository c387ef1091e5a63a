"""A trusted time is believed under a root that the user pinned, for the acts that it covers, and under nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from vault_cases import AT, assert_whole

from consilience.errors import KeysUnusable, LedgerDamaged, UsageError
from consilience.vault.keyring import Keyring
from consilience.vault.store import Vault
from consilience.vault.timestamps import pinned_roots, timestamp_request, timestamped_content, timestamps
from stamp_authority import Authority

STAMPED = datetime(2017, 6, 30, 12, 5, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def _vault(folder: Path, count: int = 2) -> Vault:
    vault = Vault.open(folder)
    vault.record("decided", [{"what": number} for number in range(count)], AT)
    return vault


def _stamp(vault: Vault, authority: Authority) -> bytes:
    return authority.stamp(timestamp_request(vault.leaves(), vault.checkpoint().text), STAMPED)


def test_a_time_goes_out_comes_back_and_is_believed_under_a_pinned_root(tmp_path: Path, authority: Authority) -> None:
    vault = _vault(tmp_path)
    response = _stamp(vault, authority)
    _vault(tmp_path)  # two more acts before the answer is there
    vault = Vault.open(tmp_path)
    content, at = timestamped_content(response, vault.leaves(), [authority.root])
    vault.record("timestamped", [content], AT + timedelta(days=1))
    (found,) = timestamps(vault.acts(), vault.leaves(), [authority.root])
    assert (found.act, found.size, found.at, at) == (4, 2, STAMPED, STAMPED)
    assert found.root == "CN=Stamps of a test: root"
    assert_whole(tmp_path)


def test_what_is_stamped_is_the_hash_of_the_checkpoints_three_lines(tmp_path: Path) -> None:
    vault = _vault(tmp_path)
    asked = timestamp_request(vault.leaves(), vault.checkpoint().text)
    assert hashlib.sha256(vault.checkpoint().text).digest() in asked


def test_a_stamp_of_an_authority_that_nobody_pinned_is_not_recorded_and_never_believed(
    tmp_path: Path, authority: Authority
) -> None:
    vault, other = _vault(tmp_path), Authority("Another")
    response = _stamp(vault, authority)
    for roots in ([], [other.root]):
        with pytest.raises(KeysUnusable, match="pinned"):
            timestamped_content(response, vault.leaves(), roots)
    content, _ = timestamped_content(response, vault.leaves(), [other.root, authority.root])
    vault.record("timestamped", [content], AT)
    assert [one.root for one in timestamps(vault.acts(), vault.leaves(), [other.root])] == [None]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Authority(purpose=ExtendedKeyUsageOID.CODE_SIGNING),
        lambda: Authority(until=datetime(2016, 1, 1, tzinfo=UTC)),
    ],
    ids=["a certificate for another purpose", "one that had run out by then"],
)
def test_a_certificate_that_may_not_stamp_vouches_for_nothing(tmp_path: Path, wrong: Callable[[], Authority]) -> None:
    vault, authority = _vault(tmp_path), wrong()
    with pytest.raises(KeysUnusable, match="pinned"):
        timestamped_content(_stamp(vault, authority), vault.leaves(), [authority.root])


def test_a_stamp_of_another_ledger_is_refused(tmp_path: Path, authority: Authority) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    response = _stamp(_vault(tmp_path / "a"), authority)
    with pytest.raises(LedgerDamaged, match="no checkpoint of this ledger"):
        timestamped_content(response, _vault(tmp_path / "b").leaves(), [authority.root])


def test_no_altered_response_is_believed(tmp_path: Path, authority: Authority) -> None:
    """Flipped bits all over it: refused, or, in a byte that nobody signs, the same time as before."""
    vault = _vault(tmp_path)
    response = _stamp(vault, authority)
    refused = 0
    for at in range(0, len(response), 5):
        altered = bytearray(response)
        altered[at] ^= 0x10
        try:
            _, when = timestamped_content(bytes(altered), vault.leaves(), [authority.root])
        except (LedgerDamaged, KeysUnusable):
            refused += 1
        else:
            assert when == STAMPED
    assert refused > len(range(0, len(response), 5)) * 0.9


def test_every_bit_of_a_recorded_response_is_the_ledgers(tmp_path: Path, authority: Authority) -> None:
    """What the authority's signature does not cover, the tree does."""
    vault = _vault(tmp_path)
    content, _ = timestamped_content(_stamp(vault, authority), vault.leaves(), [authority.root])
    vault.record("timestamped", [content], AT)
    bundle = tmp_path / ".consilience/ledger/tile/entries/000.p/3"
    data = bundle.read_bytes()
    for at in range(0, len(data), 41):
        bundle.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(LedgerDamaged):
            Vault.open(tmp_path)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x02", b"not DER at all"])
def test_what_is_no_granted_response_is_refused(tmp_path: Path, authority: Authority, data: bytes) -> None:
    with pytest.raises(LedgerDamaged, match="timestamp response"):
        timestamped_content(data, _vault(tmp_path).leaves(), [authority.root])


@pytest.mark.parametrize("change", [{"size": 1}, {"size": 3}, {"size": 99}, {"response": "!"}, {"response": "AAAA"}])
def test_an_act_that_claims_a_stamp_it_does_not_hold_is_found(
    tmp_path: Path, authority: Authority, change: dict[str, object]
) -> None:
    vault = _vault(tmp_path)
    content, _ = timestamped_content(_stamp(vault, authority), vault.leaves(), [authority.root])
    vault.record("timestamped", [content | change], AT)
    with pytest.raises(LedgerDamaged, match="act 2"):
        timestamps(vault.acts(), vault.leaves(), [authority.root])


def test_roots_are_read_from_the_keyring_alone(tmp_path: Path, authority: Authority) -> None:
    keyring = Keyring.open(tmp_path)
    assert pinned_roots(keyring) == ()
    (tmp_path / "tsa-roots").mkdir()
    (tmp_path / "tsa-roots/one.pem").write_bytes(authority.root_pem + Authority("Another").root_pem)
    assert pinned_roots(keyring)[0] == authority.root
    assert len(pinned_roots(keyring)) == 2
    (tmp_path / "tsa-roots/two.pem").write_bytes(base64.b64encode(b"rubbish"))
    with pytest.raises(KeysUnusable, match=r"two\.pem"):
        pinned_roots(keyring)


def test_an_empty_ledger_is_not_stamped(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    with pytest.raises(UsageError, match="empty"):
        timestamp_request(vault.leaves(), vault.checkpoint().text)
