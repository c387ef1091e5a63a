"""DOCX: every sentence under its bookmark, headings and tables that Word knows as such, and no foreign name."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import Any

import docx
import pytest
from document_example import HOSTILE, example_document, hostile_document
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from consilience.publish.document import Document, Heading, Paragraph, Sentence
from consilience.publish.forms.docx import render_docx
from consilience.publish.forms.prepared import prepare
from consilience.publish.forms.visible_text import visible
from consilience.publish.forms.word_elements import _widths

DOCUMENTS = {"en": example_document(), "ar": example_document("ar"), "hostile": hostile_document()}


def _open(document: Document) -> Any:
    return docx.Document(io.BytesIO(render_docx(document)))


def _parts(document: Document) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(render_docx(document))) as package:
        return {name: package.read(name) for name in package.namelist()}


def _bookmarked(word: Any) -> dict[str, str]:
    """The text that stands between the two ends of each bookmark, in order."""
    return {
        start.get(qn("w:name")): "".join(start.getnext().xpath(".//w:t/text()"))
        for start in word.element.body.iter(qn("w:bookmarkStart"))
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_sentence_stands_in_order_under_its_bookmark(name: str) -> None:
    said = [text for mark, text in _bookmarked(_open(DOCUMENTS[name])).items() if not mark.startswith(("t_", "h_"))]
    assert said == [sentence.text for sentence in prepare(DOCUMENTS[name]).document.sentences]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_mark_leads_to_a_bookmark_that_word_can_bear(name: str) -> None:
    word = _open(DOCUMENTS[name])
    names = list(_bookmarked(word))
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9_]{1,39}", one) for one in names)
    assert len({one.casefold() for one in names}) == len(names)
    links = [link.get(qn("w:anchor")) for link in word.element.body.iter(qn("w:hyperlink"))]
    assert set(links) <= set(names)
    assert len(links) == 2 * len(DOCUMENTS[name].sentences) + len(prepare(DOCUMENTS[name]).contents)


@pytest.mark.parametrize("name", ["en", "ar"])
def test_contents_stand_after_the_first_chapter_and_lead_to_each_heading(name: str) -> None:
    prepared, word = prepare(DOCUMENTS[name]), _open(DOCUMENTS[name])
    said = [paragraph.text for paragraph in word.paragraphs]
    shown = [heading.text for heading in prepared.contents]
    place = said.index(prepared.labels["contents"]) + 1
    listed = [
        (_said(one), one.get(qn("w:anchor")))
        for paragraph in word.paragraphs[place : place + len(shown)]
        for one in paragraph._p.xpath("./w:hyperlink")
    ]
    assert [text for text, _ in listed] == shown
    assert [_bookmarked(word)[anchor] for _, anchor in listed] == shown
    second = [block for block in prepared.document.blocks if isinstance(block, Heading) and block.level == 1][1]
    assert word.paragraphs[place + len(shown)].text in ("", second.text)


def test_ids_that_word_would_confuse_get_names_of_their_own() -> None:
    ids = ("a", "A", "n_2", "x" * 60, "é", "1")
    said = Paragraph(tuple(Sentence(one, f"Sentence {n}.", ()) for n, one in enumerate(ids)))
    marks = [
        m for m in _bookmarked(_open(replace(example_document(), blocks=(said,)))) if not m.startswith(("t_", "h_"))
    ]
    assert marks == ["s_a", "n_2", "s_n_2", "n_4", "n_5", "s_1"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_are_headings(name: str) -> None:
    prepared = prepare(DOCUMENTS[name])
    styled = [(p.style.name, p.text) for p in _open(DOCUMENTS[name]).paragraphs if p.style.name.startswith("Heading")]
    given = [(f"Heading {b.level}", b.text) for b in prepared.document.blocks if isinstance(b, Heading)]
    assert styled == [*given, ("Heading 1", prepared.labels["trail"]), ("Heading 1", prepared.labels["names"])]


def test_a_table_has_its_cells_and_a_header_that_repeats() -> None:
    (table,) = _open(example_document()).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Month", "Incidents", "Place"], ["April", "9", "Kafr Nabl"], ["May", "14", "كفر تخاريم"],
    ]  # fmt: skip
    assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows] == [True, False, False]
    assert table.cell(1, 1)._tc.xpath(".//w:jc/@w:val") == ["right"]


def test_what_a_draft_marks_stands_in_brackets_after_its_sentence() -> None:
    (paragraph,) = [p for p in _open(example_document()).paragraphs if "confidence" in p.text]
    marked = (
        "The confidence in this is moderate. [Marked in this draft: the number no longer agrees; finding not reviewed]"
    )
    assert marked in paragraph.text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_draft_says_so_at_the_head_of_every_page(name: str) -> None:
    for section in _open(DOCUMENTS[name]).sections:
        assert prepare(DOCUMENTS[name]).labels["draft"] in section.header.paragraphs[0].text


def test_a_release_is_not_called_a_draft() -> None:
    assert not any(b"Draft" in part for part in _parts(example_document(is_draft=False)).values())


def test_pages_are_a4_and_numbered() -> None:
    (section,) = _open(example_document()).sections
    assert abs(section.page_width - Mm(210)) < Mm(1)
    assert abs(section.page_height - Mm(297)) < Mm(1)
    footer = section.footer.paragraphs[0]._p
    assert "".join(footer.xpath(".//w:t/text() | .//w:instrText/text()")) == "Page PAGE of NUMPAGES"


def test_arabic_is_written_from_right_to_left_everywhere() -> None:
    word = _open(example_document("ar"))
    for root in (word.element.body, word.sections[0].header._element, word.sections[0].footer._element):
        assert all(p.xpath("./w:pPr/w:bidi") for p in root.iter(qn("w:p")) if "Kafr" not in _said(p))
        for run in root.xpath(".//w:r[./w:t]"):
            is_arabic = re.search("[\u0600-\u06ff]", _said(run)) is not None
            assert bool(run.xpath("./w:rPr/w:rtl")) == (is_arabic or not re.search("[A-Za-z]", _said(run)))
    assert word.element.body.xpath("./w:tbl/w:tblPr/w:bidiVisual")
    assert word.element.body.xpath("./w:sectPr/w:bidi")
    assert word.styles.element.xpath("w:docDefaults//w:lang/@w:bidi") == ["ar"]


def _said(node: Any) -> str:
    return "".join(node.xpath(".//w:t/text()"))


def test_a_cell_in_another_script_keeps_its_order_and_its_side() -> None:
    """Latin in an Arabic table stands right without being turned; Arabic in an English one stands left, turned."""
    sides = {}
    for language in ("ar", "en"):
        for cell in _open(example_document(language)).element.body.iter(qn("w:tc")):
            (form,) = cell.xpath("./w:p/w:pPr")
            sides[_said(cell)] = (bool(form.xpath("./w:bidi")), form.xpath("string(./w:jc/@w:val)"))
    assert sides["Kafr Takharim"] == (False, "right")
    assert sides["كفر نبل"] == (True, "")
    assert sides["كفر تخاريم"] == (True, "right"), "which is the left in a paragraph from right to left"
    assert sides["Kafr Nabl"] == (False, "")
    assert sides["14"] == (False, "right")


def test_english_is_not_turned_round() -> None:
    turned = _open(example_document()).element.body.xpath(".//w:p[./w:pPr/w:bidi] | .//w:r[./w:rPr/w:rtl]")
    assert {_said(node) for node in turned} == {"كفر تخاريم"}


def test_pictures_are_drawn_and_say_what_they_show() -> None:
    word = _open(example_document())
    assert word.element.body.xpath(".//wp:docPr/@descr") == [
        "Two bars: nine in April, four in May.",
        "A line with a mark.",
    ]
    for shape in word.inline_shapes:
        picture = word.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        with Image.open(io.BytesIO(picture.blob)) as opened:
            assert opened.format == "PNG"
            assert not opened.info.keys() & {"Author", "Software", "date:create", "exif"}
            assert abs(opened.width / opened.height - shape.width / shape.height) < 0.01
        assert shape.width <= Mm(170)


def test_its_properties_name_the_program_and_the_case_s_own_date() -> None:
    about = _open(example_document()).core_properties
    assert (about.author, about.last_modified_by, about.revision) == ("Consilience", "Consilience", 1)
    assert (about.title, about.subject) == ("Attacks on hospitals in Idlib", "A synthetic case for the tests")
    assert (about.comments, about.keywords, about.category, about.language) == ("", "", "", "en")
    for moment in (about.created, about.modified):
        assert moment.replace(tzinfo=None) == datetime.fromisoformat("2017-06-30")


def test_nothing_of_the_template_speaks_of_another_program_or_page() -> None:
    parts = _parts(example_document())
    assert not [name for name in parts if "thumbnail" in name or name == "docProps/app.xml"]
    assert not any(b"Macintosh" in part or b"python-docx" in part for part in parts.values())


def test_every_file_in_it_bears_the_same_date() -> None:
    with zipfile.ZipFile(io.BytesIO(render_docx(example_document()))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {(entry.create_system, entry.extra, entry.comment) for entry in package.infolist()} == {(0, b"", b"")}


def test_hostile_texts_come_out_as_texts() -> None:
    word = _open(hostile_document())
    shown = [visible(text) for text in HOSTILE]
    assert [cell.text for cell in word.tables[0].rows[1].cells] == shown
    assert [p.text for p in word.paragraphs if p.style.name.startswith("Heading")][: len(shown)] == shown
    fields = word.element.body.xpath(".//w:instrText/text() | .//w:fldSimple/@w:instr")
    assert fields == []
    relations = [relation for relation in word.part.rels.values() if relation.is_external]
    assert relations == []


@pytest.mark.parametrize("rows", [
    [("Evidence", "Says", "Time"), ("M0001", "a long text of many words " * 8, "corroborates +0.31")],
    [("الدليل", "ما يقوله", "الوقت"), ("M0001", "نص طويل " * 30, "يتعارض −1.12")],
])  # fmt: skip
def test_a_column_is_as_wide_as_its_longest_word(rows: list[tuple[str, ...]]) -> None:
    """Else an id is broken: M00, 01."""
    widths = _widths(rows)
    assert sum(widths) <= 9638
    assert all(width >= 100 * len(word) for row in rows for text, width in zip(row, widths, strict=True)
               for word in text.split())  # fmt: skip
