"""What a release is made from and judged by: the candidate, what went before it, and the acts that say so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

from consilience.casework.decisions_of_case import part_digests, pieces_of, row_digests
from consilience.casework.people import Apart
from consilience.casework.pipeline import Found
from consilience.casework.reviewing import FindingStatus
from consilience.errors import VaultError
from consilience.publish.document import Document, Grid, Heading, Paragraph, Picture
from consilience.publish.leak_scan import Hit
from consilience.publish.profiles import Profile
from consilience.publish.statements.resting import findings_behind, rows_behind
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.records.decisions import Decision
from consilience.records.replies import Letter
from consilience.records.tables import TABLES
from consilience.vault.acts import PUBLISHED, Act
from consilience.vault.beside_ledger import keep_on_shelf, read_from_shelf
from consilience.vault.shelves import RELEASES

RELEASE_SCHEMA = "consilience.release/1"
STATE_SCHEMA = "consilience.release-state/2"
_REPORTS = "report/"


@dataclass(frozen=True, slots=True)
class Published:
    """A release that the ledger holds. `state` names what was found then, on the shelf of releases."""

    index: int
    profile: str
    content: Digest
    manifest: Digest
    predecessor: Digest | None
    as_of: date
    state: str


@dataclass(frozen=True, slots=True)
class Affected:
    """A sentence of a release that rests on what is corrected: in which edition, under which heading, in which files.

    Every form of the report shows `sentence_id` beside the sentence.
    """

    manifest: Digest
    edition: str
    sentence_id: str
    text: str
    under: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """The files of a publication in memory, by relative POSIX path, and the documents that they were made from."""

    files: Mapping[str, bytes]
    documents: tuple[Document, ...]

    def content(self) -> Digest:
        """One digest for all names and bytes: what two persons approve."""
        listed = [[name, digest_bytes(data)] for name, data in sorted(self.files.items())]
        return digest_bytes(canonical_json(listed))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Everything that the gates look at. What could not be made, because something before it failed, is None.

    `apart` is the case with its people, also those who are sealed or have withdrawn.
    """

    found: Found
    apart: Apart
    out: Path
    today: date
    profile_name: str
    profile: Profile | None
    decisions: tuple[Decision, ...]
    statuses: tuple[FindingStatus, ...]
    letters: tuple[Letter, ...]
    predecessor: Published | None
    signer: str | None
    vault_flaw: str | None
    built: Built | None = None
    flaws: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()

    @property
    def as_of(self) -> date | None:
        """The only today that the publication knows."""
        return self.found.records.settings.as_of

    @property
    def consent_day(self) -> date:
        """The day on which consent has to hold: words go out today, though they speak of an earlier day."""
        return self.today if self.as_of is None else max(self.as_of, self.today)


def releases_in(acts: Iterable[Act]) -> tuple[Published, ...]:
    """Every release of ours in the ledger, oldest first."""
    return tuple(_read(act) for act in acts if act.kind == PUBLISHED and act.content.get("schema") == RELEASE_SCHEMA)


def state_of(found: Found, built: Built | None = None) -> bytes:
    """What was found, as short digests by incident and part, with the wording, for a later release to compare; and
    every sentence that went out with what it rests on, for corrections.
    """
    rows = row_digests(found.records)
    incidents = {
        block["incident_id"]: {"wording": block["attribution"]["wording"], "parts": part_digests(block, rows)}
        for block in found.findings["incidents"]
    }
    said = [_sentences(document) for document in (built.documents if built else ())]
    reports = sorted(name for name in (built.files if built else ()) if name.startswith(_REPORTS))
    return canonical_json({
        "schema": STATE_SCHEMA, "incidents": incidents, "pieces": pieces_of(found.findings), "documents": said,
        "reports": reports,
    })  # fmt: skip


def _sentences(document: Document) -> dict[str, object]:
    """The sentences of one document under the headings where they stand."""
    listed, under = [], document.title
    for block in document.blocks:
        if isinstance(block, Heading):
            under = block.text
        said = block.sentences if isinstance(block, Paragraph) else [block.caption] if _is_captioned(block) else []
        listed += [{"id": one.sentence_id, "text": one.text, "rests_on": one.support, "under": under} for one in said]
    return {"profile": document.profile, "language": document.language, "sentences": listed}


def keep_state(vault_folder: Path, found: Found, built: Built) -> str:
    """The state of a release is kept; gives its name. Raises VaultNotWritable."""
    return keep_on_shelf(vault_folder, RELEASES, state_of(found, built))


def read_state(vault_folder: Path, name: str) -> Mapping[str, Any]:
    """The incidents of a release, each with its wording and parts. Raises ExhibitDamaged."""
    state: Mapping[str, Any] = json.loads(read_from_shelf(vault_folder, RELEASES, name))
    incidents: Mapping[str, Any] = state["incidents"] if state.get("schema") == STATE_SCHEMA else state
    return incidents


def affected_by(vault_folder: Path, release: Published, target: str) -> tuple[Affected, ...] | None:
    """The sentences of a release that rest on an incident or a row, or are the one that is named, in reading order.

    None where what was said is not on record: the state is lost, or of a version that kept no sentences.
    """
    try:
        state: Mapping[str, Any] = json.loads(read_from_shelf(vault_folder, RELEASES, release.state))
    except VaultError:
        return None
    if state.get("schema") != STATE_SCHEMA:
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
                found.append(Affected(release.manifest, edition, one["id"], one["text"], one["under"], files))
    return tuple(found)


def _is_captioned(block: object) -> TypeGuard[Grid | Picture]:
    return isinstance(block, Grid | Picture)


def _read(act: Act) -> Published:
    content = act.content
    before = content.get("predecessor")
    return Published(
        index=act.index,
        profile=str(content["profile"]),
        content=Digest(str(content["content"])),
        manifest=Digest(str(content["manifest"])),
        predecessor=None if before is None else Digest(str(before)),
        as_of=date.fromisoformat(str(content["as_of"])),
        state=str(content["state"]),
    )
