"""The posterior multiplied out, and its sums over moments and over z.

One thread adds in one order, so that the same evidence gives the same bytes; a library's matrix product need not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from consilience.compiled import compiled

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@compiled
def multiplied(logs: Floats, time: Floats, none: Floats, kind: Floats) -> tuple[Floats, Floats]:
    """(T, K) logs · time · kind, in the last column logs · none · kind; and its sum over moments (K,)."""
    moments, kinds = logs.shape
    joint, of_kind = np.empty((moments, kinds)), np.zeros(kinds)
    for t in range(moments):
        for k in range(kinds - 1):
            joint[t, k] = logs[t, k] * time[t] * kind[k]
        joint[t, kinds - 1] = logs[t, kinds - 1] * none[t] * kind[kinds - 1]
        for k in range(kinds):
            of_kind[k] += joint[t, k]
    return joint, of_kind


@compiled
def summed(joint: Floats, time: Floats, none: Floats, kind: Floats, flies: Flags) -> tuple[Floats, Floats, Floats]:
    """The sums of joint · time · kind (in the last column none · kind): (T,) over all but the last z, (T,) over z that
    fly, (K,) over moments."""
    moments, kinds = joint.shape
    happened, flying, of_kind = np.zeros(moments), np.zeros(moments), np.zeros(kinds)
    row, may_fly = np.empty(kinds), flies.astype(np.float64)
    for t in range(moments):
        for k in range(kinds):
            row[k] = joint[t, k] * kind[k] * time[t]
        row[kinds - 1] = joint[t, kinds - 1] * kind[kinds - 1] * none[t]
        for k in range(kinds):
            of_kind[k] += row[k]
        a, b, c, d = 0.0, 0.0, 0.0, 0.0  # two sums each, or every addition waits for the one before it
        for k in range(0, kinds - 2, 2):
            a, b = a + row[k], b + row[k + 1]
            c, d = c + row[k] * may_fly[k], d + row[k + 1] * may_fly[k + 1]
        if kinds % 2 == 0:
            a, c = a + row[kinds - 2], c + row[kinds - 2] * may_fly[kinds - 2]
        happened[t], flying[t] = a + b, c + d
    return happened, flying, of_kind


@compiled
def over_moments(time: Floats, ratio: Floats) -> Floats:
    """(K,): Σ_t time[t] · ratio[t, k]."""
    total = np.zeros(ratio.shape[1])
    for t in range(len(time)):
        for k in range(ratio.shape[1]):
            total[k] += time[t] * ratio[t, k]
    return total
