"""Decisions as acts of the ledger, and what they are bound to: the finding as it was when somebody decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from consilience.errors import LedgerDamaged
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.records.allegations import Allegation, Put, allegation_from, put_of
from consilience.records.decisions import (
    BOUND_DECISION_SCHEMA,
    DECISION_SCHEMA,
    OF_LETTERS,
    PUT_SCHEMA,
    SIGN_OFF,
    Decision,
)
from consilience.vault.acts import DECIDED, Act

FINDING = "finding:"
"""How the scope of a review or sign-off begins that names the finding as it was read."""
EVIDENCE = "evidence:"
"""How the name of a part begins that stands for a piece of evidence and the row behind it."""
ROW = "row:"
"""How the name of a part begins that stands for another row that a finding is read with (`row:facilities/F1`)."""
ROWS = "rows"
"""The part that stands for all of these: what an earlier version recorded has none."""
FLIGHT = "T-"
"""How a flight's name begins (situate.tracks); the id of one of its sightings follows."""
_FINDING, _SENTENCE, _LETTER = "finding", "sentence", "letter"
"""What an act says that its decision is bound to."""
_PUT_BYTES = 32_000
"""Of allegations in one act, before the next begins: an act holds 65,535 bytes."""
_MOST_PIECES = 800
"""Beyond as many the evidence is one part: an act holds 65,535 bytes at most."""
_SHORT = 16
"""Hex digits of a part's digest: 64 bits tell one finding's parts apart, and an act stays small."""


def decisions_in(acts: Iterable[Act]) -> tuple[Decision, ...]:
    """Every decision in the ledger, oldest first, the withdrawn ones too, as its acts alone tell it: what it is bound
    to stands there in those of an earlier version (`bound_decisions.decisions_of` has it of all). Raises LedgerDamaged
    for one that is none.

    What a letter put is read from the acts that directly follow its decision. Where these don't give the code that it
    names, it is not known what was put: in a ledger that forgets nothing, one act that doesn't fit may not end all.
    """
    groups: list[tuple[Act, list[Act]]] = []
    follows = False
    for act in acts:
        schema = act.content.get("schema") if act.kind == DECIDED else None
        is_one = schema in (DECISION_SCHEMA, BOUND_DECISION_SCHEMA)
        if is_one:
            groups.append((act, []))
        elif schema == PUT_SCHEMA and follows:
            groups[-1][1].append(act)
        follows = is_one or (schema == PUT_SCHEMA and follows)
    return tuple(_read(act, beside) for act, beside in groups)


def acts_of(decision: Decision) -> list[dict[str, object]]:
    """The contents of its acts: the decision, and what it says that a letter put, in as many acts as that takes."""
    parts: list[list[dict[str, object]]] = []
    size = _PUT_BYTES
    for one in (decision.put.alleged if decision.put else None) or ():
        said = one.as_json()
        size += len(canonical_json(said))
        if size > _PUT_BYTES:
            parts.append([])
            size = len(canonical_json(said))
        parts[-1].append(said)
    about: dict[str, object] = {"schema": PUT_SCHEMA, "decision_id": decision.decision_id}
    return [content_of(decision), *[about | {"alleged": part} for part in parts]]


def content_of(decision: Decision) -> dict[str, object]:
    """As it stands in the act: only what is known, and no digest of what it is bound to, but the file that has them."""
    schema = BOUND_DECISION_SCHEMA if decision.bound_in else DECISION_SCHEMA
    content: dict[str, object] = {"schema": schema, "on": decision.on.isoformat()}
    for name in ("decision_id", "kind", "target", "value", "by", "reason", "scope", "item", "commitment", "bound_in"):
        if (text := getattr(decision, name)) and not (name == "scope" and is_code(decision)):
            content[name] = text
    if decision.due is not None:
        content["due"] = decision.due.isoformat()
    if decision.bound_in:
        of_letter = _LETTER if decision.kind in OF_LETTERS else _SENTENCE
        content["bound_to"] = _FINDING if decision.of_finding else of_letter
    if decision.put is not None:
        called = {"called": decision.put.called} if decision.put.called else {}
        content["put"] = {"edition": decision.put.edition, "known": decision.put.alleged is not None, **called}
    return content


def is_code(one: Decision) -> bool:
    """Whether its scope is a code that was made from the case, and no word of a person."""
    return one.scope.startswith(FINDING) or (one.kind == SIGN_OFF and bool(one.scope))


def finding_digest(block: Mapping[str, Any]) -> Digest:
    """The digest of one incident's block of findings.json: what a review is bound to."""
    return digest_bytes(canonical_json(block))


def finding_scope(digest: Digest, parts: Mapping[str, str]) -> str:
    """A code for a finding as somebody read it, its block and the rows that it is read with (`finding_parts`): what a
    row of the template of `review` is bound to."""
    return FINDING + short_digest([digest, dict(sorted(parts.items()))])


