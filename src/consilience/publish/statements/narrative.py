"""The analysts' prose: Markdown with references, turned into sentences that carry what their references rest on.

What is understood: headings (`#` to `###`), paragraphs, quotations (`>`), and blocks that rest on something else than
findings: `:::background source="…"` and `:::opinion by="…"`, ended by `:::`. Anything else is an error with file, line
and column. docs/formats/report-format.md tells authors the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from consilience.errors import ProseInvalid
from consilience.publish.anchors import anchor
from consilience.publish.document import Heading, Paragraph, Sentence
from consilience.publish.statements.frame import Frame
from consilience.publish.statements.references import (
    NoLongerClaimed,
    Reference,
    Resolved,
    Unresolved,
    parse_reference,
    resolve,
)
from consilience.quantities import digest_bytes

_REFERENCE = re.compile(r"\{\{(.*?)\}\}")
_HEADING = re.compile(r"(#{1,3}) +(.+)")
_FENCE = re.compile(r':::(background) +source="([^"]+)"|:::(opinion) +by="([^"]+)"')
_NOT_USED = re.compile(r"\s*([-*+] |\d+[.)] |\||<|```|!\[|---|===|#{4})")
_INLINE = re.compile(r"\*\*|__|`|\]\(|<[a-zA-Z/]")
_END = re.compile(r"[.!?؟…][\"”»)\]]*\s+")
_SHORT = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|No|St|Gen|Col|approx|ca|cf|e\.g|i\.e|vs|p|pp)|\b[A-Z]|^د)\.\s*$")
"""Words whose full stop ends no sentence. One that is missing here splits a sentence, which hides nothing."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A file of prose: its name below the case folder, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A reference in prose: where it stands, as written, what it says and what that rests on."""

    where: str
    written: str
    text: str
    support: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """JSON values."""
        return {"where": self.where, "reference": self.written, "says": self.text, "rests_on": list(self.support)}


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    column: int
    text: str
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class _Passage:
    """Lines that belong together: a heading, or a paragraph with its style and what else it may rest on."""

    level: int
    style: str
    rests_on: str | None
    may_count: bool
    lines: tuple[_Line, ...]


def narrative(frame: Frame, prose: Prose) -> tuple[Heading | Paragraph, ...]:
    """The file's blocks in order. ProseInvalid with every place that can't be used."""
    problems: list[str] = []
    passages = list(_passages(prose, problems))
    reader = _Reader(frame, prose, problems)
    blocks = tuple(block for passage in passages for block in reader.blocks(passage))
    if problems:
        shown = "\n  ".join(problems)
        raise ProseInvalid(
            f"this prose can't be used in {len(problems)} places:\n  {shown}", where=prose.name,
            remedy="Mend them; each line says what is possible there.",
        )  # fmt: skip
    return blocks


def references_in(frame: Frame, prose: Prose) -> tuple[Looked, ...]:
    """Every reference of a file with what it says and rests on. ProseInvalid as `narrative`."""
    narrative(frame, prose)
    found = []
    for number, line in enumerate(prose.text.splitlines(), 1):
        for match in _REFERENCE.finditer(line):
            said = _resolved(frame, parse_reference(match[1]))
            found.append(Looked(f"{prose.name}:{number}:{match.start() + 1}", match[0], said.text, said.support))
    return tuple(found)


