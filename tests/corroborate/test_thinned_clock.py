"""Moments that the other pieces rule out are dropped for speed; no cell and no quantile may tell that they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import Row, small_tables, weigh

from consilience.corroborate.consistency import Rest, raw_cells
from consilience.corroborate.moments import StatedTime, quantile, stated_time_density, taken_at_its_word
from consilience.corroborate.terms import Field, Term, TimeFactor, log_likelihood
from consilience.records.weighed import Verdict
from consilience.reference.assumptions import load_assumptions

GRID = np.arange(0.0, 4321.0)


def _factor(minute: float, sigma: float) -> TimeFactor:
    stated = StatedTime(minute, minute, sigma)
    density = stated_time_density(GRID, stated, load_assumptions())
    return TimeFactor(log_likelihood(density), -float(np.log(len(GRID))), taken_at_its_word(GRID, stated, 0.0))


@settings(max_examples=25)
@given(st.floats(2000.0, 3000.0), st.sampled_from((4.0, 15.0)), st.integers(0, 60))
def test_a_time_cell_is_the_same_whether_or_not_the_moments_without_mass_are_kept(
    minute: float, sigma: float, reach: int
) -> None:
    rest = np.exp(-0.5 * ((GRID - 2100.0) / 5.0) ** 2)
    kept = (np.abs(GRID - 2100.0) <= 40.0 + reach) | (GRID == 660.0)
    rest = np.where(kept, rest, 0.0) / rest[kept].sum()
    joint, prior = np.column_stack([0.99 * rest, 0.01 * rest]), np.array([0.99, 0.01])
    factor = _factor(minute, sigma)
    whole = raw_cells(Term("A", "account", "W", (factor,)), Rest(joint, prior, np.ones(len(GRID), dtype=bool)))
    thin = raw_cells(Term("A", "account", "W", (factor.thinned(kept),)), Rest(joint[kept], prior, kept))
    assert thin[Field.TIME].weight == pytest.approx(whole[Field.TIME].weight, abs=1e-6)
    assert thin[Field.TIME].conflict == pytest.approx(whole[Field.TIME].conflict, rel=1e-6, abs=1e-9)


def test_a_statement_that_many_others_rule_out_never_weighs_as_if_it_agreed() -> None:
    tables = small_tables()
    extra: list[Row] = [
        {"account_id": f"B{i}", "incident_id": "I1", "source_id": source, "time": clock, "time_precision": "minute"}
        for i, (source, clock) in enumerate(
            [("UP", "2017-04-10T14:01"), ("X1", "2017-04-10T14:02"), ("X2", "2017-04-10T14:01"),
             ("X3", "2017-04-10T14:03"), ("X4", "2017-04-10T14:02"), ("X5", "2017-04-10T16:30")]
        )
    ]  # fmt: skip
    tables["accounts"] = [*tables["accounts"], *extra]
    more: list[Row] = [{"source_id": f"X{i}", "role": "direct_witness"} for i in range(1, 6)]
    tables["sources"] = [*tables["sources"], *more]
    piece = next(piece for piece in weigh(tables).pieces if piece.evidence_id == "B5")
    assert piece.verdict is Verdict.CONTRADICTS
    assert piece.cells["time"].weight < -1


def test_a_quantile_lies_within_half_a_step_of_a_moment_that_was_kept_although_some_were_not() -> None:
    moments = np.array([0.0, 1000.0, 1001.0, 1002.0, 1003.0])
    density = np.array([1e-9, 1.0, 1.0, 1.0, 1.0])
    assert quantile(moments, density, 0.5) == pytest.approx(1001.5, abs=1e-6)
    assert quantile(moments, density, 0.025) == pytest.approx(999.6, abs=1e-6)
