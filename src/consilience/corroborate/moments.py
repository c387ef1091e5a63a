"""The moment of the first impact: its grid, and how likely a stated time is given it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from consilience.corroborate.loops.clock import add_intervals
from consilience.quantities import Minutes
from consilience.records.reference_data import Assumption

DAY: Minutes = 1440.0
REACH: Minutes = 36 * 60.0
"""The grid reaches ±36 h beyond the accounts (method.md, What is unknown)."""

LONGEST: Minutes = 40 * DAY
"""Our choice: a window wider than this is searched at a coarser step, so that memory stays bounded."""

STANDARD_STEP: Minutes = 1.0


LEAST_SIGMA: Minutes = 0.5
"""No clock in a log is finer than its minutes."""

CARELESS_TIMES = 3.0
"""How many times as far a careless statement misses as one of its precision should: our choice."""

SECOND_HAND = ("told", "inferred")
"""Perceptions of those who were not there."""


@dataclass(frozen=True, slots=True)
class StatedTime:
    """A time as stated: somewhere in [lo, hi] minutes since the epoch, blurred by `sigma` minutes.

    `rounded_to`: 60 or 10 where the statement is on the full hour or ten minutes and may be rounded down to it, else 0.
    `second_hand`: by somebody who did not perceive it (told, inferred).
    """

    lo: Minutes
    hi: Minutes
    sigma: Minutes
    rounded_to: Minutes = 0.0
    second_hand: bool = False

    def widened(self, factor: float) -> StatedTime:
        """The same, blurred so many times as much."""
        return replace(self, sigma=self.sigma * factor)


def grid_around(stated: list[StatedTime], fallback: tuple[Minutes, Minutes]) -> NDArray[np.float64]:
    """Minutes (T,) from 36 h before the earliest to 36 h after the latest stated time; step one minute.

    `fallback` (start, end) is used as it is where nothing is stated.
    """
    start = min((time.lo for time in stated), default=fallback[0] + REACH) - REACH
    end = max((time.hi for time in stated), default=fallback[1] - REACH) + REACH
    step = max(STANDARD_STEP, np.ceil((end - start) / LONGEST))
    return np.arange(np.floor(start), np.ceil(end) + 1, step, dtype=np.float64)


COARSE_STEP = 5
"""Grid points that stand for one where no account puts the moment. Our choice: the narrowest thing that the logs say, a
call's time (`call_spread`), is summed to 0.2 % on it."""

CORE = 4.0
"""Standard deviations around each stated time within which every minute of the grid is weighed: our choice; slips and
errors without a name lie beyond, and are as flat as anything is."""


