"""What a column's text means, by the column's kind: canonical values, and a fault where there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from consilience.readings.characters import fold_symbols, squeezed
from consilience.readings.degrees import read_degrees
from consilience.readings.moments import moments_of
from consilience.readings.parties import read_party
from consilience.readings.times import Fault
from consilience.records.case import CaseSettings
from consilience.records.columns import Column, Kind
from consilience.records.left_out import Why
from consilience.records.tables import MODES
from consilience.reference.mode_words import how_to_record, mode_of

FAULT_COLUMNS: dict[str, pl.DataType] = {"why": pl.String(), "expected": pl.String()}
"""Beside the canonical columns: why the cell has no value though something is written there, and what was expected.
Where there is a value too, it was read from another word than the format's: a notice."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What another word than the format's was read as, and what to say of it."""

    value: str
    expected: str


ReadOne = Callable[[str, Column, CaseSettings], object]
"""One cell's text, folded and without outer blanks, to its canonical value, the same `Noted`, or a `Fault`."""

_YES_NO = {
    "yes": "yes", "no": "no", "true": "yes", "false": "no", "1": "yes", "0": "no", "نعم": "yes", "لا": "no",
}  # fmt: skip
_POINTS = {"n": "north", "ne": "north east", "e": "east", "se": "south east",
           "s": "south", "sw": "south west", "w": "west", "nw": "north west"}  # fmt: skip
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_SHARES = ("cloud_at_site",)
_GROUPED = r"[+-]?\d{1,3}(,\d{3})+"


def read_cells(cells: pl.Series, column: Column, settings: CaseSettings) -> pl.DataFrame:
    """The column's canonical columns, with `why` and `expected` null wherever the cell is empty or could be read.

    `cells` is clean text (`characters.clean_text`), null where empty; the frame has a row for each, in order.
    """
    texts = cells if column.kind is Kind.TEXT else fold_symbols(cells)
    if column.kind in (Kind.TEXT, Kind.ID):
        no_fault = (pl.lit(None, kind).alias(name) for name, kind in FAULT_COLUMNS.items())
        return texts.alias(column.name).to_frame().with_columns(no_fault)
    meaning = _meanings(texts.drop_nulls().unique(), column, settings)
    return texts.alias("text").to_frame().join(meaning, on="text", how="left", maintain_order="left").drop("text")


def _meanings(distinct: pl.Series, column: Column, settings: CaseSettings) -> pl.DataFrame:
    """`text`, canonical columns and fault of each distinct text: words are few, however long the table."""
    names = ["text", *column.canonical(), *FAULT_COLUMNS]
    distinct = distinct.alias("text")
    if column.kind is Kind.TIME:
        meaning = moments_of(distinct, settings.zone, settings.date_order)
    elif column.kind in (Kind.NUMBER, Kind.LATITUDE, Kind.LONGITUDE):
        plain, odd = _plain_numbers(distinct)
        meaning = pl.concat([plain, _one_by_one(odd, column, settings)])
    else:
        meaning = _one_by_one(distinct, column, settings)
    return meaning.rename(dict(zip(meaning.columns, names, strict=True)))


def _plain_numbers(distinct: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """The plainly written numbers, read columnwise, and the texts that need a closer look."""
    is_plain = distinct.str.contains(_NUMBER)
    plain = distinct.filter(is_plain)
    values = plain.cast(pl.Float64, strict=False)
    is_finite = values.is_finite().fill_null(False)
    frame = pl.DataFrame({"text": plain, "value": values}).filter(is_finite)
    frame = frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in FAULT_COLUMNS.items())
    return frame, pl.concat([distinct.filter(~is_plain), plain.filter(~is_finite)])


def _one_by_one(distinct: pl.Series, column: Column, settings: CaseSettings) -> pl.DataFrame:
    schema = {"text": pl.String(), "value": column.canonical()[column.name], **FAULT_COLUMNS}
    rows: list[tuple[object, ...]] = []
    for text in distinct.to_list():
        value = READ_ONE[column.kind](text, column, settings)
        if isinstance(value, Fault):
            rows.append((text, None, value.why.value, value.expected))
        elif isinstance(value, Noted):
            rows.append((text, value.value, Why.OTHER_WORD.value, value.expected))
        else:
            rows.append((text, value, None, None))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read_number(text: str, column: Column, settings: CaseSettings) -> float | Fault:
    """A finite number. A comma is a decimal mark unless exactly three digits follow it: `1,500` has two readings. A
    share may be written in per cent."""
    expected = "a number such as 36.5"
    if column.name in _SHARES and text.endswith("%"):
        share = _read_number(text.removesuffix("%").strip(), column, settings)
        return share if isinstance(share, Fault) else share / 100
    if re.fullmatch(_GROUPED, text):
        return Fault(Why.BAD_NUMBER, f"{expected}, without separators of thousands")
    text = text.replace(",", ".", 1) if "." not in text else text
    if re.fullmatch(_NUMBER[1:-1], text) is None or abs(float(text)) == float("inf"):
        return Fault(Why.BAD_NUMBER, expected)
    return float(text)


