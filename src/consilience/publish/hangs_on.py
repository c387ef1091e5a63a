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
        _single_source(finding.get("attribution")),
        _breakdown(finding.get("breakdown")),
        _party_range(finding.get("party_range"), labels),
        _swings(finding.get("sensitivity")),
        _next(finding.get("next_evidence")),
    )
    return tuple(sentence for sentence in said if sentence is not None)


def _single_source(block: Mapping[str, Any] | None) -> str | None:
    """Warn of a name that one source alone carries, or say that it was widened for that."""
    if block is None or block.get("single_source") is None:
        return None
    source = block["single_source"]
    if len(block["set"]) == 1:
        return f"One source alone carries this name: without {source} and what depends on it, it would not be given."
    return f"One party alone would be named, but on one source ({source}) and what depends on it: so it isn't."


def _breakdown(block: Mapping[str, Any] | None) -> str | None:
    if block is None:
        return None
    if block["sources"] is None:
        return "No removal of sources that was tried changes who is named or the leading mode."
    many = block["sources"] != 1
    groups = f"{block['sources']} independent groups are" if many else "one independent group is"
    return f"Who is named or the leading mode changes when {groups} taken away: {', '.join(block['which'])}."


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
