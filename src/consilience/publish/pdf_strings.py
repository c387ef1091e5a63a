"""The tokens of PDF syntax, with each string as its bytes (ISO 32000-2, 7.2 and 7.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(rb"\(|<<|>>|<|>|[\[\]{}]|%[^\r\n]*|/[^\s\0()<>\[\]{}/%]*|[^\s\0()<>\[\]{}/%]+|\)")
_ORDINARY: Final = re.compile(rb"[^()\\]+")
_OCTAL: Final = re.compile(rb"[0-7]{1,3}")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_OPENING: Final = re.compile(rb"[(<]")
_INLINE_END: Final = re.compile(rb"\sEI(?=\s|$)")


def tokens(body: bytes) -> Iterator[tuple[bool, bytes]]:
    """Each token of a content stream: whether it is a string, and its bytes; neither comments nor inline pixels."""
    at = 0
    while (match := _TOKEN.search(body, at)) is not None:
        token, at = match[0], match.end()
        if token in (b"(", b"<"):
            raw, at = string_at(body, match.start())
            if raw is not None:
                yield True, raw
        elif token == b"ID":
            end = _INLINE_END.search(body, at)
            at = end.end() if end else len(body)
        elif not token.startswith(b"%"):
            yield False, token


def strings(body: bytes) -> Iterator[bytes]:
    """Every literal and hexadecimal string, wherever it stands, comments and broken syntax included."""
    at = 0
    while (opening := _OPENING.search(body, at)) is not None:
        if body.startswith(b"<<", opening.start()):
            at = opening.start() + 2
            continue
        raw, at = string_at(body, opening.start())
        if raw is not None:
            yield raw


def string_at(body: bytes, at: int) -> tuple[bytes | None, int]:
    """The string that opens here, None for what only looks like one; and where to go on."""
    if body.startswith(b"(", at):
        return _literal(body, at + 1)
    end = body.find(b">", at)
    digits = re.sub(rb"\s", b"", body[at + 1 : end]) if end > 0 else b""
    is_hex = re.fullmatch(rb"[0-9A-Fa-f]+", digits) is not None
    return (bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()) if is_hex else None), max(end, at) + 1


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


def text_string(raw: bytes) -> str:
    """A text string in UTF-16, UTF-8 or (as Latin-1) PDFDocEncoding (ISO 32000-2, 7.9.2.2)."""
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("utf-8", "replace") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("latin-1")
