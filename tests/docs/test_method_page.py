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
