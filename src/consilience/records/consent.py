"""What a source agreed to, and until when; and a case without those who have withdrawn.

Consent is what `interviews` says. A source who was interviewed agreed to nothing but what is written there: an empty
cell is no consent. A source who never was (an organisation, a post on a public page) was not asked, and `may` says for
which uses that is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from consilience.records.case import CaseRecords
from consilience.records.columns import Kind
from consilience.records.tables import CONSENTS, TABLES

NEVER_UNASKED = ("quote", "name", "image")
"""Uses that show the person. Without consent on record there is none of them, whoever the source is."""


class Consent(StrEnum):
    """What is on record of one use of one source."""

    GIVEN = "given"
    NOT_GIVEN = "not given"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not asked"


def consent_of(records: CaseRecords, source_id: str, use: str, on: date) -> Consent:
    """What is on record of a use (one of CONSENTS) of a source on a day, the case's own.

    Where a source was interviewed several times, each interview has to allow it: what was once said under a narrower
    promise stays under it; one whose row can't be read allows nothing. KeyError for a use that the case format does not
    know.
    """
    if use not in CONSENTS:
        raise KeyError(use)
    if source_id in withdrawn_sources(records):
        return Consent.WITHDRAWN
    if source_id in records.unread_consent:
        return Consent.NOT_GIVEN
    rows = records.tables["interviews"].filter(pl.col("source_id") == source_id).iter_rows(named=True)
    found = {_in_one(row, use, on, records) for row in rows}
    for worst in (Consent.NOT_GIVEN, Consent.EXPIRED, Consent.GIVEN):
        if worst in found:
            return worst
    return Consent.NOT_ASKED


def may(records: CaseRecords, source_id: str, use: str, on: date) -> bool:
    """May what this source gave be used so on that day?

    Yes where every interview of it says so; and where there is none, for all uses but those that show the person.
    """
    found = consent_of(records, source_id, use, on)
    return found is Consent.GIVEN or (found is Consent.NOT_ASKED and use not in NEVER_UNASKED)


def for_publication(records: CaseRecords, today: date) -> CaseRecords:
    """The case as it may go out: consent has to hold today, though the words speak of an earlier day, `as_of`."""
    as_of = records.settings.as_of
    return replace(records, consent_day=None if as_of is None else max(as_of, today))


def agreeing_interviews(records: CaseRecords, use: str) -> frozenset[str]:
    """Interviews whose consent covers a use on the day on which it has to hold, by interview_id: `consent_day`, or
    `as_of` where none is set. One that ends at all does not where there is neither: nobody knows then which day it is.
    """
    return frozenset(
        row["interview_id"]
        for row in records.tables["interviews"].iter_rows(named=True)
        if use in (row["consent"] or ()) and row["withdrawn_on_lo"] is None and _lasts(row, records)
    )


def unwilling_sources(records: CaseRecords, use: str) -> frozenset[str]:
    """Sources of whom nothing may be used so on that day: interviewed, and not every interview covers it; with a row of
    `interviews` that can't be read; or withdrawn. One that was never interviewed was not asked, and is none of them.
    """
    agreed = agreeing_interviews(records, use)
    asked = records.tables["interviews"].select("interview_id", "source_id").iter_rows()
    refused = {source for interview, source in asked if source is not None and interview not in agreed}
    return frozenset(refused) | records.unread_consent | withdrawn_sources(records)


def agreeing_people(records: CaseRecords, use: str) -> frozenset[str]:
    """People interviewed of whom every interview covers a use on that day: by source_id, and by interview_id where an
    interview names no source. Only of these may it be said who they are; the others are counted, and no more.
    """
    agreed = agreeing_interviews(records, use)
    people: dict[str, bool] = {}
    for row in records.tables["interviews"].iter_rows(named=True):
        person = str(row["source_id"] or row["interview_id"])
        people[person] = people.get(person, True) and row["interview_id"] in agreed
    return frozenset(person for person, all_of_them in people.items() if all_of_them) - records.unread_consent


def _lasts(row: Mapping[str, Any], records: CaseRecords) -> bool:
    until, on = row["consent_until_lo"], records.consent_day or records.settings.as_of
    return until is None or (on is not None and on <= until.astimezone(records.settings.zone).date())


def withdrawn_sources(records: CaseRecords) -> frozenset[str]:
    """Sources who have withdrawn, by the ledger or by a date in `interviews`.

    A date in the future counts too: whoever wrote it down knew of the wish.
    """
    said = records.tables["interviews"].filter(pl.col("withdrawn_on_lo").is_not_null())["source_id"].drop_nulls()
    return records.withdrawn | frozenset(said)


def rows_of(records: CaseRecords, sources: Set[str]) -> dict[str, pl.DataFrame]:
    """By table, the rows that are a source's: they name it, or an interview of it. Tables without one are left out."""
    found = {name: frame.filter(_is_of(frame, records, sources)) for name, frame in records.tables.items()}
    return {name: frame for name, frame in found.items() if frame.height}


