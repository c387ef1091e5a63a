"""The leak scan: every byte that would go out, searched for what must not.

It knows what this case must keep (names, contacts, notes, addresses, ids of sources) and what nobody should print
(phones, e-mail addresses, links to persons' accounts, positions finer than allowed, metadata). A hit says which file,
what kind and where, and never repeats the value. It finds what it knows: a description that leads to a person
("the only surgeon of the town") is nothing that a program finds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from consilience.publish.leak_openers import opened
from consilience.publish.leak_pieces import Piece
from consilience.publish.positions_in_text import fine_positions

_WORD: Final = re.compile(r"[^\W_]+")
_ID: Final = re.compile(r"\w[\w.-]*\w")
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that nobody sees: controls, the Arabic stretch, and those that a program may ignore, such as soft hyphens,
joiners, fillers, direction marks and selectors (Default_Ignorable_Code_Point, Unicode 15.1)."""
_PLAINER: Final = {
    code: None if unicodedata.combining(chr(code)) else str(unicodedata.decimal(chr(code)))
    for code in range(0x80, 0x20000)
    if unicodedata.combining(chr(code)) or chr(code).isdecimal()
}
"""Combining marks go; digits of every script become the Western ones."""
_GLUED_LEAST: Final = 8
"""Letters that a name must have before it is also looked for without blanks: shorter ones stand inside other words."""
_MOST_PARTS: Final = 4
"""Words of a name that is looked for in other orders too, and without its initials."""
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE: Final = re.compile(r"(?<![\w.+/-])(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){7,14}(?![\w])")
_LOCAL_PHONE: Final = re.compile(r"(?<![\w.+/-])0\d{2,3}[ /-]?\d{3}[ /-]?\d{3,4}(?![\w.])")
_ACCOUNT: Final = re.compile(
    r"(?:twitter\.com|x\.com|facebook\.com|fb\.com|instagram\.com|t\.me|tiktok\.com|vk\.com|youtube\.com|youtu\.be"
    r"|wa\.me|linkedin\.com|soundcloud\.com|telegram\.me)/[\w@.%-]+",
    re.IGNORECASE,
)
_RESTRICTED: Final = re.compile(
    r"(^|/)(restricted|\.consilience|sealed|privileged)(/|$)|observer_clocks", re.IGNORECASE
)
_MOST_OF_A_KIND: Final = 20
"""Hits of one kind that are listed for one file: more say nothing new."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a publication of this case must not hold, by kind.

    `phrases` are looked for as whole words in that order, or reversed, whatever signs or single letters (initials)
    stand between them, and without blanks where they are long; `ids` of sources as they are written, letter for letter.
    `decimals` is how finely a position may stand, in degrees, and `box` where this case's positions lie (west, south,
    east, north), or None for no such search.
    """

    phrases: Mapping[str, tuple[str, ...]]
    ids: frozenset[str]
    decimals: int
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Something that must not go out: the file, of what kind it is, and where it stands. Never the thing itself."""

    file: str
    kind: str
    where: str

    def __str__(self) -> str:
        return f"{self.file}: {self.kind} ({self.where})"


def scan(files: Mapping[str, bytes], secrets: Secrets) -> tuple[Hit, ...]:
    """Every hit in files given by their relative POSIX path, sorted; none is what a release needs."""
    search = _Search(secrets)
    found: set[Hit] = set()
    for name, data in files.items():
        shown = name if not search.hits(Piece("", name, glued=True)) else "(a file whose name is itself a hit)"
        found |= {
            Hit(shown, f"{kind} in the name of a file", "file name") for kind, _ in search.hits(Piece("", name, True))
        }
        if _RESTRICTED.search(name):
            found.add(Hit(shown, "the restricted class", "file name"))
        seen = opened(name, data)
        found |= {Hit(shown, flaw.kind, flaw.where) for flaw in seen.flaws}
        for piece in seen.pieces:
            found |= {Hit(shown, kind, _joined(piece.where, place)) for kind, place in search.hits(piece)}
    return tuple(sorted(_few_of_each(found)))


def _joined(where: str, place: str) -> str:
    return f"{where}, {place}" if place else where


def _few_of_each(hits: Iterable[Hit]) -> Iterator[Hit]:
    counts: dict[tuple[str, str], int] = {}
    for hit in sorted(hits):
        key = (hit.file, hit.kind)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= _MOST_OF_A_KIND:
            yield hit


class _Search:
    """All that is looked for, prepared once: words by their first, long phrases by their first letters."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._by_first: dict[str, set[tuple[tuple[str, ...], str]]] = {}
        self._glued: dict[str, set[tuple[str, str]]] = {}
        for kind, phrases in secrets.phrases.items():
            for phrase in phrases:
                words = tuple(_WORD.findall(plain(phrase)))
                whole = tuple(word for word in words if not _is_initial(word))
                self._add(kind, words)
                if 1 < len(whole) < len(words) <= _MOST_PARTS:  # a name; words of a note are more
                    self._add(kind, whole)

    def _add(self, kind: str, words: tuple[str, ...]) -> None:
        if not words:
            return
        for order in {words, words[::-1], (*words[-1:], *words[:-1])} if len(words) <= _MOST_PARTS else {words}:
            self._by_first.setdefault(order[0], set()).add((order, kind))
            glued = "".join(order)
            if len(glued) >= _GLUED_LEAST and len(words) > 1:
                self._glued.setdefault(glued[:_GLUED_LEAST], set()).add((glued, kind))

    def hits(self, piece: Piece) -> set[tuple[str, str]]:
        """Kind and place (a line, where lines mean something) of everything that is found in one text."""
        text = plain(piece.text)
        found = {(kind, "") for kind in self._in_glued(text)}
        if not self._secrets.ids.isdisjoint(_ID.findall(_UNSEEN.sub("", piece.text))):
            found.add(("a source's id in this case", ""))
        found |= {(kind, "") for kind in self._in_words(text)}
        if _UNSEEN.search(piece.text):  # a filler may stand for a blank
            found |= {(kind, "") for kind in self._in_words(plain(_UNSEEN.sub(" ", piece.text)))}
        if piece.names_only:
            return found
        for number, line in enumerate(text.split("\n"), 1):
            place = "" if piece.glued else f"line {number}"
            found |= {(kind, place) for kind in _patterns(line)}
        if self._secrets.box is not None and fine_positions(text, self._secrets.box, self._secrets.decimals):
            found.add(("a position finer than this profile allows", ""))
        return found

    def _in_words(self, text: str) -> Iterator[str]:
        words = _WORD.findall(text)
        yield from self._in_row(words)
        without_initials = [word for word in words if not _is_initial(word)]
        if len(without_initials) < len(words):
            yield from self._in_row(without_initials)

    def _in_row(self, words: Sequence[str]) -> Iterator[str]:
        for place, word in enumerate(words):
            for phrase, kind in self._by_first.get(word, ()):
                if tuple(words[place : place + len(phrase)]) == phrase:
                    yield kind

    def _in_glued(self, text: str) -> Iterator[str]:
        if not self._glued:
            return
        letters = "".join(_WORD.findall(text))
        starts = {letters[at : at + _GLUED_LEAST] for at in range(len(letters) - _GLUED_LEAST + 1)}
        for start in self._glued.keys() & starts:
            yield from (kind for phrase, kind in self._glued[start] if phrase in letters)


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def plain(text: str) -> str:
    """Text as it is compared: one width and one case, no unseen characters, no accents or short vowels, one script of
    digits.
    """
    seen = _UNSEEN.sub("", text)
    if seen.isascii():
        return seen.casefold()
    return unicodedata.normalize("NFKD", seen).casefold().translate(_PLAINER)


def _patterns(line: str) -> Iterator[str]:
    if "@" in line and _EMAIL.search(line):
        yield "an e-mail address"
    if _PHONE.search(line) or _LOCAL_PHONE.search(line):
        yield "a telephone number"
    if "/" in line and _ACCOUNT.search(line):
        yield "a link to an account"
