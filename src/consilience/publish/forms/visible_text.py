"""Text as readers may see it: one line, and nothing in it that hides, reverses or breaks what stands around it."""

from __future__ import annotations

import re
import unicodedata

from consilience.publish.document import Direction

_SPACES = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")

_ISOLATES = frozenset("\u2066\u2067\u2068")
_POP_ISOLATE = "\u2069"
_OPENING: dict[Direction, str] = {"ltr": "\u2066", "rtl": "\u2067"}

_MAY_STAY = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f\u2060")
"""Invisible marks that writing needs: soft hyphen, marks of direction, joiners (Unicode 15, chapter 23.2)."""

INVISIBLE = _MAY_STAY | _ISOLATES | {_POP_ISOLATE}
"""Every mark without a shape that `visible` may leave in a text."""

_HIDING = frozenset({"Cc", "Cf", "Cs"})
"""Controls, format characters and lone surrogates: overrides of direction among them (UAX #9, UTS #39)."""


_RTL_BLOCKS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_FROM_THE_RIGHT = re.compile(f"[{_RTL_BLOCKS}]")
_FROM_THE_LEFT = re.compile(rf"[^\W\d_{_RTL_BLOCKS}]")
"""Letters by their direction: Hebrew, Arabic, Syriac and their like have blocks of their own in the basic plane."""


def reads(text: str, document: Direction) -> Direction:
    """How a text is to be read: as its letters are where all are of one direction, else as its document is.

    A name or a reason in another script keeps its own order and stops; a sentence that only begins with one does not
    turn round, as it would by its first letter.
    """
    if document == "rtl" and _FROM_THE_LEFT.search(text) and not _FROM_THE_RIGHT.search(text):
        return "ltr"
    if document == "ltr" and _FROM_THE_RIGHT.search(text) and not _FROM_THE_LEFT.search(text):
        return "rtl"
    return document


def isolated(text: str, document: Direction) -> str:
    """The text between isolates of its own direction where that is not its document's (UAX #9, 2.4.2)."""
    direction = reads(text, document)
    return text if direction == document else f"{_OPENING[direction]}{text}{_POP_ISOLATE}"


def visible(text: str) -> str:
    """The text on one line, without spaces at its ends, each character that hides or overrides written "[U+202E]".

    Isolates of direction stay where they are closed; one left open is closed at the end, one closed twice is written
    out. A text without any of these is returned as it is, but for runs of spaces.
    """
    return on_one_line(text).strip(" ")


def on_one_line(text: str) -> str:
    """As `visible`, with a space at either end where there was one: for parts of a line."""
    line = _SPACES.sub(" ", text)
    if line.isprintable():
        return line
    shown: list[str] = []
    depth = 0
    for letter in line:
        depth += letter in _ISOLATES
        closes = letter == _POP_ISOLATE and depth > 0
        depth -= closes
        shown.append(letter if closes or letter in _ISOLATES or not _hides(letter) else named(letter))
    return "".join(shown) + _POP_ISOLATE * depth


def named(letter: str) -> str:
    """A character by its number, "[U+202E]"."""
    return f"[U+{ord(letter):04X}]"


def _hides(letter: str) -> bool:
    if letter in _MAY_STAY:
        return False
    code = ord(letter)
    is_no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_no_character or unicodedata.category(letter) in _HIDING
