"""The placebo counts shifted intervals by the rules of method.md, and says why where it can't."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from consilience.casework.calibrate.placebo_of_case import placebo_of_case
from consilience.casework.situating import join_flights, situate_case
from consilience.corroborate import placebo as module
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import IncidentModel, model_incident, share
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.placebo import APART, MOST_SHIFTS, accounts_interval, placebo
from consilience.corroborate.weigh import fit_logs
from consilience.readings.case_folder import read_case
from consilience.sun import CIVIL_TWILIGHT, sun_height
from consilience.worlds.make import make_world


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = tmp_path_factory.mktemp("world") / "world"
    make_world(seed=5, attacks=8, days=6, out=world)
    return world / "case"


@pytest.fixture(scope="module")
def evidence(case: Path) -> CaseEvidence:
    placed = situate_case(read_case(case), case).evidence
    return replace(placed, legs=join_flights(placed))


@pytest.fixture(scope="module")
def logs(evidence: CaseEvidence) -> LogModel:
    return fit_logs(evidence)


def _models(evidence: CaseEvidence, logs: LogModel) -> list[IncidentModel]:
    shared = share(evidence)
    return [model_incident(row, shared, logs) for row in evidence.incidents.sort("incident_id").iter_rows(named=True)]


def test_each_incident_is_counted_or_says_why_not(case: Path) -> None:
    found = placebo_of_case(case, progress=lambda *_: None)["incidents"]
    assert len(found) == 8
    told = [one for one in found.values() if one["shifts"] is not None]
    assert told
    assert all(0 <= one["matches"] <= one["shifts"] <= MOST_SHIFTS and "why_null" not in one for one in told)
    assert all(one["why_null"] for one in found.values() if one["shifts"] is None)


def test_shifts_keep_clear_of_incidents_stay_in_the_log_and_in_the_light(
    evidence: CaseEvidence, logs: LogModel
) -> None:
    model = _models(evidence, logs)[0]
    span = accounts_interval(model)
    assert span is not None
    whole = module._whole(model)
    starts = module._allowed(model, whole, span, [span])
    ends = starts + span[1] - span[0]
    assert len(starts)
    assert ((ends < span[0] - APART) | (starts > span[1] + APART)).all()
    assert all(any(a <= start and end <= b for a, b in whole) for start, end in zip(starts, ends, strict=True))
    middle = np.append(starts, span[0]) + (span[1] - span[0]) / 2
    assert len(set(module._is_day(model, middle).tolist())) == 1


def test_an_interval_has_the_strongest_of_its_own_minutes(evidence: CaseEvidence, logs: LogModel) -> None:
    model = _models(evidence, logs)[0]
    span = accounts_interval(model)
    assert span is not None
    starts = span[0] + np.array([0.0, 3.0, 700.0])
    together = module._terms_by_minute(model, logs, starts, 20)
    each = [module._strongest(model, logs, np.arange(start, start + 21)).max() for start in starts]
    assert together.tolist() == pytest.approx(each)


def test_what_a_minute_is_worth_hangs_on_no_other_that_is_asked_for(evidence: CaseEvidence, logs: LogModel) -> None:
    """Of incidents in which both parties may have struck: the second strike comes in the minutes after."""
    both = [model for model in _models(evidence, logs) if model.hypotheses.is_together.any()]
    assert both
    for model in both:
        span = accounts_interval(model)
        assert span is not None
        apart = np.array([span[0] - 500.0, span[0], span[0] + 1.0, span[0] + 30.0])
        alone = [module._strongest(model, logs, apart[k : k + 1])[0] for k in range(len(apart))]
        assert module._strongest(model, logs, apart).tolist() == pytest.approx(alone, abs=1e-6)


def test_day_and_night_are_told_as_minute_by_minute(evidence: CaseEvidence, logs: LogModel) -> None:
    model = _models(evidence, logs)[0]
    lat, lon = model.sites[0][:2]
    minutes = np.arange(3 * 1440.0) + model.moments[0] + 0.5
    minutes = np.delete(minutes, np.arange(700, 1500))
    expected = sun_height(minutes, lat, lon).geometric > CIVIL_TWILIGHT
    assert 0 < expected.sum() < len(minutes)
    assert module._is_day(model, minutes).tolist() == expected.tolist()


def test_a_sky_in_which_nothing_else_flew_never_matches_a_logged_attack(evidence: CaseEvidence, logs: LogModel) -> None:
    models = [model for model in _models(evidence, logs) if placebo(model, logs, []).shifts]
    strongest = max(models, key=lambda model: placebo(model, logs, []).statistic or 0.0)
    span = accounts_interval(strongest)
    assert span is not None
    near = pl.col("t_lo").is_between(span[0] - 60, span[1] + 60)
    alone = evidence.sightings.filter(near)
    calls = evidence.transmissions.filter(near)
    legs = evidence.legs.join(alone.select("sighting_id"), on="sighting_id", how="semi")
    quiet = replace(evidence, sightings=alone, transmissions=calls, legs=legs)
    model = next(m for m in _models(quiet, fit_logs(quiet)) if m.incident_id == strongest.incident_id)
    assert placebo(model, fit_logs(quiet), [span]).matches == 0


def test_without_a_declared_log_it_says_why(evidence: CaseEvidence, logs: LogModel) -> None:
    blind = replace(evidence, coverage=evidence.coverage.clear())
    found = placebo(_models(blind, logs)[0], logs, [])
    assert found.shifts is None
    assert found.why_null == "no declared whole log covers the accounts' time interval"


def test_fewer_than_fifty_shifts_are_no_placebo(evidence: CaseEvidence, logs: LogModel) -> None:
    model = _models(evidence, logs)[0]
    span = accounts_interval(model)
    assert span is not None
    found = placebo(model, logs, [(span[0] - 1e6, span[1] + 1e6)])
    assert found.shifts is None
    assert "fewer than 50" in str(found.why_null)
