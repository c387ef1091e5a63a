"""How often chance alone says as much as the log says of an incident, in one sentence made from the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def placebo_sentence(finding: Mapping[str, Any]) -> str | None:
    """The counts of `placebo`, or why there are none; None where the finding has neither."""
    block = finding.get("placebo")
    if block is None:
        why = (finding.get("why_null") or {}).get("placebo")
        return None if why is None else f"Not counted: {why}."
    matches, shifts = block["matches"], block["shifts"]
    say = "says" if matches == 1 else "say"
    return (
        f"Of {shifts:,} other stretches of the log, each as long as the accounts' time interval, at least three hours "
        f"from every incident and in the same light, {matches:,} {say} at least as much for an attack from the air "
        f"here as the one that the accounts name ({_rate(matches, shifts)}). Stretches overlap: this is a rate, and "
        "not a p-value of so many trials."
    )


def _rate(matches: int, shifts: int) -> str:
    """Per cent to a tenth; none at all is less than one of them, never 0 %."""
    return f"{100 * matches / shifts:.1f} %" if matches else f"below {100 / shifts:.1f} %"
