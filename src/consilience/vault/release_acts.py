"""What the ledger says of what stood in each release: which file holds it, and which file took its place.

A withdrawal takes the sentences that rest on its source out of what is kept of each release: a new file, the acts, then
the end of the old file (docs/formats/release-format.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from consilience.errors import LedgerDamaged
from consilience.vault.acts import PUBLISHED, WITHDRAWN, Act
from consilience.vault.sealed_acts import CONSENT_WITHDRAWN

BLANKED = "consilience.release_blanked/1"
LOOKED_THROUGH = "consilience.releases_looked_through/1"
"""Beside a withdrawal where there were releases: what is kept of each was looked through for that source."""

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blanked:
    """The file `was` is destroyed, and `becomes` holds the rest of it; None where it could not be read."""

    was: str
    becomes: str | None

    def content(self) -> dict[str, object]:
        """As it stands in a `withdrawn` act, beside that of the withdrawal."""
        return {"schema": BLANKED, "was": self.was, "becomes": self.becomes}


def blanked_in(acts: Iterable[Act]) -> Iterator[Blanked]:
    """Every file that another took the place of, oldest first. Raises LedgerDamaged for an act that doesn't say it."""
    for act in acts:
        if act.kind == WITHDRAWN and act.content.get("schema") == BLANKED:
            was, becomes = act.content.get("was"), act.content.get("becomes")
            if not _is_name(was) or not (becomes is None or _is_name(becomes)):
                raise LedgerDamaged("does not say what was taken out of a release", where=f"act {act.index}")
            yield Blanked(str(was), None if becomes is None else str(becomes))


def living(name: str, blanked: Iterable[Blanked]) -> str | None:
    """The file that holds now what a release's act names; None where it is gone for good."""
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
            if one.becomes is not None:
                yield one.becomes, act.index


def looked_through_content(source_id: str, releases: int, left: Sequence[str]) -> dict[str, object]:
    """As it stands in a `withdrawn` act: what is kept of so many releases was looked through for this source, and these
    files were left as they are."""
    said = {"schema": LOOKED_THROUGH, "source_id": source_id, "releases": releases}
    return said | {"left": list(left)} if left else said


def not_looked_through(acts: Iterable[Act]) -> dict[str, set[str]]:
    """Living files of releases from before a withdrawal that no act says they were looked through for; its sources.

    A version that took nothing out of releases wrote such withdrawals; others say which files they `left`. A file is as
    old as the release that it is left of, however often it was rewritten for others since.
    """
    read = tuple(acts)
    blanked = tuple(blanked_in(read))
    states = [(str(act.content["state"]), act.index) for act in read if act.kind == PUBLISHED and _has_state(act)]
    due: dict[str, list[str]] = {}
    for act in read:
        source = str(act.content.get("source_id"))
        if act.kind == WITHDRAWN and act.content.get("schema") == CONSENT_WITHDRAWN:
            due[source] = [state for state, index in states if index < act.index]
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


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
