"""A replica is whole or says so, is brought forward and never set back, and forgets what the case has destroyed."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
import pytest
from vault_cases import AT, FIRST, SECOND, preserve, stored_files, write_case
from vault_faults import unsynced

from consilience.errors import ExhibitDamaged, ReplicaUnfit, UsageError, VaultNotWritable
from consilience.quantities import Digest, digest_bytes, digest_file
from consilience.vault import checking, mending, shelves
from consilience.vault.acts import COPIED, WITHDRAWN, Act
from consilience.vault.checking import check
from consilience.vault.mending import carry_out
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import Copied, replicate
from consilience.vault.shelves import Kept, Shelf, place_of
from consilience.vault.store import FOLDER, Vault
from consilience.vault.stores import FolderStore, Store, open_store, without_credentials

VIDEO = place_of("exhibits", digest_bytes(FIRST["media/video.mp4"]))


@pytest.fixture(autouse=True)
def _nothing_waits_for_the_disk() -> Iterator[None]:
    with unsynced():
        yield


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "case").mkdir()
    preserve(tmp_path / "case", SECOND)
    return tmp_path / "case"


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A folder, and a store of another kind that fsspec opens."""
    yield open_store(str(tmp_path / "replica") if request.param == "folder" else "memory://backup/replica")
    fsspec.filesystem("memory").store.clear()


def _told(case: Path, store: Store) -> Copied:
    """Copied and recorded, as casework does it."""
    copied = replicate(case, store)
    if copied.is_news:
        Vault.open(case).record(COPIED, [copied.content()], AT)
        replicate(case, store)
    return copied


