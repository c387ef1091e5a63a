"""Events that bear on runs of neighbouring moments: their timing, and sums over it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from consilience.compiled import compiled, leaf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@leaf
def normal_cdf(z: float) -> float:
    """Φ(z)."""
    return 0.5 * math.erfc(-z * 0.7071067811865476)


@compiled
def normal_rows(
    moments: Floats, centres: Floats, spreads: Floats, weights: Floats, reach: float
) -> tuple[Ints, Ints, Floats]:
    """For E events, the normal densities of S parts at the moments (T,) within `reach` standard deviations of the
    widest part: first moment (E,), offsets (E + 1,), and (S, N) weights · density, cut at `reach` of each part's own.

    `centres` (E,), `spreads` and `weights` (S, E).
    """
    events, parts = len(centres), len(spreads)
    first, offsets = np.zeros(events, dtype=np.int64), np.zeros(events + 1, dtype=np.int64)
    for e in range(events):
        widest = 0.0
        for s in range(parts):
            widest = max(widest, spreads[s, e])
        low, high = (
            np.searchsorted(moments, centres[e] - reach * widest),
            np.searchsorted(moments, centres[e] + reach * widest),
        )
        first[e], offsets[e + 1] = low, offsets[e] + high - low
    data = np.zeros((parts, offsets[events]))
    for e in range(events):
        for s in range(parts):
            spread = spreads[s, e]
            scale = weights[s, e] / (spread * math.sqrt(2 * math.pi))
            for n in range(offsets[e + 1] - offsets[e]):
                z = (moments[first[e] + n] - centres[e]) / spread
                if abs(z) <= reach:
                    data[s, offsets[e] + n] = scale * math.exp(-0.5 * z * z)
    return first, offsets, data


@compiled
def one_of(first: Ints, offsets: Ints, data: Floats, marks: Floats, silence: Floats, flies: Flags) -> Floats:
    """(T, K): silence + Σ_e timing[e, t] · marks[e, k] where z flies, else 1; `silence` (T, K) or (T, 1)."""
    kinds = len(flies)
    total = np.empty((len(silence), kinds))
    for t in range(len(silence)):
        for k in range(kinds):
            total[t, k] = silence[t, k if silence.shape[1] > 1 else 0]
    for e in range(len(first)):
        for n in range(offsets[e], offsets[e + 1]):
            t, p = first[e] + n - offsets[e], data[n]
            if p != 0.0:
                for k in range(kinds):
                    total[t, k] += p * marks[e, k]
    for k in range(kinds):
        if not flies[k]:
            total[:, k] = 1.0
    return total


@compiled
def attackers(posterior: Floats, ratio: Floats, silence: Floats, flies: Flags) -> tuple[Floats, float]:
    """posterior / ratio where z flies, else 0, (T, K); and the sum of its product with silence, (T, K) or (T, 1)."""
    kinds = len(flies)
    weight, unseen, may_fly = np.empty_like(posterior), np.zeros(kinds), flies.astype(np.float64)
    for t in range(len(posterior)):
        for k in range(kinds):
            weight[t, k] = may_fly[k] * posterior[t, k] / ratio[t, k]
        if silence.shape[1] > 1:
            for k in range(kinds):
                unseen[k] += weight[t, k] * silence[t, k]
        else:
            for k in range(kinds):
                unseen[k] += weight[t, k] * silence[t, 0]
    return weight, unseen.sum()


@compiled
def weighted(first: Ints, offsets: Ints, data: Floats, marks: Floats, weight: Floats, power: Floats) -> Floats:
    """(R, E): Σ_t timing[e, t] · power[r, t] · Σ_k marks[e, k] · weight[t, k], for each of R powers."""
    out, kinds = np.zeros((len(power), len(first))), marks.shape[1]
    total = np.empty(kinds)
    for r in range(len(power)):
        for e in range(len(first)):
            total[:] = 0.0
            for n in range(offsets[e], offsets[e + 1]):
                t = first[e] + n - offsets[e]
                p = data[n] * power[r, t]
                if p != 0.0:
                    for k in range(kinds):
                        total[k] += p * weight[t, k]
            for k in range(kinds):
                out[r, e] += total[k] * marks[e, k]
    return out


@compiled
def one_event_twice(
    first: Ints, offsets: Ints, data: Floats, words: Floats, width: Floats, until: Ints, minutes: Floats
) -> Floats:
    """(T,): Σ_e words[e] · timing[e, t] · the mean of timing[e] over the moments from t to before `until[t]`.

    Each moment stands for `width` (T,) minutes; `minutes` (T,) is how many those of the mean stand for together.
    """
    out = np.zeros(len(width))
    for e in range(len(first)):
        begin, length = first[e], offsets[e + 1] - offsets[e]
        sums = np.zeros(length + 1)
        for n in range(length):
            sums[n + 1] = sums[n] + data[offsets[e] + n] * width[begin + n]
        for n in range(length):
            t = begin + n
            after = sums[min(until[t] - begin, length)] - sums[n]
            out[t] += words[e] * data[offsets[e] + n] * after / minutes[t]
    return out


@compiled
def share_of_normal(moments: Floats, spans: Floats, lead: float, spread: float) -> Floats:
    """(T,): how much of a normal around each moment plus `lead` falls into the disjoint spans (n, 2)."""
    out = np.zeros(len(moments))
    for t in range(len(moments)):
        middle = moments[t] + lead
        for n in range(len(spans)):
            low, high = (spans[n, 0] - middle) / spread, (spans[n, 1] - middle) / spread
            if low < 9.0 and high > -9.0:
                out[t] += (1.0 if high > 9.0 else normal_cdf(high)) - (0.0 if low < -9.0 else normal_cdf(low))
    return out


@compiled
def overlap(moments: Floats, spans: Floats, reach: float) -> Floats:
    """(T,): minutes of the disjoint spans (n, 2) within `reach` of each moment."""
    out = np.zeros(len(moments))
    for t in range(len(moments)):
        for n in range(len(spans)):
            out[t] += max(min(spans[n, 1], moments[t] + reach) - max(spans[n, 0], moments[t] - reach), 0.0)
    return out


@compiled
def joined_calls(channel: Ints, about: Floats, joined: float) -> Ints:
    """(C,) the number of the exchange of each call: in order of channel and of the impact pointed to, a new one where
    the channel changes, the last call is more than `joined` away, or the first more than twice that."""
    exchange = np.empty(len(about), dtype=np.int64)
    number, begun = -1, 0.0
    for k in range(len(about)):
        if k == 0 or channel[k] != channel[k - 1] or about[k] - about[k - 1] > joined or about[k] - begun > 2 * joined:
            number, begun = number + 1, about[k]
        exchange[k] = number
    return exchange
