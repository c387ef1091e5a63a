"""Paths made better as wholes: pieces change flights while that makes the sum over all flights larger.

A score of pairs forgets what a flight did before: its type heard ten minutes ago, its course over three towns, the
place around which it circles. Here each move is scored on the whole flights that it makes, and the best moves that
touch no flight twice are made, until none pays. The moves (merge, split, switch, update) are those of Oh, Russell &
Sastry 2009, "Markov chain Monte Carlo data association for multi-target tracking", taken by greatest gain in place of
chance, so that the answer is always the same. A move is kept where the sum truly grows and taken back where it does
not: the search ends, and flights that share no link are found as if the others were not there.
"""

from __future__ import annotations

import heapq
from typing import Any, Final, NamedTuple

import numpy as np

from consilience.compiled import compiled, leaf, part
from consilience.situate.flight_sums import Flights, sum_flights, sum_path, worth
from consilience.situate.links import Links, find_link, roomier
from consilience.situate.track_points import Bools, Floats, Ints

_LEAST_GAIN: Final = 1e-6
_LEAST_PAIR: Final = -1.0
"""Pairs that fit worse than this by themselves are not tried as moves; our choice, lower ones changed nothing."""
_LEAST_OF_PAIRS: Final = -3.0
"""Moves whose links, by themselves, lose more than this are not tried."""
_MOST_TRIED: Final = 6
"""Links out of one sighting that are tried: those of greatest score."""

SWITCH: Final = 0
"""j and what follows it go behind i; what followed i goes behind what was before j."""
INSERT: Final = 1
"""j alone goes behind i, before what followed it."""
PREPEND: Final = 2
"""i alone goes before j, the first of its flight."""
APART: Final = 3
"""i becomes a flight of its own."""
CUT: Final = 4
"""i becomes the last of its flight."""


class Parts(NamedTuple):
    """What a move makes and undoes: two paths of (up to a point, a single point, from a point on), -1: no such part;
    and the points whose links go."""

    a: int
    middle: int
    s: int
    a2: int
    s2: int
    cut1: int
    cut2: int
    cut3: int


@compiled
def best_flights(
    at: Any, motions: Any, said: Floats, mix: Floats, pace: Ints, after: Ints, links: Links, birth: Floats
) -> Ints:
    """(N,) the first point of the flight of each, from the paths that `after` says (taken over) by all moves that pay.

    `at`, `motions`, `said`, `mix` and `pace` as in Flights.
    """
    flights = sum_flights(at, motions, said, mix, pace, after)
    improve(flights, links, birth)
    return flights.head


@part
def improve(flights: Flights, links: Links, birth: Floats) -> None:
    """Make all moves that pay. Only pairs in `links` are ever joined; `birth` (N,) is the log rate at which flights
    begin at each point."""
    n = len(birth)
    tried = _worth_trying(links)
    changed, taken = np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    best = [(0.0, 0)]
    while changed.any():
        kind, i, j, gain = _moves(flights, links, birth, tried, changed)
        changed[:] = False
        taken[:] = False
        best.clear()
        for m in range(len(gain)):
            heapq.heappush(best, (-gain[m], m))
        while len(best):
            m = heapq.heappop(best)[1]
            first, second = flights.head[i[m]], flights.head[j[m]] if j[m] >= 0 else -1
            if taken[first] or (second >= 0 and taken[second]):
                continue
            taken[first] = True
            if second >= 0:
                taken[second] = True
            _make(flights, links, birth, _parts(flights, kind[m], i[m], j[m]), first, second, changed, taken)


@part
def _worth_trying(links: Links) -> tuple[Ints, Ints]:
    """The links tried as moves, in rows start[i]:start[i + 1]: the best out of each sighting, none hopeless."""
    n = len(links.start) - 1
    start, j = np.zeros(n + 1, dtype=np.int64), np.empty(len(links.j), dtype=np.int64)
    best = np.empty(_MOST_TRIED)
    for i in range(n):
        best[:] = _LEAST_PAIR
        for at in range(links.start[i], links.start[i + 1]):
            k = _MOST_TRIED - 1
            if links.score[at] > best[k]:
                while k > 0 and links.score[at] > best[k - 1]:
                    best[k] = best[k - 1]
                    k -= 1
                best[k] = links.score[at]
        count = start[i]
        for at in range(links.start[i], links.start[i + 1]):
            if links.score[at] > _LEAST_PAIR and links.score[at] >= best[_MOST_TRIED - 1]:
                j[count] = links.j[at]
                count += 1
        start[i + 1] = count
    return start, j


@leaf
def _parts(flights: Flights, kind: int, i: int, j: int) -> Parts:
    after, before = flights.after, flights.before
    if kind == SWITCH:
        return Parts(i, -1, j, before[j], after[i], i, before[j], -1)
    if kind == INSERT:
        return Parts(i, j, after[i], before[j], after[j], i, before[j], j)
    if kind == PREPEND:
        return Parts(-1, i, j, before[i], after[i], before[i], i, -1)
    if kind == APART:
        return Parts(-1, i, -1, before[i], after[i], before[i], i, -1)
    return Parts(i, -1, -1, -1, after[i], i, -1, -1)


