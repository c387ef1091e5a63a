"""A test whose browser is absent is listed as NOT RUN at a desk, and fails in CI; nothing is skipped silently."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import ROOT

TESTS = """
import pytest

@pytest.mark.browser
def test_of_a_picture():
    pass

def test_of_a_number():
    pass
"""


def _run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(TESTS, encoding="utf-8")
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: needs a browser\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=kept | {"PATH": str(folder / "nothing here")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "in parallel"])
def test_at_a_desk_what_is_absent_is_listed_by_name(tmp_path: Path, options: tuple[str, ...]) -> None:
    result = _run(tmp_path, *options)
    assert result.returncode == 0
    assert "1 passed, 1 skipped" in result.stdout
    assert "NOT RUN: test_some.py::test_of_a_picture (absent here: Chromium, the font" in result.stdout


def test_in_ci_what_is_absent_is_a_failure(tmp_path: Path) -> None:
    result = _run(tmp_path, CI="true")
    assert result.returncode == 1
    assert "1 passed, 1 error" in result.stdout or "1 failed, 1 passed" in result.stdout
    assert "absent in CI" in result.stdout
