"""What WEIGH is given: situated tables, flights, coverage, what stands behind them. Nothing else is weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from consilience.records.case import CaseSettings
from consilience.records.reference_data import Assumption, OrderOfBattle

Row = Mapping[str, Any]
"""A row of a situated frame: what stands in each column is declared by its table and by `records.situated`."""


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """The situated frames of a case (`records.situated`), read-only.

    `sightings` carries marks and a Boolean `covered`: does a declared window of its source hold it? `transmissions`
    and `detections` carry `covered` too. `accounts` and `media` carry `exhibit`, one name for cited files of equal
    bytes. `legs` (`TRACK_LEGS`) groups covered sightings to flights. `coverage` has the columns of `COVERAGE_WINDOWS`.
    `incidents` has `sites`; `sources` is canonical.
    """

    settings: CaseSettings
    incidents: pl.DataFrame
    accounts: pl.DataFrame
    sightings: pl.DataFrame
    transmissions: pl.DataFrame
    media: pl.DataFrame
    imagery: pl.DataFrame
    munitions: pl.DataFrame
    detections: pl.DataFrame
    interviews: pl.DataFrame
    sources: pl.DataFrame
    legs: pl.DataFrame
    coverage: pl.DataFrame
    orbat: OrderOfBattle
    assumptions: Mapping[str, Assumption]

    def value(self, name: str) -> float:
        """The value of a named assumption; KeyError if there is none of that name."""
        return self.assumptions[name].value


def without_whole_logs(evidence: CaseEvidence) -> CaseEvidence:
    """What incidents are weighed from besides a `LogModel`, which holds all that whole logs say: rows that were picked,
    and of each log one row more, since it counts that there is such a log."""

    def light(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(~pl.col("covered") | (pl.int_range(pl.len()) == 0))

    return replace(
        evidence,
        sightings=light(evidence.sightings),
        transmissions=light(evidence.transmissions),
        legs=evidence.legs.clear(),
    )