def _passages(prose: Prose, problems: list[str]) -> Iterator[_Passage]:
    lines: list[_Line] = []
    style, rests_on, may_count, fence = "body", None, False, 0
    for number, raw in enumerate([*prose.text.splitlines(), ""], 1):
        heading, opened = _HEADING.fullmatch(raw.rstrip()), _FENCE.fullmatch(raw.strip())
        line = _Line(number, 1, raw)
        quoted = raw.startswith("> ")
        if lines and (not raw.strip() or heading or raw.startswith(":::") or quoted != lines[0].is_quoted):
            yield _Passage(0, "quote" if lines[0].is_quoted else style, rests_on, may_count, tuple(lines))
            lines = []
        if heading:
            yield _Passage(len(heading[1]), "", None, False, (_Line(number, len(heading[1]) + 2, heading[2]),))
        elif opened:
            said = opened[2] or opened[4]
            style, may_count, fence = "note", bool(opened[1]), number
            rests_on = f"{'cited' if opened[1] else 'opinion'}/{said}"
        elif raw.strip() == ":::" and fence:
            style, rests_on, may_count, fence = "body", None, False, 0
        elif raw.startswith(":::") or _NOT_USED.match(raw):
            problems.append(f'{prose.name}:{number}:1: not used here; possible: headings (#, ##, ###), paragraphs, '
                            f'"> " quotations, :::background source="…", :::opinion by="…"')  # fmt: skip
        elif raw.strip():
            lines.append(_Line(number, 3, raw[2:], is_quoted=True) if quoted else line)
    if fence:
        problems.append(f"{prose.name}:{fence}:1: this block has no end; write ::: on a line of its own")


