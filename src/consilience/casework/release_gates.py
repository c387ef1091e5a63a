"""The gates of a release: each says why it is shut, and a release needs all of them open. None can be overridden.

A gate is a function from the candidate to the reasons, none where it is open. They are listed in GATES; a reason is
one line, in words for whoever has to open the gate, of a kind (`Worded`) where it is mended otherwise than the others
of its gate (`release_remedies`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from consilience.casework import after_as_of, letter_gates
from consilience.casework.bundle.withholding import sources_named
from consilience.casework.first_of_many import first_of
from consilience.casework.once_claimed import about_gone_incidents, about_gone_letters
from consilience.casework.people import files_of
from consilience.casework.release_state import Candidate
from consilience.casework.sentence_sign_offs import outdated_sign_offs, signed_by_sentence, unsigned_words
from consilience.publish.document import Document
from consilience.publish.profiles import PROFILES
from consilience.records.consent import Consent, consent_of, may, withdrawn_sources
from consilience.records.decisions import (
    BLUR,
    CONTESTED,
    CORRECTED,
    CORRECTION,
    PUBLISH,
    REPLY_EFFECT,
    RETRACTED,
    SHOW,
    person,
)
from consilience.records.tables import TABLES
from consilience.records.worded import Worded, kind_of

APPROVALS: Final = 2
"""Persons who must approve the same bytes."""

Reasons = Iterator[str]

_SIGN: Final = "sign-off for "
"""How a reason begins that a lawyer's sign-off of sentences can answer too."""


def _profile(it: Candidate) -> Reasons:
    if it.profile is None:
        yield f"there is no profile {it.profile_name!r}; there are {', '.join(PROFILES)}"


def _out(it: Candidate) -> Reasons:
    case, out = it.found.case.resolve(), it.out.resolve()
    if out.exists():
        yield f"{it.out} exists already: a release never changes one that stands"
    if out == case or case in out.parents or out in case.parents:
        yield f"{it.out} lies in the case folder or above it"


def _day(it: Candidate) -> Reasons:
    if it.as_of is None:
        yield "case.toml has no as_of: a publication must say as of which day it speaks"
        return
    if it.as_of > it.today:
        yield f"as_of {it.as_of} lies ahead"
    zone = it.found.records.settings.zone
    for block in it.found.findings["incidents"]:
        if datetime.fromisoformat(block["time"]["median"]).astimezone(zone).date() > it.as_of:
            yield f"{block['incident_id']} happened after as_of {it.as_of}"
    before = it.predecessor
    if before is not None and before.as_of > it.as_of:
        yield f"as_of {it.as_of} is before that of the release that this one follows, {before.as_of}"


def _later(it: Candidate) -> Reasons:
    yield from after_as_of.shut_by(it.found.records.left_out, it.as_of)


def _key(it: Candidate) -> Reasons:
    if it.signer is None:
        yield "there is no signing key: a release is signed (`consilience keys` makes one)"


def _vault(it: Candidate) -> Reasons:
    if it.vault_flaw is not None:
        yield f"the vault is damaged: {it.vault_flaw}"


def _something(it: Candidate) -> Reasons:
    if not it.found.findings["incidents"]:
        yield "there is no finding to publish"


def _review(it: Candidate) -> Reasons:
    signed = signed_by_sentence(it)
    for one in it.statuses:
        if one.status == RETRACTED:
            said = f"{one.incident_id} is retracted and still among the findings: take it out of the tables"
            yield Worded(said, "retracted")
        for reason in one.open:
            if not (reason.startswith(_SIGN) and (one.incident_id, reason.split()[2]) in signed):
                yield Worded(f"{one.incident_id}: {reason}", "contested" if reason == CONTESTED else "")


def _claims(it: Candidate) -> Reasons:
    """What somebody decided on and took out of the tables afterwards, without a word, shuts the door."""
    for one in about_gone_incidents(it.found, it.decisions):
        yield f"{one.kind} {one.decision_id} is of {one.target}, which is no longer claimed: withdraw it"
    for one in about_gone_letters(it.found, it.decisions):
        letter = one.scope if one.kind == REPLY_EFFECT else one.target
        yield f"{one.kind} {one.decision_id} is of letter {letter}, which no table of letters claims: withdraw it"
    for status in it.statuses:
        if status.gone:
            gone = ", ".join(status.gone)
            said = f"{status.incident_id}: was reviewed or signed on what is no longer claimed: {gone}"
            yield Worded(said, "reviewed before")


