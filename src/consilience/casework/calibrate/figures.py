"""From judged incidents to the figures of a calibration, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from consilience.casework.calibrate.cost import Bools, Floats, cllr, cllr_min, log2_odds
from consilience.casework.calibrate.intervals import DRAWS, Figure, Indices, bootstrap, wilson
from consilience.casework.calibrate.judged import Judged

Odds = tuple[Floats, Bools]


def by_one_of(rows: Sequence[Judged], parties: Sequence[str]) -> list[Judged]:
    """The attacks that one of the two parties made alone: those over which Cllr is taken."""
    return [row for row in rows if row.is_attack and len(row.truth) == 1 and row.truth[0] in parties]


def odds_of(rows: Sequence[Judged], parties: Sequence[str]) -> Odds:
    """log2 of p / (1 − p) with p = P(first party | it was one of the two), and whether it was the first."""
    first, second = np.array([row.first for row in rows]), np.array([row.second for row in rows])
    return log2_odds(first, second), np.array([row.truth == (parties[0],) for row in rows], dtype=bool)


def figures(rows: Sequence[Judged], parties: Sequence[str], seed: int, draws: int = DRAWS) -> dict[str, Figure]:
    """Every figure of calibration.json over these incidents, by its key; `seed` and `draws` are the bootstrap's.

    `named_one` counts attacks; `named_one_right` every incident in which one party is named, and where there was no
    attack, or two parties made it, naming one is wrong. `set_coverage` counts attacks in which anybody is named:
    naming nobody claims nothing, and `set_given` says how often it is done. Time is counted over all attacks.
    """
    attacks = [row for row in rows if row.is_attack]
    single = [row for row in rows if len(row.named) == 1]
    named = [row for row in attacks if row.named]
    return {
        **_costs(by_one_of(rows, parties), parties, seed, draws),
        "named_one": wilson(sum(len(row.named) == 1 for row in attacks), len(attacks)),
        "named_one_right": wilson(sum(row.named == row.truth for row in single), len(single)),
        "set_given": wilson(len(named), len(attacks)),
        "set_coverage": wilson(sum(set(row.truth) <= set(row.named) for row in named), len(named)),
        "time_coverage": wilson(sum(bool(row.held) for row in attacks), len(attacks)),
        "median_minutes": bootstrap(_median_of(attacks), [row.world for row in attacks], seed, draws),
    }


def _costs(alone: Sequence[Judged], parties: Sequence[str], seed: int, draws: int) -> dict[str, Figure]:
    """Cllr, its least, the loss of calibration, and Cllr of the first party's probability just as published."""
    worlds = [row.world for row in alone]
    odds, is_first = odds_of(alone, parties)
    first = np.array([row.first for row in alone])
    published = log2_odds(first, 1 - first)
    measures: dict[str, Callable[[Indices], float]] = {
        "cllr": lambda k: cllr(odds[k], is_first[k]),
        "cllr_min": lambda k: cllr_min(odds[k], is_first[k]),
        "cllr_cal": lambda k: cllr(odds[k], is_first[k]) - cllr_min(odds[k], is_first[k]),
        "cllr_published": lambda k: cllr(published[k], is_first[k]),
    }
    return {name: bootstrap(measure, worlds, seed, draws) for name, measure in measures.items()}


def _median_of(rows: Sequence[Judged]) -> Callable[[Indices], float]:
    errors = np.array([abs(row.late) for row in rows if row.late is not None])
    return lambda k: float(np.median(errors[k])) if len(k) else float("nan")


def by_evidence(rows: Sequence[Judged], parties: Sequence[str], seed: int) -> dict[str, dict[str, Figure]]:
    """The figures again among incidents with little and with much evidence."""
    groups: dict[str, Callable[[Judged], bool]] = {
        "one account": lambda row: row.accounts <= 1,
        "two accounts": lambda row: row.accounts == 2,
        "three or four accounts": lambda row: row.accounts in (3, 4),
        "five accounts or more": lambda row: row.accounts >= 5,
        "no flight did it": lambda row: row.attacker_rows < 0,
        "attacking flight not logged": lambda row: row.attacker_rows == 0,
        "logged once or twice": lambda row: row.attacker_rows in (1, 2),
        "logged three to five times": lambda row: 3 <= row.attacker_rows <= 5,
        "logged six times or more": lambda row: row.attacker_rows >= 6,
    }
    chosen = {name: [row for row in rows if belongs(row)] for name, belongs in groups.items()}
    return {name: figures(some, parties, seed) for name, some in chosen.items() if some}
