"""Checkpoints are signed where there is a key, old ones are kept, and no byte of a signature changes unseen."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path

import pytest
from test_vault_notes import PETERS_SECRET
from vault_cases import AT, FIRST, SECOND, assert_keeps, assert_whole, case_files, preserve, stored_files, write_case
from vault_faults import Fault, PowerWatch, error, wrapped

from consilience.errors import LedgerDamaged, VaultNotWritable
from consilience.vault.checking import check
from consilience.vault.checkpoints import read_checkpoint
from consilience.vault.notes import Signer
from consilience.vault.proofs import check_inclusion, inclusion_proofs
from consilience.vault.store import Vault

PETER = Signer.read(PETERS_SECRET)
OTHER = Signer.new("partner.example")


def _decide(folder: Path, signer: Signer | None, what: str = "merge") -> Vault:
    vault = Vault.open(folder, signer)
    vault.record("decided", [{"what": what}], AT)
    return vault


def _ledger(folder: Path) -> Path:
    return folder / ".consilience/ledger"


def test_an_append_with_a_signer_ends_in_a_checkpoint_that_its_key_signed(tmp_path: Path) -> None:
    vault = _decide(tmp_path, PETER)
    note = vault.checkpoint()
    (signature,) = note.by(PETER.verifier)
    PETER.verifier.check(note.text, signature)
    stated = read_checkpoint((_ledger(tmp_path) / "checkpoint").read_bytes(), "here")
    assert (stated.note, stated.size) == (note, 2)
    assert stated.origin == "consilience/ledger/" + vault.leaves()[0].hex()
    assert [act.kind for act in vault.acts()] == ["introduced", "decided"]
    for index, proof in enumerate(inclusion_proofs(vault.leaves(), [0, 1])):
        check_inclusion(vault.leaves()[index], index, 2, proof, stated.root)


def test_a_key_is_introduced_once_and_what_record_gives_is_what_was_asked(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path, PETER)
    for what in ("merge", "link"):
        (act,) = vault.record("decided", [{"what": what}], AT)
        assert act.content["what"] == what
    assert [act.kind for act in vault.acts()] == ["introduced", "decided", "decided"]
    assert str(vault.signed()) == "signed up to act 2 by PeterNeumann"


def test_without_a_signer_nothing_is_signed_and_it_says_so(tmp_path: Path) -> None:
    vault = _decide(tmp_path, None)
    assert str(vault.signed()) == "unsigned"
    assert not vault.checkpoint().signatures
    assert vault.signed().after == 1


def test_acts_after_the_last_signature_are_counted(tmp_path: Path) -> None:
    _decide(tmp_path, PETER)
    _decide(tmp_path, None)
    vault = _decide(tmp_path, None)
    assert str(vault.signed()) == "signed up to act 1 by PeterNeumann; 2 acts after it are unsigned"
    assert_whole(tmp_path)


def test_a_run_with_a_key_and_nothing_new_signs_what_was_unsigned_once(tmp_path: Path) -> None:
    preserve(tmp_path, FIRST)
    vault = Vault.open(tmp_path, PETER)
    vault.preserve(tmp_path, case_files(FIRST), AT)
    assert str(vault.signed()) == "signed up to act 2 by PeterNeumann"
    before = stored_files(tmp_path)
    Vault.open(tmp_path, PETER).preserve(tmp_path, case_files(FIRST), AT + timedelta(days=1))
    Vault.open(tmp_path, OTHER).preserve(tmp_path, case_files(FIRST), AT + timedelta(days=1))
    assert stored_files(tmp_path) == before


def test_an_unsigned_checkpoint_of_a_key_already_introduced_is_signed_in_place(tmp_path: Path) -> None:
    _decide(tmp_path, PETER)
    _decide(tmp_path, None)
    vault = Vault.open(tmp_path, PETER)
    vault.preserve(tmp_path, [], AT)
    assert len(vault.acts()) == 3
    assert str(Vault.open(tmp_path).signed()) == "signed up to act 2 by PeterNeumann"


def test_an_empty_vault_is_not_signed(tmp_path: Path) -> None:
    Vault.open(tmp_path, PETER).preserve(tmp_path, [], AT)
    assert not Vault.open(tmp_path).acts()


def test_each_signed_checkpoint_is_kept_when_another_replaces_it(tmp_path: Path) -> None:
    notes = {}
    for signer in (PETER, None, OTHER, PETER):
        vault = _decide(tmp_path, signer)
        if signer:
            notes[str(len(vault.acts()))] = vault.checkpoint().bytes
    assert list(notes) == ["2", "5", "6"]
    kept = stored_files(_ledger(tmp_path) / "checkpoints")
    assert kept == {size: note for size, note in notes.items() if size != "6"}
    assert str(Vault.open(tmp_path).signed()) == "signed up to act 5 by PeterNeumann"


def test_every_flipped_bit_of_a_signed_ledger_is_found(tmp_path: Path) -> None:
    for signer in (PETER, None, OTHER):
        _decide(tmp_path, signer)
    flipped = 0
    for name, data in stored_files(_ledger(tmp_path)).items():
        step = 2 if "checkpoint" in name else 197
        for bit in range(0, len(data) * 8, step):
            damaged = bytearray(data)
            damaged[bit // 8] ^= 1 << bit % 8
            (_ledger(tmp_path) / name).write_bytes(damaged)
            assert [str(one.path) for one in check(tmp_path).damaged] == [f"ledger/{name}"]
            flipped += 1
        (_ledger(tmp_path) / name).write_bytes(data)
    assert_whole(tmp_path)
    assert flipped > 1500


@pytest.mark.parametrize("name", ["checkpoint", "checkpoints/2"])
def test_a_signature_cut_off_or_written_twice_is_found_or_said(tmp_path: Path, name: str) -> None:
    _decide(tmp_path, PETER)
    _decide(tmp_path, PETER)
    file = _ledger(tmp_path) / name
    data = file.read_bytes()
    text = data.rpartition(b"\n\n")[0] + b"\n"
    file.write_bytes(text)
    if name == "checkpoint":  # a signature that is not there can't be damaged: the act counts as unsigned
        assert Vault.open(tmp_path).signed().after == 1
    else:
        with pytest.raises(LedgerDamaged, match="not signed"):
            Vault.open(tmp_path).signed(every=True)
    for damage in (data[:-1], data + b"\n", data[:-20] + data[-19:], text + b"\n"):
        file.write_bytes(damage)
        with pytest.raises(LedgerDamaged):
            Vault.open(tmp_path).signed(every=True)
        assert [str(one.path) for one in check(tmp_path).damaged] == [f"ledger/{name}"]


@pytest.mark.parametrize("later", [0, 2])
def test_a_ledger_from_which_every_signature_was_taken_fails_the_check(tmp_path: Path, later: int) -> None:
    for signer in (PETER, *[None] * later):
        _decide(tmp_path, signer)
    if later:
        (_ledger(tmp_path) / "checkpoints/2").unlink()
    else:
        (_ledger(tmp_path) / "checkpoint").write_bytes(Vault.open(tmp_path).checkpoint().text)
    assert str(Vault.open(tmp_path).signed()) == "unsigned"
    with pytest.raises(LedgerDamaged, match="taken away"):
        Vault.open(tmp_path).signed(every=True)


def test_a_signature_of_a_key_that_no_act_introduced_is_refused(tmp_path: Path) -> None:
    vault = _decide(tmp_path, None)
    note = vault.checkpoint()
    signed = note.text + b"\n" + PETER.sign(note.text).line
    (_ledger(tmp_path) / "checkpoint").write_bytes(signed)
    with pytest.raises(LedgerDamaged, match="no act before it introduced"):
        Vault.open(tmp_path)


def test_a_ledger_shorter_than_a_signed_checkpoint_beside_it_is_refused(tmp_path: Path) -> None:
    """Somebody put back an old checkpoint and forgot, or could not write, the rest."""
    _decide(tmp_path, None)
    old = (_ledger(tmp_path) / "checkpoint").read_bytes()
    _decide(tmp_path, PETER)
    _decide(tmp_path, PETER)
    (_ledger(tmp_path) / "checkpoint").write_bytes(old)
    with pytest.raises(LedgerDamaged, match="acts are gone"):
        Vault.open(tmp_path)


def test_a_file_among_the_signed_checkpoints_that_is_none_fails_the_check(tmp_path: Path) -> None:
    _decide(tmp_path, PETER)
    _decide(tmp_path, PETER)
    for name in ("02", "x", "0"):
        (_ledger(tmp_path) / "checkpoints" / name).write_bytes(b"")
        with pytest.raises(LedgerDamaged, match="not the number"):
            Vault.open(tmp_path).signed(every=True)
        (_ledger(tmp_path) / "checkpoints" / name).unlink()
    (_ledger(tmp_path) / "checkpoints/1").write_bytes((_ledger(tmp_path) / "checkpoints/2").read_bytes())
    with pytest.raises(LedgerDamaged, match="does not fit"):
        Vault.open(tmp_path).signed(every=True)


def test_old_signed_checkpoints_without_a_present_one_are_no_new_ledger(tmp_path: Path) -> None:
    _decide(tmp_path, PETER)
    _decide(tmp_path, PETER)
    (_ledger(tmp_path) / "checkpoint").unlink()
    for path in sorted((_ledger(tmp_path) / "tile").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (_ledger(tmp_path) / "tile").rmdir()
    with pytest.raises(LedgerDamaged, match="gone"):
        Vault.open(tmp_path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_any_one_call_leaves_a_ledger_that_is_signed_or_says_how_far(
    tmp_path: Path, number: int
) -> None:
    nth, ended = 0, False
    while not ended:
        nth += 1
        folder = tmp_path / str(nth)
        folder.mkdir()
        files = write_case(folder, FIRST)
        Vault.open(folder, PETER).preserve(folder, files, AT)
        vault, fault = Vault.open(folder, PETER), Fault(nth, error(number))
        files = write_case(folder, SECOND)
        with wrapped(fault):
            try:
                vault.preserve(folder, files, AT)
                ended = not fault.has_struck
                assert ended, "a call failed and the run claimed success"
            except VaultNotWritable:
                assert fault.has_struck
        again = Vault.open(folder, PETER)
        assert_whole(folder)
        assert_keeps(again, FIRST)
        assert again.signed().after == 0
        assert len(again.acts()) in (3, 5)
        again.preserve(folder, files, AT)
        assert_keeps(again, SECOND)
        assert again.signed().after == 0
    assert nth >= 30


def test_a_power_cut_can_take_nothing_that_a_signed_checkpoint_stands_on(tmp_path: Path) -> None:
    watch = PowerWatch()
    with wrapped(watch):
        for what in ("merge", "link", "confirm"):
            _decide(tmp_path, PETER, what)
            assert not watch.unsynced_names
    assert not watch.breaches
    assert watch.checkpoints == 4


def test_a_reader_that_was_open_meanwhile_is_not_alarmed_by_what_others_signed(tmp_path: Path) -> None:
    reader = _decide(tmp_path, None)
    for _ in range(2):
        _decide(tmp_path, PETER)
    assert str(reader.signed()) == "unsigned"
    assert str(Vault.open(tmp_path).signed()) == "signed up to act 3 by PeterNeumann"
