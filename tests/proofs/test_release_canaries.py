"""No canary comes through any profile and form, and the search sees one that is let through. A tenth of the proof."""

from __future__ import annotations

from pathlib import Path

import pytest
import release_canaries

from consilience.publish.document import LABELS, Document, Paragraph, Sentence
from consilience.publish.forms.registry import FORMS


def test_no_canary_comes_through_any_profile_in_any_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_KEYS", str(tmp_path / "keys"))
    assert release_canaries.prove("0", tmp_path) == {"planted": 20, "found": [], "shut": []}


@pytest.mark.parametrize("form", list(FORMS))
def test_the_search_sees_a_word_that_is_let_through(form: str, tmp_path: Path) -> None:
    word = release_canaries.canaries("seen")
    said = Sentence("s1", f"Somebody wrote {word['interviewer']} here.", ("case",))
    document = Document(
        title="Small", subtitle="", language="en", direction="ltr", profile="public", is_draft=False,
        as_of="2020-05-04", version="0", blocks=(Paragraph((said,)),), trail=(("case", "the case"),),
        labels=tuple(LABELS.items()),
    )  # fmt: skip
    (tmp_path / f"report.{form}").write_bytes(FORMS[form](document))
    assert release_canaries.standing_in(tmp_path, word) == ["interviewer"]
