"""One logged event belongs to the attack, or none was caught: the shape that flight and radio logs share.

log p(log | θ) − log p(log | no attack from the air) = log[silence(τ) + Σ_e timing_e(τ) · marks_e(z)] for z that fly,
and 0 for the others (method.md, Sightings, step 3).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class OneOf:
    """E events that may be the attacker's.

    `timing` (E, T) = d · p(event here | τ) / its background rate; `marks` (E, K) = p(words | z) over the sky's own mix;
    `silence` (T,) = 1 − d · (chance that it would have fallen in watched time); `flies` (K,).
    `ratio` (T, K) is the likelihood ratio of the whole log against no attack from the air.
    """

    timing: NDArray[np.float64]
    marks: NDArray[np.float64]
    silence: NDArray[np.float64]
    flies: NDArray[np.bool_]
    ratio: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        ratio = self.timing.T @ self.marks
        ratio += self.silence[:, np.newaxis]
        ratio[:, ~self.flies] = 1.0
        ratio.setflags(write=False)
        object.__setattr__(self, "ratio", ratio)

    def without(self, event: int) -> NDArray[np.float64]:
        """The ratio (T, K) had this event not been logged."""
        left = self.ratio - np.outer(self.timing[event], np.where(self.flies, self.marks[event], 0.0))
        return np.maximum(left, np.where(self.flies, self.silence[:, np.newaxis], 1.0))

    def shares(self, posterior: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(event e is the attacker's | all evidence), shape (E,); `posterior` (T, K) sums to 1 over all z."""
        return np.asarray((self.timing * (self._weight(posterior) @ self.marks.T).T).sum(axis=1))

    def shares_by_moment(self, posterior: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same before summing over τ, shape (E, T)."""
        return np.asarray(self.timing * (self._weight(posterior) @ self.marks.T).T)

    def unseen(self, posterior: NDArray[np.float64]) -> float:
        """P(an attack from the air of which no event is in the log | all evidence)."""
        return float(self.silence @ self._weight(posterior).sum(axis=1))

    def _weight(self, posterior: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(self.flies, posterior / self.ratio, 0.0)
