"""Confidence goes by amount, independence and gaps, and its reasons hold no word of likelihood."""

from __future__ import annotations

import re
from typing import Any

import pytest
from weighed_examples import PIECES, piece, weighed

from consilience.conclude.confidence import grade_confidence
from consilience.publish.statements.found_sentences import OF_COVERAGE
from consilience.records.weighed import Verdict

_TRACED = (*PIECES, piece("W1", "munition", "w"))
_AGAINST = (*PIECES, piece("A9", "account", "g9", Verdict.CONTRADICTS))
_LIKELIHOOD = re.compile(r"likely|chance|certain|probab|even\b|%")


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({"groups": 1}, "low"),
        ({"groups": 1, "pieces": _TRACED}, "low"),
        ({"groups": 3}, "low"),
        ({"groups": 4}, "moderate"),
        ({"groups": 4, "pieces": _TRACED}, "high"),
        ({"groups": 3, "pieces": _TRACED}, "moderate"),
        ({"groups": 2, "pieces": _TRACED}, "moderate"),
        ({"groups": 4, "pieces": (*_TRACED, _AGAINST[-1])}, "moderate"),
        ({"groups": 4, "pieces": _AGAINST}, "moderate"),
        ({"groups": 2, "pieces": _AGAINST}, "low"),
    ],
)
def test_the_grade_follows_the_documented_rule_and_never_tells_whether_a_log_was_kept(
    changes: dict[str, Any], grade: str
) -> None:
    for covers in (True, False):
        assert grade_confidence(weighed(**changes, log_covers=covers)).grade == grade


def test_what_is_missing_is_said() -> None:
    because = grade_confidence(weighed(log_covers=False, pieces=PIECES[:2])).because
    assert "no log of the sky" in because
    assert "no imagery, no munition remnant" in because


def test_a_contradiction_is_said_and_not_averaged_away() -> None:
    because = grade_confidence(weighed(pieces=_AGAINST)).because
    assert "1 piece in contradiction to the rest" in because


@pytest.mark.parametrize("changes", [{}, {"pieces": ()}, {"pieces": _AGAINST}, {"log_covers": False}])
def test_no_reason_holds_a_likelihood_word(changes: dict[str, Any]) -> None:
    assert not any(_LIKELIHOOD.search(reason) for reason in grade_confidence(weighed(**changes)).because)


def test_each_reason_that_tells_of_a_log_is_one_that_publications_know_to_withhold() -> None:
    states = [(covers, pieces) for covers in (True, False) for pieces in (PIECES, PIECES[:2])]
    said = [grade_confidence(weighed(log_covers=covers, pieces=pieces)).because for covers, pieces in states]
    found = {reason for because in said for reason in because if "log" in reason}
    assert found == set(OF_COVERAGE)