def _corrections(it: Candidate) -> Reasons:
    answered = {one.target for one in it.decisions if one.kind == CORRECTED}
    for one in it.decisions:
        if one.kind == CORRECTION and one.value != "minor" and one.decision_id not in answered:
            yield f"correction {one.decision_id} ({one.value}, {one.target}) is not answered"


def _approvals(it: Candidate) -> Reasons:
    if it.built is None:
        return
    about = [one for one in it.decisions if one.kind == PUBLISH and one.target == it.profile_name]
    if not_whole(it):
        yield f"approved by 0 of {APPROVALS} persons: it is not whole, so there is nothing to approve yet"
        if about:
            yield "an approval was given to other bytes than those that will be: it does not count"
        return
    content = it.built.content()
    these = [one for one in about if one.value == content]
    persons = {person(one.by) for one in these}
    if len(persons) < APPROVALS:
        yield f"approved by {len(persons)} of {APPROVALS} persons for these bytes, {content}"
        if len(these) > len(persons):
            yield "one person approved twice, also under another spelling of the name"
        if len(about) > len(these):
            yield "an approval was given to other bytes than these"


def _consent(it: Candidate) -> Reasons:
    """Every source whose evidence a finding rests on, or whose row a document names: the publication repeats what it
    said, as of today."""
    if it.profile is None or it.as_of is None:
        return
    records = it.found.records
    withdrawn = withdrawn_sources(records)
    for source_id in sorted(_sources_used(it)):
        if source_id in withdrawn:
            yield Worded(f"source {source_id} has withdrawn and is still in the evidence", "withdrawn")
            continue
        consent = consent_of(records, source_id, it.profile.consent, it.consent_day)
        if consent in (Consent.NOT_GIVEN, Consent.EXPIRED):
            yield f"source {source_id}: consent for the use {it.profile.consent!r} is {consent.value}"


def _sources_used(it: Candidate) -> set[str]:
    records = it.found.records
    ids = {piece["evidence_id"] for block in it.found.findings["incidents"] for piece in block["evidence"]}
    ids |= {s for block in it.found.findings["incidents"] for t in block["tracks"] for s in t["sightings"]}
    named = {name for document in (it.built.documents if it.built else ()) for name in _named(document)}
    return {
        row["source_id"]
        for name, frame in records.tables.items()
        if "source_id" in frame.columns and (key := TABLES[name].key) is not None and name != "sources"
        for row in frame.select(key, "source_id").iter_rows(named=True)
        if (row[key] in ids or name == "context" or f"{name}/{row[key]}" in named) and row["source_id"] is not None
    }


def _named(document: Document) -> Iterator[str]:
    """What its sentences rest on; interviews are counted, and told of nobody."""
    names = (name for sentence in document.sentences for name in sentence.support)
    return (name for name in names if not name.startswith("interviews/"))


def _documents(it: Candidate) -> Reasons:
    for document in it.built.documents if it.built else ():
        name = f"document in {document.language!r}"
        if document.is_draft:
            yield f"{name}: is marked a draft"
        if document.profile != it.profile_name:
            yield f"{name}: was made for the profile {document.profile!r}"
        if document.as_of is None or document.as_of != str(it.as_of):
            yield f"{name}: does not speak as of {it.as_of}"
        marked: dict[str, list[str]] = {}
        for sentence in document.sentences:
            for flag in dict.fromkeys((*(() if sentence.support else ("rests on nothing",)), *sentence.flags)):
                marked.setdefault(flag, []).append(sentence.sentence_id)
        yield from (Worded(f"{name}, {_listed(ids)}: {flag}", kind_of(flag)) for flag, ids in marked.items())
    if it.built and not it.built.documents:
        yield "no report was built"


