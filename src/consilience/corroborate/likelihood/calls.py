"""Intercepted calls: their class says how long before the impact they come, their language who speaks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.aircraft import fill_without_attack
from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import Hypotheses, spread_over_together
from consilience.corroborate.moments import interval_density
from consilience.quantities import great_circle_m
from consilience.records.reference_data import Assumption
from consilience.reference.words import party_of_language, read_phrase

TIMED_CLASSES = ("target_coordinates", "target_in_sight", "cleared", "weapon_release")
"""The classes that bear on the moment of an attack; the others say who flies and nothing of when."""

NEAR_M = 15_000.0
"""A call that gives coordinates further off than this speaks of another target: our choice."""


def phrase_class(row: Row, evidence: CaseEvidence) -> str | None:
    """The class of a call: as given, else read from its transcript through the lexicon; None where neither tells."""
    if row["phrase"] is not None:
        return str(row["phrase"])
    if row["transcript"] is None:
        return None
    return read_phrase(row["language"], row["transcript"], evidence.orbat)


def call_timing(row: Row, moments: NDArray[np.float64], assumptions: Mapping[str, Assumption]) -> NDArray[np.float64]:
    """p(a call at this time | τ) per minute, shape (T,), for the class in `phrase`; flat where the class is untimed."""
    named = f"call_lead_{row['phrase']}"
    if named not in assumptions:
        return np.ones_like(moments)
    lead, spread = assumptions[named].value, assumptions["call_spread"].value
    sigma = float(np.hypot(spread, float(row["t_sigma"] or 0.0)))
    return interval_density(moments, float(row["t_lo"]) - lead, float(row["t_hi"]) - lead, sigma)


def language_likelihood(row: Row, hypotheses: Hypotheses, evidence: CaseEvidence) -> NDArray[np.float64]:
    """p(language | z), shape (K,), relative to its speakers': 1 for the party that speaks it, else `language_wrong`."""
    speaks = None if row["language"] is None else party_of_language(row["language"], evidence.orbat)
    if speaks is None:
        return np.ones(len(hypotheses))
    party = speaks if speaks in hypotheses.parties else hypotheses.parties[-1]
    wrong = evidence.value("language_wrong")
    p = np.array([1.0 if name == party else wrong for name in hypotheses.party])
    return fill_without_attack(spread_over_together(p, hypotheses), hypotheses)


def speaks_of_here(row: Row, sites: tuple[tuple[float, float, float], ...]) -> bool:
    """Does a call give no coordinates, or some near a reading of the incident's place?"""
    if row["lat"] is None or row["lon"] is None:
        return True
    return any(float(great_circle_m(row["lat"], row["lon"], lat, lon)) - error < NEAR_M for lat, lon, error in sites)


def with_classes(transmissions: pl.DataFrame, evidence: CaseEvidence) -> pl.DataFrame:
    """Covered transmissions with `call_class`; what is said alike is read once."""
    said = ["phrase", "language", "transcript"]
    distinct = transmissions.select(said).unique()
    classes = [phrase_class(row, evidence) for row in distinct.iter_rows(named=True)]
    read = distinct.with_columns(call_class=pl.Series(classes, dtype=pl.String))
    return transmissions.join(read, on=said, how="left", nulls_equal=True, maintain_order="left")
