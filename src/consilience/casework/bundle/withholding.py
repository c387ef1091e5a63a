"""What of a case a bundle may not show, and why: persons, sources who did not agree, observers, and their exhibits.

The rules are those of docs/formats/bundle-format.md. They look at rows alone: the same rows give the same answer. How a
thing is withheld (a commitment) is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from consilience.casework.people import Apart
from consilience.quantities import Digest
from consilience.records.case import CaseRecords
from consilience.records.columns import Column
from consilience.records.consent import may
from consilience.records.restricted_fields import WHERE_SEEN, is_restricted
from consilience.records.tables import TABLES

Row = Mapping[str, Any]

PROFILES = ("partner", "court")
"""For whom a bundle is; each is a use that a source may have agreed to."""

PERSON = "may name a person"
PROTECTED = "of a source that is protected or did not agree to this use"
OBSERVER = "may lead to an observer"
EXHIBIT = "the exhibit is withheld or not in the case"
UNKNOWN_COLUMNS = "columns that the format does not know"
TELLTALE = "a digest that tells whether a guess at what is withheld is right"

OBSERVERS = ("flight_spotter", "radio_monitor")
"""Roles whose place and hours are a danger to them."""
LOGS = ("sightings", "transmissions")
"""Tables that observers write: who noticed what may lead to them, and so may a page of their log."""
CASE_FILE = "case.toml"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is withheld from whom in one case.

    `sources` are all that the case names, `interviews` those of the protected ones and those that name nobody,
    `hidden` the paths of exhibits that are not handed out.
    """

    profile: str
    protected: frozenset[str]
    observers: frozenset[str]
    sources: frozenset[str]
    interviews: frozenset[str]
    hidden: frozenset[str]

    def reasons(self, table: str, row: Row) -> dict[str, str]:
        """The canonical columns of a row that are withheld, each with the reason. Empty cells count too."""
        whole = self._whole(row)
        if whole is not None:
            return {name: whole for column in TABLES[table].columns for name in column.canonical()}
        found: dict[str, str] = {}
        for column in TABLES[table].columns:
            why = self._reason(table, column, row)
            if why is not None:
                found |= dict.fromkeys(column.canonical(), why)
        return found

    def _whole(self, row: Row) -> str | None:
        """Why nothing of the row is shown, or None where each cell is asked for itself."""
        is_theirs = row.get("source_id") in self.protected or row.get("interview_id") in self.interviews
        return PROTECTED if is_theirs else None

    def _reason(self, table: str, column: Column, row: Row) -> str | None:
        if column.personal:
            return PERSON
        named = set(_texts(row.get(column.name))) & self.sources
        if table in LOGS and column.name in ("source_id", "item", "locator"):
            return OBSERVER
        if named & self.protected:
            return PROTECTED
        is_where_seen = column.name in WHERE_SEEN.get(table, ())
        if named & self.observers or is_restricted(table, column.name) or is_where_seen:
            return OBSERVER
        if column.name in ("item", "locator") and row.get("item") in self.hidden:
            return EXHIBIT
        return None


def rules_of(apart: Apart, kept: Iterable[tuple[PurePosixPath, Digest]], profile: str, on: date) -> Rules:
    """The rules for one case. `kept` are paths and digests of what the vault holds in clear; `on` is the day on which
    consent must hold. Rows of who has withdrawn, which are shown nowhere, still count for exhibits that they cite."""
    read = apart.read
    sources = sources_named(read)
    unwilling = {source for source in sources if not may(read, source, profile, on)}
    protected = apart.sealed | apart.withdrawn | unwilling
    is_theirs = pl.col("source_id").is_in(sorted(protected)) | pl.col("source_id").is_null()
    theirs = read.tables["interviews"].filter(is_theirs)
    open_rules = Rules(
        profile, protected, frozenset(_observers(read)), sources, frozenset(theirs["interview_id"]), frozenset()
    )
    return replace(open_rules, hidden=frozenset(_hidden(apart, open_rules, set(kept))))


def _hidden(apart: Apart, rules: Rules, kept: set[tuple[PurePosixPath, Digest]]) -> set[str]:
    """Paths that rows cite and that stay in the house: a protected row, a log or an interview cites them or the same
    bytes under another name; they are tables; or the vault holds nothing of them in clear."""
    files = {str(file.path): file for file in apart.read.files}
    usable = {str(file.path) for file in apart.records.files if file.table is None and str(file.path) != CASE_FILE}
    cited: set[str] = set()
    hidden: set[str] = set()
    for name, row in _citing(apart):
        cited.add(row["item"])
        if name == "interviews" or "item" in rules.reasons(name, row):
            hidden.add(row["item"])
    for path in cited:
        file = files.get(path)
        if file is None or path not in usable or (file.path, file.digest) not in kept:
            hidden.add(path)
    digests = {files[path].digest for path in hidden if path in files}
    return hidden | {path for path in cited if path in files and files[path].digest in digests}


def _citing(apart: Apart) -> Iterator[tuple[str, Row]]:
    """Each row that cites an exhibit, as it was read and as the records call it."""
    for records in (apart.read, apart.records):
        for name, frame in records.tables.items():
            if "item" in frame.columns:
                yield from ((name, row) for row in frame.filter(pl.col("item").is_not_null()).iter_rows(named=True))


def sources_named(records: CaseRecords) -> frozenset[str]:
    """Every source that a row of the case names."""
    named: set[str] = set()
    for name, frame in records.tables.items():
        for column in TABLES[name].columns:
            if column.refers_to == "sources" or (name == "sources" and column.name == "source_id"):
                named |= {text for value in frame[column.name] for text in _texts(value)}
    return frozenset(named)


def _observers(records: CaseRecords) -> set[str]:
    """By their role, or because a row of a log is theirs."""
    is_observer = pl.col("role").is_in(OBSERVERS)
    named = set(records.tables["sources"].filter(is_observer)["source_id"])
    for table in LOGS:
        named |= set(records.tables[table]["source_id"].drop_nulls())
    logs = records.tables["coverage"].filter(pl.col("kind").is_in(LOGS))
    return named | set(logs["source_id"].drop_nulls())


def _texts(value: object) -> list[str]:
    """The texts of a cell: of a list each."""
    if isinstance(value, pl.Series):
        value = value.to_list()
    return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []
