"""The findings dict keeps its published contract, whatever comes in, and breaks loudly where it would not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from weighed_examples import START, records, weighed

from consilience.conclude.findings import conclude
from consilience.conclude.schema import findings_schema, validate
from consilience.errors import FindingsInvalid
from consilience.records.weighed import Placebo, Verdict, WeighedPiece

Findings = dict[str, Any]

TWO = {"incidents": [{"incident_id": "I1", "facility_id": "F1"}, {"incident_id": "I2"}]}


def _findings(**changes: Any) -> Findings:
    return conclude(records(), [weighed(**changes)], {"slip_day": 0.01})


def test_findings_keep_the_published_schema() -> None:
    findings = _findings()
    validate(findings)
    validate(json.loads(json.dumps(findings)))


def test_the_schema_itself_is_a_valid_schema() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(findings_schema())


def test_incidents_stand_in_the_order_of_their_ids_whatever_the_order_given() -> None:
    case = records(TWO)
    forward = conclude(case, [weighed("I1"), weighed("I2")], {})
    assert forward == conclude(case, [weighed("I2"), weighed("I1")], {})
    assert [block["incident_id"] for block in forward["incidents"]] == ["I1", "I2"]


def test_blocks_that_are_not_computed_are_null_with_their_reason() -> None:
    block = _findings()["incidents"][0]
    for name in ("party_range", "breakdown", "placebo", "next_evidence"):
        assert block[name] is None
        assert block["why_null"][name]
    assert block["attribution"]["survives_range"] is None


def test_a_placebo_is_told_by_its_counts_or_by_the_reason_of_its_incident() -> None:
    counted = _findings(placebo=Placebo(4, 1000, 2.3))["incidents"][0]
    assert counted["placebo"] == {"matches": 4, "shifts": 1000}
    assert "placebo" not in counted["why_null"]
    told = _findings(placebo=Placebo(why_null="no account gives a time"))["incidents"][0]
    assert told["placebo"] is None
    assert told["why_null"]["placebo"] == "no account gives a time"


def test_a_field_on_which_a_piece_says_nothing_is_an_empty_cell() -> None:
    cells = _findings()["incidents"][0]["evidence"][0]["cells"]
    assert cells["place"] == {}
    assert cells["time"] == {"weight_log10": 0.8, "conflict_p": 0.42, "verdict": "corroborates"}


def test_flights_below_one_per_cent_are_not_listed_after_rounding() -> None:
    from consilience.records.weighed import TrackShare

    shares = (TrackShare("T-b", 0.3, ("b",)), TrackShare("T-a", 0.3, ("a",)), TrackShare("T-c", 0.00999, ("c",)))
    tracks = _findings(tracks=shares)["incidents"][0]["tracks"]
    assert [track["track_id"] for track in tracks] == ["T-a", "T-b"]


def test_a_month_is_that_of_the_wall_calendar_of_the_case() -> None:
    """20:30 UTC plus an hour on 30 April is 1 May, 00:30, in Damascus (UTC+3)."""
    findings = _findings(time_low=START, time_median=START + 60, time_high=START + 61)
    assert findings["totals"]["by_month"] == {"2017-05": 1}


@pytest.mark.parametrize("attack", [0.99, 0.5])
def test_each_total_counts_every_incident_once(attack: float) -> None:
    cause = {"attack": attack, "another cause": 0.0, "none": 1 - attack}
    totals = conclude(records(TWO), [weighed("I1"), weighed("I2", cause=cause)], {})["totals"]
    for name in ("by_mode", "by_attribution", "by_facility_kind", "by_month"):
        assert sum(totals[name].values()) == 2, name


def test_ground_is_ground_attack_and_ballistic_missile_together() -> None:
    mode = {"air strike": 0.02, "barrel bomb": 0.0, "ground attack": 0.5, "ballistic missile": 0.48}
    assert _findings(mode=mode)["totals"]["by_mode"] == {"ground": 1}


def test_a_mode_that_does_not_hold_the_standard_is_not_counted_as_if_it_did() -> None:
    mode = {"air strike": 0.9, "barrel bomb": 0.1, "ground attack": 0.0, "ballistic missile": 0.0}
    assert _findings(mode=mode)["totals"]["by_mode"] == {"not decidable": 1}


def test_killed_of_an_incident_without_figures_leaves_the_total_open() -> None:
    tables = TWO | {"accounts": [{"account_id": "A1", "incident_id": "I1", "killed_min": 3, "killed_max": 4}]}
    findings = conclude(records(tables), [weighed("I1"), weighed("I2")], {})
    assert findings["totals"]["killed"] == [3, None]
    assert findings["why_null"]["totals.killed.1"]
    validate(findings)


def _drop(findings: Findings) -> None:
    del findings["incidents"][0]["party"]


def _unknown_key(findings: Findings) -> None:
    findings["incidents"][0]["surprise"] = 1


def _sum(findings: Findings) -> None:
    findings["incidents"][0]["mode"]["air strike"] = 0.5


def _silent_null(findings: Findings) -> None:
    del findings["incidents"][0]["why_null"]["placebo"]


def _stranger(findings: Findings) -> None:
    findings["incidents"][0]["attribution"]["set"] = ["Nobody"]


def _named_without_relation(findings: Findings) -> None:
    findings["incidents"][0]["attribution"]["relation"] = None


def _backwards(findings: Findings) -> None:
    time = findings["incidents"][0]["time"]
    time["low"], time["high"] = time["high"], time["low"]


def _other_attack(findings: Findings) -> None:
    findings["incidents"][0]["attack_probability"] = 0.5


def _too_much(findings: Findings) -> None:
    findings["incidents"][0]["tracks"] *= 2


def _more_matches_than_shifts(findings: Findings) -> None:
    findings["incidents"][0]["placebo"] = {"matches": 1001, "shifts": 1000}


def _verdict(findings: Findings) -> None:
    findings["incidents"][0]["evidence"][0]["verdict"] = "proves"


def _unexplained_total(findings: Findings) -> None:
    findings["why_null"].pop("totals.killed")


@pytest.mark.parametrize(
    ("breaks", "where"),
    [
        (_drop, "$.incidents[0]"),
        (_unknown_key, "$.incidents[0]"),
        (_sum, "$.incidents[0].mode"),
        (_silent_null, "$.incidents[0].placebo"),
        (_stranger, "$.incidents[0].attribution.set"),
        (_named_without_relation, "$.incidents[0].attribution.relation"),
        (_backwards, "$.incidents[0].time"),
        (_other_attack, "$.incidents[0].attack_probability"),
        (_too_much, "$.incidents[0].tracks"),
        (_more_matches_than_shifts, "$.incidents[0].placebo"),
        (_verdict, "$.incidents[0].evidence[0].verdict"),
        (_unexplained_total, "$.totals.killed"),
    ],
)
def test_each_way_of_breaking_the_contract_is_found_and_named(breaks: Callable[[Findings], None], where: str) -> None:
    findings = copy.deepcopy(_findings())
    breaks(findings)
    with pytest.raises(FindingsInvalid) as caught:
        validate(findings)
    assert caught.value.where == where


def test_an_empty_set_always_says_not_attributed_and_why() -> None:
    block = _findings(party={"Syrian": 0.5, "Russian": 0.0, "other": 0.5})["incidents"][0]
    assert block["attribution"] == {
        "set": [], "relation": None, "wording": "not attributed", "level": 0.95, "survives_range": None,
        "single_source": None,
    }  # fmt: skip
    assert "other" in block["why_null"]["attribution"]


def test_a_piece_that_says_nothing_at_all_is_listed_all_the_same() -> None:
    silent = WeighedPiece("M1", "media", "m", {}, Verdict.SILENT)
    evidence = _findings(pieces=(silent,))["incidents"][0]["evidence"]
    assert evidence[0]["verdict"] == "silent"
    assert all(cell == {} for cell in evidence[0]["cells"].values())
