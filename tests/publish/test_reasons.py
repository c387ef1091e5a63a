"""The words that explain a conclusion follow from its numbers, and obey the rules of forensic reporting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from publish_example import LABELS, block, cell, example_findings, piece

from consilience.publish.reasons import Reasons, Statement, reasons_for
from consilience.publish.totals_words import sentence


def _all(reasons: Reasons) -> Iterator[Statement]:
    for part in (reasons.attack, reasons.time, reasons.mode, reasons.party, reasons.against, reasons.missing):
        yield from part


@pytest.fixture(params=range(5))
def incident(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = example_findings()["incidents"][request.param]
    return found


def test_every_piece_that_is_named_is_linked(incident: dict[str, Any]) -> None:
    ids = [one["evidence_id"] for one in incident["evidence"]]
    for statement in _all(reasons_for(incident, LABELS, True, 0.1)):
        named = {name for name in ids if f"{name} " in statement.text}
        assert named <= set(statement.evidence_ids)


def test_confidence_never_shares_a_sentence_with_a_likelihood(incident: dict[str, Any]) -> None:
    assert not [s for s in _all(reasons_for(incident, LABELS, True, 0.1)) if "confiden" in s.text.lower()]


def test_a_likelihood_ratio_speaks_of_the_evidence_and_favours_the_likelier_side() -> None:
    texts = [s.text for s in reasons_for(block("X", "t"), LABELS, True, 0.1).party]
    assert texts[0] == (
        "The evidence is 2.1 times as probable if Russian forces did it as if Syrian government forces did it: "
        "weak support (ENFSI) for the former against the latter."
    )


def test_what_contradicts_is_named_and_nobody_is_called_a_liar() -> None:
    against = reasons_for(example_findings()["incidents"][0], LABELS, True, 0.1).against
    assert [s.evidence_ids for s in against] == [("A04",), ("A03",)]
    assert "contradicts" in against[0].text
    assert all("mistaken, misreported or fabricated" in s.text for s in against)


def test_a_poor_fit_that_passes_the_test_is_said_and_not_hidden() -> None:
    odd = piece("A9", "account", "consistent", time=cell(-1.3, 0.01, "consistent"))
    (statement,) = reasons_for(block("X", "t", evidence=[odd]), LABELS, True, 0.1).against
    assert "fits poorly on the time (−1.30)" in statement.text


def test_missing_kinds_and_a_log_that_is_no_whole_log_are_said() -> None:
    texts = " ".join(s.text for s in reasons_for(block("X", "t"), LABELS, False, 0.1).missing)
    assert "satellite imagery" in texts
    assert "silence of the log means nothing" in texts


def test_heavier_pieces_are_named_first_and_silent_ones_not() -> None:
    evidence = [
        piece("A1", "account", "consistent", mode=cell(0.2, 0.9, "consistent")),
        piece("A2", "account", "corroborates", mode=cell(0.9, 0.9, "corroborates")),
        piece("A3", "account", "silent", mode=cell(0.05, 0.9, "silent")),
    ]
    statement = reasons_for(block("X", "t", evidence=evidence), LABELS, True, 0.1).mode[1]
    assert statement.evidence_ids == ("A2", "A1")


def test_totals_are_said_in_the_form_of_the_report_that_inspired_us() -> None:
    findings = example_findings()
    assert sentence(findings["incidents"], findings["totals"]["by_attribution"]) == (
        "4 attacks: 1 ground (Syrian); 3 air strikes, of which 2 Syrian or Russian, 1 Syrian and Russian. "
        "In 1 more, an attack is not established."
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((), "No account, video or photograph gives a clock time."),
        ((("A03", "19:20"),), "A03 (19:20) alone gives a clock time."),
        (
            (("A03", "19:20"), ("A05", "20:30")),
            "Clock times, the nearest to the time found first: A03 (19:20) and A05 (20:30).",
        ),
    ],
)
def test_the_clock_times_that_the_hour_rests_on_are_named(given: tuple[tuple[str, str], ...], text: str) -> None:
    first = reasons_for(block("X", "t"), LABELS, True, 0.1, given).time[0]
    assert first == Statement(text, tuple(name for name, _ in given))


def test_more_clock_times_than_fit_in_a_sentence_are_counted() -> None:
    given = [(f"A{n}", "10:00") for n in range(8)]
    first = reasons_for(block("X", "t"), LABELS, True, 0.1, given).time[0]
    assert first.text.endswith("A4 (10:00) and 3 more.")
    assert len(first.evidence_ids) == 5
