"""Which letters the bundled fonts have: PDF/A wants a glyph for each, and a letter left out would be lost unseen."""

from __future__ import annotations

import re
import struct
from functools import cache
from importlib.resources import files

from consilience.publish.forms.visible_text import INVISIBLE, named

Families = tuple[tuple[str, str], ...]
"""Fonts by their files: regular and bold."""

PICTURE_FAMILIES: Families = (("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),)
"""One for all that pictures say: what draws SVG fails where a line with an Arabic ligature needs a second font."""

TEXT_FAMILIES: Families = (
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    *PICTURE_FAMILIES,
)
"""What `publication.typ` sets text in, in the order in which it looks."""

_UNICODE_SUBTABLES = {(3, 1): 4, (3, 10): 12}
"""Platform and encoding of the character maps that we read, and their formats (OpenType 1.9, "cmap")."""


def with_known_letters(text: str, families: Families = TEXT_FAMILIES) -> str:
    """The text, each letter that none of the families has in both its weights written as "[U+1F3E5]"."""
    return _unknown(families).sub(lambda found: named(found[0]), text)


@cache
def _unknown(families: Families) -> re.Pattern[str]:
    """What none of the families has; marks without a shape need no glyph."""
    known = {code for regular, bold in families for code in _letters(_font(regular)) & _letters(_font(bold))}
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


def _font(name: str) -> bytes:
    return (files("consilience.publish") / "fonts" / name).read_bytes()


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
    """Segments of the basic plane; glyph 0 stands for none."""
    half = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{half}H", font, at + 14)
    starts, deltas, offsets = (
        struct.unpack_from(f">{half}H", font, at + 16 + 2 * half * column) for column in (1, 2, 3)
    )
    letters = set()
    for segment, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        glyphs = at + 16 + 2 * (3 * half + segment) + offset
        for code in range(start, end + 1):
            glyph = struct.unpack_from(">H", font, glyphs + 2 * (code - start))[0] if offset else code
            if glyph and (glyph + delta) % 0x10000:
                letters.add(code)
    return letters


def _format_12(font: bytes, at: int) -> set[int]:
    """Groups of any plane; glyph 0 stands for none."""
    count = struct.unpack_from(">I", font, at + 12)[0]
    groups = (struct.unpack_from(">III", font, at + 16 + 12 * number) for number in range(count))
    return {code for start, end, glyph in groups for code in range(start, end + 1) if glyph + code - start}
