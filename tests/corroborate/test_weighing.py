"""What single pieces of evidence may and may not do to a posterior."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import Row, Tables, evidence_of, small_tables, weigh

from consilience.corroborate.incident_model import flights_of, model_incident, radio_of, share
from consilience.corroborate.moments import StatedTime, interval_density, stated_time_density
from consilience.corroborate.posterior import cluster_prior
from consilience.corroborate.weigh import fit_logs
from consilience.records.weighed import Verdict
from consilience.reference.assumptions import load_assumptions


def _printed(rows: int, platform: str = "Russian jet") -> Tables:
    """The small case without a whole log; its publisher printed so many rows that fit."""
    tables = small_tables()
    del tables["coverage"]
    tables["sightings"] = [
        {"sighting_id": f"G{i}", "source_id": "SPOT", "time": f"2017-04-10T14:0{i}", "time_precision": "minute",
         "place": "Northtown", "platform": platform, "activity": "circling"}
        for i in range(rows)
    ]  # fmt: skip
    return tables


def test_enumeration_equals_adding_up_every_moment_and_hypothesis_one_by_one() -> None:
    evidence = evidence_of(small_tables())
    logs = fit_logs(evidence)
    model = model_incident(evidence.incidents.row(0, named=True), share(evidence), logs)
    flights = flights_of(model, logs)
    joint = model.posterior(model.logs(flights, radio_of(model, logs))).joint
    term = flights[0]
    assert term is not None
    assert term.events.second is not None, "an account alleges two strikes"
    timing, bomblets = term.events.timing.toarray(), cluster_prior(model.hypotheses, evidence.assumptions)
    by_hand = np.zeros_like(joint)
    for t, k in product(range(0, len(model.moments), 97), range(len(model.hypotheses))):
        nothing = model.hypotheses.party[k] == "none"
        p = np.exp(model.hypotheses.log_prior[k]) * model.thinning.width[t] / len(model.full_grid)
        for piece in model.terms:
            for time in piece.times:
                p *= np.exp(time.log_p_none if nothing else time.log_p[t])
            for kind in piece.kinds:
                p *= np.exp(kind.log_p[k])
        no, yes = (sum(piece.log_cluster[i] for piece in model.terms) for i in (0, 1))
        p *= (1 - bomblets[k]) * np.exp(no) + bomblets[k] * np.exp(yes)
        if model.hypotheses.flies[k]:
            p *= term.events.silence[t, 0] + sum(timing[j, t] * term.events.marks[j, k] for j in range(len(timing)))
            p *= term.events.second[t, k]
        by_hand[t, k] = p
    rows = range(0, len(model.moments), 97)
    ratio = joint[rows][by_hand[rows] > 0] / by_hand[rows][by_hand[rows] > 0]
    assert np.allclose(ratio, ratio[0], rtol=1e-8)


def test_the_word_russian_in_a_log_alone_names_nobody() -> None:
    one = weigh(small_tables())
    assert one.tracks[0].responsibility > 0.5
    assert 0.5 < one.party["Russian"] < 0.95


@settings(max_examples=8)
@given(st.integers(1, 6))
def test_rows_that_a_publisher_picked_never_weigh_more_than_the_cap(rows: int) -> None:
    bare = small_tables()
    del bare["coverage"], bare["sightings"]
    before, after = weigh(bare), weigh(_printed(rows))
    gain = after.log10_lr["Syrian:Russian"] - before.log10_lr["Syrian:Russian"]
    assert -np.log10(load_assumptions()["selection_cap"].value) - 1e-6 <= gain < 0


def test_printed_rows_make_no_flight_and_stand_as_themselves() -> None:
    one = weigh(_printed(3))
    assert one.tracks == ()
    assert [piece.evidence_id for piece in one.pieces if piece.kind == "sighting"] == ["G0", "G1", "G2"]


def test_a_ballistic_missile_on_the_ground_is_not_laid_to_a_flight() -> None:
    tables = small_tables()
    tables["munitions"] = [{"munition_id": "W1", "incident_id": "I1", "name": "Tochka series missile (9M79)"}]
    tables["accounts"] = [
        {"account_id": "A1", "incident_id": "I1", "source_id": "W1", "time": "2017-04-10T14:00",
         "time_precision": "about", "mode": "ballistic missile", "cluster": "yes"}
    ]  # fmt: skip
    one = weigh(tables)
    assert one.mode["ballistic missile"] > 0.9
    assert one.no_flight > 0.9
    assert one.cluster > 0.8


def test_an_account_of_another_hour_is_shown_as_contradicting_and_not_averaged_in() -> None:
    tables = small_tables()
    wrong: Row = {"account_id": "A4", "incident_id": "I1", "source_id": "UP", "time": "2017-04-10T22:00"}
    tables["accounts"] = [*tables["accounts"], wrong | {"time_precision": "minute"}]
    one = weigh(tables)
    piece = next(piece for piece in one.pieces if piece.evidence_id == "A4")
    assert piece.verdict in (Verdict.IN_TENSION, Verdict.CONTRADICTS)
    assert abs(one.time_median - weigh(small_tables()).time_median) < 2


def test_an_account_of_another_place_is_in_tension_on_place_alone() -> None:
    tables = small_tables()
    for row in tables["accounts"]:
        if row["account_id"] == "A2":
            row["facility_id"], row["place"] = None, "Fartown"
    cells = next(piece for piece in weigh(tables).pieces if piece.evidence_id == "A2").cells
    assert cells["place"].weight < -1
    assert cells["time"].verdict is Verdict.CORROBORATES


def test_a_party_assumed_or_heard_of_weighs_next_to_nothing() -> None:
    tables = small_tables()
    for row in tables["accounts"]:
        row["party"], row["party_basis"] = "Russian", "assumption"
    assert abs(weigh(tables).log10_lr["Syrian:Russian"] - weigh(small_tables()).log10_lr["Syrian:Russian"]) < 0.2


def test_a_spotters_warning_counts_nothing_where_the_log_is_in_the_case() -> None:
    tables = small_tables()
    for row in tables["accounts"]:
        row.pop("party", None), row.pop("party_basis", None)
    told = []
    for party in ("Russian", "Syrian"):
        tables["accounts"][0] |= {"party": party, "party_basis": "spotter_warning"}
        told.append(weigh(tables).party)
    assert told[0] == pytest.approx(told[1], abs=1e-12)


def test_media_without_anything_shown_says_nothing_and_a_rejected_link_less() -> None:
    bare = small_tables() | {"media": []}
    posts: list[Row] = [
        {"media_id": "M1", "incident_id": "I1", "uploaded_at": "2017-04-10T13:00"},
        {"media_id": "M2", "incident_id": "I1", "uploaded_at": "2017-04-10T13:00", "shows": "smoke",
         "link_status": "rejected"},
    ]  # fmt: skip
    assert weigh(bare).time_median == weigh(bare | {"media": posts}).time_median


def test_an_upload_bounds_the_moment_from_above() -> None:
    tables = small_tables() | {"media": [], "sightings": [], "coverage": []}
    late = weigh(tables)
    film: Row = {"media_id": "M1", "incident_id": "I1", "shows": "smoke", "uploaded_at": "2017-04-10T13:58"}
    assert weigh(tables | {"media": [film]}).time_high < late.time_high


@settings(max_examples=60)
@given(st.floats(0, 500), st.floats(0, 300), st.floats(0.5, 120))
def test_a_stated_interval_is_a_density_over_statements(lo: float, width: float, sigma: float) -> None:
    slides = np.arange(-3000.0, 3000.0, 0.25)
    mass = interval_density(lo + slides, lo, lo + width, sigma).sum() * 0.25
    assert mass == pytest.approx(1.0, abs=0.02)


def test_rounding_down_makes_the_minutes_after_a_full_hour_likelier_than_those_before() -> None:
    moments = np.arange(0.0, 3000.0)
    density = stated_time_density(moments, StatedTime(1500.0, 1500.0, 15.0, 60.0), load_assumptions())
    assert density[1530] > density[1470]


def test_later_scenes_of_the_same_damage_add_nothing() -> None:
    def scene(number: int, day: str, damage: str) -> Row:
        return {"scene_id": f"P{number}", "incident_id": "I1", "acquired_at": f"2017-{day}", "damage": damage}

    two = [scene(1, "03-01", "none"), scene(2, "04-20", "destroyed")]
    more = [scene(0, "02-01", "none"), *two, scene(3, "05-01", "destroyed"), scene(4, "06-01", "moderate")]
    one, many = weigh(small_tables() | {"imagery": two}), weigh(small_tables() | {"imagery": more})
    assert many.cause == pytest.approx(one.cause, abs=1e-12)
    assert one.cause["none"] < weigh(small_tables()).cause["none"]


def test_a_nationality_word_and_the_operator_it_implies_are_one_belief() -> None:
    tables = small_tables()
    for row in tables["sightings"]:
        row["operator"] = "Russian" if row["platform"] == "Russian" else None
    both = weigh(tables)
    for row in tables["sightings"]:
        row["platform"] = "warplane" if row["platform"] == "Russian" else row["platform"]
    operator_alone = weigh(tables)
    gain = operator_alone.log10_lr["Syrian:Russian"] - both.log10_lr["Syrian:Russian"]
    assert abs(gain) < 0.3


def test_an_account_alone_in_naming_the_place_does_not_corroborate_it() -> None:
    tables = small_tables()
    assert "place" in next(piece for piece in weigh(tables).pieces if piece.evidence_id == "A1").cells
    for row in tables["accounts"][1:]:
        row["facility_id"] = None
    assert "place" not in next(piece for piece in weigh(tables).pieces if piece.evidence_id == "A1").cells


def test_one_remnant_told_and_tabled_counts_once() -> None:
    tables = small_tables()
    remnant: Row = {"munition_id": "W1", "incident_id": "I1", "name": "S-5 rocket"}
    tabled = weigh(tables | {"munitions": [remnant]})
    tables["accounts"][0]["munition"] = "S-5 rocket"
    assert weigh(tables).party != pytest.approx(weigh(small_tables()).party, abs=1e-6)
    assert weigh(tables | {"munitions": [remnant]}).party == pytest.approx(tabled.party, abs=1e-9)


def test_a_period_that_begins_at_a_midnight_which_clocks_skipped_is_weighed() -> None:
    """Damascus went from 23:59 on 29 March 2018 to 01:00: without a stated time the case's period bounds the search."""
    tables: Tables = {
        "facilities": small_tables()["facilities"],
        "incidents": small_tables()["incidents"],
        "sources": [{"source_id": "W1", "role": "direct_witness"}],
        "accounts": [{"account_id": "A1", "incident_id": "I1", "source_id": "W1", "mode": "air strike"}],
    }
    found = weigh(tables, start="2018-03-30", end="2018-03-30")
    assert found.minutes[0] == datetime(2018, 3, 29, 22, tzinfo=UTC).timestamp() / 60
