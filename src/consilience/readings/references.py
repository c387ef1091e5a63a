"""Rows that name rows of other tables: does what they name exist?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from consilience.readings.faults import Settled, faults_where, report, settle
from consilience.records.columns import Column, Kind, Table
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import TABLES


@dataclass(frozen=True, slots=True)
class Gone:
    """Rows of a table that were left out: their keys, and whether there were some whose key nobody could read.

    With such `nameless` ones, an id that is in no row may well have named one of them.
    """

    keys: frozenset[str]
    nameless: bool


def check_references(frames: Mapping[str, pl.DataFrame], gone: Mapping[str, Gone]) -> dict[str, Settled]:
    """Each table without references to rows that are in no file.

    Where a case has no such table, or no row in it, ids are labels and stay. A row that is there and was left out is
    not dangling: who names it goes on without the name, and one line for each such id says so; but where an empty cell
    means every one, the row is lost.
    """
    return {name: _check_table(frame, TABLES[name], frames, gone) for name, frame in frames.items()}


def _check_table(
    frame: pl.DataFrame, table: Table, frames: Mapping[str, pl.DataFrame], gone: Mapping[str, Gone]
) -> Settled:
    settled = Settled(frame, frozenset(), ())
    for column in table.columns:
        if column.refers_to is None or column.name == table.key:
            continue
        other = TABLES[column.refers_to]
        present = frames[other.name][other.key].to_list() if other.key else []
        lost = gone.get(other.name, Gone(frozenset(), False))
        if not present and not lost.keys and not lost.nameless:
            continue
        check = _check_list if column.kind is Kind.IDS else _check_column
        named = set(_names_in(settled.frame, column)) - set(present)
        widows = frozenset(named if lost.nameless else named & lost.keys)
        found = check(settled.frame, table, column, pl.Series(present, dtype=pl.String), widows)
        settled = Settled(found.frame, settled.lost_keys | found.lost_keys, settled.left_out + found.left_out)
    return settled


def _check_column(
    frame: pl.DataFrame, table: Table, column: Column, present: pl.Series, lost: frozenset[str]
) -> Settled:
    ids = frame[column.name]
    is_strange = ids.is_not_null() & ~ids.is_in(present.implode())
    may_go_on = frozenset[str]() if column.all_if_empty else lost
    is_lost = is_strange & ids.is_in(pl.Series(sorted(may_go_on), dtype=pl.String).implode())
    dangling = faults_where(is_strange & ~is_lost, column, Why.DANGLING_ID, f"a key of {column.refers_to}", ids)
    is_told = is_lost & ids.is_first_distinct()
    widowed = faults_where(is_told, column, Why.DANGLING_ID, _widowed(column), ids, Lost.VALUE)
    without = frame.with_columns(ids.set(is_lost, None))
    settled = settle(without, [dangling], table)
    return Settled(settled.frame, settled.lost_keys, settled.left_out + report(frame, widowed, table))


def _check_list(frame: pl.DataFrame, table: Table, column: Column, present: pl.Series, lost: frozenset[str]) -> Settled:
    """Of a list only the strange entries go."""
    known = set(present)
    told: set[str] = set()
    kept: list[list[str] | None] = []
    left_out: list[LeftOut] = []
    for at, ids in enumerate(frame[column.name].to_list()):
        strange = [name for name in ids or () if name not in known]
        kept.append([name for name in ids if name in known] if strange else ids)
        for name in strange:
            expected = _widowed(column) if name in lost else f"keys of {column.refers_to}"
            if name not in told or name not in lost:
                told.add(name)
                one = pl.int_range(len(frame), eager=True) == at
                values = pl.repeat(name, len(frame), eager=True)
                left_out += report(
                    frame, faults_where(one, column, Why.DANGLING_ID, expected, values, Lost.VALUE), table
                )
    lists = pl.Series(column.name, kept, dtype=pl.List(pl.String))
    return Settled(frame.with_columns(lists), frozenset(), tuple(left_out))


def _names_in(frame: pl.DataFrame, column: Column) -> list[str]:
    ids = frame[column.name]
    return (ids.explode() if column.kind is Kind.IDS else ids).drop_nulls().unique().to_list()


def _widowed(column: Column) -> str:
    return f"a row of {column.refers_to} that could be read: it was left out there, and this goes on without it"
