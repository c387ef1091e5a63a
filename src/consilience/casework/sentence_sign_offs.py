"""Sign-offs of sentences: which findings they cover, and which hold no longer for what stands there now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from consilience.casework.bound_decisions import why_unbound
from consilience.casework.first_of_many import first_of
from consilience.casework.release_state import Candidate
from consilience.casework.resting_rows import Bound, rows_changed, sentences_shown
from consilience.publish.catalogue import languages as known_languages
from consilience.publish.document import Document, Sentence
from consilience.publish.profiles import PROFILES
from consilience.publish.statements.resting import findings_behind
from consilience.records.decisions import SIGN_OFF, SIGN_OFFS, Decision


def signed_by_sentence(it: Candidate) -> set[tuple[str, str]]:
    """Incidents and grounds for which every sentence that rests on the finding, in every language, is signed in its
    exact words and on its rows as they are. Sentences that count it among others rest on it too.
    """
    signs = _signs(it)
    if it.built is None or not signs:
        return set()
    signed = {(one.target, one.scope, one.value) for one in signs}
    holds: dict[tuple[str, str], bool] = {}
    for document in it.built.documents:
        for sentence, shown in sentences_shown(document):
            code, names = it.rows().behind(sentence, shown).code, _names(document, sentence)
            behind = findings_behind(sentence.support, it.rows().pieces)
            for ground in SIGN_OFFS:
                has_it = any((name, code, ground) in signed for name in names)
                for incident_id in behind:
                    holds[incident_id, ground] = has_it and holds.get((incident_id, ground), True)
    return {one for one, is_whole in holds.items() if is_whole}


def unsigned_words(it: Candidate) -> Iterator[str]:
    """Sentences with words that somebody wrote for the case, on prose and in `context`, which no lawyer has signed as
    they are: a sign-off of a finding is of what was found, and not of what is written round it."""
    if it.built is None:
        return
    signed = {(one.target, one.scope, one.value) for one in _signs(it)}
    for document in it.built.documents:
        free = [(one, shown) for one, shown in sentences_shown(document) if one.is_free]
        codes = {one.sentence_id: (it.rows().behind(one, shown).code, _names(document, one)) for one, shown in free}
        for ground in SIGN_OFFS:
            lacking = [
                sentence_id
                for sentence_id, (code, names) in codes.items()
                if not any((name, code, ground) in signed for name in names)
            ]
            if lacking:
                many = f"{len(lacking)} sentences" if len(lacking) > 1 else "sentence"
                yield (
                    f"document in {document.language!r}, {many} {first_of(lacking)}: words that were written for this "
                    f"case, and no lawyer has signed them for {ground}"
                )


def outdated_sign_offs(it: Candidate) -> Iterator[str]:
    """Why each sign-off of a sentence holds no longer that nobody has given anew; nothing of other editions' ones."""
    signs = _signs(it)
    if it.built is None or not signs:
        return
    there: dict[str, dict[str, Bound]] = {}
    for document in it.built.documents:
        for sentence, shown in sentences_shown(document):
            bound = it.rows().behind(sentence, shown)
            for name in _names(document, sentence):
                there.setdefault(name, {})[bound.code] = bound
    here = {f"{document.profile}/{document.language}/" for document in it.built.documents}
    holding = {(one.target, one.value) for one in signs if one.scope in there.get(one.target, ())}
    for one in signs:
        if _is_of_another(one.target, here):
            continue
        if one.target not in there:
            yield f"sign-off {one.decision_id} names no incident and no sentence of this publication"
        elif one.scope not in there[one.target] and (one.target, one.value) not in holding:  # else signed again
            why = _outdated(one, tuple(there[one.target].values()))
            yield f"sign-off {one.decision_id} of sentence {one.target} {why}"


def _signs(it: Candidate) -> list[Decision]:
    incidents = {one.incident_id for one in it.statuses}
    return [one for one in it.decisions if one.kind == SIGN_OFF and one.target not in incidents]


def _names(document: Document, sentence: Sentence) -> tuple[str, str]:
    """What a sign-off may call a sentence: by its id, or as `PROFILE/LANG/ID`, which no other edition answers to."""
    return sentence.sentence_id, f"{document.profile}/{document.language}/{sentence.sentence_id}"


def _outdated(one: Decision, there: Sequence[Bound]) -> str:
    """Why a sign-off holds for none of the sentences of that name.

    One of an earlier version is bound to words and names alone. It counts no more: what the rows said then, or what
    the table under a caption showed, is not on record, so nobody can say that the lawyer signed what stands there now.
    """
    if one.unbound:
        return why_unbound(one)
    words, dot, _ = one.scope.partition(".")
    alike = [bound for bound in there if bound.words == words]
    if alike and dot:
        return f"was signed before {rows_changed(one.bound_parts, alike[0].parts)} changed"
    if alike:
        return "is of an earlier version and does not say what its rows said then: it needs signing again"
    if any(bound.plain == words for bound in there):
        return "is of an earlier version and does not say what stood under the caption then: it needs signing again"
    if any(bound.plain != bound.words for bound in there):
        return "was given on other words, on other rows, or over another table or picture"
    return "was given on other words, or on other rows"


def _is_of_another(target: str, here: Set[str]) -> bool:
    """Does a sign-off name the sentence of another edition (`PROFILE/LANG/…`) than those of this release?"""
    profile, _, rest = target.partition("/")
    language, slash, _ = rest.partition("/")
    is_edition = bool(slash) and profile in PROFILES and language in known_languages()
    return is_edition and f"{profile}/{language}/" not in here
