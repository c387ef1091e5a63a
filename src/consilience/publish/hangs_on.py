"""What a finding hangs on, in sentences made from its numbers; a block that is null says nothing here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consilience.publish.likelihood_words import percent

_MOST = 3
"""Our choice: a reader asks for the strongest few; findings.json has them all."""


def hangs_on(finding: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences on breakdown, range over the assumptions, what moves it most, and what would tell most."""
    said = (
        _breakdown(finding.get("breakdown")),
        _party_range(finding.get("party_range"), labels),
        _swings(finding.get("sensitivity")),
        _next(finding.get("next_evidence")),
    )
    return tuple(sentence for sentence in said if sentence is not None)


def _breakdown(block: Mapping[str, Any] | None) -> str | None:
    if block is None:
        return None
    if block["sources"] is None:
        return "No removal of sources that was tried changes who is named or the leading mode."
    groups = "one independent group" if block["sources"] == 1 else f"{block['sources']} independent groups"
    return f"Who is named or the leading mode changes without {groups}: {', '.join(block['which'])}."


def _party_range(block: Mapping[str, Any] | None, labels: Mapping[str, str]) -> str | None:
    if block is None:
        return None
    spans = [f"{labels.get(name, name)} {percent(low)} to {percent(high)}" for name, (low, high) in block.items()]
    return f"With every assumption anywhere in its range, also all at their worst together: {'; '.join(spans)}."


def _swings(block: list[Mapping[str, Any]] | None) -> str | None:
    if not block:
        return None
    named = [
        f"“{row['assumption']}” ({row['low']:g} to {row['high']:g}: {percent(row['moves'])})" for row in block[:_MOST]
    ]
    return f"One at a time, these assumptions move the parties most: {', '.join(named)}."


def _next(block: list[Mapping[str, Any]] | None) -> str | None:
    if not block:
        return None
    named = [f"{row['what']} ({row['expected_bits']:.1f} bits)" for row in block[:_MOST]]
    return f"Expected to tell most, if it can be had: {'; '.join(named)}."
