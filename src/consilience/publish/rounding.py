"""Probabilities in per cent as every form tells them: never rounded across a level that something hangs on.

Whether an attack counts as established, and whether a mode or a party is named, is asked of the probability as it was
found. 0.9499 does not reach 0.95, so nobody may read "95 %" beside a finding that was held back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from consilience.records.counting import ATTACK_ESTABLISHED

LEVELS: Final = (ATTACK_ESTABLISHED,)
"""Levels that hold in every case."""
_SLACK: Final = 1e-9
"""A probability that misses a level by less reaches it, as in records/counting.py."""


def levels_of(incident: Mapping[str, Any]) -> tuple[float, ...]:
    """The levels that one incident of the findings was asked for: ours, and the case's `attribution_level`."""
    level = (incident.get("attribution") or {}).get("level")
    return LEVELS if level is None else (*LEVELS, float(level))


def told_percent(probability: float, levels: Sequence[float] = LEVELS) -> str:
    """Whole per cent from 5 to 95 %, one decimal beyond, held on its side of each of `levels`; without the sign."""
    return on_its_side(probability, 0 if 0.05 <= probability <= 0.95 else 1, levels)


def on_its_side(probability: float, digits: int, levels: Sequence[float] = LEVELS) -> str:
    """Per cent with `digits` decimals; where that would cross a level one decimal, at worst rounded away from it.

    `levels` are probabilities of no more than three decimals.
    """
    for shown in (f"{100 * probability:.{digits}f}", f"{100 * probability:.1f}"):
        crossed = [level for level in levels if _reaches(probability, level) != _reaches(float(shown) / 100, level)]
        if not crossed:
            return shown
    away = math.ceil if _reaches(probability, crossed[0]) else math.floor
    return f"{away(1000 * probability) / 10:.1f}"


def _reaches(probability: float, level: float) -> bool:
    return probability >= level - _SLACK
