"""Text that is not UTF-8: which script and code page its bytes look like. A hint for people; nothing is decoded."""

from __future__ import annotations

from pathlib import Path

_ENOUGH = 4096
"""Bytes beyond ASCII that are looked at. Our choice: a page of text, in which letters have their usual shares."""
_LEAST_SHARE = 0.45
"""Share of common letters below which no guess is made. Our choice: the sets below make up 60 to 80 % of plain text in
their languages, and a third or less of the same bytes read through a wrong code page."""

_CYRILLIC = frozenset("оаеинтсрвлкмдпуяыіь")
_OF_RUNS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("windows-1251", "Cyrillic", _CYRILLIC),
    ("koi8-u", "Cyrillic", _CYRILLIC),
    ("cp866", "Cyrillic", _CYRILLIC),
    ("windows-1256", "Arabic", frozenset("النيموترةبعدسهكقفح")),
    ("windows-1255", "Hebrew", frozenset("יוהלאתרבשמנ")),
    ("windows-1253", "Greek", frozenset("αοιετσνηυρπκ")),
)
"""Code page, script, and the letters of its languages that are commonest: bytes beyond ASCII stand in runs, words."""
_OF_SINGLES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("windows-1252", "Western European", frozenset("éèàçêôâîûùüöäßñáíóúãõåøæëï’“”–")),
    ("windows-1254", "Turkish", frozenset("ıişğüöçâ")),
)
"""The same of Latin scripts, in which single letters of a word are beyond ASCII."""


def likely_code_page(file: Path) -> str | None:
    """Such as "Cyrillic in windows-1251"; None where the bytes beyond ASCII look like no text that we know."""
    high, in_runs = _high_bytes(file)
    if not high:
        return None
    candidates = _OF_RUNS if in_runs > len(high) / 2 else _OF_SINGLES
    scored = [(_share(high, page, letters), page, script) for page, script, letters in candidates]
    share, page, script = max(scored, key=lambda one: one[0])
    return f"{script} in {page}" if share >= _LEAST_SHARE else None


def _share(high: bytes, page: str, letters: frozenset[str]) -> float:
    """The share of the bytes that are common letters of that code page; small letters, since text is mostly those."""
    text = high.decode(page, errors="replace")
    return sum(letter in letters for letter in text) / len(high)


def _high_bytes(file: Path) -> tuple[bytes, int]:
    """The first bytes beyond ASCII in lines that are no UTF-8, and how many of them follow another."""
    found, in_runs, before = bytearray(), 0, 0
    with file.open("rb") as stream:
        for line in stream:
            if line.isascii() or _is_utf_8(line):
                continue
            for byte in line:
                if byte > 127:
                    found.append(byte)
                    in_runs += before > 127
                before = byte
            if len(found) >= _ENOUGH:
                break
    return bytes(found), in_runs


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
