"""After publication: what was found wrong, what it touches, who holds what, and the notices that go out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from consilience.casework.bound_decisions import decisions_of
from consilience.casework.kept_releases import RELEASE_SCHEMA, Affected, Published, affected_by, read_state, releases_in
from consilience.casework.notices import tongues_of, write_notices
from consilience.errors import PublishError, UsageError, VaultError
from consilience.publish.correction_notices import Recalled
from consilience.publish.release_note import Change, changes_between
from consilience.quantities import digest_bytes, digest_file
from consilience.readings.case_file import read_case_file
from consilience.records.decisions import CORRECTED, CORRECTION, Decision, still_held
from consilience.vault.acts import COPIED, PUBLISHED, Act
from consilience.vault.bundle.openings import COPY
from consilience.vault.store import Vault

_MANIFEST: Final = "manifest.json"
_HOLDER_KEYS: Final = ("to", "where", "profile")
"""Where an act says who got something: of a bundle, of a replica, of a release. The first that it has is shown."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: the decision that took it in, the one that answered it if any, and the releases it touches.

    `bundles` are roots of bundles that were handed out with the finding in them. `overdue`: its deadline was over on
    the day asked about and nobody had answered; None where no day is known. `sentences` says which sentences a reader
    must look at again, and `affected` lists them, release by release; of the releases in `unlisted` what was said is
    not on record.
    """

    taken_in: Decision
    answered: Decision | None
    releases: tuple[Published, ...]
    bundles: tuple[str, ...]
    sentences: str
    overdue: bool | None
    affected: tuple[Affected, ...]
    unlisted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds something of this case, by an act of the ledger."""

    act: int
    kind: str
    who: str
    on: date


@dataclass(frozen=True, slots=True)
class Corrections:
    """All that is known after publication."""

    corrections: tuple[Correction, ...]
    releases: tuple[Published, ...]
    holders: tuple[Holder, ...]
    written: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Two release folders: files that came, went or changed, and findings that did, where this case knows both."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    findings: tuple[Change, ...]
    known: bool


def corrections(case: Path, out: Path | None = None, as_of: date | None = None) -> Corrections:
    """Every correction, release and holder; with `out`, also `recall-notice.md` and `retraction.md` for what is open,
    in English and in the languages of the releases.

    `as_of` is the day by which a deadline is over; the case's own if not given. Nothing is weighed anew.
    Raises the errors of a vault, and PublishError.
    """
    vault = Vault.open(case)
    releases = releases_in(vault.acts())
    decisions = still_held(decisions_of(vault))
    bundles = _bundles(vault.acts())
    day = as_of or read_case_file(case).as_of
    answers = {one.target: one for one in decisions if one.kind == CORRECTED}
    found = tuple(
        _correction(one, answers.get(one.decision_id), releases, bundles, vault.folder, day)
        for one in decisions
        if one.kind == CORRECTION
    )
    holders = tuple(_holders(vault.acts()))
    written = () if out is None else _notices(case, vault, found, bool(releases or bundles), out)
    return Corrections(found, releases, holders, written)


def compare(case: Path, old: Path, new: Path) -> Compared:
    """What differs between two release folders, each checked against its own manifest first.

    Raises UsageError for a folder that is no release, or where the newer is named first;
    PublishError for one whose files are not those of its manifest.
    """
    before, after = _files(old), _files(new)
    vault = Vault.open(case)
    by_manifest = {one.manifest: one for one in releases_in(vault.acts())}
    one, other = (by_manifest.get(digest_file(folder / _MANIFEST)) for folder in (old, new))
    if _is_later(old, new, one, other):
        remedy = f"Swap them: consilience correct {case} --compare {new} {old}"
        raise UsageError("the older release goes first, and this is the newer", where=str(old), remedy=remedy)
    findings: tuple[Change, ...] = ()
    if one is not None and other is not None:
        findings = changes_between(read_state(vault.folder, one.state), read_state(vault.folder, other.state))
    return Compared(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(name for name in before.keys() & after.keys() if before[name] != after[name])),
        findings=findings,
        known=one is not None and other is not None,
    )


def _is_later(old: Path, new: Path, one: Published | None, other: Published | None) -> bool:
    """Is what was named first the later of two releases? By the ledger where it holds both, else by the manifest alone,
    which names the release that it follows."""
    if one is not None and other is not None:
        return one.index > other.index
    follows: Any = json.loads((old / _MANIFEST).read_bytes()).get("predecessor")
    return bool(follows == digest_file(new / _MANIFEST))


