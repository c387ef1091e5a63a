"""What the words on flights say of each row of the fleet, read from their passes outward."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from consilience.compiled import compiled, leaf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]


@leaf
def _tempered(log_ratio: float, belongs: float) -> float:
    """log of belongs · ratio + (1 − belongs): a word that may have been said of another flight."""
    return math.log(belongs * math.exp(log_ratio) + (1 - belongs))


@leaf
def _besides(more: float, log_ratio: float, belongs: float) -> float:
    """What a further word of a row adds to its word for the type: both are of another flight, or false, together."""
    return _tempered(log_ratio + more, belongs) - _tempered(log_ratio, belongs)


@leaf
def _distances(
    seen: tuple[int, int], here: tuple[int, int], legs: Ints, source: Codes, gone: Flags, left: Ints, links: Ints
) -> int:
    """Of a flight's legs from `seen` on those of nobody who is gone, into `left`; into `links` how many of them away
    each is from the nearest that is among `legs` of the pass, from `here` on. How many there are.
    """
    count, at, behind = 0, here[0], -1
    for leg in range(seen[0], seen[1]):
        if gone[source[leg]]:
            continue
        left[count] = leg
        if at < here[1] and legs[at] == leg:
            behind = count
            at += 1
        links[count] = count - behind if behind >= 0 else len(links)
        count += 1
    ahead, at = -1, here[1] - 1
    for k in range(count - 1, -1, -1):
        if at >= here[0] and legs[at] == left[k]:
            ahead = k
            at -= 1
        if ahead >= 0:
            links[k] = min(links[k], ahead - k)
    return count


@leaf
def _nearest(says: Codes, left: Ints, links: Ints, count: int, found: Ints) -> None:
    """Into `found`, for each name, the leg nearest to the pass that says it; −1 where none does."""
    found[:] = -1
    for k in range(count):
        name = says[left[k]]
        if name >= 0 and (found[name] < 0 or links[k] < links[found[name]]):
            found[name] = k


@compiled
def word_ratios(
    flights: Ints,
    legs: Ints,
    offsets: Ints,
    starts: Ints,
    codes: tuple[Codes, Codes, Codes, Codes, Codes],
    gone: Flags,
    tempered_types: Floats,
    type_table: Floats,
    base_table: Floats,
    operator_table: Floats,
    nationality_table: Floats,
    rights: tuple[float, float, float],
) -> Floats:
    """log p(words | fleet row) − log p(words | sky), (P, F), up to a constant for each flight.

    `legs` with `offsets` (P + 1,) make the passes; `codes` are (N,) type word, source, nationality, operator and base
    of each leg. `tempered_types` (L, U, F) is `type_table` (U, F) for words 0 … L − 1 links away. `rights`: that a row
    is true, that a link is right, what a second source adds.
    """
    word, source, nationality, operator, base = codes
    row_right, link_right, independence = rights
    fleet, names = type_table.shape[1], len(operator_table)
    longest = 1
    for flight in flights:
        longest = max(longest, starts[flight + 1] - starts[flight])
    left, links = np.empty(longest, dtype=np.int64), np.empty(longest, dtype=np.int64)
    voices, weight, total = np.empty(longest, dtype=np.int64), np.empty(longest), np.empty(longest)
    opinion = np.empty((longest, fleet))
    operator_leg, nation_leg = np.empty(max(names, 1), dtype=np.int64), np.empty(max(names, 1), dtype=np.int64)
    out = np.zeros((len(flights), fleet))
    for p in range(len(flights)):
        seen, here = (starts[flights[p]], starts[flights[p] + 1]), (offsets[p], offsets[p + 1])
        count = _distances(seen, here, legs, source, gone, left, links)
        _nearest(operator, left, links, count, operator_leg)
        _nearest(nationality, left, links, count, nation_leg)
        heard = 0
        for k in range(count):
            leg, away = left[k], links[k]
            belongs = row_right * link_right**away
            v = 0
            while v < heard and voices[v] != source[leg]:
                v += 1
            if v == heard:
                heard += 1
                voices[v], weight[v], total[v] = source[leg], 0.0, 0.0
                opinion[v, :] = 0.0
            weight[v], total[v] = max(weight[v], belongs), total[v] + belongs
            if away < len(tempered_types):
                for f in range(fleet):
                    opinion[v, f] += belongs * tempered_types[away, word[leg], f]
            else:
                for f in range(fleet):
                    opinion[v, f] += belongs * _tempered(type_table[word[leg], f], belongs)
        voiced = 0.0
        for v in range(heard):
            voiced += weight[v]
        counted = voiced if voiced < 1 else 1 + independence * (voiced - 1)
        for v in range(heard):
            for f in range(fleet):
                out[p, f] += weight[v] * opinion[v, f] / total[v] * (counted / voiced)
        start = base[left[0]]
        belongs = row_right * link_right ** links[0]
        if start >= 0:
            for f in range(fleet):
                out[p, f] += _tempered(base_table[start, f], belongs)
        for name in range(names):
            k = operator_leg[name] if operator_leg[name] >= 0 else nation_leg[name]
            if k < 0:
                continue
            belongs = row_right * link_right ** links[k]
            for f in range(fleet):
                type_word = type_table[word[left[k]], f]
                if operator_leg[name] >= 0:
                    out[p, f] += _besides(operator_table[name, f], type_word, belongs)
                else:
                    out[p, f] += _besides(nationality_table[name, start, f], type_word, belongs)
    return out
