"""What attackers learn with, and how well a score places posts: ridge regression, boosted trees, and three measures."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

RIDGE = 30.0
ROUNDS, DEPTH, RATE, LEAST, SMOOTH = 40, 3, 0.15, 8, 1.0
"""Of the boosted trees: how many, how deep (three things read together), how much of each counts, how many examples a
leaf has at least, and how far leaves are drawn to nothing. Our choice; a rule that joins three things is found."""
BINS = 16
SILENT = -9.0
"""What stands for NaN in a tree: below all that is read."""
DRAWS = 4000


def standardised(columns: Values) -> Values:
    """Each column less its mean and by its spread, within one war; 0 where it says nothing."""
    spread = columns.std(axis=0)
    return np.where(spread > 1e-9, (columns - columns.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0), 0.0)


def trained(wars: Sequence[tuple[Values, Flags]], columns: Values) -> Values:
    """Scores of towns by a ridge regression (Hoerl & Kennard 1970) of what other wars told of towns on whether a
    post stood there."""
    known = np.vstack([features for features, _ in wars])
    stood = np.concatenate([manned - manned.mean() for _, manned in wars])
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ stood)
    return columns @ weights


@dataclass(frozen=True, slots=True)
class Tree:
    """Whole binary tree: node k asks whether column `column[k]` exceeds `above[k]`, no to 2k+1 and yes to 2k+2."""

    column: NDArray[np.intp]
    above: Values
    leaf: Values

    def of(self, columns: Values) -> Values:
        """The leaf of each row."""
        node = np.zeros(len(columns), dtype=np.intp)
        for _ in range(DEPTH):
            node = 2 * node + 1 + (columns[np.arange(len(columns)), self.column[node]] > self.above[node])
        leaves: Values = self.leaf[node - (2**DEPTH - 1)]
        return leaves


@dataclass(frozen=True, slots=True)
class Trees:
    """Log-odds as a sum of trees."""

    base: float
    trees: tuple[Tree, ...]

    def of(self, columns: Values) -> Values:
        """Log-odds of each row."""
        read = np.nan_to_num(columns, nan=SILENT)
        summed: Values = np.sum([tree.of(read) for tree in self.trees], axis=0)
        return self.base + RATE * summed


def boosted(columns: Values, flags: Flags) -> Trees:
    """Gradient boosting of logistic loss with Newton steps (Friedman 2001; Chen & Guestrin 2016, eq. 5 to 7)."""
    read = np.nan_to_num(columns, nan=SILENT)
    share = float(np.clip(flags.mean(), 0.01, 0.99))
    base = float(np.log(share / (1.0 - share)))
    edges = [np.unique(np.quantile(column, np.linspace(0.0, 1.0, BINS + 2)[1:-1])) for column in read.T]
    codes = np.column_stack([np.searchsorted(at, column) for at, column in zip(edges, read.T, strict=True)])
    odds, trees = np.full(len(read), base), []
    for _ in range(ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-odds))
        tree = _grown(codes, edges, flags - chance, chance * (1.0 - chance))
        trees.append(tree)
        odds += RATE * tree.of(read)
    return Trees(base, tuple(trees))


def _grown(codes: NDArray[np.intp], edges: Sequence[Values], slope: Values, bend: Values) -> Tree:
    """One tree, each node split where the loss falls most; a node that can't be split sends all to its first child."""
    inner = 2**DEPTH - 1
    column, above, leaf = np.zeros(inner, dtype=np.intp), np.full(inner, np.inf), np.zeros(inner + 1)
    rows = {0: np.arange(len(codes))}
    for node in range(inner):
        found = _best_split(codes[rows[node]], slope[rows[node]], bend[rows[node]])
        is_over = np.zeros(len(rows[node]), dtype=np.bool_)
        if found is not None:
            column[node], above[node] = found[0], edges[found[0]][found[1]]
            is_over = codes[rows[node], found[0]] > found[1]
        rows[2 * node + 1], rows[2 * node + 2] = rows[node][~is_over], rows[node][is_over]
    for end in range(inner + 1):
        mine = rows[inner + end]
        leaf[end] = slope[mine].sum() / (bend[mine].sum() + SMOOTH)
    return Tree(column, above, leaf)


def _best_split(codes: NDArray[np.intp], slope: Values, bend: Values) -> tuple[int, int] | None:
    """Column and bin after which to split; None where nothing is gained with enough on both sides."""
    if len(codes) < 2 * LEAST:
        return None
    width, many = BINS + 1, codes.shape[1]
    flat = (codes + width * np.arange(many)).ravel()

    def upto(weights: Values) -> Values:
        summed = np.bincount(flat, weights=np.repeat(weights, many), minlength=width * many)
        return np.cumsum(summed.reshape(many, width), axis=1)

    steep, round_, count = upto(slope), upto(bend), upto(np.ones(len(codes)))
    rest_steep, rest_round = steep[:, -1:] - steep, round_[:, -1:] - round_
    gain = steep**2 / (round_ + SMOOTH) + rest_steep**2 / (rest_round + SMOOTH)
    gain -= steep[:, -1:] ** 2 / (round_[:, -1:] + SMOOTH)
    gain[(count < LEAST) | (count > len(codes) - LEAST)] = 0.0
    best = int(np.argmax(gain))
    return divmod(best, width) if gain.flat[best] > 1e-9 else None


def area_under_curve(scores: Values, manned: Flags) -> float:
    """How often a town with a post scores above one without; ties count half (Hanley & McNeil 1982)."""
    gaps = scores[manned][:, None] - scores[~manned][None, :]
    return float(np.mean((gaps > 1e-12) + 0.5 * (np.abs(gaps) <= 1e-12)))


def hits(scores: Values, manned: Flags, count: int) -> float:
    """Of so many towns that score highest, how many have a post; ties give each of the tied its share."""
    order = np.sort(scores)[::-1]
    least = order[min(count, len(order)) - 1]
    above, tied = scores > least + 1e-12, np.abs(scores - least) <= 1e-12
    return float((manned & above).sum() + (count - above.sum()) * manned[tied].mean())


def mean_rank(scores: Values, manned: Flags) -> float:
    """The mean rank of towns with a post, from 1, as a share of all towns; 0.5 is chance."""
    ranks = [(scores > one + 1e-12).sum() + 0.5 * (np.abs(scores - one) <= 1e-12).sum() for one in scores[manned]]
    return float(np.mean(ranks) / len(scores))


def interval(values: Values) -> tuple[float, float, float]:
    """The mean over wars and its bootstrap interval of 95 % (Efron & Tibshirani 1993, percentiles)."""
    drawn = random.Random(20170404)
    means = sorted(float(np.mean(drawn.choices(list(values), k=len(values)))) for _ in range(DRAWS))
    return float(np.mean(values)), means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS)]