class _Reader:
    """Turns the passages of one file into blocks; keeps its problems and the ids it has given."""

    def __init__(self, frame: Frame, prose: Prose, problems: list[str]) -> None:
        self._frame, self._prose, self._problems = frame, prose, problems
        self._given: dict[str, int] = {}
        self._stem = prose.name.rsplit("/", 1)[-1].split(".")[0]

    def blocks(self, passage: _Passage) -> Iterable[Heading | Paragraph]:
        """A heading, or a paragraph of sentences."""
        text, places = _joined(passage.lines)
        if inline := _INLINE.search(_masked(text)):
            self._problem(places[inline.start()], f"{inline[0]!r} is not used here: no form would carry it")
        said = list(self._said(text, places))
        if passage.level:
            yield self._heading(passage, text, said, places)
            yield from self._marked_heading(passage, said)
            return
        cuts = [0, *_sentence_ends(_masked(text)), len(text)]
        spans = [(start, end) for start, end in pairwise(cuts) if text[start:end].strip()]
        yield Paragraph(tuple(self._sentence(passage, text, span, said, places) for span in spans), passage.style)

    def _said(self, text: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, Resolved, str | None]]:
        """Each reference: where it begins and ends, what it says, and what its author saw."""
        for match in _REFERENCE.finditer(text):
            try:
                reference = parse_reference(match[1])
                yield match.start(), match.end(), _resolved(self._frame, reference), reference.was
            except Unresolved as err:
                self._problem(places[match.start()], f"{match[0]}: {err}")
        for match in re.finditer(r"\{\{|\}\}", _REFERENCE.sub(lambda found: " " * len(found[0]), text)):
            self._problem(places[match.start()], "braces that are not closed on the same line, or not opened")

    def _heading(
        self, passage: _Passage, text: str, said: Sequence[tuple[int, int, Resolved, str | None]],
        places: Sequence[tuple[int, int]],
    ) -> Heading:  # fmt: skip
        if digit := re.search(r"\d", _masked(text)):
            self._problem(places[digit.start()], "a number typed in a heading; let a reference say it")
        words = "".join(_filled(text, (0, len(text)), said)).strip()
        return Heading(passage.level, words, anchor("n", self._stem, str(passage.lines[0].number)), is_free=True)

    def _marked_heading(
        self, passage: _Passage, said: Sequence[tuple[int, int, Resolved, str | None]]
    ) -> Iterator[Paragraph]:
        """A heading bears no mark, so what is gone from it is said in a note below."""
        gone = [one[2].gone for one in said if one[2].gone]
        if gone:
            support = [name for one in said for name in one[2].support]
            written, names = passage.lines[0].text.strip(), self._frame.words.label("comma").join(gone)
            text, flag = (self._frame.words.label(key, names=names) for key in ("heading_names_gone", "flag_gone"))
            yield Paragraph((self._frame.sentence(self._id(written), text, support, (flag,)),), "note")

    def _sentence(
        self, passage: _Passage, text: str, span: tuple[int, int],
        said: Sequence[tuple[int, int, Resolved, str | None]], places: Sequence[tuple[int, int]],
    ) -> Sentence:  # fmt: skip
        inside = [one for one in said if span[0] <= one[0] < span[1]]
        natures = {one[2].nature for one in inside}
        if {"likelihood", "confidence"} <= natures:
            self._problem(places[inside[0][0]], "a likelihood and a grade of confidence in one sentence; make it two")
        typed = "".join(part for part in _typed(text, span, inside))
        support = [name for one in inside for name in one[2].support]
        if passage.rests_on:
            support.append(passage.rests_on)
        flags = [*self._number_flags(typed, passage), *self._party_flags(typed, natures, passage)]
        for _, _, resolved, was in inside:
            if resolved.gone:
                flags.append(self._frame.words.label("flag_gone", names=self._frame.words.foreign(resolved.gone)))
            elif was is not None and was != resolved.text:
                flags.append(self._frame.words.label("flag_disagrees", was=was, now=resolved.text))
        shown = "".join(_filled(text, span, inside)).strip()
        sentence = self._frame.sentence(self._id(text[span[0] : span[1]].strip()), shown, support, flags)
        return replace(sentence, is_free=bool(re.search(r"[^\W\d_]", typed)))

    def _number_flags(self, typed: str, passage: _Passage) -> list[str]:
        if passage.may_count:
            return []
        numbers = re.findall(r"\d[\d.,:]*", typed)
        return [self._frame.words.label("flag_typed_number", number=number.rstrip(".,:")) for number in numbers]

    def _party_flags(self, typed: str, natures: set[str], passage: _Passage) -> list[str]:
        """Parties named in prose without a reference that says who did it."""
        if passage.rests_on or "party" in natures:
            return []
        settings, words = self._frame.case.settings, self._frame.words
        names = {name for party in settings.parties for name in (party, settings.label_of(party), words.party(party))}
        found = sorted(name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", typed, re.IGNORECASE))
        return [words.label("flag_typed_party", party=name) for name in found]

    def _id(self, written: str) -> str:
        """From the sentence as written: it stays when others come or go, and changes when the sentence does."""
        mark = digest_bytes(written.encode()).removeprefix("sha256:")[:6]
        self._given[mark] = self._given.get(mark, 0) + 1
        again = "" if self._given[mark] == 1 else f"-{self._given[mark]}"
        return f"{self._stem}/{mark}{again}"

    def _problem(self, place: tuple[int, int], what: str) -> None:
        self._problems.append(f"{self._prose.name}:{place[0]}:{place[1]}: {what}")


def _resolved(frame: Frame, reference: Reference) -> Resolved:
    """What a reference says; of something that is no longer claimed what its author saw, else its name in brackets."""
    try:
        return resolve(frame, reference)
    except NoLongerClaimed as err:
        return Resolved(reference.was or f"[{err.name}]", (), gone=err.name)


def _joined(lines: Sequence[_Line]) -> tuple[str, list[tuple[int, int]]]:
    """The text of the lines as one, and for each character of it its line and column."""
    text, places = "", []
    for line in lines:
        kept = line.text.rstrip()
        text += kept + " "
        places += [(line.number, line.column + at) for at in range(len(kept) + 1)]
    return text.rstrip(), places


def _masked(text: str) -> str:
    """References blotted out, so that no full stop or digit in one counts."""
    return _REFERENCE.sub(lambda found: "\x00" * len(found[0]), text)


def _sentence_ends(masked: str) -> list[int]:
    return [end.end() for end in _END.finditer(masked) if not _SHORT.search(masked[: end.end()])]


def _typed(text: str, span: tuple[int, int], inside: Sequence[tuple[int, int, Resolved, str | None]]) -> Iterator[str]:
    at = span[0]
    for start, end, _, _ in inside:
        yield text[at:start] + " "
        at = end
    yield text[at : span[1]]


def _filled(text: str, span: tuple[int, int], inside: Sequence[tuple[int, int, Resolved, str | None]]) -> Iterator[str]:
    at = span[0]
    for start, end, resolved, _ in inside:
        yield text[at:start] + resolved.text
        at = end
    yield text[at : span[1]]