@dataclass(frozen=True, slots=True)
class Thinning:
    """Which moments of a grid of G points are weighed, and for how many each of them stands.

    `kept` (G,) has T ones; `width` (T,) sums to G: kept moment i stands for itself and its neighbours, in order.
    """

    kept: NDArray[np.bool_]
    width: NDArray[np.int64]

    def mean(self, values: NDArray[np.float64]) -> float:
        """The mean over the whole grid of what takes the values (T,) at the kept moments."""
        return float(values @ self.width / len(self.kept))

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(T,) the mean of values (G,) over what each moment stands for."""
        begins = np.cumsum(self.width) - self.width
        return np.asarray(np.add.reduceat(values, begins) / self.width)

    def spread(self, mass: NDArray[np.float64]) -> NDArray[np.float64]:
        """A mass (T,) on the whole grid (G,): what a moment stands for has it in equal parts."""
        return np.repeat(mass / self.width, self.width)


@dataclass(frozen=True, slots=True)
class Clock:
    """The whole grid (G,) of an incident, and what of it is weighed: `moments` (T,)."""

    grid: NDArray[np.float64]
    thinning: Thinning
    moments: NDArray[np.float64]

    @staticmethod
    def of(grid: NDArray[np.float64], thinning: Thinning) -> Clock:
        """The clock of a grid, thinned."""
        return Clock(grid, thinning, grid[thinning.kept])


def thin(grid: NDArray[np.float64], stated: Sequence[StatedTime]) -> Thinning:
    """Every point of the grid near a stated time, one in `COARSE_STEP` elsewhere; every point where none is stated."""
    fine = np.zeros(len(grid), dtype=bool)
    for time in stated:
        reach = CORE * time.sigma
        fine |= (grid >= time.lo - reach) & (grid <= time.hi + reach + time.rounded_to)
    if not stated:
        fine[:] = True
    run = np.cumsum(np.diff(fine, prepend=fine[0]) != 0)
    first_of_run = np.searchsorted(run, run)
    block = np.where(fine, np.arange(len(grid)), (np.arange(len(grid)) - first_of_run) // COARSE_STEP)
    begins = np.flatnonzero((np.diff(run, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0))
    width = np.diff(np.append(begins, len(grid)))
    kept = np.zeros(len(grid), dtype=bool)
    kept[begins + width // 2] = True
    return Thinning(kept, width)


def interval_density(moments: NDArray[np.float64], lo: Minutes, hi: Minutes, sigma: Minutes) -> NDArray[np.float64]:
    """p(statement | τ) per minute: a uniform interval blurred by a normal, at each moment τ.

    For lo = hi this is the normal density; for sigma → 0 the uniform one. Shape as `moments`.
    """
    sigma = max(sigma, LEAST_SIGMA)
    width = hi - lo
    if width < 1e-9:
        return np.asarray(np.exp(-0.5 * ((moments - lo) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi)))
    return np.asarray((ndtr((hi - moments) / sigma) - ndtr((lo - moments) / sigma)) / width)


def stated_time_density(
    moments: NDArray[np.float64],
    stated: StatedTime,
    assumptions: Mapping[str, Assumption],
    span: Minutes | None = None,
) -> NDArray[np.float64]:
    """p(stated time | τ) per minute for an account: precision, rounding down, and slips (method.md, Accounts).

    A mixture: the interval blurred, more so at second hand (`second_hand_blur`), and with `careless` three times as
    much; with `rounding_down` the next hour or ten minutes instead; `slip_day` split evenly over ±24 h, `slip_half_day`
    over ±12 h; `slip_any` uniform over `span` minutes, by default those that the moments given span.
    """
    careless = assumptions["careless"].value
    if stated.second_hand:
        stated = stated.widened(assumptions["second_hand_blur"].value)
    slip_day, slip_half = assumptions["slip_day"].value, assumptions["slip_half_day"].value
    slip_any = assumptions["slip_any"].value

    word = _at_its_word(stated, assumptions["rounding_down"].value)
    parts = np.vstack([word * [1 - careless, 1, 1, 1], [careless, *_interval(stated, CARELESS_TIMES)]])
    shifts = np.array([0.0, DAY, -DAY, DAY / 2, -DAY / 2])
    shares = np.array([1 - slip_day - slip_half - slip_any, *[slip_day / 2] * 2, *[slip_half / 2] * 2])
    density = np.full(len(moments), slip_any / (span or float(moments[-1] - moments[0]) + STANDARD_STEP))
    add_intervals(moments, shifts, shares, parts, density)
    return density


def taken_at_its_word(moments: NDArray[np.float64], stated: StatedTime, rounding_down: float) -> NDArray[np.float64]:
    """p(stated time | τ) per minute where nobody slipped: the interval blurred, or rounded down to it."""
    density = np.zeros(len(moments))
    add_intervals(moments, np.zeros(1), np.ones(1), _at_its_word(stated, rounding_down), density)
    return density


def _at_its_word(stated: StatedTime, rounding_down: float) -> NDArray[np.float64]:
    """(2, 4): weight, lo, hi and sigma of the interval and of what is rounded down to its start."""
    down = rounding_down if stated.rounded_to else 0.0
    return np.array([[1 - down, *_interval(stated)], [down, stated.lo, stated.lo + stated.rounded_to, 1.0]])


def _interval(stated: StatedTime, times: float = 1.0) -> tuple[Minutes, Minutes, Minutes]:
    return stated.lo, stated.hi, max(times * stated.sigma, LEAST_SIGMA)


def quantile(grid: NDArray[np.float64], density: NDArray[np.float64], level: float) -> Minutes:
    """The moment below which `level` of the mass lies; each point of an even grid holds its mass over ± half a step."""
    cumulative = np.cumsum(density)
    cumulative /= cumulative[-1]
    index = int(np.searchsorted(cumulative, level))
    before = cumulative[index - 1] if index else 0.0
    inside = (level - before) / (cumulative[index] - before)
    step = float(grid[1] - grid[0]) if len(grid) > 1 else STANDARD_STEP
    return float(grid[index] + (inside - 0.5) * step)
