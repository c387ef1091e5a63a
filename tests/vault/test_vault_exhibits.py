"""Exhibits are written once, under their digest, and damage is never silent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from consilience.errors import ExhibitDamaged
from consilience.quantities import Digest, digest_bytes
from consilience.vault.exhibits import Exhibits

DATA = b"what was filmed" * 100
DIGEST = digest_bytes(DATA)


@pytest.fixture
def store(tmp_path: Path) -> Exhibits:
    (tmp_path / "exhibits").mkdir()
    (tmp_path / "video.mp4").write_bytes(DATA)
    return Exhibits(tmp_path / "exhibits")


def _path(tmp_path: Path) -> Path:
    digits = DIGEST.removeprefix("sha256:")
    return tmp_path / "exhibits" / digits[:2] / digits[2:]


def _keep(store: Exhibits, tmp_path: Path) -> None:
    store.keep(tmp_path / "video.mp4", DIGEST, len(DATA))


def test_bytes_are_kept_under_their_digest_for_the_owner_alone(store: Exhibits, tmp_path: Path) -> None:
    _keep(store, tmp_path)
    assert _path(tmp_path).read_bytes() == DATA == store.read(DIGEST)
    assert _path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert _path(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    assert not list((tmp_path / "exhibits").glob("*.part"))


def test_a_file_of_several_blocks_is_kept_whole(store: Exhibits, tmp_path: Path) -> None:
    data = os.urandom(3_000_001)
    (tmp_path / "large").write_bytes(data)
    store.keep(tmp_path / "large", digest_bytes(data), len(data))
    assert store.read(digest_bytes(data)) == data


def test_an_exhibit_that_is_there_is_not_written_again(store: Exhibits, tmp_path: Path) -> None:
    _keep(store, tmp_path)
    inode = _path(tmp_path).stat().st_ino
    (tmp_path / "video.mp4").unlink()  # not even read
    _keep(store, tmp_path)
    assert _path(tmp_path).stat().st_ino == inode


@pytest.mark.parametrize("damage", [DATA[:-1], DATA + b" ", b"", DATA[:-1] + b"X", b"Y" + DATA[1:]])
def test_a_damaged_exhibit_is_reported_and_never_overwritten(store: Exhibits, tmp_path: Path, damage: bytes) -> None:
    _keep(store, tmp_path)
    _path(tmp_path).write_bytes(damage)
    for use in (
        lambda: _keep(store, tmp_path),
        lambda: store.verify(DIGEST, len(DATA)),
        lambda: store.read(DIGEST),
    ):
        with pytest.raises(ExhibitDamaged):
            use()
    assert _path(tmp_path).read_bytes() == damage


def test_flipped_bits_all_over_an_exhibit_are_found(store: Exhibits, tmp_path: Path) -> None:
    _keep(store, tmp_path)
    for bit in range(0, len(DATA) * 8, 7):
        damaged = bytearray(DATA)
        damaged[bit // 8] ^= 1 << bit % 8
        _path(tmp_path).write_bytes(damaged)
        with pytest.raises(ExhibitDamaged, match="other bytes"):
            store.verify(DIGEST, len(DATA))


def test_an_exhibit_that_is_gone_or_another_thing_is_reported(store: Exhibits, tmp_path: Path) -> None:
    with pytest.raises(ExhibitDamaged, match="gone"):
        store.confirm(DIGEST, len(DATA))
    with pytest.raises(ExhibitDamaged, match="can't be read"):
        store.read(DIGEST)
    _path(tmp_path).parent.mkdir()
    _path(tmp_path).symlink_to(tmp_path / "video.mp4")
    with pytest.raises(ExhibitDamaged):
        store.confirm(DIGEST, len(DATA))


def test_a_file_that_changed_since_it_was_read_is_not_kept(store: Exhibits, tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(DATA[::-1])
    with pytest.raises(ExhibitDamaged, match="changed"):
        _keep(store, tmp_path)
    (tmp_path / "video.mp4").unlink()
    with pytest.raises(ExhibitDamaged, match="can't be read"):
        _keep(store, tmp_path)
    assert not [path for path in (tmp_path / "exhibits").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["", "sha256:", "../../etc/passwd", "sha256:" + "A" * 64, "md5:" + "a" * 64])
def test_a_digest_that_is_none_leads_nowhere(store: Exhibits, name: str) -> None:
    with pytest.raises(ExhibitDamaged, match="no digest"):
        store.read(Digest(name))


def test_a_copy_that_never_ended_is_swept(store: Exhibits, tmp_path: Path) -> None:
    (tmp_path / "exhibits/incoming.part").write_bytes(b"half")
    store.sweep()
    assert not list((tmp_path / "exhibits").iterdir())
