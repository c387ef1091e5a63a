"""What a repair did, or would do, in lines and as JSON values."""

from __future__ import annotations

from typing import Any

from consilience.casework.keeping import Repair
from consilience.vault.checking import Damage
from consilience.vault.store import FOLDER
from consilience.vault.survey import shown


def repair_lines(repair: Repair) -> list[str]:
    """One line a thing, then the sum."""
    lines = [
        f"{shown(FOLDER / damage.path)}: {damage.what}; CAN'T BE REPAIRED: {why}" for damage, why in _beyond(repair)
    ]
    if repair.done is None or repair.after is None:
        lines += [f"{shown(FOLDER / mend.path)}: {mend.fault.value}; would be {mend.how}" for mend in repair.plan.mends]
        if not lines:
            return ["whole: nothing to repair"]
        then = " Run again with --yes to do it." if repair.plan.mends else ""
        return [*lines, f"{len(repair.plan.mends)} would be mended.{then}"]
    for done in repair.done:
        kept = "" if done.found is None else f"; what lay there is kept in quarantine, {done.found}"
        lines.append(f"{shown(FOLDER / done.path)}: {done.fault.value}; {done.how}{kept}")
    left = [f"{damage}; STAYS DAMAGED" for damage in repair.after.damaged]
    return [*lines, *left, f"{len(repair.done)} mended, {len(left)} still damaged"]


def repair_json(repair: Repair) -> dict[str, Any]:
    """JSON values with the same content."""
    mends = repair.plan.mends if repair.done is None else repair.done
    return {
        "whole": repair.is_whole,
        "carried_out": repair.done is not None,
        "mended": [{"path": shown(FOLDER / one.path), "fault": one.fault.value, "how": one.how} for one in mends],
        "beyond": [
            {"path": shown(FOLDER / damage.path), "what": damage.what, "why": why} for damage, why in _beyond(repair)
        ],
        "still_damaged": None if repair.after is None else [str(damage) for damage in repair.after.damaged],
    }


def _beyond(repair: Repair) -> tuple[tuple[Damage, str], ...]:
    return repair.plan.beyond
