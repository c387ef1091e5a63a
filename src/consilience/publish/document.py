"""A publication before it has a form: headings, sentences with their support, tables, pictures.

HTML, PDF, DOCX and Markdown are made from this alone, so they say the same. Every text here is final: numbers and
names were put in when the document was built, from findings. Nothing here knows a clock, a case or a format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement. `support` names what it rests on: finding paths ("I07/attribution") and evidence ids, sorted.

    `flags` are what a draft marks in place (no support, a number that no longer agrees, a finding not reviewed, a row
    no longer claimed); a document to be released has none.
    """

    sentence_id: str
    text: str
    support: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `anchor` is unique in the document and may be linked to."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that stand together; `style` is "body", "quote" or "note"."""

    sentences: tuple[Sentence, ...]
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a caption, the names of columns, and rows of as many cells. `numeric` columns are set right."""

    caption: Sentence
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG of its own (no script, no outside reference), what it shows in words, and a caption."""

    svg: str
    alternative: str
    caption: Sentence


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page, where the form has pages."""


Block = Heading | Paragraph | Grid | Picture | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """One publication in one language.

    `language` is an ISO 639-1 code; `profile` "public", "partner" or "court"; `as_of` the only today, ISO 8601, or
    None; a `draft` says so on every page; `trail` explains each name that occurs in a `support`, in words.
    """

    title: str
    subtitle: str
    language: str
    direction: Direction
    profile: str
    is_draft: bool
    as_of: str | None
    version: str
    blocks: tuple[Block, ...]
    trail: tuple[tuple[str, str], ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence, in reading order, captions included."""
        found: list[Sentence] = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                found += block.sentences
            elif isinstance(block, Grid | Picture):
                found.append(block.caption)
        return tuple(found)
