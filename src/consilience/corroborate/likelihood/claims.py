"""Claims that any piece may make of mode and party, as tables p(value | z)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.aircraft import fill_without_attack
from consilience.corroborate.hypotheses import TOGETHER, Hypotheses, spread_over_together
from consilience.corroborate.terms import Field, KindFactor, Likelihoods, log_likelihood
from consilience.records.reference_data import Assumption
from consilience.records.tables import MODES

MODE_CONFUSION: NDArray[np.float64] = np.array(
    [
        # said:   air   barrel ground ballistic     happened:
        [0.90, 0.03, 0.04, 0.03],  # air strike
        [0.25, 0.70, 0.03, 0.02],  # barrel bomb: dropped from the air, and often called an air strike
        [0.10, 0.02, 0.80, 0.08],  # ground attack
        [0.15, 0.02, 0.23, 0.60],  # ballistic missile: "missile" is said of bombs and of rockets
    ]
)
"""p(mode said | mode) by somebody who perceives clearly, in the order of `MODES`. Our choice: no table is published."""
MODE_CONFUSION.setflags(write=False)


def clarity_name(perception: str | None) -> str:
    """The named assumption that holds for a kind of perception; an empty one counts as unknown."""
    return f"clarity_{perception or 'unknown'}"


def mode_claim(
    mode: str, perception: str | None, hypotheses: Hypotheses, assumptions: Mapping[str, Assumption]
) -> KindFactor:
    """What "it was an air strike" says of z: the confusion table with chance `clarity`, else any mode alike."""
    clarity = assumptions[clarity_name(perception)].value
    return hypotheses.kept(("mode claim", mode, clarity), lambda: _mode_claim(mode, clarity, hypotheses))


def _mode_claim(mode: str, clarity: float, hypotheses: Hypotheses) -> KindFactor:
    said = clarity * MODE_CONFUSION + (1 - clarity) / len(MODES)
    table = np.full((len(MODES), len(hypotheses)), 1 / len(MODES))
    for k, happened in enumerate(hypotheses.mode):
        if happened:
            table[:, k] = said[MODES.index(happened)]
    seen = MODES.index(mode)
    return KindFactor(Field.MODE, log_likelihood(table[seen]), Likelihoods(table, seen))


def party_claim(named: tuple[str, ...], *, both: bool, likelihood_ratio: float, hypotheses: Hypotheses) -> KindFactor:
    """What "it was X" says of z, given how much its basis tells parties apart.

    `likelihood_ratio`: p("X" | X did it) / p("X" | another did it); 1 says nothing. "X or Y" is the mean of both;
    "X and Y" (`both`) is as likely under "together" as "X" is under X. Parties: the case's and "other".
    """
    key = ("party claim", named, both, likelihood_ratio)
    return hypotheses.kept(key, lambda: _party_claim(named, both, likelihood_ratio, hypotheses))


def _party_claim(named: tuple[str, ...], both: bool, likelihood_ratio: float, hypotheses: Hypotheses) -> KindFactor:
    parties = hypotheses.parties
    right = likelihood_ratio / (likelihood_ratio + len(parties) - 1)
    wrong = right / likelihood_ratio
    table = np.full((len(parties), len(hypotheses)), 1 / len(parties))
    for k, party in enumerate(hypotheses.party):
        if party in parties:
            table[:, k] = wrong
            table[parties.index(party), k] = right
    table = fill_without_attack(spread_over_together(table, hypotheses), hypotheses)
    members = [parties.index(name if name in parties else parties[-1]) for name in named]
    p = table[members].mean(axis=0)
    if both:
        p[[k for k, party in enumerate(hypotheses.party) if party == TOGETHER]] = right
    single = Likelihoods(table, members[0]) if len(members) == 1 else None
    return KindFactor(Field.PARTY, log_likelihood(p), single)


def word_factor(field: Field, p: NDArray[np.float64]) -> KindFactor:
    """A factor from p(this word | z) up to a constant: the other value is any other word.

    `p` (K,) is scaled so that its largest is at most 1, which changes no posterior.
    """
    scaled = np.minimum(p / p.max(), 1.0) * 0.999
    return KindFactor(field, log_likelihood(scaled), Likelihoods(np.vstack([scaled, 1 - scaled]), 0))
