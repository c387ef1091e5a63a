"""The best path cover: each sighting has at most one successor and one predecessor, the sum of scores is greatest."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from consilience.situate.links import Links
from consilience.situate.track_points import Ints

_DENSE: Final = 600
"""Rows or columns beyond which a component is solved as a sparse matching; below, the dense one is faster here."""


def choose_links(links: Links, n: int) -> Ints:
    """(N,) the successor of each point, -1 where its path ends.

    Exact: maximum-weight bipartite matching (Kuhn 1955; Crouse 2016, "On implementing 2D rectangular assignment
    algorithms") within each connected component of "i may be followed by j", where components share nothing.
    """
    successor = np.full(n, -1, dtype=np.int64)
    if not len(links.i):
        return successor
    graph = coo_matrix((np.ones(len(links.i)), (links.i, links.j + n)), shape=(2 * n, 2 * n))
    _, component = connected_components(graph, directed=False)
    of_link = component[links.i]
    order = np.argsort(of_link, kind="stable")
    bounds = np.flatnonzero(np.diff(of_link[order])) + 1
    for members in np.split(order, bounds):
        i, j = links.i[members], links.j[members]
        if len(members) == 1:
            successor[i] = j
            continue
        rows, a = np.unique(i, return_inverse=True)
        columns, b = np.unique(j, return_inverse=True)
        score = links.score[members]
        large = max(len(rows), len(columns)) > _DENSE
        picked = _match_sparse(a, b, score) if large else _match_dense(a, b, score)
        successor[i[picked]] = j[picked]
    return successor


def _match_dense(a: Ints, b: Ints, score: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Ints:
    """Indexes of the links chosen; a free cell costs nothing and means that both ends stay free."""
    gain = np.zeros((a.max() + 1, b.max() + 1))
    gain[a, b] = score
    number = np.full(gain.shape, -1, dtype=np.int64)
    number[a, b] = np.arange(len(a))
    chosen = number[linear_sum_assignment(gain, maximize=True)]
    return np.asarray(chosen[chosen >= 0])


def _match_sparse(a: Ints, b: Ints, score: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Ints:
    """The same for large components: every row may take a column of its own that stands for "the path ends"."""
    rows, columns = a.max() + 1, b.max() + 1
    top = score.max() + 1.0
    cost = csr_matrix(
        (
            np.concatenate([top - score, np.full(rows, top)]),
            (np.concatenate([a, np.arange(rows)]), np.concatenate([b, columns + np.arange(rows)])),
        ),
        shape=(rows, columns + rows),
    )
    of_row, of_column = min_weight_full_bipartite_matching(cost)
    partner = np.full(rows, -1, dtype=np.int64)
    partner[of_row] = of_column
    return np.flatnonzero(partner[a] == b)
