"""What stands in for an order of battle where a case names none: nothing is known of who has what."""

from __future__ import annotations

from consilience.records.reference_data import OrderOfBattle, PriorShare
from consilience.records.tables import MODES

_EVEN = 1.0 / len(MODES)
_WHY = "no order of battle: every mode alike"

_OTHER_CAUSES = (
    PriorShare("*", "together", 0.05, 0.01, 0.15, "both named parties, where several strikes are alleged (method.md)"),
    PriorShare(
        "*", "another cause", 0.02, 0.005, 0.10, "misfire, debris, left ordnance, secondary explosion (method.md)"
    ),
    PriorShare("*", "none", 0.01, 0.001, 0.10, "an allegation that somebody took seriously (method.md)"),
)


def no_order_of_battle() -> OrderOfBattle:
    """No platform, base, weapon or word; every mode and, within it, every party alike."""
    shares = tuple(PriorShare(mode, None, _EVEN, 0.05, 0.85, _WHY) for mode in MODES)
    return OrderOfBattle(
        name="none",
        platforms={},
        operators=(),
        bases={},
        weapons=(),
        descriptions=(),
        priors=(*shares, *_OTHER_CAUSES),
        party_of_language={},
        lexicon=(),
    )
