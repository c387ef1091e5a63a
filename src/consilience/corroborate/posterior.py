"""The posterior by exact enumeration: every moment of the grid times every row of z; no sampling, no seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.hypotheses import Hypotheses
from consilience.corroborate.loops.sums import multiplied
from consilience.corroborate.terms import Term
from consilience.quantities import Log10
from consilience.records.reference_data import Assumption
from consilience.records.tables import MODES
from consilience.records.weighed import CAUSES

LR_CAP: Log10 = 10.0
"""log10 likelihood ratios are reported up to ±10: beyond that the model's own errors rule (our choice)."""


@dataclass(frozen=True, slots=True)
class Apart:
    """log p of what bears on the moment and on z apart, natural: `time` (T,) for z other than "none", `none` (T,) for
    it, `kind` (K,)."""

    time: NDArray[np.float64]
    none: NDArray[np.float64]
    kind: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Posterior:
    """p(τ, z | evidence) on the moments that are weighed.

    `moments` (T,) minutes since the epoch, each with the mass of all for which it stands; `joint` (T, K) sums to
    1; the column of "none", the last, is spread evenly, for nothing happened at any moment. `of_kind` (K,) is
    p(z | evidence). `apart` and `logs` (T, K) are what it was made from.
    """

    moments: NDArray[np.float64]
    hypotheses: Hypotheses
    joint: NDArray[np.float64]
    of_kind: NDArray[np.float64]
    apart: Apart
    logs: NDArray[np.float64]

    @property
    def of_moment(self) -> NDArray[np.float64]:
        """p(τ | an attack happened, evidence), shape (T,)."""
        attack = self.joint[:, self.hypotheses.is_attack].sum(axis=1)
        return np.asarray(attack / attack.sum())

    @property
    def log_joint(self) -> NDArray[np.float64]:
        """log p(τ, z, evidence), natural, (T, K), however small."""
        total = np.log(self.logs) + self.apart.kind
        total[:, :-1] += self.apart.time[:, np.newaxis]
        total[:, -1] += self.apart.none
        return np.asarray(total)


def apart_from_logs(
    width: NDArray[np.int64], hypotheses: Hypotheses, terms: Sequence[Term], assumptions: Mapping[str, Assumption]
) -> Apart:
    """log p of the prior and of all terms. These hold factors on the T moments; `width` (T,) is for how many points of
    the grid each stands (`Thinning`), over all of which τ is uniform beforehand."""
    prior = np.log(width / width.sum())
    kind = hypotheses.log_prior + log_cluster_of(terms, hypotheses, assumptions)
    for term in terms:
        for factor in term.kinds:
            kind = kind + factor.log_p
    factors = [factor for term in terms for factor in term.times]
    time = np.sum([factor.log_p for factor in factors], axis=0) + prior
    return Apart(time, prior + sum(factor.log_p_none for factor in factors), kind)


def posterior_from(
    moments: NDArray[np.float64], hypotheses: Hypotheses, apart: Apart, logs: NDArray[np.float64]
) -> Posterior:
    """Multiply out and normalise; `logs` (T, K) is what flight and radio logs and publishers' claims multiply."""
    peak = max(float(apart.time.max()), float(apart.none.max()))
    p, of_kind = multiplied(
        logs, np.exp(apart.time - peak), np.exp(apart.none - peak), np.exp(apart.kind - apart.kind.max())
    )
    total = of_kind.sum()
    if total < _LEAST:
        return _from_logarithms(moments, hypotheses, apart, logs)
    p /= total
    return Posterior(moments, hypotheses, p, of_kind / total, apart, logs)


_LEAST = 1e-100
"""A product below this may have lost what matters to underflow: it is then made from logarithms."""


def _from_logarithms(
    moments: NDArray[np.float64], hypotheses: Hypotheses, apart: Apart, logs: NDArray[np.float64]
) -> Posterior:
    bare = Posterior(moments, hypotheses, logs, logs, apart, logs).log_joint
    p = np.exp(bare - bare.max())
    p /= p.sum()
    return Posterior(moments, hypotheses, p, p.sum(axis=0), apart, logs)


def cluster_prior(hypotheses: Hypotheses, assumptions: Mapping[str, Assumption]) -> NDArray[np.float64]:
    """p(bomblets | z), shape (K,)."""
    able, elsewise = assumptions["cluster_share"].value, assumptions["cluster_elsewise"].value
    return np.where(hypotheses.can_cluster, able, elsewise)