def _fetched(store: Store, into: Path) -> Path:
    """The replica as a folder, to be checked as a case is."""
    for path in store.files():
        if path.name != "lock":
            (into / FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
            (into / FOLDER / path).write_bytes(b"".join(store.blocks(path)))
    for made in (into / FOLDER, *(into / FOLDER).rglob("*")):
        made.chmod(0o700 if made.is_dir() else 0o600)
    return into


def test_a_replica_holds_all_and_is_whole_as_a_case_is(case: Path, store: Store, tmp_path: Path) -> None:
    copied = _told(case, store)
    assert (copied.files, copied.acts, copied.removed) == (3, 3, 0)
    there = _fetched(store, tmp_path / "fetched")
    assert check(there, read_data=True).is_whole
    kept = {name: data for name, data in stored_files(case / FOLDER).items() if name != "lock"}
    assert {name: data for name, data in stored_files(there / FOLDER).items() if name in kept} == kept


def test_copying_again_copies_and_records_nothing(case: Path, store: Store) -> None:
    _told(case, store)
    acts = len(Vault.open(case).acts())
    again = _told(case, store)
    assert (again.files, again.size_bytes, again.is_news) == (0, 0, False)
    assert len(Vault.open(case).acts()) == acts


def test_two_replicas_do_not_make_news_of_each_other_for_ever(case: Path, tmp_path: Path) -> None:
    stores = [FolderStore(tmp_path / name) for name in ("a", "b")]
    for _ in range(3):
        for one in stores:
            _told(case, one)
    assert [act.kind for act in Vault.open(case).acts()].count(COPIED) == 2


def test_only_what_is_new_is_copied(case: Path, store: Store) -> None:
    _told(case, store)
    Vault.open(case).preserve(case, write_case(case, SECOND | {"new.txt": b"new"}), AT)
    assert _told(case, store).files == 1


def test_what_is_damaged_in_the_replica_is_put_right_when_every_byte_is_read(case: Path, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "replica")
    _told(case, store)
    (tmp_path / "replica" / FOLDER / VIDEO).write_bytes(b"\x00" * 10_000)
    assert replicate(case, store).files == 0
    assert replicate(case, store, read_data=True).files == 1
    assert check(tmp_path / "replica", read_data=True).is_whole


def test_a_damaged_file_is_never_copied_and_the_others_are(case: Path, store: Store) -> None:
    (case / FOLDER / VIDEO).write_bytes(b"\x00" * 10_000)
    with pytest.raises(ExhibitDamaged, match="not complete"):
        replicate(case, store)
    there = set(store.files())
    assert VIDEO not in there
    assert place_of("exhibits", digest_bytes(SECOND["letter.pdf"])) in there
    assert PurePosixPath("ledger/checkpoint") not in there, "a replica never states an act whose files it lacks"


def test_another_cases_replica_is_refused_and_untouched(case: Path, store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    preserve(tmp_path / "other", FIRST)
    _told(tmp_path / "other", store)
    before = {path: b"".join(store.blocks(path)) for path in store.files()}
    with pytest.raises(ReplicaUnfit, match="another case"):
        replicate(case, store)
    assert {path: b"".join(store.blocks(path)) for path in store.files()} == before


def test_a_replica_that_is_ahead_is_not_set_back(case: Path, store: Store) -> None:
    earlier = stored_files(case / FOLDER / "ledger")
    Vault.open(case).record("decided", [{"what": "merge"}], AT)
    _told(case, store)
    _set_back(case, earlier)
    with pytest.raises(ReplicaUnfit, match="ahead"):
        replicate(case, store)


def test_a_forked_ledger_is_refused(case: Path, store: Store) -> None:
    earlier = stored_files(case / FOLDER / "ledger")
    Vault.open(case).record("decided", [{"what": "merge"}], AT)
    replicate(case, store)
    _set_back(case, earlier)
    Vault.open(case).record("decided", [{"what": "split"}, {"what": "more"}], AT)
    with pytest.raises(ReplicaUnfit, match="rewritten"):
        replicate(case, store)
    with pytest.raises(ReplicaUnfit, match="not those of this case"):
        plan_repair(case, store)


def _set_back(case: Path, ledger: dict[str, bytes]) -> None:
    for path in sorted((case / FOLDER / "ledger").rglob("*"), reverse=True):
        if path.is_file() and str(path.relative_to(case / FOLDER / "ledger")) not in ledger:
            path.unlink()
    for name, data in ledger.items():
        (case / FOLDER / "ledger" / name).write_bytes(data)


def test_acts_that_a_case_lost_are_brought_back_from_a_replica(case: Path, store: Store) -> None:
    earlier = stored_files(case / FOLDER / "ledger")
    Vault.open(case).preserve(case, write_case(case, SECOND | {"new.txt": b"new"}), AT)
    _told(case, store)
    whole, root = stored_files(case / FOLDER / "exhibits"), Vault.open(case).root()
    _set_back(case, earlier)
    (case / FOLDER / place_of("exhibits", digest_bytes(b"new"))).unlink()
    carry_out(case, store, plan_repair(case, store))
    assert check(case, read_data=True).is_whole
    assert (stored_files(case / FOLDER / "exhibits"), Vault.open(case).root()) == (whole, root)


def test_a_vault_that_is_wholly_gone_is_restored(case: Path, store: Store) -> None:
    _told(case, store)
    whole, root = stored_files(case / FOLDER / "exhibits"), Vault.open(case).root()
    (case / FOLDER).rename(case.parent / "gone")
    carry_out(case, store, plan_repair(case, store))
    assert check(case, read_data=True).is_whole
    assert (stored_files(case / FOLDER / "exhibits"), Vault.open(case).root()) == (whole, root)


def test_nothing_is_planned_from_a_place_that_holds_no_replica(case: Path, store: Store) -> None:
    with pytest.raises(ReplicaUnfit, match="no replica"):
        plan_repair(case, store)


def test_what_the_replica_lacks_too_is_said_to_be_beyond_repair(case: Path, store: Store) -> None:
    _told(case, store)
    store.remove(VIDEO)
    (case / FOLDER / VIDEO).unlink()
    plan = plan_repair(case, store)
    assert plan.mends == ()
    assert [(damage.path, why) for damage, why in plan.beyond] == [(VIDEO, "the replica does not hold it whole either")]


def test_a_file_that_the_replica_cant_give_costs_no_other_its_repair(case: Path, store: Store) -> None:
    """A bad sector there: that file is beyond repair, and the plan for the rest stands."""
    _told(case, store)
    letter = place_of("exhibits", digest_bytes(SECOND["letter.pdf"]))
    for path in (VIDEO, letter):
        (case / FOLDER / path).unlink()
    real = store.blocks

    def refusing(path: PurePosixPath) -> Iterator[bytes]:
        if path == VIDEO:
            raise VaultNotWritable("Input/output error", where=store.name)
        yield from real(path)

    store.blocks = refusing  # type: ignore[method-assign]
    plan = plan_repair(case, store)
    assert [(damage.path, why) for damage, why in plan.beyond] == [(VIDEO, "the replica does not hold it whole either")]
    assert [mended.path for mended in carry_out(case, store, plan)] == [letter]


def test_a_later_replica_is_asked_for_where_acts_are_whole_in_neither(case: Path, store: Store) -> None:
    _told(case, store)
    Vault.open(case).record("decided", [{"what": "later than the replica"}], AT)
    for name in ("entries", "0"):
        path = case / FOLDER / "ledger/tile" / name / "000.p/5"
        path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    with pytest.raises(ReplicaUnfit, match="later ones is damaged"):
        plan_repair(case, store)


def test_an_older_replica_repairs_what_it_has_and_keeps_the_later_acts(case: Path, store: Store) -> None:
    _told(case, store)
    Vault.open(case).record("decided", [{"what": "later than the replica"}], AT)
    before = stored_files(case / FOLDER)
    path = case / FOLDER / "ledger/tile/entries/000.p/5"
    path.write_bytes(path.read_bytes().replace(b"table", b"tabel", 1))
    (case / FOLDER / VIDEO).unlink()
    carry_out(case, store, plan_repair(case, store))
    assert check(case, read_data=True).is_whole
    assert before.items() <= stored_files(case / FOLDER).items()


def test_what_was_appended_since_the_plan_is_not_written_over(case: Path, store: Store) -> None:
    _told(case, store)
    (case / FOLDER / VIDEO).unlink()
    plan = plan_repair(case, store)
    Vault.open(case).record("decided", [{"what": "in between"}], AT)
    with pytest.raises(VaultNotWritable, match="changed since"):
        carry_out(case, store, plan)


def test_a_file_that_the_disk_no_longer_gives_is_restored(
    case: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bad sector: the bytes can't be read, so they can't be put aside, and they don't stand in the way."""
    _told(case, store)

    def refusing(path: Path) -> Digest:
        if path == case / FOLDER / VIDEO:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return digest_file(path)

    with monkeypatch.context() as patch:
        for module in (checking, mending):
            patch.setattr(module, "digest_file", refusing)
        (damage,) = check(case, read_data=True).damaged
        assert damage.what == "can't be read: Input/output error"
        (mended,) = carry_out(case, store, plan_repair(case, store))
    assert (mended.path, mended.found) == (VIDEO, None)
    assert check(case, read_data=True).is_whole


def test_a_ledger_is_not_restored_from_another_cases_replica(case: Path, store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    preserve(tmp_path / "other", {"other.txt": b"other"})
    _told(tmp_path / "other", store)
    (case / FOLDER / "ledger").rename(tmp_path / "gone")
    with pytest.raises(ReplicaUnfit, match="nothing of what is kept here"):
        plan_repair(case, store)


def test_a_stranger_with_a_name_that_is_no_text_is_put_aside_and_told(case: Path, store: Store) -> None:
    _told(case, store)
    stranger = case / FOLDER / os.fsdecode(b"a\xff")
    stranger.write_bytes(b"x")
    stranger.chmod(0o600)
    (mended,) = carry_out(case, store, plan_repair(case, store))
    Vault.open(case).record("repaired", [mended.content(store.name)], AT)
    assert check(case, read_data=True).is_whole


class _Sealed:
    """A shelf whose files an act can destroy, as those of sealed sources are."""

    def held(self, acts: Sequence[Act]) -> Iterator[Kept]:
        for act in acts:
            if act.kind == "sealed":
                data = str(act.content["key"]).encode()
                yield Kept(PurePosixPath("sealed/key"), digest_bytes(data), None, (act.index,))

    def destroyed(self, acts: Sequence[Act]) -> Iterator[PurePosixPath]:
        return (PurePosixPath("sealed/key") for act in acts if act.kind == WITHDRAWN)


def test_what_the_ledger_says_is_destroyed_is_gone_from_the_replica_and_never_comes_back(
    case: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = _Sealed()
    shelf = Shelf(sealed.held, lambda _path: None, destroyed=sealed.destroyed)
    monkeypatch.setitem(shelves.SHELVES, "sealed", shelf)
    monkeypatch.setitem(checking.CHECKS, "sealed", partial(checking.check_shelf, "sealed"))
    Vault.open(case).record("sealed", [{"key": "wrapped"}], AT)
    (case / FOLDER / "sealed").mkdir(mode=0o700)
    (case / FOLDER / "sealed/key").write_bytes(b"wrapped")
    _told(case, store)
    assert PurePosixPath("sealed/key") in store.files()
    (case / FOLDER / "sealed/key").write_bytes(b"WRAPPED")
    assert not check(case, read_data=True).is_whole
    (mended,) = carry_out(case, store, plan_repair(case, store))
    assert mended.found is None, "what may have to be destroyed is not put aside"
    assert not (case / FOLDER / "quarantine").exists()
    assert check(case, read_data=True).is_whole
    stranger = PurePosixPath("sealed/stranger")
    store.write(stranger, [b"left alone"])
    (case / FOLDER / "sealed/key").unlink()
    Vault.open(case).record(WITHDRAWN, [{"key": "wrapped"}], AT)
    assert _told(case, store).removed == 1
    assert PurePosixPath("sealed/key") not in store.files()
    assert stranger in store.files()
    store.write(PurePosixPath("sealed/key"), [b"wrapped"])
    assert [mend.path for mend in plan_repair(case, store).mends] == []


def test_a_case_of_which_nothing_is_kept_has_nothing_to_copy(tmp_path: Path, store: Store) -> None:
    with pytest.raises(UsageError, match="nothing is kept"):
        replicate(tmp_path, store)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sftp://user:pa55@host/cases/one", "sftp://host/cases/one"),
        ("sftp://user:p@55@host:22/cases", "sftp://host:22/cases"),
        ("s3://KEY:SECRET@bucket/a@b?versionId=1#x", "s3://bucket/a@b"),
        ("memory://backup", "memory://backup"),
        ("/media/disk", "/media/disk"),
    ],
)
def test_a_password_in_a_url_is_never_repeated(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    "url", ["sftp://user:pa55/word@host/x", "simplecache::memory://x", "no-such-store://user:pa55@host/x"]
)
def test_a_place_that_cant_be_opened_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        open_store(url)
    assert "pa55" not in str(raised.value)


def test_a_store_that_fails_at_any_call_is_never_a_success_and_is_taken_up_again(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call to the store refused in turn, until a copy ends without one."""
    memory = type(fsspec.filesystem("memory"))
    nth, ended = 0, False
    while not ended:
        nth += 1
        fsspec.filesystem("memory").store.clear()
        store, left = open_store("memory://backup/failing"), [nth]
        with monkeypatch.context() as patch:
            for name in ("makedirs", "_open", "mv", "find"):
                patch.setattr(memory, name, _failing(getattr(memory, name), left))
            try:
                _told(case, store)
                ended = True
            except VaultNotWritable as err:
                refusal = str(err)
        assert ended == (left[0] > 0), "a call failed and success was claimed, or the other way round"
        assert ended or "memory://backup/failing" in refusal
        _told(case, store)
        assert replicate(case, store, read_data=True).files == 0
    assert nth > 40


def _failing(call: Any, left: list[int]) -> Any:
    def failing(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise ConnectionError("refused")
        return call(*args, **kwargs)

    return failing


def test_a_store_that_gives_back_other_bytes_is_found_out(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store("memory://backup/lying")
    monkeypatch.setattr(store, "blocks", lambda _path: iter([b"other bytes"]))
    with pytest.raises(VaultNotWritable, match="reads back"):
        replicate(case, store)
