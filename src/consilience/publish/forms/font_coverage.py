"""Which letters the bundled fonts have: PDF/A wants a glyph for each, and a letter left out would be lost unseen."""

from __future__ import annotations

import re
import struct
from functools import cache
from importlib.resources import files

from consilience.publish.forms.visible_text import INVISIBLE, named

_UNICODE_SUBTABLES = {(3, 1): 4, (3, 10): 12}
"""Platform and encoding of the character maps that we read, and their formats (OpenType 1.9, "cmap")."""


def with_known_letters(text: str) -> str:
    """The text, each letter that no bundled font has written as "[U+1F3E5]"; regular and bold have the same ones."""
    return _unknown().sub(lambda found: named(found[0]), text)


@cache
def _unknown() -> re.Pattern[str]:
    """What is in none of the fonts; marks without a shape need no glyph."""
    known = frozenset[int]().union(*(_letters(data) for data in _regular_fonts()))
    known |= {ord(mark) for mark in INVISIBLE} | set(range(0x20))
    ranges = []
    start = 0
    for code in [*sorted(known), 0x110000]:
        if start < code:
            ranges.append(f"{_escaped(start)}-{_escaped(code - 1)}")
        start = code + 1
    return re.compile(f"[{''.join(ranges)}]")


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"


def _regular_fonts() -> list[bytes]:
    fonts = files("consilience.publish") / "fonts"
    return [font.read_bytes() for font in sorted(fonts.iterdir(), key=str) if font.name.endswith("-Regular.ttf")]


def _letters(font: bytes) -> set[int]:
    """The characters that a TrueType font maps to a glyph."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    cmap = tables[b"cmap"]
    letters: set[int] = set()
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * number)
        wanted = _UNICODE_SUBTABLES.get((platform, encoding))
        if wanted == struct.unpack_from(">H", font, cmap + offset)[0]:
            letters |= _format_4(font, cmap + offset) if wanted == 4 else _format_12(font, cmap + offset)
    return letters


def _format_4(font: bytes, at: int) -> set[int]:
    """Segments of the basic plane. A segment's glyphs are taken to be there: `test_forms_fonts` holds that."""
    half = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{half}H", font, at + 14)
    starts = struct.unpack_from(f">{half}H", font, at + 16 + 2 * half)
    return {code for start, end in zip(starts, ends, strict=True) for code in range(start, end + 1) if code != 0xFFFF}


def _format_12(font: bytes, at: int) -> set[int]:
    """Groups of any plane."""
    count = struct.unpack_from(">I", font, at + 12)[0]
    groups = (struct.unpack_from(">III", font, at + 16 + 12 * number) for number in range(count))
    return {code for start, end, _ in groups for code in range(start, end + 1)}
