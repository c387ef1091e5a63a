"""What the words on a flight say of z: p(m | z), and how common such words are in this sky (method.md, Who flies)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.aircraft import WordModel
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import UNLISTED, Hypotheses
from consilience.records.reference_data import OrderOfBattle
from consilience.records.weighed import OTHER

_ROUNDS = 60
"""Iterations of EM for the fleet mix: our choice; the change is below 1e-4 by then in every case tried."""

_FLEET_STRENGTH = 1.0
"""Pseudo-flights for each row of the fleet (a flat Dirichlet), so that no accident rules a type out."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything that may be in the sky: F rows of (platform, party), armed or not, and the mix π of this log (F,)."""

    platform: tuple[str, ...]
    party: tuple[str, ...]
    mix: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlightMarks:
    """p(words of flight j | fleet row f), shape (J, F), up to a constant for each flight; and the fleet itself."""

    likelihood: NDArray[np.float64]
    fleet: Fleet

    def against_sky(self, hypotheses: Hypotheses) -> NDArray[np.float64]:
        """w (J, K): p(m_j | z) / Σ_f π_f p(m_j | f) for flying z, 0 for the others; "together" is the even mixture."""
        common = self.likelihood @ self.fleet.mix
        relative = self.likelihood / common[:, np.newaxis]
        w = np.zeros((len(relative), len(hypotheses)))
        index = {pair: f for f, pair in enumerate(zip(self.fleet.platform, self.fleet.party, strict=True))}
        for k in np.flatnonzero(hypotheses.flies):
            platform, party = hypotheses.platform[k], hypotheses.party[k]
            if (platform, party) in index:
                w[:, k] = relative[:, index[platform, party]]
            elif platform == UNLISTED:
                w[:, k] = 1.0
        return _with_together(w, hypotheses)


def _with_together(w: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    prior = np.exp(hypotheses.log_prior)
    for k in np.flatnonzero(hypotheses.is_together & hypotheses.flies):
        halves = []
        for party in hypotheses.parties[:-1]:
            rows = hypotheses.where(party=party, mode=hypotheses.mode[k])
            halves.append(w[:, rows] @ prior[rows] / prior[rows].sum())
        w[:, k] = np.mean(halves, axis=0)
    return w


def flight_marks(evidence: CaseEvidence, track_ids: tuple[str, ...]) -> FlightMarks:
    """Read the words of every flight and fit the mix of the sky to them by expectation-maximisation.

    A flight's words: for each source the mean of what it wrote; a second source adds `mark_independence` of what it
    would alone, for observers hear each other. A nationality word counts once for a flight; where the flight was first
    seen at a base of that party it mostly repeats the base (`nationality_from_base`).
    """
    platform, party, start = _fleet_rows(evidence)
    words = _WordTable(evidence, platform, party)
    said = _words_by_flight(evidence)
    likelihood = np.array([words.of_flight(said[name]) for name in track_ids]).reshape(-1, len(platform))
    return FlightMarks(likelihood, Fleet(platform, party, _fit_mix(likelihood, start)))


@dataclass(frozen=True, slots=True)
class _Words:
    """What was written of one flight: (source, types meant) of each sighting, sorted; base of the first; names said."""

    types: tuple[tuple[str, tuple[str, ...]], ...]
    base: str | None
    nationalities: tuple[str, ...]
    operators: tuple[str, ...]


def _words_by_flight(evidence: CaseEvidence) -> dict[str, _Words]:
    rows = evidence.legs.join(evidence.sightings, on="sighting_id", how="inner").sort("track_id", "leg")
    columns = rows.select("track_id", pl.col("source_id").fill_null(""), "means", "base", "asserts", "operator")
    by_flight: dict[str, list[tuple[str, tuple[str, ...], str | None, str | None, str | None]]] = {}
    for track_id, source, means, base, asserts, operator in columns.iter_rows():
        by_flight.setdefault(track_id, []).append((source, tuple(means or ()), base, asserts, operator))
    return {
        track_id: _Words(
            types=tuple(sorted((source, means) for source, means, *_ in legs)),
            base=legs[0][2],
            nationalities=tuple(sorted({leg[3] for leg in legs if leg[3] is not None})),
            operators=tuple(sorted({leg[4] for leg in legs if leg[4] is not None})),
        )
        for track_id, legs in by_flight.items()
    }


def _fleet_rows(evidence: CaseEvidence) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.float64]]:
    """Every (platform, party) that flies in the case's period, with shares as in the order of battle."""
    named = evidence.settings.parties
    weights: dict[tuple[str, str], float] = {}
    for operator in evidence.orbat.operators:
        if evidence.orbat.platforms[operator.platform].cruise_kmh is None:
            continue
        first, last = evidence.settings.period_start, evidence.settings.period_end
        if (first and operator.last_day and operator.last_day < first) or (
            last and operator.first_day and operator.first_day > last
        ):
            continue
        key = (operator.platform, operator.party if operator.party in named else OTHER)
        weights[key] = weights.get(key, 0.0) + operator.share
    pairs = sorted(weights)
    start = np.array([weights[pair] for pair in pairs])
    return tuple(p for p, _ in pairs), tuple(q for _, q in pairs), start / max(start.sum(), 1e-12)


