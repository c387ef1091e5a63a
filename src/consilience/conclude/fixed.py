"""Fixed decimals for what is published, so that a file's bytes don't hang on the last bit of a sum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from consilience.records.weighed import WEIGHT_CAP

PROBABILITY_DECIMALS = 6
"""Our choice: finer than any assumption behind a probability, coarse enough to be the same on every machine."""

WEIGHT_DECIMALS = 4
"""Our choice: a ten-thousandth of a ban, far below what ENFSI's verbal scale can tell apart."""


def fixed_probability(value: float) -> float:
    """A probability with the published decimals, in [0, 1]; ValueError where it is neither."""
    if not -1e-9 <= value <= 1 + 1e-9:
        raise ValueError(f"not a probability: {value!r}")
    return min(1.0, max(0.0, round(value, PROBABILITY_DECIMALS))) + 0.0


def fixed_distribution(shares: Mapping[str, float], order: Iterable[str]) -> dict[str, float]:
    """Probabilities with fixed decimals that still sum to 1 within 1e-9, keys in `order`, absent ones as 0.

    What rounding loses or gains goes to the largest (the first of equals). ValueError where a key stands outside
    `order`, or the sum is off by more than 1e-6 beforehand.
    """
    keys = list(order)
    if unknown := sorted(set(shares) - set(keys)):
        raise ValueError(f"no such hypothesis: {', '.join(unknown)}")
    if abs(math.fsum(shares.values()) - 1.0) > 1e-6:
        raise ValueError(f"probabilities sum to {math.fsum(shares.values())!r}")
    fixed = {key: fixed_probability(shares.get(key, 0.0)) for key in keys}
    largest = max(keys, key=lambda key: fixed[key])
    rest = math.fsum(value for key, value in fixed.items() if key != largest)
    fixed[largest] = fixed_probability(1.0 - rest)
    return fixed


def fixed_weight(value: float) -> float:
    """A log10 likelihood ratio with the published decimals, held within ±`WEIGHT_CAP`; ValueError for NaN."""
    if math.isnan(value):
        raise ValueError("a weight of evidence is not a number")
    return round(min(WEIGHT_CAP, max(-WEIGHT_CAP, value)), WEIGHT_DECIMALS) + 0.0
