"""GitHub-flavoured Markdown: every sentence ends in the mark that leads to what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from consilience.publish.document import Block, Document, Grid, Heading, PageBreak, Paragraph, Picture, Sentence
from consilience.publish.forms.prepared import Prepared, prepare

_SPECIAL = re.compile(
    r"[\\`*_{}\[\]<>#|~&$@]"  # what CommonMark 0.31 and GitHub's tables, strikes, formulas and names begin with
    r"|^[-+=]"  # lists and rules
    r"|(?<=\bwww)\.|:(?=//)|:(?=[\w+-]+:)|:(?=\S*@)"  # addresses that GitHub links, and its pictures (:name:)
)
"""Where a mark may mean something."""

_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
"""What begins a numbered list."""

_AS_ENTITIES = frozenset("&<>{}$@:")
"""Marks that HTML or a site's own templates read before Markdown does."""


def render_markdown(document: Document) -> bytes:
    """The document as Markdown. PublishError where it breaks a promise of its own.

    No text of it can become markup or HTML. A language written from right to left says so in a `<div dir="rtl">`, the
    one HTML in it besides anchors. Pictures stand in words: a text file carries no drawing.
    """
    prepared = prepare(document)
    parts = [_head(prepared), *(_block(block, prepared) for block in prepared.document.blocks), *_trail(prepared)]
    body = "\n\n".join(part for part in parts if part)
    if document.direction == "rtl":
        body = f'<div dir="rtl" lang="{document.language}">\n\n{body}\n\n</div>'
    return f"{body}\n".encode()


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands."""
    marked = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};" if found[0] in _AS_ENTITIES else f"\\{found[0]}", text)
    return _NUMBERED.sub(r"\1\\\2", marked)


def _head(prepared: Prepared) -> str:
    document = prepared.document
    marks = " · ".join(escaped(mark) for mark in prepared.marks)
    head = f"# {escaped(document.title)}\n\n**{marks}**"
    return f"{head}\n\n{escaped(document.subtitle)}" if document.subtitle else head


def _block(block: Block, prepared: Prepared) -> str:
    match block:
        case Heading():
            head = f'<a id="{block.anchor}"></a>\n\n{"#" * (block.level + 1)} {escaped(block.text)}'
            return f"{head}\n\n**{escaped(marks)}**" if (marks := prepared.marks_under(block)) else head
        case Paragraph():
            said = " ".join(_sentence(sentence, prepared) for sentence in block.sentences)
            return f"> {said}" if block.style == "quote" else said
        case Grid():
            return f"{_sentence(block.caption, prepared)}\n\n{_table(block)}"
        case Picture():
            return f"{_sentence(block.caption, prepared)}\n\n> {escaped(block.alternative)}"
        case PageBreak():
            return "---"


def _sentence(sentence: Sentence, prepared: Prepared) -> str:
    """The sentence, what a draft marks in it, and its mark, which leads to the trail and is led back to."""
    anchor = prepared.anchors[sentence.sentence_id]
    flag = f" **{escaped(flags)}**" if (flags := prepared.flag_words(sentence)) else ""
    mark = f'<a id="{anchor}"></a><sup>[{escaped(sentence.sentence_id)}](#t-{anchor})</sup>'
    return f"{escaped(sentence.text)}{flag}{mark}"


def _table(grid: Grid) -> str:
    rule = ("---:" if column in grid.numeric else "---" for column in range(len(grid.header)))
    return "\n".join([_row(grid.header), "| " + " | ".join(rule) + " |", *(_row(row) for row in grid.rows)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def _trail(prepared: Prepared) -> Iterable[str]:
    """What each sentence rests on, then what the names stand for, each name once."""
    labels, document = prepared.labels, prepared.document
    yield f"## {escaped(labels['trail'])}"
    yield "\n".join(
        f'- <a id="t-{anchor}"></a>[{escaped(sentence.sentence_id)}](#{anchor}): '
        f"{escaped(prepared.support_words(sentence))}"
        for sentence in document.sentences
        for anchor in (prepared.anchors[sentence.sentence_id],)
    )
    yield f"## {escaped(labels['names'])}"
    yield "\n".join(f"- **{escaped(name)}**: {escaped(words)}" for name, words in document.trail)
    yield escaped(labels["made_with"])
