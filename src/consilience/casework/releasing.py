"""The only door out: a release is built in memory, judged by every gate, signed, recorded, and only then there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from consilience.casework.acting_time import now
from consilience.casework.alleging import is_untold, untold
from consilience.casework.asked_before import fewer_reviewers
from consilience.casework.batches import Progress
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.candidates import write_candidate
from consilience.casework.folders import replaced_whole
from consilience.casework.kept_releases import RELEASE_SCHEMA, Published, read_state, releases_in
from consilience.casework.keys import open_vault, own_keyring
from consilience.casework.letter_history import unsaid
from consilience.casework.letter_rows import letters_of
from consilience.casework.people import read_apart
from consilience.casework.pipeline import Found, find
from consilience.casework.prose_files import names_of
from consilience.casework.release_files import data_files, pictures
from consilience.casework.release_gates import not_readable, not_whole, reasons
from consilience.casework.release_remedies import remedy
from consilience.casework.release_state import Built, Candidate, keep_state, state_of
from consilience.casework.resting_rows import once
from consilience.casework.reviewing import FindingStatus, statuses
from consilience.casework.roles import require_role
from consilience.casework.second_look import check_consents
from consilience.casework.secrets_of_case import secrets_of
from consilience.errors import KeysUnusable, PublishError, UsageError, VaultError
from consilience.publish.catalogue import FIRST, catalogue_of
from consilience.publish.document import Document
from consilience.publish.document_text import document_text
from consilience.publish.leak_scan import scan
from consilience.publish.profiles import Profile
from consilience.publish.redaction import profile_named
from consilience.publish.release_note import Change, changes_between, note_text
from consilience.publish.rounding import LEVELS
from consilience.publish.statements.frame import party_names
from consilience.publish.statements.words import Words
from consilience.publish.writing import write_output
from consilience.quantities import Digest, digest_bytes
from consilience.records.consent import for_publication
from consilience.records.decisions import CORRECTED, CORRECTION, Decision, still_held
from consilience.records.worded import Worded
from consilience.vault.acts import PUBLISHED
from consilience.vault.checking import check
from consilience.vault.notes import Note, Signer
from consilience.vault.store import Vault
from consilience.version import __version__

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
NOTE: Final = "release-note-{language}.md"

Reports = Callable[[Found, Profile, Sequence[str], Sequence[str], Sequence[FindingStatus]], Built]
"""The report of a case under a profile, in some forms and languages, given what was reviewed: files and documents."""


@dataclass(frozen=True, slots=True)
class Release:
    """What came of it: the reasons why the door is shut, or none. `content` is what two persons approve, None while
    `not_whole` says why no bytes can be approved.

    `candidate` is the folder in which a dry run wrote just these bytes for approvers to read; where it wrote none,
    `not_readable` says why. `manifest` is the digest of the manifest of a release that now stands in `out`. `notes`
    shut nothing and have to be known to whoever approves: which letters were sent and nobody knows what they put.
    `mends` says of each reason, in their order, by which command or in which file it is mended.
    """

    out: Path
    reasons: tuple[str, ...]
    content: Digest | None
    files: tuple[str, ...]
    manifest: Digest | None
    notes: tuple[str, ...] = ()
    not_whole: tuple[str, ...] = ()
    candidate: Path | None = None
    not_readable: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


def release(
    case: Path, profile_name: str, out: Path, reports: Reports, *, formats: Sequence[str], languages: Sequence[str],
    dry_run: bool = False, workers: int = 1, progress: Progress,
) -> Release:  # fmt: skip
    """The release stands in `out`, signed and recorded, or every reason is given why not and nothing stands there.

    `dry_run` records no release: it gives the digest that two persons are to approve, and writes the bytes that it is
    of into a folder beside `out` that nobody can take for a release (`candidates`).
    The act `published` is recorded before the folder appears: a run that is killed between the two is finished by
    running again, which records nothing twice. Raises the errors of a run.
    """
    found = find(case, workers=workers, progress=progress)
    signer, key_flaw = _signer()
    vault = open_vault(case)
    it = _candidate(found, vault, profile_name, out, signer, key_flaw)
    progress("build", 0, 1)
    it = _with_files(it, vault, reports, formats, languages)
    progress("build", 1, 1)
    shut, lacks = reasons(it), not_whole(it)
    why, mends = tuple(shut), tuple(remedy(gate, reason, case, profile_name) for reason, gate in shut.items())
    notes = tuple(untold(one) for one in it.letters if is_untold(one))
    notes += fewer_reviewers(vault, found.records.settings.reviewers)
    if it.built is None or lacks:
        return Release(out, why, None, (), None, notes, lacks, mends=mends)
    done = Release(out, why, it.built.content(), tuple(sorted(it.built.files)), None, notes, mends=mends)
    if dry_run:
        hidden = not_readable(it)
        folder = None if hidden else write_candidate(it, it.built, vault)
        return replace(done, candidate=folder, not_readable=hidden)
    if why or signer is None:
        return done
    return replace(done, manifest=_publish(it, it.built, vault, signer))


def _signer() -> tuple[Signer | None, str | None]:
    """The key that signs, if there is one, and why it can't or may not: who publishes needs the role for it."""
    try:
        keyring = own_keyring()
        require_role(keyring.folder, "publish")
    except KeysUnusable as err:
        return None, Worded(f"the signing key can't be used: {err.what}", "key")
    except UsageError as err:
        return keyring.signer, Worded(err.what, "role")
    return keyring.signer, None


