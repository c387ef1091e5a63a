"""A case to its report: findings, prose and names to a document for a profile and language, and that to files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from consilience.casework import fitted_store
from consilience.casework.acting_time import now
from consilience.casework.alleging import Allegations
from consilience.casework.batches import Progress
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.folders import RUN_FILE, RUN_SCHEMA, check_out, files_below, replaced_whole
from consilience.casework.keys import open_vault
from consilience.casework.letter_rows import letters_of, replies_of, with_letters
from consilience.casework.once_claimed import claims_of
from consilience.casework.outputs_told import tell_outputs
from consilience.casework.pipeline import Found, find
from consilience.casework.printed_names import printed_names
from consilience.casework.prose_files import FOLDER as PROSE
from consilience.casework.prose_files import names_of, prose_of
from consilience.casework.replies_weighed import contested_by
from consilience.casework.resting_rows import once
from consilience.casework.reviewing import review_words, statuses
from consilience.casework.run_record import versions
from consilience.casework.second_look import check_consents
from consilience.casework.views import view_case
from consilience.errors import UsageError
from consilience.publish.catalogue import languages
from consilience.publish.document import Document
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import PROFILES
from consilience.publish.statements.build import Edition, build_document, looked_up
from consilience.publish.statements.narrative import Looked
from consilience.publish.statements.resting import Claims
from consilience.publish.writing import write_output
from consilience.quantities import canonical_json
from consilience.records.allegations import Difference
from consilience.records.decisions import retracted_in, still_held
from consilience.records.left_out import Tell, tell_nobody
from consilience.records.views import CaseView
from consilience.vault.pseudonyms import publication_names


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was written: where, its files, and how many sentences of each language bear a mark."""

    out: Path
    files: tuple[str, ...]
    marked: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        return {"out": str(self.out), "files": list(self.files), "marked": dict(self.marked)}


@dataclass(frozen=True, slots=True)
class Ready:
    """A case with its findings and its view, from which any edition is made.

    `reviews` says the status of each finding that somebody decided on, by incident_id; `source_names` under which name
    a publication lets a source stand, by source_id; `claims` what was decided on and is no longer in the case. In
    `found` what people decided of letters is laid over the rows; `as_read` is the same case as its tables have it.
    `unput` says by letter_id what is alleged and was not put to its addressee, `replies` when and how it was answered,
    and `contests` which incidents the answer disputes.
    """

    case: Path
    found: Found
    view: CaseView
    reviews: Mapping[str, str] = field(default_factory=dict)
    source_names: Mapping[str, str] = field(default_factory=dict)
    claims: Claims = field(default_factory=Claims)
    as_read: Found | None = None
    unput: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    replies: Mapping[str, tuple[tuple[date, str], ...]] = field(default_factory=dict)
    contests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def document(self, profile: str, language: str, *, is_draft: bool = True) -> Document:
        """One edition. ProseInvalid where the prose can't be used, PublishError where the language lacks phrases."""
        edition = self._edition(profile, language, is_draft)
        return build_document(self.found.findings, self.found.records, self.view, edition)

    def references(self, profile: str, language: str) -> tuple[Looked, ...]:
        """Every reference in the prose of an edition, with what it says and rests on."""
        edition = self._edition(profile, language, is_draft=True)
        return looked_up(self.found.findings, self.found.records, self.view, edition)

    def _edition(self, profile: str, language: str, is_draft: bool) -> Edition:
        return Edition(
            profile, language, is_draft=is_draft, prose=prose_of(self.case, language, profile),
            names=names_of(self.case, language), reviews=self.reviews, source_names=self.source_names,
            claims=self.claims, unput=self.unput, replies=self.replies, contests=self.contests,
        )  # fmt: skip


