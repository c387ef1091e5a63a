"""The front door: what `Vault` promises to casework."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PurePosixPath

import pytest
from vault_cases import AT, FIRST, SECOND, assert_keeps, assert_whole, case_files, preserve, stored_files, write_case

from consilience.errors import CaseFolderMissing, ExhibitDamaged, LedgerDamaged, UsageError, VaultNotWritable
from consilience.quantities import digest_bytes
from consilience.vault import lock
from consilience.vault.acts import read_preserved
from consilience.vault.checking import check
from consilience.vault.store import FOLDER, Preserved, Vault

SIGHTINGS, VIDEO, LETTER = PurePosixPath("sightings.csv"), PurePosixPath("media/video.mp4"), PurePosixPath("letter.pdf")
NOTHING = Preserved(new=(), changed=(), gone=())


def test_opening_writes_nothing(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    assert vault.root() == digest_bytes(b"").removeprefix("sha256:") + " 0"
    assert vault.acts() == ()
    assert not list(tmp_path.iterdir())


def test_a_case_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CaseFolderMissing):
        Vault.open(tmp_path / "none")


def test_files_are_kept_and_the_case_is_not_touched(tmp_path: Path) -> None:
    files = write_case(tmp_path, FIRST)
    before = stored_files(tmp_path)
    vault = Vault.open(tmp_path)
    done = vault.preserve(tmp_path, files, AT)
    assert done.new == (VIDEO, SIGHTINGS)
    assert done.changed == done.gone == ()
    assert {name: data for name, data in stored_files(tmp_path).items() if ".consilience" not in name} == before
    assert_keeps(vault, FIRST)
    assert_whole(tmp_path)


def test_an_act_says_what_was_preserved_and_when(tmp_path: Path) -> None:
    vault = preserve(tmp_path, FIRST)
    vault.preserve(tmp_path, write_case(tmp_path, SECOND), AT + timedelta(days=1))
    acts = [(act.index, act.kind, act.recorded_at, read_preserved(act)) for act in vault.acts()]
    assert [(index, kind, at) for index, kind, at, _ in acts] == [
        (0, "preserved", AT), (1, "preserved", AT),
        (2, "preserved", AT + timedelta(days=1)), (3, "preserved", AT + timedelta(days=1)),
    ]  # fmt: skip
    kept = [said for *_, said in acts]
    assert [(said.path, said.role) for said in kept] == [
        (VIDEO, "exhibit"), (SIGHTINGS, "table"), (LETTER, "exhibit"), (SIGHTINGS, "table"),
    ]  # fmt: skip
    assert [said.supersedes for said in kept] == [None, None, None, kept[1].digest]
    assert [said.size_bytes for said in kept] == [10_000, 15, 4, 18]


def test_running_again_records_and_copies_nothing(tmp_path: Path) -> None:
    vault = preserve(tmp_path, FIRST)
    before, root = stored_files(tmp_path), vault.root()
    done = vault.preserve(tmp_path, case_files(FIRST), AT + timedelta(days=9))
    assert (done.new, done.changed, done.gone) == ((), (), ())
    assert Vault.open(tmp_path).preserve(tmp_path, case_files(FIRST), AT) == done
    assert (stored_files(tmp_path), Vault.open(tmp_path).root()) == (before, root)


def test_a_changed_file_is_a_new_version_and_the_old_one_stays(tmp_path: Path) -> None:
    vault = preserve(tmp_path, FIRST)
    done = vault.preserve(tmp_path, write_case(tmp_path, SECOND), AT)
    assert (done.new, done.changed, done.gone) == ((LETTER,), (SIGHTINGS,), ())
    assert_keeps(vault, FIRST)
    assert_keeps(vault, SECOND)
    assert vault.versions(SIGHTINGS) == tuple(digest_bytes(case["sightings.csv"]) for case in (FIRST, SECOND))
    back = vault.preserve(tmp_path, write_case(tmp_path, FIRST), AT)
    assert back.changed == (SIGHTINGS,)
    assert len(vault.versions(SIGHTINGS)) == 3


def test_a_file_that_is_gone_from_the_case_is_listed_and_stays(tmp_path: Path) -> None:
    vault = preserve(tmp_path, SECOND)
    root = vault.root()
    for _ in range(2):
        done = vault.preserve(tmp_path, case_files(FIRST | {"sightings.csv": SECOND["sightings.csv"]}), AT)
        assert done.gone == (LETTER,)
    assert vault.root() == root
    assert_keeps(vault, SECOND)
    assert vault.preserve(tmp_path, case_files(SECOND), AT) == NOTHING


def test_two_files_of_the_same_bytes_are_one_exhibit_and_two_acts(tmp_path: Path) -> None:
    vault = preserve(tmp_path, {"a.mp4": b"same", "b/c.mp4": b"same"})
    assert len(vault.acts()) == 2
    assert len(stored_files(tmp_path / ".consilience/exhibits")) == 1


@pytest.mark.parametrize(
    "name",
    [
        "identities.csv",
        "Identities.XLSX",
        "old/identities.csv.bak",
        "identities",
        "identities (2).csv",
        "~$identities.xlsx",
    ],
)
def test_a_table_of_identities_is_refused_and_nothing_at_all_is_kept(tmp_path: Path, name: str) -> None:
    vault = Vault.open(tmp_path)
    with pytest.raises(UsageError, match="never kept in clear") as raised:
        vault.preserve(tmp_path, write_case(tmp_path, {**FIRST, name: b"S1,a person's name"}), AT)
    assert "a person's name" not in str(raised.value)
    assert not (tmp_path / ".consilience").exists()


def test_identities_are_refused_under_whatever_name(tmp_path: Path) -> None:
    files = [replace(file, table="identities") for file in write_case(tmp_path, {"people.xlsx": b"name"})]
    with pytest.raises(UsageError, match="never kept in clear"):
        Vault.open(tmp_path).preserve(tmp_path, files, AT)


@pytest.mark.parametrize("path", ["/etc/hostname", "../other/a.csv", "a/../../b.csv"])
def test_a_path_that_leaves_the_case_is_refused(tmp_path: Path, path: str) -> None:
    files = [replace(case_files({"a.csv": b""})[0], path=PurePosixPath(path))]
    with pytest.raises(UsageError, match="outside"):
        Vault.open(tmp_path).preserve(tmp_path, files, AT)


def test_a_path_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="twice"):
        Vault.open(tmp_path).preserve(tmp_path, case_files(FIRST) + case_files(FIRST), AT)


def test_progress_counts_every_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    files = write_case(tmp_path, SECOND)
    vault = Vault.open(tmp_path)
    vault.preserve(tmp_path, files, AT, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_decision_is_an_act_among_the_others(tmp_path: Path) -> None:
    vault = preserve(tmp_path, FIRST)
    (act,) = vault.record("decided", [{"what": "merge", "incidents": ["I1", "I2"]}], AT)
    assert (act.index, act.kind, dict(act.content)) == (2, "decided", {"what": "merge", "incidents": ["I1", "I2"]})
    assert Vault.open(tmp_path).acts()[-1] == act
    assert_whole(tmp_path)


def test_a_decision_can_be_the_first_thing_kept(tmp_path: Path) -> None:
    Vault.open(tmp_path).record("decided", [{"what": "open"}], AT)
    assert len(Vault.open(tmp_path).acts()) == 1


def test_the_root_changes_with_every_act_and_is_that_of_the_files(tmp_path: Path) -> None:
    vault = preserve(tmp_path, FIRST)
    first = vault.root()
    vault.record("decided", [{}], AT)
    assert re.fullmatch(r"[0-9a-f]{64} 3", vault.root())
    assert vault.root() != first
    assert vault.root() == Vault.open(tmp_path).root()


def test_two_cases_of_the_same_files_have_different_roots(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert preserve(tmp_path / "a", FIRST).root() != preserve(tmp_path / "b", FIRST).root()


def test_a_second_writer_is_told_so_and_changes_nothing(tmp_path: Path) -> None:
    vault, other = preserve(tmp_path, FIRST), Vault.open(tmp_path)
    refused: list[str] = []

    def meanwhile(_done: int, _total: int) -> None:
        def deciding() -> object:
            return other.record("decided", [{}], AT)

        for act in (deciding, lambda: other.preserve(tmp_path, [], AT), lambda: check(tmp_path)):
            with pytest.raises(VaultNotWritable, match="another run") as raised:
                act()
            refused.append(raised.value.remedy or "")

    vault.preserve(tmp_path, write_case(tmp_path, SECOND), AT, meanwhile)
    assert len(refused) == 9
    assert all(refused)
    assert len(Vault.open(tmp_path).acts()) == 4


REMOVED_MEANWHILE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from consilience.vault.store import Vault
vault = Vault.open(Path(sys.argv[1]))
with vault.writing():
    print("writes", flush=True)
    sys.stdin.readline()
    vault.record("decided", [{"by": "the first"}], datetime(2026, 11, 24, tzinfo=UTC))
print("wrote", flush=True)
sys.stdin.readline()
"""


