"""The history of a sealed exhibit is found by the row that cites it, its path or its token, and tells of no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from sealed_folder import own_keys, write_sealed_case

import consilience
from consilience.casework.keeping import history_of
from consilience.casework.locking import lock
from consilience.casework.unsealing import unseal
from consilience.casework.withdrawal import withdraw
from consilience.errors import UsageError
from consilience.vault.keyring import Keyring


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    return own_keys(tmp_path / "keys", monkeypatch)


@pytest.fixture
def case(tmp_path: Path, keys: Keyring) -> Path:
    folder = write_sealed_case(tmp_path / "case")
    consilience.open_case(folder).run()
    unseal(folder, "W1", keys, "a court asks")
    return folder


def _told(case: Path, name: str) -> list[str]:
    return [f"{event.act.kind}: {event.what}" for event in history_of(case, name).events]


@pytest.mark.parametrize("name", ["sealed:accounts/A1", "accounts/A1", "interviews/N1", "calls/umm-synthetic.m4a"])
def test_a_sealed_exhibit_is_found_by_row_or_path(case: Path, name: str) -> None:
    told = _told(case, name)
    assert [line.split(":")[0] for line in told] == ["sealed", "sealed", "unsealed"]
    assert "a key for the source W1" in told[0]
    assert "a court asks" in told[2]
    assert "W2" not in "".join(told)


def test_in_a_locked_case_its_token_and_its_row_find_it_still(case: Path, keys: Keyring) -> None:
    lock(case, keys)
    token = next(
        cell for cell in (case / "accounts.csv").read_text("utf-8").replace('"', "").replace("\n", ",").split(",")
        if cell.startswith("sealed:")
    )  # fmt: skip
    assert _told(case, token)
    assert _told(case, "sealed:accounts/A1") == _told(case, token)
    with pytest.raises(UsageError, match="no such exhibit"):
        history_of(case, "sealed:accounts/A9")


def test_a_withdrawal_stands_in_it(case: Path, keys: Keyring) -> None:
    lock(case, keys)
    token = (case / "accounts.csv").read_text("utf-8").split("sealed:")[1][:32]
    withdraw(case, "W1", keys)
    assert "has withdrawn" in _told(case, f"sealed:{token}")[-1]


def test_a_copy_in_clear_that_was_removed_says_so(tmp_path: Path, keys: Keyring) -> None:
    case = write_sealed_case(tmp_path / "late")
    interviews, names = (case / "interviews.csv").read_text("utf-8"), (case / "identities.csv").read_bytes()
    (case / "interviews.csv").write_text(interviews.replace("sealed", "none"), "utf-8")
    (case / "identities.csv").unlink()
    consilience.open_case(case).run()
    (case / "interviews.csv").write_text(interviews, "utf-8")
    (case / "identities.csv").write_bytes(names)
    consilience.open_case(case).run()
    assert "clear copies were removed" in _told(case, "calls/umm-synthetic.m4a")[-1]
    assert keys.custodians
