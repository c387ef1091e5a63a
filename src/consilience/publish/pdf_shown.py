"""What the content stream of a page or form shows: its strings in order, each by its own font (ISO 32000-2, 9.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from consilience.publish.pdf_fonts import Font
from consilience.publish.pdf_strings import text_string, tokens

_MOVES: Final = frozenset((b"Td", b"TD", b"Tm", b"T*", b"BT", b"'", b'"'))
_SHOWS: Final = frozenset((b"Tj", b"TJ", b"'", b'"'))
_GAP: Final = -200.0
"""Thousandths of the type size: a TJ number below it moves the next glyph on by as much as a narrow blank."""
_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_OPERAND: Final = re.compile(rb"[/<>\[\]{}]|[+-]?\.?\d|(?:true|false|null)$")


@dataclass(slots=True)
class Shown:
    """The strings that one stream shows, with the font of each (None where it has no table), and None for a move; and
    strings that are not shown, such as the text that a reader copies in place of glyphs (ActualText).
    """

    runs: list[tuple[Font | None, bytes] | None] = field(default_factory=list)
    besides: list[str] = field(default_factory=list)

    def readings(self, every: tuple[Font, ...], between: str) -> Iterator[list[str]]:
        """What each glyph says, in the order in which they are drawn, with `between` at each move. Where a font has no
        table there is one reading by each table of the file, and one by Latin-1.
        """
        if all(run is None or run[0] is not None for run in self.runs):
            yield self._read(None, between)
            return
        for font in (*every, None):
            yield self._read(font, between)

    def _read(self, otherwise: Font | None, between: str) -> list[str]:
        parts = list[str]()
        for run in self.runs:
            if run is None:
                parts.append(between)
                continue
            font = run[0] or otherwise
            parts += font.glyphs(run[1]) if font else run[1].decode("latin-1")
        return parts


def shown(body: bytes, fonts: Mapping[bytes, Font]) -> Shown:
    """Follow a content stream: Tf and the saved states (q, Q) for the font, text operators for strings and moves."""
    found = Shown()
    font: Font | None = None
    saved: list[Font | None] = []
    operands: list[tuple[bool, bytes]] = []
    for is_string, token in tokens(body):
        if is_string or _OPERAND.match(token):
            operands.append((is_string, token))
            continue
        if token == b"Tf":
            named = [one for is_text, one in operands if not is_text and one.startswith(b"/")]
            font = fonts.get(named[-1]) if named else None
        elif token == b"q":
            saved.append(font)
        elif token == b"Q" and saved:
            font = saved.pop()
        if token in _MOVES:
            found.runs.append(None)
        if token in _SHOWS:
            _show(found, font, operands)
        else:
            found.besides += [text_string(raw) for is_text, raw in operands if is_text]
        operands = []
    found.besides += [text_string(raw) for is_text, raw in operands if is_text]
    return found


def _show(found: Shown, font: Font | None, operands: list[tuple[bool, bytes]]) -> None:
    for is_string, token in operands:
        if is_string:
            found.runs.append((font, token))
        elif _NUMBER.fullmatch(token) and float(token) < _GAP:
            found.runs.append(None)
