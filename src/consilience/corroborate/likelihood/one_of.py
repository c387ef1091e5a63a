"""One logged event belongs to the attack, or none was caught: the shape that flight and radio logs share.

log p(log | θ) − log p(log | no attack from the air) = log[silence(τ) + Σ_e timing_e(τ) · marks_e(z)] for z that fly,
and 0 for the others (method.md, Flights).
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.loops.windows import attackers, normal_rows, one_of, weighted

REACH_SIGMAS = 6.0
"""A normal is cut here, where it is 1e-8 of its peak."""


@dataclass(frozen=True, slots=True)
class Timing:
    """E events on T moments: event e bears on those from `first[e]` (E,), with `data` (N,) from `offsets[e]` to
    `offsets[e + 1]` (E + 1,)."""

    first: NDArray[np.int64]
    offsets: NDArray[np.int64]
    data: NDArray[np.float64]
    moments: int

    def of_event(self, event: int) -> tuple[slice, NDArray[np.float64]]:
        """The moments on which an event bears, and its timing there (n,)."""
        data = self.data[self.offsets[event] : self.offsets[event + 1]]
        return slice(int(self.first[event]), int(self.first[event]) + len(data)), data

    def toarray(self) -> NDArray[np.float64]:
        """All of it, (E, T)."""
        whole = np.zeros((len(self.first), self.moments))
        for event, row in enumerate(whole):
            moments, data = self.of_event(event)
            row[moments] = data
        return whole


@dataclass(frozen=True, slots=True)
class OneOf:
    """E events that may be the attacker's.

    `timing` (E, T) = d · p(event here | τ) / its background rate (an event bears on moments near it alone);
    `marks` (E, K) = p(words | z) over the sky's own mix; `silence` = 1 − d · (chance that it would have fallen in
    watched time), given as (T,) or, where it depends on z too, (T, K), and kept as (T, 1) or (T, K); `flies` (K,).
    `second` (T, K) is what a second event says besides (`with_second`), None where that is not asked. `ratio` (T, K) is
    the likelihood ratio of the whole log, `one` (T, K) what it would be without `second`.
    """

    timing: Timing
    marks: NDArray[np.float64]
    silence: NDArray[np.float64]
    flies: NDArray[np.bool_]
    second: NDArray[np.float64] | None = field(default=None, init=False)
    one: NDArray[np.float64] = field(init=False)
    ratio: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        silence = self.silence if self.silence.ndim == 2 else self.silence[:, np.newaxis]
        object.__setattr__(self, "silence", silence)
        object.__setattr__(self, "marks", np.ascontiguousarray(self.marks))
        one = one_of(self.timing.first, self.timing.offsets, self.timing.data, self.marks, silence, self.flies)
        one.setflags(write=False)
        object.__setattr__(self, "one", one)
        object.__setattr__(self, "ratio", one)

    def with_second(self, second: NDArray[np.float64]) -> OneOf:
        """The same with what a second event says besides, (T, K); nothing else is made anew."""
        made = copy(self)
        ratio = self.one * second
        ratio.setflags(write=False)
        object.__setattr__(made, "second", second)
        object.__setattr__(made, "ratio", ratio)
        return made

    def without(self, event: int) -> tuple[slice, NDArray[np.float64]]:
        """Had this event not been logged: the moments that change, n of them, and the ratio there (n, K).

        `second` was made with it: what it takes stays taken, what it gave is not granted."""
        moments, timing = self.timing.of_event(event)
        left = self.one[moments] - np.outer(timing, np.where(self.flies, self.marks[event], 0.0))
        left = np.maximum(left, np.where(self.flies, self.silence[moments], 1.0))
        return moments, np.asarray(left if self.second is None else left * np.minimum(self.second[moments], 1.0))

    def shares(self, posterior: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """P(event e is the attacker's | all evidence), shape (E,), and P(an attack from the air of which no event is in
        the log | all evidence); `posterior` (T, K) sums to 1 over all z."""
        weight, unseen = attackers(posterior, self.one, self.silence, self.flies)
        power = np.ones((1, self.timing.moments))
        each = weighted(self.timing.first, self.timing.offsets, self.timing.data, self.marks, weight, power)
        return each[0], unseen

    def shares_in(
        self, posterior: NDArray[np.float64], part: Timing, powers: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The first of these for a part of the timing, weighted by each of R `powers` of τ, (R, T): (R, E)."""
        weight, _ = attackers(posterior, self.one, self.silence, self.flies)
        return weighted(part.first, part.offsets, part.data, self.marks, weight, powers)


def normal_timing(
    moments: NDArray[np.float64],
    centres: NDArray[np.float64],
    spreads: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> tuple[Timing, ...]:
    """For E events and each of S parts: weight · normal density at each moment (T,), ascending.

    `centres` (E,), `spreads` (S, E) in minutes, `weights` (S, E). Cut at `REACH_SIGMAS`.
    """
    first, offsets, data = normal_rows(moments, centres, spreads, weights, REACH_SIGMAS)
    return tuple(Timing(first, offsets, part, len(moments)) for part in data)
