"""`keys share`: who becomes a custodian opens what was sealed before, by an act, all or nothing, in replicas too."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from pyrage import x25519
from typer.testing import CliRunner

import consilience
from case_copies import bytes_below
from consilience.casework.unsealing import unseal
from consilience.cli.main import app
from consilience.errors import ConsilienceError, KeysUnusable, SealBroken, UsageError
from consilience.vault import sealed_sharing
from consilience.vault.checking import check
from consilience.vault.keyring import Keyring
from consilience.vault.replicas import replicate
from consilience.vault.sealed_files import FOLDER, item_path, key_path
from consilience.vault.sealed_store import open_key
from consilience.vault.sealing import decrypt, unwrap
from consilience.vault.store import Vault
from consilience.vault.stores import FolderStore, open_store

CASE_TOML = '[case]\nid = "shared"\ntime_zone = "Asia/Damascus"\nparties = ["Syrian", "Russian"]\n'
TABLES = {
    "sources": "source_id,role\nW1,direct_witness\nW2,medical_worker\n",
    "facilities": "facility_id,name,kind,lat,lon\nF1,Hospital one,hospital,35.6,36.6\n",
    "identities": "source_id,name\nW1,Umm Synthetic\nW2,Abu Synthetic\n",
    "accounts": "account_id,incident_id,source_id,time,time_precision,facility_id,mode\n"
    "A1,I1,W1,2017-04-02T10:05,minute,F1,air strike\nA2,I1,W2,2017-04-02T10:10,about,F1,air strike\n",
}


def said(*words: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, ConsilienceError):
        if not code:
            raise done.exception
        assert done.exception.exit_code == code
    else:
        assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    said("keys", "init", "--yes")
    return tmp_path / "keys"


@pytest.fixture
def case(tmp_path: Path, keys: Path) -> Path:
    """Sealed for its first custodian alone; then a second one is added."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text(CASE_TOML)
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text)
    consilience.open_case(folder).run()
    said("keys", "add", "newcomer", _newcomer(keys).custodians[0].recipient)
    return folder


def _newcomer(keys: Path) -> Keyring:
    """The keyring of somebody else, on another machine."""
    folder = keys.with_name("newcomer")
    said("keys", "init", "--yes", "--dir", folder)
    return Keyring.open(folder)


def _key_files(folder: Path) -> set[str]:
    return {path.name for path in (folder / ".consilience" / "sealed" / "keys").iterdir()}


def test_of_a_sealed_file_that_is_lost_vault_check_says_whose_it_was_and_names_nobody(case: Path) -> None:
    state = Vault.open(case).sealed
    (key,) = state.keys_of("W1")
    (item,) = state.items_of("W2")
    for path in (key_path(key.file_id), item_path(item.item_id)):
        (case / ".consilience" / FOLDER / path).unlink()
    lines = said("vault", "check", case, code=5).splitlines()
    assert any("is gone; it is the key to what is sealed of source W1" in line for line in lines)
    assert any("is gone; it is something sealed of source W2" in line for line in lines)
    assert "Synthetic" not in "".join(lines)
    (left,) = (case / ".consilience" / FOLDER / "keys").iterdir()
    left.write_bytes(b"other bytes")
    told = json.loads(said("vault", "check", case, "--json", code=5))
    assert [one["sealed"] for one in told["damaged"]].count(["the key to what is sealed of source W2"]) == 1


def test_without_yes_it_says_who_would_open_more_and_changes_nothing(case: Path, keys: Path) -> None:
    before = bytes_below(case)
    told = said("keys", "share", case)
    assert "2 keys of 2 sources would be wrapped anew" in told
    assert f"can open more, then: newcomer {_newcomer(keys).custodians[0].recipient}" in told
    assert bytes_below(case) == before


def test_a_new_custodian_opens_what_was_sealed_before_and_the_earlier_one_still_does(case: Path, keys: Path) -> None:
    with pytest.raises(KeysUnusable):
        unseal(case, "W1", _newcomer(keys), "a test")
    before = _key_files(case)
    said("keys", "share", case, "--yes")
    assert not _key_files(case) & before, "a file of keys is never written over"
    assert unseal(case, "W1", _newcomer(keys), "a test").identity == [{"source_id": "W1", "name": "Umm Synthetic"}]
    assert unseal(case, "W2", Keyring.open(keys), "a test").identity
    assert check(case, read_data=True).is_whole
    assert "0 keys of 0 sources" in said("keys", "share", case, "--yes"), "what is shared is not shared again"


def test_the_ledger_says_by_whose_key_and_for_whom(case: Path, keys: Path) -> None:
    said("keys", "share", case, "--yes")
    [first, _] = [act for act in Vault.open(case).acts() if act.content.get("schema") == "consilience.wrapped_anew/1"]
    own, other = Keyring.open(keys).custodians[0].recipient, _newcomer(keys).custodians[0].recipient
    assert first.content["opened_by"] == own
    assert first.content["custodians"] == sorted([own, other])
    assert "wrapped anew" in said("vault", "history", case)


