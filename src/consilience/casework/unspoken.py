"""Incidents of which nothing in the case can say anything: left out, since a finding on them would be a prior alone.

Two kinds. One that no usable account, video, scene or remnant names: its alleged window and a log of the sky don't say
that anything happened there. And one of which nothing says when: no account, no whole window, and no day in the case.
Where an incident's own time was told and could not be read, the days of other rows say nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from datetime import date, timedelta
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import polars as pl

from consilience.quantities import moment_at
from consilience.records.case import CaseRecords, CaseSettings
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import TABLES

SPEAKING = ("accounts", "media", "imagery", "munitions")
"""Tables whose rows are weighed for the incident that they name."""

DATING = ("accounts", "sightings", "transmissions", "media")
"""Tables whose days bound a case that gives no period; a scene may be years older than the attack, so none is read."""

_DAY_BEFORE = timedelta(days=1)
"""Our choice: what is uploaded or told past midnight often shows the evening before."""

_UNSPOKEN = "an account, a video, a scene or a remnant that names this incident: nothing that can be used does"
_TIMES = ("time", "time_end", "time_precision", "captured_at", "capture_precision", "clock_offset_s", "uploaded_at")
"""Columns of accounts and media whose bad value leaves a row without a time that was told."""

_UNREAD = (
    "a time that can be read, a whole window, or period_start and period_end in case.toml: what was told can't be read"
)
_UNDATED = "a time: no account, no whole window and no period of the case says when"


def with_period(settings: CaseSettings, placed: dict[str, pl.DataFrame]) -> CaseSettings:
    """The settings, each end of the period that case.toml doesn't give taken from the days that the tables name.

    `placed` are situated tables by name. The end stays None where no table names a day.
    """
    times = pl.concat(placed[table].select("t_lo", "t_hi") for table in DATING)
    first, last = times["t_lo"].min(), times["t_hi"].max()
    return replace(
        settings,
        period_start=settings.period_start or _day(first, settings.zone, -_DAY_BEFORE),
        period_end=settings.period_end or _day(last, settings.zone, timedelta()),
    )


def without_unspoken(records: CaseRecords, accounts: pl.DataFrame, settings: CaseSettings) -> CaseRecords:
    """The records without those incidents, each listed as left out with the reason.

    `accounts` are the situated ones; `settings` those of `with_period`.
    """
    incidents, tables = records.tables["incidents"], records.tables
    spoken = {name for table in SPEAKING for name in tables[table]["incident_id"] if name is not None}
    timed = accounts.filter(pl.col("t_lo").is_not_null())["account_id"]
    dated = set(tables["accounts"].filter(pl.col("account_id").is_in(timed.implode()))["incident_id"])
    everywhere = settings.period_start is not None
    is_declared = records.settings.period_start is not None and records.settings.period_end is not None
    unread = frozenset[str]() if is_declared else _with_unread_times(records)
    lost = list(_left_out(incidents, spoken, dated, unread, everywhere=everywhere))
    gone = [item.record_id for item in lost]
    kept = incidents.filter(~pl.col("incident_id").is_in(gone))
    return replace(records, tables={**tables, "incidents": kept}, left_out=(*records.left_out, *lost))


def _with_unread_times(records: CaseRecords) -> frozenset[str]:
    """The incidents of accounts and media whose time was left out as unreadable."""
    found: set[str] = set()
    for table in ("accounts", "media"):
        frame = records.tables[table]
        rows = [item.record_id for item in records.left_out if _is_unread_time(item, table)]
        found.update(frame.filter(pl.col(str(TABLES[table].key)).is_in(rows))["incident_id"].drop_nulls())
    return frozenset(found)


def _is_unread_time(item: LeftOut, table: str) -> bool:
    return item.table == table and item.lost is Lost.VALUE and item.column in _TIMES


def _left_out(
    incidents: pl.DataFrame, spoken: set[str], dated: set[str], unread: Set[str], *, everywhere: bool
) -> Iterator[LeftOut]:
    for row in incidents.iter_rows(named=True):
        has_window = row["window_start_lo"] is not None and row["window_end_hi"] is not None
        if row["incident_id"] not in spoken:
            column, expected = "incident_id", _UNSPOKEN
        elif has_window or row["incident_id"] in dated:
            continue
        elif row["incident_id"] in unread:
            column, expected = "window_start", _UNREAD
        elif not everywhere:
            column, expected = "window_start", _UNDATED
        else:
            continue
        yield LeftOut(
            file=PurePosixPath(row["_file"]),
            row=row["_row"],
            column=column,
            table="incidents",
            record_id=row["incident_id"],
            why=Why.MISSING_VALUE,
            lost=Lost.ROW,
            value=None,
            expected=expected,
        )


def _day(minute: object, zone: ZoneInfo, shift: timedelta) -> date | None:
    return moment_at(float(minute)).astimezone(zone).date() + shift if isinstance(minute, float | int) else None
