"""A run signs the ledger with the key that is there, and works and says so without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_folder import new_case

from consilience.casework.pipeline import run_case
from consilience.errors import KeysUnusable
from consilience.vault.keyring import initialise


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_a_run_says_how_far_the_ledger_is_signed(tmp_path: Path, keys: Path) -> None:
    new_case(tmp_path / "case")
    assert run_case(tmp_path / "case").record["ledger_signed"] == "unsigned"
    initialise(keys, "archive.example")
    run = run_case(tmp_path / "case")
    acts = int(run.record["ledger_root"].split()[1])
    assert run.record["ledger_signed"] == f"signed up to act {acts - 1} by archive.example"


def test_findings_are_the_same_with_and_without_a_key(tmp_path: Path, keys: Path) -> None:
    for name in ("unsigned", "signed"):
        new_case(tmp_path / name / "case")
        if name == "signed":
            initialise(keys)
        run_case(tmp_path / name / "case", tmp_path / name / "out")
    one, other = ((tmp_path / name / "out/findings.json").read_bytes() for name in ("unsigned", "signed"))
    assert one == other


def test_a_damaged_signing_key_is_said_before_anything_is_kept(tmp_path: Path, keys: Path) -> None:
    new_case(tmp_path / "case")
    initialise(keys)
    (keys / "signing.key").write_text("PRIVATE+KEY+nothing")
    with pytest.raises(KeysUnusable, match=r"signing\.key"):
        run_case(tmp_path / "case")
    assert not (tmp_path / "case/.consilience").exists()
