"""What is dated after the day of which a case speaks: a report "as of 30 June" that holds a log of July is misdated.

The row is used all the same: nobody can tell from here whether its date is wrong or `as_of` is. It is noticed, and a
release stays shut until one of the two was put right. What a report tells with its own later date shuts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from consilience.casework.first_of_many import first_of
from consilience.records.case import CaseRecords
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import TABLES

DATED: Final[Mapping[str, Sequence[str]]] = {
    "interviews": ("date",),
    "site_status": ("from", "to"),
    "incidents": ("window_start",),
    "accounts": ("time",),
    "sightings": ("time",),
    "transmissions": ("time",),
    "coverage": ("from", "to"),
    "media": ("captured_at", "uploaded_at"),
    "imagery": ("acquired_at",),
    "detections": ("time",),
    "casualties": ("date_of_death",),
    "leads": ("found_at", "posted_at"),
    "searches": ("date",),
    "context": ("from", "to"),
    "letters": ("sent_on", "replied_on"),
}
"""By table the columns that say when something was, or was done. The other columns of times are latest moments, and the
thing may have been before (`time_end`, `window_end`), of days to come (`due_on`, `consent_until`), or hold whenever
they are (`withdrawn_on`)."""

TOLD: Final[Mapping[str, str]] = {
    "context": "the report says beside it that it reaches further",
    "letters": "for the report this has not happened yet",
}
"""Tables of which a report itself says what came later, and how. Letters have gates of their own."""

_ENDS: Final = ("to",)
_MEND: Final = "write a later as_of there, or correct the date"


def notices(records: CaseRecords) -> Iterator[LeftOut]:
    """A notice for each date of a row in use that lies after `as_of`, whose `value` is that day in the case's zone;
    none without `as_of`. What a device shows is corrected by how far its clock runs ahead first.
    """
    as_of = records.settings.as_of
    if as_of is None:
        return
    for table, columns in DATED.items():
        frame = records.tables[table]
        for column in columns:
            days = _days(frame, column, records.settings.time_zone)
            yield from (_notice(table, column, row, as_of) for row in _after(frame, table, days, as_of))


def shut_by(left_out: Iterable[LeftOut], as_of: date | None) -> Iterator[str]:
    """Why a publication that speaks as of this day is misdated: a reason for each column of a file, with the number of
    rows, the first of them and the latest day. What the report tells itself (TOLD) is no reason.
    """
    found: dict[tuple[str, str], list[LeftOut]] = {}
    for item in left_out:
        if item.why is Why.AFTER_AS_OF and item.table not in TOLD:
            found.setdefault((str(item.file), str(item.column)), []).append(item)
    for (file, column), items in sorted(found.items()):
        rows = sorted({item.row for item in items if item.row is not None})
        many = f"{len(rows):,} rows are" if len(rows) > 1 else "a row is"
        latest = max(str(item.value) for item in items)
        yield f"{file}, column {column}: {many} dated after as_of {as_of} ({first_of(rows)}), the latest {latest}"


def _days(frame: pl.DataFrame, column: str, zone: str) -> pl.Series:
    """The day in the case's zone of each row; null where none stands. An end at midnight is of the day before."""
    moment, is_clock = pl.col(f"{column}_lo"), pl.col(f"{column}_clock").fill_null(value=False)
    if column in _ENDS:
        moment = moment - pl.when(is_clock).then(pl.duration(microseconds=1)).otherwise(pl.duration())
    if column == "captured_at":
        ahead = pl.duration(microseconds=(pl.col("clock_offset_s").fill_null(0.0) * 1e6).round())
        moment = moment - pl.when(is_clock).then(ahead).otherwise(pl.duration())
    return frame.select(moment.dt.convert_time_zone(zone).dt.date()).to_series()


def _after(frame: pl.DataFrame, table: str, days: pl.Series, as_of: date) -> Iterator[Mapping[str, object]]:
    key = TABLES[table].key
    named = frame.select("_file", "_row", key=pl.lit(None) if key is None else pl.col(key)).with_columns(day=days)
    return named.filter(pl.col("day") > as_of).sort("_file", "_row").iter_rows(named=True)


def _notice(table: str, column: str, row: Mapping[str, object], as_of: date) -> LeftOut:
    return LeftOut(
        file=PurePosixPath(str(row["_file"])),
        row=int(str(row["_row"])),
        column=column,
        table=table,
        record_id=None if row["key"] is None else str(row["key"]),
        why=Why.AFTER_AS_OF,
        lost=Lost.NOTHING,
        value=str(row["day"]),
        expected=f"a day up to {as_of}, as_of of case.toml: {TOLD.get(table, _MEND)}",
    )
