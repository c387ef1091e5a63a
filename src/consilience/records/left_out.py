"""What could not be used, where it stands, and why: nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath


class Why(StrEnum):
    """The kinds of bad input; the reader's tests have one case for each."""

    UNREADABLE_FILE = "unreadable_file"
    UNREADABLE_ROW = "unreadable_row"
    MIXED_ENCODING = "mixed_encoding"
    CONTROL_CHARACTER = "control_character"
    EMPTY_TABLE = "empty_table"
    WRONG_HEADER = "wrong_header"
    TWO_FILES = "two_files"
    OTHER_SHEETS = "other_sheets"
    FORMULA = "formula"
    MISSING_VALUE = "missing_value"
    DUPLICATE_KEY = "duplicate_key"
    DANGLING_ID = "dangling_id"
    UNKNOWN_VALUE = "unknown_value"
    OTHER_WORD = "other_word"
    UNKNOWN_WORD = "unknown_word"
    BAD_NUMBER = "bad_number"
    BAD_TIME = "bad_time"
    AMBIGUOUS_TIME = "ambiguous_time"
    TIME_NEVER_WAS = "time_never_was"
    TIME_WAS_TWICE = "time_was_twice"
    END_BEFORE_START = "end_before_start"
    POSITION_OUT_OF_RANGE = "position_out_of_range"
    POSITION_SWAPPED = "position_swapped"
    POSITION_FAR_FROM_PLACE = "position_far_from_place"
    UNKNOWN_PLACE = "unknown_place"
    AMBIGUOUS_PLACE = "ambiguous_place"
    OUTSIDE_CASE = "outside_case"
    NO_ROW_IN_FORCE = "no_row_in_force"
    THIN_WATCH = "thin_watch"
    AFTER_AS_OF = "after_as_of"
    NO_SHARE = "no_share"
    SEALED_NOT_KEPT = "sealed_not_kept"
    CONSENT_WITHDRAWN = "consent_withdrawn"


_OF_A_FILE = frozenset({Why.MIXED_ENCODING})
_OF_A_COLUMN = frozenset({Why.AMBIGUOUS_TIME})
"""Where one remedy mends all cells of a file or a column, whatever stands in them."""

_MOST_VALUES = 3
_MOST_SPANS = 40
"""Values, and runs of rows, shown on a line for many rows (our choice); `check --json` has each."""


class Lost(StrEnum):
    """How much of the input is not used because of it."""

    FILE = "file"
    ROW = "row"
    VALUE = "value"
    NOTHING = "nothing"  # a notice: everything is used, and somebody should look


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """One thing that could not be used.

    `file` is relative to the case folder; `row` counts the header as row 1 (as a spreadsheet does), None for a whole
    file; `value` is None where the column may name a person.
    """

    file: PurePosixPath
    row: int | None
    column: str | None
    table: str | None
    record_id: str | None
    why: Why
    lost: Lost
    value: str | None
    expected: str

    def __str__(self) -> str:
        return _line(self, (self,))


def _line(first: LeftOut, items: Sequence[LeftOut]) -> str:
    """One line for things that differ in row, column and value alone."""
    place = str(first.file)
    if rows := sorted({item.row for item in items if item.row is not None}):
        place += f", row {rows[0]}" if len(rows) == 1 else f", rows {_ranges(rows)}"
    if columns := list(dict.fromkeys(item.column for item in items if item.column is not None)):
        place += f", column {columns[0]}" if len(columns) == 1 else f", columns {', '.join(columns)}"
    values = list(dict.fromkeys(repr(item.value) for item in items if item.value is not None))
    more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
    shown = f" {', '.join(values[:_MOST_VALUES])}{more}" if values else ""
    kind = first.why.value.replace("_", " ")
    cost = "a notice" if first.lost is Lost.NOTHING else f"{first.lost.value} left out"
    return f"{place}: {kind}{shown}; expected {first.expected} ({cost})"


def _ranges(rows: Sequence[int]) -> str:
    """Rising numbers as people write them: 2–4, 7, 9–12; beyond `_MOST_SPANS` of them how many rows more."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    named = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SPANS]]
    more = sum(last - first + 1 for first, last in spans[_MOST_SPANS:])
    return ", ".join(named) + (f" and {more} more" if more else "")


def lines_of(items: Iterable[LeftOut]) -> list[str]:
    """What could not be used, a line for each thing that is wrong: cells of one column that want the same remedy stand
    on one line with all their rows, bytes that are no UTF-8 on one for their file. In the order of the first of each.
    """
    together: dict[Hashable, list[LeftOut]] = {}
    for item in items:
        column = None if item.why in _OF_A_FILE else item.column
        value = None if item.why in _OF_A_FILE | _OF_A_COLUMN else item.value
        key = (item.file, item.table, column, value, item.row is None, item.why, item.lost, item.expected)
        together.setdefault(key, []).append(item)
    return [_line(alike[0], alike) for alike in together.values()]


Tell = Callable[[tuple[LeftOut, ...]], None]
"""Who is told what a case was read without, before anything is made of the rest."""


def tell_nobody(left_out: tuple[LeftOut, ...]) -> None:
    """For callers that look at the records themselves."""
