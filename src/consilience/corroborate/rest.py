"""Everything but one piece: the posterior without it, summed over moments or over z.

A piece multiplies p(τ, z, evidence), so leaving it out is a division; no other piece is looked at again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.consistency import Rest
from consilience.corroborate.incident_model import IncidentModel
from consilience.corroborate.posterior import Apart, Posterior, posterior_from
from consilience.corroborate.terms import Term

MOST_APART = 300.0
"""Natural logarithm of how far a term may tell two (τ, z) apart for the division to be exact in double precision; what
tells them further apart is left out of the sum of logarithms."""


def rest_of(model: IncidentModel, posterior: Posterior) -> Rest:
    """The sums of a posterior."""
    return _summed(model, posterior.joint, posterior.of_kind)


def rest_without(term: Term, model: IncidentModel, posterior: Posterior) -> Rest:
    """Without one term that speaks as itself."""
    said = model.of_term(term)
    if np.ptp(said.time) + np.ptp(said.kind) > MOST_APART:
        before = posterior.apart
        apart = Apart(before.time - said.time, before.none - said.none, before.kind - said.kind)
        return rest_of(model, posterior_from(posterior.moments, posterior.hypotheses, apart, posterior.logs))
    least = float(said.time.min())
    time, none = np.exp(least - said.time), np.exp(least - said.none)
    kind = np.exp(said.kind.min() - said.kind)
    happened = np.append(kind[:-1], 0.0)
    moment, flying = ((posterior.joint @ np.stack([happened, happened * model.hypotheses.flies], axis=1)).T) * time
    of_kind = (time @ posterior.joint) * kind
    of_kind[-1] = float(none @ posterior.joint[:, -1]) * kind[-1]
    return _normalised(model, moment, flying, of_kind)


def rest_changed(moments: slice, ratio: NDArray[np.float64], model: IncidentModel, posterior: Posterior) -> Rest:
    """The posterior multiplied by `ratio` (n, K) at some moments, n of them: an event of a log left out."""
    there = posterior.joint[moments] * ratio
    joint = posterior.joint.copy()
    joint[moments] = there
    return _summed(model, joint, np.ones(len(joint)) @ joint)


def _summed(model: IncidentModel, joint: NDArray[np.float64], of_kind: NDArray[np.float64]) -> Rest:
    flies = model.hypotheses.flies.astype(np.float64)
    happened = np.append(np.ones(len(flies) - 1), 0.0)
    moment, flying = (joint @ np.stack([happened, flies], axis=1)).T
    return _normalised(model, moment, flying, of_kind)


def _normalised(
    model: IncidentModel, moment: NDArray[np.float64], flying: NDArray[np.float64], kind: NDArray[np.float64]
) -> Rest:
    total = kind.sum()
    return Rest(moment / total, flying / total, kind / total, np.exp(model.hypotheses.log_prior), model.thinning)
