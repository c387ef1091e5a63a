"""Both parties are said to have struck only where a flight of each came by, one after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from small_case import Row, Tables, evidence_of, small_tables, weigh

from consilience.corroborate.incident_model import flights_of, model_incident, share
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.quantities import minutes_since_epoch


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
    assert (left <= term.events.ratio[moments] + 1e-9).all()


def _for_russian(tables: Tables, second_flight: float) -> float:
    """The log10 ratio Russian : Syrian under a chance that one party's second strike was another flight's."""
    evidence = evidence_of(tables)
    changed = replace(evidence.assumptions["second_flight"], value=second_flight)
    evidence = replace(evidence, assumptions={**evidence.assumptions, "second_flight": changed})
    (one,) = weigh_incidents(evidence, fit_logs(evidence))
    return -one.log10_lr["Syrian:Russian"]


def _a_second_flight_adds(tables: Tables) -> float:
    """What a second Russian flight adds at the moment to which the first points, were there surely one."""
    evidence = evidence_of(tables)
    logs = fit_logs(evidence)
    certain = replace(logs, attacker=replace(logs.attacker, second_flight=1.0))
    model = model_incident(evidence.incidents.row(0, named=True), share(evidence), certain)
    (term,) = flights_of(model, certain)
    assert term is not None
    assert term.events.second is not None
    russian = model.hypotheses.where(party="Russian", mode="air strike") & model.hypotheses.flies
    at = int(np.searchsorted(model.moments, minutes_since_epoch(datetime(2017, 4, 10, 11, tzinfo=UTC))))  # 14:00 there
    return float(term.events.second[at, russian].max())


def test_where_two_strikes_are_alleged_a_second_flight_of_a_party_speaks_for_it_and_its_absence_against() -> None:
    again, late = ("14:21", "Su-25", "Russian"), ("17:30", "Su-25", "Russian")
    alone = _a_second_flight_adds(_with_flights(RUSSIAN))
    assert alone < 0.7  # nobody logged another: its silence is all that it says, and one flight is never two
    assert _a_second_flight_adds(_with_flights(RUSSIAN, again)) > 1.5 * alone
    assert _a_second_flight_adds(_with_flights(RUSSIAN, late)) < 1.2 * alone


def test_where_one_strike_is_alleged_the_chance_of_a_second_flight_changes_nothing() -> None:
    tables = _with_flights(RUSSIAN, ("14:21", "Su-34", "Russian"))
    for row in tables["accounts"]:
        row.pop("strikes", None)
    assert _for_russian(tables, 0.4) == _for_russian(tables, 0.0)
