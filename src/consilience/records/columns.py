"""What a column of a case table is: its kind, its words, and what a bad value in it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

MOMENT = pl.Datetime("us", "UTC")


class Kind(StrEnum):
    """How a column's text is read, and the canonical column(s) that it becomes."""

    ID = "id"  # text without outer blanks; String
    IDS = "ids"  # `;` list; List(String), sorted as written
    TEXT = "text"  # String
    ENUM = "enum"  # one of `words`; String
    ENUMS = "enums"  # `;` list of `words`; List(String)
    PARTY = "party"  # parties joined by `;` (either) or `+` (both); String, sorted within
    NUMBER = "number"  # Float64
    COUNT = "count"  # whole, not negative; Int64
    YES_NO = "yes_no"  # yes, no (true, false); String
    TIME = "time"  # becomes X_lo, X_hi (UTC) and X_clock (was there a clock time?)
    LATITUDE = "latitude"  # WGS 84 degrees; Float64
    LONGITUDE = "longitude"  # WGS 84 degrees; Float64
    AREA = "area"  # `west;south;east;north` or a place; String


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a case table.

    `words` are the allowed values of an enumeration; `refers_to` the table whose key it must name;
    `required`: a row without it can't be used; `weak`: a bad value costs the value, not the row;
    `personal`: it may name a person, so its values are never repeated in a message. `all_if_empty`: an empty cell means
    every one, so that a row would say more without its bad value than with it, and the row is lost. `takes`: columns of
    the row that would say more than was written without this one, and are left out with a bad value of it. `hint`:
    where what is no plain value belongs.
    """

    name: str
    kind: Kind = Kind.TEXT
    words: tuple[str, ...] = ()
    refers_to: str | None = None
    required: bool = False
    weak: bool = False
    personal: bool = False
    all_if_empty: bool = False
    takes: tuple[str, ...] = ()
    hint: str = ""

    def canonical(self) -> dict[str, pl.DataType]:
        """Names and types of the canonical columns that this column becomes."""
        match self.kind:
            case Kind.TIME:
                return {f"{self.name}_lo": MOMENT, f"{self.name}_hi": MOMENT, f"{self.name}_clock": pl.Boolean()}
            case Kind.IDS | Kind.ENUMS:
                return {self.name: pl.List(pl.String())}
            case Kind.NUMBER | Kind.LATITUDE | Kind.LONGITUDE:
                return {self.name: pl.Float64()}
            case Kind.COUNT:
                return {self.name: pl.Int64()}
            case _:
                return {self.name: pl.String()}


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the case format: its key and its columns, key first.

    `key` is None where rows have no name of their own; such rows are named `<table>-<row number in canonical order>`.
    """

    name: str
    columns: tuple[Column, ...]
    key: str | None

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if the format has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def canonical(self) -> dict[str, pl.DataType]:
        """The canonical frame's schema: the columns in order, then `_file` and `_row` (where the row stands).

        `_file` and `_row` are provenance: they never enter a digest and nothing is weighed by them.
        """
        schema: dict[str, pl.DataType] = {}
        for column in self.columns:
            schema |= column.canonical()
        return schema | {"_file": pl.String(), "_row": pl.Int64()}

    def empty(self) -> pl.DataFrame:
        """A canonical frame without rows."""
        return pl.DataFrame(schema=self.canonical())
