"""Who reads the output through a pipe is told when long work begins, and nothing of short work."""

from __future__ import annotations

import pytest

from consilience.cli.app import progress_bars
from progress_lines import complaints_in


def test_a_pipe_gets_a_line_as_each_long_stage_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars() as tell:
        for stage, done, total in (
            ("read", 0, 1), ("read", 1, 1), ("weigh", 0, 9), ("weigh", 1, 9), ("weigh", 9, 9), ("publish", 0, 1),
        ):  # fmt: skip
            tell(stage, done, total)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "weigh: 9 steps …\npublish …\n")
    assert complaints_in(told.err + "Left out: 1\n") == "Left out: 1\n"


def test_short_work_and_what_is_known_already_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars() as tell:
        for stage, done, total in (("read", 0, 1), ("weigh", 0, 1), ("weigh", 1, 1), ("weigh", 99, 99)):
            tell(stage, done, total)
    assert capsys.readouterr().err == ""
