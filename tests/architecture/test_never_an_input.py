"""What others concluded, and the wider situation, change nothing that is found."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from source_tree import ROOT

import consilience
from consilience.records.tables import NEVER_AN_INPUT


def _incidents(case: Path) -> Any:
    return consilience.open_case(case).run().data["incidents"]


@pytest.mark.parametrize("name", ["idlib-april-2017", "nw-syria-2019-2020"])
def test_findings_are_the_same_without_the_tables_that_are_no_input(name: str, tmp_path: Path) -> None:
    case = tmp_path / name
    shutil.copytree(ROOT / "cases" / name, case, ignore=shutil.ignore_patterns(".consilience", "*-findings"))
    found = _incidents(case)
    removed = [path for table in NEVER_AN_INPUT if (path := case / f"{table}.csv").exists()]
    assert removed
    for path in removed:
        path.unlink()
    shutil.rmtree(case / ".consilience")
    assert _incidents(case) == found
