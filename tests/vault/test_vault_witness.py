"""A witness cosigns a ledger that only grew, refuses any other, and what it signed can be checked for ever."""

from __future__ import annotations

import base64
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from vault_cases import AT, assert_whole

from consilience.errors import KeysUnusable, LedgerDamaged, UsageError
from consilience.vault.keyring import Keyring, add_verifier, initialise
from consilience.vault.notes import Note, Signer
from consilience.vault.store import Vault
from consilience.vault.witness import (
    cosign,
    cosignatures,
    cosigned_contents,
    last_witnessed,
    read_request,
    request,
)

LATER = AT + timedelta(hours=1)


@pytest.fixture
def parties(tmp_path: Path) -> tuple[Path, Signer, Keyring, Keyring]:
    """A case, its owner's signer, the owner's keyring and the witness's, each knowing the other."""
    owner, witness = (
        initialise(tmp_path / "owner", "owner.example"),
        initialise(tmp_path / "witness", "witness.example"),
    )
    assert owner.signer
    assert witness.signer
    add_verifier(owner.folder, witness.signer.verifier.as_witness)
    add_verifier(witness.folder, owner.signer.verifier)
    (tmp_path / "case").mkdir()
    return tmp_path / "case", owner.signer, Keyring.open(owner.folder), Keyring.open(witness.folder)


def _decide(case: Path, signer: Signer | None, count: int = 1) -> Vault:
    vault = Vault.open(case, signer)
    vault.record("decided", [{"what": number} for number in range(count)], AT)
    return vault


def _ask(vault: Vault, since: int) -> bytes:
    return request(vault.leaves(), vault.checkpoint(), since)


def test_a_cosignature_goes_out_comes_back_and_stands_in_the_ledger(
    parties: tuple[Path, Signer, Keyring, Keyring],
) -> None:
    case, signer, owner, witness = parties
    vault = _decide(case, signer, 3)
    for old, size in ((0, 4), (4, 6)):  # the second time after the act of the first one, and one more
        answer = cosign(witness, _ask(vault, old), LATER)
        vault.record("cosigned", cosigned_contents(owner, vault.leaves(), answer.bytes), LATER)
        found = cosignatures(vault.acts(), vault.leaves())[-1]
        assert (found.size, found.by.name, found.at) == (size, "witness.example", LATER)
        assert last_witnessed(cosignatures(vault.acts(), vault.leaves())) == size
        vault = _decide(case, signer)
    assert_whole(case)


def test_the_request_is_that_of_tlog_witness(parties: tuple[Path, Signer, Keyring, Keyring]) -> None:
    case, signer, _owner, _witness = parties
    vault = _decide(case, signer, 6)
    lines = _ask(vault, 3).decode().split("\n")
    assert lines[0] == "old 3"
    gap = lines.index("")
    assert all(len(base64.b64decode(line)) == 32 for line in lines[1:gap])
    assert lines[gap + 1].startswith("consilience/ledger/")
    assert lines[gap + 2] == "7"
    old, proof, stated = read_request(_ask(vault, 3))
    assert (old, len(proof), stated.note) == (3, gap - 1, vault.checkpoint())


def test_the_answer_is_checked_by_a_reading_of_the_specification_of_its_own(
    parties: tuple[Path, Signer, Keyring, Keyring],
) -> None:
    case, signer, _owner, witness = parties
    answer = cosign(witness, _ask(_decide(case, signer), 0), LATER).bytes.decode()
    text, lines = answer.split("\n\n")
    raw = base64.b64decode(lines.splitlines()[1].split(" ")[2])
    seconds = int.from_bytes(raw[4:12], "big")
    assert seconds == int(LATER.timestamp())
    assert witness.signer
    message = f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
    Ed25519PublicKey.from_public_bytes(witness.signer.verifier.key).verify(raw[12:], message)


def test_a_ledger_signed_by_nobody_known_is_not_cosigned(parties: tuple[Path, Signer, Keyring, Keyring]) -> None:
    case, _signer, _owner, witness = parties
    for other in (None, Signer.new("owner.example")):
        with pytest.raises(KeysUnusable, match="no key that you know"):
            cosign(witness, _ask(_decide(case, other), 0), LATER)
    assert not list((witness.folder / "witnessed").glob("*"))


def test_another_witness_vouches_for_no_ledger(parties: tuple[Path, Signer, Keyring, Keyring]) -> None:
    """Its cosignature alone, on a checkpoint that nobody known signed, opens no door."""
    case, _signer, _owner, witness = parties
    vault, third = _decide(case, None), Signer.new("third.example")
    add_verifier(witness.folder, third.verifier.as_witness)
    note = Note(vault.checkpoint().text, (third.cosign(vault.checkpoint().text, LATER),))
    with pytest.raises(KeysUnusable, match="no key that you know"):
        cosign(Keyring.open(witness.folder), request(vault.leaves(), note, 0), LATER)


