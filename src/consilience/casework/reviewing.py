"""The status of every finding: what people said of it, whether they said it of the finding as it is now, what is open.

A status is made from each person's last word: who contests or retracts does so until that person says otherwise or
the decision is withdrawn. Nobody else's later "reviewed" takes it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consilience.casework.batches import Progress
from consilience.casework.bound_decisions import decisions_of, why_unbound
from consilience.casework.decision_rows import Row
from consilience.casework.decision_templates import Template, write_rows
from consilience.casework.decisions_of_case import (
    EVIDENCE,
    FLIGHT,
    changed_parts,
    finding_digest,
    finding_scope,
)
from consilience.casework.pipeline import Found, find
from consilience.casework.resting_rows import Rows, once
from consilience.records.decisions import (
    CONTESTED,
    DRAFT,
    RETRACTED,
    REVIEW,
    REVIEWED,
    SIGN_OFF,
    SIGN_OFFS,
    Decision,
    person,
    still_held,
)
from consilience.records.left_out import Tell, tell_nobody
from consilience.vault.store import Vault

_MOST_TOLD = 6
"""Changed parts that a reason names."""
_EARLIER = "may have changed: an earlier version did not record what its rows said then; it is asked for anew"
"""Why a review or sign-off of an earlier version holds no longer though the block is the same: what the rows under it
said is not on record, so nobody can say that they were read as they are."""


@dataclass(frozen=True, slots=True)
class FindingStatus:
    """One finding and what people decided about it.

    `by` reviewed it as it is now, with the rows that it is read with (`resting_rows.Rows.beside`), `outdated_by` as it
    was before; `changed` names the parts and rows that differ since. `signed` are the sign-offs that hold for it now,
    of `SIGN_OFFS`. `open` says what a release would still ask for, and which sign-offs were given before it changed;
    `scope` names the finding as it is now, "" where nobody asked for that. `gone` are rows that an outdated review or
    sign-off rested on and that the case no longer claims. `reviewers` says how many persons the case asks for.
    """

    incident_id: str
    title: str
    wording: str
    status: str
    by: tuple[str, ...]
    outdated_by: tuple[str, ...]
    changed: tuple[str, ...]
    signed: tuple[str, ...]
    accuses: bool
    open: tuple[str, ...]
    scope: str
    gone: tuple[str, ...] = ()
    reviewers: int = 1


def review(case: Path, *, workers: int = 1, progress: Progress, tell: Tell = tell_nobody) -> tuple[FindingStatus, ...]:
    """The status of every finding as the case stands now. Raises the errors of a run."""
    found = find(case, workers=workers, progress=progress)
    tell(found.records.left_out)
    return statuses(found, still_held(decisions_of(Vault.open(case))), once(found))


def statuses(
    found: Found, decisions: Iterable[Decision], rows: Callable[[], Rows], *, scopes: bool = True
) -> tuple[FindingStatus, ...]:
    """The status of every finding under decisions that hold. `rows` are digests of what the case says, asked for where
    somebody decided on a finding; without `scopes`, which only a template needs, there alone."""
    needed = found.records.settings.reviewers
    about: defaultdict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        about[one.target].append(one)
    every = ((block, about[block["incident_id"]]) for block in found.findings["incidents"])
    return tuple(_status(block, said, needed, rows, scopes or bool(said)) for block, said in every)


def review_words(found: Iterable[FindingStatus]) -> dict[str, str]:
    """By incident the status as a report marks it: reviewed before it changed, or by too few, is a draft."""
    return {
        one.incident_id: DRAFT if one.status == REVIEWED and any("review" in text for text in one.open) else one.status
        for one in found
    }


def needed_sign_offs(accuses: bool) -> tuple[str, ...]:
    """Which grounds a lawyer must have looked at: the risk always, defamation where a party is named."""
    return SIGN_OFFS if accuses else tuple(ground for ground in SIGN_OFFS if ground != "defamation")


def write_template(found: Iterable[FindingStatus], file: Path) -> Template:
    """A template for `decide`, a row for each thing that is open.

    `value`, `by`, `on` and `reason` are left to be filled in: a file saved unread decides nothing. `scope` names
    the finding as it is now: once it has changed, the row is refused. `asked` says what each row is for: by how
    many more persons, or on which ground.
    """
    return write_rows(_asked(found), file)


def _asked(found: Iterable[FindingStatus]) -> Iterator[Row]:
    for one in found:
        if one.status not in (REVIEWED, RETRACTED) or one.open:
            grounds = [ground for ground in needed_sign_offs(one.accuses) if ground not in one.signed]
            wanted = [(REVIEW, _review_asked(one))] if any("review" in text for text in one.open) else []
            wanted += [(SIGN_OFF, asked_of(ground)) for ground in grounds]
            for kind, asked in wanted:
                yield {"kind": kind, "target": one.incident_id, "scope": one.scope, "asked": asked}


def asked_of(ground: str) -> str:
    """How a template says for which ground a sign-off is asked for."""
    return f"sign-off for {ground}"


def _review_asked(one: FindingStatus) -> str:
    """How a template says by how many more persons it has to be reviewed."""
    more = one.reviewers - len(one.by)
    return "review" if one.reviewers == 1 else f"review, by {more} more of {one.reviewers} persons"


def _status(
    block: Mapping[str, Any], about: Sequence[Decision], needed: int, rows: Callable[[], Rows], is_bound: bool
) -> FindingStatus:
    incident_id, digest = block["incident_id"], finding_digest(block)
    parts = rows().of_finding(block) if is_bound else {}

    def holds(one: Decision) -> bool:
        return one.bound == digest and one.bound_parts == parts

    last_words = {person(one.by): one for one in about if one.kind == REVIEW}
    reviewed = [one for one in last_words.values() if one.value == REVIEWED]
    current = [one for one in reviewed if holds(one)]
    outdated = [one for one in reviewed if not holds(one)]
    status = _said(last_words.values(), bool(reviewed))
    signs = [one for one in about if one.kind == SIGN_OFF]
    signed = tuple(sorted({one.value for one in signs if holds(one)}))
    stale = tuple(sorted({one.value for one in signs} - set(signed)))
    waiting = [*(outdated if len(current) < needed else ()), *(one for one in signs if one.value in stale)]
    known = [one for one in waiting if not one.unbound]
    changed = tuple(dict.fromkeys(name for one in known for name in changed_parts(one.bound_parts or parts, parts)))
    why = _listed(changed) if changed else _EARLIER if any(one.bound == digest for one in known) else ""
    why = "; ".join(filter(None, [why, *dict.fromkeys(why_unbound(one) for one in waiting if one.unbound)]))
    accuses = bool(block["attribution"]["set"])
    return FindingStatus(
        incident_id=incident_id, title=block["title"] or "", wording=block["attribution"]["wording"], status=status,
        by=tuple(sorted(one.by for one in current)), outdated_by=tuple(sorted(one.by for one in outdated)),
        changed=changed, signed=signed, accuses=accuses,
        open=_open(status, len(current), len(outdated), needed, signed, stale, accuses, why),
        scope=finding_scope(digest, parts) if is_bound else "", gone=_gone(waiting, parts, rows) if waiting else (),
        reviewers=needed,
    )  # fmt: skip


def _gone(before: Iterable[Decision], parts: Mapping[str, str], rows: Callable[[], Rows]) -> tuple[str, ...]:
    """Rows behind outdated reviews and sign-offs that no table has any more; of a flight, the sighting it is named
    by. Where the evidence was one part (`part_digests`) nobody can say which."""
    parted = {name for one in before for name in one.bound_parts or () if name.startswith(EVIDENCE)} - parts.keys()
    names = {name.removeprefix(EVIDENCE) for name in parted}
    known = rows().by_id
    names = {name if name in known else name.removeprefix(FLIGHT) for name in names}
    return tuple(sorted(name for name in names if name not in known))


def _listed(changed: Sequence[str]) -> str:
    """That it has changed, and in what; of many parts the first."""
    return f"has changed: {', '.join(changed[:_MOST_TOLD])}{' …' if len(changed) > _MOST_TOLD else ''}"


def _said(last_words: Iterable[Decision], is_reviewed: bool) -> str:
    values = {one.value for one in last_words}
    for status in (RETRACTED, CONTESTED):
        if status in values:
            return status
    return REVIEWED if is_reviewed else DRAFT


def _open(
    status: str, current: int, outdated: int, needed: int, signed: Sequence[str], stale: Sequence[str], accuses: bool,
    why: str,
) -> tuple[str, ...]:  # fmt: skip
    """What stands between this finding and a publication, in words; `why` says why what was given holds no longer."""
    if status == RETRACTED:
        return ()
    found = []
    if status == CONTESTED:
        found.append("contested")
    elif status == DRAFT:
        found.append("not reviewed")
    elif current < needed:
        if outdated:
            found.append(f"reviewed on a finding that {why or 'has changed'}")
        if current:
            found.append(f"reviewed by {current} of {needed} persons: a second review is missing")
        elif not outdated:
            found.append("not reviewed")
    for ground in needed_sign_offs(accuses):
        if ground in stale:
            found.append(f"sign-off for {ground} was given on a finding that {why or 'has changed'}")
        elif ground not in signed:
            found.append(f"sign-off for {ground} is missing")
    return tuple(found)
