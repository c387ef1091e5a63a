"""What a finding hangs on, as findings.json says it, and the attribution widened to what its assumptions allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from consilience.conclude.attribution import ONE_OF, Attribution, attribute
from consilience.conclude.fixed import fixed_distribution, fixed_probability, fixed_weight
from consilience.quantities import iso_utc, moment_at
from consilience.records.case import CaseSettings
from consilience.records.sensitivity import Answer, NextEvidence, Rival, Sensitivity, Swing
from consilience.records.weighed import OTHER

BITS_DECIMALS = 3
"""Our choice: a thousandth of a bit is far below what any model of ours foresees."""


def attribution_at(answer: Answer, settings: CaseSettings) -> Attribution:
    """Who would be named were this the answer: from probabilities rounded as they would be published."""
    return attribute(
        fixed_distribution(answer.party, (*settings.parties, OTHER)),
        fixed_probability(answer.together),
        parties=settings.parties,
        level=settings.attribution_level,
        attack_probability=fixed_probability(answer.attack),
        attack_weight=fixed_weight(answer.weight),
    )


def conclusion_of(settings: CaseSettings) -> Callable[[Answer], tuple[str, str]]:
    """What the breakdown number watches: the wording of the attribution, and the leading mode."""

    def conclusion(answer: Answer) -> tuple[str, str]:
        leading = max(sorted(answer.mode), key=lambda mode: round(answer.mode[mode], 9))
        return attribution_at(answer, settings).wording, leading

    return conclusion


def widen(named: Attribution, sensitivity: Sensitivity, settings: CaseSettings) -> tuple[Attribution, bool]:
    """The union of the sets at the ends of each assumption's range, the others as they are; does `named` survive?

    It survives where it still holds the standard at every end: a narrower set there is no failure. Where an end names
    nobody, it does not survive, and the union is over the ends that name somebody. What names nobody stays so. One at a
    time is our choice: at the joint corner of some eighty assumptions, each at its worst, no simulated war leaves one
    name; `party_range` shows that corner.
    """
    corners = [attribution_at(answer, settings) for party in settings.parties for answer in sensitivity.ends[party]]
    if not named.parties:
        return named, all(not corner.parties for corner in corners)
    survives = all(corner.parties and _within(corner, named) for corner in corners)
    union = {party for one in (named, *corners) for party in one.parties}
    if survives or (union == set(named.parties) and named.relation == ONE_OF):
        return named, survives
    ordered = tuple(party for party in settings.parties if party in union)
    words = ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} or {ordered[-1]}"
    return replace(named, parties=ordered, relation=ONE_OF, wording=words), survives


def _within(corner: Attribution, named: Attribution) -> bool:
    """Is all that the corner holds possible held by the attribution too?"""
    inside = set(corner.parties) <= set(named.parties)
    return inside and (named.relation == ONE_OF or corner.relation == named.relation)


def breakdown_block(sensitivity: Sensitivity) -> dict[str, Any]:
    """`sources` null: no removal that was tried changes the answer."""
    found = sensitivity.breakdown
    return {"sources": None} if found.groups is None else {"sources": found.groups, "which": list(found.which)}


def range_block(sensitivity: Sensitivity, party: dict[str, float]) -> dict[str, list[float]]:
    """Least and most of each party; the published value always lies between."""
    return {
        name: [min(fixed_probability(low), party[name]), max(fixed_probability(high), party[name])]
        for name, (low, high) in ((name, sensitivity.party_range[name]) for name in party)
    }


def sensitivity_block(swings: tuple[Swing, ...]) -> list[dict[str, Any]]:
    """The assumptions that move the parties most."""
    return [
        {"assumption": one.assumption, "low": one.low, "high": one.high, "moves": fixed_probability(one.moves)}
        for one in swings
    ]


def rival_block(rivals: tuple[Rival, ...]) -> list[dict[str, Any]]:
    """The strongest case for each other party, its pieces from those that speak for it to those against."""
    return [
        {
            "party": one.party,
            "platform": one.platform,
            "mode": one.mode,
            "time": iso_utc(moment_at(one.minute)),
            "log10_ratio": fixed_weight(one.total),
            "prior_log10": fixed_weight(one.prior),
            "pieces": [{"evidence_id": name, "weight_log10": fixed_weight(weight)} for name, weight in one.pieces],
        }
        for one in rivals
    ]


def next_block(proposals: tuple[NextEvidence, ...]) -> list[dict[str, Any]]:
    """What would tell most, in bits of party and of time."""
    return [
        {
            "kind": one.kind,
            "what": one.what,
            "expected_bits": round(one.party_bits + one.time_bits, BITS_DECIMALS),
            "party_bits": round(one.party_bits, BITS_DECIMALS),
            "time_bits": round(one.time_bits, BITS_DECIMALS),
        }
        for one in proposals
    ]
