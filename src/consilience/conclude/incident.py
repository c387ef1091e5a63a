"""One incident's block of findings.json, from its posterior and the case's own rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consilience.conclude.attribution import Attribution, attribute, not_on_one_source
from consilience.conclude.casualties import UNKNOWN, Casualties, Range
from consilience.conclude.confidence import grade_confidence
from consilience.conclude.fixed import fixed_distribution, fixed_probability, fixed_weight
from consilience.conclude.sensitivity import (
    breakdown_block,
    next_block,
    range_block,
    rival_block,
    sensitivity_block,
    widen,
)
from consilience.quantities import iso_utc, moment_at
from consilience.records.case import CaseSettings
from consilience.records.tables import MODES
from consilience.records.weighed import CAUSES, OTHER, Placebo, WeighedIncident, WeighedPiece

TIME_LEVEL = 0.95
"""Level of the interval for the time of an attack, whatever the standard of attribution (method.md, What comes out)."""

FIELDS = ("time", "place", "mode", "party")

LEAST_LISTED = 0.01
"""Flights below this responsibility are summed, not listed (findings-format.md)."""

WHY_NOT_PROBED = "worked out for cases of up to 500 incidents; `consilience whatif` answers for one incident"
WHY_NO_PLACEBO = "worked out by a run, for cases of up to 500 incidents"
PROBED = ("party_range", "attribution.survives_range", "breakdown", "sensitivity", "rival", "next_evidence")
"""Blocks that are null together, where what a finding hangs on was not asked."""


def conclude_incident(
    weighed: WeighedIncident, row: Mapping[str, Any], settings: CaseSettings, casualties: Casualties
) -> dict[str, Any]:
    """The block of one incident, keys in the order of findings-format.md.

    `row` is its canonical row of `incidents`. Attribution is made from the published (rounded) probabilities, so that
    a reader can make it again from the file alone.
    """
    cause = fixed_distribution(weighed.cause, CAUSES)
    party = fixed_distribution(weighed.party, (*settings.parties, OTHER))
    together = fixed_probability(weighed.together)
    named = attribute(
        party,
        together,
        parties=settings.parties,
        level=settings.attribution_level,
        attack_probability=cause["attack"],
        attack_weight=weighed.log10_lr["attack:none"],
    )
    probed, survives = weighed.sensitivity, None
    if probed is not None:
        named, survives = widen(named, probed, settings)
    carrier, why_no_carrier = _carrier(weighed, named, settings)
    if carrier is not None and settings.single_source == "widen":
        named = not_on_one_source(named, party, settings.parties)
    confidence = grade_confidence(weighed)
    return {
        "incident_id": weighed.incident_id,
        "title": row["title"],
        "facility_id": row["facility_id"],
        "attack_probability": cause["attack"],
        "cause": cause,
        "time": _time(weighed),
        "mode": fixed_distribution(weighed.mode, MODES),
        "cluster": fixed_probability(weighed.cluster),
        "platform": fixed_distribution(weighed.platform, sorted(weighed.platform)),
        "party": party,
        "together": together,
        "party_range": None if probed is None else range_block(probed, party),
        "log10_lr": {pair: fixed_weight(weight) for pair, weight in sorted(weighed.log10_lr.items())},
        "attribution": {
            "set": list(named.parties),
            "relation": named.relation,
            "wording": named.wording,
            "level": named.level,
            "survives_range": survives,
            "single_source": carrier,
        },
        "confidence": {"grade": confidence.grade, "because": list(confidence.because)},
        "breakdown": None if probed is None else breakdown_block(probed),
        "placebo": _placebo(weighed.placebo),
        "casualties": {"killed": _pair(casualties.killed), "injured": _pair(casualties.injured)},
        "evidence": [_piece(piece) for piece in sorted(weighed.pieces, key=lambda p: (p.kind, p.evidence_id))],
        "tracks": _tracks(weighed),
        "sensitivity": None if probed is None else sensitivity_block(probed.swings),
        "rival": None if probed is None else rival_block(probed.rivals),
        "next_evidence": None if probed is None else next_block(probed.next_evidence),
        "why_null": _why_null(weighed, row, named, casualties) | why_no_carrier,
    }


def _carrier(weighed: WeighedIncident, named: Attribution, settings: CaseSettings) -> tuple[str | None, dict[str, str]]:
    """The source without which one named party would not be, or None and why there is none."""
    if settings.single_source == "off":
        why = 'the case asks for no such rule (single_source = "off")'
    elif not named.names_one:
        why = "not one party alone is named"
    elif weighed.carried is None:
        why = "not asked"
    elif weighed.carried.source is None:
        why = "no one source carries the name: without any of them the same party is named"
    else:
        return weighed.carried.source, {}
    return None, {"attribution.single_source": why}


def _time(weighed: WeighedIncident) -> dict[str, Any]:
    return {
        "median": iso_utc(moment_at(weighed.time_median)),
        "low": iso_utc(moment_at(weighed.time_low)),
        "high": iso_utc(moment_at(weighed.time_high)),
        "level": TIME_LEVEL,
    }


def _placebo(told: Placebo | None) -> dict[str, int | None] | None:
    return None if told is None or told.why_null is not None else {"matches": told.matches, "shifts": told.shifts}


def _piece(piece: WeighedPiece) -> dict[str, Any]:
    """A piece with all four cells; an empty one where the piece says nothing on that field."""
    cells: dict[str, Any] = {field: {} for field in FIELDS}
    for field, cell in piece.cells.items():
        cells[field] = {
            "weight_log10": fixed_weight(cell.weight),
            "conflict_p": fixed_probability(cell.conflict),
            "verdict": cell.verdict.value,
        }
    return {
        "evidence_id": piece.evidence_id,
        "kind": piece.kind,
        "group": piece.group,
        "verdict": piece.verdict.value,
        "cells": cells,
    }


def _tracks(weighed: WeighedIncident) -> list[dict[str, Any]]:
    shares = [(fixed_probability(share.responsibility), share) for share in weighed.tracks]
    listed = [(share, track) for share, track in shares if share >= LEAST_LISTED]
    return [
        {"track_id": track.track_id, "responsibility": share, "sightings": list(track.sightings)}
        for share, track in sorted(listed, key=lambda pair: (-pair[0], pair[1].track_id))
    ]


def _why_null(
    weighed: WeighedIncident, row: Mapping[str, Any], named: Attribution, casualties: Casualties
) -> dict[str, str]:
    """A reason for each null of the block, and for an empty attribution."""
    why: dict[str, str] = {}
    if weighed.placebo is None:
        why["placebo"] = WHY_NO_PLACEBO
    elif weighed.placebo.why_null is not None:
        why["placebo"] = weighed.placebo.why_null
    if weighed.sensitivity is None:
        why |= dict.fromkeys(PROBED, WHY_NOT_PROBED)
    elif weighed.sensitivity.breakdown.groups is None:
        why["breakdown.sources"] = "no removal that was tried changes the answer"
    if named.why_nobody is not None:
        why |= {"attribution": named.why_nobody, "attribution.relation": "nobody is named"}
    why |= {name: f"the case gives no {name} for the incident" for name in ("title", "facility_id") if not row[name]}
    for what in ("killed", "injured"):
        low, high = pair = getattr(casualties, what)
        if pair == UNKNOWN:
            why[f"casualties.{what}"] = "no account gives a figure"
        elif high is None:
            why[f"casualties.{what}.1"] = "an account gives a least number and none bounds the most"
        elif low is None:
            why[f"casualties.{what}.0"] = "no account gives a least number"
    return dict(sorted(why.items()))


def _pair(span: Range) -> list[int | None] | None:
    return None if span == UNKNOWN else list(span)