def ready(folder: Path, *, workers: int, progress: Progress) -> Ready:
    """Find everything anew, from the cache where nothing changed, so that a report never speaks of an older case.

    What people decided is laid over it: the status of each finding, and where each letter stands. A source that has no
    name for publications yet is given one, for good, in the ledger.
    """
    found = find(folder, workers=workers, progress=progress)
    view = view_case(found.records, found.evidence, found.weighed)
    if found.log_model is not None:
        view = replace(view, log_model=fitted_store.from_bytes(found.log_model))
    vault = open_vault(folder)
    decisions = still_held(decisions_of(vault))
    reviewed = statuses(found, decisions, once(found), scopes=False)
    every = letters_of(found.records, decisions)
    laid_over = replace(found, records=with_letters(found.records, every))
    called = printed_names(folder, found.records.settings)
    names = publication_names(vault, found.records.tables["sources"]["source_id"], now())
    return Ready(
        folder.resolve(), laid_over, view, reviews=review_words(reviewed), source_names=names,
        claims=claims_of(found, reviewed, decisions, vault, folder / PROSE), as_read=found,
        unput=Allegations(found.records, found.findings["incidents"], retracted_in(decisions), called).unput(every),
        replies=replies_of(every),
        contests=contested_by(decisions, every, found.records.settings.as_of),
    )  # fmt: skip


def report_case(
    folder: Path, out: Path | None, *, profile: str, forms: Sequence[str], tongues: Sequence[str], workers: int,
    progress: Progress, tell: Tell = tell_nobody,
) -> Reported:  # fmt: skip
    """Write a draft of the report in each form and language; `out` is by default `CASE-report` beside the case.

    `out` appears whole or stays as it was, and holds the same bytes for the same state of the case. Raises UsageError
    for an unknown profile, form or language, or where consents changed while it was made, and what `find`
    and `Ready.document` raise.
    """
    _check_known("profile", [profile], PROFILES)
    _check_known("form", forms, FORMS)
    _check_known("language", tongues, languages())
    case = folder.resolve()
    usual = case.parent / f"{case.name}-report"
    target = usual if out is None else out.resolve()
    check_out(target, case)
    if (target / "findings.json").exists():
        raise UsageError(
            "this folder holds the findings of a run, which a report would replace",
            where=str(target), remedy="Choose another folder with --out.",
        )  # fmt: skip
    made = ready(folder, workers=workers, progress=progress)
    tell(made.found.records.left_out)
    marked = {}
    with ExitStack() as until_in_place, _report_folder(target, made, profile) as fresh:
        steps = list(product(tongues, forms))
        for tongue in tongues:
            document = made.document(profile, tongue)
            marked[tongue] = sum(bool(sentence.flags) for sentence in document.sentences)
            for form in forms:
                write_output(fresh / f"report-{profile}-{tongue}.{form}", FORMS[form](document))
                progress("report", steps.index((tongue, form)) + 1, len(steps))
        tell_outputs(case, target, usual, "drafts of the report")
        vault = open_vault(case)
        until_in_place.enter_context(vault.writing())
        check_consents(case, vault, made.found.records)
    return Reported(target, tuple(name for name in files_below(target) if name != RUN_FILE), marked)


@contextmanager
def _report_folder(target: Path, made: Ready, profile: str) -> Iterator[Path]:
    """A fresh folder that becomes `target`, with a run.json by which a later report knows that it may replace it."""
    with replaced_whole(target) as fresh:
        yield fresh
        record = {
            "schema": RUN_SCHEMA,
            "case_id": made.found.records.settings.id,
            "profile": profile,
            "versions": versions(),
            "files": sorted([*files_below(fresh), RUN_FILE]),
        }
        write_output(fresh / RUN_FILE, canonical_json(record) + b"\n")


def _check_known(what: str, given: Sequence[str], known: Mapping[str, object] | Sequence[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown or not given:
        raise UsageError(
            f"there is no such {what}",
            where=", ".join(unknown) or "none given",
            remedy=f"Choose of {', '.join(known)}.",
        )
