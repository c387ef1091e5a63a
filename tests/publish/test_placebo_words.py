"""The placebo's sentence has both counts and says that it is no p-value; no match is never told as nought per cent."""

from __future__ import annotations

import pytest

from consilience.publish.placebo_words import placebo_sentence


@pytest.mark.parametrize(
    ("matches", "shifts", "said"),
    [(4, 1000, "4 say at least"), (1, 60, "1 says at least"), (0, 1000, "(below 0.1 %)"), (12, 800, "(1.5 %)")],
)
def test_both_counts_and_their_rate_are_said(matches: int, shifts: int, said: str) -> None:
    sentence = placebo_sentence({"placebo": {"matches": matches, "shifts": shifts}})
    assert sentence is not None
    assert sentence.startswith(f"Of {shifts:,} other stretches")
    assert said in sentence
    assert "not a p-value of so many trials" in sentence


def test_where_it_was_not_counted_the_reason_is_said() -> None:
    finding = {"placebo": None, "why_null": {"placebo": "no account gives a time"}}
    assert placebo_sentence(finding) == "Not counted: no account gives a time."
    assert placebo_sentence({}) is None
