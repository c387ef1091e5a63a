"""What stands in for an order of battle where a case names none: nothing is known of who has what."""

from __future__ import annotations

from collections.abc import Sequence

from consilience.records.reference_data import Operator, OrderOfBattle, Platform, PriorShare
from consilience.records.tables import MODES
from consilience.records.weighed import OTHER

AIRCRAFT = "aircraft of no known type"

CRUISE_KMH = 600.0
"""Our choice: between a helicopter's 220 and a jet's 800, since neither can be told."""

_EVEN = 1.0 / len(MODES)
_WHY = "no order of battle: every mode alike"

_OTHER_CAUSES = (
    PriorShare("*", "together", 0.05, 0.01, 0.15, "several strikes are alleged; our choice: allies seldom share one"),
    PriorShare("*", "another cause", 0.02, 0.005, 0.10, "misfire, debris, left ordnance, secondary explosion"),
    PriorShare("*", "none", 0.01, 0.001, 0.10, "an allegation that somebody took seriously is seldom of nothing"),
)
"""Shares that no order of battle gives: our choice, as for Syria."""


def no_order_of_battle(parties: Sequence[str]) -> OrderOfBattle:
    """One aircraft of no known type that every party flies; every mode and, within it, every party alike.

    No base, weapon or word is known, so a log's words tell no aircraft from another, and nobody is told apart by them.
    """
    modes = ("air strike", "barrel bomb")
    aircraft = Platform(AIRCRAFT, modes, can_cluster=True, cruise_kmh=CRUISE_KMH, names=())
    shares = tuple(PriorShare(mode, None, _EVEN, 0.05, 0.85, _WHY) for mode in MODES)
    return OrderOfBattle(
        name="none",
        platforms={AIRCRAFT: aircraft},
        operators=tuple(Operator(AIRCRAFT, party, modes, 1.0, (), None, None) for party in (*parties, OTHER)),
        bases={},
        weapons=(),
        descriptions=(),
        priors=(*shares, *_OTHER_CAUSES),
        party_of_language={},
        lexicon=(),
    )
