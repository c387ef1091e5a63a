"""Counts over incidents, in the form of the report that inspired this project.

"18 attacks: 3 ground, 2 barrel bomb, 13 air strikes of which 2 Syrian, 7 Russian, 4 Syrian or Russian."

A mode is counted where it holds the standard of the case (`ground` is ground attack and ballistic missile together),
an attribution by its wording. Each count sums to the number of incidents: an incident in which an attack is not
established stands under `NOT_ESTABLISHED`, one whose mode can't be told under `UNDECIDED`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consilience.conclude.attribution import NOT_ATTRIBUTED
from consilience.conclude.casualties import UNKNOWN, Range, total
from consilience.records.counting import (
    GROUND,
    GROUND_MODES,
    NOT_ESTABLISHED,
    UNDECIDED,
    counted_mode,
    is_established,
)
from consilience.records.tables import FACILITY_KINDS, MODES

KIND_NOT_KNOWN = "not known"

Block = Mapping[str, Any]
"""One incident as findings.json has it."""


def add_up(incidents: Sequence[Block], kinds: Mapping[str, str | None], months: Mapping[str, str]) -> dict[str, Any]:
    """The block `totals`. `kinds` gives each incident's facility kind, `months` its local month as YYYY-MM."""
    killed = total(_killed(block) for block in incidents if is_established(block))
    kind_order = (*FACILITY_KINDS, KIND_NOT_KNOWN, NOT_ESTABLISHED)
    month_order = (*sorted(set(months.values())), NOT_ESTABLISHED)
    return {
        "by_mode": _count((counted_mode(block) for block in incidents), _mode_order()),
        "by_attribution": _count((attribution_of(block) for block in incidents), _wordings(incidents)),
        "by_facility_kind": _count((_kind(block, kinds) for block in incidents), kind_order),
        "by_month": _count((_month(block, months) for block in incidents), month_order),
        "killed": None if killed == UNKNOWN else list(killed),
    }


def why_totals_null(totals: Mapping[str, Any]) -> dict[str, str]:
    """A reason for each null in the totals, under its path in findings.json."""
    if totals["killed"] is None:
        return {"totals.killed": "no account of an attack gives a figure"}
    low, high = totals["killed"]
    why = {"totals.killed.0": "no account of an attack gives a least number"} if low is None else {}
    return why | ({"totals.killed.1": "some attacks have no upper figure"} if high is None else {})


def attribution_of(block: Block) -> str:
    """The wording under which an incident is counted."""
    return str(block["attribution"]["wording"]) if is_established(block) else NOT_ESTABLISHED


def _mode_order() -> tuple[str, ...]:
    air = tuple(mode for mode in MODES if mode not in GROUND_MODES)
    return (GROUND, *reversed(air), UNDECIDED, NOT_ESTABLISHED)


def _wordings(incidents: Sequence[Block]) -> list[str]:
    """Wordings in a fixed order: fewer parties first, in the order of case.toml; what is not attributed last."""
    found: dict[tuple[int, tuple[int, ...], str], str] = {}
    for block in incidents:
        names, order = block["attribution"]["set"], list(block["party"])
        if names:
            wording = str(block["attribution"]["wording"])
            found[len(names), tuple(order.index(name) for name in names), wording] = wording
    return [*(found[key] for key in sorted(found)), NOT_ATTRIBUTED, NOT_ESTABLISHED]


def _count(names: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    counted = Counter(names)
    return {name: counted[name] for name in order if counted[name]}


def _kind(block: Block, kinds: Mapping[str, str | None]) -> str:
    return (kinds.get(block["incident_id"]) or KIND_NOT_KNOWN) if is_established(block) else NOT_ESTABLISHED


def _month(block: Block, months: Mapping[str, str]) -> str:
    return months[block["incident_id"]] if is_established(block) else NOT_ESTABLISHED


def _killed(block: Block) -> Range:
    pair = block["casualties"]["killed"]
    return UNKNOWN if pair is None else (pair[0], pair[1])
