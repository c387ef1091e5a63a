"""What decisions are bound to, in files beside the ledger: a withdrawal can take it away, which no act allows.

A review or sign-off is bound to digests of a finding, of the rows behind it, or of a sentence. They say later what has
changed; whoever guesses a row or a sentence could test the guess by them. So the act names one file for all decisions
that were recorded with it; the file holds the digests and a salt, and the name is its SHA-256. Where a source
withdraws, a new file under a new salt takes its place, without the digests of decisions that rest on the source.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from consilience.casework.decisions_of_case import EVIDENCE, ROW, decisions_in, is_code
from consilience.errors import UsageError, VaultError
from consilience.quantities import Digest
from consilience.records.decisions import DAMAGED, WITHDREW, Decision
from consilience.vault.beside_ledger import keep_salted, read_from_shelf
from consilience.vault.release_acts import blanked_in, living
from consilience.vault.shelves import BOUND
from consilience.vault.store import Vault

BOUND_SCHEMA = "consilience.bound/1"


def keep_bound(vault_folder: Path, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions with the name of the file that now holds what they are bound to, one for all of them.

    Raises VaultNotWritable.
    """
    entries = {one.decision_id: _entry(one) for one in decisions if is_bound(one)}
    if not entries:
        return tuple(decisions)
    name = keep_salted(vault_folder, BOUND, {"schema": BOUND_SCHEMA, "decisions": entries})
    return tuple(replace(one, bound_in=name) if one.decision_id in entries else one for one in decisions)


def is_bound(one: Decision) -> bool:
    """Whether it holds a digest of anything in the case: of a finding, or of a sentence and its rows."""
    return one.bound is not None or bool(one.bound_parts) or is_code(one)


def decisions_of(vault: Vault) -> tuple[Decision, ...]:
    """Every decision in the ledger, oldest first, with what it is bound to; `unbound` says why that is not known.

    Raises LedgerDamaged.
    """
    acts = vault.acts()
    blanked = tuple(blanked_in(acts))

    @cache
    def held_in(name: str) -> tuple[Mapping[str, Any], str]:
        """What decisions are bound to by id, and why one that is not there is bound to nothing."""
        now_in = living(name, blanked)
        if now_in is None:
            return {}, WITHDREW
        try:
            return read_bound(vault.folder, now_in)["decisions"], DAMAGED
        except (VaultError, UsageError):  # `vault check` names the file; each decision says that it holds no longer
            return {}, DAMAGED

    return tuple(_filled(one, *held_in(one.bound_in)) if one.bound_in else one for one in decisions_in(acts))


def why_unbound(one: Decision) -> str:
    """Why a review or sign-off holds no longer of which it is not known what it was bound to, to follow "that" or a
    name."""
    if one.unbound == WITHDREW:
        return "can't be compared any more since a source withdrew: it must be given again"
    return "can't be compared, as what it was bound to can't be read: `consilience vault check` names the file"


def read_bound(vault_folder: Path, name: str) -> dict[str, Any]:
    """A file of what decisions are bound to. Raises ExhibitDamaged; UsageError for what a newer version wrote."""
    said: dict[str, Any] = json.loads(read_from_shelf(vault_folder, BOUND, name))
    if said.get("schema") != BOUND_SCHEMA:
        remedy = "Use the version that recorded the decisions, or a newer one."
        raise UsageError("what decisions are bound to is of an unknown form", where=name, remedy=remedy)
    return said


def take_out_bound(said: Mapping[str, Any], source_id: str, names: Set[str], on: date) -> int:
    """No digest is left, in the file's content, which is written to, of a decision that rests on the source, by name or
    by one of its rows (`names`); how many these are. Where it is not known whose rows they were, it is each.

    The names of parts and rows stay, so that it can still be said which the case no longer claims.
    """
    gone = 0
    for decision_id, entry in said["decisions"].items():
        sources, parts = entry.get("sources"), entry.get("parts", {})
        if "removed_on" not in entry and (sources is None or source_id in sources or names & _rows_in(entry)):
            said["decisions"][decision_id] = {"removed_on": on.isoformat(), "parts": dict.fromkeys(parts)}
            gone += 1
    return gone


def _rows_in(entry: Mapping[str, Any]) -> set[str]:
    """The rows that a decision rests on, and of a sentence the tables; parts of a finding's block are neither."""
    parts: Iterable[str] = entry.get("parts", ())
    if "bound" not in entry:
        return set(parts)
    return {name.removeprefix(kind) for name in parts for kind in (EVIDENCE, ROW) if name.startswith(kind)}


def _entry(one: Decision) -> dict[str, object]:
    """As it stands in the file: only what is known, and always whose rows it rests on, null if nobody knows."""
    entry: dict[str, object] = {"sources": None if one.sources is None else list(one.sources)}
    if one.bound is not None:
        entry["bound"] = one.bound
    if one.bound_parts:
        entry["parts"] = dict(one.bound_parts)
    if is_code(one):
        entry["scope"] = one.scope
    return entry


def _filled(one: Decision, held: Mapping[str, Any], why_not: str) -> Decision:
    """The decision with what its file says of it. Digests that a withdrawal took leave the names of parts."""
    entry = held.get(one.decision_id)
    if entry is None:
        return replace(one, unbound=why_not)
    parts, sources = entry.get("parts"), entry.get("sources")
    if "removed_on" in entry:
        return replace(one, bound_parts=dict.fromkeys(parts or (), ""), unbound=WITHDREW)
    bound = entry.get("bound")
    return replace(
        one,
        bound=None if bound is None else Digest(bound),
        bound_parts=parts,
        scope=entry.get("scope", one.scope),
        sources=None if sources is None else tuple(sources),
    )
