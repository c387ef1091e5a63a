"""The ledger and the outside, as three organisations meet it: files go out, answers come in."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consilience.casework import ledger_exchange
from consilience.casework.keys import open_vault
from consilience.cli.main import app
from consilience.errors import ConsilienceError, KeysUnusable, LedgerDamaged, UsageError
from consilience.vault.keyring import Keyring, initialise
from stamp_authority import Authority

AT = datetime(2017, 6, 30, 12, 0, tzinfo=UTC)


def said(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [*map(str, words)])
    if isinstance(done.exception, ConsilienceError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case whose ledger holds one decision, signed by owner.example, whose keyring is the user's."""
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "owner"))
    initialise(tmp_path / "owner", "owner.example")
    (tmp_path / "case").mkdir()
    _decide(tmp_path / "case")
    return tmp_path / "case"


def _decide(case: Path, at: datetime = AT) -> None:
    open_vault(case).record("decided", [{"what": "merge"}], at)


def _acquainted(owner: Path, witness: Path) -> None:
    signer, other = Keyring.open(owner).signer, initialise(witness, "witness.example").signer
    assert signer
    assert other
    said("keys", "add", other.name, other.verifier.as_witness.text, "--dir", owner)
    said("keys", "add", signer.name, signer.verifier.text, "--dir", witness)


def test_a_witness_cosigns_by_files_and_the_ledger_says_so(case: Path, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    _acquainted(tmp_path / "owner", witness)
    for number in (1, 2):
        asked, answer = tmp_path / f"asked-{number}", tmp_path / f"answer-{number}"
        said("vault", "checkpoint", case, "--out", asked)
        assert "Cosigned" in said("vault", "witness", asked, "--out", answer, "--dir", witness)
        assert said("vault", "cosign", case, answer).startswith("1 new")
        assert said("vault", "cosign", case, answer).startswith("0 new")
        _decide(case, datetime.now(UTC))
    told = said("vault", "checkpoint", case)
    assert "cosigned up to act 1 by witness.example at 20" in told
    assert "cosigned up to act 3 by witness.example at 20" in told
    assert "signed up to act 5 by owner.example\n" in told
    assert "does not know" not in told
    assert "The first 4 acts" in said("vault", "verify-against", case, tmp_path / "answer-2")


def test_a_stranger_sees_who_vouches_and_that_the_keys_are_strange(case: Path, tmp_path: Path) -> None:
    told = said("vault", "checkpoint", case, "--dir", tmp_path / "none")
    assert "signed up to act 1 by owner.example (a key that your keyring does not know)" in told
    shown = json.loads(said("vault", "checkpoint", case, "--dir", tmp_path / "none", "--json"))
    assert shown["signed"]["by"][0]["known"] is False
    assert shown["acts"] == 2


def test_a_case_without_signatures_says_unsigned(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    _decide(tmp_path / "case")
    assert "unsigned" in said("vault", "checkpoint", tmp_path / "case")


def test_a_trusted_time_is_asked_for_and_recorded_by_files(case: Path, tmp_path: Path) -> None:
    authority, request, response = Authority(), tmp_path / "q.tsq", tmp_path / "r.tsr"
    said("vault", "timestamp", case, "--request", request)
    response.write_bytes(authority.stamp(request.read_bytes(), datetime(2017, 6, 30, 12, 30, tzinfo=UTC)))
    with pytest.raises(KeysUnusable, match="pinned"):
        said("vault", "timestamp", case, "--response", response)
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    assert "authority" in said("keys", "add", "tests", tmp_path / "root.pem")
    assert "believes stamps of CN=Stamps of a test: root" in said("keys", "list")
    assert "2017-06-30T12:30:00Z" in said("vault", "timestamp", case, "--response", response)
    with pytest.raises(UsageError, match="already"):
        said("vault", "timestamp", case, "--response", response)
    assert "time-stamped up to act 1 at 2017-06-30T12:30:00Z under CN=Stamps of a test: root" in said(
        "vault", "checkpoint", case
    )
    assert "NOT CHECKED" in said("vault", "checkpoint", case, "--dir", tmp_path / "none")
    neither_or_both: tuple[list[str | Path], ...] = ([], ["--request", tmp_path / "new", "--response", response])
    for both in neither_or_both:
        with pytest.raises(UsageError, match="either"):
            said("vault", "timestamp", case, *both)


def test_an_older_copy_put_back_is_found_against_a_checkpoint_kept_elsewhere(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "older")
    _decide(case)
    said("vault", "checkpoint", case, "--out", tmp_path / "kept", "--since", "0")
    shutil.copy(case / ".consilience/ledger/checkpoint", tmp_path / "plain")
    told = said("vault", "verify-against", case, tmp_path / "kept", "--dir", tmp_path / "none")
    assert "signed by owner.example (not checked" in told
    assert "signed by owner.example.\n" in said("vault", "verify-against", case, tmp_path / "kept")
    for kept in ("kept", "plain"):
        assert "3 acts" in said("vault", "verify-against", case, tmp_path / kept)
        with pytest.raises(LedgerDamaged, match="older copy"):
            said("vault", "verify-against", tmp_path / "older", tmp_path / kept)


def test_the_root_that_a_run_named_is_an_earlier_checkpoint_too(case: Path, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"ledger_root": open_vault(case).root()}))
    shutil.copytree(case, tmp_path / "other")
    _decide(case)
    assert "1 were added since" in said("vault", "verify-against", case, tmp_path / "run.json")
    (tmp_path / "run.json").write_text(json.dumps({"ledger_root": "00" * 32 + " 2"}))
    with pytest.raises(LedgerDamaged, match="another root"):
        said("vault", "verify-against", case, tmp_path / "run.json")
    for rubbish in ("{}", "{", '{"ledger_root": 3}', '{"ledger_root": "ab 2"}', f'{{"ledger_root": "{"00" * 32} -1"}}'):
        (tmp_path / "run.json").write_text(rubbish)
        with pytest.raises(LedgerDamaged, match="names no root"):
            said("vault", "verify-against", case, tmp_path / "run.json")


