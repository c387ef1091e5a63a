"""How often a log's observers are right about types and operators, read off how often two of them agree.

Two observers who follow each other in one track and both name a type agree where both are right, or both wrong alike.
With r the chance of being right and c that of two wrong answers being the same, p(agree) = r² + c·(1 − r)². For
operators c is one over the other parties of the fleet. Wrong links make observers disagree, so r comes out
low; that links are made by what agrees, and that observers hear each other, makes it come out high: it is drawn to the
named assumption by `word_fit_strength` pairs and never leaves that assumption's range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs of sightings of one flight by two observers, one after the other, in which both name one type, or an
    operator; and in how many of them it is the same."""

    type_pairs: int
    type_same: int
    operator_pairs: int
    operator_same: int


def agreement_in(legs: pl.DataFrame, word: NDArray[np.int32], vocabulary: Sequence[tuple[str, ...]]) -> Agreement:
    """Counted over `coded_legs`; `word` (N,) indexes the vocabulary."""
    one_type = np.array([len(means) == 1 for means in vocabulary], dtype=bool)
    flight, source = legs["flight"].to_numpy(), legs["source_id"].to_physical()
    known = (source.is_not_null()[:-1] & source.is_not_null()[1:]).to_numpy()
    code = source.fill_null(0).to_numpy()
    pairs = (flight[1:] == flight[:-1]) & (code[1:] != code[:-1]) & known
    exact = pairs & one_type[word[1:]] & one_type[word[:-1]] if len(word) else pairs
    operator = legs["operator"].to_physical()
    said = (operator.is_not_null()[:-1] & operator.is_not_null()[1:]).to_numpy() & pairs
    named = operator.fill_null(0).to_numpy()
    return Agreement(
        int(exact.sum()),
        int((exact & (word[1:] == word[:-1])).sum()),
        int(said.sum()),
        int((said & (named[1:] == named[:-1])).sum()),
    )


def same_wrong_operator(parties: int) -> float:
    """The chance that two observers who are wrong about an operator are wrong alike, of so many parties."""
    return 1 / max(parties - 1, 1)


def reliability_of(agreement: Agreement, evidence: CaseEvidence, parties: int) -> Reliability:
    """Fitted to the tracks of a case; the named assumptions where no two observers name anything of one flight.

    `parties` fly in the fleet: wrong operators spread over all but one of them.
    """
    types, operators = agreement.type_pairs, agreement.operator_pairs
    return Reliability(
        _right(evidence, "spotter_type_right", types, agreement.type_same, SAME_WRONG_TYPE),
        _right(evidence, "operator_right", operators, agreement.operator_same, same_wrong_operator(parties)),
        types,
        operators,
    )


def _right(evidence: CaseEvidence, name: str, pairs: int, agree: int, same_wrong: float) -> float:
    assumption, strength = evidence.assumptions[name], evidence.value("word_fit_strength")
    before = assumption.value**2 + same_wrong * (1 - assumption.value) ** 2
    share = (agree + strength * before) / (pairs + strength)
    # The larger root of (1 + c)·r² − 2c·r + c = share: whoever is right less than half the time names nothing.
    c = same_wrong
    right = (c + float(np.sqrt(max(c**2 - (1 + c) * (c - share), 0.0)))) / (1 + c)
    return float(np.clip(right, min(assumption.low, assumption.value), max(assumption.high, assumption.value)))
