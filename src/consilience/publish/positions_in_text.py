"""Positions written in a text: pairs of decimal degrees, degrees with minutes and seconds, and grid codes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_DECIMAL: Final = re.compile(r"(?<![\w.])-?\d{1,3}\.\d+(?![\w.])")
_NEAR: Final = 48
"""Characters between the two numbers of a pair: room for the key of a JSON object, a line of it, or a unit."""
_SEXAGESIMAL: Final = re.compile(r"\d{1,3}\s*[°º]\s*\d{1,2}(?:\.\d+)?\s*['′’](?:\s*\d{1,2}(?:\.\d+)?\s*(?:[\"″”]|''))?")
_SECONDS: Final = re.compile(r"[\"″”]|''|\.\d{2}")
_PLUS_CODE: Final = re.compile(r"(?<!\w)[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,4}(?!\w)", re.IGNORECASE)
_MGRS: Final = re.compile(r"(?<!\w)\d{1,2}[c-hj-np-x]\s?[a-hj-np-z]{2}\s?(\d{3,5})\s?(\d{3,5})(?!\w)", re.IGNORECASE)
_SECOND_DECIMALS: Final = 4
"""A second of arc is 31 m, finer than four decimals of a degree are not; a profile that allows those allows seconds."""


def fine_positions(text: str, box: tuple[float, float, float, float], decimals: int) -> bool:
    """Does a position inside the box (west, south, east, north) stand in the text more finely than so many decimals?

    Either order of the two numbers counts. Seconds of arc, plus codes and grid references count where `decimals` is
    less than four.
    """
    numbers = [(match.start(), match[0]) for match in _DECIMAL.finditer(text)]
    for (at, one), (then, other) in pairwise(numbers):
        if then - at - len(one) <= _NEAR and max(_fineness(one), _fineness(other)) > decimals:
            first, second = float(one), float(other)
            if _inside(first, second, box) or _inside(second, first, box):
                return True
    if decimals >= _SECOND_DECIMALS:
        return False
    fine_arcs = any(_SECONDS.search(match[0]) for match in _SEXAGESIMAL.finditer(text))
    return fine_arcs or _PLUS_CODE.search(text) is not None or _MGRS.search(text) is not None


def _fineness(number: str) -> int:
    return len(number.partition(".")[2])


def _inside(lat: float, lon: float, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return south <= lat <= north and west <= lon <= east
