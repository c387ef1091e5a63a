"""On a draft's first page each marked sentence keeps its mark, and what the marks say stands once, in every form."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from document_example import example_document
from docx import Document as WordDocument
from pypdf import PdfReader

from consilience.publish.document import Document, Heading, Paragraph, Sentence
from consilience.publish.forms.prepared import prepare
from consilience.publish.forms.registry import FORMS

WAITS, GONE = "counts 9 findings that are not reviewed", "no longer claimed: I77"


def _with_summary(language: str) -> Document:
    """Three marked sentences of four on the first page, and one after it."""
    example = example_document(language)
    support = example.sentences[0].support
    first = (
        Sentence("totals/one", "One.", support, (WAITS,)),
        Sentence("totals/two", "Two.", support),
        Sentence("totals/three", "Three.", support, (WAITS,)),
        Sentence("totals/four", "Four.", support, (WAITS, GONE)),
    )
    after = Sentence("prose/five", "Five.", support, (WAITS,))
    chapters = (Heading(1, "Summary", "h-summary"), Paragraph(first), Heading(1, "Then", "h-then"), Paragraph((after,)))
    return replace(example, blocks=(*chapters, *example.blocks))


def _text(form: str, made: bytes) -> str:
    match form:
        case "pdf":
            return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
        case "docx":
            return " ".join(paragraph.text for paragraph in WordDocument(io.BytesIO(made)).paragraphs)
        case _:
            return re.sub(r"<[^>]+>|\\", "", made.decode())


# A page of PDF in Arabic gives its letters back in the order in which they are drawn.
EDITIONS = [
    (form, language) for form in sorted(FORMS) for language in ("en", "ar") if (form, language) != ("pdf", "ar")
]


@pytest.mark.parametrize(("form", "language"), EDITIONS)
def test_what_marks_of_the_summary_say_stands_once_and_each_sentence_keeps_its_own(form: str, language: str) -> None:
    document = _with_summary(language)
    said = re.sub(r"[\s\u2066-\u2069]+", " ", _text(form, FORMS[form](document)).replace("\u2060", ""))
    assert said.count("[!1]") == 2
    assert said.count("[!2]") == 1
    summary, rest = said.split("Five.", 1)
    assert summary.count(f"!1: {WAITS}") == 1
    assert summary.count(GONE) == 1
    assert WAITS in rest, "beyond the first page each mark speaks for itself"
    counted = prepare(document).labels["flag_count"].replace("{n}", "3")
    assert counted in said


def test_a_summary_of_which_all_is_reviewed_has_no_line_of_marks() -> None:
    document = _with_summary("en")
    plain = tuple(
        replace(block, sentences=tuple(replace(one, flags=()) for one in block.sentences))
        if isinstance(block, Paragraph) else block
        for block in document.blocks
    )  # fmt: skip
    prepared = prepare(replace(document, blocks=plain))
    assert not prepared.brief.under
    assert not any(prepared.marks_under(block) for block in document.blocks if isinstance(block, Heading))
