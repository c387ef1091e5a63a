"""The import contracts of pyproject.toml hold, and would be broken by what they forbid."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAGES = ("vault", "readings", "situate", "corroborate", "conclude", "publish", "worlds")


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the copy of the package in `root`, not the installed one."""
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--config", "pyproject.toml"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the source that may be spoilt."""
    ignore = shutil.ignore_patterns("data", "__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(house: Path) -> None:
    result = _lint(house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [("worlds", "corroborate"), ("worlds", "situate"), ("records", "reference"), ("errors", "quantities")]
    + list(pairwise(STAGES))
    + [(stage, "casework") for stage in STAGES],
)
def test_an_import_up_or_across_breaks_them(house: Path, room: str, forbidden: str) -> None:
    folder = house / "src" / "consilience" / room
    spoilt = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    spoilt.write_text(spoilt.read_text("utf-8") + f"\nimport consilience.{forbidden}\n", encoding="utf-8")
    assert _lint(house).returncode != 0


def test_a_room_that_no_contract_names_breaks_them(house: Path) -> None:
    (house / "src" / "consilience" / "elsewhere.py").write_text('"""New."""\n', encoding="utf-8")
    assert _lint(house).returncode != 0


def test_a_cycle_inside_a_room_breaks_them(house: Path) -> None:
    room = house / "src" / "consilience" / "situate"
    for name, other in (("hen", "egg"), ("egg", "hen")):
        (room / f"{name}.py").write_text(f'"""A {name}."""\nimport consilience.situate.{other}\n', encoding="utf-8")
    assert _lint(house).returncode != 0