def test_without_a_signing_key_nobody_is_a_witness(
    parties: tuple[Path, Signer, Keyring, Keyring], tmp_path: Path
) -> None:
    case, signer, _owner, _witness = parties
    with pytest.raises(KeysUnusable, match="no signing key"):
        cosign(Keyring.open(tmp_path / "none"), _ask(_decide(case, signer), 0), LATER)


def test_a_rolled_back_a_forked_and_a_rewritten_ledger_are_not_cosigned(
    parties: tuple[Path, Signer, Keyring, Keyring], tmp_path: Path
) -> None:
    case, signer, _owner, witness = parties
    _decide(case, signer, 2)
    shutil.copytree(case, tmp_path / "earlier")
    cosign(witness, _ask(_decide(case, signer, 2), 0), LATER)
    with pytest.raises(LedgerDamaged, match="acts are gone"):
        cosign(witness, _ask(Vault.open(tmp_path / "earlier"), 0), LATER)
    fork = _decide(tmp_path / "earlier", signer, 2)
    with pytest.raises(LedgerDamaged, match="different roots"):
        cosign(witness, _ask(fork, 5), LATER)
    longer = _decide(tmp_path / "earlier", signer, 3)
    with pytest.raises(LedgerDamaged, match="not the earlier one"):
        cosign(witness, _ask(longer, 5), LATER)
    cosign(witness, _ask(_decide(case, signer), 5), LATER)  # the true one goes on


def test_a_proof_from_elsewhere_is_refused_and_the_right_place_named(
    parties: tuple[Path, Signer, Keyring, Keyring],
) -> None:
    case, signer, _owner, witness = parties
    vault = _decide(case, signer, 2)
    with pytest.raises(UsageError, match="--since 0"):
        cosign(witness, _ask(vault, 1), LATER)
    cosign(witness, _ask(vault, 0), LATER)
    with pytest.raises(UsageError, match="--since 3"):
        cosign(witness, _ask(_decide(case, signer), 0), LATER)


def test_the_same_checkpoint_may_be_asked_for_again(parties: tuple[Path, Signer, Keyring, Keyring]) -> None:
    case, signer, _owner, witness = parties
    asked = _ask(_decide(case, signer), 0)
    assert cosign(witness, asked, LATER) == cosign(witness, asked, LATER)


def test_no_altered_request_is_cosigned(parties: tuple[Path, Signer, Keyring, Keyring]) -> None:
    case, signer, _owner, witness = parties
    cosign(witness, _ask(_decide(case, signer, 4), 0), LATER)
    asked = _ask(_decide(case, signer, 2), 5)
    for at in range(len(asked)):
        altered = bytearray(asked)
        altered[at] ^= 1
        with pytest.raises((LedgerDamaged, UsageError, KeysUnusable)):
            cosign(witness, bytes(altered), LATER)
    cosign(witness, asked, LATER)


def test_an_answer_of_another_ledger_or_an_unknown_witness_is_not_recorded(
    parties: tuple[Path, Signer, Keyring, Keyring], tmp_path: Path
) -> None:
    case, signer, owner, witness = parties
    vault = _decide(case, signer)
    (tmp_path / "other").mkdir()
    other = cosign(witness, _ask(_decide(tmp_path / "other", signer), 0), LATER)
    with pytest.raises(LedgerDamaged, match="another ledger"):
        cosigned_contents(owner, vault.leaves(), other.bytes)
    answer = cosign(witness, _ask(vault, 0), LATER)
    with pytest.raises(KeysUnusable, match="witness that you know"):
        cosigned_contents(Keyring.open(tmp_path / "none"), vault.leaves(), answer.bytes)
    with pytest.raises(KeysUnusable, match="witness that you know"):  # asked, and never answered
        cosigned_contents(owner, vault.leaves(), vault.checkpoint().bytes)


@pytest.mark.parametrize("change", [{"size": 1}, {"size": 9}, {"key": "x"}, {"signature": "— a AAAA"}, {"size": True}])
def test_an_act_that_claims_a_cosignature_it_does_not_hold_is_found(
    parties: tuple[Path, Signer, Keyring, Keyring], change: dict[str, object]
) -> None:
    case, signer, owner, witness = parties
    vault = _decide(case, signer)
    answer = cosign(witness, _ask(vault, 0), LATER)
    (content,) = cosigned_contents(owner, vault.leaves(), answer.bytes)
    vault.record("cosigned", [content | change], LATER)
    with pytest.raises(LedgerDamaged, match=r"act 2|witness\.example"):
        cosignatures(vault.acts(), vault.leaves())


@pytest.mark.parametrize("data", [b"", b"old 1", b"old x\n\nconsilience/ledger\n0\n", b"old 0\n!\n\nx", b"new 0\n\nx"])
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(LedgerDamaged):
        read_request(data)


def test_an_empty_ledger_is_not_witnessed(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    with pytest.raises(UsageError, match="empty"):
        _ask(vault, 0)
