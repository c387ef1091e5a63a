"""A report on more incidents than anybody leafs through: one grid, and sentences that name what they rest on as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from case_copies import OFFENSIVE
from consilience.publish.document import Document, Picture
from consilience.publish.forms.markdown import render_markdown
from consilience.publish.statements.build import Edition, build_document
from consilience.publish.statements.frame import MOST_NAMED
from reported_cases import grid_named, ready_case


def many(count: int, profile: str = "public") -> Document:
    """The second case's incidents again and again under new ids, their totals with them."""
    made = ready_case(OFFENSIVE)
    seen = {one.incident_id: one for one in made.view.incidents}
    chosen = [made.found.findings["incidents"][n % len(seen)] for n in range(count)]
    names = [f"{block['incident_id']}-{n}" for n, block in enumerate(chosen)]
    blocks = [block | {"incident_id": name} for block, name in zip(chosen, names, strict=True)]
    views = [replace(seen[b["incident_id"]], incident_id=name) for b, name in zip(chosen, names, strict=True)]
    findings: Mapping[str, Any] = {**made.found.findings, "incidents": blocks}
    view = replace(made.view, incidents=tuple(views))
    return build_document(findings, made.found.records, view, Edition(profile, "en"))


@pytest.mark.parametrize(("profile", "columns"), [("public", 5), ("court", 2)])
def test_beyond_two_hundred_incidents_the_annexe_is_one_grid_and_names_stay_few(profile: str, columns: int) -> None:
    document = many(MOST_NAMED + 1, profile)
    rows = grid_named(document, "annexe/grid").rows
    assert (len(rows), len(rows[0])) == (MOST_NAMED + 1, columns)
    assert len(document.sentences) < 100
    assert all(0 < len(sentence.support) <= MOST_NAMED for sentence in document.sentences)
    assert len(document.trail) <= MOST_NAMED
    assert "With 201 incidents the annexe is one table" in render_markdown(document).decode()


def test_up_to_two_hundred_each_incident_has_its_sheet_with_clock_and_map() -> None:
    document = many(MOST_NAMED)
    pictures = [block.caption.sentence_id for block in document.blocks if isinstance(block, Picture)]
    assert sum(name.endswith("/strip") for name in pictures) == MOST_NAMED
    assert sum(name.endswith("/map") and name != "summary/map" for name in pictures) == MOST_NAMED


def test_who_did_it_waits_for_review_also_where_all_are_named_as_one() -> None:
    document = many(MOST_NAMED + 1)
    (rests_on_all,) = [one for one in document.sentences if "all/attribution" in one.support]
    assert rests_on_all.flags == ("counts 201 findings that are not reviewed",)
