"""The cost of a probability, and how much of it is the fault of the scale: Cllr, PAV, Cllr_min, Tippett curves.

N. Brümmer and J. du Preez, Application-independent evaluation of speaker detection, Computer Speech and Language 20
(2006), 230-275. PAV: pooling adjacent violators, i.e. isotonic regression, here SciPy's. The figures equal those of
`lir` 1.3.1 (tests/casework/test_calibration_cost.py), which is not imported: it costs 1.4 s and a tree of packages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST = 1e-6
"""Published probabilities have six decimals; a stated 0 is held off infinity by the last of them."""


def log2_odds(first: Floats, second: Floats) -> Floats:
    """log2 of first : second for two columns of published probabilities; both shares of one whole, of any sum."""
    return np.asarray(np.log2(np.maximum(first, LEAST)) - np.log2(np.maximum(second, LEAST)))


def cllr(odds: Floats, is_first: Bools) -> float:
    """Mean cost in bits of stated log2 odds: half over attacks by the first party, half over those by the second.

    0 is knowing all, 1 what "fifty-fifty" always costs; above 1 the odds mislead. NaN where a party has no attack.
    """
    if is_first.all() or not is_first.any():
        return float("nan")
    return float((_bits(-odds[is_first]).mean() + _bits(odds[~is_first]).mean()) / 2)


def cllr_min(odds: Floats, is_first: Bools) -> float:
    """The Cllr that is left when the odds are replaced by the best ones of the same order: what they can't tell apart.

    `cllr` less this is the loss of calibration. NaN where a party has no attack.
    """
    if is_first.all() or not is_first.any():
        return float("nan")
    share = pav(odds, is_first).at(odds)
    prior = is_first.sum() / (~is_first).sum()
    with np.errstate(divide="ignore"):
        best = np.log2(share) - np.log2(1 - share) - np.log2(prior)
    return cllr(best, is_first)


def _bits(log2_wrong: Floats) -> Floats:
    """log2(1 + 2^x), for infinite x too."""
    return np.asarray(np.logaddexp2(0.0, log2_wrong))


@dataclass(frozen=True, slots=True)
class Pav:
    """The observed share of the first party as a rising step over the stated odds.

    `odds` (U,) are the distinct stated log2 odds, ascending; `share` (U,) the shares fitted to them.
    """

    odds: Floats
    share: Floats

    def at(self, odds: Floats) -> Floats:
        """The fitted share at stated odds, each of which is among those that were fitted."""
        return self.share[np.searchsorted(self.odds, odds)]


def pav(odds: Floats, is_first: Bools) -> Pav:
    """Isotonic regression of "it was the first party" on the stated odds; equal odds count as one point."""
    distinct, place, counts = np.unique(odds, return_inverse=True, return_counts=True)
    share = np.bincount(place, weights=is_first.astype(np.float64)) / counts
    fitted = isotonic_regression(share, weights=counts.astype(np.float64)).x
    return Pav(distinct, np.asarray(np.clip(fitted, 0.0, 1.0)))


def tippett(odds: Floats, is_first: Bools, at: Floats) -> tuple[Floats, Floats]:
    """Shares of attacks by the first and by the second party whose log2 odds are at least each of `at`."""
    curves = []
    for chosen in (odds[is_first], odds[~is_first]):
        below = np.searchsorted(np.sort(chosen), at, side="left")
        curves.append(1 - below / len(chosen) if len(chosen) else np.full(len(at), np.nan))
    return curves[0], curves[1]
