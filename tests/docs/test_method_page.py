"""The method's page tells what the code does."""

from __future__ import annotations

import re

from method_tables import METHOD, with_tables

CORROBORATE = METHOD.parents[1] / "src" / "consilience"


def test_the_table_of_assumptions_is_the_shipped_one() -> None:
    page = METHOD.read_text(encoding="utf-8")
    assert with_tables(page) == page, "run: python tests/docs/method_tables.py"


def test_every_module_that_the_page_names_exists() -> None:
    page = METHOD.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_/]+\.py)`", page)) - {"tests/docs/method_tables.py"}
    missing = [
        name for name in named
        if not (CORROBORATE / "corroborate" / name).exists() and not (CORROBORATE / name).exists()
    ]  # fmt: skip
    assert named
    assert not missing


def test_every_part_of_the_page_that_the_code_cites_is_there() -> None:
    page = METHOD.read_text(encoding="utf-8")
    headed = set(re.findall(r"^## (.+)$", page, re.MULTILINE)) | set(re.findall(r"\*\*([^*]+)\*\*", page))
    folders = (CORROBORATE, METHOD.parents[1] / "tests")
    text = "".join(path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.py")))
    cited = set(re.findall(r"\bmethod\.md, ([A-Z][\w ]*)", text))
    assert cited
    assert cited <= headed
