"""The report as it goes into a release: final documents in each language, in each form that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from consilience.casework import fitted_store
from consilience.casework.pipeline import Found
from consilience.casework.release_state import Built
from consilience.casework.reporting import Ready
from consilience.casework.reviewing import FindingStatus, review_words
from consilience.casework.views import view_case
from consilience.errors import UsageError
from consilience.publish.catalogue import languages as known_languages
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import Profile


def reports(
    found: Found, profile: Profile, formats: Sequence[str], languages: Sequence[str], reviewed: Sequence[FindingStatus]
) -> Built:
    """The report under a profile, not marked a draft, `report/report-PROFILE-LANG.FORM` each.

    Documents that bear a mark are given no form: no gate would let them out, and the gates say why.

    Raises UsageError for a form or language that there is none of, PublishError where a document can't be made.
    """
    for what, given, known in (("form", formats, tuple(FORMS)), ("language", languages, tuple(known_languages()))):
        strange = [name for name in given if name not in known]
        if strange or not given:
            where = ", ".join(strange) or "none given"
            raise UsageError(f"there is no such {what}", where=where, remedy=f"Choose of {', '.join(known)}.")
    view = view_case(found.records, found.evidence, found.weighed)
    if found.log_model is not None:
        view = replace(view, log_model=fitted_store.from_bytes(found.log_model))
    made = Ready(found.case, found, view, reviews=review_words(reviewed))
    documents = tuple(made.document(profile.name, language, is_draft=False) for language in languages)
    if any(sentence.flags for document in documents for sentence in document.sentences):
        return Built({}, documents)
    files = {
        f"report/report-{profile.name}-{document.language}.{form}": FORMS[form](document)
        for document in documents
        for form in formats
    }
    return Built(files, documents)
