"""What people decided on, or wrote of, and the case no longer claims: read off decisions, releases and old tables.

A row that disappears from a table is no longer claimed, and never gone: the vault keeps the version that had it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from consilience.casework.kept_releases import read_state, releases_in
from consilience.casework.pipeline import Found
from consilience.casework.reviewing import FindingStatus
from consilience.errors import VaultError
from consilience.publish.statements.resting import Claims
from consilience.readings.earlier_keys import keys_in
from consilience.records import decisions as kinds
from consilience.records.decisions import RETRACTED, REVIEW, Decision
from consilience.records.tables import TABLES
from consilience.records.weighed import OTHER
from consilience.vault.acts import PRESERVED, read_preserved
from consilience.vault.store import Vault

_REFERRED: Final = ("incidents", "context")
"""Tables whose rows prose may name."""
_OF_FINDINGS: Final = (kinds.REVIEW, kinds.SIGN_OFF, kinds.REPLY_EFFECT)


def claims_of(
    found: Found, statuses: Sequence[FindingStatus], decisions: Sequence[Decision], vault: Vault, prose: Path
) -> Claims:
    """What a report marks as no longer claimed. Old tables are read only where there is prose that could name a row."""
    gone = {one.target for one in about_gone_incidents(found, decisions)}
    decided = {one.target for one in decisions if one.kind in _OF_FINDINGS and one.of_finding}
    return Claims(
        rows={one.incident_id: one.gone for one in statuses if one.gone},
        incidents=tuple(sorted(gone)),
        once=frozenset(_once(vault)) | decided if prose.is_dir() else frozenset(decided),
    )


def about_gone_incidents(found: Found, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Decisions that hold on findings which are no longer there; what somebody retracted is meant to be gone."""
    there = {block["incident_id"] for block in found.findings["incidents"]}
    retracted = {one.target for one in decisions if one.kind == REVIEW and one.value == RETRACTED}
    return tuple(
        one for one in decisions if one.kind in _OF_FINDINGS and one.of_finding and one.target not in there | retracted
    )


def about_gone_letters(found: Found, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Decisions that hold on letters whose row is no longer in the table: who takes a letter out asks nobody less."""
    settings = found.records.settings
    there = {*found.records.tables["letters"]["letter_id"], *settings.parties, OTHER}
    named = ((one, one.target if one.kind in kinds.OF_LETTERS else one.scope) for one in decisions)
    return tuple(
        one
        for one, letter in named
        if letter not in there and (one.kind in kinds.OF_LETTERS or (one.kind == kinds.REPLY_EFFECT and letter))
    )


def _once(vault: Vault) -> Iterator[str]:
    """Every name that a table of old or a release has given an incident or a row of context."""
    acts = vault.acts()
    for act in acts:
        if act.kind == PRESERVED:
            kept = read_preserved(act)
            name = kept.path.stem.casefold()
            if name in _REFERRED and kept.role == "table" and len(kept.path.parts) == 1:
                try:
                    yield from keys_in(vault.read_exhibit(kept.digest), kept.path, TABLES[name])
                except VaultError:
                    continue  # a clear copy that was destroyed on purpose names nothing any more
    for release in releases_in(acts):
        try:
            yield from read_state(vault.folder, release.state)
        except VaultError:
            continue  # `vault check` tells of the damage, and a release is shut by it
