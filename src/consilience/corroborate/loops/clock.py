"""How likely a stated time is at each moment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from consilience.compiled import compiled
from consilience.corroborate.loops.windows import normal_cdf

Floats = NDArray[np.float64]

_FAR = 9.0
"""Standard deviations beyond which a normal has no mass in double precision worth its time: 1e-19."""


@compiled
def add_intervals(moments: Floats, shifts: Floats, shares: Floats, parts: Floats, out: Floats) -> None:
    """out[t] += Σ_s shares[s] · Σ_i weight_i · p(interval i | moments[t] + shifts[s]), in place.

    `parts` (I, 4): weight, lo, hi, sigma of a uniform interval blurred by a normal (`moments.interval_density`).
    `moments` ascending.
    """
    for s in range(len(shifts)):
        for i in range(len(parts)):
            weight, lo, hi, sigma = parts[i, 0] * shares[s], parts[i, 1], parts[i, 2], parts[i, 3]
            if weight == 0.0:
                continue
            first = np.searchsorted(moments, lo - _FAR * sigma - shifts[s])
            last = np.searchsorted(moments, hi + _FAR * sigma - shifts[s])
            width = hi - lo
            for t in range(first, last):
                at = moments[t] + shifts[s]
                if width < 1e-9:
                    z = (at - lo) / sigma
                    out[t] += weight * math.exp(-0.5 * z * z) / (sigma * math.sqrt(2 * math.pi))
                else:
                    out[t] += weight * (normal_cdf((hi - at) / sigma) - normal_cdf((lo - at) / sigma)) / width