def test_whoever_is_dropped_opens_it_no_more_and_is_named(case: Path, keys: Path) -> None:
    own, other = Keyring.open(keys).custodians[0].recipient, _newcomer(keys)
    said("keys", "share", case, "--yes")
    told = said("keys", "share", case, "--drop-others", "--yes", "--dir", other.folder)
    assert f"can open less: {own}" in told
    assert "may have kept it" in told
    assert "still open to" not in told
    with pytest.raises(KeysUnusable):
        unseal(case, "W1", Keyring.open(keys), "a test")
    assert unseal(case, "W1", other, "a test").identity


def test_whoever_is_dropped_does_not_open_what_is_sealed_afterwards_with_a_key_that_he_kept(
    case: Path, keys: Path
) -> None:
    own, newcomer = Keyring.open(keys), _newcomer(keys)
    said("keys", "share", case, "--yes")
    vault = Vault.open(case)
    [key] = vault.sealed.keys_of("W1")
    kept = (vault.folder / FOLDER / key_path(key.file_id)).read_bytes()
    (keys / "custodians").write_text(f"own {own.custodians[0].recipient}\n")
    said("keys", "share", case, "--drop-others", "--yes")
    (case / "identities.csv").write_text(TABLES["identities"].replace("Umm Synthetic", "Umm Synthetic the second"))
    consilience.open_case(case).run()
    after = Vault.open(case)
    [new] = [item for item in after.sealed.items_of("W1") if item.item_id not in vault.sealed.items]
    retained = unwrap(kept, key.key_id, key.recipient, newcomer.identities()[0])
    with (after.folder / FOLDER / item_path(new.item_id)).open("rb") as sealed, pytest.raises(SealBroken):
        decrypt(sealed, io.BytesIO(), retained, new.item_id, new.commitment)
    assert unseal(case, "W1", own, "a test").identity == [{"source_id": "W1", "name": "Umm Synthetic the second"}]


def test_without_drop_others_it_says_to_whom_all_stays_open_who_is_in_no_keyring(case: Path, keys: Path) -> None:
    own, newcomer = Keyring.open(keys).custodians[0].recipient, _newcomer(keys).custodians[0].recipient
    said("keys", "share", case, "--yes")
    (keys / "custodians").write_text(f"own {own}\n")
    assert f"still open to: {newcomer}" in said("keys", "share", case)
    assert json.loads(said("keys", "share", case, "--json"))["still_open_to"] == [newcomer]
    assert "still open to" not in said("keys", "share", case, "--drop-others", "--yes")


def test_custodians_without_one_who_is_here_are_refused_and_every_source_opens_as_before(
    case: Path, keys: Path
) -> None:
    """A keyring with a line that is out of date, of a key that was lost with a laptop."""
    own, before = Keyring.open(keys), _key_files(case)
    (keys / "custodians").write_text(f"lost {x25519.Identity.generate().to_public()}\n")
    for words in ([], ["--yes"]):
        with pytest.raises(UsageError, match="W1, W2: no private key here would open"):
            said("keys", "share", case, "--drop-others", *words)
    assert _key_files(case) == before
    assert [unseal(case, source, own, "a test").identity for source in ("W1", "W2")]


