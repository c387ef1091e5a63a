"""Cells of flights, calls and printed rows: how a piece of a log agrees with everything else.

A flight or call that does not fit is another flight or call, so it can't contradict: its weight is that of "this pass
is the attacker's, or one of the background's", and it has no conflict.
"""

from __future__ import annotations

import numpy as np

from consilience.corroborate.consistency import RawCell, Rest, weight_of
from consilience.corroborate.likelihood.flights import FlightTerm
from consilience.corroborate.likelihood.radio import RadioTerm
from consilience.corroborate.likelihood.selections import PrintedRow
from consilience.corroborate.terms import Field

Cells = dict[Field, RawCell]


def flight_cells(term: FlightTerm, index: int, rest: Rest) -> Cells:
    """Time, place and party of one pass, given the posterior without it.

    With ρ the chance that a pass at this time is the attacker's rather than the background's: time compares the pass's
    rate under the rest with that under a flat τ; place and party compare it with the sky's own mix.
    """
    moments, timing = term.events.timing.of_event(index)
    kind = int(term.kinds[index])
    given_rest = float(timing @ rest.flying[moments])
    flies_before = float(rest.prior[term.events.flies].sum())
    given_prior = float(timing @ rest.thinning.width[moments]) / rest.span * flies_before
    without_kind = term.attacker.kinds[kind] / max(float(term.background_kinds[kind]), 1e-12)
    rho = _share(given_rest / max(float(without_kind), 1e-12))
    flying = rest.kind * term.events.flies
    party = float(flying @ term.events.marks[index]) / max(float(flying.sum()), 1e-12)
    return {
        Field.TIME: RawCell(weight_of(1 + given_rest, 1 + given_prior), None),
        Field.PLACE: RawCell(weight_of(rho * float(without_kind) + 1 - rho, 1.0), None),
        Field.PARTY: RawCell(weight_of(rho * party + 1 - rho, 1.0), None),
    }


def _share(rate: float) -> float:
    """The chance that a pass is the attacker's where its rate is so many times the background's."""
    return rate / (1 + rate)


def radio_cells(term: RadioTerm, index: int, rest: Rest) -> Cells:
    """Time and party of one exchange of calls, given the posterior without it; as for a flight."""
    moments, timing = term.events.timing.of_event(index)
    given_rest = float(timing @ rest.flying[moments])
    given_prior = float(timing @ rest.thinning.width[moments]) / rest.span * float(rest.prior[term.events.flies].sum())
    rho = _share(given_rest)
    flying = rest.kind * term.events.flies
    party = float(flying @ term.events.marks[index]) / max(float(flying.sum()), 1e-12)
    return {
        Field.TIME: RawCell(weight_of(1 + given_rest, 1 + given_prior), None),
        Field.PARTY: RawCell(weight_of(rho * party + 1 - rho, 1.0), None),
    }


def printed_cells(row: PrintedRow, rest: Rest, cap: float) -> Cells:
    """Time, mode and party of a printed row, given the posterior without its publisher; never above the cap."""
    moment, kind = rest.moment, rest.kind
    limit = float(np.log10(cap))

    def cell(given_rest: float, given_prior: float) -> RawCell:
        relevant = row.relevance
        weight = weight_of(1 - relevant + relevant * given_rest, 1 - relevant + relevant * given_prior)
        return RawCell(float(np.clip(weight, -limit, limit)), None)

    cells = {Field.PARTY: cell(float(row.kind @ kind), float(row.kind @ rest.prior))}
    if row.by_chance < 1.0:
        cells[Field.TIME] = cell(float(row.time @ moment), row.by_chance)
    return cells
