"""No canary comes through any profile and form; and the search sees one that is let through. Seeded, a tenth of the proof."""

from __future__ import annotations

import os
from pathlib import Path

import canaries
import pytest

from consilience.publish.forms.registry import FORMS
from consilience.vault.keyring import initialise


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))


def test_no_canary_comes_through_any_profile_in_any_form(tmp_path: Path) -> None:
    result = canaries.prove("0", tmp_path)
    assert result == {"planted": 20, "found": [], "shut": []}


def test_the_search_sees_a_word_that_is_let_through_in_every_form(tmp_path: Path) -> None:
    word = {**canaries.canaries("seen"), "title": "Qxtitlebvcnm"}
    initialise(Path(os.environ["CONSILIENCE_KEYS"]), "synthetic/signer")
    case = canaries.write_planted(tmp_path / "case", word, title=word["title"])
    canaries.opened(case, word)
    out = tmp_path / "out"
    assert canaries.released(case, "public", out) == ()
    for form in FORMS:
        only = tmp_path / form
        only.mkdir()
        (out / "report" / f"report-public-en.{form}").rename(only / f"report.{form}")
        assert canaries.standing_in(only, word) == ["title"], form