def _candidate(
    found: Found, vault: Vault, profile_name: str, out: Path, signer: Signer | None, key_flaw: str | None
) -> Candidate:
    decisions, today = still_held(decisions_of(vault)), now().date()
    found = replace(found, records=for_publication(found.records, today))
    rows, letters = once(found), letters_of(found.records, decisions)
    return Candidate(
        found=found, rows=rows, apart=read_apart(found.case, vault), out=out, today=today,
        profile_name=profile_name, profile=profile_named(profile_name),
        decisions=decisions, statuses=statuses(found, decisions, rows), letters=letters,
        unsaid=tuple(unsaid(vault, found.records.settings, letters, decisions)),
        predecessor=None, signer=None if signer is None else signer.name,
        vault_flaw=_vault_flaw(found.case, vault), flaws=() if key_flaw is None else (key_flaw,),
    )  # fmt: skip


def _vault_flaw(case: Path, vault: Vault) -> str | None:
    """What is wrong with anything that is kept, every byte of it read, and with the signatures."""
    try:
        vault.signed(every=True)  # `check` reads the rest, each byte once
        damaged = check(case, read_data=True).damaged
    except VaultError as err:
        return f"{err.where}: {err.what}"
    return str(damaged[0]) if damaged else None


def _with_files(
    it: Candidate, vault: Vault, reports: Reports, formats: Sequence[str], languages: Sequence[str]
) -> Candidate:
    """The candidate with its files and what the leak scan found in them; without, where its profile is unknown.

    The words of each document are scanned too: a page of Arabic can't be turned back into all its letters.
    """
    if it.profile is None or not it.found.findings["incidents"]:
        return it
    missing: list[str] = []
    files: dict[str, bytes] = data_files(it.found, it.profile)
    documents: tuple[Document, ...] = ()
    try:
        report = reports(it.found, it.profile, formats, languages, it.statuses)
        files |= report.files
        documents = report.documents
    except PublishError as err:
        missing.append(Worded(f"the report can't be built: {err}".replace("\n", " "), "report"))
    copies = pictures(it.found, it.decisions)
    built = Built({**files, **copies.files}, documents)
    profile = it.profile
    it = _with_note(replace(it, missing=(*missing, *copies.flaws)), profile, vault, built, tuple(languages) or (FIRST,))
    texts = {f"document-{one.language}.html": document_text(one).encode() for one in documents}
    try:
        scanned = {**(it.built.files if it.built else {}), **texts}
        return replace(it, hits=scan(scanned, secrets_of(it.found, it.apart, profile, vault)))
    except PublishError as err:
        return replace(it, unscanned=(Worded(f"the leak scan can't be made: {err.where}: {err.what}", "scan"),))


def _with_note(it: Candidate, profile: Profile, vault: Vault, built: Built, languages: Sequence[str]) -> Candidate:
    """The candidate with all its files, the note on what changed among them, and the release that it follows.

    Where the bytes are those of the last release it is that one again (it was cut short, or is handed out anew), and
    follows what that one followed.
    """
    earlier = [one for one in releases_in(vault.acts()) if one.profile == it.profile_name]
    last = earlier[-1] if earlier else None
    if last is not None:
        before = next((one for one in earlier if one.manifest == last.predecessor), None)
        again = replace(it, predecessor=before, built=_noted(it, profile, vault, built, languages, before)[0])
        if again.built is not None and again.built.content() == last.content:
            return again
    whole, flaws = _noted(it, profile, vault, built, languages, last)
    return replace(it, predecessor=last, built=whole, missing=(*it.missing, *flaws))


