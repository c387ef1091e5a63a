"""The note of a release says which evidence changed, where no conclusion did."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from consilience.publish.catalogue import catalogue_of
from consilience.publish.profiles import PROFILES
from consilience.publish.release_note import changes_between, note_text
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
