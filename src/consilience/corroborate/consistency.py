"""How each piece agrees with the rest, field by field, itself left out (method.md, Consistency).

weight = log10 p(e_f | rest) / p(e_f | prior); conflict = the probability under p(· | rest) of values whose ratio to the
prior predictive is at most that of e_f (relative belief: Evans & Moshonov 2006; Presanis et al. 2013), so it does not
depend on units. Verdicts after Holm (1979) over the incident's cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from consilience.corroborate.moments import Thinning
from consilience.corroborate.terms import Field, KindFactor, PlaceFactor, Term, TimeFactor
from consilience.quantities import Log10
from consilience.records.weighed import WEIGHT_CAP, Cell, Verdict, WeighedPiece

SILENT_BELOW: Log10 = 0.1
CORROBORATES_FROM: Log10 = 0.5
TENSION_BELOW = 0.05
CONTRADICTS_BELOW = 0.001
"""The thresholds of method.md, Consistency."""

_WORST_FIRST = (Verdict.CONTRADICTS, Verdict.IN_TENSION, Verdict.CORROBORATES, Verdict.CONSISTENT, Verdict.SILENT)


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell before Holm: weight in bans, and conflict unadjusted (None: conflict is not possible)."""

    weight: Log10
    conflict: float | None


@dataclass(frozen=True, slots=True)
class Rest:
    """p(τ, z | everything but one piece), summed over one or the other, and the prior (K,) with τ uniform.

    `moment` (T,) over z but "none", `flying` (T,) over z that fly, `kind` (K,) over the moments; "none" is the last.
    `thinning` says for what of the grid the T moments stand.
    """

    moment: NDArray[np.float64]
    flying: NDArray[np.float64]
    kind: NDArray[np.float64]
    prior: NDArray[np.float64]
    thinning: Thinning

    @property
    def span(self) -> int:
        """The number of moments of the whole grid."""
        return len(self.thinning.kept)


def raw_cells(term: Term, rest: Rest) -> dict[Field, RawCell]:
    """The cells of an account, media, imagery or munition term; a field on which it says nothing has none."""
    cells: dict[Field, RawCell] = {}
    for time in term.times:
        cells[Field.TIME] = _time_cell(time, rest)
    for place in term.places:
        cells[Field.PLACE] = _place_cell(place)
    for field in (Field.MODE, Field.PARTY):
        factors = [factor for factor in term.kinds if factor.field is field]
        if factors:
            cells[field] = _kind_cell(factors, rest)
    return cells


def weight_of(given_rest: float, given_prior: float) -> Log10:
    """log10 of a ratio of predictive probabilities, capped at ±`WEIGHT_CAP`."""
    ratio = np.log10(max(given_rest, 1e-300)) - np.log10(max(given_prior, 1e-300))
    return float(np.clip(ratio, -WEIGHT_CAP, WEIGHT_CAP))


def _time_cell(factor: TimeFactor, rest: Rest) -> RawCell:
    p = np.exp(factor.log_p)
    p_none = float(np.exp(factor.log_p_none))
    given_rest = float(p @ rest.moment) + p_none * float(rest.kind[-1])
    given_prior = factor.by_chance * float(1 - rest.prior[-1]) + p_none * float(rest.prior[-1])
    conflict = (
        None if factor.at_its_word is None else _time_conflict(factor.at_its_word, rest.thinning.spread(rest.moment))
    )
    return RawCell(weight_of(given_rest, given_prior), conflict)


