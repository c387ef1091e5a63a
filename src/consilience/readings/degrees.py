"""Latitudes and longitudes as people write them: degrees, minutes and seconds, with the letter of a hemisphere."""

from __future__ import annotations

import re

from consilience.readings.times import Fault
from consilience.records.columns import Kind
from consilience.records.left_out import Why

_NUMBER = r"\d+(?:[.,]\d+)?"
_SEXAGESIMAL = re.compile(
    rf"(?P<sign>[+-])?(?P<degrees>{_NUMBER})(?:\s*[°:]|(?=\s|\Z))"
    rf"(?:\s*(?P<minutes>{_NUMBER})(?:\s*[':]|(?=\s|\Z))(?:\s*(?P<seconds>{_NUMBER})\s*(?P<mark>\")?)?)?"
)
_HEMISPHERE = {"N": 1, "n": 1, "S": -1, "E": 1, "e": 1, "W": -1, "w": -1}
"""A small s is none: it stands for seconds as well."""
_LETTERS = {Kind.LATITUDE: "NnS", Kind.LONGITUDE: "EeWw"}
_NAMES = {Kind.LATITUDE: "N or S", Kind.LONGITUDE: "E or W"}
_MARKS = str.maketrans({"º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "ʹ": "'", "″": '"', "”": '"', "“": '"'})
_GRID = re.compile(r"\d{1,2}\s*[C-HJ-NP-X]\s*[A-HJ-NP-Z]{2}\s*[\d\s]*|\d{1,2}\s*[C-HJ-NP-X]\s+\d{5,}.*", re.IGNORECASE)
"""A reference of the military grid (MGRS) or a zone with easting and northing (UTM)."""

_FORMS = {
    Kind.LATITUDE: "degrees such as 47.0966 or 47°05'48\"N, north positive",
    Kind.LONGITUDE: "degrees such as 37.5333 or 37°32'00\"E, east positive",
}
GRID = "a grid reference (MGRS, UTM) has to be converted to degrees first, on WGS 84"


def read_degrees(text: str, kind: Kind) -> float | Fault:
    """Degrees from what is no plain number: `47°05'48"N`, `N 47 …`, `48°55.62'N`, `47.7790N`; south and west negative.

    Minutes and seconds must be below 60, a letter must be one of this column's and stands instead of a sign.
    """
    plain = text.translate(_MARKS).replace("''", '"').strip()
    letter = next((mark for mark in (plain[-1:], plain[:1]) if mark in _HEMISPHERE), "")
    body = (plain.removesuffix(letter) if plain.endswith(letter) else plain.removeprefix(letter)).strip()
    match = _SEXAGESIMAL.fullmatch(body)
    is_south_or_seconds = match is not None and plain.endswith("S") and match["seconds"] and not match["mark"]
    if match is None or not (letter or "°" in body) or is_south_or_seconds:
        hint = f"; {GRID}" if _GRID.fullmatch(plain) else ""
        return Fault(Why.BAD_NUMBER, _FORMS[kind] + hint)
    if letter and (letter not in _LETTERS[kind] or match["sign"]):
        return Fault(Why.BAD_NUMBER, f"{_FORMS[kind]}; a letter is {_NAMES[kind]}, without a sign")
    degrees, minutes, seconds = (
        float((match[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")
    )
    is_broken = (match["minutes"] and not degrees.is_integer()) or (match["seconds"] and not minutes.is_integer())
    if is_broken or minutes >= 60 or seconds >= 60:
        return Fault(
            Why.BAD_NUMBER, f"{_FORMS[kind]}; minutes and seconds below 60, decimals in the last of them alone"
        )
    sign = _HEMISPHERE[letter] if letter else -1 if match["sign"] == "-" else 1
    return sign * (degrees + minutes / 60 + seconds / 3600)
