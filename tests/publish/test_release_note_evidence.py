"""The note of a release says which evidence changed, where no conclusion did."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from consilience.publish.catalogue import catalogue_of
from consilience.publish.profiles import PROFILES
from consilience.publish.release_note import REMOVED, changes_between, note_text
from consilience.publish.statements.words import Words


@pytest.mark.parametrize("language", ["en", "ar"])
def test_evidence_that_changed_under_the_same_conclusions_is_named(language: str) -> None:
    before = {"I1": {"wording": "Syrian", "parts": {"attribution": "1", "evidence:A03": "1", "evidence:A04": "1"}}}
    after = {"I1": {"wording": "Syrian", "parts": {"attribution": "1", "evidence:A03": "2", "evidence:A04": "1"}}}
    words = Words(catalogue_of(language), ZoneInfo("Asia/Damascus"))
    changes = changes_between(before, after)
    note = note_text(words, date(2020, 5, 4), changes, PROFILES["public"], "sha256:00", [])
    (line,) = [one for one in note.splitlines() if one.startswith("- ")]
    assert "A03" in line
    assert "A04" not in line


@pytest.mark.parametrize("language", ["en", "ar"])
def test_where_evidence_went_the_note_is_the_same_with_a_withdrawal_and_without(language: str) -> None:
    """The world is not told that somebody behind a finding has withdrawn."""
    parts = {"attribution": "1", "evidence:A03": "1", "evidence:A04": "1"}
    after = {"I1": {"wording": "Russian", "parts": {"attribution": "2", "evidence:A04": "1"}}}
    plain = {"I1": {"wording": "Syrian", "parts": parts}}
    emptied = {"I1": {"removed_on": "2020-05-03", "wording": REMOVED, "parts": dict.fromkeys(parts)}}
    words = Words(catalogue_of(language), ZoneInfo("Asia/Damascus"))
    notes = {
        note_text(words, date(2020, 5, 4), changes_between(before, after), PROFILES["public"], "sha256:00", [])
        for before in (plain, emptied)
    }
    assert len(notes) == 1
    assert "A03" in notes.pop()
