"""What WEIGH is given: situated tables, flights, coverage, what stands behind them. Nothing else is weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from consilience.records.case import CaseSettings
from consilience.records.reference_data import Assumption, OrderOfBattle

COVERAGE_WINDOWS: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "start": pl.Float64(),  # minutes since the epoch
    "end": pl.Float64(),
    "west": pl.Float64(),  # WGS 84 degrees; all four null: everywhere
    "south": pl.Float64(),
    "east": pl.Float64(),
    "north": pl.Float64(),
    "source_id": pl.String(),  # null: every source of that kind
}
"""The coverage table with its areas resolved: one row for each window in which a log is whole."""


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """The situated frames of a case (`records.situated`), read-only.

    `sightings` carries marks and a Boolean `covered`: does a declared window of its source hold it? `transmissions`
    carries `covered` too. `legs` (`TRACK_LEGS`) groups covered sightings to flights. `coverage` has the columns of
    `COVERAGE_WINDOWS`. `incidents` has `sites`; `sources` is canonical.
    """

    settings: CaseSettings
    incidents: pl.DataFrame
    accounts: pl.DataFrame
    sightings: pl.DataFrame
    transmissions: pl.DataFrame
    media: pl.DataFrame
    imagery: pl.DataFrame
    munitions: pl.DataFrame
    interviews: pl.DataFrame
    sources: pl.DataFrame
    legs: pl.DataFrame
    coverage: pl.DataFrame
    orbat: OrderOfBattle
    assumptions: Mapping[str, Assumption]

    def value(self, name: str) -> float:
        """The value of a named assumption; KeyError if there is none of that name."""
        return self.assumptions[name].value
