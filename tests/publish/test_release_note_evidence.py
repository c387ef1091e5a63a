"""The note of a release says that evidence is another, in one wording whatever befell it, and names what came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from consilience.publish.catalogue import catalogue_of
from consilience.publish.profiles import PROFILES
from consilience.publish.release_note import REMOVED, changes_between, note_text
from consilience.publish.statements.words import Words

PARTS = {"attribution": "1", "time": "1", "evidence:A03": "1", "evidence:A04": "1"}
EMPTIED = {"I1": {"removed_on": "2020-05-03", "wording": REMOVED, "parts": dict.fromkeys(PARTS)}}
"""What is left of a release once a source behind the finding has withdrawn."""
OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "it changed": {**PARTS, "evidence:A03": "2"},
    "it changed, and the conclusion with it": {**PARTS, "evidence:A03": "2", "attribution": "2"},
    "it went": {"attribution": "1", "time": "1", "evidence:A04": "1"},
    "it went and other came": {"attribution": "2", "time": "1", "evidence:A04": "1", "evidence:A05": "1"},
}


def state(parts: Mapping[str, str]) -> dict[str, Any]:
    return {"I1": {"wording": "Russian" if parts["attribution"] == "2" else "Syrian", "parts": parts}}


def lines(before: Mapping[str, Any], after: Mapping[str, Any], language: str) -> list[str]:
    words = Words(catalogue_of(language), ZoneInfo("Asia/Damascus"))
    note = note_text(words, date(2020, 5, 4), changes_between(before, after), PROFILES["public"], "sha256:00", [])
    return [one for one in note.splitlines() if one.startswith("- ")]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_world_is_not_told_that_somebody_behind_a_finding_has_withdrawn(language: str) -> None:
    """Whatever befell evidence, and where nobody knows any more what, the line is the same, and there is one."""
    said = {
        how: [tuple(lines(before, state(after), language)) for before in (state(PARTS), EMPTIED)]
        for how, after in OTHERWISE.items()
    }
    said["nothing did"] = [tuple(lines(EMPTIED, state(PARTS), language))]
    assert {line for every in said.values() for line in every} == {said["it went"][0]}
    ((line,),) = {line for every in said.values() for line in every}
    assert "A03" not in line


@pytest.mark.parametrize("language", ["en", "ar"])
def test_evidence_that_came_is_named_with_what_it_changed(language: str) -> None:
    (line,) = lines(state(PARTS), state({**PARTS, "attribution": "2", "evidence:A09": "1"}), language)
    assert "A09" in line
    assert "A03" not in line
    assert lines(state(PARTS), state(PARTS), language) == []
