"""A file's header against the columns of its table: which is which, what is unknown, what looks like a slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from consilience.readings.characters import squeezed
from consilience.records.columns import Table
from consilience.records.left_out import Lost, Why

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


def match_header(names: Sequence[str], table: Table) -> Header:
    """Which column is which. Case, blanks and hyphens don't matter: `Incident ID` is `incident_id`.

    A table without its key column can't be used. Two columns of one name are both left out: none is chosen silently.
    """
    wanted = {squeezed(column.name): column.name for column in table.columns}
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        plain = wanted.get(squeezed(name), name) or f"column {position + 1}"
        places.setdefault(plain, []).append(position)
    single = {name: where[0] for name, where in places.items() if len(where) == 1}
    known = {name: where for name, where in single.items() if name in wanted.values()}
    unknown = {name: where for name, where in single.items() if name not in wanted.values()}
    flaws = [_twice(name) for name, where in places.items() if len(where) > 1]
    absent = [name for name in wanted.values() if name not in places]
    flaws += [_slip(name, near) for name in unknown if (near := _near_miss(name, absent)) is not None]
    missing = [column.name for column in table.columns if column.required and column.name not in known]
    return Header(known, unknown, tuple(flaws), _without(missing) if missing else None)


def _near_miss(name: str, absent: Sequence[str]) -> str | None:
    scored = [(fuzz.ratio(squeezed(name), squeezed(column)), column) for column in absent]
    score, column = max(scored, default=(0.0, None))
    return column if score >= _NEAR_MISS else None


def _twice(name: str) -> Flaw:
    return Flaw(Why.WRONG_HEADER, Lost.VALUE, "each column once: neither of the two is used", 1, name, name)


def _slip(name: str, near: str) -> Flaw:
    return Flaw(
        Why.WRONG_HEADER, Lost.VALUE, f"{near}, if that is meant: the column is kept but not used", 1, name, name
    )


def _without(missing: Sequence[str]) -> Flaw:
    """No value is shown: where a header is missing, the first row stands in its place, and it may name persons."""
    return Flaw(Why.WRONG_HEADER, Lost.FILE, f"a header row with {' and '.join(missing)}", 1)
