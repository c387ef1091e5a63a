"""A row of a log is one statement: no more of it is believed than that the row is true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_case import Row, small_tables, weigh

from consilience.corroborate.loops.words import word_ratios

Floats = NDArray[np.float64]


def _ratios(rows: list[tuple[int, int, int]], types: Floats, operators: Floats, row_right: float) -> Floats:
    """(F,) of one flight with rows (type word, source, operator or −1), all in its pass; links are never wrong."""
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3)
    legs = np.arange(len(columns), dtype=np.int64)
    nobody = np.full(len(columns), -1, dtype=np.int32)
    fleet = types.shape[1]
    tempered = np.log(row_right * np.exp(types) + (1 - row_right))[np.newaxis]
    ratios = word_ratios(
        np.zeros(1, dtype=np.int64), legs, np.array([0, len(legs)]), np.array([0, len(legs)]),
        (columns[:, 0].copy(), columns[:, 1].copy(), nobody, columns[:, 2].copy(), nobody),
        np.zeros(int(columns[:, 1].max()) + 1, dtype=bool), tempered, types, np.zeros((1, fleet)), operators,
        np.zeros((len(operators), 1, fleet)), (row_right, 1.0, 0.3),
    )  # fmt: skip
    return np.asarray(ratios[0])


TYPES = np.log(np.array([[8.0, 0.01, 0.5], [0.02, 6.0, 0.7]]))
OPERATORS = np.log(np.array([[3.0, 0.05, 1.0], [0.05, 3.0, 1.0]]))


@given(st.integers(0, 1), st.integers(0, 1), st.floats(0.5, 0.99))
def test_type_and_operator_of_one_row_together_speak_against_nobody_by_more_than_the_row_may_be_false(
    word: int, operator: int, right: float
) -> None:
    said = _ratios([(word, 0, operator)], TYPES, OPERATORS, right)
    believed = np.log(right * np.exp(TYPES[word]) + 1 - right)
    slack = (1 - right) * np.maximum(believed, 0.0)  # a type counts by the chance that its row is of this flight
    assert (said >= math.log(1 - right) - slack - 1e-9).all()


def test_another_observer_who_says_the_same_is_more_than_one_row() -> None:
    alone = _ratios([(0, 0, 0)], TYPES, OPERATORS, 0.94)
    two = _ratios([(0, 0, 0), (0, 1, 0)], TYPES, OPERATORS, 0.94)
    assert two[0] - two[1] > alone[0] - alone[1] + 0.3


def test_a_case_after_the_last_row_of_its_order_of_battle_is_weighed_all_the_same() -> None:
    """Nobody flies on its day and no log is in it: there is no sky to fit, and no party is named by it."""
    tables = {name: rows for name, rows in small_tables().items() if name not in ("sightings", "coverage", "media")}
    text: Row = {"time": "2023-04-10T14:00", "time_precision": "about", "mode": "air strike"}
    who: Row = {"account_id": "A1", "incident_id": "I1", "source_id": "W1", "facility_id": "F1"}
    tables["accounts"] = [who | text]
    weighed = weigh(tables, start="2023-04-01", end="2023-04-30")
    assert max(weighed.party.values()) < 0.95
    assert sum(weighed.mode.values()) == pytest.approx(1.0)
