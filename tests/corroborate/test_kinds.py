"""The registry of likelihoods: each entry makes terms of its kind, and a new one joins without touching the others."""

from __future__ import annotations

import numpy as np
import pytest
from small_case import Tables, evidence_of, small_tables, weigh

from consilience.corroborate.incident_model import material_of, set_out, share
from consilience.corroborate.likelihood.kinds import LIKELIHOODS
from consilience.corroborate.likelihood.material import Material, Part
from consilience.corroborate.terms import Term, TimeFactor


def _with_everything() -> Tables:
    """The small case with a scene, a remnant and a fire more."""
    tables = small_tables()
    tables["imagery"] = [
        {"scene_id": "P1", "incident_id": "I1", "facility_id": "F1", "acquired_at": "2017-04-12T10:30",
         "damage": "moderate"}
    ]  # fmt: skip
    tables["munitions"] = [{"munition_id": "R1", "incident_id": "I1", "name": "OFAB-100"}]
    tables["coverage"] += [{"kind": "detections", "from": "2017-04-01T00:00", "to": "2017-04-30T00:00"}]
    tables["detections"] = [
        {"detection_id": "N1", "kind": "fire", "source_id": "SPOT", "time": "2017-04-11T01:30",
         "lat": 35.6, "lon": 36.6}
    ]  # fmt: skip
    return tables


@pytest.mark.parametrize("kind", sorted(LIKELIHOODS))
def test_every_registered_likelihood_makes_terms_of_its_kind_that_its_sources_take_away(kind: str) -> None:
    evidence = evidence_of(_with_everything())
    shared = share(evidence)
    setting = set_out(next(evidence.incidents.iter_rows(named=True)), shared)
    parts = LIKELIHOODS[kind](material_of(setting, shared))
    assert {term.kind for part in parts for term in part.make(evidence)} == {kind}
    assert len({part.key for part in parts}) == len(parts)
    gone = frozenset[str]().union(*(part.sources for part in parts))
    left = LIKELIHOODS[kind](material_of(setting, shared, gone))
    assert not [term for part in left for term in part.make(evidence)]


def test_a_new_kind_is_weighed_by_being_registered_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def felt_at_noon(material: Material) -> list[Part]:
        def make(_: object) -> list[Term]:
            odds = np.where(np.abs(material.grid - material.grid.mean()) < 60, 2.0, 0.5)
            return [Term("N1", "felt", "N", times=(TimeFactor(np.log(odds), 0.0),))]

        return [Part((), frozenset({"N"}), make)]

    before = weigh(small_tables())
    monkeypatch.setitem(LIKELIHOODS, "felt", felt_at_noon)
    after = weigh(small_tables())
    assert [piece.evidence_id for piece in after.pieces if piece.kind == "felt"] == ["N1"]
    assert after.time_density.tolist() != before.time_density.tolist()
    assert after.groups == before.groups + 1
