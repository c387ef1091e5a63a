"""How often the findings are right in simulated wars whose truth is known.

Each unit is one war of 60 attacks in 20 days, of a stated kind. Counted over the attacks that a named party made alone:
Cllr of the odds between the two parties (Brümmer & du Preez 2006: 1 is knowing nothing, 0 is knowing all), how often a
single party was named and how often rightly, and how often the interval for the time holds the true time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import consilience
from consilience.worlds.kinds import KINDS
from consilience.worlds.make import make_world

WARS_OF_A_KIND = 5
ATTACKS, DAYS = 60, 20
UNITS = tuple(f"{kind} {seed}" for kind in KINDS for seed in range(1, WARS_OF_A_KIND + 1))
LEAST = 1e-6
"""Published probabilities have six decimals; odds are held off 0 and infinity by the last of them."""


def prove(unit: str, folder: Path) -> dict[str, object]:
    """Make the war, run it, and count over its attacks."""
    kind, seed = unit.rsplit(" ", 1)
    make_world(seed=int(seed), attacks=ATTACKS, days=DAYS, out=folder, kind=kind)
    truth = {row["incident_id"]: row for row in json.loads((folder / "truth.json").read_text("utf-8"))["incidents"]}
    findings = consilience.open_case(folder / "case").run().data
    pairs = [(block, truth[block["incident_id"]]) for block in findings["incidents"]]
    attacks = [(block, true) for block, true in pairs if true["attack"]]
    parties = [name for name in findings["incidents"][0]["party"] if name != "other"]
    by_one = [(block, true) for block, true in attacks if len(true["parties"]) == 1 and true["parties"][0] in parties]
    named = [(block["attribution"]["set"], true["parties"]) for block, true in by_one]
    return {
        "kind": kind,
        "incidents": len(pairs),
        "attacks": len(attacks),
        "time_held": sum(holds_time(block, true) for block, true in attacks),
        "by_one": len(by_one),
        "cost_bits": sum(cost_bits(block, true["parties"][0], parties) for block, true in by_one),
        "set_holds": sum(true[0] in names for names, true in named),
        "single": sum(len(names) == 1 for names, _ in named),
        "single_right": sum(names == true for names, true in named),
    }


def holds_time(block: Mapping[str, Any], true: Mapping[str, Any]) -> bool:
    """Does the interval hold the true moment of the first impact?"""
    low, at, high = (
        datetime.fromisoformat(text) for text in (block["time"]["low"], true["time"], block["time"]["high"])
    )
    return low <= at <= high


def cost_bits(block: Mapping[str, Any], true: str, parties: Sequence[str]) -> float:
    """log2(1 + 1/odds) for the true party against the other named ones: what a perfect gambler loses."""
    mine = max(block["party"][true], LEAST)
    others = max(sum(block["party"][name] for name in parties if name != true), LEAST)
    return math.log2(1.0 + others / mine)


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """One line for each kind of war."""
    return [line(kind, [result for result in results if result["kind"] == kind]) for kind in KINDS]


def line(kind: str, results: Sequence[Mapping[str, Any]]) -> str:
    """Counts first, then what they come to."""
    total = {name: sum(result[name] for result in results) for name in results[0] if name != "kind"}
    cllr = total["cost_bits"] / total["by_one"]
    return (
        f"{kind}: {len(results)} wars, {total['attacks']} attacks; time held {total['time_held']}; "
        f"of {total['by_one']} by one named party: Cllr {cllr:.3f}, in the set {total['set_holds']}, "
        f"named alone {total['single']}, of these rightly {total['single_right']}"
    )
