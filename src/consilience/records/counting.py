"""Under what an incident of findings.json is counted: one rule for the totals, the tables and every sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ATTACK_ESTABLISHED = 0.95
"""Below this probability of an attack nobody is named and nothing is counted (findings-format.md)."""

GROUND = "ground"
GROUND_MODES = ("ground attack", "ballistic missile")
"""Counted as one, as the report that inspired this project counts them."""

UNDECIDED = "not decidable"
NOT_ESTABLISHED = "attack not established"

_SLACK = 1e-9
"""Published probabilities sum to 1 within this; a mode that misses the standard by less holds it."""


def is_established(incident: Mapping[str, Any]) -> bool:
    """Does the probability of an attack reach what naming a party asks for?"""
    return bool(incident["attack_probability"] >= ATTACK_ESTABLISHED)


def counted_mode(incident: Mapping[str, Any]) -> str:
    """The mode that holds the attribution level, `ground` for both ground modes, else why none is counted."""
    if not is_established(incident):
        return NOT_ESTABLISHED
    grouped: dict[str, float] = {}
    for mode, probability in incident["mode"].items():
        name = GROUND if mode in GROUND_MODES else mode
        grouped[name] = grouped.get(name, 0.0) + probability
    leading = max(grouped, key=lambda name: grouped[name])
    return leading if grouped[leading] >= incident["attribution"]["level"] - _SLACK else UNDECIDED


def clear_mode(incident: Mapping[str, Any]) -> str | None:
    """The mode that may be stated as how it was hit: it alone holds the attribution level; None where none does."""
    leading: str = max(incident["mode"], key=lambda name: incident["mode"][name])
    holds = incident["mode"][leading] >= incident["attribution"]["level"] - _SLACK
    return leading if holds and is_established(incident) else None
