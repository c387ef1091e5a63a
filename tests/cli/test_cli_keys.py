"""Keys as their owner meets them: no questions, a dry run first, nothing written over, no secret shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consilience.cli.main import app
from consilience.errors import ConsilienceError, KeysUnusable, UsageError
from consilience.vault.keyring import Keyring
from consilience.vault.notes import Signer
from stamp_authority import Authority


def said(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["keys", *map(str, words)])
    if isinstance(done.exception, ConsilienceError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def _secrets(folder: Path) -> list[str]:
    lines = [line for file in folder.rglob("*.key") for line in file.read_text().splitlines()]
    return [line for line in lines if "SECRET" in line or "PRIVATE" in line]


def test_without_yes_nothing_is_written_and_it_says_what_would_be(tmp_path: Path) -> None:
    told = said("init", "--dir", tmp_path / "keys")
    assert "signing.key" in told
    assert "Nothing was written" in told
    assert not (tmp_path / "keys").exists()


def test_init_makes_keys_shows_the_public_halves_and_no_secret(tmp_path: Path) -> None:
    told = said("init", "--yes", "--dir", tmp_path, "--name", "partner.example")
    keyring = Keyring.open(tmp_path)
    assert keyring.signer is not None
    assert keyring.signer.verifier.text in told
    assert keyring.custodians[0].recipient in told
    assert len(_secrets(tmp_path)) == 2
    for words in (("list",), ("list", "--json"), ("init", "--yes", "--json"), ("init",)):
        told += said(*words, "--dir", tmp_path)
    for secret in _secrets(tmp_path):
        assert secret not in told
        assert secret[-40:] not in told


def test_a_second_init_changes_no_byte(tmp_path: Path) -> None:
    said("init", "--yes", "--dir", tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert "there already" in said("init", "--yes", "--dir", tmp_path, "--name", "another")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_keys_lie_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "elsewhere"))
    said("init", "--yes")
    assert json.loads(said("list", "--json"))["folder"] == str(tmp_path / "elsewhere")


def test_where_there_are_no_keys_list_says_what_to_do(tmp_path: Path) -> None:
    assert "keys init --yes" in said("list", "--dir", tmp_path / "none")


def test_custodians_signers_and_witnesses_are_added_by_their_public_keys(tmp_path: Path) -> None:
    said("init", "--yes", "--dir", tmp_path / "court")
    recipient = Keyring.open(tmp_path / "court").custodians[0].recipient
    signer = Signer.new("partner.example").verifier
    assert "custodian" in said("add", "court", recipient, "--dir", tmp_path / "ours")
    assert "signer" in said("add", signer.name, signer.text, "--dir", tmp_path / "ours")
    assert "witness" in said("add", signer.name, signer.as_witness.text, "--dir", tmp_path / "ours")
    shown = json.loads(said("list", "--json", "--dir", tmp_path / "ours"))
    assert shown["custodians"] == [{"name": "court", "recipient": recipient}]
    assert shown["known"] == [signer.text, signer.as_witness.text]


def test_a_key_under_another_name_or_none_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"this key is of partner\.example") as refused:
        said("add", "somebody", Signer.new("partner.example").verifier.text, "--dir", tmp_path)
    assert "consilience keys add partner.example KEY" in str(refused.value.remedy)
    with pytest.raises(KeysUnusable, match="NAME"):
        said("add", "somebody", "rubbish", "--dir", tmp_path)
    with pytest.raises(KeysUnusable, match="age1 and 58 letters and digits after it"):
        said("add", "somebody", "age1notakey", "--dir", tmp_path)


def test_a_lost_computers_custodian_key_is_recovered_from_its_copy(tmp_path: Path) -> None:
    said("init", "--yes", "--dir", tmp_path / "lost")
    recipient = Keyring.open(tmp_path / "lost").custodians[0].recipient
    copy = tmp_path / "lost/identities/custodian.key"
    said("add", "archive", recipient, "--dir", tmp_path / "new")
    assert "a key of archive" in said("recover", copy, "--dir", tmp_path / "new")
    assert [str(one.to_public()) for one in Keyring.open(tmp_path / "new").identities()] == [recipient]
    with pytest.raises(UsageError, match="already"):
        said("recover", copy, "--dir", tmp_path / "new")
    with pytest.raises(UsageError, match="already"):
        said("recover", copy, "--name", "again", "--dir", tmp_path / "new")


def test_a_key_of_no_present_custodian_is_said_to_be_one(tmp_path: Path) -> None:
    said("init", "--yes", "--dir", tmp_path / "lost")
    said("init", "--yes", "--dir", tmp_path / "new")
    told = said("recover", tmp_path / "lost/identities/custodian.key", "--dir", tmp_path / "new")
    assert "nobody among the present custodians" in told


@pytest.mark.parametrize("name", ["../custodian", "a/b", "", ".hidden"])
def test_a_recovered_key_lands_in_the_keyring_or_nowhere(tmp_path: Path, name: str) -> None:
    said("init", "--yes", "--dir", tmp_path / "lost")
    with pytest.raises(UsageError, match="name"):
        said("recover", tmp_path / "lost/identities/custodian.key", "--name", name, "--dir", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_without_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("# nothing\n")
    with pytest.raises(KeysUnusable, match="no age private key"):
        said("recover", tmp_path / "note", "--dir", tmp_path / "new")


def test_a_key_that_others_may_read_is_named(tmp_path: Path) -> None:
    said("init", "--yes", "--dir", tmp_path)
    (tmp_path / "signing.key").chmod(0o644)
    assert f"chmod 600 {tmp_path / 'signing.key'}" in said("list", "--dir", tmp_path)


def test_a_root_of_a_timestamp_authority_is_pinned_once_and_only_if_it_is_one(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(Authority().root_pem)
    (tmp_path / "rubbish.pem").write_text("rubbish")
    with pytest.raises(KeysUnusable, match="PEM"):
        said("add", "authority", tmp_path / "rubbish.pem", "--dir", tmp_path / "keys")
    with pytest.raises(KeysUnusable, match="is not there"):
        said("add", "authority", tmp_path / "absent.pem", "--dir", tmp_path / "keys")
    assert not (tmp_path / "keys").exists()
    said("add", "authority", tmp_path / "root.pem", "--dir", tmp_path / "keys")
    with pytest.raises(UsageError, match="already"):
        said("add", "authority", tmp_path / "root.pem", "--dir", tmp_path / "keys")
    assert (tmp_path / "keys/tsa-roots/authority.pem").read_bytes() == (tmp_path / "root.pem").read_bytes()
