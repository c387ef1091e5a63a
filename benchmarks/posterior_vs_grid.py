"""One incident's posterior beside the same sum written out in numpy on the whole grid.

Run from the repository root:  .venv/bin/python benchmarks/posterior_vs_grid.py [--accounts 20] [--rounds 25]

Forty terms: so many accounts that each state a time and a mode, over three days of minutes and the rows of the shipped
order of battle. Ours (`corroborate/moments.py`, `posterior.py`) keeps each term in its own shape, windows it, and
weighs one minute in five where nobody puts the attack. The peer adds every term to every cell of the grid.
Both start from what the accounts say. The script stops where they disagree by more than 1e-4 of probability on a row of
z, or a minute on the median. Printed are milliseconds (median of interleaved rounds, least to most) and the ratio.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rounds import interleaved, table
from scipy.special import ndtr

from consilience.corroborate.hypotheses import Hypotheses, hypotheses_on
from consilience.corroborate.likelihood.claims import mode_claim
from consilience.corroborate.moments import (
    CARELESS_TIMES,
    DAY,
    STANDARD_STEP,
    Clock,
    StatedTime,
    grid_around,
    quantile,
    stated_time_density,
    thin,
)
from consilience.corroborate.posterior import apart_from_logs, posterior_from
from consilience.corroborate.terms import Term, TimeFactor, log_likelihood
from consilience.records.reference_data import Assumption
from consilience.reference.assumptions import load_assumptions
from consilience.reference.orbat import load_orbat

Assumptions = Mapping[str, Assumption]
Answer = tuple[NDArray[np.float64], float]
"""p(z | accounts), (K,), and the median minute."""

SAID = ("air strike", "air strike", "air strike", "barrel bomb")
ORBAT = "syria"


def stated_times(accounts: int) -> list[StatedTime]:
    """Times about one another's, of every precision, two of them the day before."""
    rng = np.random.default_rng(4)
    sigmas = rng.choice([4.0, 15.0, 35.0], accounts)
    at = np.round(rng.normal(0.0, 12.0, accounts) / 5) * 5
    return [StatedTime(minute, minute, sigma) for minute, sigma in zip(at.tolist(), sigmas.tolist(), strict=True)]


def ours(stated: list[StatedTime], kinds: Hypotheses, assumptions: Assumptions) -> Answer:
    """As `corroborate` weighs an incident without a log."""
    grid = grid_around(stated, (0.0, DAY))
    clock = Clock.of(grid, thin(grid, stated))
    span = float(grid[-1] - grid[0]) + STANDARD_STEP
    terms = []
    for number, one in enumerate(stated):
        density = stated_time_density(clock.moments, one, assumptions, span)
        when = TimeFactor(log_likelihood(density), -float(np.log(span)), by_chance=clock.thinning.mean(density))
        said = mode_claim(SAID[number % len(SAID)], "saw", kinds, assumptions)
        terms.append(Term(str(number), "account", str(number), (when,), (said,)))
    apart = apart_from_logs(clock.thinning.width, kinds, terms, assumptions)
    posterior = posterior_from(clock.moments, kinds, apart, np.ones((len(clock.moments), len(kinds))))
    return posterior.of_kind, quantile(grid, clock.thinning.spread(posterior.of_moment), 0.5)


def on_the_grid(stated: list[StatedTime], kinds: Hypotheses, assumptions: Assumptions) -> Answer:
    """log p of every term at every minute for every row of z, added up, exponentiated and normalised."""
    grid = grid_around(stated, (0.0, DAY))
    total = np.tile(kinds.log_prior, (len(grid), 1))
    bomblets = np.where(kinds.can_cluster, assumptions["cluster_share"].value, assumptions["cluster_elsewise"].value)
    total += np.log((1 - bomblets) + bomblets)  # nobody speaks of them
    for number, one in enumerate(stated):
        when = np.log(_density(grid, one, assumptions))[:, np.newaxis] * np.ones(len(kinds))
        when[:, -1] = -np.log(len(grid))
        total += when
        total += mode_claim(SAID[number % len(SAID)], "saw", kinds, assumptions).log_p
    joint = np.exp(total - total.max())
    joint /= joint.sum()
    attack = joint[:, :-2].sum(axis=1)
    return joint.sum(axis=0), quantile(grid, attack, 0.5)


def _density(grid: NDArray[np.float64], stated: StatedTime, assumptions: Assumptions) -> NDArray[np.float64]:
    """p(stated time | τ) on every minute, as method.md writes it."""
    value = {name: one.value for name, one in assumptions.items()}
    slips = {0.0: 1 - value["slip_day"] - value["slip_half_day"] - value["slip_any"]}
    slips |= dict.fromkeys((DAY, -DAY), value["slip_day"] / 2)
    slips |= dict.fromkeys((DAY / 2, -DAY / 2), value["slip_half_day"] / 2)
    density = np.full(len(grid), value["slip_any"] / len(grid))
    for shift, share in slips.items():
        for weight, sigma in ((1 - value["careless"], 1.0), (value["careless"], CARELESS_TIMES)):
            density += share * weight * _blurred(grid + shift, stated, sigma * stated.sigma)
    return density


def _blurred(at: NDArray[np.float64], stated: StatedTime, sigma: float) -> NDArray[np.float64]:
    if stated.hi > stated.lo:
        parts = ndtr((stated.hi - at) / sigma) - ndtr((stated.lo - at) / sigma)
        return np.asarray(parts / (stated.hi - stated.lo))
    return np.asarray(np.exp(-0.5 * ((at - stated.lo) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi)))


METHODS: dict[str, Callable[[list[StatedTime], Hypotheses, Assumptions], Answer]] = {
    "ours": ours,
    "numpy on the grid": on_the_grid,
}


def main() -> None:
    """Compare the answers, then time both in interleaved rounds and print the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=25)
    asked = parser.parse_args()
    orbat, assumptions = load_orbat(ORBAT), load_assumptions()
    kinds = hypotheses_on(date(2019, 5, 5), orbat, ("Syrian", "Russian"), several_strikes=True)
    stated = stated_times(asked.accounts)
    (mine, my_median), (theirs, their_median) = (method(stated, kinds, assumptions) for method in METHODS.values())
    apart = float(np.abs(mine - theirs).max())
    if apart > 1e-4 or abs(my_median - their_median) > 1:
        raise SystemExit(f"the methods disagree: by {apart:.1e} on a row of z, medians {my_median} and {their_median}")
    taken = interleaved(
        {name: partial(method, stated, kinds, assumptions) for name, method in METHODS.items()}, asked.rounds
    )
    minutes = len(grid_around(stated, (0.0, DAY)))
    print(f"{minutes} minutes, {len(kinds)} rows of z, {2 * asked.accounts} terms; rows differ by {apart:.0e} at most")
    print(*table(taken, "ours", "ms", 1000.0), sep="\n")


if __name__ == "__main__":
    main()
