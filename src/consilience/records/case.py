"""A case as it was read: its settings, its canonical tables, its files, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from consilience.quantities import Digest, canonical_json, digest_bytes, iso_utc, zone_named
from consilience.records.left_out import LeftOut
from consilience.records.tables import TABLES

SINGLE_SOURCE_RULES = ("off", "warn", "widen")
"""What is done where one source alone carries that one party is named: nothing, a sentence, or all parties named."""


DATE_ORDERS = ("dmy", "mdy")
"""In which order the tables write a date of numbers that begins with no year: day first, or month first."""


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """What `case.toml` says. `area` is west, south, east, north in WGS 84 degrees.

    `orbat` is the name of a shipped order of battle, or a folder relative to the case, or None for none.
    `date_order` is one of `DATE_ORDERS`, or None where no order is declared; `party_words` are other words of the
    tables for a party. What these two change is in the tables, so they are no part of the digest.
    `single_source` is one of `SINGLE_SOURCE_RULES`. `reviewers` is how many persons must have reviewed a finding
    before it is published; no finding depends on it, and no digest.
    """

    id: str
    title: str
    time_zone: str
    parties: tuple[str, ...]
    period_start: date | None = None
    period_end: date | None = None
    as_of: date | None = None
    area: tuple[float, float, float, float] | None = None
    orbat: str | None = None
    attribution_level: float = 0.95
    single_source: str = "warn"
    party_labels: Mapping[str, str] | None = None
    reviewers: int = 1
    date_order: str | None = None
    party_words: Mapping[str, tuple[str, ...]] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose wall clocks the case speaks of, with its history."""
        return zone_named(self.time_zone)

    def label_of(self, party: str) -> str:
        """How a report names a party; the party's own word where case.toml gives no label."""
        return (self.party_labels or {}).get(party, party)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of the case folder: its path relative to it, digest and size, and the table that it holds, if any."""

    path: PurePosixPath
    digest: Digest
    size_bytes: int
    table: str | None


@dataclass(frozen=True, slots=True)
class CaseRecords:
    """Everything that was read from a case folder.

    `tables` has one canonical frame for every table of the format (empty where the case has none), rows sorted by all
    canonical columns' text with the key first, so that it depends on content alone.
    """

    settings: CaseSettings
    tables: Mapping[str, pl.DataFrame]
    files: tuple[CaseFile, ...]
    left_out: tuple[LeftOut, ...]
    extras: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """For tables with columns that the format does not know: the key (else `_row`) and those columns as text.

    Shown in the workbench, never printed in a report, no part of the digest.
    """
    withdrawn: frozenset[str] = frozenset()
    """Sources whose withdrawal the ledger holds; `consent.withdrawn_sources` adds those that the table names."""
    unread_consent: frozenset[str] = frozenset()
    """Sources with a row of `interviews` that can't be read: what it says of consent is not known, so there is none."""
    consent_day: date | None = None
    """The day on which consent has to hold for a publication made from this; None: as_of. No part of the digest."""

    def same_files(self) -> dict[str, str]:
        """Of the files that rows cite as `item`, those that hold the same bytes as another: path to the first path."""
        cited = {
            item
            for name, frame in self.tables.items()
            if "item" in TABLES[name].canonical()
            for item in frame["item"].drop_nulls()
        }
        first: dict[Digest, str] = {}
        same: dict[str, str] = {}
        for path, digest in sorted((str(file.path), file.digest) for file in self.files if str(file.path) in cited):
            if first.setdefault(digest, path) != path:
                same[path] = first[digest]
        return same

    def digest(self) -> Digest:
        """SHA-256 over settings and canonical records: what findings depend on, besides version and parameters.

        Of the cited files it holds which are the same, and no more. Free of other file names, row numbers, row order
        and file format. Written in RFC 8785 JSON, one line a row.
        """
        parts = [canonical_json(_plain_settings(self.settings))]
        for name in sorted(self.tables):
            frame = self.tables[name].select(list(TABLES[name].canonical())[:-2])
            for row in frame.iter_rows(named=True):
                kept = {key: _plain(value) for key, value in row.items() if value not in (None, [])}
                parts.append(canonical_json([name, kept]))
        parts += [canonical_json(["same file", path, first]) for path, first in sorted(self.same_files().items())]
        return digest_bytes(b"\n".join(parts))


def _plain(value: object) -> object:
    return iso_utc(value) if isinstance(value, datetime) else value


def _plain_settings(settings: CaseSettings) -> dict[str, object]:
    return {
        "id": settings.id,
        "title": settings.title,
        "time_zone": settings.time_zone,
        "parties": list(settings.parties),
        "period": [str(settings.period_start or ""), str(settings.period_end or "")],
        "as_of": str(settings.as_of or ""),
        "area": list(settings.area or ()),
        "orbat": settings.orbat or "",
        "attribution_level": settings.attribution_level,
        "single_source": settings.single_source,
        "party_labels": dict(settings.party_labels or {}),
    }


def rows_by_key(frame: pl.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """The rows of a canonical table by the name in its column `key`."""
    return {row[key]: row for row in frame.iter_rows(named=True)}
