"""What the words on a flight say of z: p(m | z), and how common such words are in this sky (method.md, Flights)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.aircraft import WordModel
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import UNLISTED, Hypotheses
from consilience.records.parties import parties_in
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
    """The words on every leg of every flight, ready to be weighed from the pass that matters.

    Leg arrays have shape (N,) in the order of `Sky`: `type_word` indexes the rows of `type_table` (U, F), which holds
    log p(word | fleet row) relative to the whole sky; `source` is a code for who wrote the leg; `nationality` and
    `operator` index `names`, -1 where nothing is said. `base` has a row of `base_table` for each flight (J,), -1 where
    it was not first seen at a base. `starts` (J + 1,) are the offsets of each flight's legs.
    """

    fleet: Fleet
    starts: NDArray[np.int64]
    type_word: NDArray[np.int64]
    source: NDArray[np.int64]
    nationality: NDArray[np.int64]
    operator: NDArray[np.int64]
    base: NDArray[np.int64]
    type_table: NDArray[np.float64]
    base_table: NDArray[np.float64]
    said_tables: Mapping[tuple[str, int, int], NDArray[np.float64]]
    link_right: float
    independence: float

    def of_pass(self, track: int, near: NDArray[np.int64]) -> NDArray[np.float64]:
        """p(words | fleet row) / p(words | sky), shape (F,), of a flight seen from some of its legs.

        `near` are the indices of the legs that make the pass. A leg k links away belongs to the same flight with
        chance `mark_link_right`ᵏ, else to any flight of the sky: its words count accordingly. What one source wrote is
        one opinion (the weighted mean of its legs); a further source adds `mark_independence` of what it would alone,
        for observers hear each other. A nationality word counts once for a flight; where the flight was first seen at a
        base of that party it mostly repeats the base (`nationality_from_base`). A named operator counts once too, and
        the nationality word that agrees with it not at all: it is the same belief.
        """
        legs = np.arange(self.starts[track], self.starts[track + 1])
        links = np.abs(legs[:, np.newaxis] - near).min(axis=1)
        belongs = self.link_right**links
        log_ratio = self._types(legs, belongs)
        base = int(self.base[track])
        if base >= 0:
            log_ratio = log_ratio + _tempered(self.base_table[base], float(belongs[0]))
        operator = self.operator[legs]
        nationality = np.where(np.isin(self.nationality[legs], operator), -1, self.nationality[legs])
        for column, said in (("nationality", nationality), ("operator", operator)):
            for name in np.unique(said[said >= 0]):
                table = self.said_tables[column, int(name), base if column == "nationality" else -1]
                log_ratio = log_ratio + _tempered(table, float(belongs[said == name].max()))
        ratio = np.exp(log_ratio - log_ratio.max())
        return np.asarray(ratio / (ratio @ self.fleet.mix))

    def _types(self, legs: NDArray[np.int64], belongs: NDArray[np.float64]) -> NDArray[np.float64]:
        each = _tempered(self.type_table[self.type_word[legs]], belongs[:, np.newaxis])
        sources, owner = np.unique(self.source[legs], return_inverse=True)
        weight = np.zeros(len(sources))
        np.maximum.at(weight, owner, belongs)
        total = np.zeros((len(sources), each.shape[1]))
        np.add.at(total, owner, each * belongs[:, np.newaxis])
        opinion = total / np.bincount(owner, weights=belongs)[:, np.newaxis]
        voices = float(weight.sum())
        counted = voices if voices < 1 else 1 + self.independence * (voices - 1)
        return np.asarray(weight @ opinion / voices * counted)

    def against_sky(
        self, tracks: NDArray[np.int64], near: list[NDArray[np.int64]], hypotheses: Hypotheses
    ) -> NDArray[np.float64]:
        """w (P, K): p(m_j | z) / Σ_f π_f p(m_j | f) for flying z, 0 for the others; "together" is the even mixture."""
        relative = np.array([self.of_pass(int(t), legs) for t, legs in zip(tracks, near, strict=True)])
        w = np.zeros((len(tracks), len(hypotheses)))
        index = {pair: f for f, pair in enumerate(zip(self.fleet.platform, self.fleet.party, strict=True))}
        for k in np.flatnonzero(hypotheses.flies):
            platform, party = hypotheses.platform[k], hypotheses.party[k]
            if (platform, party) in index and len(tracks):
                w[:, k] = relative[:, index[platform, party]]
            elif platform == UNLISTED:
                w[:, k] = 1.0
        return _with_together(w, hypotheses)


def _tempered(log_ratio: NDArray[np.float64], belongs: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """log of belongs · ratio + (1 − belongs): a word that may have been said of another flight."""
    return np.asarray(np.log(belongs * np.exp(log_ratio) + (1 - belongs)))


def _with_together(w: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    prior = np.exp(hypotheses.log_prior)
    for k in np.flatnonzero(hypotheses.is_together & hypotheses.flies):
        halves = []
        for party in hypotheses.parties[:-1]:
            rows = hypotheses.where(party=party, mode=hypotheses.mode[k])
            halves.append(w[:, rows] @ prior[rows] / prior[rows].sum())
        w[:, k] = np.mean(halves, axis=0)
    return w


def flight_marks(evidence: CaseEvidence, mix: NDArray[np.float64] | None = None) -> FlightMarks:
    """Read the words of every flight, and fit the mix of the sky to them by expectation-maximisation.

    With `mix` (F,) the sky's mix is taken as given: for a part of the log whose whole has been fitted.
    """
    platform, party, start = _fleet_rows(evidence)
    words = _Words(evidence, platform, party)
    rows = evidence.legs.join(evidence.sightings, on="sighting_id", how="inner").sort("track_id", "leg")
    ids = rows["track_id"].to_list()
    first = [i for i, name in enumerate(ids) if i == 0 or ids[i - 1] != name]
    types = [tuple(means or ()) for means in rows["means"].to_list()]
    vocabulary = sorted(set(types))
    names = sorted({name for column in ("asserts", "operator") for name in rows[column].drop_nulls()})
    bases = sorted(evidence.orbat.bases)
    type_p = np.array([words.of_type(word) for word in vocabulary]).reshape(-1, len(platform))
    type_word = _codes(types, vocabulary)
    starts = np.array([*first, len(ids)], dtype=np.int64)
    if mix is None:
        mix = _fit_mix(_first_words(type_p, type_word, starts), start)
    fleet = Fleet(platform, party, mix)
    at_base = [name if name in evidence.orbat.bases else None for name in rows["base"][first]] if first else []
    return FlightMarks(
        fleet=fleet,
        starts=starts,
        type_word=type_word,
        source=_codes(rows["source_id"].fill_null("").to_list(), sorted(set(rows["source_id"].fill_null("")))),
        nationality=_codes(rows["asserts"].to_list(), names),
        operator=_codes(rows["operator"].to_list(), names),
        base=_codes(at_base, bases),
        type_table=_against(type_p, mix),
        base_table=_against(np.array([words.of_base(name) for name in bases]).reshape(-1, len(platform)), mix),
        said_tables=_said_tables(words, names, bases, mix),
        link_right=evidence.value("mark_link_right"),
        independence=evidence.value("mark_independence"),
    )


def _codes(values: Sequence[Hashable], vocabulary: Sequence[Hashable]) -> NDArray[np.int64]:
    index = {value: i for i, value in enumerate(vocabulary)}
    return np.array([index.get(value, -1) for value in values], dtype=np.int64)


def _against(p: NDArray[np.float64], mix: NDArray[np.float64]) -> NDArray[np.float64]:
    """log p(word | fleet row) − log p(word | sky), rows of words."""
    return np.asarray(np.log(p) - np.log(p @ mix)[..., np.newaxis])


def _first_words(
    type_p: NDArray[np.float64], type_word: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """p(the words on a flight | fleet row), (J, F), as one opinion: the geometric mean over its legs."""
    if len(starts) < 2:
        return np.zeros((0, type_p.shape[1]))
    sums = np.add.reduceat(np.log(type_p[type_word]), starts[:-1], axis=0)
    return np.asarray(np.exp(sums / np.diff(starts)[:, np.newaxis]))


def _said_tables(
    words: _Words, names: list[str], bases: list[str], mix: NDArray[np.float64]
) -> dict[tuple[str, int, int], NDArray[np.float64]]:
    """log ratios of every name said as a nationality (by base of the flight, -1: none) or as an operator."""
    tables: dict[tuple[str, int, int], NDArray[np.float64]] = {}
    for i, name in enumerate(names):
        tables["operator", i, -1] = _against(words.of_operator(name), mix)
        for b, base in enumerate([*bases, None]):
            key = -1 if base is None else b
            tables["nationality", i, key] = _against(words.of_nationality(name, base), mix)
    return tables


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


class _Words:
    """p(word | fleet row), (F,), for each kind of word that a log may hold of a flight."""

    def __init__(self, evidence: CaseEvidence, platform: tuple[str, ...], party: tuple[str, ...]) -> None:
        self._platform, self._party = platform, party
        self._orbat = evidence.orbat
        self._value = evidence.value
        self._spotter = WordModel(
            evidence.value("spotter_type_right"),
            evidence.value("spotter_class_right"),
            evidence.value("word_outside_its_list"),
        )
        self._own_bases: dict[tuple[str, str], list[str]] = {}
        for operator in evidence.orbat.operators:
            known = [name for name in operator.bases if name in evidence.orbat.bases]
            self._own_bases.setdefault((operator.platform, operator.party), []).extend(known)

    def of_type(self, means: tuple[str, ...]) -> NDArray[np.float64]:
        """A word for an aircraft, read as the platforms that it may mean."""
        return np.array([self._spotter.p_word(means, name, self._orbat) for name in self._platform])

    def of_nationality(self, said: str, base: str | None) -> NDArray[np.float64]:
        """A nationality word, for a flight first seen at `base` (None: elsewhere)."""
        wrong = self._value("nationality_word_wrong")
        p = np.array([1.0 if party == said else wrong for party in self._party])
        if base is not None and said in self._orbat.bases[base].parties:
            repeats = self._value("nationality_from_base")
            p = repeats + (1 - repeats) * p
        return p

    def of_operator(self, said: str) -> NDArray[np.float64]:
        """An operator that a spotter names outright; "A;B" or "A+B" names either."""
        right = self._value("operator_right")
        members = parties_in(said)
        wrong = (1 - right) / max(len(set(self._party)) - 1, 1)
        return np.array([right if party in members else wrong for party in self._party])

    def of_base(self, base: str) -> NDArray[np.float64]:
        """First seen at a base: one of its own alike with chance `base_mark_right`, else any base."""
        right, count = self._value("base_mark_right"), max(len(self._orbat.bases), 1)
        p = []
        for pair in zip(self._platform, self._party, strict=True):
            own = self._own_bases.get(pair, [])
            fits = own.count(base) / len(own) if own else 1 / count
            p.append(right * fits + (1 - right) / count)
        return np.array(p)