def test_a_new_file_that_does_not_open_is_not_recorded_and_the_one_before_it_stays(
    case: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _key_files(case)
    monkeypatch.setattr(sealed_sharing, "wrap", lambda *_: b"what no key opens")
    with pytest.raises(SealBroken):
        said("keys", "share", case, "--yes")
    assert before <= _key_files(case)
    assert unseal(case, "W1", Keyring.open(keys), "a test").identity
    assert not [act for act in Vault.open(case).acts() if act.content.get("schema") == "consilience.wrapped_anew/1"]


def test_keys_that_nobody_here_opens_are_named_and_it_is_exit_5(case: Path, keys: Path) -> None:
    stranger = x25519.Identity.generate()
    (keys / "identities" / "custodian.key").write_text(f"{stranger}\n")
    before = bytes_below(case)
    assert "0 keys of 0 sources" in said("keys", "share", case, "--yes", code=5)
    with pytest.raises(KeysUnusable, match="no private key here"):
        said("keys", "share", case)
    assert {n: d for n, d in bytes_below(case).items() if "/cache/" not in n} == {
        n: d for n, d in before.items() if "/cache/" not in n
    }


def test_an_analyst_does_not_share_keys(case: Path, keys: Path) -> None:
    (keys / "roles").write_text("analyst\n")
    with pytest.raises(UsageError, match="identity custodian"):
        said("keys", "share", case, "--yes")


def test_a_replica_loses_the_old_file_and_gets_the_new_one_at_its_next_contact(case: Path, tmp_path: Path) -> None:
    said("vault", "replicate", case, tmp_path / "replica")
    old = _key_files(case)
    said("keys", "share", case, "--yes")
    said("vault", "replicate", case, tmp_path / "replica")
    assert _key_files(tmp_path / "replica") == _key_files(case)
    assert not _key_files(tmp_path / "replica") & old
    assert check(tmp_path / "replica", read_data=True).is_whole


def test_a_copy_that_cant_bring_the_new_key_leaves_the_old_one_in_the_replica(
    case: Path, tmp_path: Path, keys: Path
) -> None:
    """A replica is there for when the case is damaged: it may not lose its only key to a copy that then fails."""
    said("vault", "replicate", case, tmp_path / "replica")
    old = _key_files(case)
    said("keys", "share", case, "--yes")
    for file in (case / ".consilience" / "sealed" / "keys").iterdir():
        file.write_bytes(b"damaged")
    said("vault", "replicate", case, tmp_path / "replica", code=5)
    assert _key_files(tmp_path / "replica") >= old
    assert check(tmp_path / "replica", read_data=True).is_whole
    assert unseal(tmp_path / "replica", "W1", Keyring.open(keys), "a test").identity


def test_at_every_step_of_a_copy_the_replica_opens_by_its_own_ledger(
    case: Path, tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at before each call that changes it, as if power went just then."""
    replica, own = tmp_path / "replica", Keyring.open(keys).identities()
    seen: list[PurePosixPath] = []
    said("vault", "replicate", case, replica)
    said("keys", "share", case, "--yes")

    def looked_at(call: Callable[..., None]) -> Callable[..., None]:
        def looking(store: FolderStore, path: PurePosixPath, *rest: object) -> None:
            vault = Vault.open(shutil.copytree(replica, tmp_path / f"seen-{len(seen)}"))
            for source in ("W1", "W2"):
                for key in vault.sealed.keys_of(source):
                    open_key(vault, key, own)
            seen.append(path)
            call(store, path, *rest)

        return looking

    for name in ("write", "remove"):
        monkeypatch.setattr(FolderStore, name, looked_at(getattr(FolderStore, name)))
    replicate(case, open_store(str(replica)))
    assert sum(path.parent.name == "keys" for path in seen) == 4, "two new, two old"


def test_a_withdrawn_source_loses_all_files_of_its_key_in_a_replica_before_anything_is_copied(
    case: Path, tmp_path: Path
) -> None:
    said("vault", "replicate", case, tmp_path / "replica")
    [doomed] = [key.file_id for key in Vault.open(case).sealed.keys_of("W1")]
    said("keys", "share", case, "--yes")
    said("consent", "withdraw", case, "W1", "--yes")
    for file in (case / ".consilience" / "sealed" / "keys").iterdir():
        file.write_bytes(b"damaged")
    said("vault", "replicate", case, tmp_path / "replica", code=5)
    assert f"{doomed}.age" not in _key_files(tmp_path / "replica")


def test_a_withdrawal_destroys_a_key_that_was_wrapped_anew(case: Path, keys: Path) -> None:
    said("keys", "share", case, "--yes")
    said("consent", "withdraw", case, "W1", "--yes")
    assert len(_key_files(case)) == 1
    with pytest.raises(UsageError, match="its keys were destroyed"):
        unseal(case, "W1", Keyring.open(keys), "a test")
    assert check(case, read_data=True).is_whole


def test_what_is_sealed_after_it_goes_under_the_shared_key(case: Path) -> None:
    said("keys", "share", case, "--yes")
    (case / "identities.csv").write_text(TABLES["identities"].replace("Umm Synthetic", "Umm Synthetic the second"))
    consilience.open_case(case).run()
    assert len(_key_files(case)) == 2


_DIES = """
import os, signal, sys
from consilience.vault import sealed_sharing
from consilience.cli.main import main
written = sealed_sharing.write_key
count, last = 0, int(sys.argv[1])
def dying(*arguments):
    global count
    written(*arguments)
    count += 1
    if count == last:
        os.kill(os.getpid(), signal.SIGKILL)
sealed_sharing.write_key = dying
sys.argv = ["consilience", *sys.argv[2:]]
main()
"""


@pytest.mark.parametrize("nth", [1, 2])
def test_killed_in_the_middle_all_opens_as_before_and_the_next_try_ends_it(case: Path, keys: Path, nth: int) -> None:
    before = _key_files(case)
    command = [sys.executable, "-c", _DIES, str(nth), "keys", "share", str(case), "--yes"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ})
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert before < _key_files(case), "new files lie beside the old ones"
    assert check(case, read_data=True).is_whole
    for source in ("W1", "W2"):
        assert unseal(case, source, Keyring.open(keys), "a test").identity
    said("keys", "share", case, "--yes")
    assert len(_key_files(case)) == 2
    assert unseal(case, "W1", _newcomer(keys), "a test").identity
    shown = json.loads(said("keys", "share", case, "--json"))
    assert (shown["keys"], shown["closed"]) == (0, [])
