"""`whatif`: one incident with a source gone or an assumption moved, and plain errors for what is not there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from cli_here import called

APRIL = Path(__file__).parents[2] / "cases" / "idlib-april-2017"


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "consilience", "whatif", str(APRIL), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_missile_is_less_sure_without_its_witness_and_with_a_doubtful_remnant() -> None:
    done = in_a_process("I5B", "--without", "I5-A4S", "--assume", "munition_right=0.75", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["without"] == ["I5-A4S"]
    assert told["assume"] == {"munition_right": 0.75}
    assert told["after"]["mode"]["ballistic missile"] < told["before"]["mode"]["ballistic missile"]


def test_the_table_shows_both_columns() -> None:
    done = called("whatif", APRIL, "I5B", "--without", "I5-A4S")
    assert done.returncode == 0, done.stderr
    assert "as it is" in done.stdout
    assert "as it would be" in done.stdout
    assert "ballistic missile" in done.stdout
    assert not re.search(r"\b[01]\.000\b", done.stdout), "nothing is certain"


def test_what_is_not_in_the_case_or_out_of_range_is_an_error_that_says_what_to_do() -> None:
    for wrong in (("I99", "--without", "I5-A4S"), ("I5B", "--without", "NOBODY"), ("I5B", "--assume", "detection=7")):
        done = called("whatif", APRIL, *wrong)
        assert done.returncode in (2, 4), wrong
        assert "What to do: " in done.stderr
        assert "Traceback" not in done.stderr
