"""Published decimals: sums stay 1, nothing infinite or undefined gets out."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.conclude.fixed import fixed_distribution, fixed_probability, fixed_weight


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=60))
def test_rounded_probabilities_still_sum_to_one(weights: list[float]) -> None:
    shares = {f"h{k}": w / math.fsum(weights) for k, w in enumerate(weights)}
    fixed = fixed_distribution(shares, shares)
    assert abs(math.fsum(fixed.values()) - 1) <= 1e-9
    assert all(abs(fixed[name] - shares[name]) <= 1e-6 * len(shares) for name in shares)
    assert list(fixed) == list(shares)


def test_a_hypothesis_that_has_no_probability_stands_as_zero() -> None:
    assert fixed_distribution({"a": 1.0}, ("b", "a")) == {"b": 0.0, "a": 1.0}


def test_probabilities_that_do_not_sum_to_one_are_refused_instead_of_stretched() -> None:
    with pytest.raises(ValueError, match="sum to"):
        fixed_distribution({"a": 0.5, "b": 0.4}, ("a", "b"))


def test_a_hypothesis_outside_the_order_is_refused_instead_of_lost() -> None:
    with pytest.raises(ValueError, match="no such hypothesis: c"):
        fixed_distribution({"a": 0.5, "c": 0.5}, ("a", "b"))


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a probability"):
        fixed_probability(value)


def test_infinite_weights_are_held_at_the_cap_and_zero_has_no_sign() -> None:
    assert fixed_weight(math.inf) == 10.0
    assert fixed_weight(-math.inf) == -10.0
    assert math.copysign(1, fixed_weight(-0.00001)) == 1.0


def test_a_weight_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        fixed_weight(math.nan)