def log_cluster_of(
    terms: Sequence[Term], hypotheses: Hypotheses, assumptions: Mapping[str, Assumption]
) -> NDArray[np.float64]:
    """log p(what all pieces say of bomblets | z), bomblets or not summed out, shape (K,)."""
    no, yes = (sum(term.log_cluster[i] for term in terms) for i in (0, 1))
    p = cluster_prior(hypotheses, assumptions)
    return np.asarray(np.logaddexp(np.log1p(-p) + no, np.log(p) + yes))


def cluster_probability(posterior: Posterior, terms: Sequence[Term], assumptions: Mapping[str, Assumption]) -> float:
    """p(bomblets | an attack happened, evidence)."""
    hypotheses = posterior.hypotheses
    yes = sum(term.log_cluster[1] for term in terms)
    p = cluster_prior(hypotheses, assumptions)
    given_z = np.exp(np.log(p) + yes - log_cluster_of(terms, hypotheses, assumptions))
    attack = posterior.of_kind * hypotheses.is_attack
    return float(given_z @ attack / attack.sum())


def causes(of_kind: NDArray[np.float64]) -> dict[str, float]:
    """Probabilities of an attack, another cause, none, from p(z) (K,)."""
    return dict(zip(CAUSES, (float(of_kind[:-2].sum()), float(of_kind[-2]), float(of_kind[-1])), strict=True))


def given_attack(of_kind: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    """p(z | an attack happened), shape (K,); zero for the last two rows."""
    attack = of_kind * hypotheses.is_attack
    return np.asarray(attack / attack.sum())


def parties_of(p: NDArray[np.float64], hypotheses: Hypotheses) -> dict[str, float]:
    """Probability of each party from p(z | attack): its own rows and half of "together"."""
    together = float(p[hypotheses.is_together].sum())
    named = hypotheses.parties[:-1]
    return {
        party: float(p[hypotheses.where(party=party)].sum()) + (together / 2 if party in named and together else 0.0)
        for party in hypotheses.parties
    }


def modes_of(p: NDArray[np.float64], hypotheses: Hypotheses) -> dict[str, float]:
    """Probability of each mode from p(z | attack)."""
    return {mode: float(p[hypotheses.where(mode=mode)].sum()) for mode in MODES}


def platforms_of(p: NDArray[np.float64], hypotheses: Hypotheses) -> dict[str, float]:
    """Probability of each platform from p(z | attack), largest first.

    "together" is shared out over the two parties' platforms of its mode, in proportion to what each has by itself.
    """
    shares = p.copy()
    for k in np.flatnonzero(hypotheses.is_together):
        for party in hypotheses.parties[:-1]:
            rows = hypotheses.where(party=party, mode=hypotheses.mode[k])
            weight = np.exp(hypotheses.log_prior) if p[rows].sum() <= 0 else p
            shares[rows] += p[k] / 2 * weight[rows] / weight[rows].sum()
        shares[k] = 0.0
    names = sorted(set(hypotheses.platform) - {"", "together"})
    totals = {name: float(shares[hypotheses.where(platform=name)].sum()) for name in names}
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def log10_ratios(of_kind: NDArray[np.float64], hypotheses: Hypotheses) -> dict[str, Log10]:
    """Likelihood ratios of all evidence: posterior odds over prior odds, platform, mode, together and time summed out.

    Keys "A:B" for each pair of the case's parties in its order, and "attack:none". Capped at ±`LR_CAP`.
    """
    prior = np.exp(hypotheses.log_prior)
    before, after = (parties_of(given_attack(p, hypotheses), hypotheses) for p in (prior, of_kind))
    named = hypotheses.parties[:-1]
    ratios = {
        f"{a}:{b}": _log10_ratio(after[a], after[b], before[a], before[b])
        for i, a in enumerate(named)
        for b in named[i + 1 :]
    }
    ratios["attack:none"] = _log10_ratio(float(of_kind[:-2].sum()), of_kind[-1], float(prior[:-2].sum()), prior[-1])
    return ratios


def _log10_ratio(after_a: float, after_b: float, before_a: float, before_b: float) -> Log10:
    if min(before_a, before_b) <= 0 or max(after_a, after_b) <= 0:
        return 0.0
    with np.errstate(divide="ignore"):
        ratio = float(np.log10(after_a) - np.log10(after_b) - np.log10(before_a) + np.log10(before_b))
    return float(np.clip(ratio, -LR_CAP, LR_CAP))
