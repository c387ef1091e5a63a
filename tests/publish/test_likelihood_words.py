"""Numbers in words: the published scales, and never a word without its range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.publish.likelihood_words import likelihood, percent, support, times_as_probable


@pytest.mark.parametrize(
    ("probability", "term", "shown"),
    [
        (0.01, "almost no chance", "1–5 %"),
        (0.05, "very unlikely", "5–20 %"),
        (0.3, "unlikely", "20–45 %"),
        (0.5, "roughly even", "45–55 %"),
        (0.55, "likely", "55–80 %"),
        (0.92, "very likely", "80–95 %"),
        (0.99, "almost certain", "95–99 %"),
    ],
)
def test_each_icd_203_term_stands_with_its_range(probability: float, term: str, shown: str) -> None:
    words = likelihood(probability)
    shown = shown.replace(" ", "\u00a0")
    assert (words.term, words.range) == (term, shown)
    assert f"{term} ({shown})" in words.said_of("It")


@pytest.mark.parametrize("probability", [0.0, 0.0099, 0.9901, 1.0])
def test_no_term_is_used_where_icd_203_has_none(probability: float) -> None:
    words = likelihood(probability)
    assert not words.has_term
    assert "no term" in words.said_of("It")
    assert "certain" not in words.said_of("It")


@given(st.floats(min_value=0.01, max_value=0.99))
def test_a_probability_lies_in_the_range_of_its_term(probability: float) -> None:
    low, high = likelihood(probability).range.removesuffix("\u00a0%").split("–")
    assert float(low) <= 100 * probability + 1e-9
    assert 100 * probability <= float(high) + 1e-9


@given(st.floats(min_value=0.0, max_value=1.0))
def test_a_probability_is_never_shown_as_certainty(probability: float) -> None:
    assert percent(probability).lstrip("<>\u00a0") not in ("0\u00a0%", "0.0\u00a0%", "100\u00a0%", "100.0\u00a0%")


@pytest.mark.parametrize(
    ("log10_lr", "words"),
    [
        (0.2, "no support"),
        (0.5, "weak support"),
        (1.5, "moderate support"),
        (2.5, "moderately strong support"),
        (3.5, "strong support"),
        (5.0, "very strong support"),
        (6.1, "extremely strong support"),
    ],
)
def test_a_likelihood_ratio_has_enfsi_s_verbal_equivalent_in_both_directions(log10_lr: float, words: str) -> None:
    assert support(log10_lr).startswith(words)
    assert support(-log10_lr) == support(log10_lr)


def test_likelihood_ratios_are_rounded_to_what_can_be_meant() -> None:
    shown = [times_as_probable(x) for x in (0.0, 0.22, -0.22, 2.08, 4.8, 6.0, 10.0)]
    assert shown == ["1.0", "1.7", "1.7", "about 120", "about 63,000", "more than a million", "more than a million"]
