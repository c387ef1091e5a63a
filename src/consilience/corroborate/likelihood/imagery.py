"""Satellite scenes: no damage at t₁ and damage at t₂ put τ in between (method.md, Scenes)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import Row
from consilience.corroborate.hypotheses import ANOTHER_CAUSE, Hypotheses
from consilience.corroborate.terms import Field, KindFactor, Term, TimeFactor, log_likelihood
from consilience.records.reference_data import Assumption

_SEEN = {"none": 0.0, "possible": 0.5, "moderate": 1.0, "destroyed": 1.0}
"""How far a reading says that there is damage: our choice for `possible`."""


def imagery_terms(
    rows: Sequence[Row],
    moments: NDArray[np.float64],
    hypotheses: Hypotheses,
    assumptions: Mapping[str, Assumption],
) -> list[Term]:
    """One term for each scene with a date and a reading; a scene without either says nothing. Scenes are one group.

    With m = `damage_missed` and e = `damage_elsewise`: damage is read with probability 1 − m where τ is before the
    scene and e where it is not, and e where nothing happened.
    """
    terms = []
    for row in rows:
        times: tuple[TimeFactor, ...] = ()
        kinds: tuple[KindFactor, ...] = ()
        if row["damage"] is not None and row["t_lo"] is not None:
            times, kinds = _factors(row, moments, hypotheses, assumptions)
        terms.append(Term(str(row["scene_id"]), "imagery", f"scenes of {row['incident_id']}", times=times, kinds=kinds))
    return terms


def _factors(
    row: Row,
    moments: NDArray[np.float64],
    hypotheses: Hypotheses,
    assumptions: Mapping[str, Assumption],
) -> tuple[tuple[TimeFactor, ...], tuple[KindFactor, ...]]:
    missed, elsewise = assumptions["damage_missed"].value, assumptions["damage_elsewise"].value
    seen = _SEEN[str(row["damage"])]
    after = (float(row["t_lo"]) + float(row["t_hi"])) / 2 > moments
    p_damage = np.where(after, 1 - missed, elsewise)
    p = seen * p_damage + (1 - seen) * (1 - p_damage)
    p_none = seen * elsewise + (1 - seen) * (1 - elsewise)
    if np.ptp(p) > 0:
        return (TimeFactor(log_likelihood(p), float(np.log(p_none))),), ()
    existence = np.full(len(hypotheses), float(p[0]))
    existence[-1] = p_none
    existence[list(hypotheses.party).index(ANOTHER_CAUSE)] = float(p[0])
    return (), (KindFactor(Field.EXISTENCE, log_likelihood(existence), None),)
