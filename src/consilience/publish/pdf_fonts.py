"""Which table turns the codes of which font back into text, stream by stream (ISO 32000-2, 7.8.3, 9.7 and 9.10.3)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_HEX: Final = rb"<([0-9A-Fa-f\s]+)>"
"""A string in hex digits, in which blanks mean nothing (ISO 32000-2, 7.3.4.3)."""
_BFCHAR: Final = re.compile(_HEX + rb"\s*" + _HEX)
_BFRANGE: Final = re.compile(_HEX + rb"\s*" + _HEX + rb"\s*(<[0-9A-Fa-f\s]+>|\[[^\]]*\])")
_BLOCK: Final = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_OBJECT: Final = re.compile(rb"(\d+)\s+\d+\s+obj\b(.*?)endobj", re.DOTALL)
_CONTENTS: Final = re.compile(rb"/Contents\s*(?:(\d+)\s+\d+\s+R\b|\[([^\]]*)\])")
_REFERENCE: Final = re.compile(rb"(\d+)\s+\d+\s+R\b")
_NAMED: Final = re.compile(rb"(/[^\s/<>\[\]()]+)\s*(\d+)\s+\d+\s+R\b")
_BINARY: Final = re.compile(rb"/(?:FontFile[23]?|CIDSet)\s*(\d+)\s+\d+\s+R\b")
_BRACES: Final = re.compile(rb"<<|>>")
_DEEPEST: Final = 32
"""Levels of a page tree that are followed for inherited resources."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: the number of its object (None where none can be read), its dictionary and its unpacked bytes."""

    number: int | None
    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Font:
    """A font with a table of its own: bytes a code, and code to text."""

    code_bytes: int
    table: Mapping[int, str]

    def glyphs(self, raw: bytes) -> Iterator[str]:
        """What each glyph of a shown string says, which may be several characters; one that the table lacks says
        nothing."""
        size = self.code_bytes
        codes = (int.from_bytes(raw[at : at + size], "big") for at in range(0, len(raw) - size + 1, size))
        return (self.table.get(code, "") for code in codes)


class Fonts:
    """The fonts of a file, found through the resources of its pages and forms."""

    def __init__(self, outside: bytes, streams: Iterable[Stream]) -> None:
        self.binary: frozenset[int]
        """Numbers of the streams that hold font programs and glyph sets."""
        self._objects: dict[int, bytes] = {int(number): body for number, body in _OBJECT.findall(outside)}
        self._tables: dict[int | None, Mapping[int, str]] = {}
        for one in streams:
            if b"/ObjStm" in one.head:
                self._objects |= _packed_objects(one)
            elif table := to_unicode(one.body):
                self._tables[one.number] = table
        self.binary = frozenset(int(n) for body in self._objects.values() for n in _BINARY.findall(body))
        self._of_stream = self._of_pages()

    def every(self) -> tuple[Font, ...]:
        """Each table of the file as a font of two-byte codes: for strings whose font can't be followed."""
        return tuple(Font(2, table) for table in self._tables.values())

    def of(self, stream: Stream) -> Mapping[bytes, Font]:
        """The fonts with a table that a content stream may name, by the name with its slash."""
        if b"/Resources" in stream.head:
            return self._in_resources(self._dictionary(stream.head, b"Resources"))
        return self._of_stream.get(stream.number, {})

    def _of_pages(self) -> Mapping[int | None, Mapping[bytes, Font]]:
        """By the number of a content stream. One that two pages share with unlike fonts has none that is certain."""
        found: dict[int | None, Mapping[bytes, Font]] = {}
        for body in self._objects.values():
            contents = _CONTENTS.search(body)
            if contents is None:
                continue
            fonts = self._in_resources(self._inherited(body))
            for number in [contents[1]] if contents[1] else _REFERENCE.findall(contents[2]):
                seen = found.get(int(number), fonts)
                found[int(number)] = fonts if seen == fonts else {}
        return found

    def _inherited(self, page: bytes) -> bytes:
        for _ in range(_DEEPEST):
            if b"/Resources" in page:
                return self._dictionary(page, b"Resources")
            page = self._dictionary(page, b"Parent")
        return b""

    def _in_resources(self, resources: bytes) -> Mapping[bytes, Font]:
        found: dict[bytes, Font] = {}
        for name, number in _NAMED.findall(self._dictionary(resources, b"Font")):
            font = self._objects.get(int(number), b"")
            to = re.search(rb"/ToUnicode\s*(\d+)\s+\d+\s+R\b", font)
            table = self._tables.get(int(to[1])) if to else None
            if table is not None:
                found[name] = Font(2 if re.search(rb"/Subtype\s*/Type0\b", font) else 1, table)
        return found

    def _dictionary(self, body: bytes, key: bytes) -> bytes:
        """The dictionary that a key has, written there or referred to; empty where there is none."""
        match = re.search(rb"/" + key + rb"\s*(?:(\d+)\s+\d+\s+R\b|(?=<<))", body)
        if match is None:
            return b""
        if match[1]:
            return self._objects.get(int(match[1]), b"")
        depth = 0
        for brace in _BRACES.finditer(body, match.end()):
            depth += 1 if brace[0] == b"<<" else -1
            if depth == 0:
                return body[match.end() : brace.end()]
        return b""


def _packed_objects(stream: Stream) -> dict[int, bytes]:
    """The objects of an object stream (ISO 32000-2, 7.5.7)."""
    first = re.search(rb"/First\s+(\d+)", stream.head)
    if first is None:
        return {}
    start = int(first[1])
    numbers = [int(one) for one in re.findall(rb"\d+", stream.body[:start])]
    places = [start + one for one in numbers[1::2]]
    ends = [*places[1:], len(stream.body)]
    return {number: stream.body[at:end] for number, at, end in zip(numbers[::2], places, ends, strict=False)}


def to_unicode(body: bytes) -> Mapping[int, str]:
    """Code to text, where a stream is such a table (ISO 32000-2, 9.10.3); else empty."""
    table: dict[int, str] = {}
    for kind, block in _BLOCK.findall(body):
        if kind == b"bfchar":
            table |= {_number(code): _utf16(text) for code, text in _BFCHAR.findall(block)}
            continue
        for low, high, to in _BFRANGE.findall(block):
            first, last = _number(low), min(_number(high), _number(low) + 0xFFFF)
            if to.startswith(b"["):
                texts = re.findall(_HEX, to)
                table |= {first + k: _utf16(text) for k, text in enumerate(texts)}
            else:
                text = _utf16(to.strip(b"<>"))
                table |= {
                    code: text[:-1] + chr(min(ord(text[-1]) + code - first, sys.maxunicode))
                    for code in range(first, last + 1)
                    if text
                }
    return table


def _number(hexed: bytes) -> int:
    return int(b"".join(hexed.split()) or b"0", 16)


def _utf16(hexed: bytes) -> str:
    digits = b"".join(hexed.split()).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2)).decode("utf-16-be", "replace")