def _listed(ids: Sequence[str]) -> str:
    """Which sentences bear a mark; of many the number, and the first by name."""
    return f"sentence {ids[0]}" if len(ids) == 1 else f"{len(ids)} sentences ({first_of(ids)})"


def _pictures(it: Candidate) -> Reasons:
    by_item: dict[str, list[str]] = {}
    for one in it.decisions:
        if one.kind == SHOW:
            by_item.setdefault(one.target, []).append(one.by)
    for item, names in sorted(by_item.items()):
        if len({person(name) for name in names}) < APPROVALS:
            yield f"{item}: showing it uncovered needs two persons"
        yield from _image_consent(it, item)
    for item in sorted({one.target for one in it.decisions if one.kind in (BLUR, SHOW)}):
        yield from _givers_consent(it, item)


def _givers_consent(it: Candidate, item: str) -> Reasons:
    """Whoever gave a picture, or one of the same bytes, agreed to the profile's use, whether it is covered or not."""
    if it.profile is None:
        return
    read = it.apart.read
    givers = {one.source_id for one in files_of(read, sources_named(read)) if str(one.file.path) == item}
    for source_id in sorted(givers):
        if not may(read, source_id, it.profile.consent, it.consent_day):
            consent = consent_of(read, source_id, it.profile.consent, it.consent_day)
            yield f"{item}: consent of source {source_id} for the use {it.profile.consent!r} is {consent.value}"


def _image_consent(it: Candidate, item: str) -> Reasons:
    records = it.found.records
    rows = records.tables["media"].filter(records.tables["media"]["item"] == item)
    if rows.is_empty():
        yield f"{item}: no row of media cites it, so nobody's consent is known"
    for source_id in rows["source_id"]:
        if source_id is None:
            yield f"{item}: showing it uncovered needs a source, so that consent is known"
        elif it.as_of is not None:
            consent = consent_of(records, source_id, "image", it.consent_day)
            if consent is not Consent.GIVEN:
                yield f"{item}: showing it uncovered needs consent for 'image', which is {consent.value}"


def _flaws(it: Candidate) -> Reasons:
    yield from it.flaws
    yield from it.missing
    yield from it.unscanned


def _leaks(it: Candidate) -> Reasons:
    for hit in it.hits:
        yield f"leak: {hit}"


GATES: Final[Mapping[str, Callable[[Candidate], Reasons]]] = {
    "profile": _profile,
    "out": _out,
    "day": _day,
    "later": _later,
    "key": _key,
    "vault": _vault,
    "findings": _something,
    "review": _review,
    "claims": _claims,
    "corrections": _corrections,
    "letters": letter_gates.letters,
    "unsaid": letter_gates.unsaid,
    "put": letter_gates.put,
    "addressees": letter_gates.addressees,
    "dates": letter_gates.late_decisions,
    "consent": _consent,
    "pictures": _pictures,
    "files": _flaws,
    "documents": _documents,
    "words": unsigned_words,
    "sentences": outdated_sign_offs,
    "leaks": _leaks,
    "approvals": _approvals,
}
"""Every gate, in the order in which its reasons are printed."""


UNREADABLE: Final = ("out", "vault", "consent", "pictures", "leaks")
"""Gates that keep the bytes even from those who would approve them: somebody's words, name or face may stand
there; of the first, they would lie where no output may."""


def not_whole(it: Candidate) -> tuple[str, ...]:
    """Why no bytes can be approved yet, each once: a file could not be made, or a document may not stand as it is."""
    return tuple(dict.fromkeys((*it.missing, *_documents(it)))) if it.built else ("nothing was built",)


def not_readable(it: Candidate) -> tuple[str, ...]:
    """Why nobody may be given the bytes to read, each once; what could not be scanned for leaks is not read either."""
    return tuple(dict.fromkeys((*(one for name in UNREADABLE for one in GATES[name](it)), *it.unscanned)))


def reasons(it: Candidate) -> dict[str, str]:
    """Why this may not be published, each once, and which gate says so, in their order; none where it may."""
    return {reason: name for name, gate in GATES.items() for reason in gate(it)}
