"""What stands in a PDF, as texts to be searched: no renderer, every stream and string (ISO 32000-2, clauses 7 and 9).

Glyph codes are turned back into text by the table of the font that shows them, and by every table of the file where
that font has none. What is no text at all (font programs, colour profiles, pixels) is not read as text: its bytes spell
numbers by chance.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from consilience.publish.leak_pieces import Flaw, Piece, Seen
from consilience.publish.pdf_fonts import Font, Fonts, Stream
from consilience.publish.pdf_shown import shown
from consilience.publish.pdf_strings import string_at, strings, text_string

_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_NUMBER: Final = re.compile(rb"(\d+)\s+\d+\s*$")
_NO_TEXT: Final = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Type\s*/(?:XRef|CMap)\b")
_SFNT: Final = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
"""How font programs begin (OpenType 1.9, the table directory)."""
_ICC: Final = slice(36, 40)
"""Where a colour profile says "acsp" (ICC.1, 7.2)."""
_MAKERS: Final = re.compile(r"(typst|consilience|krilla)\b.*", re.IGNORECASE)
_REFUSED: Final = {
    b"/EmbeddedFile": "a file in a PDF", b"/JavaScript": "a script in a PDF", b"/Launch": "a program started by a PDF",
    b"/Encrypt": "an encrypted PDF", b"/RichMedia": "media in a PDF",
    b"/FileAttachment": "a file in a PDF", b"/Popup": "a note in a PDF", b"/FreeText": "a note in a PDF",
}  # fmt: skip
_LARGEST: Final = 1 << 28
"""Bytes of one stream unpacked; a larger one is a bomb or is not ours."""


def pdf_pieces(data: bytes) -> Seen:
    """Every text of a PDF, and what no publication of ours has (metadata of persons, files, scripts, old versions)."""
    flaws: list[Flaw] = []
    streams, rest = _streams(data, flaws)
    fonts = Fonts(rest, streams)
    pieces = [_loose(rest, "outside the streams")]
    for place, one in enumerate(streams, 1):
        where = f"stream {place}"
        if b"/DCTDecode" in one.head:
            flaws.append(Flaw("a picture in a PDF that the scan does not open", where))
        elif b"/EmbeddedFile" in one.head:
            pieces.append(Piece(where, one.body.decode("utf-8", "replace")))
        elif b"/Metadata" in one.head:
            text = one.body.decode("utf-8", "replace")
            pieces.append(Piece("metadata", text))
            flaws += _xmp_flaws(text)
        elif not _is_binary(one, fonts):
            pieces += _shown(one, fonts, where) if _is_text(one.body) else [_loose(one.body, where)]
    bodies = [rest, *(one.body for one in streams if not _is_text(one.body) and not _is_binary(one, fonts))]
    flaws += [
        Flaw(kind, f"object {at}") for at, body in enumerate(bodies) for mark, kind in _REFUSED.items() if mark in body
    ]
    flaws += _info_flaws(bodies)
    if data.count(b"%%EOF") != 1:
        flaws.append(Flaw("an earlier version inside a PDF", "end of the file"))
    return Seen(tuple(pieces), tuple(flaws))


def _is_text(body: bytes) -> bool:
    return b"BT" in body and (b"Tj" in body or b"TJ" in body)


def _is_binary(one: Stream, fonts: Fonts) -> bool:
    """Font programs, glyph sets, colour profiles, pixels and tables of codes or offsets."""
    return (
        one.number in fonts.binary
        or _NO_TEXT.search(one.head) is not None
        or one.body.startswith(_SFNT)
        or one.body[_ICC] == b"acsp"
    )


def _loose(body: bytes, where: str) -> Piece:
    """The strings of a stream, or of the file outside its streams, one a line."""
    return Piece(where, "\n".join(text for raw in strings(body) if (text := text_string(raw))))


def _shown(one: Stream, fonts: Fonts, where: str) -> Iterator[Piece]:
    """What a page shows, blanks where the text moves; and, for names alone, without those blanks and backwards.

    Glyphs stand in visual order, so a name from right to left is read backwards; digits and Latin letters never are.
    A glyph that says several letters (a ligature) may say them in either order.
    """
    found = shown(one.body, fonts.of(one))
    every: tuple[Font, ...] = fonts.every()
    for between in (" ", ""):
        for glyphs in found.readings(every, between):
            text = "".join(glyphs)
            yield Piece(where, text, glued=True, names_only=not between)
            for backwards in {text[::-1], "".join(reversed(glyphs))}:
                yield Piece(where, backwards, glued=True, names_only=True)
    if found.besides:
        yield Piece(where, "\n".join(found.besides))


def _streams(data: bytes, flaws: list[Flaw]) -> tuple[list[Stream], bytes]:
    """Each stream; and the file without them."""
    found: list[Stream] = []
    rest: list[bytes] = []
    at = 0
    for match in _STREAM.finditer(data):
        if match.start() < at:
            continue
        start, end = match.end(), data.find(b"endstream", match.end())
        opening = max(data.rfind(b" obj", at, match.start()), at)
        head, number = data[opening : match.start()], _NUMBER.search(data, max(at, opening - 24), opening)
        length = re.search(rb"/Length (\d+)(?!\s+\d+\s+R)", head)
        if length and data[start + int(length[1]) :].lstrip(b"\r\n").startswith(b"endstream"):
            end = start + int(length[1])
        rest.append(data[at : match.start()])
        at = max(end, start)
        body = _unpacked(head, data[start:end], flaws, len(found) + 1)
        found.append(Stream(int(number[1]) if number else None, head, body))
    return found, b"".join([*rest, data[at:]])


def _unpacked(head: bytes, raw: bytes, flaws: list[Flaw], place: int) -> bytes:
    filters = re.findall(rb"/(\w+Decode)\b", head)
    if not filters or filters == [b"DCTDecode"]:
        return raw
    if filters != [b"FlateDecode"]:
        flaws.append(Flaw("a stream that the scan can't unpack", f"stream {place}"))
        return b""
    try:
        return zlib.decompressobj().decompress(raw, _LARGEST)
    except zlib.error:
        flaws.append(Flaw("a stream that the scan can't unpack", f"stream {place}"))
        return b""


def _info_flaws(bodies: list[bytes]) -> Iterator[Flaw]:
    """Who made it with what: nothing but the program itself may stand there."""
    for body in bodies:
        for key in (b"Author", b"Creator", b"Producer", b"Keywords", b"Company"):
            for match in re.finditer(rb"/" + key + rb"\s*[(<]", body):
                raw, _ = string_at(body, match.end() - 1)
                if raw and not _MAKERS.fullmatch(text_string(raw)):
                    yield Flaw(f"PDF metadata: {key.decode()}", "document information")


def _xmp_flaws(text: str) -> Iterator[Flaw]:
    """XMP (ISO 16684-1) may name the programs that made the file, and nothing that a person or an older file left."""
    for key in ("pdf:Keywords", "xmpMM:DerivedFrom", "xmpMM:Ingredients", "stEvt:parameters", "photoshop:"):
        if key in text:
            yield Flaw(f"PDF metadata: {key.strip(':')}", "XMP")
    for key in ("dc:creator", "dc:contributor", "xmp:CreatorTool", "pdf:Producer", "stEvt:softwareAgent"):
        for said in re.findall(rf"<{key}\b[^>]*>(.*?)</{key}>", text, re.DOTALL):
            names = re.findall(r"<rdf:li\b[^>]*>(.*?)</rdf:li>", said, re.DOTALL) or [said]
            if not all(_MAKERS.fullmatch(name.strip()) for name in names):
                yield Flaw(f"PDF metadata: {key}", "XMP")
