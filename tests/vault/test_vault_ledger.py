"""Acts are appended, read back in order, and no bit of any file of the ledger changes unseen."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pytest
from vault_cases import stored_files

from consilience.errors import LedgerDamaged, VaultNotWritable
from consilience.vault import ledger, tiles
from consilience.vault.checking import Fault, check
from consilience.vault.ledger import Entries
from consilience.vault.notes import Signer
from consilience.vault.store import FOLDER
from consilience.vault.tiles import Tile


def _bodies(count: int, first: int = 0) -> list[bytes]:
    """Acts, but without a salt, so that they are always the same."""
    act = b'{"content":{"n":%d},"kind":"decided","recorded_at":"2026-11-23T19:50:00Z","schema":"consilience.act/1"}'
    return [act % number for number in range(first, first + count)]


def _ledger(folder: Path, *batches: int) -> Entries:
    ledger.found(folder)
    entries = Entries()
    for batch in batches:
        entries = ledger.append(folder, entries, _bodies(batch, entries.size))
    return entries


def _verify(folder: Path) -> Entries:
    """The entries; LedgerDamaged if a check of a vault with this ledger finds a damaged file of it."""
    entries = ledger.read_entries(folder)
    with TemporaryDirectory() as case:
        shutil.copytree(folder, Path(case) / FOLDER / "ledger")
        found = check(Path(case)).damaged
    no_acts = PurePosixPath("ledger")  # where a check says that these bodies lack a salt
    damaged = [one for one in found if one.fault is not Fault.LOOSE and one.path != no_acts]
    if damaged:
        raise LedgerDamaged(damaged[0].what, where=str(damaged[0].path))
    return entries


@pytest.mark.parametrize("batches", [(), (1,), (3, 4), (255, 1), (256,), (250, 10, 260), (1,) * 5])
def test_acts_are_read_back_in_order_whatever_the_batches(tmp_path: Path, batches: tuple[int, ...]) -> None:
    _ledger(tmp_path / "ledger", *batches)
    entries = _verify(tmp_path / "ledger")
    assert list(entries.bodies) == _bodies(sum(batches))
    assert entries.root == tiles.merkle_root([tiles.leaf_hash(body) for body in _bodies(sum(batches))])


def test_the_checkpoint_is_origin_size_and_root(tmp_path: Path) -> None:
    _ledger(tmp_path / "empty")
    assert (tmp_path / "empty/checkpoint").read_text() == (
        "consilience/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    )
    entries = _ledger(tmp_path / "three", 3)
    origin, size, _ = (tmp_path / "three/checkpoint").read_text().splitlines()
    assert (origin, size) == ("consilience/ledger/" + entries.leaves[0].hex(), "3")


def test_an_append_never_changes_a_file_of_an_earlier_one_but_the_checkpoint(tmp_path: Path) -> None:
    entries = _ledger(tmp_path, 3)
    for batch in (1, 251, 1, 300):
        before = stored_files(tmp_path)
        entries = ledger.append(tmp_path, entries, _bodies(batch, entries.size))
        after = stored_files(tmp_path)
        assert {name: after[name] for name in before if name != "checkpoint"} == {
            name: data for name, data in before.items() if name != "checkpoint"
        }


def test_appending_nothing_writes_nothing(tmp_path: Path) -> None:
    entries = _ledger(tmp_path, 3)
    before = stored_files(tmp_path)
    assert ledger.append(tmp_path, entries, []) == entries
    assert stored_files(tmp_path) == before


@pytest.mark.parametrize("batches", [(2, 2), (256, 1)])
def test_every_flipped_bit_is_found(tmp_path: Path, batches: tuple[int, ...]) -> None:
    folder = tmp_path / "ledger"
    _ledger(folder, *batches)
    flipped = 0
    for name, data in stored_files(folder).items():
        step = max(1, len(data) * 8 // 50)  # evenly spaced; the flips of a signed ledger and of a vault are many more
        for bit in range(0, len(data) * 8, step):
            damaged = bytearray(data)
            damaged[bit // 8] ^= 1 << bit % 8
            (folder / name).write_bytes(damaged)
            with pytest.raises(LedgerDamaged):
                _verify(folder)
            flipped += 1
        (folder / name).write_bytes(data)
    _verify(folder)
    assert flipped >= 200


def test_every_missing_cut_or_lengthened_file_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    entries = _ledger(folder, 256, 3)
    for tile in [str(tile.path) for tile in tiles.tiles_of(entries.size)] + [ledger.CHECKPOINT]:
        data = (folder / tile).read_bytes()
        for damage in (None, b"", data[:-1], data + b"\n", data + data):
            if damage is None:
                (folder / tile).unlink()
            else:
                (folder / tile).write_bytes(damage)
            with pytest.raises(LedgerDamaged):
                _verify(folder) if ledger.is_founded(folder) else pytest.fail("taken for a new one")
        (folder / tile).write_bytes(data)
    _verify(folder)


def test_an_altered_act_is_named(tmp_path: Path) -> None:
    _ledger(tmp_path, 5)
    bundle = tmp_path / Tile(None, 0, 5).path
    bundle.write_bytes(bundle.read_bytes().replace(b'"n":3', b'"n":9'))
    with pytest.raises(LedgerDamaged, match=r"^act 3: is not what was recorded"):
        ledger.read_entries(tmp_path)


@pytest.mark.parametrize("order", [(0, 2, 1), (0, 1, 3), (0, 1, 1)])
def test_acts_swapped_or_replaced_with_their_hashes_are_found(tmp_path: Path, order: tuple[int, ...]) -> None:
    _ledger(tmp_path, 3)
    bodies = [_bodies(4)[number] for number in order]
    (tmp_path / Tile(None, 0, 3).path).write_bytes(tiles.pack_bodies(bodies))
    (tmp_path / Tile(0, 0, 3).path).write_bytes(b"".join(map(tiles.leaf_hash, bodies)))
    with pytest.raises(LedgerDamaged, match="reordered"):
        ledger.read_entries(tmp_path)


def test_an_append_that_never_reached_its_checkpoint_is_invisible_and_swept(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    before = _ledger(folder, 250)
    checkpoint = (folder / "checkpoint").read_bytes()
    ledger.append(folder, before, _bodies(300, 250))
    (folder / "checkpoint").write_bytes(checkpoint)
    (folder / "incoming.part").write_bytes(b"half")
    assert _verify(folder) == before

    ledger.sweep(folder, before)
    assert sorted(stored_files(folder)) == ["checkpoint", "tile/0/000.p/250", "tile/entries/000.p/250"]
    after = ledger.append(folder, before, _bodies(1, 999))
    assert _verify(folder) == after == before.and_also(_bodies(1, 999))


@pytest.mark.parametrize("mine", [_bodies(1, 7), _bodies(5, 7)])
def test_what_another_has_appended_since_is_never_written_over(tmp_path: Path, mine: list[bytes]) -> None:
    """Whatever became of the locks: a disk may know none, and somebody may have put the whole folder back."""
    before = _ledger(tmp_path, 3)
    ledger.append(tmp_path, before, _bodies(1, 900))
    files = stored_files(tmp_path)
    with pytest.raises(VaultNotWritable, match="another run since its 3 acts were read"):
        ledger.append(tmp_path, before, mine)
    with pytest.raises(VaultNotWritable, match="another run"):
        ledger.sign(tmp_path, before, Signer("owner.example", bytes(32)))
    assert stored_files(tmp_path) == files


def test_partial_tiles_stay_until_their_full_tile_stands(tmp_path: Path) -> None:
    entries = _ledger(tmp_path, 10, 10)
    ledger.sweep(tmp_path, entries)
    assert {"tile/0/000.p/10", "tile/0/000.p/20", "tile/entries/000.p/10"} <= set(stored_files(tmp_path))
    entries = ledger.append(tmp_path, entries, _bodies(240, 20))
    ledger.sweep(tmp_path, entries)
    assert sorted(stored_files(tmp_path)) == [
        "checkpoint", "tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/4",
    ]  # fmt: skip
    assert _verify(tmp_path) == entries


def test_a_reader_whose_partial_tile_was_swept_meanwhile_reads_the_full_one(tmp_path: Path) -> None:
    old = _ledger(tmp_path, 10)
    checkpoint = (tmp_path / "checkpoint").read_bytes()
    ledger.sweep(tmp_path, ledger.append(tmp_path, old, _bodies(300, 10)))
    (tmp_path / "checkpoint").write_bytes(checkpoint)  # as the reader saw it
    assert ledger.read_entries(tmp_path) == old


def test_tiles_without_a_checkpoint_are_not_taken_for_a_new_ledger(tmp_path: Path) -> None:
    _ledger(tmp_path / "ledger", 2)
    (tmp_path / "ledger/checkpoint").unlink()
    with pytest.raises(LedgerDamaged, match="gone"):
        ledger.is_founded(tmp_path / "ledger")
    shutil.rmtree(tmp_path / "ledger/tile")
    assert not ledger.is_founded(tmp_path / "ledger")
