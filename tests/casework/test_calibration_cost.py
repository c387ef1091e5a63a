"""Cllr, PAV and Tippett curves on examples worked by hand, and against the field's own package."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from consilience.casework.calibrate.cost import cllr, cllr_min, log2_odds, pav, tippett
from consilience.casework.calibrate.intervals import bootstrap, wilson

TWELVE = (
    [-0.5, 0.0, -3.5, 5.0, -4.0, 3.0, -1.5, 0.0, -2.0, -2.0, -0.5, -1.0],
    [0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0],
)
FORTY = (
    [0.5, 0.0, 0.5, -0.5, 1.0, 1.5, -2.5, 1.0, -2.0, -3.0, 4.5, -1.0, -3.0, 2.0, -1.5, 3.0, -2.5, -1.5, -1.5, -4.0,
     -0.5, 1.0, 2.5, 3.0, -2.5, 3.0, -2.0, 1.0, -3.5, -3.5, -2.0, -0.5, 1.0, 0.0, 1.0, -1.0, -0.5, 1.0, 0.0, 1.0],
    [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0,
     1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1],
)  # fmt: skip
LIR = [(TWELVE, 0.44784948400654667, 0.18028402765758506), (FORTY, 0.7369485154992048, 0.6441256765402084)]
"""log2 odds with ties and labels; `lir.metrics.cllr` and `cllr_min` of lir 1.3.1 on the same."""


@pytest.mark.parametrize(("example", "cost", "least"), LIR, ids=("twelve", "forty"))
def test_costs_equal_those_of_lir(example: tuple[list[float], list[int]], cost: float, least: float) -> None:
    odds, is_first = np.array(example[0]), np.array(example[1], dtype=bool)
    assert cllr(odds, is_first) == pytest.approx(cost, abs=1e-12)
    assert cllr_min(odds, is_first) == pytest.approx(least, abs=1e-9)


def test_fifty_fifty_costs_one_bit_and_certainty_nothing() -> None:
    is_first = np.array([True, False, False])
    assert cllr(np.zeros(3), is_first) == 1.0
    assert cllr(np.array([np.inf, -np.inf, -np.inf]), is_first) == 0.0


def test_cost_by_hand() -> None:
    # Odds 2:1 for the first party, three attacks: right, wrong (1:1), right (1:2). Bits: log2 1.5; log2 2 and log2 1.5.
    cost = cllr(np.array([1.0, 0.0, -1.0]), np.array([True, False, False]))
    assert cost == pytest.approx((np.log2(1.5) + (1.0 + np.log2(1.5)) / 2) / 2)


def test_odds_are_held_off_infinity_by_the_last_published_decimal() -> None:
    assert log2_odds(np.array([1.0]), np.array([0.0]))[0] == pytest.approx(np.log2(1e6))


def test_adjacent_violators_are_pooled() -> None:
    fitted = pav(np.array([-2.0, -1.0, 0.0, 1.0]), np.array([False, True, False, True]))
    assert fitted.share.tolist() == [0.0, 0.5, 0.5, 1.0]


def test_equal_odds_are_one_point() -> None:
    fitted = pav(np.array([0.0, 0.0, 0.0, 2.0]), np.array([True, False, False, True]))
    assert fitted.odds.tolist() == [0.0, 2.0]
    assert fitted.share.tolist() == pytest.approx([1 / 3, 1.0])


def test_without_attacks_by_both_parties_there_is_no_cost() -> None:
    assert np.isnan(cllr(np.ones(2), np.array([True, True])))
    assert np.isnan(cllr_min(np.ones(2), np.array([False, False])))


@given(
    arrays(np.float64, 12, elements=st.integers(-9, 9).map(float)),
    st.lists(st.booleans(), min_size=12, max_size=12).filter(lambda labels: 0 < sum(labels) < 12),
)
def test_the_best_scale_never_costs_more_and_knows_only_the_order(odds: np.ndarray, labels: list[bool]) -> None:
    is_first = np.array(labels)
    least = cllr_min(odds, is_first)
    assert -1e-12 <= least <= min(1.0, cllr(odds, is_first)) + 1e-9
    assert cllr_min(odds**3 + 5, is_first) == pytest.approx(least)


@given(arrays(np.float64, 9, elements=st.floats(-30, 30)), st.integers(1, 8))
def test_swapping_the_parties_changes_no_cost(odds: np.ndarray, split: int) -> None:
    is_first = np.arange(9) < split
    assert cllr(-odds, ~is_first) == pytest.approx(cllr(odds, is_first))


def test_tippett_curves_count_odds_at_least_so_high() -> None:
    odds, is_first = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([False, True, False, True])
    first, second = tippett(odds, is_first, np.array([-2.0, 0.0, 0.5, 3.0]))
    assert first.tolist() == [1.0, 1.0, 0.5, 0.0]
    assert second.tolist() == [1.0, 0.5, 0.5, 0.0]


def test_wilsons_interval_is_the_published_one() -> None:
    share = wilson(15, 148)  # R. G. Newcombe, Stat. Med. 17 (1998), 857-872, table I, example (b): 0.0624, 0.1605
    assert share.low == pytest.approx(0.0624, abs=5e-5)
    assert share.high == pytest.approx(0.1605, abs=5e-5)


def test_nothing_counted_gives_no_figure() -> None:
    assert wilson(0, 0).value is None
    assert bootstrap(lambda _: 1.0, [], 1).value is None


def test_many_worlds_are_drawn_whole_and_few_by_incident() -> None:
    values = np.repeat(np.arange(6.0), 50)
    worlds = np.repeat(np.arange(6), 50)

    def width(chosen: np.ndarray) -> float:
        figure = bootstrap(lambda k: float(values[chosen][k].mean()), worlds[chosen].tolist(), 3)
        assert figure.low is not None
        assert figure.high is not None
        return figure.high - figure.low

    six, four = np.arange(300), np.arange(200)
    assert width(six) > 3 * width(four), "attacks of one world are alike, so few worlds say little"
