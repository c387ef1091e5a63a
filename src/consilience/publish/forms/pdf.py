"""PDF/A-2b, tagged, on A4: set by typst in a child process, with our fonts and the case's own date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from consilience.publish.document import Block, Document, Grid, Heading, PageBreak, Paragraph, Picture, Sentence
from consilience.publish.forms.pictures import floats, paper_picture
from consilience.publish.forms.prepared import Prepared, prepare
from consilience.publish.forms.typesetting import Given, typeset

_MOST_MEASURED = 1_000
"""Rows of a table whose columns are as wide as their cells need."""
_NARROWEST, _WIDEST = 6.0, 60.0
"""Characters: a column that is often empty still bears its name, and one of sentences leaves room for the others."""
_LINE, _SMALL_LINE, _MOST_LARGE = 105, 122, 5
"""Characters that a page's width has room for in a table, measured on the April case: at 8.5 points, and at 7.5, in
which publication.typ sets tables of more columns than the third."""
_LONGEST_WORD = 18
"""Beyond it a word is broken in its cell."""
_PADDING = 2
"""Characters that a cell's insets take."""
_MOST_LINKS = 40_000
"""Sentences whose marks are links. Beyond it they are ids to look up: 30,000 linked ones took 1.2 GB, else 0.7."""


def render_pdf(document: Document) -> bytes:
    """The document as PDF. PublishError where it breaks a promise of its own, or typst does not come back.

    Its texts reach typst as data, never as markup. A letter that the bundled fonts lack (they have Latin, Greek,
    Cyrillic, Arabic and common signs) stands as its number, "[U+1F3E5]".
    """
    prepared = prepare(document)
    return typeset(_given(prepared), timestamp=int(prepared.at.timestamp()))


def _given(prepared: Prepared) -> Given:
    document, at, entries = prepared.document, prepared.at, _groups(prepared)
    groups = {sentence_id: entry["anchor"] for entry in entries for sentence_id in entry["ids"]}
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "direction": document.direction,
        "is_draft": document.is_draft,
        "date": [at.year, at.month, at.day],
        "labels": prepared.labels,
        "marks": prepared.marks,
        "is_traced": document.is_traced,
        "is_linked": len(document.sentences) <= _MOST_LINKS,
        "parts": _parts(prepared, groups),
        "entries": entries,
        "names": [_isolated(pair, prepared) for pair in document.trail],
    }


def _parts(prepared: Prepared, groups: Mapping[str, str]) -> list[Given]:
    """What stands on the pages, in order: the contents in their place, pictures that stand beside another within it."""
    parts: list[Given] = []
    rows, in_row = prepared.picture_rows, -1
    for place, block in enumerate(prepared.document.blocks):
        if place == prepared.contents_at and prepared.contents:
            parts.append({"kind": "contents", "depth": max(heading.level for heading in prepared.contents)})
        part = _part(block, prepared, groups)
        if place <= in_row:
            parts[-1]["beside"].append(part)
        else:
            parts.append(part)
        in_row = rows.get(place, in_row)
    return parts


def _part(block: Block, prepared: Prepared, groups: Mapping[str, str]) -> Given:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.text, "anchor": block.anchor,
                    "flags": prepared.marks_under(block)}  # fmt: skip
        case Paragraph():
            sentences = [_sentence(one, prepared, groups) for one in block.sentences]
            return {"kind": "paragraph", "style": block.style, "sentences": sentences}
        case Grid():
            caption = _sentence(block.caption, prepared, groups)
            return {"kind": "grid", "caption": caption, "header": _isolated(block.header, prepared),
                    "rows": [_isolated(row, prepared) for row in block.rows], "numeric": block.numeric,
                    "widths": _widths(block)}  # fmt: skip
        case Picture():
            svg, width = paper_picture(block)
            return {"kind": "picture", "caption": _sentence(block.caption, prepared, groups), "svg": svg, "beside": [],
                    "width": width, "floats": floats(block), "alternative": block.alternative}  # fmt: skip
        case PageBreak():
            return {"kind": "page"}


def _widths(grid: Grid) -> list[float]:
    """How the columns of a table share the page's width. Empty: each as its cells need, where all have room.

    Where they have not: each its longest word, and what is left by what their longest texts lack; typst would give
    each the same. In a long table as their mean lengths do: to measure each cell of 10,000 rows took 2.3 GB and 38 s,
    and this 1.2 and 15.
    """
    if len(grid.rows) <= _MOST_MEASURED:
        return _shared([grid.header, *grid.rows])
    lengths = [sum(map(len, column)) / len(grid.rows) for column in zip(*grid.rows, strict=True)]
    return [min(max(length, _NARROWEST), _WIDEST) for length in lengths]


def _shared(rows: Sequence[Sequence[str]]) -> list[float]:
    """The widths of columns in characters; empty where every text has room on its line."""
    columns = list(zip(*rows, strict=True))
    longest = [max(map(len, column)) for column in columns]
    line = _LINE if len(columns) <= _MOST_LARGE else _SMALL_LINE
    if sum(longest) + _PADDING * len(columns) <= line:
        return []
    words = [max((len(word) for text in column for word in text.split()), default=0) for column in columns]
    least = [min(length, _LONGEST_WORD) for length in words]
    lacking = [min(length, _WIDEST) - room for length, room in zip(longest, least, strict=True)]
    rest = max(line - sum(least) - _PADDING * len(columns), 0)
    shares = (rest * max(lack, 0) / max(sum(lacking), 1) for lack in lacking)
    return [room + _PADDING + share for room, share in zip(least, shares, strict=True)]


def _isolated(texts: Sequence[str], prepared: Prepared) -> list[str]:
    return [prepared.isolated(text) for text in texts]


def _sentence(sentence: Sentence, prepared: Prepared, groups: Mapping[str, str]) -> Given:
    own = sentence.sentence_id
    return {
        "id": own,
        "trail": groups[own],
        "text": prepared.isolated(sentence.text),
        "flags": prepared.flag_words(sentence),
    }


def _groups(prepared: Prepared) -> list[Given]:
    """The appendix that marks lead to: sentences that follow each other and rest on the same, in one entry.

    One for each sentence, as a row that leads back to it, took 1.5 GB for 6,000 sentences; this takes 0.3.
    """
    runs = groupby(prepared.document.sentences, key=lambda sentence: sentence.support)
    return [_group(list(run), prepared) for _, run in runs]


def _group(sentences: Sequence[Sentence], prepared: Prepared) -> Given:
    ids = [sentence.sentence_id for sentence in sentences]
    said, support = prepared.isolated(", ".join(ids)), prepared.support_words(sentences[0])
    return {"anchor": f"t-{prepared.anchors[ids[0]]}", "ids": ids, "said": said, "support": support}
