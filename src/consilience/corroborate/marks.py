"""What the words on a flight say of z: p(m | z), and how common such words are in this sky (method.md, Flights)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from consilience.corroborate.aircraft import WordModel
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import UNLISTED, Hypotheses
from consilience.corroborate.spotter_words import Reliability, reliability_of
from consilience.records.parties import parties_in
from consilience.records.weighed import OTHER

_ROUNDS = 60
"""Iterations of EM for the fleet mix: our choice; the change is below 1e-4 by then in every case tried."""

FLEET_STRENGTH = 1.0
"""Pseudo-flights for each row of the fleet (a flat Dirichlet), so that no accident rules a type out."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything that may be in the sky: F rows of (platform, party), armed or not, the mix π of this log (F,), and how
    often its observers are right."""

    platform: tuple[str, ...]
    party: tuple[str, ...]
    mix: NDArray[np.float64]
    rights: Reliability


@dataclass(frozen=True, slots=True)
class FlightMarks:
    """The words on every leg of every flight, ready to be weighed from the pass that matters.

    Leg arrays have shape (N,) in the order of `Sky`: `type_word` indexes the rows of `type_table` (U, F), which holds
    log p(word | fleet row) relative to the whole sky; `source` is a code for who wrote the leg; `nationality` and
    `operator` index the rows of `operator_table` (A, F), -1 where nothing is said. `base` (J,) indexes `base_table`
    (B + 1, F), -1, its last row, where a flight was not first seen at a base; `nationality_table` is (A, B + 1, F).
    `starts` (J + 1,) are the offsets of each flight's legs.
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
    operator_table: NDArray[np.float64]
    nationality_table: NDArray[np.float64]
    row_right: float
    link_right: float
    independence: float

    def against_sky(
        self, tracks: NDArray[np.int64], near: NDArray[np.int64], hypotheses: Hypotheses
    ) -> NDArray[np.float64]:
        """w (P, K): p(m_j | z) / Σ_f π_f p(m_j | f) for flying z, 0 for the others; "together" is the even mixture."""
        relative = self.of_passes(tracks, near)
        w = np.zeros((len(tracks), len(hypotheses)))
        index = {pair: f for f, pair in enumerate(zip(self.fleet.platform, self.fleet.party, strict=True))}
        for k in np.flatnonzero(hypotheses.flies):
            platform, party = hypotheses.platform[k], hypotheses.party[k]
            if (platform, party) in index and len(tracks):
                w[:, k] = relative[:, index[platform, party]]
            elif platform == UNLISTED:
                w[:, k] = 1.0
        return _with_together(w, hypotheses)

    def of_passes(self, tracks: NDArray[np.int64], near: NDArray[np.int64]) -> NDArray[np.float64]:
        """p(words | fleet row) / p(words | sky), (P, F), of flights seen from some of their legs.

        `near` (N,) are the indices of all legs that make the passes of `tracks` (P,). A leg k links away belongs to the
        same flight with chance `mark_link_right`ᵏ, unless it is false or planted (`row_false`), else to any flight of
        the sky: its words count accordingly. What one
        source wrote is one opinion (the weighted mean of its legs); a further source adds `mark_independence` of what
        it would alone, for observers hear each other. A nationality word counts once for a flight; where the flight was
        first seen at a base of that party it mostly repeats the base (`nationality_from_base`). A named operator counts
        once too, and the nationality word that agrees with it not at all: it is the same belief.
        """
        if not len(tracks):
            return np.zeros((0, len(self.fleet.mix)))
        legs = _Legs.of(self.starts, tracks, near)
        log_ratio = self._types(legs)
        base = self.base[tracks]
        log_ratio += self._tempered(self.base_table[base], legs.links[legs.begins])
        said_operator = legs.fewest_links(self.operator[legs.leg], len(self.operator_table))
        said_nation = legs.fewest_links(self.nationality[legs.leg], len(self.operator_table))
        for name, table in enumerate(self.operator_table):
            rows = np.flatnonzero(np.isfinite(said_operator[:, name]))
            log_ratio[rows] += self._tempered(table, said_operator[rows, name])
            rows = np.flatnonzero(np.isfinite(said_nation[:, name]) & ~np.isfinite(said_operator[:, name]))
            log_ratio[rows] += self._tempered(self.nationality_table[name, base[rows]], said_nation[rows, name])
        ratio = np.exp(log_ratio - log_ratio.max(axis=1, keepdims=True))
        return np.asarray(ratio / (ratio @ self.fleet.mix)[:, np.newaxis])

    def _types(self, legs: _Legs) -> NDArray[np.float64]:
        belongs = self.row_right * self.link_right**legs.links
        each = self._tempered(self.type_table[self.type_word[legs.leg]], legs.links)
        sources = int(self.source.max(initial=0)) + 1
        keys, voice = np.unique(legs.owner * sources + self.source[legs.leg], return_inverse=True)
        one = csr_array((belongs, (voice, np.arange(len(voice)))), shape=(len(keys), len(voice)))
        opinion = (one @ each) / np.bincount(voice, weights=belongs)[:, np.newaxis]
        weight = np.zeros(len(keys))
        np.maximum.at(weight, voice, belongs)
        of = keys // sources
        voices = np.bincount(of, weights=weight)
        counted = np.where(voices < 1, voices, 1 + self.independence * (voices - 1))
        mean = csr_array((weight, (of, np.arange(len(of)))), shape=(len(voices), len(of))) @ opinion
        return np.asarray(mean * (counted / voices)[:, np.newaxis])

    def _tempered(self, log_ratio: NDArray[np.float64], links: NDArray[np.float64]) -> NDArray[np.float64]:
        """log of belongs · ratio + (1 − belongs): a word that may have been said of another flight. (n, F)."""
        belongs = (self.row_right * self.link_right**links)[:, np.newaxis]
        return np.asarray(np.log(belongs * np.exp(log_ratio) + (1 - belongs)))


