"""One incident on the bench: its answer under other assumptions, or without some sources, in a fraction of the time.

A posterior factors into what bears on the moment, what bears on z, and what the logs add. Only factors that read a
changed assumption or hang on a removed source are made again, and the moment is summed out by one product of a vector
and a matrix, so that hundreds of variants cost what a few posteriors do. Without changes the answer is `weigh`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import NONE, Hypotheses, hypotheses_on
from consilience.corroborate.incident_model import Shared, material_of, set_out, thinned
from consilience.corroborate.likelihood.kinds import LIKELIHOODS
from consilience.corroborate.likelihood.material import Part
from consilience.corroborate.log_bench import LogBench
from consilience.corroborate.log_variants import LogVariants
from consilience.corroborate.loops.sums import over_moments
from consilience.corroborate.posterior import (
    given_attack,
    log10_ratios,
    log_cluster_of,
    modes_of,
    parties_of,
)
from consilience.corroborate.recorded import prior_name, under
from consilience.corroborate.terms import Term
from consilience.records.sensitivity import Answer

Values = Mapping[str, float]
NOTHING: frozenset[str] = frozenset()
Made = TypeVar("Made")


class Bench:
    """One incident ready to be asked again and again; `setting` (its grid and hypotheses) never changes.

    The moments that are weighed stay the same too: they are those near any stated time, whoever stated it.
    """

    def __init__(self, row: Row, shared: Shared, variants: LogVariants) -> None:
        self.shared, self.setting = shared, set_out(row, shared)
        self._made: dict[tuple[object, ...], object] = {}
        self._read: dict[tuple[object, ...], frozenset[str]] = {}
        terms = self.terms({}, NOTHING)
        self.logs = LogBench(self.setting, shared, variants, terms)

    def answer(self, values: Values | None = None, without: frozenset[str] = NOTHING) -> Answer:
        """The answer under other values of assumptions (`prior_name` for shares of the order of battle), or without
        sources: their ids, ids of accounts, media and log rows that have none, "scenes of I", "remnants of I"."""
        hypotheses = self.setting.hypotheses
        p = self._of_kind(values or {}, without)
        attack = given_attack(p, hypotheses)
        together = float(attack[hypotheses.is_together].sum())
        weight = log10_ratios(p, hypotheses)["attack:none"]
        return Answer(
            float(p[:-2].sum()), weight, parties_of(attack, hypotheses), together, modes_of(attack, hypotheses)
        )

    @property
    def sources(self) -> frozenset[str]:
        """Everything that `answer` may be asked to do without."""
        parts = (part for parts in LIKELIHOODS.values() for part in parts(material_of(self.setting, self.shared)))
        return frozenset[str]().union(*(part.sources for part in parts)) | self.logs.sources

    def names_read(self) -> frozenset[str]:
        """The named assumptions on which anything in this incident stands."""
        evidence, record = under(self.shared.evidence, {})
        log_cluster_of((), self.setting.hypotheses, evidence.assumptions)
        return frozenset().union(*self._read.values(), self.logs.read, record.read)

    def terms(self, values: Values, without: frozenset[str]) -> list[Term]:
        """The pieces that name the incident, on the moments that are weighed."""
        material = material_of(self.setting, self.shared, without)
        terms = []
        for kind, parts in LIKELIHOODS.items():
            for part in parts(material):
                terms += self._memo((kind, *part.key), values, self._on_moments(part))
        return terms

    def _on_moments(self, part: Part) -> Callable[[CaseEvidence], list[Term]]:
        return lambda evidence: [thinned(term, self.setting.thinning) for term in part.make(evidence)]

    def _memo(self, what: tuple[object, ...], values: Values, make: Callable[[CaseEvidence], Made]) -> Made:
        """`make` under the values, made once for all values that agree on the assumptions that it reads."""
        if what not in self._read:
            evidence, record = under(self.shared.evidence, {})
            self._made[what, ()] = make(evidence)
            self._read[what] = frozenset(record.read)
        changed = tuple(sorted((name, value) for name, value in values.items() if name in self._read[what]))
        if (what, changed) not in self._made:
            self._made[what, changed] = make(under(self.shared.evidence, values)[0])
        return self._made[what, changed]  # type: ignore[return-value]

    def _of_kind(self, values: Values, without: frozenset[str]) -> NDArray[np.float64]:
        """p(z | evidence), (K,)."""
        terms = self.terms(values, without)
        width = self.setting.thinning.width
        ratio = self.logs.ratio(values, without)
        factors = [factor for term in terms for factor in term.times]
        time = np.sum([factor.log_p for factor in factors], axis=0) + np.log(width / width.sum())
        peak = float(time.max())
        none = self.setting.hypotheses.party.index(NONE)
        kind = self._log_prior(values, without) + self._log_cluster(terms, values)
        for term in terms:
            for said in term.kinds:
                kind = kind + said.log_p
        total = kind + np.log(over_moments(np.exp(time - peak), ratio)) + peak
        total[none] = (
            kind[none] + sum(f.log_p_none for f in factors) + np.log(float(ratio[:, none] @ width) / width.sum())
        )
        p = np.exp(total - total.max())
        return np.asarray(p / p.sum())

    def _log_cluster(self, terms: list[Term], values: Values) -> NDArray[np.float64]:
        evidence, _ = under(self.shared.evidence, values)
        return log_cluster_of(terms, self.setting.hypotheses, evidence.assumptions)

    def _log_prior(self, values: Values, without: frozenset[str]) -> NDArray[np.float64]:
        """log p(z) under other shares of the order of battle, in the rows of the hypotheses; a share of 0 is −∞.

        "together" has a share while somebody who is left alleges two strikes or more.
        """
        several = any((a.row["strikes"] or 0) >= 2 for a in self.setting.accounts if a.source not in without)
        evidence, here = self.shared.evidence, self.setting.hypotheses
        shares = tuple(
            replace(row, share=values.get(prior_name(row.mode, row.party), row.share)) for row in evidence.orbat.priors
        )
        if several == self.setting.several_strikes and shares == evidence.orbat.priors:
            return here.log_prior
        orbat = replace(evidence.orbat, priors=shares)
        there = hypotheses_on(self.setting.day, orbat, evidence.settings.parties, several_strikes=several)
        found = dict(zip(_names(there), there.log_prior, strict=True))
        return np.array([found.get(row, -np.inf) for row in _names(here)])


def _names(rows: Hypotheses) -> Iterator[tuple[str, str, str, str]]:
    return zip(rows.platform, rows.likeness, rows.party, rows.mode, strict=True)
