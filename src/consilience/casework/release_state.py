"""What a release is made from and judged by: the candidate, what went before it, and the acts that say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

from consilience.casework.decisions_of_case import part_digests
from consilience.casework.kept_releases import STATE_SCHEMA, Published
from consilience.casework.people import Apart
from consilience.casework.pipeline import Found
from consilience.casework.resting_rows import Rows
from consilience.casework.reviewing import FindingStatus
from consilience.publish.document import Document, Grid, Heading, Paragraph, Picture
from consilience.publish.leak_scan import Hit
from consilience.publish.profiles import Profile
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.records.consent import rows_by_source
from consilience.records.decisions import Decision
from consilience.records.replies import Letter
from consilience.vault.beside_ledger import keep_salted
from consilience.vault.shelves import RELEASES

_REPORTS = "report/"


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

    `flaws` are what is wrong beside the files, `missing` why some of these could not be made,
    `unscanned` why no leak scan was made, `unsaid` what was said of letters and is said no more. `apart` is the case
    with its people, also those who are sealed or have withdrawn. `rows` gives the digests of the
    rows of `found`: a gate asks for them where it needs them, and they are made once.
    """

    found: Found
    rows: Callable[[], Rows]
    apart: Apart
    out: Path
    today: date
    profile_name: str
    profile: Profile | None
    decisions: tuple[Decision, ...]
    statuses: tuple[FindingStatus, ...]
    letters: tuple[Letter, ...]
    unsaid: tuple[str, ...]
    predecessor: Published | None
    signer: str | None
    vault_flaw: str | None
    built: Built | None = None
    flaws: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unscanned: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()

    @property
    def as_of(self) -> date | None:
        """The only today that the publication knows."""
        return self.found.records.settings.as_of

    @property
    def consent_day(self) -> date:
        """The day on which consent has to hold: words go out today, though they speak of an earlier day."""
        return self.today if self.as_of is None else max(self.as_of, self.today)


def state_of(found: Found, rows: Rows, built: Built | None = None) -> dict[str, Any]:
    """What was found, as short digests by incident and part, with the wording, for a later release to compare; every
    sentence that went out with what it rests on, for corrections; and whose each row was, for withdrawals.
    """
    incidents = {
        block["incident_id"]: {"wording": block["attribution"]["wording"], "parts": part_digests(block, rows.by_id)}
        for block in found.findings["incidents"]
    }
    said = [_sentences(document) for document in (built.documents if built else ())]
    reports = sorted(name for name in (built.files if built else ()) if name.startswith(_REPORTS))
    return {
        "schema": STATE_SCHEMA, "incidents": incidents, "pieces": rows.pieces, "documents": said,
        "reports": reports, "rows": rows_by_source(found.records), "flights": _flights(found.findings),
    }  # fmt: skip


def _flights(findings: Mapping[str, Any]) -> dict[str, list[str]]:
    """The sightings of each flight that a finding names."""
    tracks = (track for block in findings["incidents"] for track in block["tracks"] or ())
    return {track["track_id"]: sorted(track["sightings"]) for track in tracks}


def _sentences(document: Document) -> dict[str, object]:
    """The sentences of one document under the headings where they stand."""
    listed, under = [], document.title
    for block in document.blocks:
        if isinstance(block, Heading):
            under = block.text
        said = block.sentences if isinstance(block, Paragraph) else [block.caption] if _is_captioned(block) else []
        listed += [{"id": one.sentence_id, "text": one.text, "rests_on": one.support, "under": under} for one in said]
    return {"profile": document.profile, "language": document.language, "sentences": listed}


def keep_state(vault_folder: Path, it: Candidate, built: Built) -> str:
    """The state of a release is kept, with a salt; gives its name. Raises VaultNotWritable."""
    return keep_salted(vault_folder, RELEASES, state_of(it.found, it.rows(), built))


def _is_captioned(block: object) -> TypeGuard[Grid | Picture]:
    return isinstance(block, Grid | Picture)
