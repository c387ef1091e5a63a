"""Canonical frames from a few cells, and the settings that go with them. All of it is synthetic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from consilience.quantities import minutes_since_epoch
from consilience.records.case import CaseSettings
from consilience.records.columns import Kind
from consilience.records.tables import TABLES

ZONE = "Asia/Damascus"
SETTINGS = CaseSettings(
    id="synthetic", title="Synthetic", time_zone=ZONE, parties=("Syrian", "Russian"), area=(35.7, 35.0, 37.4, 36.6)
)


def frame_of(table: str, *rows: Mapping[str, object]) -> pl.DataFrame:
    """A canonical frame; times are written as in a case ("2017-04-02", "2017-04-02T19:20"), the rest is canonical."""
    schema = TABLES[table].canonical()
    times = [column.name for column in TABLES[table].columns if column.kind is Kind.TIME]
    filled = []
    for number, row in enumerate(rows, start=2):
        cells: dict[str, object] = {key: value for key, value in row.items() if key not in times}
        for name in times:
            if (written := row.get(name)) is not None:
                cells |= _moments(name, str(written))
        filled.append({"_file": f"{table}.csv", "_row": number} | cells)
    return pl.DataFrame(filled, schema=schema)


def wall(written: str) -> float:
    """Minutes since the epoch of a wall-clock time in the zone of the settings."""
    return minutes_since_epoch(datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(ZONE)))


def _moments(name: str, written: str) -> dict[str, object]:
    start = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(ZONE))
    has_clock = "T" in written
    end = start if has_clock else start + timedelta(days=1)  # wall-clock arithmetic: the next local midnight
    return {f"{name}_lo": start.astimezone(UTC), f"{name}_hi": end.astimezone(UTC), f"{name}_clock": has_clock}