def _fit_mix(likelihood: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """π by EM (Dempster, Laird & Rubin 1977) with a Dirichlet prior around the order of battle's shares."""
    pseudo = _FLEET_STRENGTH * len(start) * start
    mix = start
    for _ in range(_ROUNDS):
        share = likelihood * mix
        total = share.sum(axis=1, keepdims=True)
        counts = (share / np.maximum(total, 1e-300)).sum(axis=0) + pseudo
        mix = counts / counts.sum()
    return mix


class _WordTable:
    """p(word | fleet row) for each distinct word of the log, computed once."""

    def __init__(self, evidence: CaseEvidence, platform: tuple[str, ...], party: tuple[str, ...]) -> None:
        self._platform, self._party = platform, party
        self._orbat = evidence.orbat
        self._value = evidence.value
        self._spotter = WordModel(
            evidence.value("spotter_type_right"),
            evidence.value("spotter_class_right"),
            evidence.value("word_outside_its_list"),
        )
        self._types: dict[tuple[str, ...], NDArray[np.float64]] = {}
        self._flights: dict[_Words, NDArray[np.float64]] = {}
        self._bases = _base_likelihoods(evidence.orbat, platform, party, evidence.value("base_mark_right"))

    def of_flight(self, words: _Words) -> NDArray[np.float64]:
        """p(all words of one flight | fleet row), shape (F,); flights of the same words share one answer."""
        if words not in self._flights:
            self._flights[words] = self._weigh(words)
        return self._flights[words]

    def _weigh(self, words: _Words) -> NDArray[np.float64]:
        log_p = self._type_words(words.types)
        if words.base is not None and words.base in self._bases:
            log_p = log_p + np.log(self._bases[words.base])
        for said in words.nationalities:
            log_p = log_p + np.log(self._nationality(said, words.base))
        for said in words.operators:
            log_p = log_p + np.log(self._operator(said))
        return np.asarray(np.exp(log_p - log_p.max()))

    def _type_words(self, types: tuple[tuple[str, tuple[str, ...]], ...]) -> NDArray[np.float64]:
        opinions: dict[str, list[NDArray[np.float64]]] = {}
        for source, means in types:
            opinions.setdefault(source, []).append(np.log(self._type(means)))
        each = [np.mean(words, axis=0) for words in opinions.values()]
        extra = 1 + self._value("mark_independence") * (len(each) - 1)
        return np.asarray(np.sum(each, axis=0) * extra / len(each))

    def _type(self, means: tuple[str, ...]) -> NDArray[np.float64]:
        if means not in self._types:
            self._types[means] = np.array([self._spotter.p_word(means, name, self._orbat) for name in self._platform])
        return self._types[means]

    def _nationality(self, said: str, base: str | None) -> NDArray[np.float64]:
        wrong = self._value("nationality_word_wrong")
        p = np.array([1.0 if party == said else wrong for party in self._party])
        if base is not None and base in self._orbat.bases and said in self._orbat.bases[base].parties:
            repeats = self._value("nationality_from_base")
            p = repeats + (1 - repeats) * p
        return p

    def _operator(self, said: str) -> NDArray[np.float64]:
        right = self._value("operator_right")
        members = said.replace("+", ";").split(";")
        wrong = (1 - right) / max(len(set(self._party)) - 1, 1)
        return np.array([right if party in members else wrong for party in self._party])


def _base_likelihoods(
    orbat: OrderOfBattle, platform: tuple[str, ...], party: tuple[str, ...], right: float
) -> Mapping[str, NDArray[np.float64]]:
    """p(first seen at base b | fleet row): its own bases alike with chance `right`, else any base."""
    own: dict[tuple[str, str], list[str]] = {}
    for operator in orbat.operators:
        known = [name for name in operator.bases if name in orbat.bases]
        own.setdefault((operator.platform, operator.party), []).extend(known)
    count = max(len(orbat.bases), 1)
    result = {}
    for base in orbat.bases:
        p = []
        for pair in zip(platform, party, strict=True):
            bases = own.get(pair, [])
            fits = bases.count(base) / len(bases) if bases else 1 / count
            p.append(right * fits + (1 - right) / count)
        result[base] = np.array(p)
    return result
