"""What a finding hangs on as published: widening never narrows, and every block meets the contract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weighed_examples import PARTIES, records, weighed

from consilience.conclude.findings import conclude
from consilience.conclude.schema import validate
from consilience.conclude.sensitivity import attribution_at, widen
from consilience.records.case import CaseSettings
from consilience.records.sensitivity import Answer, Breakdown, Carried, NextEvidence, Rival, Sensitivity, Swing

SETTINGS = CaseSettings(id="case", title="A case", time_zone="Asia/Damascus", parties=PARTIES)
MODE = {"air strike": 1.0, "barrel bomb": 0.0, "ground attack": 0.0, "ballistic missile": 0.0}


def answer(syrian: float, other: float = 0.0, attack: float = 1.0) -> Answer:
    return Answer(attack, 5.0, {"Syrian": syrian, "Russian": 1 - syrian - other, "other": other}, 0.0, MODE)


def probed(low: Answer, high: Answer, breakdown: Breakdown | None = None) -> Sensitivity:
    return Sensitivity(
        breakdown=breakdown or Breakdown(None, ()),
        party_range={"Syrian": (0.1, 0.9), "Russian": (0.05, 0.95), "other": (0.0, 0.2)},
        ends=dict.fromkeys((*PARTIES, "other"), (low, high)),
        swings=(Swing("detection", 0.3, 0.95, 0.12),),
        rivals=(Rival("Syrian", "Su-22", "air strike", 24_852_474.0, -0.7, 0.03, (("A1", 0.1), ("flight log", -0.8))),),
        next_evidence=(NextEvidence("media", "footage", 0.0, 1.25),),
    )


shares = st.floats(0, 1).flatmap(lambda syrian: st.floats(0, 1 - syrian).map(lambda other: answer(syrian, other)))


@given(shares, shares, shares)
def test_widening_never_narrows(base: Answer, low: Answer, high: Answer) -> None:
    named = attribution_at(base, SETTINGS)
    wide, survives = widen(named, probed(low, high), SETTINGS)
    assert set(named.parties) <= set(wide.parties)
    assert not survives or wide == named


def test_one_name_that_an_end_exchanges_becomes_one_of_two() -> None:
    named = attribution_at(answer(0.97), SETTINGS)
    wide, survives = widen(named, probed(answer(0.5), answer(0.99)), SETTINGS)
    assert (wide.wording, survives) == ("Syrian or Russian", False)


def test_a_set_that_is_narrower_at_an_end_survives() -> None:
    named = attribution_at(answer(0.6), SETTINGS)
    assert widen(named, probed(answer(0.2), answer(0.99)), SETTINGS) == (named, True)


def test_an_end_that_names_nobody_is_no_survival_and_takes_no_name_away() -> None:
    named = attribution_at(answer(0.6), SETTINGS)
    assert widen(named, probed(answer(0.6, 0.2), answer(0.99)), SETTINGS) == (named, False)


def test_both_answers_to_the_breakdown_meet_the_contract() -> None:
    for breakdown in (Breakdown(None, ()), Breakdown(2, ("W1", "W2"))):
        one = weighed(sensitivity=probed(answer(0.3), answer(0.6), breakdown))
        findings = conclude(records(), [one], {})
        validate(findings)
        block = findings["incidents"][0]
        assert block["breakdown"]["sources"] == breakdown.groups
        for party, (low, high) in block["party_range"].items():
            assert low <= block["party"][party] <= high
        assert block["next_evidence"][0]["expected_bits"] == 1.25


ONE_NAME = {"Syrian": 0.97, "Russian": 0.02, "other": 0.01}


@pytest.mark.parametrize(
    ("rule", "carrier", "wording", "said"),
    [("warn", "SPOT", "Syrian", "SPOT"), ("widen", "SPOT", "Syrian or Russian", "SPOT"),
     ("off", "SPOT", "Syrian", None), ("warn", None, "Syrian", None), ("widen", None, "Syrian", None)],
)  # fmt: skip
def test_each_rule_on_single_sources_does_what_it_says(
    rule: str, carrier: str | None, wording: str, said: str | None
) -> None:
    one = weighed(party=ONE_NAME, carried=Carried(carrier))
    findings = conclude(records(single_source=rule), [one], {})
    validate(findings)
    block = findings["incidents"][0]
    assert (block["attribution"]["wording"], block["attribution"]["single_source"]) == (wording, said)
    assert ("attribution.single_source" in block["why_null"]) == (said is None)


def test_a_name_that_its_assumptions_widen_hangs_on_no_single_source() -> None:
    one = weighed(party=ONE_NAME, carried=Carried("SPOT"), sensitivity=probed(answer(0.5), answer(0.99)))
    named = conclude(records(), [one], {})["incidents"][0]["attribution"]
    assert (named["wording"], named["single_source"]) == ("Syrian or Russian", None)