def test_a_back_dated_act_is_shown_and_fails_against_an_earlier_checkpoint(case: Path, tmp_path: Path) -> None:
    shutil.copy(case / ".consilience/ledger/checkpoint", tmp_path / "kept")
    _decide(case, datetime(2017, 6, 1, tzinfo=UTC))
    assert "act 2: recorded before what came before: act 0 is of 2017-06-30T12:00:00Z" in said(
        "vault", "checkpoint", case
    )
    with pytest.raises(LedgerDamaged, match="can't be true"):
        said("vault", "verify-against", case, tmp_path / "kept")
    shutil.copy(case / ".consilience/ledger/checkpoint", tmp_path / "after")
    assert "0 were added" in said("vault", "verify-against", case, tmp_path / "after")


def test_a_checkpoint_with_a_false_signature_of_a_known_key_is_refused(case: Path, tmp_path: Path) -> None:
    data = (case / ".consilience/ledger/checkpoint").read_bytes()
    (tmp_path / "kept").write_bytes(data[:-8] + (b"A" if data[-8:-7] != b"A" else b"B") + data[-7:])
    with pytest.raises(LedgerDamaged, match=r"owner\.example"):
        said("vault", "verify-against", case, tmp_path / "kept")


def test_no_file_is_written_over(case: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    for words in (
        ("vault", "checkpoint", case, "--out", tmp_path / "mine"),
        ("vault", "timestamp", case, "--request", tmp_path / "mine"),
        ("vault", "witness", tmp_path / "mine", "--out", tmp_path / "mine"),
    ):
        with pytest.raises(UsageError, match="already"):
            said(*words)
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize(("data", "what"), [(b"", "is empty"), (b" \n", "is empty"), (b"%PDF-1.7", "is neither")])
def test_a_file_of_another_kind_accuses_no_ledger(case: Path, tmp_path: Path, data: bytes, what: str) -> None:
    """Whoever gives the wrong file is told which to give, not that the ledger is damaged."""
    (tmp_path / "kept").write_bytes(data)
    with pytest.raises(UsageError, match=what) as refused:
        said("vault", "verify-against", case, tmp_path / "kept")
    assert "vault checkpoint --out" in str(refused.value.remedy)


def test_a_file_that_is_not_there_is_named(case: Path, tmp_path: Path) -> None:
    with pytest.raises(ConsilienceError, match="nowhere"):
        ledger_exchange.hold_against(case, tmp_path / "nowhere")
