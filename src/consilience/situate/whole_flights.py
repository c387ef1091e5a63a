"""Paths made better as wholes: pieces change flights while that makes the sum over all flights larger.

A score of pairs forgets what a flight did before: its type heard ten minutes ago, its course over three towns, the
place around which it circles. Here each move is scored on the whole flights that it makes, and the best moves that
touch no flight twice are made at once, until none pays. The moves (merge, split, switch, update) are those of Oh,
Russell & Sastry 2009, "Markov chain Monte Carlo data association for multi-target tracking", taken by greatest gain in
place of chance, so that the answer is always the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from consilience.situate.flight_sums import Flights, sum_again
from consilience.situate.links import Links
from consilience.situate.track_points import Bools, Floats, Ints

_LEAST_GAIN: Final = 1e-6
_LEAST_PAIR: Final = -3.0
"""Pairs that fit worse than this by themselves are not tried as moves; our choice, lower ones changed nothing."""
_AT_ONCE: Final = 50_000
"""Moves scored at once: some 200 MB of columns."""


@dataclass(frozen=True, slots=True)
class Moves:
    """M moves. Each makes the paths `one` and `two`, (M, 3): up to a point, a single point, from a point on, where -1
    is no such part; in doing so it undoes the paths with the heads `olds` (M, 2) and the links that leave the points
    `cut` (M, 3)."""

    one: Ints
    two: Ints
    olds: Ints
    cut: Ints

    def take(self, rows: Ints | Bools) -> Moves:
        """Some of the moves."""
        return Moves(self.one[rows], self.two[rows], self.olds[rows], self.cut[rows])


def improve(flights: Flights, links: Links, birth: Floats) -> Flights:
    """The flights after all moves that pay. Only pairs in `links` are ever joined; `birth` (N,) is the log rate at
    which flights begin at each point. The sum over all flights grows with each round, so that it ends."""
    worth = _worth(flights, links, birth)
    changed = np.ones(len(flights.after), dtype=bool)
    while changed.any():
        moves = _moves(flights, links, changed)
        gains = [_gain(flights, links, birth, moves.take(rows)) for rows in _batches(len(moves.olds), _AT_ONCE)]
        after, changed = _make_best(flights, moves, np.concatenate([np.empty(0), *gains]))
        better = sum_again(flights, after, changed)
        before, worth = worth, _worth(better, links, birth)
        if worth < before + _LEAST_GAIN:
            break
        flights = better
    return flights


def _worth(flights: Flights, links: Links, birth: Floats) -> float:
    """The sum over all flights."""
    heads, i = np.flatnonzero(flights.before < 0), np.flatnonzero(flights.after >= 0)
    again = links.again[links.find(i, flights.after[i])]
    return float((flights.totals[heads] + birth[heads]).sum() + again.sum())


def _moves(flights: Flights, links: Links, changed: Bools) -> Moves:
    """Every way to switch tails, to put one point into another path, to set one apart, and to cut a path in two, where
    a changed path has a part in it."""
    after, before, head = flights.after, flights.before, flights.head
    tried = (links.score > _LEAST_PAIR) & (changed[links.i] | changed[links.j])
    i, j = links.i[tried], links.j[tried]
    apart = head[i] != head[j]
    i, j = i[apart], j[apart]
    first = before[j] < 0
    k, b = i[first], j[first]
    lone = np.flatnonzero(changed & ((before >= 0) | (after >= 0)))
    cut = np.flatnonzero(changed & (after >= 0))
    every = [
        _as_moves((i, -1, j), (before[j], -1, after[i]), (head[i], head[j]), (i, before[j], -1)),
        _as_moves((i, j, after[i]), (before[j], -1, after[j]), (head[i], head[j]), (i, before[j], j)),
        _as_moves((-1, k, b), (before[k], -1, after[k]), (head[k], head[b]), (before[k], k, -1)),
        _as_moves((-1, lone, -1), (before[lone], -1, after[lone]), (head[lone], -1), (before[lone], lone, -1)),
        _as_moves((cut, -1, -1), (-1, -1, after[cut]), (head[cut], -1), (cut, -1, -1)),
    ]
    moves = Moves(*(np.concatenate([getattr(part, name) for part in every]) for name in ("one", "two", "olds", "cut")))
    return moves.take(np.isfinite(_again(links, moves.one) + _again(links, moves.two)))


def _as_moves(*parts: tuple[Ints | int, ...]) -> Moves:
    """Columns side by side, a number standing for as many of it as there are moves."""
    length = next(len(column) for column in parts[0] if not isinstance(column, int))
    one, two, olds, cut = (np.column_stack([np.broadcast_to(column, length) for column in part]) for part in parts)
    return Moves(one, two, olds, cut)


def _gain(flights: Flights, links: Links, birth: Floats, moves: Moves) -> Floats:
    """(M,) by how much each move raises the sum over all flights."""
    gain = _again(links, moves.one) + _again(links, moves.two)
    for path in (moves.one, moves.two):
        there = (path >= 0).any(axis=1)
        a, middle, s = path[there].T
        begin = np.where(a >= 0, flights.head[a], np.where(middle >= 0, middle, s))
        gain[there] += flights.worth(a, middle, s) + birth[begin]
    for old in moves.olds.T:
        there = old >= 0
        gain[there] -= (flights.totals + birth)[old[there]]
    for end in moves.cut.T:
        there = (end >= 0) & (flights.after[end] >= 0)
        gain[there] -= links.again[links.find(end[there], flights.after[end[there]])]
    return gain


def _again(links: Links, path: Ints) -> Floats:
    """(M,) sum of the terms of the new links in a path; -inf where a link is not to be had."""
    a, middle, s = path.T
    total = np.zeros(len(path))
    for left, right in ((a, middle), (middle, s), (np.where(middle < 0, a, -1), s)):
        there = np.flatnonzero((left >= 0) & (right >= 0))
        at = links.find(left[there], right[there])
        total[there] += np.where(at >= 0, links.again[at], -np.inf)
    return total


def _make_best(flights: Flights, moves: Moves, gain: Floats) -> tuple[Ints, Bools]:
    """Successors after the best moves that share no path, and which points lie on a path that was changed."""
    after, taken = flights.after.copy(), np.zeros(len(flights.after), dtype=bool)
    pays = np.flatnonzero(gain > _LEAST_GAIN)
    touched: list[int] = []
    for m in pays[np.argsort(-gain[pays], kind="stable")]:
        olds = [int(old) for old in moves.olds[m] if old >= 0]
        if taken[olds].any():
            continue
        taken[olds] = True
        touched += olds
        for a, middle, s in (moves.one[m], moves.two[m]):
            if middle >= 0:
                after[middle] = s
            if a >= 0:
                after[a] = middle if middle >= 0 else s
    return after, taken[flights.head] if touched else np.zeros(len(after), dtype=bool)


def _batches(n: int, size: int) -> list[Ints]:
    return np.split(np.arange(n), range(size, n, size)) if n else []
