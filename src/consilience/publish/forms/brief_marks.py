"""The marks of a draft on its first page: a number at each sentence, and once, under the heading, what each says.

Every sentence of the summary rests on all findings, so until all are reviewed each would repeat the same words, and
nobody could read the page. Each stays marked in its place; what the mark says stands one line further up.
"""

from __future__ import annotations

from collections.abc import Iterator

from consilience.publish.document import Document, Grid, Heading, Paragraph, Picture, Sentence

SUMMARY = "h-summary"
"""The anchor of the heading of the first page (publish/statements/summary.py)."""


def brief_marks(document: Document) -> dict[str, int]:
    """By sentence_id the number of its mark, for each marked sentence of the summary: one number for what says the
    same, from 1 in reading order."""
    numbers: dict[tuple[str, ...], int] = {}
    return {
        sentence.sentence_id: numbers.setdefault(sentence.flags, len(numbers) + 1)
        for sentence in _of_summary(document)
        if sentence.flags
    }


def what_marks_say(document: Document, marks: dict[str, int]) -> str:
    """ "!1: …; !2: …": each number with its words, once."""
    said = {marks[one.sentence_id]: ", ".join(one.flags) for one in document.sentences if one.sentence_id in marks}
    return "; ".join(f"!{number}: {words}" for number, words in sorted(said.items()))


def _of_summary(document: Document) -> Iterator[Sentence]:
    """The sentences from the summary's heading to the next chapter."""
    within = False
    for block in document.blocks:
        match block:
            case Heading(level=1):
                within = block.anchor == SUMMARY
            case Paragraph() if within:
                yield from block.sentences
            case Grid() | Picture() if within:
                yield block.caption
            case _:
                continue