@dataclass(frozen=True, slots=True)
class _Legs:
    """All legs of some flights: `leg` (L,) indexes the legs of the sky, `owner` (L,) the flights, in order; `links`
    (L,) how many links each is away from the nearest leg of its flight's pass; `begins` (P,) where each flight begins.
    """

    leg: NDArray[np.int64]
    owner: NDArray[np.int64]
    links: NDArray[np.float64]
    begins: NDArray[np.int64]

    @staticmethod
    def of(starts: NDArray[np.int64], tracks: NDArray[np.int64], near: NDArray[np.int64]) -> _Legs:
        """The legs of `tracks`, each of which has a leg among `near`."""
        lengths = starts[tracks + 1] - starts[tracks]
        begins = np.cumsum(lengths) - lengths
        owner = np.repeat(np.arange(len(tracks)), lengths)
        place = np.arange(len(owner))
        leg = starts[tracks][owner] + place - begins[owner]
        at = np.isin(leg, near)
        before = np.maximum.accumulate(np.where(at, place, -1))
        after = np.minimum.accumulate(np.where(at, place, len(place))[::-1])[::-1]
        back = np.where(before >= begins[owner], place - before, np.inf)
        ahead = np.where(after < (begins + lengths)[owner], after - place, np.inf)
        return _Legs(leg, owner, np.minimum(back, ahead).astype(np.float64), begins)

    def fewest_links(self, said: NDArray[np.int64], names: int) -> NDArray[np.float64]:
        """(P, names) the links to the nearest leg that says each name (`said` (L,), −1: nothing); inf: none does."""
        fewest = np.full((len(self.begins), names), np.inf)
        says = np.flatnonzero(said >= 0)
        np.minimum.at(fewest, (self.owner[says], said[says]), self.links[says])
        return fewest


def _with_together(w: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    prior = np.exp(hypotheses.log_prior)
    for k in np.flatnonzero(hypotheses.is_together & hypotheses.flies):
        halves = []
        for party in hypotheses.parties[:-1]:
            rows = hypotheses.where(party=party, mode=hypotheses.mode[k])
            halves.append(w[:, rows] @ prior[rows] / prior[rows].sum())
        w[:, k] = np.mean(halves, axis=0)
    return w


def flight_marks(
    evidence: CaseEvidence, mix: NDArray[np.float64] | None = None, rights: Reliability | None = None
) -> FlightMarks:
    """Read the words of every flight, and fit to them the mix of the sky (by expectation-maximisation) and how often
    observers are right.

    What is given is not fitted: for a part of the log whose whole has been.
    """
    platform, party, start = fleet_rows(evidence)
    rights = reliability_of(evidence) if rights is None else rights
    words = _Words(evidence, platform, party, rights)
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
    fleet = Fleet(platform, party, mix, rights)
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
        base_table=_against(_rows([words.of_base(name) for name in (*bases, None)], mix), mix),
        operator_table=_against(_rows([words.of_operator(name) for name in names], mix), mix),
        nationality_table=_against(
            np.array([[words.of_nationality(name, base) for base in (*bases, None)] for name in names]).reshape(
                len(names), len(bases) + 1, len(mix)
            ),
            mix,
        ),
        row_right=1 - evidence.value("row_false"),
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


def _rows(p: list[NDArray[np.float64]], mix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array(p).reshape(-1, len(mix))


def fleet_rows(evidence: CaseEvidence) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.float64]]:
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
    pseudo = FLEET_STRENGTH * len(start) * start
    mix = start
    for _ in range(_ROUNDS):
        share = likelihood * mix
        total = share.sum(axis=1, keepdims=True)
        counts = (share / np.maximum(total, 1e-300)).sum(axis=0) + pseudo
        mix = counts / counts.sum()
    return mix


class _Words:
    """p(word | fleet row), (F,), for each kind of word that a log may hold of a flight."""

    def __init__(
        self, evidence: CaseEvidence, platform: tuple[str, ...], party: tuple[str, ...], rights: Reliability
    ) -> None:
        self._platform, self._party, self._rights = platform, party, rights
        self._orbat = evidence.orbat
        self._value = evidence.value
        self._spotter = WordModel(
            rights.type_right,
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
        right = self._rights.operator_right
        members = parties_in(said)
        wrong = (1 - right) / max(len(set(self._party)) - 1, 1)
        return np.array([right if party in members else wrong for party in self._party])

    def of_base(self, base: str | None) -> NDArray[np.float64]:
        """First seen at a base: one of its own with chance `base_mark_right`, else any base; None says nothing."""
        if base is None:
            return np.ones(len(self._platform))
        right, count = self._value("base_mark_right"), max(len(self._orbat.bases), 1)
        p = []
        for pair in zip(self._platform, self._party, strict=True):
            own = self._own_bases.get(pair, [])
            fits = own.count(base) / len(own) if own else 1 / count
            p.append(right * fits + (1 - right) / count)
        return np.array(p)
