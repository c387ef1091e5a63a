"""Nothing below `.consilience/` but the cache can change unseen, and each thing that did is named."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest
from vault_cases import AT, FIRST, SECOND, preserve, write_case
from vault_faults import unsynced
from vault_operations import SIGNER

from consilience.errors import CaseFolderMissing, VaultNotWritable
from consilience.quantities import digest_bytes
from consilience.vault.checking import CHECKS, Checked, Fault, check
from consilience.vault.lock import only_writer
from consilience.vault.shelves import SHELVES, place_of
from consilience.vault.store import FOLDER, Vault

VIDEO = place_of("exhibits", digest_bytes(FIRST["media/video.mp4"]))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """FIRST kept by a run without a key, SECOND by one with it, and a decision."""
    with unsynced():
        preserve(tmp_path, FIRST)
        vault = Vault.open(tmp_path, SIGNER)
        vault.preserve(tmp_path, write_case(tmp_path, SECOND), AT)
        vault.record("decided", [{"what": "merge"}], AT)
    return tmp_path


def _named(checked: Checked) -> list[tuple[str, Fault]]:
    return [(str(damage.path), damage.fault) for damage in checked.damaged]


def test_what_is_whole_is_said_to_be_whole(case: Path) -> None:
    for read_data in (False, True):
        checked = check(case, read_data=read_data)
        assert checked.is_whole
        assert not checked.notes
        assert (checked.size, len(checked.acts), checked.has_read_data) == (6, 6, read_data)


def test_a_case_of_which_nothing_is_kept_is_not_whole(tmp_path: Path) -> None:
    assert _named(check(tmp_path)) == [(".", Fault.GONE)]
    with pytest.raises(CaseFolderMissing):
        check(tmp_path / "none")


def test_many_damaged_things_are_all_named_and_the_acts_that_cite_them(case: Path) -> None:
    vault = case / FOLDER
    (vault / VIDEO).write_bytes(b"\x00" * 10_000)
    letter = place_of("exhibits", digest_bytes(SECOND["letter.pdf"]))
    (vault / letter).unlink()
    (vault / "ledger/tile/0/000.p/2").write_bytes(b"short")
    checked = check(case, read_data=True)
    assert set(_named(checked)) == {
        (str(VIDEO), Fault.ALTERED), (str(letter), Fault.GONE), ("ledger/tile/0/000.p/2", Fault.ALTERED),
    }  # fmt: skip
    cited = {str(damage.path): damage.acts for damage in checked.damaged}
    assert cited[str(VIDEO)] == (0,)
    assert cited["ledger/tile/0/000.p/2"] == (0, 1)
    assert len(checked.acts) == 6, "every act stands in another file too"


def test_the_quick_look_sees_sizes_and_the_long_one_bytes(case: Path) -> None:
    (case / FOLDER / VIDEO).write_bytes(b"\x00" * 10_000)
    assert check(case).is_whole
    assert not check(case, read_data=True).is_whole
    (case / FOLDER / VIDEO).write_bytes(b"\x00" * 9_999)
    assert _named(check(case)) == [(str(VIDEO), Fault.ALTERED)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("notes.txt", b"mine"),
        ("exhibits/00/short", b""),
        ("exhibits/stranger", b"x"),
        ("ledger/tile/0/stranger", b"x"),
        ("ledger/tile/0/000.p/256", b"x"),
        ("ledger/checkpoints/07", b"x"),
        ("odd/one", b"x"),
        ("lock/one", b"x"),
    ],
)
def test_a_file_that_nobody_wrote_is_named(case: Path, path: str, data: bytes) -> None:
    (case / FOLDER / "lock").unlink()
    (case / FOLDER / path).parent.mkdir(mode=0o700, exist_ok=True)
    (case / FOLDER / path).write_bytes(data)
    (case / FOLDER / path).chmod(0o600)
    assert path in dict(_named(check(case)))


def test_an_empty_folder_that_is_none_of_ours_is_named(case: Path) -> None:
    for path in ("odd", "exhibits/zz", "ledger/tile/x", "quarantine/f"):
        (case / FOLDER / path).mkdir(mode=0o700, parents=True)
    (case / FOLDER / "exhibits/00").mkdir(mode=0o700, exist_ok=True)
    (case / FOLDER / "quarantine").chmod(0o700)
    assert dict(_named(check(case))) == dict.fromkeys(
        ("exhibits/zz", "ledger/tile/x", "odd", "quarantine/f"), Fault.STRANGER
    )


def test_what_others_may_read_or_write_is_named(case: Path) -> None:
    (case / FOLDER / VIDEO).chmod(0o640)
    (case / FOLDER / "ledger").chmod(0o701)
    assert _named(check(case)) == [(str(VIDEO), Fault.LOOSE), ("ledger", Fault.LOOSE)]


def test_a_link_in_place_of_a_file_is_named_though_its_bytes_are_right(case: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    os.replace(case / FOLDER / VIDEO, elsewhere)  # noqa: PTH105
    (case / FOLDER / VIDEO).symlink_to(elsewhere)
    assert _named(check(case, read_data=True)) == [(str(VIDEO), Fault.ALTERED)]


def test_a_lock_that_holds_something_is_named(case: Path) -> None:
    (case / FOLDER / "lock").write_bytes(b"x")
    assert _named(check(case)) == [("lock", Fault.ALTERED)]


def test_the_cache_may_hold_anything(case: Path) -> None:
    (case / FOLDER / "cache/ab").mkdir(parents=True)
    (case / FOLDER / "cache/ab/cd").write_bytes(b"x")
    assert check(case, read_data=True).is_whole


def test_what_a_crash_leaves_is_noted_and_no_damage(case: Path) -> None:
    vault = case / FOLDER
    data = b"kept by a run that was killed"
    place = place_of("exhibits", digest_bytes(data))
    (vault / place.parent).mkdir(mode=0o700, exist_ok=True)
    left = [
        vault / place,
        vault / "exhibits/incoming.part",
        vault / "ledger/incoming.part",
        vault / "ledger/tile/0/000.p/9",
    ]
    for path in left:
        path.write_bytes(data if path == vault / place else b"half")
        path.chmod(0o600)
    checked = check(case, read_data=True)
    assert checked.is_whole
    assert {note.path for note in checked.notes} == {PurePosixPath(path.relative_to(vault)) for path in left}
    (vault / place).write_bytes(b"other bytes than its name says")
    assert _named(check(case, read_data=True)) == [(str(place), Fault.ALTERED)]


def test_acts_that_were_cut_off_are_seen_where_a_later_checkpoint_was_signed(case: Path) -> None:
    ledger = case / FOLDER / "ledger"
    (ledger / "checkpoint").write_bytes((ledger / "checkpoints/5").read_bytes())
    assert check(case).is_whole, "back at an earlier signed state, which only a checkpoint kept elsewhere can show"
    with unsynced():
        Vault.open(case, SIGNER).record("decided", [{"what": "another"}], AT)
    (ledger / "checkpoint").write_bytes(b"consilience/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    assert ("ledger/checkpoints/5", Fault.ALTERED) in _named(check(case))


def test_a_checkpoint_whose_signature_was_taken_away_is_noted(case: Path) -> None:
    checkpoint = case / FOLDER / "ledger/checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().split(b"\n\n")[0] + b"\n")
    checked = check(case)
    assert checked.is_whole, "as a run without a key leaves it"
    assert [str(note.path) for note in checked.notes] == ["ledger/checkpoint"]


def test_each_shelf_and_every_other_folder_has_a_checker() -> None:
    assert set(SHELVES) < set(CHECKS)
    assert set(CHECKS) == {"lock", "cache", "ledger", *SHELVES}


def test_a_run_at_work_is_not_taken_for_damage(case: Path) -> None:
    with only_writer(case / FOLDER / "lock"), pytest.raises(VaultNotWritable, match="another run"):
        check(case)


def test_a_name_that_no_terminal_can_show_is_escaped_on_one_line(case: Path) -> None:
    path = case / FOLDER / os.fsdecode(b"a\nb\xff")
    path.write_bytes(b"x")
    path.chmod(0o600)
    assert [str(damage) for damage in check(case).damaged] == [
        ".consilience/a\\nb\\xff: is a file that nobody wrote here"
    ]
