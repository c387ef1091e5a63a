"""What the words on a flight say of z: p(m | z), and how common such words are in this sky (method.md, Flights)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.aircraft import WordModel
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import UNLISTED, Hypotheses
from consilience.corroborate.loops.words import word_ratios
from consilience.corroborate.sky import JOINT, Sky, codes_of
from consilience.corroborate.spotter_words import Agreement, Reliability, agreement_in, reliability_of
from consilience.records.parties import parties_in
from consilience.records.weighed import OTHER

_ROUNDS = 60
"""Iterations of EM for the fleet mix: our choice; the change is below 1e-4 by then in every case tried."""

MIX_FLIGHTS = 20_000
"""Flights of the log to which the fleet mix is fitted: our choice; a share is then told to half a per cent."""

_TEMPERED = 64
"""Links for which words are weighed once for all flights; what is further off is weighed when it is met."""

Legs = tuple[NDArray[np.int64], NDArray[np.int64]]
Mixtures = list[tuple[int, NDArray[np.int64], NDArray[np.float64]]]

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
class FlightWords:
    """The words on every leg of every flight as codes (N,) in the order of `Sky`; no assumption enters.

    `word` indexes `vocabulary`, the platforms that a word may mean; `source` who wrote it; `nationality` and `operator`
    index `names`, `base` indexes `bases`, -1 where nothing is said. `starts` (J + 1,) are the offsets of the flights.
    `agreement` is how often two observers of one flight agree.
    """

    starts: NDArray[np.int64]
    word: NDArray[np.int32]
    source: NDArray[np.int32]
    nationality: NDArray[np.int32]
    operator: NDArray[np.int32]
    base: NDArray[np.int32]
    vocabulary: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    bases: tuple[str, ...]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class FlightMarks:
    """The words on every leg of every flight, ready to be weighed from the pass that matters.

    `type_table` (U, F) holds log p(word | fleet row) relative to the whole sky for the vocabulary of `words`,
    `operator_table` (A, F) for its names, `base_table` (B + 1, F) for its bases, its last row where a flight was not
    first seen at one; `nationality_table` is (A, B + 1, F). `tempered` (L, U, F) is `type_table` for a leg up to L − 1
    links away.
    """

    words: FlightWords
    fleet: Fleet
    type_table: NDArray[np.float64]
    base_table: NDArray[np.float64]
    operator_table: NDArray[np.float64]
    nationality_table: NDArray[np.float64]
    tempered: NDArray[np.float64]
    row_right: float
    link_right: float
    independence: float

    def against_sky(
        self, tracks: NDArray[np.int64], legs: Legs, hypotheses: Hypotheses, gone: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """w (P, K): p(m_j | z) / Σ_f π_f p(m_j | f) for flying z, 0 for the others; "together" is the even mixture."""
        columns, mixtures = self._rows_of(hypotheses)
        relative = np.empty((len(tracks), len(self.fleet.mix) + 2))
        relative[:, :-2] = self.of_passes(tracks, legs, gone)
        relative[:, -2:] = 0.0, 1.0
        w = relative[:, columns]
        for k, rows, shares in mixtures:
            w[:, k] = (w[:, rows] * shares).sum(axis=1)
        return w

    def _rows_of(self, hypotheses: Hypotheses) -> tuple[NDArray[np.int64], Mixtures]:
        """(K,) the fleet row of each flying z, −2 for what does not fly and −1 where any word is as likely as in the
        sky; and of what rows of z, in which shares, each "together" is made."""
        key = ("fleet rows", self.fleet.platform, self.fleet.party)
        return hypotheses.kept(key, lambda: self._made_rows(hypotheses))

    def _made_rows(self, hypotheses: Hypotheses) -> tuple[NDArray[np.int64], Mixtures]:
        index = {pair: f for f, pair in enumerate(zip(self.fleet.platform, self.fleet.party, strict=True))}
        columns = np.full(len(hypotheses), -2, dtype=np.int64)
        for k in np.flatnonzero(hypotheses.flies):
            platform, party = hypotheses.platform[k], hypotheses.party[k]
            columns[k] = index.get((platform, party), -1 if platform == UNLISTED else -2)
        return columns, _mixtures(hypotheses)

    def of_passes(self, tracks: NDArray[np.int64], legs: Legs, gone: NDArray[np.bool_]) -> NDArray[np.float64]:
        """p(words | fleet row) / p(words | sky), (P, F), of flights seen from some of their legs.

        `legs` are those that make the passes of `tracks` (P,) and their offsets (`Passes.legs_of`); those of sources
        that are `gone` are passed over. A leg k links away belongs to the
        same flight with chance `mark_link_right`ᵏ, unless it is false or planted (`row_false`), else to any flight of
        the sky: its words count accordingly. What one
        source wrote is one opinion (the weighted mean of its legs); a further source adds `mark_independence` of what
        it would alone, for observers hear each other. A nationality word counts once for a flight; where the flight was
        first seen at a base of that party it mostly repeats the base (`nationality_from_base`). A named operator counts
        once too, and the nationality word that agrees with it not at all: it is the same belief. Both count with the
        type that the same row names: if the row is false, all of it is.
        """
        words = self.words
        log_ratio = word_ratios(
            tracks, *legs, words.starts,
            (words.word, words.source, words.nationality, words.operator, words.base), gone, self.tempered,
            self.type_table, self.base_table, self.operator_table, self.nationality_table,
            (self.row_right, self.link_right, self.independence),
        )  # fmt: skip
        ratio = np.exp(log_ratio - log_ratio.max(axis=1, keepdims=True))
        return np.asarray(ratio / (ratio * self.fleet.mix).sum(axis=1, keepdims=True))


def _mixtures(hypotheses: Hypotheses) -> Mixtures:
    """Each flying row of "together" with the rows of the parties of its mode and their even shares by the prior."""
    prior = np.exp(hypotheses.log_prior)
    mixtures = []
    for k in np.flatnonzero(hypotheses.is_together & hypotheses.flies):
        named = hypotheses.parties[:-1]
        of_party = [np.flatnonzero(hypotheses.where(party=party, mode=hypotheses.mode[k])) for party in named]
        shares = [prior[rows] / prior[rows].sum() / len(named) for rows in of_party]
        mixtures.append((int(k), np.concatenate(of_party), np.concatenate(shares)))
    return mixtures


def read_words(legs: pl.DataFrame, sky: Sky, evidence: CaseEvidence) -> FlightWords:
    """The words of `coded_legs`, the legs of which are those of `sky`."""
    word, spelt = codes_of(legs["word"])
    vocabulary = tuple(tuple(text.split(JOINT)) if text else () for text in spelt if text is not None)
    named = pl.concat([legs[name].cast(pl.String) for name in ("asserts", "operator")]).drop_nulls().unique().sort()
    names, bases = tuple(named.to_list()), tuple(sorted(evidence.orbat.bases))
    return FlightWords(
        starts=sky.starts,
        word=word,
        source=sky.source,
        nationality=_codes(legs["asserts"], names),
        operator=_codes(legs["operator"], names),
        base=_codes(legs["base"], bases),
        vocabulary=vocabulary,
        names=names,
        bases=bases,
        agreement=agreement_in(legs, word, vocabulary),
    )


def flight_marks(
    words: FlightWords,
    evidence: CaseEvidence,
    mix: NDArray[np.float64] | None = None,
    rights: Reliability | None = None,
) -> FlightMarks:
    """Weigh the words of every flight, and fit to them the mix of the sky (by expectation-maximisation) and how often
    observers are right. What is given is not fitted.
    """
    platform, party, start = fleet_rows(evidence)
    rights = reliability_of(words.agreement, evidence, len(set(party))) if rights is None else rights
    p = _Words(evidence, platform, party, rights)
    type_p = np.array([p.of_type(word) for word in words.vocabulary]).reshape(len(words.vocabulary), len(platform))
    if mix is None:
        mix = _fit_mix(_first_words(type_p, words), start)
    row_right, link_right = 1 - evidence.value("row_false"), evidence.value("mark_link_right")
    type_table = _against(type_p, mix)
    belongs = row_right * link_right ** np.arange(_TEMPERED)[:, np.newaxis, np.newaxis]
    bases = (*words.bases, None)
    return FlightMarks(
        words=words,
        fleet=Fleet(platform, party, mix, rights),
        type_table=type_table,
        base_table=_against(_rows([p.of_base(name) for name in bases], mix), mix),
        operator_table=_against(_rows([p.of_operator(name) for name in words.names], mix), mix),
        nationality_table=_against(
            np.array([[p.of_nationality(name, base) for base in bases] for name in words.names]).reshape(
                len(words.names), len(bases), len(mix)
            ),
            mix,
        ),
        tempered=np.log(belongs * np.exp(type_table) + (1 - belongs)),
        row_right=row_right,
        link_right=link_right,
        independence=evidence.value("mark_independence"),
    )


def _codes(values: pl.Series, vocabulary: tuple[str, ...]) -> NDArray[np.int32]:
    """Each value as its place in the vocabulary, -1 for null and for what is not in it."""
    code = values.cast(pl.String).cast(pl.Enum(list(vocabulary)), strict=False).to_physical()
    return code.cast(pl.Int32).fill_null(-1).to_numpy()


def _against(p: NDArray[np.float64], mix: NDArray[np.float64]) -> NDArray[np.float64]:
    """log p(word | fleet row) − log p(word | sky), rows of words."""
    if mix.size == 0:  # nobody flies on a day of the case: there is no row to compare
        return p
    return np.asarray(np.log(p) - np.log(p @ mix)[..., np.newaxis])


def _first_words(type_p: NDArray[np.float64], words: FlightWords) -> NDArray[np.float64]:
    """p(the words on a flight | fleet row), (J, F), as one opinion: the geometric mean over its legs; of
    `MIX_FLIGHTS` flights at most, evenly spaced."""
    flights = len(words.starts) - 1
    if flights < 1:
        return np.zeros((0, type_p.shape[1]))
    some = np.unique(np.linspace(0, flights - 1, min(flights, MIX_FLIGHTS)).astype(np.int64))
    lengths = np.diff(words.starts)[some]
    begins = np.cumsum(lengths) - lengths
    legs = np.repeat(words.starts[some] - begins, lengths) + np.arange(int(lengths.sum()))
    sums = np.add.reduceat(np.log(type_p)[words.word[legs]], begins, axis=0)
    return np.asarray(np.exp(sums / lengths[:, np.newaxis]))


def _rows(p: list[NDArray[np.float64]], mix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array(p).reshape(len(p), len(mix))


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
