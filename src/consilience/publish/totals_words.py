"""Totals as the report that inspired this project says them, and as small tables.

"18 attacks: 3 ground, 2 barrel bomb, 13 air strikes of which 2 Syrian, 7 Russian, 4 Syrian or Russian."
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consilience.publish.local_time import month_words
from consilience.records.counting import GROUND, UNDECIDED, counted_mode, is_established

_SHOWN = {"air strike": ("air strike", "air strikes"), UNDECIDED: ("of a mode not decidable",) * 2}


@dataclass(frozen=True, slots=True)
class Count:
    """A named number and its share of the largest beside it, for a bar."""

    name: str
    count: int
    share: float


def sentence(incidents: Sequence[Mapping[str, Any]], wordings: Iterable[str]) -> str:
    """The totals in one sentence, each mode with its attributions.

    `wordings` give the order in which attributions are named.
    """
    attacks = [one for one in incidents if is_established(one)]
    order = list(wordings)
    modes = Counter(counted_mode(one) for one in attacks)
    ordered = [
        GROUND,
        "barrel bomb",
        "air strike",
        *sorted(set(modes) - {GROUND, "barrel bomb", "air strike", UNDECIDED}),
        UNDECIDED,
    ]
    parts = []
    for mode in ordered:
        if not modes[mode]:
            continue
        named = Counter(_wording(one) for one in attacks if counted_mode(one) == mode)
        singular, plural = _SHOWN.get(mode, (mode, mode))
        noun = singular if modes[mode] == 1 else plural
        parts.append(f"{modes[mode]} {noun}{_of_which(named, order, modes[mode])}")
    rest = len(incidents) - len(attacks)
    text = f"{len(attacks)} {'attack' if len(attacks) == 1 else 'attacks'}"
    text += f": {'; '.join(parts)}." if parts else "."
    return text + (f" In {rest} more, an attack is not established." if rest else "")


def _of_which(named: Mapping[str, int], order: Sequence[str], of: int) -> str:
    """ " (Syrian)", " (all Syrian or Russian)", ", of which 2 Syrian, 7 Russian, 4 Syrian or Russian"."""
    found = [wording for wording in order if named.get(wording)]
    if len(found) == 1:
        return f" ({found[0]})" if of == 1 else f" (all {found[0]})"
    return ", of which " + ", ".join(f"{named[wording]} {wording}" for wording in found) if found else ""


def _wording(incident: Mapping[str, Any]) -> str:
    return str((incident.get("attribution") or {}).get("wording") or "not attributed")


def counts(block: Mapping[str, int] | None, *, are_months: bool = False) -> tuple[Count, ...]:
    """One block of `totals`, in its own order."""
    most = max((block or {}).values(), default=1)
    return tuple(
        Count(month_words(name) if are_months else name.replace("_", " "), count, count / most)
        for name, count in (block or {}).items()
    )