def _time_conflict(p: NDArray[np.float64], moment: NDArray[np.float64]) -> float:
    """Slide the statement, taken at its word, along the clock: the predictive mass at slides no more likely than none.

    The prior predictive is flat in time, so the ratio orders slides as the predictive itself does. Both are on the
    whole grid (G,), evenly spaced: `p` is the density of the statement at each moment, `moment` what the rest says of
    it. A statement that no moment of the grid can explain conflicts wholly (0).
    """
    there = np.flatnonzero(p)
    if not len(there):
        return 0.0
    first, p = int(there[0]), p[there[0] : there[-1] + 1]
    size = next_fast_len(len(moment) + len(p) - 1, real=True)
    whole = irfft(rfft(moment, size) * rfft(p[::-1], size), size)[: len(moment) + len(p) - 1]
    here = whole[first + len(p) - 1]
    slides = np.clip(whole, 0.0, None)
    return float(slides[slides <= here * (1 + 1e-9)].sum() / slides.sum())


def _kind_cell(factors: Sequence[KindFactor], rest: Rest) -> RawCell:
    """Several factors of one field (mode and type of aircraft) weigh together; the one most at odds conflicts."""
    kind = rest.kind
    together = np.exp(sum(factor.log_p for factor in factors))
    conflicts = [_table_conflict(factor, kind, rest.prior) for factor in factors if factor.likelihoods is not None]
    return RawCell(
        weight_of(float(together @ kind), float(together @ rest.prior)),
        min(conflicts) if conflicts else None,
    )


def _table_conflict(factor: KindFactor, kind: NDArray[np.float64], prior: NDArray[np.float64]) -> float:
    assert factor.likelihoods is not None
    given_rest, given_prior = factor.likelihoods.table @ kind, factor.likelihoods.table @ prior
    return _conflict(given_rest, given_prior, factor.likelihoods.seen)


def _conflict(given_rest: NDArray[np.float64], given_prior: NDArray[np.float64], seen: int) -> float:
    ratio = given_rest / np.maximum(given_prior, 1e-300)
    return float(min(given_rest[ratio <= ratio[seen] * (1 + 1e-9)].sum() / given_rest.sum(), 1.0))


def _place_cell(factor: PlaceFactor) -> RawCell:
    return RawCell(
        weight_of(float(factor.given_rest[factor.seen]), float(factor.by_chance[factor.seen])),
        _conflict(factor.given_rest, factor.by_chance, factor.seen),
    )


def judge(pieces: Sequence[tuple[str, str, str, Mapping[Field, RawCell]]]) -> tuple[WeighedPiece, ...]:
    """Verdicts for all pieces of an incident, each (evidence_id, kind, group, raw cells).

    Conflicts are adjusted by Holm's step-down procedure over every cell of the incident that has one. A piece's verdict
    is its worst cell, else its best; a piece without cells is silent.
    """
    adjusted = _holm([cell.conflict for *_, cells in pieces for cell in cells.values()])
    position = 0
    judged = []
    for evidence_id, kind, group, cells in pieces:
        final: dict[str, Cell] = {}
        for field, cell in cells.items():
            verdict = verdict_of(cell.weight, adjusted[position])
            final[field.value] = Cell(cell.weight, 1.0 if cell.conflict is None else cell.conflict, verdict)
            position += 1
        worst = min((cell.verdict for cell in final.values()), key=_WORST_FIRST.index, default=Verdict.SILENT)
        judged.append(WeighedPiece(evidence_id, kind, group, final, worst))
    return tuple(judged)


def verdict_of(weight: Log10, conflict: float) -> Verdict:
    """The verdict of one cell from its weight and its adjusted conflict."""
    if conflict < CONTRADICTS_BELOW:
        return Verdict.CONTRADICTS
    if conflict < TENSION_BELOW:
        return Verdict.IN_TENSION
    if abs(weight) < SILENT_BELOW:
        return Verdict.SILENT
    return Verdict.CORROBORATES if weight >= CORROBORATES_FROM else Verdict.CONSISTENT


def _holm(conflicts: Sequence[float | None]) -> list[float]:
    """Holm's adjusted p-values in the given order; None (no conflict possible) becomes 1."""
    order = sorted((p, i) for i, p in enumerate(conflicts) if p is not None)
    adjusted = [1.0] * len(conflicts)
    highest = 0.0
    for rank, (p, i) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p))
        adjusted[i] = highest
    return adjusted
