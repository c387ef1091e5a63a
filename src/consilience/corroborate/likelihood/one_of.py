"""One logged event belongs to the attack, or none was caught: the shape that flight and radio logs share.

log p(log | θ) − log p(log | no attack from the air) = log[silence(τ) + Σ_e timing_e(τ) · marks_e(z)] for z that fly,
and 0 for the others (method.md, Flights).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class OneOf:
    """E events that may be the attacker's.

    `timing` (E, T) = d · p(event here | τ) / its background rate, sparse (an event bears on minutes near it alone);
    `marks` (E, K) = p(words | z) over the sky's own mix; `silence` = 1 − d · (chance that it would have fallen in
    watched time), given as (T,) or, where it depends on z too, (T, K), and kept as (T, 1) or (T, K); `flies` (K,).
    `ratio` (T, K) is the likelihood ratio of the whole log.
    """

    timing: csr_array
    marks: NDArray[np.float64]
    silence: NDArray[np.float64]
    flies: NDArray[np.bool_]
    ratio: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        ratio = np.asarray(self.timing.T @ self.marks)
        silence = self.silence if self.silence.ndim == 2 else self.silence[:, np.newaxis]
        object.__setattr__(self, "silence", silence)
        ratio += silence
        ratio[:, ~self.flies] = 1.0
        ratio.setflags(write=False)
        object.__setattr__(self, "ratio", ratio)

    def without(self, event: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Had this event not been logged: the moments that change (N,), and the ratio there (N, K)."""
        moments, timing = self.of_event(event)
        left = self.ratio[moments] - np.outer(timing, np.where(self.flies, self.marks[event], 0.0))
        return moments, np.maximum(left, np.where(self.flies, self.silence[moments], 1.0))

    def of_event(self, event: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The moments on which an event bears, as indices (N,), and its timing there (N,)."""
        row = slice(self.timing.indptr[event], self.timing.indptr[event + 1])
        return self.timing.indices[row], self.timing.data[row]

    def shares(self, posterior: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(event e is the attacker's | all evidence), shape (E,); `posterior` (T, K) sums to 1 over all z."""
        return self.shares_in(posterior, self.timing, np.ones(1))

    def shares_in(
        self, posterior: NDArray[np.float64], part: csr_array, power: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The same for a part of the timing (E, T), weighted by power(τ), (T,) or one number: an expectation."""
        weight = self._weight(posterior) * power[:, np.newaxis]
        return np.asarray(((part @ weight) * self.marks).sum(axis=1))

    def unseen(self, posterior: NDArray[np.float64]) -> float:
        """P(an attack from the air of which no event is in the log | all evidence)."""
        return float((self.silence * self._weight(posterior)).sum())

    def _weight(self, posterior: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(self.flies, posterior / self.ratio, 0.0)


def normal_windows(
    moments: NDArray[np.float64],
    events: NDArray[np.int64],
    centres: NDArray[np.float64],
    spreads: NDArray[np.float64],
    weights: NDArray[np.float64],
    shape: tuple[int, int],
) -> csr_array:
    """Sparse (E, T): the sum over rows i of weights[i] · normal density at each moment, added to event events[i].

    `centres` and `spreads` (N,) in minutes; `moments` (T,) ascending, not necessarily without gaps. Cut at six standard
    deviations, where a normal is 1e-8 of its peak.
    """
    reach = 6.0 * spreads
    first = np.searchsorted(moments, centres - reach)
    counts = np.searchsorted(moments, centres + reach) - first
    rows = np.repeat(np.arange(len(centres)), counts)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    columns = first[rows] + within
    offset = (moments[columns] - centres[rows]) / spreads[rows]
    data = weights[rows] * np.exp(-0.5 * offset**2) / (spreads[rows] * np.sqrt(2 * np.pi))
    return csr_array((data, (events[rows], columns)), shape=shape)