def pieces_of(findings: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The ids of the evidence of each incident."""
    return {one["incident_id"]: tuple(p["evidence_id"] for p in one["evidence"]) for one in findings["incidents"]}


def part_digests(block: Mapping[str, Any], rows: Mapping[str, str]) -> dict[str, str]:
    """A short digest of each part of the block, and of the row behind each piece of evidence (`evidence:<id>`).

    `rows` are digests by id (`resting_rows.Rows.by_id`). A flight stands for the rows of its sightings. Weights are no
    part of a piece: they change with other pieces.
    """
    parts = {name: short_digest(value) for name, value in block.items() if name not in ("incident_id", "evidence")}
    flights = {track["track_id"]: track["sightings"] for track in block["tracks"]}
    behind = {
        piece["evidence_id"]: [rows.get(one, "") for one in flights.get(piece["evidence_id"], [piece["evidence_id"]])]
        for piece in block["evidence"]
    }
    if len(behind) > _MOST_PIECES:
        return parts | {"evidence": short_digest(behind)}
    return parts | {f"{EVIDENCE}{name}": short_digest(said) for name, said in behind.items()}


def finding_parts(block: Mapping[str, Any], rows: Mapping[str, str], beside: Mapping[str, str]) -> dict[str, str]:
    """All that a review is bound to beside the digest of the block: its parts, and `beside`, the other rows that the
    finding is read with by name (`resting_rows.Rows.beside`), each and together; of too many together alone.
    """
    parts = part_digests(block, rows) | {ROWS: short_digest(dict(sorted(beside.items())))}
    if len(parts) + len(beside) > _MOST_PIECES:
        return parts
    return parts | {f"{ROW}{name}": said for name, said in beside.items()}


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the parts that differ, appeared or went; a piece of evidence as "evidence A0703 (new)", another row
    as "row facilities F1". Of rows that an earlier version did not record nobody can say that they changed.
    """
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    rows = {name for name in names if name.startswith(ROW)}
    if ROWS not in before:
        names -= rows
    if ROWS not in before or rows:
        names.discard(ROWS)
    return tuple(_told(name, name in before, name in after) for name in sorted(names))


def _told(name: str, was: bool, is_there: bool) -> str:
    plain = name.replace(EVIDENCE, "evidence ")
    if name.startswith(ROW):
        plain = f"row {' '.join(name.removeprefix(ROW).split('/', 1))}"
    return plain + (" (new)" if not was else "" if is_there else " (no longer claimed)")


def short_digest(value: object) -> str:
    """16 hex digits of the digest of a JSON value: 64 bits tell one finding's parts apart."""
    return short_digest_of(canonical_json(value))


def short_digest_of(said: bytes) -> str:
    """The same of a value that was written as canonical JSON already."""
    return digest_bytes(said).removeprefix("sha256:")[:_SHORT]


def _put(said: object, decision_id: str, beside: Sequence[Act]) -> Put | None:
    """What a decision says was put, from the acts beside it; not known if they don't give the code that it names."""
    if not isinstance(said, Mapping):
        return None
    edition = str(said.get("edition"))
    if said.get("known"):
        put = _put_beside(decision_id, beside, str(said.get("called", "")))
        if put is not None and put.edition == edition:
            return put
    return Put(edition, None)


def _put_beside(decision_id: str, beside: Sequence[Act], called: str) -> Put | None:
    """What the acts beside a decision say; None if one is of another decision, or says it in no form that we know."""
    found: list[Allegation] = []
    for act in beside:
        alleged = act.content.get("alleged")
        if act.content.get("decision_id") != decision_id or not isinstance(alleged, list):
            return None
        try:
            found += [allegation_from(one) for one in alleged]
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
    return put_of(found, called)


def _read(act: Act, beside: Sequence[Act]) -> Decision:
    content = act.content
    try:
        bound = content.get("bound")
        parts, scope = content.get("bound_parts"), str(content.get("scope", ""))
        is_of_finding = bound is not None or scope.startswith(FINDING) or content.get("bound_to") == _FINDING
        return Decision(
            decision_id=str(content["decision_id"]),
            kind=str(content["kind"]),
            target=str(content["target"]),
            value=str(content.get("value", "")),
            by=str(content["by"]),
            on=date.fromisoformat(str(content["on"])),
            reason=str(content.get("reason", "")),
            scope=scope,
            item=str(content.get("item", "")),
            due=date.fromisoformat(str(content["due"])) if "due" in content else None,
            bound=None if bound is None else Digest(str(bound)),
            bound_parts=dict(parts) if isinstance(parts, dict) else None,
            commitment=str(content.get("commitment", "")),
            put=_put(content.get("put"), str(content["decision_id"]), beside),
            of_finding=is_of_finding,
            bound_in=str(content.get("bound_in", "")),
        )
    except (KeyError, ValueError) as err:
        raise LedgerDamaged("does not say what was decided", where=f"act {act.index}") from err
