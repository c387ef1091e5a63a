"""What an act of the ledger says, in one sentence for a person; every kind of act has its words here.

An act may hold more than its sentence tells; `vault history --json` has all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from consilience.records.decisions import PUT_SCHEMA
from consilience.vault.acts import (
    COPIED,
    COSIGNED,
    DECIDED,
    INTRODUCED,
    PRESERVED,
    PUBLISHED,
    REPAIRED,
    SEALED,
    TIMESTAMPED,
    UNSEALED,
    WITHDRAWN,
    Act,
    read_preserved,
)
from consilience.vault.custody import EVENTS
from consilience.vault.pseudonyms import SCHEMA as PUBLICATION_NAME
from consilience.vault.release_acts import BLANKED, BOUND_BLANKED, LOOKED_THROUGH
from consilience.vault.sealed_acts import CLEARED, CONSENT_WITHDRAWN, ITEM, KEY, WRAPPED_ANEW


def sentence_of(act: Act) -> str:
    """What it says. Raises LedgerDamaged for a `preserved` act that does not say it."""
    return WORDS.get(act.kind, _fields)(act)


def _preserved(act: Act) -> str:
    said = read_preserved(act)
    earlier = "" if said.supersedes is None else f", a later version of {said.supersedes}"
    return f"{said.path}, {said.role}, {said.size_bytes} bytes, {said.digest}{earlier}"


def _copied(act: Act) -> str:
    said = act.content
    if "opened" in said:
        items, acts = (_listed(said.get(name)) for name in ("opened", "opened_acts"))
        things = " and ".join(filter(None, (items, f"acts {acts}" if acts else "")))
        despite = f"; without consent {_listed(said.get('without_consent'))}: {said.get('reason')}"
        told = f"of the bundle {said.get('root')} was opened for whoever has it: {things}"
        return told + (despite if said.get("without_consent") else "")
    if "incidents" in said:
        return f"a bundle of {_listed(said['incidents'])} for {said.get('to') or 'whom the act does not say'}"
    if "what" in said and "where" in said:
        return f"{said['what']} to {said['where']}"
    if "acts" in said:
        return f"all that was kept up to then ({said['acts']} acts) to {said.get('where')}"
    return _fields(act)


def _repaired(act: Act) -> str:
    said = act.content
    return f"{said.get('path')} ({said.get('fault')}): {said.get('how')}, by {said.get('from')}"


def _custody(act: Act) -> str:
    """An event of custody: the exhibit, and each other field that says something."""
    exhibit = act.content.get("exhibit")
    path = exhibit.get("path") if isinstance(exhibit, Mapping) else exhibit
    told = {name: value for name, value in act.content.items() if name not in ("by", "exhibit") and value is not None}
    return f"{path}" + "".join(f"; {name} {_in_words(value)}" for name, value in told.items())


def _decided(act: Act) -> str:
    said = act.content
    if said.get("schema") == PUBLICATION_NAME:
        return f"publications call the source {said.get('source_id')} {said.get('name')}"
    if said.get("schema") == PUT_SCHEMA:
        return f"incidents that a letter put, by the decision {said.get('decision_id')}: {_count(said.get('alleged'))}"
    if "kind" not in said or "target" not in said:
        return _fields(act)
    value = f", {said['value']}" if "value" in said else ""
    reason = f": {said['reason']}" if "reason" in said else ""
    return f"{said['kind']} of {said['target']}{value}, on {said.get('on')}{reason}"


def _withdrawn(act: Act) -> str:
    said = act.content
    if said.get("schema") == BLANKED:
        rest = f"the rest of it is {said['becomes']}" if said.get("becomes") else "it could not be read"
        return f"what was kept of a release, {said.get('was')}, was destroyed for whoever withdrew; {rest}"
    if said.get("schema") == BOUND_BLANKED:
        rest = f"the rest of it is {said['becomes']}" if said.get("becomes") else "it could not be read"
        return f"what decisions were bound to, {said.get('was')}, was destroyed for whoever withdrew; {rest}"
    if said.get("schema") == LOOKED_THROUGH:
        left = f"; {_count(said['left'])} could not be read and were left" if said.get("left") else ""
        return f"what is kept of {said.get('releases')} releases was looked through for {said.get('source_id')}{left}"
    if said.get("schema") != CONSENT_WITHDRAWN:
        return _fields(act)
    keys, copies = (_count(said.get(name)) for name in ("keys", "acts"))
    return (
        f"the source {said.get('source_id')} has withdrawn: {keys} keys destroyed, {copies} clear copies removed, "
        "and what opened the bundles made before"
    )


def _published(act: Act) -> str:
    said = act.content
    if "profile" not in said:
        return _fields(act)
    to = f" to {said['to']}" if said.get("to") else ""
    day = f" as of {said['as_of']}" if said.get("as_of") else ""
    files = f", {said['files']} files" if "files" in said else ""
    manifest = f", manifest {said['manifest']}" if "manifest" in said else ""
    after = f", after {said['predecessor']}" if said.get("predecessor") else ""
    return f"a release under the profile {said['profile']}{to}{day}{files}{manifest}{after}"


def _sealed(act: Act) -> str:
    said = act.content
    match said.get("schema"):
        case schema if schema == KEY:
            who = _listed(said.get("custodians"))
            return f"a key for the source {said.get('source_id')}, {said.get('key')}, which opens for {who}"
        case schema if schema == WRAPPED_ANEW:
            who = _listed(said.get("custodians"))
            return (
                f"the key {said.get('key')} was opened by {said.get('opened_by')} and wrapped anew: it opens for {who}"
            )
        case schema if schema == ITEM:
            return (
                f"a thing, {said.get('item')}, under the key {said.get('key')}; its commitment {said.get('commitment')}"
            )
        case schema if schema == CLEARED:
            return f"clear copies were removed, since they are sealed: those of acts {_listed(said.get('acts'))}"
        case _:
            return _fields(act)


def _unsealed(act: Act) -> str:
    said = act.content
    where = f", into {said['where']}" if said.get("where") else ""
    things = f"{_count(said.get('items'))} sealed things of the source {said.get('source_id')}"
    return f"{things} were opened with the key of {said.get('custodian')}{where}: {said.get('reason')}"


def _introduced(act: Act) -> str:
    return f"a key that {act.content.get('role')} from here on: {act.content.get('key')}"


def _cosigned(act: Act) -> str:
    return f"a witness signed for the first {act.content.get('size')} acts: {act.content.get('key')}"


def _timestamped(act: Act) -> str:
    return f"a timestamp authority stamped the first {act.content.get('size')} acts; `vault check` says when"


def _fields(act: Act) -> str:
    """Of an act that a newer version, or another program, wrote: each field that says something plain."""
    told = [
        f"{name} {_in_words(value)}"
        for name, value in act.content.items() if isinstance(value, str | int | Mapping | list)
    ]  # fmt: skip
    return "; ".join(told) or "nothing more is said"


def _in_words(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("path", f"with {len(value)} fields")
    return _listed(value) if isinstance(value, list) else value


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else ""


def _count(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


WORDS: Mapping[str, Callable[[Act], str]] = {
    PRESERVED: _preserved,
    COPIED: _copied,
    REPAIRED: _repaired,
    DECIDED: _decided,
    WITHDRAWN: _withdrawn,
    PUBLISHED: _published,
    SEALED: _sealed,
    UNSEALED: _unsealed,
    INTRODUCED: _introduced,
    COSIGNED: _cosigned,
    TIMESTAMPED: _timestamped,
    **dict.fromkeys(EVENTS, _custody),
}
"""By kind."""
