"""What is kept of each release beside the ledger: what was found and said then, by the acts that name it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from consilience.errors import ExhibitDamaged, UsageError, VaultError
from consilience.publish.release_note import REMOVED
from consilience.publish.statements.resting import findings_behind, rows_behind
from consilience.quantities import Digest
from consilience.records.tables import TABLES
from consilience.vault.acts import PUBLISHED, Act
from consilience.vault.beside_ledger import read_from_shelf
from consilience.vault.release_acts import Blanked, blanked_in, living
from consilience.vault.shelves import RELEASES

RELEASE_SCHEMA = "consilience.release/1"
STATE_SCHEMA = "consilience.release-state/4"
_WITH_ROWS = ("consilience.release-state/3", STATE_SCHEMA)
_WITH_SENTENCES = ("consilience.release-state/2", *_WITH_ROWS)


@dataclass(frozen=True, slots=True)
class Published:
    """A release that the ledger holds. `state` names what was found and said, on the shelf of releases; None where that
    could not be read when a source withdrew, and was destroyed unread."""

    index: int
    profile: str
    content: Digest
    manifest: Digest
    predecessor: Digest | None
    as_of: date
    state: str | None


@dataclass(frozen=True, slots=True)
class Affected:
    """A sentence of a release that rests on what is corrected: in which edition, under which heading, in which files.

    Every form of the report shows `sentence_id` beside the sentence; `of_finding`: it tells of one incident, and does
    not count several. Where a source withdrew since, `removed_on` is the
    day (ISO 8601) on which its words went from here, and `text` says so.
    """

    manifest: Digest
    edition: str
    sentence_id: str
    text: str
    under: str
    files: tuple[str, ...]
    removed_on: str | None = None
    of_finding: bool = False


def releases_in(acts: Iterable[Act]) -> tuple[Published, ...]:
    """Every release of ours in the ledger, oldest first."""
    read = tuple(acts)
    blanked = tuple(blanked_in(read))
    ours = (act for act in read if act.kind == PUBLISHED and act.content.get("schema") == RELEASE_SCHEMA)
    return tuple(_read(act, blanked) for act in ours)


def read_state(vault_folder: Path, name: str | None) -> Mapping[str, Any]:
    """The incidents of a release, each with its wording and parts. A part is None where a source behind the finding has
    withdrawn: it is not known any more what it was. Raises ExhibitDamaged."""
    state = read_whole(vault_folder, name)
    incidents: Mapping[str, Any] = state["incidents"] if has_sentences(state) else state
    return {
        incident_id: {"wording": REMOVED if "removed_on" in one else one["wording"], "parts": one["parts"]}
        for incident_id, one in incidents.items()
    }


def affected_by(vault_folder: Path, release: Published, target: str) -> tuple[Affected, ...] | None:
    """The sentences of a release that rest on an incident or a row, or are the one that is named, in reading order.

    None where what was said is not on record: the state is lost, or of a version that kept no sentences.
    """
    try:
        state = read_whole(vault_folder, release.state)
    except VaultError:
        return None
    if not has_sentences(state):
        return None
    pieces: Mapping[str, Sequence[str]] = state["pieces"]
    found: list[Affected] = []
    for document in state["documents"]:
        edition = f"{document['profile']}/{document['language']}"
        files = tuple(one for one in state["reports"] if f"-{document['language']}." in one)
        for one in document["sentences"]:
            behind = {*rows_behind(one["rests_on"], pieces), *findings_behind(one["rests_on"], pieces)}
            rows = {name.partition("/")[2] for name in behind if name.partition("/")[0] in TABLES}
            if target in {*behind, *rows, one["id"], f"{edition}/{one['id']}"}:
                gone: str | None = one.get("removed_on")
                text = one["text"] if gone is None else f"{REMOVED} on {gone}"
                is_own = one["id"].partition("/")[0] in state["incidents"]
                found.append(Affected(release.manifest, edition, one["id"], text, one["under"], files, gone, is_own))
    return tuple(found)


def read_whole(vault_folder: Path, name: str | None) -> dict[str, Any]:
    """All that is kept of a release. Raises ExhibitDamaged; UsageError for what a newer version wrote."""
    if name is None:
        what = "could not be read when a source withdrew, and was destroyed"
        raise ExhibitDamaged(what, where=f".consilience/{RELEASES}")
    state: dict[str, Any] = json.loads(read_from_shelf(vault_folder, RELEASES, name))
    if isinstance(state.get("schema"), str) and not has_sentences(state):
        remedy = "Use the version that made the release, or a newer one."
        raise UsageError("what is kept of a release is of an unknown form", where=name, remedy=remedy)
    return state


def has_sentences(state: Mapping[str, Any]) -> bool:
    """Whether sentences are kept too, and not findings alone, as the first version did."""
    return state.get("schema") in _WITH_SENTENCES


def has_rows(state: Mapping[str, Any]) -> bool:
    """Whether it says whose each row was."""
    return state.get("schema") in _WITH_ROWS


def _read(act: Act, blanked: Sequence[Blanked]) -> Published:
    content = act.content
    before = content.get("predecessor")
    return Published(
        index=act.index,
        profile=str(content["profile"]),
        content=Digest(str(content["content"])),
        manifest=Digest(str(content["manifest"])),
        predecessor=None if before is None else Digest(str(before)),
        as_of=date.fromisoformat(str(content["as_of"])),
        state=living(str(content["state"]), blanked),
    )
