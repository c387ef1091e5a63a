"""Nothing acknowledged is ever lost, and nothing half-done ever seen, wherever the disk fails or the process dies."""

from __future__ import annotations

import errno
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest
from vault_cases import AT, FIRST, SECOND, assert_keeps, assert_whole, case_files, preserve, stored_files, write_case
from vault_faults import Call, Fault, PowerWatch, error, wrapped

from consilience.errors import VaultNotWritable
from consilience.quantities import digest_bytes
from consilience.vault.acts import read_preserved
from consilience.vault.store import Vault

ALL_ACTS = {(name, digest_bytes(data)) for case in (FIRST, SECOND) for name, data in case.items()}
MANY = {f"frame-{number:03d}.jpg": b"frame %d" % number for number in range(300)}
"""So many that a full tile, a level above it, and a sweep of partial tiles are among the steps."""


def _assert_whole(folder: Path, acknowledged: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Every byte checks, what was acknowledged is there, no act twice; gives path and digest of each act."""
    vault = Vault.open(folder)
    assert_whole(folder)
    assert_keeps(vault, acknowledged)
    kept = [(str(said.path), str(said.digest)) for said in map(read_preserved, vault.acts())]
    assert len(kept) == len(set(kept))
    return set(kept)


def _assert_resumes(folder: Path, contents: Mapping[str, bytes]) -> None:
    """The next run ends as the one that failed would have, with no trace of it, and the one after has nothing to do."""
    vault = Vault.open(folder)
    vault.preserve(folder, case_files(contents), AT)
    for name, data in contents.items():
        assert vault.versions(PurePosixPath(name))[-1] == digest_bytes(data)
    assert not list((folder / ".consilience").rglob("*.part"))
    before = stored_files(folder)
    assert Vault.open(folder).preserve(folder, case_files(contents), AT).new == ()
    assert stored_files(folder) == before


def _faults(tmp_path: Path, number: int) -> Iterator[tuple[Path, Vault, Fault]]:
    """A fresh case with FIRST kept and SECOND waiting, again and again, the fault one call later each time."""
    nth = 0
    while True:
        nth += 1
        folder = tmp_path / str(nth)
        folder.mkdir()
        vault = preserve(folder, FIRST)
        write_case(folder, SECOND)
        yield folder, vault, Fault(nth, error(number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_any_one_call_loses_nothing_and_is_never_a_success(tmp_path: Path, number: int) -> None:
    struck = 0
    for folder, vault, fault in _faults(tmp_path, number):
        with wrapped(fault):
            if _ended_before(vault, folder, fault):
                break
        struck += 1
        acts = _assert_whole(folder, FIRST)
        assert acts in ({(name, digest_bytes(data)) for name, data in FIRST.items()}, ALL_ACTS)
        _assert_resumes(folder, SECOND)
        assert _assert_whole(folder, FIRST | SECOND) == ALL_ACTS
    assert struck >= 30


def _ended_before(vault: Vault, folder: Path, fault: Fault) -> bool:
    """Whether the run ended before the fault came; if it came, the run must have said so, with a remedy."""
    try:
        vault.preserve(folder, case_files(SECOND), AT)
    except VaultNotWritable as err:
        explained = (err.where, err.remedy)
    else:
        assert not fault.has_struck, "a call failed and the run claimed success"
        return True
    assert fault.has_struck
    assert all(explained)
    return False


def test_a_vault_goes_on_after_a_failed_write_without_being_opened_again(tmp_path: Path) -> None:
    for folder, vault, fault in _faults(tmp_path, errno.ENOSPC):
        with wrapped(fault):
            if _ended_before(vault, folder, fault):
                break
        vault.preserve(folder, case_files(SECOND), AT)
        assert _assert_whole(folder, FIRST | SECOND) == ALL_ACTS
        assert vault.root() == Vault.open(folder).root()


def test_a_new_vault_whose_first_write_fails_anywhere_starts_again(tmp_path: Path) -> None:
    nth, ended = 0, False
    while not ended:
        nth += 1
        folder = tmp_path / str(nth)
        folder.mkdir()
        files, fault = write_case(folder, FIRST), Fault(nth, error(errno.ENOSPC))
        vault = Vault.open(folder)
        with wrapped(fault):
            try:
                vault.preserve(folder, files, AT)
                ended = not fault.has_struck
                assert ended, "a call failed and the run claimed success"
            except VaultNotWritable:
                assert fault.has_struck
        _assert_resumes(folder, FIRST)
        _assert_whole(folder, FIRST)
    assert nth >= 40


def test_a_failed_decision_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    for folder, vault, fault in _faults(tmp_path, errno.EIO):
        with wrapped(fault):
            try:
                vault.record("decided", [{"what": "merge"}], AT)
                break
            except VaultNotWritable:
                pass
        again = Vault.open(folder)
        assert_whole(folder)
        assert len(again.acts()) in (2, 3)
        assert all(act.content["what"] == "merge" for act in again.acts()[2:])


def _killed(folder: Path, nth: int, which: str) -> bool:
    """Whether a run in a process of its own died at its nth change to the disk."""
    program = Path(__file__).with_name("vault_killed.py")
    done = subprocess.run([sys.executable, str(program), str(folder), str(nth), which], check=False, timeout=300)
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


@pytest.mark.parametrize("which", ["FIRST", "SECOND"])
def test_a_run_killed_anywhere_loses_nothing_acknowledged(tmp_path: Path, which: str) -> None:
    """Seeded points over the whole run; the first and the last are always among them."""
    before: Mapping[str, bytes] = {} if which == "FIRST" else FIRST
    contents = FIRST if which == "FIRST" else SECOND
    last = _changes_in_a_run(tmp_path / "counted", before, contents)
    points = sorted({1, last, *random.Random(20170404).sample(range(2, last), 14)})
    for nth in points:
        folder = tmp_path / str(nth)
        folder.mkdir()
        if before:
            preserve(folder, before)
        write_case(folder, contents)
        assert _killed(folder, nth, which)
        acts = _assert_whole(folder, before)
        old = {(name, digest_bytes(data)) for name, data in before.items()}
        assert acts in (old, old | {(name, digest_bytes(data)) for name, data in contents.items()})
        _assert_resumes(folder, contents)
        _assert_whole(folder, {**before, **contents})


def _changes_in_a_run(folder: Path, before: Mapping[str, bytes], contents: Mapping[str, bytes]) -> int:
    folder.mkdir()
    if before:
        preserve(folder, before)
    files, count = write_case(folder, contents), Fault(0, error(0))
    with wrapped(count):
        Vault.open(folder).preserve(folder, files, AT)
    return count.calls


@pytest.mark.parametrize("contents", [FIRST, MANY])
def test_a_power_cut_can_take_nothing_that_a_checkpoint_or_an_answer_stands_on(
    tmp_path: Path, contents: dict[str, bytes]
) -> None:
    watch = PowerWatch()
    files = write_case(tmp_path, contents)
    with wrapped(watch):
        vault = Vault.open(tmp_path)
        vault.preserve(tmp_path, files, AT)
        assert not watch.unsynced_names
        vault.record("decided", [{"what": "merge"}], AT)
    assert not watch.breaches
    assert not watch.unsynced_names
    assert watch.checkpoints == 3  # the empty one, the files', the decision's


def test_a_run_after_one_that_could_not_sync_syncs_what_it_finds(tmp_path: Path) -> None:
    """A failed fsync leaves names that are visible and may not last; the next run may not take them for granted."""
    for folder, vault, fault in _faults(tmp_path, errno.EIO):
        watch = PowerWatch()
        with wrapped(watch), wrapped(fault):
            if _ended_before(vault, folder, fault):
                break
        with wrapped(watch):
            vault.preserve(folder, case_files(SECOND), AT)
        assert not watch.unsynced_names
        assert not watch.breaches


def test_sweeping_partial_tiles_can_fail_at_any_call_too(tmp_path: Path) -> None:
    preserve(tmp_path, MANY)
    nth, ended = 0, False
    while not ended:
        nth += 1
        partial = tmp_path / ".consilience/ledger/tile/0/000.p/7"
        partial.parent.mkdir(exist_ok=True)
        partial.write_bytes((tmp_path / ".consilience/ledger/tile/0/000").read_bytes()[: 7 * 32])
        fault = Fault(nth, error(errno.EIO))
        with wrapped(fault):
            try:
                Vault.open(tmp_path).preserve(tmp_path, case_files(MANY), AT)
                ended = not fault.has_struck
            except VaultNotWritable:
                assert fault.has_struck
        _assert_whole(tmp_path, MANY)
    assert not partial.exists()


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(tmp_path: Path) -> None:
    def reluctant(name: str, call: Call) -> Call:
        return (lambda descriptor, data: call(descriptor, data[:7])) if name == "write" else call

    with wrapped(reluctant):
        preserve(tmp_path, FIRST)
    _assert_whole(tmp_path, FIRST)