def _noted(
    it: Candidate, profile: Profile, vault: Vault, built: Built, languages: Sequence[str], before: Published | None
) -> tuple[Built, tuple[str, ...]]:
    """The files with the note, in each language, that compares them with a release before; and why that can't be."""
    was: Mapping[str, Any] = {}
    flaws: tuple[str, ...] = ()
    if before is not None and before.state is not None:
        try:
            was = read_state(vault.folder, before.state)
        except VaultError as err:
            flaws = (Worded(f"the release before this one can't be compared: {err.what}", "release before"),)
    changes: tuple[Change, ...] | None = ()
    if before is not None:  # what was destroyed unread, for a source that withdrew, is compared with nothing
        now_there = state_of(it.found, it.rows())["incidents"]
        changes = None if before.state is None else changes_between(was, now_there)
    manifest = None if before is None else before.manifest
    notes = {
        NOTE.format(language=language): note_text(
            _words_of(it, language), it.as_of, changes, profile, manifest, _corrections(it.decisions)
        ).encode()
        for language in languages
    }  # fmt: skip
    return Built({**built.files, **notes}, built.documents), flaws


def _words_of(it: Candidate, language: str) -> Words:
    """The words of a language with the case's own names of its parties in it."""
    settings = it.found.records.settings
    words = Words(catalogue_of(language), settings.zone, levels=(*LEVELS, settings.attribution_level))
    return replace(words, party_names=party_names(words, settings, names_of(it.found.case, language)))


def _corrections(decisions: Sequence[Decision]) -> list[tuple[str, str]]:
    """Answered corrections, as the note tells them: what was corrected and how severe it was, not who told us."""
    answered = {one.target for one in decisions if one.kind == CORRECTED}
    return [(one.target, one.value) for one in decisions if one.kind == CORRECTION and one.decision_id in answered]


def _publish(it: Candidate, built: Built, vault: Vault, signer: Signer) -> Digest:
    """Signed, recorded, and then there.

    Who has withdrawn is asked once more, with nobody else writing: a withdrawal that comes later finds the act. Raises
    UsageError where consents have changed since; VaultError, PublishError.
    """
    manifest = _manifest(it, built)
    digest = digest_bytes(manifest)
    note = f"consilience/release\n{digest.removeprefix('sha256:')}\n".encode()
    signed = Note(note, (signer.sign(note),)).bytes
    with replaced_whole(it.out) as fresh:
        for name, data in {**built.files, MANIFEST: manifest, SIGNATURE: signed}.items():
            write_output(fresh / name, data)
        with vault.writing():
            check_consents(it.found.case, vault, it.found.records)
            _check_still_judged(it, digest, vault)
            if not any(one.manifest == digest for one in releases_in(vault.acts())):
                content = {
                    "schema": RELEASE_SCHEMA, "profile": it.profile_name, "content": built.content(),
                    "manifest": digest, "predecessor": None if it.predecessor is None else it.predecessor.manifest,
                    "as_of": str(it.as_of), "files": len(built.files), "version": __version__, "signer": signer.name,
                    "state": keep_state(vault.folder, it, built),
                }  # fmt: skip
                vault.record(PUBLISHED, [content], now())
    return digest


def _check_still_judged(it: Candidate, manifest: Digest, vault: Vault) -> None:
    """Nothing was decided and nothing else released since the gates looked. The caller is in `writing`.

    Raises UsageError: a finding may have been contested meanwhile, or another release have taken this one's place.
    """
    earlier = [one.manifest for one in releases_in(vault.acts()) if one.profile == it.profile_name]
    follows = None if it.predecessor is None else it.predecessor.manifest
    is_next = (earlier[-1] if earlier else None) in (follows, manifest)
    if tuple(still_held(decisions_of(vault))) != tuple(it.decisions) or not is_next:
        what = "something was decided or released since this release was judged; nothing was released"
        raise UsageError(what, where=it.profile_name, remedy="Release again: it is judged anew.")


def _manifest(it: Candidate, built: Built) -> bytes:
    """Every file with its digest and size, what went before, and as of which day it speaks; no clock, no person."""
    value: Mapping[str, Any] = {
        "schema": RELEASE_SCHEMA,
        "case_id": it.found.records.settings.id,
        "profile": it.profile_name,
        "as_of": str(it.as_of),
        "version": __version__,
        "content": built.content(),
        "predecessor": None if it.predecessor is None else it.predecessor.manifest,
        "files": [
            {"path": name, "digest": digest_bytes(data), "size_bytes": len(data)}
            for name, data in sorted(built.files.items())
        ],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
