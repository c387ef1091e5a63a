"""Everything but one piece: the posterior without it, summed over moments or over z.

A piece multiplies p(τ, z, evidence), so leaving it out is a division; no other piece is looked at again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.consistency import Rest
from consilience.corroborate.incident_model import IncidentModel
from consilience.corroborate.loops.sums import summed
from consilience.corroborate.posterior import Apart, Posterior, posterior_from
from consilience.corroborate.terms import Term

MOST_APART = 300.0
"""Natural logarithm of how far a term may tell two (τ, z) apart for the division to be exact in double precision; what
tells them further apart is left out of the sum of logarithms."""


def rest_of(model: IncidentModel, posterior: Posterior) -> Rest:
    """The sums of a posterior."""
    return _as_it_is(model, posterior.joint)


def rest_without(term: Term, model: IncidentModel, posterior: Posterior) -> Rest:
    """Without one term that speaks as itself."""
    said = model.of_term(term)
    if np.ptp(said.time) + np.ptp(said.kind) > MOST_APART:
        before = posterior.apart
        apart = Apart(before.time - said.time, before.none - said.none, before.kind - said.kind)
        return rest_of(model, posterior_from(posterior.moments, posterior.hypotheses, apart, posterior.logs))
    least = float(said.time.min())
    time, none = np.exp(least - said.time), np.exp(least - said.none)
    return _summed(model, posterior.joint, time, none, np.exp(said.kind.min() - said.kind))


def rest_changed(moments: slice, ratio: NDArray[np.float64], model: IncidentModel, posterior: Posterior) -> Rest:
    """The posterior multiplied by `ratio` (n, K) at some moments, n of them: an event of a log left out."""
    joint = posterior.joint.copy()
    joint[moments] *= ratio
    return _as_it_is(model, joint)


def _as_it_is(model: IncidentModel, joint: NDArray[np.float64]) -> Rest:
    same = np.ones(len(joint))
    return _summed(model, joint, same, same, np.ones(joint.shape[1]))


def _summed(
    model: IncidentModel,
    joint: NDArray[np.float64],
    time: NDArray[np.float64],
    none: NDArray[np.float64],
    kind: NDArray[np.float64],
) -> Rest:
    moment, flying, of_kind = summed(joint, time, none, kind, model.hypotheses.flies)
    total = of_kind.sum()
    prior = model.hypotheses.kept("prior", lambda: np.exp(model.hypotheses.log_prior))
    return Rest(moment / total, flying / total, of_kind / total, prior, model.thinning)