@part
def _moves(
    flights: Flights, links: Links, birth: Floats, tried: tuple[Ints, Ints], changed: Bools
) -> tuple[Ints, Ints, Ints, Floats]:
    """Every move that pays where a changed path has a part in it: kind, i, j (-1 where there is none) and gain."""
    room, count = 4 * len(birth) + 16, 0
    kinds, of, to = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    gains = np.empty(room)
    after, before, head = flights.after, flights.before, flights.head
    start, partner = tried
    for i in range(len(birth)):
        alone = after[i] < 0 and before[i] < 0
        for at in range(start[i], start[i + 1] + 1):
            single = at == start[i + 1]  # after its links, the moves of i alone
            j = -1 if single else partner[at]
            if single and (alone or not changed[i]):
                continue
            if not single and (not (changed[i] or changed[j]) or head[i] == head[j]):
                continue
            for kind in range(APART if single else SWITCH, CUT + 1 if single else APART):
                if kind == INSERT and after[j] < 0 and after[i] < 0:
                    continue  # the same as SWITCH
                if kind == PREPEND and (before[j] >= 0 or alone):
                    continue  # not to be had, or the same as SWITCH
                if kind == CUT and after[i] < 0:
                    continue
                parts = _parts(flights, kind, i, j)
                if _by_pairs(links, after, parts) < _LEAST_OF_PAIRS:
                    continue
                gain = _gain(flights, links, birth, parts, head[i], head[j] if j >= 0 else -1)
                if gain <= _LEAST_GAIN:
                    continue
                if count == room:
                    room *= 2
                    kinds, of, to = roomier(kinds, room), roomier(of, room), roomier(to, room)
                    gains = roomier(gains, room)
                kinds[count], of[count], to[count], gains[count] = kind, i, j, gain
                count += 1
    return kinds[:count], of[:count], to[:count], gains[:count]


@leaf
def _by_pairs(links: Links, after: Ints, parts: Parts) -> float:
    """What a move gains by the scores of its links alone; -inf where one is not to be had."""
    total = 0.0
    for cut in (parts.cut1, parts.cut2, parts.cut3):
        if cut >= 0 and after[cut] >= 0:
            total -= links.score[find_link(links, cut, after[cut])]
    for left, right in _joined(parts):
        if left >= 0 and right >= 0:
            at = find_link(links, left, right)
            if at < 0:
                return -np.inf
            total += links.score[at]
    return total


@leaf
def _joined(parts: Parts) -> tuple[tuple[int, int], ...]:
    """The links of the two paths that a move makes."""
    direct = parts.a if parts.middle < 0 else -1
    return (parts.a, parts.middle), (parts.middle, parts.s), (direct, parts.s), (parts.a2, parts.s2)


@leaf
def _gain(flights: Flights, links: Links, birth: Floats, parts: Parts, first: int, second: int) -> float:
    """By how much a move raises the sum over all flights; `first` and `second` are the heads of the paths undone."""
    gain = _again(links, flights.after, parts) - _of_two(flights, birth, first, second)
    begins = _begins(flights, parts)
    for n in range(2):  # one call, for the compiler
        if begins[n] >= 0:
            a, s = (parts.a, parts.s) if n == 0 else (parts.a2, parts.s2)
            gain += worth(flights, a, parts.middle if n == 0 else -1, s) + birth[begins[n]]
    return gain


@leaf
def _begins(flights: Flights, parts: Parts) -> tuple[int, int]:
    """The first points of the paths that a move makes, -1: no second path."""
    begin = flights.head[parts.a] if parts.a >= 0 else (parts.middle if parts.middle >= 0 else parts.s)
    return begin, flights.head[parts.a2] if parts.a2 >= 0 else parts.s2


@leaf
def _of_two(flights: Flights, birth: Floats, first: int, second: int) -> float:
    """What two paths are worth, without the gaps in them; given by their heads, -1: no second one."""
    total = float(flights.totals[first] + birth[first])
    if second >= 0:
        total += flights.totals[second] + birth[second]
    return total


@leaf
def _again(links: Links, after: Ints, parts: Parts) -> float:
    """What a move changes in what is said of the gaps."""
    total = 0.0
    for cut in (parts.cut1, parts.cut2, parts.cut3):
        if cut >= 0 and after[cut] >= 0:
            total -= links.again[find_link(links, cut, after[cut])]
    for left, right in _joined(parts):
        if left >= 0 and right >= 0:
            total += links.again[find_link(links, left, right)]
    return total


@leaf
def _make(
    flights: Flights, links: Links, birth: Floats, parts: Parts, first: int, second: int, changed: Bools, taken: Bools
) -> None:
    """Make a move and mark what it changed; where the sum does not grow, all is as before.

    The heads of the paths that it makes are taken too: a move found before, on a path that has another head since,
    could put a path behind itself.
    """
    after, before = flights.after, flights.before
    begin, begin2 = _begins(flights, parts)
    was, gaps = _of_two(flights, birth, first, second), _again(links, after, parts)
    cuts = (parts.cut1, parts.cut2, parts.cut3)
    followed = (
        after[parts.cut1] if parts.cut1 >= 0 else -1,
        after[parts.cut2] if parts.cut2 >= 0 else -1,
        after[parts.cut3] if parts.cut3 >= 0 else -1,
    )
    for cut in cuts:
        if cut >= 0 and after[cut] >= 0:
            before[after[cut]], after[cut] = -1, -1
    for left, right in _joined(parts):
        if left >= 0 and right >= 0:
            after[left], before[right] = right, left
    _sum_two(flights, begin, begin2)
    if _of_two(flights, birth, begin, begin2) + gaps > was + _LEAST_GAIN:
        for head in (begin, begin2):
            if head >= 0:
                taken[head] = True
            k = head
            while k >= 0:
                changed[k] = True
                k = after[k]
        return
    for left, right in _joined(parts):
        if left >= 0 and right >= 0:
            after[left], before[right] = -1, -1
    for n in range(3):
        if cuts[n] >= 0 and followed[n] >= 0:
            after[cuts[n]], before[followed[n]] = followed[n], cuts[n]
    _sum_two(flights, first, second)


@leaf
def _sum_two(flights: Flights, first: int, second: int) -> None:
    for head in (first, second):
        if head >= 0:
            sum_path(flights, head)
