"""A row that is taken out of a case after somebody reviewed, signed or wrote of it: marked in place, and no way out."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader
from release_examples import OPEN, TABLES, decided, own_keys, row, silence, write_case

from consilience.casework.release_report import reports
from consilience.casework.releasing import release
from consilience.casework.reporting import Ready, ready
from consilience.casework.reviewing import review
from consilience.errors import ProseInvalid
from consilience.publish.document import Document
from consilience.publish.forms.registry import FORMS

SECOND_INCIDENT = "A9,I2,W2,,2017-04-02T18:05,minute,F2,air strike,,"
PROSE = 'The school was hit on {{incident.I2.date was "2 April 2017"}}. The other on {{incident.I1.date}}.\n'
WORDS = {"en": "no longer claimed: ", "ar": "لم يعد مدّعى به: "}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A case of two incidents, both reviewed and signed, with prose that speaks of both in two languages."""
    with pytest.MonkeyPatch.context() as patch:
        own_keys(tmp_path_factory.mktemp("ring") / "keys")
        patch.setenv("CONSILIENCE_KEYS", str(tmp_path_factory.getbasetemp() / "ring0" / "keys"))
        case = write_case(
            tmp_path_factory.mktemp("reviewed") / "case", {"accounts": [*TABLES["accounts"], SECOND_INCIDENT]}
        )
        (case / "narrative").mkdir()
        for language in WORDS:
            (case / "narrative" / f"10-text.{language}.md").write_text(PROSE)
        both = [{**one, "target": incident} for incident in ("I1", "I2") for one in OPEN.values()]
        assert not decided(case, both).bad
        yield case


@pytest.fixture
def case(reviewed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(reviewed, tmp_path / "case"))


def without(case: Path, *accounts: str) -> Ready:
    """The case ready for a report, these accounts taken out of it."""
    lines = [line for line in (case / "accounts.csv").read_text().splitlines() if line.split(",")[0] not in accounts]
    (case / "accounts.csv").write_text("\n".join(lines) + "\n")
    return ready(case, workers=1, progress=silence)


def marks(document: Document) -> dict[str, str]:
    return {one.sentence_id: " | ".join(one.flags) for one in document.sentences}


def test_a_case_of_which_nothing_went_has_no_such_mark(case: Path) -> None:
    document = ready(case, workers=1, progress=silence).document("public", "en")
    assert not [one for one in marks(document).values() if one]


@pytest.mark.parametrize("language", list(WORDS))
def test_a_row_that_was_reviewed_and_is_gone_is_marked_in_every_form(case: Path, language: str) -> None:
    document = without(case, "A2").document("public", language)
    said = marks(document)
    for name in ("I1/time", "I1/attribution", "I1/evidence", "totals/attacks"):
        assert WORDS[language] in said[name], name
        assert "A2" in said[name]
    assert WORDS[language] not in said["I2/time"]
    mark = f"{WORDS[language]}A2" if language == "en" else "لم يعد مدّعى به"
    texts = {
        "html": FORMS["html"](document).decode(),
        "md": FORMS["md"](document).decode().replace("\\", ""),
        "docx": "\n".join(one.text for one in docx.Document(io.BytesIO(FORMS["docx"](document))).paragraphs),
        "pdf": " ".join(
            page.extract_text().replace("\n", " ") for page in PdfReader(io.BytesIO(FORMS["pdf"](document))).pages
        ),
    }
    assert texts.keys() == FORMS.keys()
    for form, text in texts.items():
        if (form, language) != ("pdf", "ar"):  # glyphs of Arabic can't all be turned back into letters
            assert mark in text, form


@pytest.mark.parametrize("language", list(WORDS))
def test_prose_on_an_incident_that_is_gone_is_marked_and_what_its_author_saw_stays(case: Path, language: str) -> None:
    document = without(case, "A9").document("public", language)
    (gone, there) = [one for one in document.sentences if one.sentence_id.startswith("10-text/")]
    assert "2 April 2017" in gone.text
    assert f"{WORDS[language]}" in gone.flags[1]
    assert "I2" in gone.flags[1]
    assert WORDS[language] not in " ".join(there.flags)
    assert "I2" in marks(document)["totals/attacks"], "the totals counted it when they were reviewed"


def test_a_name_that_the_case_never_held_is_an_error_as_before(case: Path) -> None:
    (case / "narrative" / "10-text.en.md").write_text("On {{incident.I77.date}}.\n")
    with pytest.raises(ProseInvalid, match="there is no incident 'I77'"):
        without(case, "A9").document("public", "en")


def test_prose_alone_is_enough_where_the_row_was_kept_once(case: Path) -> None:
    """Nobody decided on the context, and no release held it; an earlier version of the table did."""
    (case / "context.csv").write_text("context_id,kind,what\nC1,offensive,something\n")
    (case / "narrative" / "10-text.en.md").write_text("It was {{context.C1.what}}.\n")
    ready(case, workers=1, progress=silence)
    (case / "context.csv").write_text("context_id,kind,what\nC2,offensive,something\n")
    document = ready(case, workers=1, progress=silence).document("public", "en")
    (said,) = [one for one in document.sentences if one.sentence_id.startswith("10-text/")]
    assert said.text == "It was [C1]."
    assert "no longer claimed: C1" in said.flags


def test_a_finding_reviewed_and_signed_anew_stands_again(case: Path) -> None:
    without(case, "A2")
    again = [{**one, "on": "2020-05-03", "target": incident} for incident in ("I1", "I2") for one in OPEN.values()]
    assert not decided(case, again).bad
    document = ready(case, workers=1, progress=silence).document("public", "en")
    assert not [one for one in marks(document).values() if one]
    assert all(status.gone == () for status in review(case, progress=silence))


def test_an_incident_that_was_retracted_first_may_go(case: Path) -> None:
    decided(case, [row("review", "I2", "retracted", "Reviewer Three")])
    document = without(case, "A9").document("public", "en")
    marked = [name for name, flags in marks(document).items() if WORDS["en"] in flags]
    assert len(marked) == 1, "the prose still speaks of it; the totals need not"
    assert marked[0].startswith("10-text/")


@pytest.mark.parametrize(
    ("account", "reasons"),
    [
        ("A2", ("I1: was reviewed or signed on what is no longer claimed: A2", "no longer claimed: A2")),
        ("A9", ("is of I2, which is no longer claimed: withdraw it", "no longer claimed: I2")),
    ],
)
def test_no_release_of_what_rests_on_a_row_that_is_gone(case: Path, account: str, reasons: tuple[str, ...]) -> None:
    without(case, account)
    done = release(
        case, "public", case.parent / "out", reports, formats=("md",), languages=("en",), progress=silence
    )  # fmt: skip
    for reason in reasons:
        assert any(reason in one for one in done.reasons), done.reasons
    assert any(one.startswith("document in 'en'") and reasons[1] in one for one in done.reasons)
    assert done.manifest is None
