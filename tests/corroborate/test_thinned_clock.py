"""Far from every stated time one moment stands for five, for speed; no cell, no interval and no party may tell that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import Row, evidence_of, small_tables, weigh

from consilience.corroborate import incident_model
from consilience.corroborate.consistency import Rest, raw_cells
from consilience.corroborate.moments import (
    StatedTime,
    Thinning,
    quantile,
    stated_time_density,
    taken_at_its_word,
    thin,
)
from consilience.corroborate.terms import Field, Term, TimeFactor, log_likelihood
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.records.weighed import Verdict
from consilience.reference.assumptions import load_assumptions

GRID = np.arange(0.0, 4321.0)
WHOLE = Thinning(np.ones(len(GRID), dtype=bool), np.ones(len(GRID), dtype=np.int64))


def _factor(minute: float, sigma: float) -> TimeFactor:
    stated = StatedTime(minute, minute, sigma)
    density = stated_time_density(GRID, stated, load_assumptions())
    return TimeFactor(log_likelihood(density), -float(np.log(len(GRID))), taken_at_its_word(GRID, stated, 0.0))


@settings(max_examples=25)
@given(st.floats(2000.0, 3000.0), st.sampled_from((4.0, 15.0)))
def test_a_time_cell_is_the_same_whether_or_not_far_moments_stand_for_several(minute: float, sigma: float) -> None:
    rest = np.exp(-0.5 * ((GRID - 2100.0) / 5.0) ** 2)
    rest /= rest.sum()
    prior = np.array([0.99, 0.01])
    thinning = thin(GRID, [StatedTime(2100.0, 2100.0, 15.0), StatedTime(minute, minute, sigma)])
    factor = _factor(minute, sigma)
    begins = np.cumsum(thinning.width) - thinning.width
    blocks = np.add.reduceat(rest, begins)
    whole = raw_cells(Term("A", "account", "W", (factor,)), Rest(0.99 * rest, 0.99 * rest, prior, prior, WHOLE))
    thinned = raw_cells(
        Term("A", "account", "W", (factor.thinned(thinning.kept),)),
        Rest(0.99 * blocks, 0.99 * blocks, prior, prior, thinning),
    )
    assert thinned[Field.TIME].weight == pytest.approx(whole[Field.TIME].weight, abs=1e-3)
    assert thinned[Field.TIME].conflict == pytest.approx(whole[Field.TIME].conflict, rel=1e-3, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 4000), st.floats(0, 300), st.sampled_from((4.0, 15.0, 100.0))), max_size=4))
def test_every_minute_of_the_clock_is_stood_for_once_and_those_near_a_stated_time_by_themselves(
    told: list[tuple[float, float, float]],
) -> None:
    stated = [StatedTime(lo, lo + width, sigma) for lo, width, sigma in told]
    thinning = thin(GRID, stated)
    assert thinning.width.sum() == len(GRID)
    assert thinning.kept.sum() == len(thinning.width)
    mass = thinning.spread(thinning.width.astype(np.float64))
    assert np.array_equal(mass, np.ones(len(GRID)))
    begins = np.cumsum(thinning.width) - thinning.width
    stands_for = np.repeat(thinning.width, thinning.width)
    kept = np.flatnonzero(thinning.kept)
    assert ((kept >= begins) & (kept < begins + thinning.width)).all()
    for one in stated:
        near = (one.lo - one.sigma <= GRID) & (one.hi + one.sigma >= GRID)
        assert (stands_for[near] == 1).all()


def test_an_incident_is_weighed_as_on_every_minute_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = evidence_of(small_tables())
    logs = fit_logs(evidence)
    thinned = weigh_incidents(evidence, logs)[0]
    monkeypatch.setattr(incident_model, "thin", lambda grid, _: thin(grid, []))
    whole = weigh_incidents(evidence, logs)[0]
    assert thinned.time_median == pytest.approx(whole.time_median, abs=0.05)
    assert (thinned.time_low, thinned.time_high) == pytest.approx((whole.time_low, whole.time_high), abs=1.5)
    assert thinned.party == pytest.approx(whole.party, abs=1e-3)
    assert thinned.log10_lr == pytest.approx(whole.log10_lr, abs=2e-2)
    assert [p.verdict for p in thinned.pieces] == [p.verdict for p in whole.pieces]


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


def test_a_quantile_lies_within_half_a_step_of_where_the_mass_is() -> None:
    grid = np.array([1000.0, 1001.0, 1002.0, 1003.0])
    density = np.ones(4)
    assert quantile(grid, density, 0.5) == pytest.approx(1001.5, abs=1e-6)
    assert quantile(grid, density, 0.025) == pytest.approx(999.6, abs=1e-6)
