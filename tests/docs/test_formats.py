"""The pages on the formats say everything that the formats are."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from consilience import errors
from consilience.casework import roles
from consilience.cli.case_commands import LEFT_OUT
from consilience.cli.main import INTERRUPTED
from consilience.conclude.schema import findings_schema
from consilience.records.fitted_model import (
    CallClass,
    ExchangeKind,
    Fitted,
    FittedModel,
    FittedRadio,
    FittedSky,
    FleetShare,
    HeardParty,
    HourOfDay,
    PassKind,
    Rate,
    SiteRates,
)
from consilience.records.left_out import Lost, Why
from consilience.records.tables import IDENTITIES, TABLES
from consilience.records.weighed import Verdict
from consilience.vault.shelves import SHELVES

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
ANYWHERE = {"item", "locator"}
"""May stand in any table, and are explained once for all."""


def _sections(page: str) -> dict[str, str]:
    """The text under each heading of the third level, by the heading."""
    parts = re.split(r"^### (\w+)$", page, flags=re.MULTILINE)
    return {
        name: re.split(r"^## ", text, flags=re.MULTILINE)[0]
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


FINDINGS_FORMAT = (FORMATS / "findings-format.md").read_text("utf-8")
CASE_FORMAT = (FORMATS / "case-format.md").read_text("utf-8")
SECTIONS = _sections(CASE_FORMAT)


def test_the_page_explains_every_table_and_no_other() -> None:
    assert set(SECTIONS) - {"Times"} == set(TABLES) | {IDENTITIES}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_page_names_every_column_and_every_word_of_a_table(name: str) -> None:
    named = set(re.findall(r"`([^`]+)`", SECTIONS[name]))
    for column in TABLES[name].columns:
        assert column.name in named | ANYWHERE, column.name
    times = set(re.findall(r"`([^`]+)`", SECTIONS["Times"]))
    said_elsewhere = times | {"air strike", "barrel bomb", "ground attack", "ballistic missile", *"ABCDEF"}
    for column in TABLES[name].columns:
        assert set(column.words) <= named | said_elsewhere, column.name


def test_the_page_lists_every_reason_for_leaving_something_out() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", CASE_FORMAT.split("## What is left out")[1], flags=re.MULTILINE))
    assert listed == {why.value for why in Why}
    assert all(f"`{lost.value}`" in CASE_FORMAT for lost in Lost)


def _properties(schema: object) -> set[str]:
    """Names of all properties anywhere in a JSON Schema."""
    if isinstance(schema, list):
        return {name for part in schema for name in _properties(part)}
    if not isinstance(schema, dict):
        return set()
    own = {name for name in schema.get("properties", {}) if isinstance(name, str)}
    return own | {name for part in schema.values() for name in _properties(part)}


def test_the_page_on_findings_names_every_key_and_word_of_the_schema() -> None:
    named = set(re.findall(r"`([^`]+)`", FINDINGS_FORMAT))
    assert _properties(findings_schema()) <= named
    assert {verdict.value for verdict in Verdict} <= named


@pytest.mark.parametrize("record", [FittedModel, FittedSky, FittedRadio, Fitted, Rate, PassKind, FleetShare, HourOfDay,
                                    SiteRates, HeardParty, ExchangeKind, CallClass])  # fmt: skip
def test_the_page_on_findings_names_every_key_of_the_log_model(record: type) -> None:
    section = FINDINGS_FORMAT.split("## log-model.json")[1].split("\n## ")[0]
    named = set(re.findall(r"`([^`]+)`", section))
    assert {field.name for field in fields(record)} <= named


def test_the_page_on_findings_lists_every_exit_code() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", FINDINGS_FORMAT, flags=re.MULTILINE)}
    codes = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.ConsilienceError)
    }
    assert listed == codes | {0, LEFT_OUT, INTERRUPTED}


def test_the_page_on_the_ledger_lists_every_shelf_and_no_other_folder() -> None:
    page = (FORMATS / "ledger-format.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+)/", page, flags=re.MULTILINE))
    assert listed - {"ledger", "cache"} == set(SHELVES)


def test_the_page_on_keys_says_which_act_takes_which_role() -> None:
    section = (FORMATS / "keys-format.md").read_text("utf-8").split("## Roles")[1]
    assert dict(re.findall(r"^\| `([\w ]+)` \| ([\w ]+) \|", section, flags=re.MULTILINE)) == roles.NEEDS
    assert all(f"`{role}`" in section for role in roles.ROLES)
