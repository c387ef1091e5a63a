"""Rows that a publisher picked because they fit: claims of one dependence group, capped (method.md, Selections)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.aircraft import WordModel, likelihood_of_word
from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import Hypotheses, spread_over_together
from consilience.corroborate.likelihood.calls import call_timing, language_likelihood, phrase_class, speaks_of_here
from consilience.corroborate.moments import interval_density
from consilience.quantities import great_circle_m
from consilience.records.parties import parties_in
from consilience.records.situated import FINE_PRECISIONS
from consilience.records.tables import TABLES

REACH_M = 15_000.0
"""A printed sighting further off than this, after both position errors, is not about the incident: our choice."""

REACH_MINUTES = 90.0
"""Nor is one whose time lies further than this from where the accounts put the incident: our choice."""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row of a selection that may speak of the incident.

    `time` (T,) and `kind` (K,) are likelihoods scaled to a largest value of 1, `time` over the whole grid and not over
    what is kept of it; `by_chance` is its mean there. `relevance` is the chance that the row speaks of this attack at
    all; `group` the dependence group of its publisher.
    """

    evidence_id: str
    evidence_kind: str
    publisher: str
    group: str
    time: NDArray[np.float64]
    by_chance: float
    kind: NDArray[np.float64]
    relevance: float

    def thinned(self, kept: NDArray[np.bool_]) -> PrintedRow:
        """The row on the kept moments of its grid alone, `kept` (G,)."""
        return replace(self, time=self.time[kept])

    def likelihood(self) -> NDArray[np.float64]:
        """p(row | τ, z) up to a constant, shape (T, K)."""
        return np.asarray((1 - self.relevance) + self.relevance * np.outer(self.time, self.kind))


def capped(rows: Sequence[PrintedRow], cap: float, shape: tuple[int, int]) -> NDArray[np.float64]:
    """log p(all rows | τ, z), natural, (T, K): each publisher's product mixed with "picked for other reasons".

    No publisher's rows together favour any (τ, z) over another by more than the factor `cap`.
    """
    total = np.zeros(shape)
    for publisher in sorted({row.publisher for row in rows}):
        product = np.ones(shape)
        for row in rows:
            if row.publisher == publisher:
                product *= row.likelihood()
        total += np.log(1 / cap + (1 - 1 / cap) * product / product.max())
    return total


def printed_rows(
    by_kind: Mapping[str, Sequence[Row]],
    site: tuple[tuple[float, float, float], ...],
    core: tuple[float, float],
    moments: NDArray[np.float64],
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
) -> list[PrintedRow]:
    """The rows of all picked logs (`uncovered`) that may speak of the incident, as claims."""
    return [
        row
        for kind, rows in by_kind.items()
        for row in PRINTED[kind].claims(rows, site, core, moments, hypotheses, evidence)
    ]


def uncovered(evidence: CaseEvidence) -> dict[str, list[Row]]:
    """The rows of each kind of log that no whole log holds, in order of their ids."""
    frames = {kind: (getattr(evidence, log.table), str(TABLES[log.table].key)) for kind, log in PRINTED.items()}
    return {kind: frame.filter(~pl.col("covered")).sort(key).to_dicts() for kind, (frame, key) in frames.items()}


def printed_sightings(
    rows: Sequence[Row],
    site: tuple[tuple[float, float, float], ...],
    core: tuple[float, float],
    moments: NDArray[np.float64],
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
) -> list[PrintedRow]:
    """The uncovered sightings near the incident in time (`core`: where the accounts put it) and place, as claims."""
    found = []
    for row in rows:
        if _near_in_time(row, core) and _near_in_place(row, site):
            spread = float(np.hypot(evidence.value("pass_spread"), float(row["t_sigma"] or 0.0)))
            lead = evidence.value("pass_lead")
            lo, hi = float(row["t_lo"]) - lead, float(row["t_hi"]) - lead
            density = interval_density(moments, lo, hi, spread)
            found.append(_printed(row, "sighting", density, _aircraft(row, hypotheses, evidence), evidence))
    return found


def printed_transmissions(
    rows: Sequence[Row],
    site: tuple[tuple[float, float, float], ...],
    core: tuple[float, float],
    moments: NDArray[np.float64],
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
) -> list[PrintedRow]:
    """The uncovered transmissions near the incident in time, as claims: class of the call, language.

    One that gives coordinates elsewhere speaks of another target, as in a whole log.
    """
    found = []
    for row in rows:
        if _near_in_time(row, core) and speaks_of_here(row, site):
            timing = call_timing({**row, "phrase": phrase_class(row, evidence)}, moments, evidence.assumptions)
            kind = language_likelihood(row, hypotheses, evidence) * hypotheses.flies
            found.append(_printed(row, "transmission", timing, kind, evidence))
    return found


@dataclass(frozen=True, slots=True)
class PrintedLog:
    """A kind of log whose picked rows are claims: its table, and how its rows are read as such."""

    table: str
    claims: Callable[..., list[PrintedRow]]


PRINTED: Mapping[str, PrintedLog] = {
    "sighting": PrintedLog("sightings", printed_sightings),
    "transmission": PrintedLog("transmissions", printed_transmissions),
}
"""The kinds of evidence that stand in logs, by kind. A detection picked from no log makes no claim (detections.py)."""


def _printed(
    row: Row,
    kind: str,
    density: NDArray[np.float64],
    likelihood: NDArray[np.float64],
    evidence: CaseEvidence,
) -> PrintedRow:
    fine = row["t_precision"] in FINE_PRECISIONS
    row_id = str(row[f"{kind}_id"])
    publisher = str(row["source_id"] or row_id)
    time = density / max(float(density.max()), 1e-300)
    return PrintedRow(
        evidence_id=row_id,
        evidence_kind=kind,
        publisher=publisher,
        group=publisher,
        time=time,
        by_chance=float(time.mean()),
        kind=likelihood / max(float(likelihood.max()), 1e-300),
        relevance=evidence.value("selection_relevant" if fine else "selection_relevant_coarse"),
    )


def _near_in_time(row: Row, core: tuple[float, float]) -> bool:
    if row["t_lo"] is None:
        return False
    lo, hi = float(row["t_lo"]), float(row["t_hi"])
    return lo <= core[1] + REACH_MINUTES and hi >= core[0] - REACH_MINUTES


def _near_in_place(row: Row, site: tuple[tuple[float, float, float], ...]) -> bool:
    """Does any reading of the row's place lie within reach of any reading of the incident's?"""
    return any(
        float(great_circle_m(place["lat"], place["lon"], lat, lon)) - place["error_m"] - error < REACH_M
        for place in row["sites"] or ()
        for lat, lon, error in site
    )


def _aircraft(row: Row, hypotheses: Hypotheses, evidence: CaseEvidence) -> NDArray[np.float64]:
    """p(words of the row | z), shape (K,): type, nationality word, operator. Ground modes: 0."""
    model = WordModel(
        evidence.value("spotter_type_right"),
        evidence.value("spotter_class_right"),
        evidence.value("word_outside_its_list"),
    )
    p = likelihood_of_word(model, tuple(row["means"] or ()), evidence.orbat, hypotheses)
    wrong = evidence.value("nationality_word_wrong")
    word = None if row["asserts"] == row["operator"] else row["asserts"]  # both are one belief; the operator says it
    for said, worth in ((word, wrong), (row["operator"], 1 - evidence.value("operator_right"))):
        if said is not None:
            members = parties_in(said)
            p = p * np.array([1.0 if party in members else worth for party in hypotheses.party])
    return np.asarray(spread_over_together(p, hypotheses) * hypotheses.flies)
