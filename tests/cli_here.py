"""The program in this process, as far as a user can tell: exit code, both streams, a terminal of 80 columns.

For commands of which the process is not what is tested: a process of its own takes some three seconds to import.
"""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from consilience.cli.main import main


def called(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`consilience ARGUMENTS`, from its `main` to its exit code."""
    words = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["consilience", *words])
        patch.setattr(sys, "excepthook", sys.excepthook)  # Typer sets its own
        patch.setenv("COLUMNS", "80")
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
