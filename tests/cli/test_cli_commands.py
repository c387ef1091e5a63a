"""The command line as a user meets it: exit codes, what goes to which stream, errors that say what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli_here import called as consilience
from consilience.version import __version__

CHOSEN = ("--time-zone", "Asia/Damascus", "--party", "Syrian", "--party", "Russian")
CASES = Path(__file__).parents[2] / "cases"


def in_a_process(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "consilience", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_version_is_told_and_nothing_else() -> None:
    done = in_a_process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"consilience {__version__}\n", "")


def test_importing_the_package_or_asking_its_version_loads_nothing_heavy() -> None:
    code = (
        "import sys, consilience, consilience.cli.main; print(sorted({'polars', 'numpy', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_new_case_can_be_checked_as_it_is(tmp_path: Path) -> None:
    made = consilience("new", tmp_path / "my case", *CHOSEN)
    assert made.returncode == 0, made.stderr
    checked = consilience("check", tmp_path / "my case", "--strict")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert not (tmp_path / "my case" / ".consilience").exists()


def test_new_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = consilience("new", tmp_path)
    assert done.returncode == 2
    assert "What to do: " in done.stderr


def test_check_says_what_would_be_left_out_and_strict_makes_it_an_exit_code(tmp_path: Path) -> None:
    consilience("new", tmp_path / "case", *CHOSEN)
    (tmp_path / "case" / "sources.csv").write_text("source_id,role\nS1,direct_witness\nS1,journalist\n")
    done = consilience("check", tmp_path / "case")
    assert done.returncode == 0
    assert "sources.csv, rows 2–3, column source_id: duplicate key 'S1'" in done.stdout
    assert consilience("check", tmp_path / "case", "--strict").returncode == 8


def test_check_as_json_is_json_and_nothing_else() -> None:
    done = consilience("check", CASES / "idlib-april-2017", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["incidents"] == 9
    assert told["rows"]["sightings"] == 289


def test_a_folder_that_is_not_there_is_exit_3_with_what_to_do_and_no_traceback(tmp_path: Path) -> None:
    done = in_a_process("run", tmp_path / "nowhere")
    assert done.returncode == 3
    assert "nowhere" in done.stderr
    assert "What to do: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_broken_case_toml_is_exit_3(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text("[case\n")
    assert consilience("check", tmp_path).returncode == 3


def test_an_order_of_battle_that_is_not_there_is_exit_4(tmp_path: Path) -> None:
    done = consilience("orbat", tmp_path / "none")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_a_case_folder_that_cannot_be_written_is_exit_5(tmp_path: Path) -> None:
    """A file stands where `.consilience/` must be: the same for root as for anybody."""
    consilience("new", tmp_path / "case", *CHOSEN)
    (tmp_path / "case" / ".consilience").write_text("in the way")
    done = consilience("run", tmp_path / "case")
    assert done.returncode == 5, done.stderr
    assert not (tmp_path / "case-findings").exists()


def test_an_output_folder_that_is_not_ours_is_exit_7_and_untouched(tmp_path: Path) -> None:
    consilience("new", tmp_path / "case", *CHOSEN)
    (tmp_path / "novel").mkdir()
    (tmp_path / "novel" / "one.txt").write_text("chapter one")
    done = consilience("run", tmp_path / "case", "--out", tmp_path / "novel")
    assert done.returncode == 7
    assert [path.name for path in (tmp_path / "novel").iterdir()] == ["one.txt"]
    assert not (tmp_path / "case" / ".consilience").exists(), "refused before anything is kept"


@pytest.mark.parametrize("arguments", [["fly"], ["run"], ["run", "--workers", "0", "x"], ["schema", "unheard-of"]])
def test_a_wrong_command_line_is_exit_2(arguments: list[str]) -> None:
    done = consilience(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = consilience("--debug", "run", tmp_path / "nowhere")
    assert done.returncode == 3
    assert "Traceback" in done.stderr


def test_the_schema_is_printed_as_published() -> None:
    from consilience.conclude.schema import findings_schema

    assert json.loads(consilience("schema", "findings").stdout) == findings_schema()


def test_shipped_orders_of_battle_are_listed_and_shown() -> None:
    assert consilience("orbat").stdout == "syria\n"
    shown = consilience("orbat", "syria")
    assert shown.returncode == 0
    assert "Su-24" in shown.stdout
    assert "Su-24" in json.loads(consilience("orbat", "syria", "--json").stdout)["platforms"]


def test_a_simulated_war_is_a_case_that_can_be_checked(tmp_path: Path) -> None:
    made = consilience("worlds", "make", "--seed", "1", "--attacks", "3", "--days", "2", "--out", tmp_path / "war")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "war" / "truth.json").is_file()
    assert consilience("check", tmp_path / "war" / "case").returncode == 0
