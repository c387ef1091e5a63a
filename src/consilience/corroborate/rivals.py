"""The strongest case for the others: the best explanation under each party, piece by piece, beside the leading one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.incident_model import IncidentModel, added_by_logs
from consilience.corroborate.likelihood.flights import FlightTerm
from consilience.corroborate.likelihood.radio import RadioTerm
from consilience.corroborate.posterior import Posterior, log_cluster_of
from consilience.corroborate.terms import Term
from consilience.quantities import Log10
from consilience.records.sensitivity import Rival

Point = tuple[int, int]
"""A moment and a row of z, as indices into `IncidentModel.moments` and its hypotheses."""

FLIGHT_LOG, RADIO_LOG, BOMBLETS = "flight log", "radio log", "bomblets"
"""How the joint pieces are named: all flights, all calls, and all that is said of bomblets."""

LEAST: Log10 = 0.005
"""Pieces that weigh less either way are left out of the list; the total holds them."""


def rivals_of(
    model: IncidentModel, flights: Sequence[FlightTerm | None], radio: RadioTerm | None, posterior: Posterior
) -> tuple[Rival, ...]:
    """For each party but the leading one its best (τ, z), and what each piece says for it against the leading best.

    The best is the one of highest posterior. Weights are log10 p(piece | the rival's best) − log10 p(piece | the
    leading best): positive where a piece speaks for the rival. Parties that can't have done it at all are left out.
    """
    kinds, density = model.hypotheses, _density(model, posterior)
    best: dict[str, Point] = {}
    for party in kinds.parties:
        rows = np.flatnonzero(kinds.where(party=party) & np.isfinite(kinds.log_prior))
        if len(rows):
            t, column = np.unravel_index(int(density[:, rows].argmax()), (len(model.moments), len(rows)))
            best[party] = int(t), int(rows[column])
    mass = {party: float(posterior.of_kind[kinds.where(party=party)].sum()) for party in best}
    leading = max(best, key=lambda party: mass[party])
    return tuple(
        _rival(model, flights, radio, density, party, best[party], best[leading]) for party in best if party != leading
    )


def _rival(
    model: IncidentModel,
    flights: Sequence[FlightTerm | None],
    radio: RadioTerm | None,
    density: NDArray[np.float64],
    party: str,
    here: Point,
    there: Point,
) -> Rival:
    ban = float(np.log(10.0))
    pieces = {term.evidence_id: _of_term(term, here) - _of_term(term, there) for term in model.terms}
    for name, at in _joint_pieces(model, flights, radio, (here, there)).items():
        pieces[name] = at[0] - at[1]
    listed = [(name, float(value / ban)) for name, value in pieces.items() if abs(value / ban) >= LEAST]
    log_prior = model.hypotheses.log_prior
    return Rival(
        party=party,
        platform=model.hypotheses.platform[here[1]],
        mode=model.hypotheses.mode[here[1]],
        minute=float(model.moments[here[0]]),
        total=float(density[here] - density[there]) / ban,
        prior=float(log_prior[here[1]] - log_prior[there[1]]) / ban,
        pieces=tuple(sorted(listed, key=lambda row: (-row[1], row[0]))),
    )


def _density(model: IncidentModel, posterior: Posterior) -> NDArray[np.float64]:
    """log p(τ, z, evidence) for one point of the grid, (T, K), however many a moment stands for."""
    return posterior.log_joint - np.log(model.thinning.width)[:, np.newaxis]


def _of_term(term: Term, point: Point) -> float:
    return float(sum(f.log_p[point[0]] for f in term.times) + sum(f.log_p[point[1]] for f in term.kinds))


def _joint_pieces(
    model: IncidentModel, flights: Sequence[FlightTerm | None], radio: RadioTerm | None, points: Sequence[Point]
) -> dict[str, list[float]]:
    """What the logs and all words on bomblets say at each point, natural logarithms."""
    shape = (len(model.moments), len(model.hypotheses))
    cap = model.shared.evidence.value("selection_cap")
    parts = {FLIGHT_LOG: np.log(added_by_logs((), None, flights, cap, shape))}
    if radio is not None:
        parts[RADIO_LOG] = np.log(radio.events.ratio)
    for publisher in sorted({row.group for row in model.printed}):
        rows = [row for row in model.printed if row.group == publisher]
        parts[f"printed by {publisher}"] = np.log(added_by_logs(rows, None, (), cap, shape))
    said = {name: [float(part[point]) for point in points] for name, part in parts.items()}
    cluster = log_cluster_of(model.terms, model.hypotheses, model.shared.evidence.assumptions)
    return said | {BOMBLETS: [float(cluster[k]) for _, k in points]}
