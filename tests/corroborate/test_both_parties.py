"""Both parties are said to have struck only where a flight of each came by, one after the other."""

from __future__ import annotations

import numpy as np
import pytest
from small_case import Row, Tables, evidence_of, small_tables, weigh

from consilience.corroborate.incident_model import flights_of, model_incident, share
from consilience.corroborate.weigh import fit_logs


def _with_flights(*flights: tuple[str, str, str]) -> Tables:
    """Flights (clock, type, operator) that circle over the place, each told by two rows; two strikes are alleged."""
    tables = small_tables()
    rows: list[Row] = [
        {"source_id": "SPOT", "time": f"2017-04-10T{clock}", "time_precision": "minute", "place": "Northtown",
         "platform": platform, "operator": operator, "activity": "circling"}
        for clock, platform, operator in flights
    ]  # fmt: skip
    elsewhere: list[Row] = [{"operator": None} | row for row in tables["sightings"] if row["place"] != "Northtown"]
    tables["sightings"] = [{"sighting_id": f"S{k}"} | row for k, row in enumerate([*elsewhere, *rows])]
    return tables


RUSSIAN, SYRIAN, LATE = ("13:59", "Su-34", "Russian"), ("14:21", "Su-22", "Syrian"), ("17:30", "Su-22", "Syrian")


def test_a_flight_of_each_party_within_the_hour_speaks_for_both_and_one_alone_against_it() -> None:
    alone, both = weigh(_with_flights(RUSSIAN)), weigh(_with_flights(RUSSIAN, SYRIAN))
    late = weigh(_with_flights(RUSSIAN, LATE))
    assert both.together > 1.8 * alone.together
    assert late.together == pytest.approx(alone.together, rel=0.5)
    assert alone.together < 0.05  # its prior is 0.05


def test_one_flight_of_which_nobody_says_whose_it_was_is_not_taken_for_one_of_each() -> None:
    tables = _with_flights(("13:59", "jet", ""))
    for row in tables["sightings"]:
        row["operator"] = row["operator"] or None
    assert weigh(tables).together < 0.05  # its prior is 0.05


def test_whoever_came_first_the_second_flight_speaks_for_both() -> None:
    first, second = ("13:59", "Su-22", "Syrian"), ("14:21", "Su-34", "Russian")
    assert weigh(_with_flights(first, second)).together > weigh(_with_flights(first)).together


def test_shares_of_flights_an_unseen_one_and_none_still_sum_to_one() -> None:
    evidence = evidence_of(_with_flights(RUSSIAN, SYRIAN))
    logs = fit_logs(evidence)
    model = model_incident(evidence.incidents.row(0, named=True), share(evidence), logs)
    (term,) = flights_of(model, logs)
    assert term is not None
    posterior = model.posterior(model.logs([term], None))
    each, unseen = term.events.shares(posterior.joint)
    none = float(posterior.of_kind[~model.hypotheses.flies].sum())
    assert each.sum() + unseen + none == pytest.approx(1.0, abs=1e-9)
    moments, left = term.events.without(int(np.argmax(each)))
    single = ~model.hypotheses.is_together
    assert (left[:, single] <= term.events.ratio[moments][:, single] + 1e-9).all()
