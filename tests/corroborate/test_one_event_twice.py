"""What one flight alone would make of two strikes is summed over its own moments as over all of them."""

from __future__ import annotations

import numpy as np

from consilience.corroborate.likelihood.flights import _After
from consilience.corroborate.likelihood.one_of import normal_timing
from consilience.corroborate.loops.windows import one_event_twice


def test_sums_over_an_event_s_own_moments_are_those_over_all_moments() -> None:
    moments = np.unique(np.round(np.concatenate([np.arange(0.0, 90.0), np.arange(90.0, 600.0, 7.0)])))
    centres, words = np.array([-20.0, 3.0, 85.0, 300.0, 640.0]), np.array([1.0, 0.3, 2.0, 0.7, 5.0])
    (timing,) = normal_timing(moments, centres, np.full((1, 5), 9.0), np.ones((1, 5)))
    after, dense = _After.of(moments, 45.0), timing.toarray()
    found = one_event_twice(
        timing.first, timing.offsets, timing.data, words, after.width, after.until, after.minutes
    )  # fmt: skip
    expected = np.zeros(len(moments))
    for t, until in enumerate(after.until):
        mean = (dense[:, t:until] * after.width[t:until]).sum(axis=1) / after.width[t:until].sum()
        expected[t] = (words * dense[:, t] * mean).sum()
    assert expected.max() > 1e-4
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(after.mean(dense.T)[10], dense[:, 10 : after.until[10]].mean(axis=1), rtol=1e-10)
