"""What could not be used, where it stands, and why: nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Callable
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
    FORMULA = "formula"
    MISSING_VALUE = "missing_value"
    DUPLICATE_KEY = "duplicate_key"
    DANGLING_ID = "dangling_id"
    UNKNOWN_VALUE = "unknown_value"
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
    AFTER_AS_OF = "after_as_of"
    NO_SHARE = "no_share"
    SEALED_NOT_KEPT = "sealed_not_kept"
    CONSENT_WITHDRAWN = "consent_withdrawn"


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
        place = str(self.file) + ("" if self.row is None else f", row {self.row}")
        place += "" if self.column is None else f", column {self.column}"
        shown = "" if self.value is None else f" {self.value!r}"
        kind = self.why.value.replace("_", " ")
        cost = "a notice" if self.lost is Lost.NOTHING else f"{self.lost.value} left out"
        return f"{place}: {kind}{shown}; expected {self.expected} ({cost})"


Tell = Callable[[tuple[LeftOut, ...]], None]
"""Who is told what a case was read without, before anything is made of the rest."""


def tell_nobody(left_out: tuple[LeftOut, ...]) -> None:
    """For callers that look at the records themselves."""
