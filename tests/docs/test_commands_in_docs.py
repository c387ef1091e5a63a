"""Every command that the documentation shows runs and prints what is shown; every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console_blocks import BLOCK, ROOT, played

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN = [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_the_readme_and_the_tutorial_have_commands_to_run() -> None:
    assert {"README.md", "docs/tutorial.md"} <= set(map(_name, RUN))


@pytest.mark.parametrize("page", RUN, ids=_name)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    shown = page.read_text("utf-8")
    assert played(shown, tmp_path) == shown, "if the new output is right: make tutorial"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target
