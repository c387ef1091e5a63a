"""What a finding hangs on is said from its numbers, and nothing is said of what was not worked out."""

from __future__ import annotations

from consilience.publish.hangs_on import hangs_on

LABELS = {"Russian": "Russian forces"}


def test_a_finding_without_these_blocks_says_nothing() -> None:
    blocks = dict.fromkeys(("breakdown", "party_range", "sensitivity", "next_evidence"))
    assert hangs_on(blocks, LABELS) == ()


def test_every_block_becomes_one_sentence_with_its_numbers() -> None:
    finding = {
        "breakdown": {"sources": 2, "which": ["S01", "remnants of I1"]},
        "party_range": {"Russian": [0.28, 0.6], "other": [0.0, 0.1]},
        "sensitivity": [{"assumption": "munition_right", "low": 0.7, "high": 0.98, "moves": 0.25}],
        "next_evidence": [{"what": "a scene of the place", "expected_bits": 0.84}],
    }
    breakdown, party_range, swing, coming = (
        said.replace("\N{NO-BREAK SPACE}", " ") for said in hangs_on(finding, LABELS)
    )
    assert breakdown.endswith("when 2 independent groups are taken away: S01, remnants of I1.")
    assert "Russian forces 28 % to 60 %" in party_range
    assert "“munition_right” (0.7 to 0.98: 25 %)" in swing
    assert "a scene of the place (0.8 bits)" in coming


def test_a_finding_that_no_removal_changes_says_so() -> None:
    (sentence,) = hangs_on({"breakdown": {"sources": None}}, LABELS)
    assert sentence.startswith("No removal")


def test_a_name_on_one_source_is_warned_of_and_a_widened_one_says_why() -> None:
    (warned,) = hangs_on({"attribution": {"set": ["Russian"], "single_source": "S01"}}, LABELS)
    assert warned.startswith("One source alone carries this name: without S01")
    (widened,) = hangs_on({"attribution": {"set": ["Syrian", "Russian"], "single_source": "S01"}}, LABELS)
    assert "S01" in widened
    assert widened != warned
    assert hangs_on({"attribution": {"set": ["Russian"], "single_source": None}}, LABELS) == ()
