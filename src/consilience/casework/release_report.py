"""The report as it goes into a release: final documents in each language, in each form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from consilience.casework import fitted_store
from consilience.casework.acting_time import now
from consilience.casework.batches import Progress
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.decision_rows import RESTS_ON, Row
from consilience.casework.decision_templates import Template, write_rows
from consilience.casework.keys import open_vault
from consilience.casework.letter_rows import letters_of, replies_of, with_letters
from consilience.casework.once_claimed import claims_of
from consilience.casework.pipeline import Found
from consilience.casework.prose_files import FOLDER as PROSE
from consilience.casework.release_state import Built
from consilience.casework.replies_weighed import contested_by
from consilience.casework.reporting import Ready, ready
from consilience.casework.resting_rows import Rows, kept_parts, rows_of_case, sentences_shown
from consilience.casework.reviewing import FindingStatus, asked_of, review_words
from consilience.casework.views import view_case
from consilience.errors import UsageError
from consilience.publish.catalogue import languages as known_languages
from consilience.publish.document import Document
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import PROFILES, Profile
from consilience.records.decisions import SIGN_OFF, SIGN_OFFS, still_held
from consilience.vault.pseudonyms import publication_names

OF_FREE_WORDS = ", of words written for this case"
"""How a template marks the sentences that no release has without their own sign-off."""


def sentence_template(
    case: Path, file: Path, profile: str, languages: Sequence[str], *, workers: int, progress: Progress
) -> Template:
    """A template for `decide`: for each sentence and ground a sign-off, bound to its exact words and to what the rows
    behind them say. `value`, `by` and `on` are left to whoever signs; `asked` says the ground, and of which sentences
    a release asks for it, `words` the sentence.

    Raises UsageError for an unknown profile or language, and what a report raises.
    """
    _check_known((("profile", [profile], tuple(PROFILES)), ("language", languages, tuple(known_languages()))))
    made = ready(case, workers=workers, progress=progress)
    of_case = rows_of_case(made.as_read or made.found)  # as `decide` and the gates read them
    documents = (made.document(profile, language) for language in languages)
    return write_rows((row for document in documents for row in sentence_rows(document, of_case)), file)


def sentence_rows(document: Document, of_case: Rows) -> Iterator[Row]:
    """A row of a template for each sentence and ground."""
    for sentence, shown in sentences_shown(document):
        bound = of_case.behind(sentence, shown)
        said = {
            "kind": SIGN_OFF, "target": f"{document.profile}/{document.language}/{sentence.sentence_id}",
            "scope": bound.code, "words": sentence.text,
            "rests_on": RESTS_ON.join(bound.parts) if kept_parts(bound.parts) else "",
        }  # fmt: skip
        of = OF_FREE_WORDS if sentence.is_free else ""
        yield from ({**said, "asked": asked_of(ground) + of} for ground in SIGN_OFFS)


def reports(
    found: Found, profile: Profile, formats: Sequence[str], languages: Sequence[str], reviewed: Sequence[FindingStatus]
) -> Built:
    """The report under a profile, not marked a draft, `report/report-PROFILE-LANG.FORM` each. `found` has its letters
    as the tables do: what was decided of them is laid over it here.

    Documents that bear a mark are given no form: no gate would let them out, and the gates say why.

    Raises UsageError for a form or language that there is none of, PublishError where a document can't be made.
    """
    _check_known((("form", formats, tuple(FORMS)), ("language", languages, tuple(known_languages()))))
    view = view_case(found.records, found.evidence, found.weighed)
    if found.log_model is not None:
        view = replace(view, log_model=fitted_store.from_bytes(found.log_model))
    vault = open_vault(found.case)
    names = publication_names(vault, found.records.tables["sources"]["source_id"], now())
    decisions = still_held(decisions_of(vault))
    claims = claims_of(found, reviewed, decisions, vault, found.case / PROSE)
    every = letters_of(found.records, decisions)
    made = Ready(
        found.case, replace(found, records=with_letters(found.records, every)), view, reviews=review_words(reviewed),
        source_names=names, claims=claims, replies=replies_of(every),
        contests=contested_by(decisions, every, found.records.settings.as_of),
    )  # fmt: skip
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
