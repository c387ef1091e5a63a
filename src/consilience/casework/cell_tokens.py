"""Names of sealed exhibits in the cells of a CSV table, replaced by tokens that say nothing: `sealed:ID`.

The bytes around them stay as they are, so that the table as it was comes back, byte for byte, when each token is
replaced by its text again (as CSV writes it: a quotation mark doubled).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Tokened:
    """A table's bytes with tokens, those texts that were replaced, and the lines (from 1) where one still stands."""

    data: bytes
    replaced: frozenset[str]
    left: tuple[int, ...]


def with_tokens(data: bytes, tokens: Mapping[str, str]) -> Tokened:
    """Every cell that is one of the texts, and no part of a cell, has the text's token instead.

    `left` are the lines where a text stands inside another cell, such as a note: only a person can take it out there.
    """
    if not tokens:
        return Tokened(data, frozenset(), ())
    by_bytes = {_in_csv(text): text for text in tokens}
    replaced: set[str] = set()

    def token(match: re.Match[bytes]) -> bytes:
        text = by_bytes[match["text"]]
        replaced.add(text)
        return match["before"] + tokens[text].encode()

    # What may stand before and after is a separator, a line's end, a quotation mark, or blanks that the reader drops.
    names = b"|".join(re.escape(name) for name in sorted(by_bytes, key=len, reverse=True))
    cell = re.compile(rb'(?P<before>(?:^|[,;\t\r\n"])[ ]*)(?P<text>' + names + rb')(?=[ ]*(?:$|[,;\t\r\n"]))')
    rest = cell.sub(token, data)
    return Tokened(rest, frozenset(replaced), lines_with(rest, list(tokens)))


def lines_with(data: bytes, texts: Sequence[str]) -> tuple[int, ...]:
    """The lines, from 1, in which one of the texts stands anywhere."""
    names = [_in_csv(text) for text in texts]
    return tuple(number for number, line in enumerate(data.split(b"\n"), 1) if any(name in line for name in names))


def with_texts(data: bytes, texts: Mapping[str, str]) -> bytes:
    """The table as it was: each token with its text again."""
    for token in sorted(texts, key=len, reverse=True):
        data = data.replace(token.encode(), _in_csv(texts[token]))
    return data


def is_utf8(data: bytes) -> bool:
    """Can tokens be written into it? Not into UTF-16."""
    return not data.startswith(UTF16)


def _in_csv(text: str) -> bytes:
    return text.replace('"', '""').encode()
