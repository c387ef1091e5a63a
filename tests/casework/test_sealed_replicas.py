"""What is sealed is checked, copied and repaired like all that is kept; what was destroyed goes out of replicas too."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519
from sealed_folder import CHAT, NAME, VOICE, own_keys, write_sealed_case
from typer.testing import CliRunner

import consilience
from case_copies import bytes_below
from consilience.casework.locking import lock
from consilience.casework.withdrawal import withdraw
from consilience.cli.main import app
from consilience.vault.keyring import Keyring
from consilience.vault.sealed_files import key_path
from consilience.vault.store import Vault

SECRETS = (VOICE, CHAT, NAME.encode())


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_sealed_case(tmp_path / "case")


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    return own_keys(tmp_path / "keys", monkeypatch)


def _do(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def _assert_whole(case: Path) -> None:
    code, said = _do("vault", "check", case, "--read-data")
    assert code == 0, said


def _opened(folder: Path, keys: Keyring) -> bytes:
    """All that the custodians' keys open below a folder, and the keys that they open there."""
    files = sorted(folder.rglob("*.age"))
    identities = keys.identities()
    for file in files:
        if file.parent.name == "keys":
            held = json.loads(pyrage.decrypt(file.read_bytes(), identities))
            identities.append(x25519.Identity.from_str(held["identity"]))
    found = b""
    for file in files:
        try:
            found += pyrage.decrypt(file.read_bytes(), identities)
        except pyrage.DecryptError:
            continue
    return found


def test_every_state_of_a_sealed_case_is_whole(case: Path, keys: Keyring) -> None:
    consilience.open_case(case).run()
    _assert_whole(case)
    lock(case, keys)
    _assert_whole(case)
    withdraw(case, "W1", keys)
    _assert_whole(case)


def test_a_withdrawal_reaches_a_replica_at_its_next_contact(case: Path, keys: Keyring, tmp_path: Path) -> None:
    consilience.open_case(case).run()
    replica = tmp_path / "replica"
    assert _do("vault", "replicate", case, replica)[0] == 0
    assert VOICE in _opened(replica, keys)
    withdraw(case, "W1", keys)
    withdraw(case, "W3", keys)
    assert _do("vault", "replicate", case, replica)[0] == 0
    opened, everything = _opened(replica, keys), b"".join(bytes_below(replica).values())
    for gone in (VOICE, NAME.encode()):
        assert gone not in opened
    assert CHAT in opened, "the other source stays"
    assert b"a photo of smoke " * 500 not in everything, "nor a clear copy of who was not sealed"


@pytest.mark.usefixtures("keys")
def test_a_damaged_sealed_file_is_named_and_repaired_from_a_replica(case: Path, tmp_path: Path) -> None:
    consilience.open_case(case).run()
    assert _do("vault", "replicate", case, tmp_path / "replica")[0] == 0
    for file in sorted((case / ".consilience" / "sealed").rglob("*.age")):
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        code, said = _do("vault", "check", case, "--read-data")
        assert code != 0
        assert file.name in said
        assert _do("vault", "repair", case, "--from", tmp_path / "replica", "--yes")[0] == 0
        assert file.read_bytes() == whole
        assert not (case / ".consilience" / "quarantine").exists(), "a key that may have to be destroyed has no copy"
    _assert_whole(case)


def test_no_repair_brings_back_what_was_destroyed(case: Path, keys: Keyring, tmp_path: Path) -> None:
    consilience.open_case(case).run()
    replica, old = tmp_path / "replica", tmp_path / "old"
    assert _do("vault", "replicate", case, replica)[0] == 0
    shutil.copytree(replica, old)
    withdraw(case, "W1", keys)
    _do("vault", "repair", case, "--from", old, "--yes")
    assert VOICE not in _opened(case / ".consilience", keys)
    _assert_whole(case)


def test_a_key_that_comes_back_by_hand_fails_the_check_and_goes_at_the_next_run(case: Path, keys: Keyring) -> None:
    consilience.open_case(case).run()
    folder = case / ".consilience" / "sealed" / "keys"
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    withdraw(case, "W1", keys)
    [name] = set(kept) - {path.name for path in folder.iterdir()}
    (folder / name).write_bytes(kept[name])
    code, said = _do("vault", "check", case)
    assert code != 0
    assert name in said
    consilience.open_case(case).run()
    _assert_whole(case)


def test_a_copy_of_a_key_that_a_sync_tool_made_is_never_kept_in_quarantine(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    """Else the key of who withdraws would live on there, and with it what a partner's replica still holds."""
    consilience.open_case(case).run()
    assert _do("vault", "replicate", case, tmp_path / "replica")[0] == 0
    key = min((case / ".consilience" / "sealed" / "keys").glob("*.age"))
    copy = key.with_name(f"{key.stem} (conflict).age")
    shutil.copy2(key, copy)
    before = key.read_bytes()
    code, said = _do("vault", "repair", case, "--from", tmp_path / "replica", "--yes")
    assert code != 0
    assert "delete it yourself" in " ".join(said.split())
    assert copy.is_file()
    assert before not in [data for name, data in bytes_below(case / ".consilience").items() if "quarantine" in name]
    withdraw(case, "W1", keys)
    code, said = _do("vault", "check", case)
    assert code == 5
    assert "(conflict)" in said, "it is named until somebody deletes it"
    copy.unlink()
    _assert_whole(case)


def test_a_clear_copy_under_another_name_in_quarantine_goes_when_its_source_withdraws(
    case: Path, keys: Keyring, tmp_path: Path
) -> None:
    consilience.open_case(case).run()
    assert _do("vault", "replicate", case, tmp_path / "replica")[0] == 0
    photo = (case / "open" / "photo.jpg").read_bytes()
    kept = next(
        path
        for path in (case / ".consilience" / "exhibits").rglob("*")
        if path.is_file() and path.read_bytes() == photo
    )
    shutil.copy2(kept, kept.with_name(f"{kept.name} (conflict)"))
    assert _do("vault", "repair", case, "--from", tmp_path / "replica", "--yes")[0] == 0
    assert photo in bytes_below(case / ".consilience" / "quarantine").values()
    withdraw(case, "W3", keys)
    assert photo not in bytes_below(case / ".consilience").values()
    _assert_whole(case)


def test_what_a_repair_or_a_replica_destroys_is_overwritten_first(case: Path, keys: Keyring, tmp_path: Path) -> None:
    """Seen through a second name of the same bytes on the disk."""
    consilience.open_case(case).run()
    assert _do("vault", "replicate", case, tmp_path / "replica")[0] == 0
    at = next(iter(_keys_of(case, "W1")))
    secret = (case / at).read_bytes()
    os.link(tmp_path / "replica" / at, tmp_path / "seen in the replica")
    withdraw(case, "W1", keys)
    (case / at).write_bytes(secret)
    (case / at).chmod(0o400)
    os.link(case / at, tmp_path / "seen in the case")
    assert _do("vault", "repair", case, "--from", tmp_path / "replica", "--yes")[0] == 0
    assert _do("vault", "replicate", case, tmp_path / "replica")[0] == 0
    for name in ("seen in the case", "seen in the replica"):
        assert (tmp_path / name).stat().st_size == len(secret)
        assert (tmp_path / name).read_bytes() != secret
    assert not (case / at).exists()
    assert not (tmp_path / "replica" / at).exists()


def _keys_of(case: Path, source_id: str) -> list[Path]:
    return [Path(".consilience", "sealed", key_path(key.key_id)) for key in Vault.open(case).sealed.keys_of(source_id)]
