"""`Sensitivity` as JSON values and back, exactly: a part of what `weighed_store` keeps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from consilience.records.sensitivity import Answer, Breakdown, NextEvidence, Rival, Sensitivity, Swing


def sensitivity_to_json(one: Sensitivity) -> dict[str, Any]:
    """Objects, lists and numbers alone."""
    return asdict(one)


def sensitivity_from_json(data: dict[str, Any]) -> Sensitivity:
    """The record that `sensitivity_to_json` took apart, after JSON has made lists of its tuples."""
    broken = data["breakdown"]
    return Sensitivity(
        breakdown=Breakdown(broken["groups"], tuple(broken["which"])),
        party_range={party: (low, high) for party, (low, high) in data["party_range"].items()},
        ends={party: (Answer(**low), Answer(**high)) for party, (low, high) in data["ends"].items()},
        swings=tuple(Swing(**one) for one in data["swings"]),
        rivals=tuple(
            Rival(**one | {"pieces": tuple((name, weight) for name, weight in one["pieces"])}) for one in data["rivals"]
        ),
        next_evidence=tuple(NextEvidence(**one) for one in data["next_evidence"]),
    )
