"""A document that keeps its promises, ready for any form: texts visible, ids unique, every name explained."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from consilience.errors import PublishError
from consilience.publish.anchors import anchor
from consilience.publish.document import (
    LABELS,
    Block,
    Direction,
    Document,
    Grid,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Sentence,
)
from consilience.publish.forms.brief_marks import BriefMarks, brief_marks
from consilience.publish.forms.visible_text import isolated, reads, visible

_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_STYLES = ("body", "quote", "note")

NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""The date in the properties of a document that has none: PDF/A demands one, and ZIP knows none before this."""

MOST_CONTENTS = 90
"""Headings that contents of two levels may have, two pages of them: our choice. A PDF's outline has every heading."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document whose texts are visible, its labels and its trail by name, and the anchor of each sentence.

    `brief` are the marks that a draft says once under a heading (`brief_marks`).
    """

    document: Document
    labels: Mapping[str, str]
    words: Mapping[str, str]
    anchors: Mapping[str, str]
    brief: BriefMarks

    def marker_words(self, sentence: Sentence) -> str:
        """What leads to a sentence's trail, in words: "What sentence s12 rests on"."""
        return self.labels["marker"].replace("{sentence}", sentence.sentence_id)

    def reads(self, text: str) -> Direction:
        """How a text of this document is to be read."""
        return reads(text, self.document.direction)

    def isolated(self, text: str) -> str:
        """A text of this document, between isolates where it reads the other way."""
        return isolated(text, self.document.direction)

    def flag_words(self, sentence: Sentence) -> str:
        """ "[Marked in this draft: no support; …]", "[!2]" where its heading says the words, or "" where nothing is."""
        if number := self.brief.number_of.get(sentence.sentence_id):
            return f"[!{number}]"
        return f"[{self.labels['flag']}: {'; '.join(sentence.flags)}]" if sentence.flags else ""

    def marks_under(self, heading: Heading) -> str:
        """How many sentences up to the next heading are marked and what for, where their marks are numbers; else ""."""
        brief = self.brief.under.get(heading.anchor)
        if brief is None:
            return ""
        counted = self.labels["flag_count"].replace("{n}", str(len(brief.marked)))
        return f"[{counted}. {brief.says()}]"

    def support_words(self, sentence: Sentence) -> str:
        """The names that a sentence rests on, in one line."""
        return ", ".join(sentence.support) or self.labels["no_support"]

    @property
    def marks(self) -> tuple[str, ...]:
        """What stands on every page: draft, profile and date, as far as there is one."""
        draft = self.labels["draft"] if self.document.is_draft else ""
        return tuple(mark for mark in (draft, self.labels["profile"], self.labels["as_of"]) if mark)

    @property
    def at(self) -> datetime:
        """The first moment (UTC) of the day as of which the document stands: the only time that goes into a file."""
        as_of = self.document.as_of
        return NO_DATE if as_of is None else datetime.combine(date.fromisoformat(as_of[:10]), time(), tzinfo=UTC)

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings of the upper two levels, in a long document of the first; none where there is but one, and none
        in a letter.
        """
        if not self.document.is_traced:
            return ()
        headings = [block for block in self.document.blocks if isinstance(block, Heading) and block.level <= 2]
        if len(headings) > MOST_CONTENTS:
            headings = [heading for heading in headings if heading.level == 1]
        return tuple(headings) if len(headings) > 1 else ()

    @property
    def contents_at(self) -> int:
        """Before which block the contents stand: after the first chapter, which is what a reader opens a report for."""
        blocks = self.document.blocks
        chapters = [place for place, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 1]
        return chapters[1] if len(chapters) > 1 else 0

    @property
    def picture_rows(self) -> dict[int, int]:
        """The places of the first and the last block of each row of pictures that stand beside each other. A picture
        that would stand beside one that is not there begins a row, or stands alone."""
        rows: dict[int, int] = {}
        first: int | None = None
        for place, block in enumerate(self.document.blocks):
            if not isinstance(block, Picture):
                first = None
            elif first is None or not block.is_beside:
                first = place
            else:
                rows[first] = place
        return rows


def prepare(document: Document) -> Prepared:
    """The document with its texts made visible; PublishError where it breaks a promise of its own."""
    shown = _visible_document(document)
    anchors = {sentence.sentence_id: anchor("s", sentence.sentence_id) for sentence in shown.sentences}
    prepared = Prepared(shown, dict(shown.labels), dict(shown.trail), anchors, brief_marks(shown))
    _demand(_broken_promises(prepared))
    return prepared


def _demand(broken: Iterable[str]) -> None:
    if first := next(iter(broken), None):
        raise PublishError(f"this document can't be given a form: {first}", remedy="Report this as a defect of ours.")


def _broken_promises(prepared: Prepared) -> Iterable[str]:
    document = prepared.document
    if _LANGUAGE.fullmatch(document.language) is None:
        yield f"its language {document.language!r} is no code of ISO 639"
    if document.as_of is not None and not _begins_with_a_day(document.as_of):
        yield f"its date {document.as_of!r} does not begin with a day"
    for key in LABELS:
        if key not in prepared.labels or (not prepared.labels[key] and key != "as_of"):
            yield f"it has no word for {key!r}"
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    for heading in headings:
        if not 1 <= heading.level <= 4 or _ANCHOR.fullmatch(heading.anchor) is None:
            yield f"the heading {heading.text!r} has level {heading.level} and anchor {heading.anchor!r}"
    ids = [sentence.sentence_id for sentence in document.sentences]
    explained = [name for name, _ in document.trail]
    for named in (ids, [heading.anchor for heading in headings], explained):
        for name, count in Counter(named).items():
            if count > 1:
                yield f"{name!r} names {count} things"
    for taken in {heading.anchor for heading in headings} & set(prepared.anchors.values()):
        yield f"the anchor {taken!r} is a sentence's"
    for sentence in document.sentences:
        yield from _broken_by_sentence(sentence, prepared)
    for block in document.blocks:
        yield from _broken_by_block(block)


def _begins_with_a_day(as_of: str) -> bool:
    try:
        date.fromisoformat(as_of[:10])
    except ValueError:
        return False
    return True


def _broken_by_sentence(sentence: Sentence, prepared: Prepared) -> Iterable[str]:
    if not sentence.text or not sentence.sentence_id:
        yield f"sentence {sentence.sentence_id!r} is empty"
    for name in sentence.support:
        if not prepared.words.get(name):
            yield f"sentence {sentence.sentence_id!r} rests on {name!r}, which its trail does not explain"
    if sentence.flags and not prepared.document.is_draft:
        yield f"it is to be released, and sentence {sentence.sentence_id!r} is marked: {'; '.join(sentence.flags)}"


def _broken_by_block(block: Block) -> Iterable[str]:
    if isinstance(block, Paragraph) and block.style not in _STYLES:
        yield f"a paragraph has the style {block.style!r}"
    if isinstance(block, Picture) and not block.alternative:
        yield f"the picture {block.caption.sentence_id!r} has no words"
    if isinstance(block, Grid):
        width = len(block.header)
        if width == 0 or any(len(row) != width for row in block.rows) or any(not 0 <= n < width for n in block.numeric):
            yield f"the table {block.caption.sentence_id!r} has rows or columns that its header does not name"


def _visible_document(document: Document) -> Document:
    return replace(
        document,
        title=visible(document.title),
        subtitle=visible(document.subtitle),
        profile=visible(document.profile),
        version=visible(document.version),
        blocks=tuple(_visible_block(block) for block in document.blocks),
        trail=_visible_pairs(document.trail),
        labels=_visible_pairs(document.labels),
    )


def _visible_pairs(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((visible(key), visible(words)) for key, words in pairs)


def _visible_block(block: Block) -> Block:
    match block:
        case Heading():
            return replace(block, text=visible(block.text))
        case Paragraph():
            return replace(block, sentences=tuple(_visible_sentence(one) for one in block.sentences))
        case Grid():
            return replace(
                block,
                caption=_visible_sentence(block.caption),
                header=_visible_row(block.header),
                rows=tuple(_visible_row(row) for row in block.rows),
            )
        case Picture():
            return replace(block, alternative=visible(block.alternative), caption=_visible_sentence(block.caption))
        case PageBreak():
            return block


def _visible_row(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(visible(cell) for cell in row)


def _visible_sentence(sentence: Sentence) -> Sentence:
    return Sentence(
        visible(sentence.sentence_id),
        visible(sentence.text),
        _visible_row(sentence.support),
        _visible_row(sentence.flags),
    )
