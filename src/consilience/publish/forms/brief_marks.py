"""The marks of a draft: a number at each sentence, and once, under the heading above it, what each number says.

Until a finding is reviewed every sentence that rests on it is marked with the same words, and where they stood after
each nobody could read the page. Each stays marked in its place; what the mark says stands once, under the heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from consilience.publish.document import Document, Grid, Heading, Paragraph, Picture, Sentence


@dataclass(frozen=True, slots=True)
class Brief:
    """The marks between one heading and the next: a number for each words, and which sentences bear it."""

    numbers: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    marked: tuple[str, ...] = ()

    def says(self) -> str:
        """ "!1: …; !2: …": each number with its words, once."""
        return "; ".join(f"!{number}: {', '.join(flags)}" for flags, number in self.numbers.items())


@dataclass(frozen=True, slots=True)
class BriefMarks:
    """By sentence_id the number of its mark and the anchor of the heading above it; by anchor what stands there."""

    number_of: Mapping[str, int]
    heading_of: Mapping[str, str]
    under: Mapping[str, Brief]


def brief_marks(document: Document) -> BriefMarks:
    """The marks of each stretch between two headings in which words would be said twice: one number for what says the
    same, from 1 in reading order. Elsewhere, and before the first heading, a mark says its words in place.
    """
    number_of: dict[str, int] = {}
    heading_of: dict[str, str] = {}
    under: dict[str, Brief] = {}
    for anchor, sentences in _stretches(document):
        marked = [one for one in sentences if one.flags]
        numbers = {flags: n for n, flags in enumerate(dict.fromkeys(one.flags for one in marked), 1)}
        if len(numbers) == len(marked):
            continue
        number_of |= {one.sentence_id: numbers[one.flags] for one in marked}
        heading_of |= {one.sentence_id: anchor for one in marked}
        under[anchor] = Brief(numbers, tuple(one.sentence_id for one in marked))
    return BriefMarks(number_of, heading_of, under)


def _stretches(document: Document) -> Iterator[tuple[str, list[Sentence]]]:
    """Each heading's anchor with the sentences up to the next one."""
    anchor: str | None = None
    found: list[Sentence] = []
    for block in document.blocks:
        match block:
            case Heading():
                if anchor is not None:
                    yield anchor, found
                anchor, found = block.anchor, []
            case Paragraph():
                found += block.sentences
            case Grid() | Picture():
                found.append(block.caption)
            case _:
                continue
    if anchor is not None:
        yield anchor, found
