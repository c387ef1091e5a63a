"""What stands in a PDF, as texts to be searched: no renderer, every stream and string (ISO 32000-2, clauses 7 and 9).

Glyph codes are turned back into text by the ToUnicode tables of the file, each string by every table, so that no font
has to be followed through the pages: more texts than a reader would show, never fewer.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from consilience.publish.leak_pieces import Flaw, Piece, Seen

_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_BFCHAR: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BFRANGE: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[0-9A-Fa-f]+>|\[[^\]]*\])")
_BLOCK: Final = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_OPENING: Final = re.compile(rb"[(<]")
_ORDINARY: Final = re.compile(rb"[^()\\]+")
_OCTAL: Final = re.compile(rb"[0-7]{1,3}")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
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
    pieces: list[Piece] = []
    flaws: list[Flaw] = []
    streams, rest = _streams(data, flaws)
    plain = [rest, *(body for _, body in streams)]
    tables = [table for _, body in streams if (table := _to_unicode(body))]
    for place, (head, body) in enumerate(streams):
        where = f"stream {place + 1}"
        if b"/DCTDecode" in head:
            flaws.append(Flaw("a picture in a PDF that the scan does not open", where))
        elif b"/Metadata" in head:
            text = body.decode("utf-8", "replace")
            pieces.append(Piece("metadata", text))
            flaws += _xmp_flaws(text)
        elif b"BT" in body and (b"Tj" in body or b"TJ" in body):
            pieces += _shown(body, tables, where)
    for place, body in enumerate(plain):
        strings = [text for raw in _strings(body) if (text := _text_string(raw))]
        pieces.append(Piece("outside the streams" if place == 0 else f"stream {place}", "\n".join(strings)))
        flaws += [
            Flaw(kind, f"object {place}") for mark, kind in _REFUSED.items() if mark in body and not _is_text(body)
        ]
    flaws += _info_flaws(plain)
    if data.count(b"%%EOF") != 1:
        flaws.append(Flaw("an earlier version inside a PDF", "end of the file"))
    return Seen(tuple(pieces), tuple(flaws))


def _is_text(body: bytes) -> bool:
    return b"BT" in body and (b"Tj" in body or b"TJ" in body)


def _streams(data: bytes, flaws: list[Flaw]) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Each stream as its dictionary and its unpacked bytes; and the file without them."""
    found: list[tuple[bytes, bytes]] = []
    rest: list[bytes] = []
    at = 0
    for match in _STREAM.finditer(data):
        if match.start() < at:
            continue
        start, end = match.end(), data.find(b"endstream", match.end())
        head = data[max(data.rfind(b" obj", at, match.start()), at) : match.start()]
        length = re.search(rb"/Length (\d+)(?!\s+\d+\s+R)", head)
        if length and data[start + int(length[1]) :].lstrip(b"\r\n").startswith(b"endstream"):
            end = start + int(length[1])
        rest.append(data[at : match.start()])
        at = max(end, start)
        found.append((head, _unpacked(head, data[start:end], flaws, len(found) + 1)))
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


def _to_unicode(body: bytes) -> Mapping[int, str]:
    """Code to text, where a stream is such a table (ISO 32000-2, 9.10.3); else empty."""
    table: dict[int, str] = {}
    for kind, block in _BLOCK.findall(body):
        if kind == b"bfchar":
            table |= {int(code, 16): _utf16(text) for code, text in _BFCHAR.findall(block)}
            continue
        for low, high, to in _BFRANGE.findall(block):
            first, last = int(low, 16), min(int(high, 16), int(low, 16) + 0xFFFF)
            if to.startswith(b"["):
                texts = re.findall(rb"<([0-9A-Fa-f]+)>", to)
                table |= {first + k: _utf16(text) for k, text in enumerate(texts)}
            else:
                text = _utf16(to.strip(b"<>"))
                table |= {
                    code: text[:-1] + chr(ord(text[-1]) + code - first) for code in range(first, last + 1) if text
                }
    return table


def _utf16(hexed: bytes) -> str:
    return bytes.fromhex(hexed.decode() + "0" * (len(hexed) % 2)).decode("utf-16-be", "replace")


def _shown(body: bytes, tables: list[Mapping[int, str]], where: str) -> Iterator[Piece]:
    """What a page shows, by every table, forwards and backwards (text from right to left stands in visual order)."""
    strings = list(_strings(body))
    for table in tables:
        parts = []
        for raw in strings:
            codes = [int.from_bytes(raw[k : k + 2], "big") for k in range(0, len(raw) - 1, 2)]
            parts.append("".join(table.get(code, "") for code in codes))
        text = "".join(parts)
        if text:
            yield Piece(where, text, glued=True)
            yield Piece(where, text[::-1], glued=True)
    yield Piece(where, b"".join(strings).decode("latin-1"), glued=True)


def _strings(body: bytes) -> Iterator[bytes]:
    """Every literal and hexadecimal string (ISO 32000-2, 7.3.4)."""
    at, size = 0, len(body)
    while at < size:
        opening = _OPENING.search(body, at)
        if opening is None:
            return
        at = opening.start()
        if body[at : at + 1] == b"(":
            text, at = _literal(body, at + 1)
            yield text
        elif body[at : at + 2] == b"<<":
            at += 2
        else:
            end = body.find(b">", at)
            digits = re.sub(rb"\s", b"", body[at + 1 : end]) if end > 0 else b""
            if digits and re.fullmatch(rb"[0-9A-Fa-f]+", digits):
                yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            at = max(end, at) + 1


def _literal(body: bytes, at: int) -> tuple[bytes, int]:
    out, depth = bytearray(), 1
    while at < len(body):
        run = _ORDINARY.match(body, at)
        if run is not None:
            out += run[0]
            at = run.end()
        char = body[at : at + 1]
        at += 1
        if char == b"\\":
            octal = _OCTAL.match(body, at)
            if octal:
                out.append(int(octal[0], 8) & 0xFF)
                at = octal.end()
            else:
                out += _ESCAPES.get(body[at : at + 1], body[at : at + 1].strip(b"\r\n"))
                at += 1
            continue
        depth += (char == b"(") - (char == b")")
        if depth == 0:
            break
        out += char
    return bytes(out), at


def _text_string(raw: bytes) -> str:
    """A text string in UTF-16, UTF-8 or (as Latin-1) PDFDocEncoding (ISO 32000-2, 7.9.2.2)."""
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("utf-8", "replace") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("latin-1")


def _info_flaws(bodies: list[bytes]) -> Iterator[Flaw]:
    """Who made it with what: nothing but the program itself may stand there."""
    for body in bodies:
        if _is_text(body):
            continue
        for key in (b"Author", b"Creator", b"Producer", b"Keywords", b"Company"):
            for match in re.finditer(rb"/" + key + rb"\s*[(<]", body):
                raw = next(_strings(body[match.end() - 1 :]), b"")
                if raw and not _MAKERS.fullmatch(_text_string(raw)):
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
