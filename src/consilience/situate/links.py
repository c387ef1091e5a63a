"""Which sightings may follow each other in one flight, and the score of each such link.

score(i → j) = log p(Δt, place, heading, activity, marks of j | the flight of i) · p(i is not the flight's last)
             − log p(the same | a flight begins with j) · p(i is the last),
so the best set of paths is a minimum-cost flow (Zhang, Li & Nevatia 2008, "Global data association for multi-object
tracking using network flows"), and a link is worth having where its score is above zero.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from consilience.compiled import compiled, leaf, part
from consilience.situate.motion import first_state, follow, spare_km
from consilience.situate.track_points import Floats, Ints

_UNLIKE: Final = -12.0
"""Natural log of the odds of two marks on one aircraft below which a pace is not reckoned with."""


class Gaps(NamedTuple):
    """What is said of the time between two sightings of a flight, and of which is its first and last.

    `often` and `far` minutes are the means of two exponential laws, the second with the share `unseen`; `max_min` the
    longest gap; `takeoffs_last` and `others_last` the shares that are the last of their flight; `slip` and `twice` the
    factors for a start or an end in mid-flight and for one observer's double entry.
    """

    often: float
    far: float
    unseen: float
    max_min: float
    takeoffs_last: float
    others_last: float
    slip: float
    twice: float


class Links(NamedTuple):
    """Links i → j among N points, in rows start[i]:start[i + 1], j ascending, and their scores, natural logs.

    `again` is the part of the score that no other sighting of the flight can change: seen again at j, over: i was last.
    """

    start: Ints
    j: Ints
    score: Floats
    again: Floats


@leaf
def log_seen_again(i: Any, j: Any, gaps: Gaps) -> float:
    """log of: i is not the last of its flight and j is the next, dt later, over: i is the last."""
    dt = j.t - i.t
    seen = (1 - gaps.unseen) * math.exp(-dt / gaps.often) / gaps.often + gaps.unseen * math.exp(
        -dt / gaps.far
    ) / gaps.far
    last = gaps.takeoffs_last if i.starts else gaps.others_last
    odds = (1 - last) / last * seen
    if j.starts:
        odds *= gaps.slip
    if i.ends:
        odds *= gaps.slip
    if i.source == j.source and i.spot == j.spot and dt < 1:
        odds *= gaps.twice
    return math.log(odds)


@compiled
def score_links(at: Any, birth: Floats, said: Floats, motions: Any, gaps: Gaps, least: float) -> Links:
    """Every link within the gate whose score is above `least`, each sighting by itself alone.

    `at` (N,) of POINT by time; `birth` (N,) the log rate at which flights begin at each; `said` (P, K, K) the log of
    how much likelier one aircraft of the pace bears both marks than two aircraft.
    """
    n, room = len(at), 16 * len(at) + 16
    start = np.zeros(n + 1, dtype=np.int64)
    of, score, again = np.empty(room, dtype=np.int64), np.empty(room), np.empty(room)
    count = 0
    begun = [(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0) for _ in range(len(motions))]
    for a in range(n):
        i = at[a]
        for p in range(len(motions)):
            begun[p] = first_state(i, motions[p])
        for b in range(a + 1, n):
            j = at[b]
            if j.t - i.t > gaps.max_min:
                break
            best, total = -np.inf, 0.0  # log-sum-exp over the paces
            for p in range(len(motions)):
                both = said[p, i.mark, j.mark]
                if both <= _UNLIKE or spare_km(i, j, motions[p]) < 0:
                    continue
                fit = both + follow(begun[p], j.t - i.t, j, motions[p])[0]
                if fit > best:
                    best, total = fit, total * math.exp(best - fit) + 1.0
                else:
                    total += math.exp(fit - best)
            if best == -np.inf:
                continue
            then = log_seen_again(i, j, gaps)
            worth = best + math.log(total) + then - birth[b]
            if worth <= least:
                continue
            if count == room:
                room *= 2
                of, score, again = roomier(of, room), roomier(score, room), roomier(again, room)
            of[count], score[count], again[count] = b, worth, then
            count += 1
        start[a + 1] = count
    return Links(start, of[:count].copy(), score[:count].copy(), again[:count].copy())


@part
def roomier(column: Any, room: int) -> Any:
    """The column with room for so many rows."""
    wider = np.empty(room, dtype=column.dtype)
    for k in range(len(column)):  # a slice would take seconds to compile
        wider[k] = column[k]
    return wider


@leaf
def find_link(links: Links, i: int, j: int) -> int:
    """Where the link i → j stands in the table, -1 where there is no such link."""
    low, high = links.start[i], links.start[i + 1]
    while low < high:
        middle = (low + high) // 2
        if links.j[middle] < j:
            low = middle + 1
        else:
            high = middle
    return int(low) if low < links.start[i + 1] and links.j[low] == j else -1
