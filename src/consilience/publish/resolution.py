"""How finely each column of a published table is told: never finer than the report says the same thing in words.

A column of which nothing is written down here goes into no publication. docs/formats/release-format.md has the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final, assert_never

import polars as pl

from consilience.errors import PublishError
from consilience.publish.local_time import minute_of
from consilience.publish.rounding import LEVELS, told_percent
from consilience.quantities import moment_at


class Resolution(StrEnum):
    """A step in which values are told."""

    TEXT = "text"
    """Ids and words, as they stand in the findings."""
    WHOLE = "whole"
    """Whole numbers: people, pieces, incidents."""
    MINUTE = "minute"
    """Times to the nearest minute, as ISO 8601 without seconds."""
    PROBABILITY = "probability"
    """As `words.percent` says it: 0.01 between 0.05 and 0.95, 0.001 beyond and where the step would cross a level, and
    never rounded to certainty."""
    WEIGHT = "weight"
    """Weights of evidence in bans, two decimals, as the annexe gives them."""


LEAST_TOLD: Final = 0.001
"""What stands for a probability of less than 0.0005; one minus it for more than 0.9995. The report says "less than
0.1 %" and "more than 99.9 %"."""

_HARM = ("killed_min", "killed_max", "injured_min", "injured_max", "placebo_matches", "placebo_shifts")
_NAMES = ("incident_id", "title", "facility_id", "attribution", "confidence")

RESOLUTIONS: Final[Mapping[str, Mapping[str, Resolution]]] = {
    "incidents": {
        **dict.fromkeys(_NAMES, Resolution.TEXT),
        **dict.fromkeys(("time_median", "time_low", "time_high"), Resolution.MINUTE),
        **dict.fromkeys(_HARM, Resolution.WHOLE),
        **dict.fromkeys(("attack_probability", "cluster", "together"), Resolution.PROBABILITY),
        **dict.fromkeys(("mode_*", "party_*"), Resolution.PROBABILITY),
    },
    "counts": {**dict.fromkeys(("total", "of"), Resolution.TEXT), "count": Resolution.WHOLE},
    "sources": {**dict.fromkeys(("role", "place"), Resolution.TEXT), "count": Resolution.WHOLE},
    "interviews": {**dict.fromkeys(("when", "how"), Resolution.TEXT), "count": Resolution.WHOLE},
    "matrix": {
        **dict.fromkeys(("incident_id", "evidence_id", "kind", "group", "verdict", "*_verdict"), Resolution.TEXT),
        "*_weight_log10": Resolution.WEIGHT,
        "*_conflict_p": Resolution.PROBABILITY,
    },
    "tracks": {
        **dict.fromkeys(("incident_id", "track_id", "sightings"), Resolution.TEXT),
        "responsibility": Resolution.PROBABILITY,
    },
}
"""Table to column, or pattern of columns, to resolution: the same for every profile, as the words of the report are."""


def resolution_of(table: str, column: str) -> Resolution:
    """How finely a column is told. PublishError where nobody has written that down."""
    for pattern, resolution in RESOLUTIONS.get(table, {}).items():
        if fnmatchcase(column, pattern):
            return resolution
    raise PublishError(
        "nobody has written down how finely this column may be published",
        where=f"{table}, column {column}", remedy="Report this as a defect of ours.",
    )  # fmt: skip


def told(table: str, frame: pl.DataFrame, levels: Sequence[float] = LEVELS) -> pl.DataFrame:
    """The table with every value at the resolution of its column, no probability across one of `levels`; unknown stays
    null. PublishError as above.
    """
    columns = {name: resolution_of(table, name) for name in frame.columns}
    return frame.with_columns(_coarse(frame[name], resolution, levels) for name, resolution in columns.items())


def told_probability(probability: float, levels: Sequence[float] = LEVELS) -> float:
    """A probability in the steps of `words.percent`, never 0 or 1: LEAST_TOLD stands for all that is less."""
    if probability < LEAST_TOLD / 2:
        return LEAST_TOLD
    if probability > 1 - LEAST_TOLD / 2:
        return 1 - LEAST_TOLD
    return round(float(told_percent(probability, levels)) / 100, 3)


def told_minute(iso: str) -> str:
    """A time of the findings to the nearest minute, as the report's clock says it: 2017-04-02T16:28Z."""
    moment: datetime = moment_at(round(minute_of(iso)))
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def _coarse(column: pl.Series, resolution: Resolution, levels: Sequence[float]) -> pl.Series:
    match resolution:
        case Resolution.TEXT | Resolution.WHOLE:
            return column
        case Resolution.MINUTE:
            return _each(column, told_minute)
        case Resolution.PROBABILITY:
            return _each(column, partial(told_probability, levels=levels))
        case Resolution.WEIGHT:
            return column.round(2) + 0.0  # no −0
        case _:
            assert_never(resolution)


def _each(column: pl.Series, say: Callable[[Any], float | str]) -> pl.Series:
    said = [None if value is None else say(value) for value in column.to_list()]
    return pl.Series(column.name, said, dtype=column.dtype)
