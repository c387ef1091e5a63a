"""Who agreed to what: for each source of a case, the uses that its consent allows on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from consilience.casework.people import read_apart
from consilience.errors import UsageError
from consilience.records.consent import Consent, consent_of, may
from consilience.records.tables import CONSENTS


@dataclass(frozen=True, slots=True)
class SourceConsent:
    """One source: the uses that are allowed, what is on record of each, and whether it is sealed or has withdrawn."""

    source_id: str
    allowed: tuple[str, ...]
    on_record: Mapping[str, Consent]
    is_sealed: bool
    has_withdrawn: bool


def consents_of(folder: Path, on: date | None = None) -> tuple[SourceConsent, ...]:
    """Every source of the case, by its name. The day is `as_of` of case.toml unless given; UsageError if neither is."""
    apart = read_apart(folder)
    day = on or apart.read.settings.as_of
    if day is None:
        raise UsageError("the case has no as_of", remedy="Give the day with --on: consent has dates.")
    names = {
        source
        for frame in apart.read.tables.values()
        if "source_id" in frame.columns
        for source in frame["source_id"].drop_nulls().unique()
    }
    return tuple(
        SourceConsent(
            source_id=source,
            allowed=tuple(use for use in CONSENTS if may(apart.read, source, use, day)),
            on_record={use: consent_of(apart.read, source, use, day) for use in CONSENTS},
            is_sealed=source in apart.sealed,
            has_withdrawn=source in apart.withdrawn,
        )
        for source in sorted(names | apart.sealed | apart.withdrawn)
    )
