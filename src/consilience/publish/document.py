"""A publication before it has a form: headings, sentences with their support, tables, pictures.

HTML, PDF, DOCX and Markdown are made from this alone, so they say the same. Every text here is final: numbers and
names were put in when the document was built, from findings. Nothing here knows a clock, a case or a format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Direction = Literal["ltr", "rtl"]

LABELS: Mapping[str, str] = MappingProxyType({
    "draft": "Draft, not for publication",
    "profile": "Public edition",
    "as_of": "As of 30 June 2017",
    "made_with": "Made with Consilience 0.1.0",
    "contents": "Contents",
    "page": "Page {page} of {pages}",
    "marker": "What sentence {sentence} rests on",
    "flag": "Marked in this draft",
    "flag_count": "Sentences below that are marked in this draft: {n}",
    "trail": "What each sentence rests on",
    "names": "What the names stand for",
    "no_support": "Nothing is named",
})  # fmt: skip
"""Each label that a form needs, with an example. "profile", "as_of" and "made_with" are final texts of this document
("as_of" is "" where the case has none); "page", "marker" and "flag_count" keep their places in braces; none has other
markup."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement, not empty. `support` names what it rests on: finding paths ("I07/attribution") and evidence ids,
    sorted. Readers see `sentence_id` (a short one, unique in the document) and may cite it.

    `flags` are what a draft marks in place (no support, a number that no longer agrees, a finding not reviewed, a row
    no longer claimed), in words of the document's language; a document to be released has none. `is_free`: it holds
    words that somebody wrote for this case, beside those that every report has.
    """

    sentence_id: str
    text: str
    support: tuple[str, ...]
    flags: tuple[str, ...] = ()
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `anchor` is unique in the document (a letter, then letters, digits, "-", "_", ".").
    `is_free` as of a sentence."""

    level: int
    text: str
    anchor: str
    is_free: bool = False


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
    """A drawing made with `publish.svg`, what it shows in words, and a caption.

    `is_beside`: it stands beside the picture before it, below others that do, where the form is wide enough for two.
    Its colours are attributes, or classes that `templates/pictures.css` names; no script, style or outside reference.
    A link to an anchor that this document lacks is drawn without being one.
    """

    svg: str
    alternative: str
    caption: Sentence
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next heading starts on a new page, where the form has pages."""


Block = Heading | Paragraph | Grid | Picture | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """One publication in one language.

    `language` is an ISO 639-1 code; `profile` "public", "partner" or "court", or "letter"; `as_of` the only today, ISO
    8601, or None; a draft says so on every page; `trail` explains each name that occurs in a `support`, in words;
    `labels` are the words that forms need, one for each of LABELS. A letter is not traced: its paper forms show no ids
    of sentences and nothing of what they rest on, since it goes to whom it accuses.
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
    labels: tuple[tuple[str, str], ...]
    is_traced: bool = True

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
