"""What a release is made from and judged by: the candidate, what went before it, and the acts that say so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from consilience.casework.decisions_of_case import part_digests, row_digests
from consilience.casework.people import Apart
from consilience.casework.pipeline import Found
from consilience.casework.reviewing import FindingStatus
from consilience.publish.document import Document
from consilience.publish.leak_scan import Hit
from consilience.publish.profiles import Profile
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.records.decisions import Decision
from consilience.records.replies import Letter
from consilience.vault.acts import PUBLISHED, Act
from consilience.vault.beside_ledger import keep_on_shelf, read_from_shelf
from consilience.vault.shelves import RELEASES

RELEASE_SCHEMA = "consilience.release/1"


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
    recorded_on: date


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


def state_of(found: Found) -> bytes:
    """What was found, as short digests by incident and part, with the wording: for a later release to compare."""
    rows = row_digests(found.records)
    return canonical_json({
        block["incident_id"]: {"wording": block["attribution"]["wording"], "parts": part_digests(block, rows)}
        for block in found.findings["incidents"]
    })  # fmt: skip


def keep_state(vault_folder: Path, found: Found) -> str:
    """The state of a release is kept; gives its name. Raises VaultNotWritable."""
    return keep_on_shelf(vault_folder, RELEASES, state_of(found))


def read_state(vault_folder: Path, name: str) -> Mapping[str, Any]:
    """What was kept. Raises ExhibitDamaged."""
    state: Mapping[str, Any] = json.loads(read_from_shelf(vault_folder, RELEASES, name))
    return state


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
        recorded_on=act.recorded_at.date(),
    )
