"""The posterior multiplied out, and its sums over moments and over z.

One thread adds in one order, so that the same evidence gives the same bytes; a library's matrix product need not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.loops.compiled import compiled

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
    for t in range(moments):
        for k in range(kinds - 1):
            p = joint[t, k] * kind[k] * time[t]
            happened[t] += p
            of_kind[k] += p
            if flies[k]:
                flying[t] += p
        of_kind[kinds - 1] += joint[t, kinds - 1] * kind[kinds - 1] * none[t]
    return happened, flying, of_kind
