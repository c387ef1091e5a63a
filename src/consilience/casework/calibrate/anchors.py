"""The same incidents weighed with less and with more than the log gives: by these a Cllr is to be read.

A Cllr says nothing without the difficulty of its worlds. Each anchor is a `CaseEvidence` made from the case's own and,
for two of them, from the truth; it goes through the very same weighing, fitted anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from consilience.casework.situating import join_flights
from consilience.corroborate.evidence import CaseEvidence
from consilience.records.situated import TRACK_LEGS

Truth = Mapping[str, Any]


def as_it_is(evidence: CaseEvidence, _: Truth) -> CaseEvidence:
    """The log as it is, joined to flights by the product: what is measured."""
    return replace(evidence, legs=join_flights(evidence))


def accounts_alone(evidence: CaseEvidence, _: Truth) -> CaseEvidence:
    """No log, no radio, no declared coverage, no films, scenes or remnants: what witnesses alone would give."""
    tables = ("sightings", "transmissions", "coverage", "media", "imagery", "munitions")
    emptied: dict[str, pl.DataFrame] = {name: getattr(evidence, name).clear() for name in tables}
    return replace(evidence, **emptied, legs=pl.DataFrame(schema=TRACK_LEGS))  # type: ignore[arg-type]


def perfect_tracks(evidence: CaseEvidence, truth: Truth) -> CaseEvidence:
    """The whole evidence, but the truth says which rows are of one flight; a row of no flight stays one of its own.

    The rows are those that the product's own tracks hold, so that only who belongs to whom differs.
    """
    return replace(evidence, legs=_true_legs(evidence, truth))


def knowing_the_attacker(evidence: CaseEvidence, truth: Truth) -> CaseEvidence:
    """Of both logs only the rows and calls of flights that attacked in some incident, joined as the truth has them.

    Rates, words, detection and the rest are fitted to that thinned log as to any other; coverage stays. So the weighing
    is not told who did it, but hardly another flight is left that could have.
    """
    attackers = {flight for row in truth["incidents"] for flight in row["flight_ids"]}

    def of_attackers(table: str, key: str) -> pl.DataFrame:
        kept = [row[key] for row in truth[table] if row["flight_id"] in attackers]
        frame: pl.DataFrame = getattr(evidence, table)
        return frame.filter(pl.col(key).is_in(kept))

    legs = _true_legs(evidence, truth)
    sightings = of_attackers("sightings", "sighting_id")
    return replace(
        evidence,
        sightings=sightings,
        transmissions=of_attackers("transmissions", "transmission_id"),
        legs=legs.filter(pl.col("sighting_id").is_in(sightings["sighting_id"].to_list())),
    )


def _true_legs(evidence: CaseEvidence, truth: Truth) -> pl.DataFrame:
    """`TRACK_LEGS` with the rows of `evidence.legs`, grouped by true flight, legs in the order of stated times."""
    flights = {row["sighting_id"]: row["flight_id"] for row in truth["sightings"]}
    ids = evidence.legs["sighting_id"].to_list()
    of_flight = pl.DataFrame(
        {"sighting_id": ids, "flight": [flights[name] or f"none: {name}" for name in ids]},
        schema={"sighting_id": pl.String(), "flight": pl.String()},
    )
    middle = ((pl.col("t_lo") + pl.col("t_hi")) / 2).alias("at")
    timed = of_flight.join(evidence.sightings.select("sighting_id", middle), on="sighting_id")
    return (
        timed.sort("flight", "at", "sighting_id")
        .with_columns(
            track_id=pl.lit("T-") + pl.col("sighting_id").first().over("flight"),
            leg=pl.int_range(pl.len()).over("flight").cast(pl.Int64),
        )
        .select(list(TRACK_LEGS))
    )


MEASURED = "log"
VARIANTS: dict[str, Callable[[CaseEvidence, Truth], CaseEvidence]] = {
    MEASURED: as_it_is,
    "accounts_alone": accounts_alone,
    "perfect_tracks": perfect_tracks,
    "knowing_the_attacker": knowing_the_attacker,
}
"""What is weighed in every world, in this order. The last two are given evidence whose `legs` the first one made."""
