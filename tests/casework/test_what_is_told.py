"""What a person at the terminal is told: what will be sealed and to whom, what stays in clear, what to do on damage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sealed_folder import NAME, own_keys, write_sealed_case
from small_folder import write_small_case

import consilience
from consilience.casework.check import check_case
from consilience.casework.locking import plan_lock
from consilience.casework.terminal import check_lines


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_sealed_case(tmp_path / "case")


def test_check_says_that_without_a_key_nothing_of_sealed_people_is_kept(case: Path) -> None:
    checked = check_case(case)
    (line,) = (line for line in check_lines(checked) if line.startswith("Not sealed"))
    assert "names (identities.csv; sources: 1) and what sealed sources gave (files: 2)" in line
    assert "consilience keys init" in line
    assert checked.as_json()["sealing"]["custodians"] == ()
    assert not [said for said in check_lines(checked) if "sealed not kept" in said]


def test_check_says_what_a_run_encrypts_and_who_can_open_it(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = own_keys(tmp_path / "keys", monkeypatch)
    (line,) = (line for line in check_lines(check_case(case)) if line.startswith("Sealed:"))
    assert f"so that only {keys.custodians[0].name} can open them" in line
    assert NAME not in line
    assert not (case / ".consilience").exists()


def test_a_row_of_names_that_can_not_be_sealed_stays_a_notice(case: Path) -> None:
    (case / "identities.csv").write_text("source_id,name\nW1,Synthetic One\n,Synthetic Two\n")
    notices = [line for line in check_lines(check_case(case)) if line.startswith("  identities.csv, row 3")]
    assert notices
    assert "Synthetic" not in str(notices)


def test_a_row_of_names_of_a_source_that_no_table_names_is_told_by_its_place(case: Path) -> None:
    """Most often an id that is misspelt: who is meant then stays in clear, and nobody would know."""
    with (case / "identities.csv").open("a") as table:
        table.write("W-misspelt,Synthetic Two\n")
    rows = len((case / "identities.csv").read_text().splitlines())
    (line,) = (line for line in check_lines(check_case(case)) if line.startswith("  identities.csv"))
    assert line.startswith(f"  identities.csv, row {rows}, column source_id: dangling id")
    assert "sealed anyway" in line
    assert "misspelt" not in line
    assert "Synthetic" not in line


def test_a_case_without_sealed_people_is_told_nothing_of_sealing(tmp_path: Path) -> None:
    lines = check_lines(check_case(write_small_case(tmp_path / "case")))
    assert not [line for line in lines if "ealed" in line]


def test_before_a_lock_every_column_that_may_name_somebody_and_stays_is_listed(tmp_path: Path) -> None:
    case = write_sealed_case(tmp_path / "case")
    header, *rows = (case / "interviews.csv").read_text().splitlines()
    (case / "interviews.csv").write_text(
        f"{header},interviewer,others_present\n{rows[0]},Dr Synthetic,\n{rows[1]},Dr Synthetic,a cousin\n"
    )
    noted = [line for line in plan_lock(case).noted if "stays in clear" in line]
    for line, (column, rows_said) in zip(noted, (("interviewer", 2), ("others_present", 1)), strict=True):
        assert line.startswith(f"interviews, column {column}: may name persons (rows with an entry: {rows_said})")


def test_a_run_that_meets_a_damaged_exhibit_says_what_to_do(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case")
    consilience.open_case(case).run(out=tmp_path / "out")
    exhibit = next(path for path in sorted((case / ".consilience" / "exhibits").rglob("*")) if path.is_file())
    exhibit.chmod(0o600)
    exhibit.write_bytes(exhibit.read_bytes() + b"x")
    command = [sys.executable, "-m", "consilience", "run", str(case), "--out", str(tmp_path / "again")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "consilience vault check CASE --read-data" in done.stderr
    assert "consilience vault repair CASE --from URL" in done.stderr
