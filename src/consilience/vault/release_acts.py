"""What the ledger says of files that a withdrawal rewrites: which holds it now, and which file took its place.

They hold what stood in each release, and what decisions are bound to. A withdrawal takes out of them what rests on its
source: a new file, the acts, then the end of the old file and its salt (docs/formats/release-format.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from consilience.errors import LedgerDamaged
from consilience.vault.acts import DECIDED, PUBLISHED, WITHDRAWN, Act
from consilience.vault.sealed_acts import CONSENT_WITHDRAWN

BLANKED = "consilience.release_blanked/1"
BOUND_BLANKED = "consilience.bound_blanked/1"
LOOKED_THROUGH = "consilience.releases_looked_through/1"
"""Beside a withdrawal where there were releases: what is kept of each was looked through for that source."""

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blanked:
    """The file `was` is destroyed, and `becomes` holds the rest of it; None where it could not be read.

    `of_decisions`: it held what decisions are bound to, and not what stood in a release.
    """

    was: str
    becomes: str | None
    of_decisions: bool = False

    def content(self) -> dict[str, object]:
        """As it stands in a `withdrawn` act, beside that of the withdrawal."""
        schema = BOUND_BLANKED if self.of_decisions else BLANKED
        return {"schema": schema, "was": self.was, "becomes": self.becomes}


def blanked_in(acts: Iterable[Act]) -> Iterator[Blanked]:
    """Every file that another took the place of, oldest first. Raises LedgerDamaged for an act that doesn't say it."""
    for act in acts:
        schema = act.content.get("schema") if act.kind == WITHDRAWN else None
        if schema in (BLANKED, BOUND_BLANKED):
            was, becomes = act.content.get("was"), act.content.get("becomes")
            if not _is_name(was) or not (becomes is None or _is_name(becomes)):
                raise LedgerDamaged("does not say what was taken out of a kept file", where=f"act {act.index}")
            yield Blanked(str(was), None if becomes is None else str(becomes), schema == BOUND_BLANKED)


def living(name: str, blanked: Iterable[Blanked]) -> str | None:
    """The file that holds now what the act of a release or a decision names; None where it is gone for good."""
    found: str | None = name
    for one in blanked:
        found = one.becomes if found == one.was else found
    return found


def states_cited(acts: Iterable[Act]) -> Iterator[tuple[str, int]]:
    """Each file that an act puts on the shelf of releases, with the act's number, the destroyed ones too."""
    for act in acts:
        if act.kind == PUBLISHED and _has_state(act):
            yield str(act.content["state"]), act.index
        for one in blanked_in([act]):
            if one.becomes is not None and not one.of_decisions:
                yield one.becomes, act.index


def bound_cited(acts: Iterable[Act]) -> Iterator[tuple[str, int]]:
    """The same of each file with what decisions are bound to; many acts name one file."""
    for act in acts:
        if act.kind == DECIDED and _is_bound(act):
            yield str(act.content["bound_in"]), act.index
        for one in blanked_in([act]):
            if one.becomes is not None and one.of_decisions:
                yield one.becomes, act.index


def words_went(acts: Sequence[Act]) -> Iterator[tuple[str, int, date]]:
    """Of each release out of which a withdrawal took words: the file that holds the rest, the number of the release's
    act, and the day of the last withdrawal (UTC). The act's digest can be compared with nothing any more."""
    blanked = tuple(blanked_in(acts))
    days = {one.becomes: act.recorded_at.date() for act in acts for one in blanked_in([act])}
    for act in acts:
        if act.kind == PUBLISHED and _has_state(act):
            name = living(str(act.content["state"]), blanked)
            if name in days and name is not None:
                yield name, act.index, days[name]


def looked_through_content(source_id: str, releases: int, left: Sequence[str]) -> dict[str, object]:
    """As it stands in a `withdrawn` act: what is kept of so many releases, and all that decisions are bound to, was
    looked through for this source, and these files were left as they are."""
    said = {"schema": LOOKED_THROUGH, "source_id": source_id, "releases": releases}
    return said | {"left": list(left)} if left else said


def not_looked_through(acts: Iterable[Act]) -> dict[str, set[str]]:
    """Living files, of releases and decisions from before a withdrawal, that no act says were looked through for it;
    its sources.

    A version that took nothing out of releases wrote such withdrawals; others say which files they `left`. A file is as
    old as the release that it is left of, however often it was rewritten for others since.
    """
    read = tuple(acts)
    blanked = tuple(blanked_in(read))
    states = [(str(act.content["state"]), act.index) for act in read if act.kind == PUBLISHED and _has_state(act)]
    states += [(str(act.content["bound_in"]), act.index) for act in read if act.kind == DECIDED and _is_bound(act)]
    due: dict[str, list[str]] = {}
    for act in read:
        source = str(act.content.get("source_id"))
        if act.kind == WITHDRAWN and act.content.get("schema") == CONSENT_WITHDRAWN:
            due[source] = list(dict.fromkeys(state for state, index in states if index < act.index))
        elif act.kind == WITHDRAWN and act.content.get("schema") == LOOKED_THROUGH:
            left = act.content.get("left", [])
            if isinstance(left, list) and all(map(_is_name, left)):  # else it says nothing, and all are due still
                due[source] = left
    found: dict[str, set[str]] = {}
    for source, names in due.items():
        for name in filter(None, (living(one, blanked) for one in names)):
            found.setdefault(name, set()).add(source)
    return found


def _has_state(act: Act) -> bool:
    return bool(act.content.get("state"))


def _is_bound(act: Act) -> bool:
    return bool(act.content.get("bound_in"))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