def _read_count(text: str, column: Column, settings: CaseSettings) -> int | Fault:
    value = _read_number(text, column, settings)
    if isinstance(value, Fault) or value < 0 or not value.is_integer() or value > 2**53:
        return Fault(Why.BAD_NUMBER, "a whole number, 0 or more")
    return int(value)


def _read_degrees(text: str, column: Column, settings: CaseSettings) -> float | Fault:
    number = _read_number(text, column, settings)
    return read_degrees(text, column.kind) if isinstance(number, Fault) else number


def _read_word(text: str, column: Column, settings: CaseSettings) -> str | Noted | Fault:  # noqa: ARG001  # one shape
    """One of the column's words, whatever its case, blanks, hyphens or underscores; headings also as N, NE …, modes
    also as ordinary words that can mean one alone."""
    known = {squeezed(word): word for word in column.words}
    if column.words[: len(_POINTS)] == tuple(_POINTS.values()):
        known |= _POINTS
    if word := known.get(squeezed(text)):
        return word
    expected = "one of " + ", ".join(column.words)
    return _read_mode(text, expected) if column.words[: len(MODES)] == MODES else Fault(Why.UNKNOWN_VALUE, expected)


def _read_mode(text: str, expected: str) -> Noted | Fault:
    """Words of a list count where all of them mean one mode."""
    parts = [part for part in re.split(r"[;,/+&]|\band\b", text) if part.strip()]
    modes = {mode_of(part) for part in parts}
    if len(modes) == 1 and (mode := modes.pop()):
        return Noted(mode, f"{mode}: the word is read as that")
    hint = how_to_record(text)
    return Fault(Why.UNKNOWN_VALUE, f"{expected}; write {hint}" if hint else expected)


def _read_words(text: str, column: Column, settings: CaseSettings) -> list[str] | Fault:
    words = set()
    for part in split_list(text):
        word = _read_word(part, column, settings)
        if isinstance(word, Fault):
            return word
        words.add(word.value if isinstance(word, Noted) else word)
    return sorted(words)


def _read_ids(text: str, column: Column, settings: CaseSettings) -> list[str]:  # noqa: ARG001  # one shape
    return sorted(set(split_list(text)))


def split_list(text: str) -> list[str]:
    """The entries of a `;` list, without blanks around them and without empty ones."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _read_party(text: str, column: Column, settings: CaseSettings) -> str | Fault:  # noqa: ARG001  # one shape
    return read_party(split_list(text), settings)


def _read_yes_no(text: str, column: Column, settings: CaseSettings) -> str | Fault:  # noqa: ARG001  # one shape
    return _YES_NO.get(text.casefold()) or Fault(Why.UNKNOWN_VALUE, "yes or no")


def _read_area(text: str, column: Column, settings: CaseSettings) -> str | Fault:
    """`west;south;east;north` with plain numbers, or a place's name as written."""
    parts = split_list(text)
    numbers = [_read_number(part, column, settings) for part in parts]
    sides = [number for number in numbers if not isinstance(number, Fault)]
    if not sides:
        return text
    if len(sides) != 4 or len(numbers) != 4:
        return Fault(Why.BAD_NUMBER, "west;south;east;north in degrees, or a place")
    west, south, east, north = sides
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return Fault(Why.POSITION_OUT_OF_RANGE, "west;south;east;north, west before east and south before north")
    return ";".join(f"{side:.10g}" for side in sides)


READ_ONE: dict[Kind, ReadOne] = {
    Kind.IDS: _read_ids,
    Kind.ENUM: _read_word,
    Kind.ENUMS: _read_words,
    Kind.PARTY: _read_party,
    Kind.NUMBER: _read_number,
    Kind.COUNT: _read_count,
    Kind.YES_NO: _read_yes_no,
    Kind.LATITUDE: _read_degrees,
    Kind.LONGITUDE: _read_degrees,
    Kind.AREA: _read_area,
}
"""Kinds whose cells are read one by one; identifiers and free text are themselves, times have `moments`."""
