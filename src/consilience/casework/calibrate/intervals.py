"""95 % intervals: Wilson's for shares, a seeded bootstrap for everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

DRAWS = 1000
"""Bootstrap draws: our choice; an end of an interval then moves by about a twentieth of its width from seed to seed."""

LEAST_WORLDS = 5
"""From so many worlds on, worlds are drawn and not attacks (our choice): attacks of one war share its log."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its 95 % interval; all None where there was nothing to measure."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def as_json(self) -> dict[str, float | int | None]:
        """Six decimals; `n` is how many attacks the figure stands on."""
        shown = [None if x is None else round(x, 6) for x in (self.value, self.low, self.high)]
        return {"value": shown[0], "low": shown[1], "high": shown[2], "n": self.n}


NOTHING = Figure(None, None, None, 0)


def wilson(right: int, of: int) -> Figure:
    """A share with its score interval (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212)."""
    if of == 0:
        return NOTHING
    share, z2 = right / of, Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * float(np.sqrt(share * (1 - share) / of + z2 / (4 * of * of)))
    return Figure(share, max(0.0, middle - half), min(1.0, middle + half), of)


def mixed(parts: Sequence[tuple[float, Figure]]) -> Figure:
    """A weighted sum of independent shares, weights summing to 1; a part of weight 0 may be empty.

    The interval recovers each part's variance from its own ends (G. Y. Zou and A. Donner, Statistics in Medicine 27,
    2008, 1693-1702). `NOTHING` where a part that weighs has nothing.
    """
    used = [(weight, part) for weight, part in parts if weight > 0]
    value, below, above = 0.0, 0.0, 0.0
    for weight, part in used:
        if part.value is None or part.low is None or part.high is None:
            return NOTHING
        value += weight * part.value
        below += (weight * (part.value - part.low)) ** 2
        above += (weight * (part.high - part.value)) ** 2
    low, high = max(0.0, value - below**0.5), min(1.0, value + above**0.5)
    return Figure(value, low, high, sum(part.n for _, part in used))


Indices = NDArray[np.int64]


def bootstrap(measure: Callable[[Indices], float], worlds: Sequence[int], seed: int, draws: int = DRAWS) -> Figure:
    """`measure` of all rows, with the 2.5 and 97.5 percentiles over resamples of worlds, or of rows if worlds are few.

    `worlds` names the world of each row; `measure` is given row numbers and may answer NaN (that draw is passed over).
    Without draws there is no interval. B. Efron, Ann. Stat. 7 (1979), 1-26.
    """
    of_world = np.asarray(worlds)
    everything = np.arange(len(of_world))
    value = measure(everything) if len(everything) else float("nan")
    if np.isnan(value):
        return NOTHING
    blocks = [np.flatnonzero(of_world == world) for world in np.unique(of_world)]
    rng = np.random.default_rng(seed)

    def resampled() -> Indices:
        if len(blocks) < LEAST_WORLDS:
            return rng.integers(len(everything), size=len(everything))
        return np.concatenate([blocks[k] for k in rng.integers(len(blocks), size=len(blocks))])

    drawn = np.array([measure(resampled()) for _ in range(draws)])
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Figure(float(value), None, None, len(everything))
    low, high = np.quantile(known, [0.025, 0.975])
    return Figure(float(value), float(low), float(high), len(everything))
