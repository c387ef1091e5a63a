"""The best path cover: each sighting has at most one successor and one predecessor, the sum of scores is greatest."""

from __future__ import annotations

import heapq

import numpy as np

from consilience.compiled import compiled
from consilience.situate.track_points import Floats, Ints


@compiled
def choose_links(start: Ints, j: Ints, score: Floats) -> Ints:
    """(N,) the successor of each point, -1 where its path ends. Links i → j stand in rows start[i]:start[i + 1].

    Exact: maximum-weight bipartite matching by shortest augmenting paths with dual prices (Kuhn 1955; Jonker &
    Volgenant 1987, "A shortest augmenting path algorithm for dense and sparse linear assignment problems"); a point
    may stay without successor at no cost, so that only links with a score above zero are ever chosen. A path is
    sought only as far as it is worth, so that components that share no link know nothing of each other.
    """
    n = len(start) - 1
    after, before = np.full(n, -1), np.full(n, -1)
    price_i, price_j = np.zeros(n), np.zeros(n)
    dist, via, done = np.full(n, np.inf), np.full(n, -1), np.zeros(n, dtype=np.bool_)
    seen = np.empty(n, dtype=np.int64)
    heap = [(0.0, 0)]
    for root in range(n):
        heap.clear()
        n_seen, here, base = 0, root, 0.0
        cheapest = 0.0
        for at in range(start[root], start[root + 1]):
            cheapest = min(cheapest, -score[at] - price_j[j[at]])
        price_i[root] = cheapest
        best, last_i, last_j = np.inf, -1, -1
        while True:
            if base - price_i[here] < best:  # here, the path ends
                best, last_i, last_j = base - price_i[here], here, -1
            for at in range(start[here], start[here + 1]):
                to = j[at]
                if score[at] <= 0 or done[to]:
                    continue
                d = base - score[at] - price_i[here] - price_j[to]
                if d < dist[to] and d < best:
                    if dist[to] == np.inf:
                        seen[n_seen] = to
                        n_seen += 1
                    dist[to], via[to] = d, here
                    heapq.heappush(heap, (d, to))
            to = -1
            while len(heap):
                d, next_j = heapq.heappop(heap)
                if not done[next_j]:
                    to = next_j
                    break
            if to < 0 or dist[to] >= best:
                break
            base = dist[to]
            if before[to] < 0:
                best, last_i, last_j = base, via[to], to
                break
            done[to] = True
            here = before[to]
        price_i[root] += best
        for s in range(n_seen):
            to = seen[s]
            if done[to]:
                price_i[before[to]] += best - dist[to]
                price_j[to] += dist[to] - best
        while True:  # hand the columns on along the path, from its end to the root
            freed = after[last_i]
            after[last_i] = last_j
            if last_j >= 0:
                before[last_j] = last_i
            if last_i == root:
                break
            last_i, last_j = via[freed], freed
        for s in range(n_seen):
            dist[seen[s]], done[seen[s]] = np.inf, False
    return after
