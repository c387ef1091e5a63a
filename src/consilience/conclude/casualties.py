"""Killed and injured as ranges over independent accounts. Unknown is None and never 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

Range = tuple[int | None, int | None]
"""Fewest and most; None where no account bounds that side."""

UNKNOWN: Range = (None, None)


@dataclass(frozen=True, slots=True)
class Casualties:
    """Both ranges of one incident; `UNKNOWN` where nobody gave a figure."""

    killed: Range
    injured: Range


def count_casualties(accounts: pl.DataFrame, depends_on: Mapping[str, Sequence[str]]) -> Casualties:
    """The ranges that the accounts of one incident leave open.

    `accounts` are canonical rows of that incident; `depends_on` names for each source those that it has its knowledge
    from. A figure of a source that draws on another one with a figure of its own is that one's figure told again: it
    widens nothing.
    """
    return Casualties(
        killed=_span(_independent(accounts, "killed", depends_on)),
        injured=_span(_independent(accounts, "injured", depends_on)),
    )


def total(ranges: Iterable[Range]) -> Range:
    """The sum over incidents: the least that is known, and the most only if every incident has a most.

    The lower sum counts what is known and so stays a lower bound; it is None where no incident has one.
    """
    listed = list(ranges)
    lows = [low for low, _ in listed if low is not None]
    highs = [high for _, high in listed if high is not None]
    return (sum(lows) if lows else None, sum(highs) if listed and len(highs) == len(listed) else None)


def _independent(accounts: pl.DataFrame, what: str, depends_on: Mapping[str, Sequence[str]]) -> list[Range]:
    low, high = f"{what}_min", f"{what}_max"
    given = accounts.filter(pl.col(low).is_not_null() | pl.col(high).is_not_null())
    sources = {source for source in given["source_id"] if source is not None}
    told_again = {s for s in sources if (_origins(s, depends_on) - {s}) & sources}
    own = given.filter(~pl.col("source_id").is_in(sorted(told_again)).fill_null(False))
    kept = own if own.height else given  # sources that only cite each other: nobody is the origin, all stay
    return list(kept.select(low, high).sort(low, high).iter_rows())


def _origins(source: str, depends_on: Mapping[str, Sequence[str]]) -> set[str]:
    """Every source that knowledge of `source` comes from, directly or through others."""
    seen: set[str] = set()
    open_ = list(depends_on.get(source, ()))
    while open_:
        parent = open_.pop()
        if parent not in seen:
            seen.add(parent)
            open_.extend(depends_on.get(parent, ()))
    return seen


def _span(ranges: Sequence[Range]) -> Range:
    """Least of the least, most of the most; no most where an open-ended account ("at least 7") reaches every most: who
    says "at least 7" has not said "7 at most".
    """
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    top = max(highs) if highs else None
    open_ended = [low for low, high in ranges if low is not None and high is None]
    if top is not None and any(low >= top for low in open_ended):
        top = None
    return (min(lows) if lows else None, top)
