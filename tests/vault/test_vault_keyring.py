"""Keys are made once, for their owner alone, never overwritten, and never shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from consilience.errors import KeysUnusable, UsageError, VaultNotWritable
from consilience.vault.keyring import (
    Custodian,
    Keyring,
    add_custodian,
    add_verifier,
    default_folder,
    initialise,
    planned,
)
from consilience.vault.notes import Signer


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_test_sees_the_developers_keys() -> None:
    assert not default_folder().exists()
    asked = "from consilience.vault.keyring import default_folder; print(default_folder())"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(default_folder())


def test_where_there_is_no_folder_there_are_no_keys_and_none_is_made(tmp_path: Path) -> None:
    keyring = Keyring.open(tmp_path / "none")
    assert (keyring.signer, keyring.custodians, keyring.verifiers, keyring.identities()) == (None, (), (), [])
    assert planned(tmp_path / "none") == ("signing.key", "identities/custodian.key", "custodians")
    assert not (tmp_path / "none").exists()


def test_new_keys_sign_seal_and_open(tmp_path: Path) -> None:
    keyring = initialise(tmp_path / "a" / "keys", "partner.example")
    assert keyring.signer is not None
    assert keyring.signer.name == "partner.example"
    assert keyring.knows(keyring.signer.verifier.as_witness)
    (custodian,) = keyring.custodians
    assert custodian.name == "partner.example"
    recipient = pyrage.x25519.Recipient.from_str(custodian.recipient)
    assert pyrage.decrypt(pyrage.encrypt(b"a name", [recipient]), keyring.identities()) == b"a name"
    assert planned(tmp_path / "a" / "keys") == ()


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    initialise(tmp_path / "a" / "keys")
    for path in (tmp_path / "a").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    initialise(tmp_path)
    before = _files(tmp_path)
    initialise(tmp_path, "another.name")
    assert _files(tmp_path) == before


def test_only_what_is_absent_is_made(tmp_path: Path) -> None:
    other = pyrage.x25519.Identity.generate()
    add_custodian(tmp_path, Custodian("lawyer", str(other.to_public())))
    assert planned(tmp_path) == ("signing.key",)
    keyring = initialise(tmp_path)
    assert [one.name for one in keyring.custodians] == ["lawyer"]
    assert keyring.identities() == []


def test_a_private_key_without_its_line_among_the_custodians_is_used_again(tmp_path: Path) -> None:
    recipient = initialise(tmp_path).custodians[0].recipient
    (tmp_path / "custodians").unlink()  # as a crash between the two leaves it
    assert initialise(tmp_path).custodians[0].recipient == recipient


def test_two_at_once_do_not_both_write(tmp_path: Path) -> None:
    from consilience.vault.lock import only_writer

    initialise(tmp_path)
    with only_writer(tmp_path / "lock"), pytest.raises(VaultNotWritable, match="another"):
        initialise(tmp_path)


def test_a_custodian_or_a_key_is_added_once(tmp_path: Path) -> None:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    for name in ("court", "lawyer"):
        add_custodian(tmp_path, Custodian(name, str(pyrage.x25519.Identity.generate().to_public())))
    add_custodian(tmp_path, Custodian("third", recipient))
    verifier = Signer.new("partner.example").verifier
    add_verifier(tmp_path, verifier)
    add_verifier(tmp_path, verifier.as_witness)
    keyring = Keyring.open(tmp_path)
    assert [one.name for one in keyring.custodians] == ["court", "lawyer", "third"]
    assert keyring.verifiers == (verifier, verifier.as_witness)
    assert keyring.knows(verifier)
    assert not keyring.knows(Signer.new("partner.example").verifier)
    for again in (Custodian("third", keyring.custodians[0].recipient), Custodian("fourth", recipient)):
        with pytest.raises(UsageError, match="already"):
            add_custodian(tmp_path, again)
    for taken in (verifier, Signer.new("partner.example").verifier):
        with pytest.raises(UsageError, match="already"):
            add_verifier(tmp_path, taken)


def test_a_line_written_by_hand_without_an_end_keeps_its_line(tmp_path: Path) -> None:
    one, other = (str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2))
    (tmp_path / "custodians").write_text(f"court {one}")
    add_custodian(tmp_path, Custodian("lawyer", other))
    assert [custodian.recipient for custodian in Keyring.open(tmp_path).custodians] == [one, other]


def test_an_impossible_custodian_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="age1"):
        add_custodian(tmp_path / "keys", Custodian("court", "age1nonsense"))
    with pytest.raises(UsageError, match="name"):
        add_custodian(tmp_path / "keys", Custodian("a court", str(pyrage.x25519.Identity.generate().to_public())))
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("signing.key", "PRIVATE+KEY+a+00000000+AAAA"),
        ("custodians", "a age1x"),
        ("verifiers", "a+b"),
        ("custodians", "a"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(tmp_path: Path, file: str, text: str) -> None:
    initialise(tmp_path)
    (tmp_path / file).write_text("# ours\n\n" + text + "\n" if file != "signing.key" else text)
    with pytest.raises(KeysUnusable) as raised:
        Keyring.open(tmp_path)
    assert f"{file}, line {1 if file == 'signing.key' else 3}" in str(raised.value)


def test_a_damaged_private_key_is_named_and_not_shown(tmp_path: Path) -> None:
    keyring = initialise(tmp_path)
    key = tmp_path / "identities/custodian.key"
    secret = key.read_text().splitlines()[1]
    key.write_text(secret[:-1] + "\n")
    with pytest.raises(KeysUnusable, match=r"custodian\.key, line 1") as raised:
        keyring.identities()
    assert secret[20:30] not in str(raised.value)
    key.write_text("# nothing\n")
    with pytest.raises(KeysUnusable, match="no age private key"):
        keyring.identities()


def test_where_keys_lie_follows_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_KEYS", "/somewhere/keys")
    assert default_folder() == Path("/somewhere/keys")
    monkeypatch.delenv("CONSILIENCE_KEYS")
    monkeypatch.setenv("HOME", "/users/a")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/users/a/conf")
    assert default_folder() == Path("/users/a/conf/consilience/keys")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert default_folder() == Path("/users/a/.config/consilience/keys")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert default_folder() == Path("/users/a/Library/Application Support/consilience/keys")
