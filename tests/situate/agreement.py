"""How well one grouping of things agrees with another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Agreement(NamedTuple):
    """Adjusted Rand index; and of the pairs joined: how many rightly, and how many of the right ones."""

    adjusted_rand: float
    pair_precision: float
    pair_recall: float


def agreement(truth: NDArray[np.int64], found: NDArray[np.int64]) -> Agreement:
    """Hubert & Arabie (1985), "Comparing partitions", equation 5; precision is 1 where no pair is joined."""
    a, b = (np.unique(labels, return_inverse=True)[1] for labels in (truth, found))
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    both, in_truth, in_found = (_pairs(counts) for counts in (table, table.sum(1), table.sum(0)))
    expected = in_truth * in_found / _pairs(np.array([float(len(a))]))
    index = (both - expected) / ((in_truth + in_found) / 2 - expected)
    return Agreement(index, both / in_found if in_found else 1.0, both / in_truth)


def _pairs(counts: NDArray[np.float64]) -> float:
    return float((counts * (counts - 1) / 2).sum())
