"""Casualty ranges: unknown is never 0, an open end stays open, a copied figure widens nothing."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weighed_examples import frame

from consilience.conclude.casualties import UNKNOWN, Range, count_casualties, total


def _accounts(*rows: dict[str, Any]) -> pl.DataFrame:
    return frame("accounts", [{"account_id": f"A{k}", "source_id": f"S{k}", **row} for k, row in enumerate(rows)])


def test_the_range_spans_what_independent_accounts_say() -> None:
    accounts = _accounts({"killed_min": 3, "killed_max": 4}, {"killed_min": 5, "killed_max": 5})
    assert count_casualties(accounts, {}).killed == (3, 5)


def test_no_figure_is_unknown_and_not_nobody() -> None:
    assert count_casualties(_accounts({}), {}).killed == UNKNOWN


def test_a_stated_zero_is_a_figure() -> None:
    assert count_casualties(_accounts({"killed_min": 0, "killed_max": 0}), {}).killed == (0, 0)


def test_at_least_seven_leaves_the_top_open_where_others_say_four_or_five() -> None:
    accounts = _accounts({"killed_min": 7}, {"killed_min": 5, "killed_max": 5}, {"killed_min": 3, "killed_max": 4})
    assert count_casualties(accounts, {}).killed == (3, None)


def test_at_least_ten_leaves_the_top_open_where_the_most_that_another_gives_is_ten() -> None:
    accounts = _accounts({"injured_min": 3}, {"injured_min": 10, "injured_max": 10}, {"injured_min": 10})
    assert count_casualties(accounts, {}).injured == (3, None)


@given(st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30))), min_size=1, max_size=6))
def test_no_upper_bound_is_given_that_an_open_ended_account_has_already_reached(
    given_: list[tuple[int, int | None]],
) -> None:
    rows = [{"killed_min": low, "killed_max": None if more is None else low + more} for low, more in given_]
    _, top = count_casualties(_accounts(*rows), {}).killed
    assert top is None or all(low < top for low, more in given_ if more is None)


def test_at_least_four_does_not_open_a_top_that_lies_above_it() -> None:
    assert count_casualties(_accounts({"killed_min": 4}, {"killed_min": 5, "killed_max": 6}), {}).killed == (4, 6)


def test_a_figure_of_a_source_that_draws_on_another_widens_nothing() -> None:
    accounts = _accounts({"killed_min": 5, "killed_max": 5}, {"killed_min": 1, "killed_max": 40})
    assert count_casualties(accounts, {"S1": ["X"], "X": ["S0"]}).killed == (5, 5)
    assert count_casualties(accounts, {"S1": ["X"]}).killed == (1, 40)


def test_sources_that_only_cite_each_other_are_not_all_dropped() -> None:
    accounts = _accounts({"killed_min": 5, "killed_max": 5}, {"killed_min": 6, "killed_max": 6})
    assert count_casualties(accounts, {"S0": ["S1"], "S1": ["S0"]}).killed == (5, 6)


def test_an_account_without_a_source_still_counts() -> None:
    accounts = _accounts({"killed_min": 5, "killed_max": 5}).with_columns(pl.lit(None, pl.String()).alias("source_id"))
    assert count_casualties(accounts, {}).killed == (5, 5)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted), min_size=1, max_size=6))
def test_the_same_account_twice_changes_nothing(ranges: list[list[int]]) -> None:
    rows = [{"injured_min": low, "injured_max": high} for low, high in ranges]
    assert count_casualties(_accounts(*rows), {}) == count_casualties(_accounts(*rows, rows[0]), {})


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(1, 2), (3, 4)], (4, 6)),
        ([(1, 2), UNKNOWN], (1, None)),
        ([(1, None), (3, 4)], (4, None)),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_a_total_never_counts_unknown_as_nobody(ranges: list[Range], expected: Range) -> None:
    assert total(ranges) == expected