def test_whoever_removes_the_lock_lets_nobody_in_and_no_act_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preserve(tmp_path, FIRST)
    monkeypatch.setattr(lock, "PATIENCE_S", 0.3)
    command = [sys.executable, "-c", REMOVED_MEANWHILE, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdin
        assert first.stdout
        assert first.stdout.readline() == "writes\n"
        for _ in range(2):  # the second time the lock is one that a refused writer made
            (tmp_path / FOLDER / "lock").unlink()
            with pytest.raises(VaultNotWritable, match="another run"):
                check(tmp_path)
            with pytest.raises(VaultNotWritable, match="another run"):
                Vault.open(tmp_path).record("decided", [{"by": "the second"}], AT)
        first.stdin.write("go on\n")
        first.stdin.flush()
        assert first.stdout.readline() == "wrote\n"
        Vault.open(tmp_path).record("decided", [{"by": "the second"}], AT)
    said = [act.content["by"] for act in Vault.open(tmp_path).acts() if act.kind == "decided"]
    assert said == ["the first", "the second"]
    assert_whole(tmp_path)


def test_a_vault_that_was_open_meanwhile_sees_the_other_ones_acts_before_it_writes(tmp_path: Path) -> None:
    vault, other = preserve(tmp_path, FIRST), Vault.open(tmp_path)
    vault.preserve(tmp_path, write_case(tmp_path, SECOND), AT)
    assert other.preserve(tmp_path, case_files(SECOND), AT) == NOTHING
    assert other.root() == vault.root()


def test_what_is_kept_is_the_owners_alone(tmp_path: Path) -> None:
    preserve(tmp_path, FIRST)
    for path in [tmp_path / ".consilience", *(tmp_path / ".consilience").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_a_name_that_is_no_utf8_is_kept_too(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xd9\x81\xff.mp4")
    vault = preserve(tmp_path, {name: b"bytes"})
    assert_keeps(Vault.open(tmp_path), {name: b"bytes"})
    assert vault.preserve(tmp_path, case_files({name: b"bytes"}), AT) == NOTHING


def test_what_a_killed_run_left_is_harmless_and_gone_after_the_next_one(tmp_path: Path) -> None:
    vault = preserve(tmp_path, FIRST)
    before = stored_files(tmp_path)
    for half_written in ("exhibits/incoming.part", "ledger/incoming.part"):
        (tmp_path / ".consilience" / half_written).write_bytes(b"half")
        (tmp_path / ".consilience" / half_written).chmod(0o600)
    assert_whole(tmp_path)
    assert vault.preserve(tmp_path, case_files(FIRST), AT).new == ()
    assert stored_files(tmp_path) == before


def test_exhibits_without_a_ledger_are_not_taken_for_a_new_vault(tmp_path: Path) -> None:
    preserve(tmp_path, FIRST)
    (tmp_path / ".consilience/ledger").rename(tmp_path / "elsewhere")
    with pytest.raises(LedgerDamaged, match="no ledger"):
        Vault.open(tmp_path)


@pytest.mark.parametrize("damage", ["gone", "short", "flipped"])
def test_a_damaged_exhibit_is_reported_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    vault = preserve(tmp_path, FIRST)
    digits = digest_bytes(FIRST["sightings.csv"]).removeprefix("sha256:")
    path = tmp_path / ".consilience/exhibits" / digits[:2] / digits[2:]
    data = path.read_bytes()
    path.unlink() if damage == "gone" else path.write_bytes(data[1:] if damage == "short" else b"X" + data[1:])
    before = stored_files(tmp_path)
    assert [f".consilience/{one.path}" for one in check(tmp_path, read_data=True).damaged] == [
        str(path.relative_to(tmp_path))
    ]
    with pytest.raises(ExhibitDamaged):
        vault.read_exhibit(digest_bytes(data))
    if damage != "flipped":  # a run looks at the size alone; a check reads every byte
        with pytest.raises(ExhibitDamaged):
            vault.preserve(tmp_path, case_files(FIRST), AT)
    assert stored_files(tmp_path) == before


def test_every_file_under_the_vault_but_the_lock_is_checked(tmp_path: Path) -> None:
    preserve(tmp_path, FIRST)
    folder = tmp_path / ".consilience"
    for name, data in stored_files(folder).items():
        if name == "lock":
            continue
        (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert [str(one.path) for one in check(tmp_path, read_data=True).damaged] == [name]
        (folder / name).write_bytes(data)
    assert_whole(tmp_path)


def test_a_folder_that_may_not_be_read_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, **_: object) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    preserve(tmp_path, FIRST)
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(VaultNotWritable, match="permission"):
        Vault.open(tmp_path)
