"""A piece of evidence as the posterior sees it: factors over the moment and over z."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.moments import Thinning


class Field(StrEnum):
    """The columns of the evidence matrix. EXISTENCE (that there is a report at all) has no column."""

    TIME = "time"
    PLACE = "place"
    MODE = "mode"
    PARTY = "party"
    EXISTENCE = "existence"


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """p(value | z) for each value that a field could have taken.

    `table` (V, K) sums to 1 over V in each column; `seen` is the index of the value that was taken.
    """

    table: NDArray[np.float64]
    seen: int


@dataclass(frozen=True, slots=True)
class TimeFactor:
    """log p(stated time | τ), natural, per minute, shape (T,), for z other than "none"; `log_p_none` for "none".

    `at_its_word` (G,) is the density without slips, by which conflict is told: that the source is mistaken explains a
    conflict and must not hide it. None for one-sided bounds and for copies, which can't conflict. `by_chance` is the
    mean of p over the whole grid (G,), what the statement would be beforehand; made from `log_p` where it isn't given.
    A factor that is `thinned` keeps both on the whole grid: a statement that the others rule out lies outside T.
    """

    log_p: NDArray[np.float64]
    log_p_none: float
    at_its_word: NDArray[np.float64] | None = None
    by_chance: float = -1.0

    def __post_init__(self) -> None:
        if self.by_chance < 0:
            object.__setattr__(self, "by_chance", float(np.exp(self.log_p).mean()))

    def thinned(self, thinning: Thinning) -> TimeFactor:
        """The factor on the moments that are weighed, each with the mean of p over all for which it stands: a narrow
        one neither vanishes between them nor counts fivefold. One that was made on these moments stays as it is."""
        if len(self.log_p) != len(thinning.kept):
            return self
        return replace(self, log_p=log_likelihood(thinning.means(np.exp(self.log_p))))


@dataclass(frozen=True, slots=True)
class KindFactor:
    """log p(what a field says | z), natural, shape (K,), and the table that it was read from.

    `claim` is the column of the account that says it, by which a copy of another account is told; None where a copy
    always agrees (that there is a report at all) or there is nothing to copy.
    """

    field: Field
    log_p: NDArray[np.float64]
    likelihoods: Likelihoods | None
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceFactor:
    """What a piece says of the place, apart from τ and z: probability under the rest and by chance for each value.

    `given_rest` (V,) and `by_chance` (V,) each sum to 1; `seen` is the index of the value taken.
    """

    given_rest: NDArray[np.float64]
    by_chance: NDArray[np.float64]
    seen: int


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of evidence. `log_cluster` is (log p | no bomblets, log p | bomblets).

    Factors multiply; a piece without any says nothing. `group` is its dependence group. `is_piece` is False for what a
    whole log says by its silence: it counts, and stands in no row.
    """

    evidence_id: str
    kind: str
    group: str
    times: tuple[TimeFactor, ...] = ()
    kinds: tuple[KindFactor, ...] = ()
    places: tuple[PlaceFactor, ...] = ()
    log_cluster: tuple[float, float] = (0.0, 0.0)
    is_piece: bool = True

    @property
    def says_something(self) -> bool:
        """Is it a piece that bears on any field at all?"""
        if not self.is_piece:
            return False
        return bool(self.times or self.places or self.log_cluster != (0.0, 0.0)) or any(
            factor.field is not Field.EXISTENCE for factor in self.kinds
        )


def log_likelihood(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm with a floor of 1e-300, so that a zero by rounding never makes a posterior undefined."""
    return np.asarray(np.log(np.maximum(probability, 1e-300)))