def rows_by_source(records: CaseRecords) -> dict[str, list[str]]:
    """By source, the names of the rows that are its own as `rows_of` has them: `accounts/A1`, or `coverage/coverage-0`
    (counted from 0) where rows have no name.
    """
    heard = dict(records.tables["interviews"].select("interview_id", "source_id").iter_rows())
    found: dict[str, list[str]] = {}
    for name, frame in records.tables.items():
        columns = [column for column in ("source_id", "interview_id") if column in frame.columns]
        key = TABLES[name].key
        for number, row in enumerate(frame.iter_rows(named=True) if columns else ()):
            named = (row.get("source_id"), heard.get(row.get("interview_id")))
            for source in sorted({str(one) for one in named if one is not None}):
                found.setdefault(source, []).append(f"{name}/{row[key] if key else f'{name}-{number}'}")
    return found


def without_sources(records: CaseRecords, sources: Set[str]) -> CaseRecords:
    """The case as if these sources had never been in it: their rows, and their names in lists of other rows.

    Columns that the format does not know go with their rows. What must be told of it, the caller tells.
    """
    if not sources:
        return records
    gone = rows_of(records, sources)
    tables = {
        name: _unlisted(frame.filter(~_is_of(frame, records, sources)), name, sources)
        for name, frame in records.tables.items()
    }
    extras = {name: _extras_without(frame, name, gone) for name, frame in records.extras.items()}
    return replace(records, tables=tables, extras=extras, withdrawn=records.withdrawn | sources)


def _in_one(row: Mapping[str, Any], use: str, on: date, records: CaseRecords) -> Consent:
    """What one interview says. `consent_until` is the last day on which it holds, on the case's wall clock."""
    if use not in (row["consent"] or ()):
        return Consent.NOT_GIVEN
    until = row["consent_until_lo"]
    is_over = until is not None and on > until.astimezone(records.settings.zone).date()
    return Consent.EXPIRED if is_over else Consent.GIVEN


def _is_of(frame: pl.DataFrame, records: CaseRecords, sources: Set[str]) -> pl.Expr:
    """Whether a row names one of the sources, or one of their interviews."""
    names = sorted(sources)
    heard = records.tables["interviews"].filter(pl.col("source_id").is_in(names))["interview_id"].to_list()
    said = [
        pl.col(column).is_in(ids).fill_null(value=False)
        for column, ids in (("source_id", names), ("interview_id", heard))
        if column in frame.columns
    ]
    return pl.any_horizontal(said) if said else pl.lit(value=False)


def _unlisted(frame: pl.DataFrame, name: str, sources: Set[str]) -> pl.DataFrame:
    """The frame without these sources in its lists of sources."""
    lists = [
        column.name for column in TABLES[name].columns if column.kind is Kind.IDS and column.refers_to == "sources"
    ]
    is_other = ~pl.element().is_in(sorted(sources))
    return frame.with_columns(pl.col(column).list.eval(pl.element().filter(is_other)) for column in lists)


def _extras_without(extras: pl.DataFrame, name: str, gone: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if name not in gone:
        return extras
    key = TABLES[name].key or "_row"
    return extras.filter(~pl.col(key).is_in(gone[name][key].implode()).fill_null(value=False))
