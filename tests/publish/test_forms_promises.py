"""A document that breaks a promise of its own gets no form, and no text hides what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from document_example import HOSTILE, drawing, example_document
from hypothesis import given
from hypothesis import strategies as st

from consilience.errors import PublishError
from consilience.publish.document import (
    LABELS,
    Block,
    Document,
    Grid,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Sentence,
)
from consilience.publish.forms.prepared import prepare
from consilience.publish.forms.registry import FORMS
from consilience.publish.forms.visible_text import reads, visible

EXAMPLE = example_document()
CAPTION = Sentence("new", "A caption.", ("E12",))


def _with(block: Block) -> Document:
    return replace(EXAMPLE, blocks=(*EXAMPLE.blocks, block))


def _saying(**changes: Any) -> Document:
    return _with(Paragraph((replace(CAPTION, **changes),)))


BROKEN: dict[str, tuple[Document, str]] = {
    "two sentences of one id": (_saying(sentence_id="s1"), "'s1' names 2 things"),
    "two headings of one anchor": (_with(Heading(1, "Who", "who")), "'who' names 2 things"),
    "a heading with a sentence's anchor": (_with(Heading(1, "Who", "s-s1")), "'s-s1' is a sentence's"),
    "an anchor that is markup": (_with(Heading(1, "Who", 'a"><script>')), "anchor"),
    "a heading of level 5": (_with(Heading(5, "Who", "x")), "level 5"),
    "an empty sentence": (_saying(text=" \n "), "is empty"),
    "a sentence without an id": (_saying(sentence_id=""), "is empty"),
    "a name that nothing explains": (_saying(support=("E99",)), "'E99', which its trail does not explain"),
    "a name explained twice": (replace(EXAMPLE, trail=(*EXAMPLE.trail, ("E12", "x"))), "'E12' names 2 things"),
    "a label that is missing": (replace(EXAMPLE, labels=EXAMPLE.labels[1:]), "no word for 'draft'"),
    "a style that no form knows": (_with(Paragraph((CAPTION,), "loud")), "'loud'"),
    "a row that is too short": (_with(Grid(CAPTION, ("a", "b"), (("1",),))), "'new' has rows or columns"),
    "a number's column that is not there": (_with(Grid(CAPTION, ("a",), (), (1,))), "'new' has rows or columns"),
    "a table without columns": (_with(Grid(CAPTION, (), ())), "'new' has rows or columns"),
    "a picture without words": (_with(Picture("<svg/>", "", CAPTION)), "'new' has no words"),
    "a language that is markup": (replace(EXAMPLE, language='en"'), "ISO 639"),
    "a date that is none": (replace(EXAMPLE, as_of="2017-02-30"), "'2017-02-30' does not begin with a day"),
    "a mark of a draft in what is to be released": (replace(EXAMPLE, is_draft=False), "no longer agrees"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_document_that_breaks_its_promise_gets_no_form(how: str) -> None:
    document, named = BROKEN[how]
    with pytest.raises(PublishError, match="can't be given a form") as raised:
        prepare(document)
    assert named in str(raised.value)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_asks_for_the_promises(name: str) -> None:
    with pytest.raises(PublishError, match="no longer agrees"):
        FORMS[name](replace(EXAMPLE, is_draft=False))


def test_a_case_without_a_date_needs_no_word_for_it() -> None:
    labels = tuple((key, "" if key == "as_of" else words) for key, words in LABELS.items())
    assert prepare(replace(EXAMPLE, labels=labels, as_of=None)).marks == (
        "Draft, not for publication",
        "Public edition",
    )


@given(st.text())
def test_what_is_shown_hides_nothing_and_is_text_for_every_form(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not any(mark < " " or mark in "\x7f\u202a\u202b\u202c\u202d\u202e\ufeff\ufffe" for mark in shown)
    assert sum(shown.count(mark) for mark in "\u2066\u2067\u2068") == shown.count("\u2069")


@given(st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S"])))
def test_what_hides_nothing_is_left_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE[6], "reversed [U+202E]gnp.exe[U+202C] and \u2066isolated\u2069"),
        (HOSTILE[7], "a control [U+0007], a null [U+0000], a lone [U+D800] and [U+FFFE]"),
        ("closed twice \u2066x\u2069\u2069", "closed twice \u2066x\u2069[U+2069]"),
        ("two\r\nlines\u2028and\ta tab ", "two lines and a tab"),
        ("كفر\u200cنبل \u200fو", "كفر\u200cنبل \u200fو"),
        ("a tag \U000e0041", "a tag [U+E0041]"),
    ],
)
def test_what_hides_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "in_english", "in_arabic"),
    [
        ("Kafr Nabl.", "ltr", "ltr"),
        ("كفر نبل.", "rtl", "rtl"),
        ("Syrian Archive: هجوم", "ltr", "rtl"),
        ("(10:30)", "ltr", "rtl"),
        ("", "ltr", "rtl"),
        ("בית 5", "rtl", "rtl"),
        ("Больница", "ltr", "ltr"),
    ],
)
def test_a_text_of_one_script_keeps_its_order_and_a_mixed_one_its_document_s(
    text: str, in_english: str, in_arabic: str
) -> None:
    assert (reads(text, "ltr"), reads(text, "rtl")) == (in_english, in_arabic)


BUILDERS: tuple[Callable[[], Document], ...] = (example_document, lambda: example_document("ar"))


@pytest.mark.parametrize("build", BUILDERS)
def test_a_whole_document_is_prepared_as_it_is(build: Callable[[], Document]) -> None:
    assert prepare(build()).document == build()


@pytest.mark.parametrize(
    ("kinds", "rows"),
    [("pbb", {3: 5}), ("tbb", {4: 5}), ("tb", {}), ("bb", {3: 4}), ("ppbtb", {4: 5}), ("pbpb", {3: 4, 5: 6})],
)
def test_pictures_stand_in_a_row_with_what_they_are_beside_also_where_the_first_of_them_is_not_there(
    kinds: str, rows: dict[int, int]
) -> None:
    """A case without a position has no map: its calendar begins the row, and no form closes what it did not open."""
    blocks: list[Block] = [Heading(1, "Before", "before"), Paragraph((replace(CAPTION, sentence_id="b"),)), PageBreak()]
    for number, kind in enumerate(kinds):
        caption = replace(CAPTION, sentence_id=f"new{number}")
        picture = Picture(drawing(), "Bars.", caption, is_beside=kind == "b")
        blocks.append(Paragraph((caption,)) if kind == "t" else picture)
    document = replace(EXAMPLE, blocks=tuple(blocks))
    assert prepare(document).picture_rows == rows
    page = FORMS["html"](document).decode()
    assert page.count("<div") == page.count("</div>")
    assert page.count('<div class="row">') == len(rows)
    assert FORMS["pdf"](document).startswith(b"%PDF")
