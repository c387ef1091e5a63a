"""Fitted numbers with their intervals: Beta, Dirichlet, Gamma and normal-inverse-gamma posteriors.

Each is the posterior from which the fit takes its value, with the same pseudo-observations, quantile by quantile
(Gelman et al. 2013, Bayesian Data Analysis, BDA, chapters 2 and 3). Expected numbers are taken as if they had been
counted: that nobody knows which flight did it makes the true intervals somewhat wider.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, stdtrit

from consilience.quantities import Minutes
from consilience.records.fitted_model import INTERVAL, Fitted, Rate

Floats = NDArray[np.float64]

TAILS = ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2)

JEFFREYS = 0.5
"""Pseudo-events of a rate that is drawn to nothing (Jeffreys' prior for a Poisson rate)."""

DAY: Minutes = 1440.0

_LEAST = 1e-6
"""Beta and gamma shapes below this have their quantiles at 0; scipy wants more than 0."""


def beta_interval(hits: Floats | float, misses: Floats | float) -> tuple[Floats, Floats]:
    """Quantiles of Beta(hits, misses), pseudo-observations included."""
    a, b = np.maximum(hits, _LEAST), np.maximum(misses, _LEAST)
    low, high = (np.asarray(betaincinv(a, b, tail)) for tail in TAILS)
    return low, high


def gamma_interval(events: Floats | float, minutes: Floats | float) -> tuple[Floats, Floats]:
    """Quantiles of Gamma(events, minutes), a rate per minute, pseudo-events included."""
    shape = np.maximum(events, _LEAST)
    low, high = (np.asarray(gammaincinv(shape, tail) / minutes) for tail in TAILS)
    return low, high


def chance(value: float, tries: float, drawn_to: float, strength: float, assumption: str) -> Fitted:
    """A probability whose posterior is Beta with mean `value` and `tries` + `strength` observations."""
    total = tries + strength
    low, high = beta_interval(value * total, (1 - value) * total)
    return Fitted(value, float(low), float(high), tries, drawn_to, strength, assumption)


def shares(values: Floats, seen: Floats, drawn_to: Floats, strength: float, assumption: str) -> tuple[Fitted, ...]:
    """Each share of a Dirichlet posterior with mean `values`; `seen` the expected number of each."""
    total = float(seen.sum()) + strength
    low, high = beta_interval(values * total, (1 - values) * total)
    return tuple(
        Fitted(value, least, most, count, before, strength, assumption)
        for value, least, most, count, before in np.column_stack((values, low, high, seen, drawn_to)).tolist()
    )


def mean_and_spread(
    mean: float, spread: float, seen: float, before: tuple[float, float], strength: float, names: tuple[str, str],
    least: float,
) -> tuple[Fitted, Fitted]:  # fmt: skip
    """Mean and standard deviation of a normal under a normal-inverse-gamma posterior.

    `before` are both as assumed, under `names`; the spread is never taken for less than `least`. The mean is
    Student's t, spread² is scaled inverse χ² (BDA, section 3.3), both with `seen` + `strength` degrees of freedom.
    """
    freedom = seen + strength
    reach = float(stdtrit(freedom, TAILS[1])) * spread / math.sqrt(freedom)
    high, low = (spread * math.sqrt(freedom / (2 * float(gammaincinv(freedom / 2, tail)))) for tail in TAILS)
    return (
        Fitted(mean, mean - reach, mean + reach, seen, before[0], strength, names[0]),
        Fitted(spread, max(low, least), max(high, least), seen, before[1], strength, names[1]),
    )


def rate(seen: int, minutes: Minutes) -> Rate:
    """A rate drawn to nothing: Gamma with `JEFFREYS` pseudo-events; `minutes` above 0."""
    low, high = gamma_interval(seen + JEFFREYS, minutes)
    return Rate((seen + JEFFREYS) / minutes * DAY, float(low) * DAY, float(high) * DAY, seen)
