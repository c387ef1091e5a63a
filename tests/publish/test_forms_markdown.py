"""Markdown: read back by another parser, every sentence stands as it was, and no text has become markup."""

from __future__ import annotations

import re

import pytest
from document_example import HOSTILE, example_document, hostile_document
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from consilience.publish.document import Document, Heading
from consilience.publish.forms.markdown import escaped, render_markdown
from consilience.publish.forms.prepared import prepare
from consilience.publish.forms.visible_text import visible

DOCUMENTS = {"en": example_document(), "ar": example_document("ar"), "hostile": hostile_document()}
OURS = re.compile(r'<a id="[A-Za-z0-9._-]+">|</a>|<sup>|</sup>|<div dir="rtl" lang="ar">|</div>')

NEVER = {"image", "code_inline", "fence", "code_block", "em_open", "s_open", "ordered_list_open"}


def _tokens(text: str) -> list[Token]:
    """Leaves and opening marks, by CommonMark with GitHub's tables and strikes."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [leaf for token in parser.parse(text) for leaf in (token, *(token.children or ()))]


def _inlines(text: str) -> list[str]:
    """The text of each paragraph, heading and cell."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    leaves = (token.children for token in parser.parse(text) if token.type == "inline")
    return ["".join(leaf.content for leaf in inside or () if leaf.type == "text") for inside in leaves]


def _read(document: Document) -> str:
    return render_markdown(document).decode()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_sentence_stands_in_order_before_its_mark(name: str) -> None:
    rest = "\n".join(_inlines(_read(DOCUMENTS[name])))
    for sentence in prepare(DOCUMENTS[name]).document.sentences:
        for words in (sentence.text, sentence.sentence_id):
            _, found, rest = rest.partition(words)
            assert found == words


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_text_becomes_markup(name: str) -> None:
    for token in _tokens(_read(DOCUMENTS[name])):
        assert token.type not in {
            "image",
            "code_inline",
            "fence",
            "code_block",
            "em_open",
            "s_open",
            "ordered_list_open",
        }
        if token.type in {"html_inline", "html_block"}:
            assert OURS.sub("", token.content).strip() == ""
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith("#")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_mark_leads_to_the_trail_and_back(name: str) -> None:
    text = _read(DOCUMENTS[name])
    ids = re.findall(r'<a id="([^"]+)">', text)
    assert len(ids) == len(set(ids))
    targets = [str(token.attrs["href"])[1:] for token in _tokens(text) if token.type == "link_open"]
    assert set(targets) <= set(ids)
    assert len(targets) == 2 * len(DOCUMENTS[name].sentences)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_and_tables_are_what_they_are(name: str) -> None:
    prepared = prepare(DOCUMENTS[name])
    tokens = _tokens(_read(DOCUMENTS[name]))
    levels = [token.tag for token in tokens if token.type == "heading_open"]
    given = [f"h{block.level + 1}" for block in prepared.document.blocks if isinstance(block, Heading)]
    assert levels == ["h1", *given, "h2", "h2"]
    assert [token.type for token in tokens].count("table_open") == 1


@pytest.mark.parametrize("line", ["20170401. It was", "1) It was", "- It was", "= x", "# x", "    x", "www.d.example"])
def test_a_sentence_that_looks_like_a_list_or_a_heading_is_a_sentence(line: str) -> None:
    assert _inlines(escaped(visible(line))) == [visible(line)]


def test_cells_hold_their_texts() -> None:
    shown = [visible(text) for text in HOSTILE]
    assert "\n".join(shown) in "\n".join(_inlines(_read(hostile_document())))


def test_a_draft_says_so_first_and_marks_stand_in_words() -> None:
    inlines = _inlines(_read(example_document()))
    assert inlines[1] == "Draft, not for publication · Public edition · As of 30 June 2017"
    assert any("[Marked in this draft: the number no longer agrees; finding not reviewed]" in one for one in inlines)
    assert "Draft" not in _read(example_document(is_draft=False))


def test_pictures_stand_in_words() -> None:
    assert "Two bars: nine in April, four in May." in _inlines(_read(example_document()))


def test_what_is_written_from_the_right_says_so() -> None:
    text = _read(example_document("ar"))
    assert text.startswith('<div dir="rtl" lang="ar">\n\n# ')
    assert text.endswith("\n\n</div>\n")
    assert "<div" not in _read(example_document())


def test_a_site_s_own_templates_find_nothing_to_fill_in() -> None:
    assert not re.search(r"\{\{|\{%|\$\{", _read(hostile_document()))


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x20), min_size=1))
def test_any_line_is_read_back_as_it_was(line: str) -> None:
    shown = visible(line)
    assert "".join(_inlines(escaped(shown))) == shown
