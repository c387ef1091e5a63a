"""Commands that are marked to be run print what is shown; links within the repository lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console_blocks import BLOCK, ROOT, played

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINKING = sorted(
    {*PAGES, *(page for room in ("proofs", "benchmarks", "cases") for page in (ROOT / room).rglob("*.md"))}
)
RUN = [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_the_readme_and_the_tutorial_have_commands_to_run() -> None:
    assert {"README.md", "docs/tutorial.md"} <= set(map(_name, RUN))


@pytest.mark.parametrize("page", RUN, ids=_name)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    shown = page.read_text("utf-8")
    assert played(shown, tmp_path) == shown, "if the new output is right: make tutorial"


@pytest.mark.parametrize("page", LINKING, ids=_name)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", _prose(page)):
        if "://" not in target and not target.startswith("mailto:"):
            path, _, anchor = target.partition("#")
            file = page.parent / path if path else page
            assert file.exists(), target
            assert not anchor or anchor in _anchors(file), target


def _prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them; of equal ones the first alone."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_page_holds_a_place_that_was_never_filled_in(page: Path) -> None:
    """Such as a line `FIGURES` where figures were to come."""
    assert (
        re.findall(r"^\W*(?:[A-Z]{4,}|TO" r"DO\b.*|TB" r"D\b.*|\?{3,}|…|\.{3})\W*$", _prose(page), flags=re.MULTILINE)
        == []
    )


def test_no_page_stands_twice_in_the_index() -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", (ROOT / "docs" / "index.md").read_text("utf-8"))
    assert sorted(targets) == sorted(set(targets))
