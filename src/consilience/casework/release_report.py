"""The report as it goes into a release: final documents in each language, in each form that was asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from consilience.casework import fitted_store
from consilience.casework.acting_time import now
from consilience.casework.batches import Progress
from consilience.casework.deciding import COLUMNS
from consilience.casework.decisions_of_case import wording_code
from consilience.casework.keys import open_vault
from consilience.casework.pipeline import Found
from consilience.casework.release_state import Built
from consilience.casework.reporting import Ready, ready
from consilience.casework.reviewing import FindingStatus, review_words
from consilience.casework.views import view_case
from consilience.errors import UsageError
from consilience.publish.catalogue import languages as known_languages
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import PROFILES, Profile
from consilience.publish.writing import write_unless_edited
from consilience.records.decisions import SIGN_OFF, SIGN_OFFS
from consilience.vault.pseudonyms import publication_names


def sentence_template(
    case: Path, file: Path, profile: str, languages: Sequence[str], *, workers: int, progress: Progress
) -> int:
    """A CSV for `decide`: for each sentence and ground a sign-off, bound to its exact words, which stand as the reason.

    How many rows. Raises UsageError for an unknown profile or language, and what a report raises.
    """
    _check_known((("profile", [profile], tuple(PROFILES)), ("language", languages, tuple(known_languages()))))
    made = ready(case, workers=workers, progress=progress)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = 0
    for language in languages:
        for sentence in made.document(profile, language).sentences:
            for ground in SIGN_OFFS:
                said = {"kind": SIGN_OFF, "target": f"{profile}/{language}/{sentence.sentence_id}", "value": ground}
                writer.writerow({**said, "scope": wording_code(sentence.text), "reason": sentence.text})
                rows += 1
    write_unless_edited(file, out.getvalue().encode())
    return rows


def reports(
    found: Found, profile: Profile, formats: Sequence[str], languages: Sequence[str], reviewed: Sequence[FindingStatus]
) -> Built:
    """The report under a profile, not marked a draft, `report/report-PROFILE-LANG.FORM` each.

    Documents that bear a mark are given no form: no gate would let them out, and the gates say why.

    Raises UsageError for a form or language that there is none of, PublishError where a document can't be made.
    """
    _check_known((("form", formats, tuple(FORMS)), ("language", languages, tuple(known_languages()))))
    view = view_case(found.records, found.evidence, found.weighed)
    if found.log_model is not None:
        view = replace(view, log_model=fitted_store.from_bytes(found.log_model))
    names = publication_names(open_vault(found.case), found.records.tables["sources"]["source_id"], now())
    made = Ready(found.case, found, view, reviews=review_words(reviewed), source_names=names)
    documents = tuple(made.document(profile.name, language, is_draft=False) for language in languages)
    if any(sentence.flags for document in documents for sentence in document.sentences):
        return Built({}, documents)
    files = {
        f"report/report-{profile.name}-{document.language}.{form}": FORMS[form](document)
        for document in documents
        for form in formats
    }
    return Built(files, documents)


def _check_known(asked: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> None:
    """Raise UsageError for the first name that is not known, or where none is given."""
    for what, given, known in asked:
        strange = [name for name in given if name not in known]
        if strange or not given:
            where = ", ".join(strange) or "none given"
            raise UsageError(f"there is no such {what}", where=where, remedy=f"Choose of {', '.join(known)}.")
