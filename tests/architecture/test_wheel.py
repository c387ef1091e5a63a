"""The wheel holds the package and its data, and runs where nothing else of the clone is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from source_tree import PACKAGE, ROOT, imported_names, modules

from consilience.version import __version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the source as it stands, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("consilience/")}
    source = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == source
    assert any(name.endswith("SOURCE.md") for name in packed), "the data's licences travel with it"


def test_the_wheel_carries_the_licence_and_the_notice_of_the_data_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        licences = {Path(name).name for name in archive.namelist() if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


IMPORTED_AS = {"pillow": "PIL", "python_docx": "docx"}
"""Distributions whose module goes by another name."""


def test_every_dependency_is_imported_somewhere_in_the_package() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[>=<\[; ]", entry)[0].replace("-", "_") for entry in declared}
    imported = {name.split(".")[0] for tree in modules().values() for name in imported_names(tree)}
    names = {IMPORTED_AS.get(name, name) for name in names}
    assert names - imported == {"tzdata"}, "the zones that zoneinfo reads where the system has none"


def test_the_wheel_runs_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    place = "import consilience, sys; sys.exit(not consilience.__file__.startswith(sys.argv[1]))"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    subprocess.run([sys.executable, "-c", place, str(tmp_path)], cwd=tmp_path, env=environment, check=True)
    asked = subprocess.run(
        [sys.executable, "-m", "consilience", "--version"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert __version__ in asked.stdout
    loaded = "from consilience.reference.orbat import load_orbat as o; from consilience.reference.gazetteer import *; "
    subprocess.run(
        [sys.executable, "-c", loaded + "assert o('syria').platforms and load_gazetteer()"],
        cwd=tmp_path,
        env=environment,
        check=True,
    )
