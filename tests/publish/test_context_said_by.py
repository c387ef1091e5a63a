"""Who says what a row of `context` says: its source as the profile tells it, and never a page number alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from case_copies import OFFENSIVE
from consilience.publish.document import Sentence
from consilience.publish.statements.build import Edition, build_document
from reported_cases import ready_case

UNSAID = "nobody is named who says so"


def said(source: str | None, locator: str | None, profile: str = "public", language: str = "en") -> Sentence:
    """The sentence of a row of context with this source and locator."""
    made = ready_case(OFFENSIVE)
    tables = dict(made.found.records.tables)
    is_row = pl.col("context_id") == "C03"
    tables["context"] = tables["context"].with_columns(
        source_id=pl.when(is_row).then(pl.lit(source, pl.String)).otherwise("source_id"),
        locator=pl.when(is_row).then(pl.lit(locator, pl.String)).otherwise("locator"),
    )
    records = replace(made.found.records, tables=tables)
    document = build_document(made.found.findings, records, made.view, Edition(profile, language))
    return next(one for one in document.sentences if one.sentence_id == "context/C03")


@pytest.fixture(scope="module")
def source() -> tuple[str, str]:
    """A source of the case and its role."""
    rows = ready_case(OFFENSIVE).found.records.tables["sources"].filter(pl.col("role") == "organisation")
    return rows["source_id"][0], "organisation"


@pytest.mark.parametrize("profile", ["public", "partner", "court"])
def test_a_source_is_somebody_who_says_so_in_every_profile(source: tuple[str, str], profile: str) -> None:
    sentence = said(source[0], None, profile)
    assert source[1] in sentence.text
    assert UNSAID not in sentence.flags
    assert (source[0] in sentence.text) == (profile != "public")


def test_a_locator_stands_beside_the_source(source: tuple[str, str]) -> None:
    assert "organisation, page 12)." in said(source[0], "page 12").text


@pytest.mark.parametrize("locator", ["p. 12", "pp. 3–4", "row 7", "00:12:31", "صفحة 12", None])
def test_a_place_in_something_names_nobody(locator: str | None) -> None:
    sentence = said(None, locator)
    assert UNSAID in sentence.flags
    assert "no source named" in sentence.text


def test_a_locator_that_says_who_is_enough_as_before() -> None:
    sentence = said(None, "RFE/RL, 11 May 2020")
    assert UNSAID not in sentence.flags
    assert "RFE/RL, 11 May 2020)." in sentence.text
