"""How often a log's observers are right about types and operators, read off how often two of them agree.

Two observers who follow each other in one track and both name a type agree where both are right, or both wrong alike.
With r the chance of being right and c that of two wrong answers being the same, p(agree) = r² + c·(1 − r)². For
operators c is 1: of two parties a wrong answer is the other one. Wrong links make observers disagree, so r comes out
low; that links are made by what agrees, and that observers hear each other, makes it come out high: it is drawn to the
named assumption by `word_fit_strength` pairs and never leaves that assumption's range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from consilience.corroborate.evidence import CaseEvidence

SAME_WRONG_TYPE = 0.2
"""Chance that two observers who are wrong about a type are wrong alike: our choice, one in the five jets of a side."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """The chance that an observer of this log who names a type, or an operator, is right; from how many pairs."""

    type_right: float
    operator_right: float
    type_pairs: int
    operator_pairs: int


def reliability_of(evidence: CaseEvidence) -> Reliability:
    """Fitted to the tracks of a case; the named assumptions where no two observers name anything of one flight."""
    pairs = _neighbours(evidence)
    exact = pairs.filter((pl.col("means").list.len() == 1) & (pl.col("next_means").list.len() == 1))
    named = pairs.drop_nulls(["operator", "next_operator"])
    type_right = _right(evidence, "spotter_type_right", exact, exact["means"] == exact["next_means"], SAME_WRONG_TYPE)
    operator_right = _right(evidence, "operator_right", named, named["operator"] == named["next_operator"], 1.0)
    return Reliability(type_right, operator_right, exact.height, named.height)


def _neighbours(evidence: CaseEvidence) -> pl.DataFrame:
    """Sightings of one track by two observers, one after the other: columns of both."""
    rows = evidence.legs.join(evidence.sightings, on="sighting_id", how="inner").sort("track_id", "leg")
    columns = ["track_id", "source_id", "means", "operator"]
    after = rows.select(pl.col(columns).shift(-1).name.prefix("next_"))
    return pl.concat([rows.select(columns), after], how="horizontal").filter(
        (pl.col("track_id") == pl.col("next_track_id")) & (pl.col("source_id") != pl.col("next_source_id"))
    )


def _right(evidence: CaseEvidence, name: str, pairs: pl.DataFrame, agree: pl.Series, same_wrong: float) -> float:
    assumption, strength = evidence.assumptions[name], evidence.value("word_fit_strength")
    before = assumption.value**2 + same_wrong * (1 - assumption.value) ** 2
    share = (float(agree.sum()) + strength * before) / (pairs.height + strength)
    # The larger root of (1 + c)·r² − 2c·r + c = share: whoever is right less than half the time names nothing.
    c = same_wrong
    right = (c + float(np.sqrt(max(c**2 - (1 + c) * (c - share), 0.0)))) / (1 + c)
    return float(np.clip(right, min(assumption.low, assumption.value), max(assumption.high, assumption.value)))
