"""A file's header against the columns of its table: which is which, what is unknown, what looks like a slip."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from rapidfuzz import fuzz

from consilience.readings.characters import squeezed
from consilience.readings.degrees import GRID
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why
from consilience.records.tables import IDENTITIES

HEADER_ROWS = 10
"""Rows in which a header is looked for. Our choice: a title, its explanation and merged headings take fewer."""
_GRID_NAMES = frozenset({"mgrs", "utm", "grid", "gridreference", "easting", "northing"})
_NEAR_MISS = 80.0
"""Similarity (rapidfuzz ratio, 0–100) from which an unknown name looks like a slip for a known one. Our choice: one
wrong letter in five; `time_precison` and `incidnt_id` reach it, `url`, `basis` and `province` are far below."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a file, a row or a cell that shows before its meaning is read.

    With `row` None it concerns the whole file, with `column` None the whole row. A flawed cell keeps its text in the
    frame, so that the report can show it, and is not used.
    """

    why: Why
    lost: Lost
    expected: str
    row: int | None = None
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """`known` maps the table's columns to their position in the file, `unknown` the other named ones to theirs.

    With `fatal` the table can't be used at all.
    """

    known: dict[str, int]
    unknown: dict[str, int]
    flaws: tuple[Flaw, ...]
    fatal: Flaw | None


def header_place(rows: Sequence[Sequence[str]], table: Table) -> int:
    """Which of the first rows of a file is its header, from 0: the first, unless another one alone has the columns
    that the table needs. In a table of names it is always the first, since what stands above is sealed by nobody."""
    if table.name == IDENTITIES or (rows and _names_columns(rows[0], table, 1)):
        return 0
    found = [place for place, names in enumerate(rows[:HEADER_ROWS]) if _names_columns(names, table, 2)]
    return found[0] if len(found) == 1 else 0


def has_header(rows: Sequence[Sequence[str]], table: Table) -> bool:
    """Does one of the first rows name the columns that the table needs?"""
    return any(_names_columns(names, table, 2) for names in rows[:HEADER_ROWS])


def _names_columns(names: Sequence[str], table: Table, least: int) -> bool:
    """Does this row name each required column? And `least` columns at all, where none is required."""
    wanted = {squeezed(column.name): column for column in table.columns}
    found = [wanted[plain] for name in names if (plain := squeezed(name.strip())) in wanted]
    required = {column.name for column in table.columns if column.required}
    return required <= {column.name for column in found} and len(found) >= (1 if required else least)


def below_first(place: int) -> tuple[Flaw, ...]:
    """A notice where the header is not the first row."""
    if not place:
        return ()
    above = "row 1" if place == 1 else f"rows 1 to {place}"
    expected = f"the header in row 1: it is row {place + 1}, and what stands above it in {above} is not read"
    return (Flaw(Why.WRONG_HEADER, Lost.NOTHING, expected, place + 1),)


def match_header(names: Sequence[str], table: Table, row: int = 1) -> Header:
    """Which column is which. Case, blanks and hyphens don't matter: `Incident ID` is `incident_id`.

    A table without its key column can't be used. Two columns of one name are both left out: none is chosen silently.
    `row` is where the header stands.
    """
    wanted = {squeezed(column.name): column.name for column in table.columns}
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        plain = wanted.get(squeezed(name), name) or f"column {position + 1}"
        places.setdefault(plain, []).append(position)
    single = {name: where[0] for name, where in places.items() if len(where) == 1}
    known = {name: where for name, where in single.items() if name in wanted.values()}
    unknown = {name: where for name, where in single.items() if name not in wanted.values()}
    flaws = [_twice(name, row) for name, where in places.items() if len(where) > 1]
    absent = [name for name in wanted.values() if name not in places]
    flaws += [_slip(name, near, row) for name in unknown if (near := _near_miss(name, absent)) is not None]
    missing = [column.name for column in table.columns if column.required and column.name not in known]
    fatal = _without(missing, {squeezed(name) for name in unknown}, table) if missing else None
    return Header(known, unknown, tuple(flaws), fatal)


def _near_miss(name: str, absent: Sequence[str]) -> str | None:
    scored = [(fuzz.ratio(squeezed(name), squeezed(column)), column) for column in absent]
    score, column = max(scored, default=(0.0, None))
    return column if score >= _NEAR_MISS else None


def _twice(name: str, row: int) -> Flaw:
    return Flaw(Why.WRONG_HEADER, Lost.VALUE, "each column once: neither of the two is used", row, name, name)


def _slip(name: str, near: str, row: int) -> Flaw:
    return Flaw(
        Why.WRONG_HEADER, Lost.VALUE, f"{near}, if that is meant: the column is kept but not used", row, name, name
    )


def _without(missing: Sequence[str], unknown: Set[str], table: Table) -> Flaw:
    """No value is shown: where a header is missing, the first row stands in its place, and it may name persons."""
    expected = f"a header row with {' and '.join(missing)}"
    if {"lat", "lon"} & set(missing) and unknown & _GRID_NAMES:
        expected += f"; {GRID}"
    elif table.name != IDENTITIES:
        expected += (
            f": no one row of the first {HEADER_ROWS} names them; put each name of a column into a cell of one row"
        )
    return Flaw(Why.WRONG_HEADER, Lost.FILE, expected, 1)
