"""Letters say what policy allows and no more; the calendar is the same bytes; sentences come from the record."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from pypdf import PdfReader

from consilience.publish.addressees import addressee_named
from consilience.publish.catalogue import catalogue_of
from consilience.publish.letter_document import LETTER_FORMS
from consilience.publish.letters import LETTER_LANGUAGES, Alleged, calendar, letter_text
from consilience.publish.reply_sentence import reply_sentence
from consilience.records.replies import Letter, Standing

AS_OF = date(2020, 5, 4)
SENT, DUE = date(2020, 4, 15), date(2020, 4, 29)
WHERE = Alleged("I1", date(2020, 2, 5), "Northtown", "Hospital one", "air strike", ("A", "B"), "one_of")


@pytest.mark.parametrize(
    ("letter", "standing"),
    [
        (Letter("L", "A", None), Standing.NOT_SENT),
        (Letter("L", "A", None, SENT), Standing.NO_DEADLINE),
        (Letter("L", "A", None, date(2020, 6, 1), DUE), Standing.NOT_SENT),
        (Letter("L", "A", None, SENT, AS_OF), Standing.WITHIN),
        (Letter("L", "A", None, SENT, DUE), Standing.OVERDUE),
        (Letter("L", "A", None, None, DUE), Standing.OVERDUE),
        (Letter("L", "A", None, SENT, AS_OF, DUE, "full"), Standing.REPLIED),
        (Letter("L", "A", None, SENT, AS_OF, DUE, "partial"), Standing.WITHIN),
        (Letter("L", "A", None, SENT, DUE, date(2020, 5, 5), "full"), Standing.OVERDUE),
        (Letter("L", "A", None, not_sought_why="danger"), Standing.NOT_SENT),
        (Letter("L", "A", None, not_sought_why="danger", not_sought_by="Counsel"), Standing.NOT_SOUGHT),
    ],
)
def test_where_a_letter_stands(letter: Letter, standing: Standing) -> None:
    assert letter.standing(AS_OF) is standing


def test_without_a_day_nothing_is_said_of_a_letter() -> None:
    assert Letter("L", "A", None, SENT, DUE).standing(None) is Standing.NO_DAY


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (Letter("L", "A", "Somebody", SENT), "A letter was sent to A on 15 April 2020; "
         "no response had been received as of 4 May 2020."),
        (Letter("L", "A", None, SENT, DUE, date(2020, 4, 20), "partial"), "A letter was sent to A on 15 April 2020 and "
         "asked for an answer by 29 April 2020; a reply to a part of it was received on 20 April 2020, "
         "and no more as of 4 May 2020."),
        (Letter("L", "A", None, None, DUE), "A letter was sent to A, on a day that is not on record and asked for an "
         "answer by 29 April 2020; no response had been received as of 4 May 2020."),
        (Letter("L", "other", "Somebody"), "No letter to another addressee is on record as sent as of 4 May 2020."),
        (Letter("L", "A", None, not_sought_why="he would be found", not_sought_by="Counsel"),
         "No reply was sought from A; a named counsel has signed why."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_is_on_record_and_names_nobody(letter: Letter, said: str) -> None:
    assert reply_sentence(letter, AS_OF) == said


@pytest.mark.parametrize("language", LETTER_LANGUAGES)
@pytest.mark.parametrize("accused", [True, False])
def test_a_letter_says_place_and_day_and_accuses_only_whom_a_finding_names(language: str, accused: bool) -> None:
    letter = Letter("L1", "A", "The Office\n# of A", SENT, DUE)
    text = letter_text(
        letter, letter.addressee, "A title", [WHERE], accused=accused, language=language, edition="edition:00"
    )
    assert "2020" in text
    assert "Northtown" in text
    assert "\n# of A" not in text, "a cell can't start a heading"
    assert catalogue_of(language).day(WHERE.day) in text, "as in reports: in Arabic both names of a month"
    joined = {"en": "A or B", "ar": "A أو B"}[language]
    assert (joined in text) is accused
    heading = text.split("\n\n")[1].splitlines()
    assert [line.endswith("\\") for line in heading] == [True, True, True, False], "lines of their own in Markdown"


@pytest.mark.parametrize("language", LETTER_LANGUAGES)
def test_a_letter_without_a_deadline_leaves_the_day_open_and_says_nothing_of_our_rules(language: str) -> None:
    texts = [
        letter_text(
            Letter("L1", "A", None, SENT, due),
            "An Office",
            "T",
            [WHERE],
            accused=True,
            language=language,
            edition="edition:00",
        ).split("\n\n")
        for due in (DUE, None)
    ]
    assert texts[0][2:] == texts[1][2:]
    asked = texts[1][1].splitlines()[-1]
    assert asked.split(": ")[1] == {"en": "(date)", "ar": "(التاريخ)"}[language]


@pytest.mark.parametrize("language", LETTER_LANGUAGES)
@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_a_letter_on_paper_says_what_the_text_says_and_shows_no_trail(form: str, language: str) -> None:
    letter = Letter("L1", "A", None, SENT, DUE)
    text = letter_text(letter, "An Office", "T", [WHERE], accused=True, language=language, edition="edition:00")
    data = LETTER_FORMS[form](text, language)
    assert data == LETTER_FORMS[form](text, language)
    if form == "docx":
        lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs if paragraph.text]
        assert len(lines) == sum(bool(line.strip()) for line in text.splitlines())
        shown = "\n".join(lines)
    else:
        shown = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
        assert len(PdfReader(io.BytesIO(data)).pages) == 1
    assert "An Office" in shown
    assert "Northtown" in shown
    assert catalogue_of(language).plain("forms", "trail") not in shown
    assert "p1" not in shown


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("Permanent Mission of Ruritania to the UN", "Permanent Mission of Ruritania to the UN"),
        ("Permanent Mission to the UN", None),
        ("Office of the Permanent Mission to the UN", None),
        ("A Ministry", "A Ministry"),
        (None, None),
    ],
)
def test_a_mission_whose_state_nobody_says_is_left_out(given: str | None, named: str | None) -> None:
    assert addressee_named("L1", given, {}) == named
    assert addressee_named("L1", given, {"L1": "وزارة"}) == "وزارة"


def test_the_calendar_is_the_same_bytes_and_names_nobody() -> None:
    letters = [Letter("L1", "A", "Somebody", SENT, DUE), Letter("L2", "B", None)]
    text = calendar(letters, "case-1", AS_OF)
    assert text == calendar(letters, "case-1", AS_OF)
    assert "UID:L1-due@case-1.consilience\r\n" in text
    assert "DTSTAMP:20200504T000000Z\r\n" in text
    assert "DTSTART;VALUE=DATE:20200429\r\n" in text
    assert text.count("BEGIN:VALARM") == 2
    assert "Somebody" not in text
    assert "L2" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_long_line_of_the_calendar_is_folded_between_characters() -> None:
    text = calendar([Letter("ر" * 60, "A", None, SENT, DUE)], "case", AS_OF)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "ر" * 60 in text.replace("\r\n ", "")
