"""Watches declared whole in which hardly anything stands: said by check and run, and weighed as declared.

A declared watch makes silence evidence and a near row a rare coincidence. Three alerts in two years of "every alert is
in the table" are more often a selection that somebody declared whole by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any, Final

import polars as pl

from consilience.quantities import minutes_since_epoch
from consilience.records.left_out import LeftOut, Lost, Why

_MONTH: Final = timedelta(days=30)
_SHORTEST: Final = 2 * _MONTH
"""Watches shorter than this are never thin: a quiet month happens. Our choice, as is the next."""

_FEWEST: Final = 1.0
"""Rows a month below which a watch is thin: whoever keeps a log of a war without gaps writes down more."""

_MEANT: Final = {
    "sightings": "nothing else flew there in all that time that could be noticed",
    "transmissions": "nothing else was said there in all that time that could be heard",
    "detections": "nothing else of that kind was noticed there in all that time",
}


def thin_watches(coverage: pl.DataFrame, placed: dict[str, pl.DataFrame]) -> Iterator[LeftOut]:
    """A notice for each row of `coverage` of two months or more whose source wrote less than a row a month in it; of
    detections kind by kind, for those kinds that the watch holds for.

    `placed` are the situated logs by the kind of watch. The row's area is not looked at: its source has no more rows
    in it than anywhere.
    """
    for row in coverage.iter_rows(named=True):
        length = row["to_hi"] - row["from_lo"]
        if length < _SHORTEST:
            continue
        for what, count in _counted(row, placed[row["kind"]]):
            if count < _FEWEST * (length / _MONTH):
                yield _notice(row, what, count, length.days)


def _counted(row: dict[str, Any], log: pl.DataFrame) -> list[tuple[str, int]]:
    """What the watch is of, and how many rows of its source lie in it."""
    if row["source_id"] is not None:
        log = log.filter(pl.col("source_id") == row["source_id"])
    start, end = (minutes_since_epoch(row[name]) for name in ("from_lo", "to_hi"))
    inside = (pl.col("t_lo") >= start) & (pl.col("t_hi") <= end)
    if row["kind"] != "detections":
        return [(row["kind"], log.filter(inside).height)]
    counts = log.filter(pl.col("kind") != "weather").group_by("kind").agg(inside.sum()).sort("kind")
    return [(kind.replace("_", " "), count) for kind, count in counts.iter_rows()]


def _notice(row: dict[str, Any], what: str, count: int, days: int) -> LeftOut:
    expected = (
        f"a row a month at least where a log is whole (this is {days} days); it is taken to say that "
        f"{_MEANT[row['kind']]}, so silence speaks against an attack and a row near one is hardly chance: shorten the "
        "watch to when all was written down, or delete it where rows were picked"
    )
    return LeftOut(
        PurePosixPath(row["_file"]), row["_row"], "to", "coverage", None, Why.THIN_WATCH, Lost.NOTHING,
        f"{count} {what}", expected,
    )  # fmt: skip