def _correction(
    taken_in: Decision,
    answered: Decision | None,
    releases: Sequence[Published],
    bundles: Mapping[str, Sequence[str]],
    vault_folder: Path,
    as_of: date | None,
) -> Correction:
    about = taken_in.target
    said = {one.manifest: affected_by(vault_folder, one, about) for one in releases}
    touched = tuple(one for one in releases if said[one.manifest] or _holds(vault_folder, one, about))
    affected = tuple(sentence for listed in said.values() for sentence in listed or ())
    is_sentence = any(about in (one.sentence_id, f"{one.edition}/{one.sentence_id}") for one in affected)
    is_other = not is_sentence and (bool(touched) or taken_in.of_finding)
    overdue: bool | None = False
    if answered is None and taken_in.due is not None:
        overdue = None if as_of is None else taken_in.due < as_of
    return Correction(
        taken_in, answered, touched,
        bundles=tuple(root for root, incidents in bundles.items() if about in incidents),
        sentences=f"every sentence that rests on {about}" if is_other else f"sentence {about}",
        overdue=overdue, affected=affected,
        unlisted=tuple(one.manifest for one in releases if said[one.manifest] is None),
    )  # fmt: skip


def _bundles(acts: Iterable[Act]) -> dict[str, Sequence[str]]:
    """The incidents of each bundle that was handed out, by its root, in the order of the ledger."""
    said = [act.content for act in acts if act.kind == COPIED and act.content.get("schema") == COPY]
    listed = [(str(one["root"]), one.get("incidents")) for one in said]
    return {root: [str(name) for name in names] for root, names in listed if isinstance(names, list | tuple)}


def _holds(vault_folder: Path, release: Published, incident_id: str) -> bool:
    """Was this finding in that release? A release whose state is lost counts as one that holds it."""
    try:
        return incident_id in read_state(vault_folder, release.state)
    except VaultError:
        return True


def _holders(acts: Iterable[Act]) -> Iterable[Holder]:
    """Whoever the ledger says got a copy, a bundle or a publication; our own releases name their profile."""
    for act in acts:
        if act.kind in (COPIED, PUBLISHED):
            who = next((str(act.content[key]) for key in _HOLDER_KEYS if act.content.get(key)), "not stated")
            if act.content.get("schema") == RELEASE_SCHEMA:
                who = f"readers of the {who} release"
            yield Holder(act.index, act.kind, who, act.recorded_at.date())


def _notices(case: Path, vault: Vault, found: Sequence[Correction], is_held: bool, out: Path) -> tuple[Path, ...]:
    """A recall notice for what is open and severe, where anybody holds anything, and a retraction page."""
    opened = [one for one in found if one.answered is None and one.taken_in.value != "minor"] if is_held else []
    retracted = [one for one in found if one.taken_in.value == "retraction"]
    tongues = tongues_of(vault.folder, (release for one in (*opened, *retracted) for release in one.releases))
    return write_notices(case, out, list(map(_told, opened)), list(map(_told, retracted)), tongues)


def _told(one: Correction) -> Recalled:
    manifests = tuple(release.manifest for release in one.releases)
    answer = None if one.answered is None else one.answered.on
    return Recalled(
        one.taken_in.target, one.taken_in.value, one.taken_in.on, one.taken_in.due, answer, manifests, one.bundles
    )


def _files(folder: Path) -> Mapping[str, str]:
    """Path to digest of a release folder, every file read."""
    try:
        manifest: Any = json.loads((folder / _MANIFEST).read_bytes())
        listed = {str(one["path"]): str(one["digest"]) for one in manifest["files"]}
        is_ours = manifest["schema"] == RELEASE_SCHEMA
    except (OSError, ValueError, KeyError, TypeError) as err:
        remedy = "Name a folder that `consilience release` wrote."
        raise UsageError("is no release", where=str(folder), remedy=remedy) from err
    if not is_ours:
        raise UsageError(
            "is a release of another form", where=str(folder), remedy="Compare it with the version that wrote it."
        )
    for name, digest in listed.items():
        file = folder / name
        if not file.is_file() or digest_bytes(file.read_bytes()) != digest:
            raise PublishError("is not the file of its manifest", where=str(file), remedy="Take a whole copy.")
    return listed
