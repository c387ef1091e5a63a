"""From findings to a document: the whole report in one language for one profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from consilience.errors import FindingsInvalid
from consilience.publish.catalogue import catalogue_of
from consilience.publish.document import LABELS, Block, Document
from consilience.publish.profiles import PROFILES
from consilience.publish.rounding import LEVELS
from consilience.publish.statements.admitted import admit
from consilience.publish.statements.annexe import annexe
from consilience.publish.statements.context_chapter import context_chapter
from consilience.publish.statements.frame import Frame, Names, party_names
from consilience.publish.statements.narrative import Looked, Prose, narrative, references_in
from consilience.publish.statements.resting import Claims
from consilience.publish.statements.summary import summary_chapter, totals_chapter
from consilience.publish.statements.trail import trail
from consilience.publish.statements.words import Words
from consilience.publish.statements.working import assumptions_chapter, working_chapter
from consilience.publish.town_names import Town, case_names, towns_of_case, towns_with_names, under_case_names
from consilience.quantities import Degrees
from consilience.records.allegations import Difference
from consilience.records.case import CaseRecords
from consilience.records.views import CaseView
from consilience.reference.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class Edition:
    """Which publication: profile, language, whether a draft; prose and names in that language; the state of review.

    `reviews` is incident_id to draft, reviewed, contested or retracted; what is absent is a draft. `source_names` are
    the names under which a publication lets sources stand, by source_id; `claims` what was decided on and is gone;
    `unput` by letter_id what is alleged and was not put to that letter's addressee, `replies` the day and form of each
    answer to it, `contests` the incidents that an answer disputes.
    """

    profile: str
    language: str
    is_draft: bool = True
    prose: tuple[Prose, ...] = ()
    names: Names = field(default_factory=Names)
    reviews: Mapping[str, str] = field(default_factory=dict)
    source_names: Mapping[str, str] = field(default_factory=dict)
    claims: Claims = field(default_factory=Claims)
    unput: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    replies: Mapping[str, tuple[tuple[date, str], ...]] = field(default_factory=dict)
    contests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def build_document(findings: Mapping[str, Any], records: CaseRecords, view: CaseView, edition: Edition) -> Document:
    """The report; the same document for the same arguments. ProseInvalid where the prose refers to what is not there,
    PublishError where the language has no whole catalogue.
    """
    frame = _frame(findings, records, view, edition)
    towns = _towns(frame)
    names = _names_of_towns(frame, records)
    prose = [block for file in edition.prose for block in narrative(frame, file)]
    blocks: tuple[Block, ...] = (
        *summary_chapter(frame, under_case_names(towns, names, both=True)),
        *totals_chapter(frame),
        *prose,
        *context_chapter(frame),
        *working_chapter(frame),
        *annexe(frame, under_case_names(towns, names, both=False)),
        *assumptions_chapter(frame),
    )
    words, settings = frame.words, records.settings
    document = Document(
        title=frame.names.case.get("title") or words.foreign(settings.title),
        subtitle=words.label(f"subtitle_{edition.profile}"),
        language=edition.language,
        direction=words.catalogue.direction,
        profile=edition.profile,
        is_draft=edition.is_draft,
        as_of=None if settings.as_of is None else str(settings.as_of),
        version=str(findings["version"]),
        blocks=blocks,
        trail=(),
        labels=tuple(_labels(frame, edition).items()),
    )
    _check_ids(document)
    return replace(document, trail=trail(frame, document.sentences))


def looked_up(
    findings: Mapping[str, Any], records: CaseRecords, view: CaseView, edition: Edition
) -> tuple[Looked, ...]:
    """Every reference in the edition's prose: where it stands, what it says and what that rests on."""
    frame = _frame(findings, records, view, edition)
    return tuple(one for file in edition.prose for one in references_in(frame, file))


def _frame(findings: Mapping[str, Any], records: CaseRecords, view: CaseView, edition: Edition) -> Frame:
    catalogue, settings = catalogue_of(edition.language), records.settings
    words = Words(catalogue, settings.zone, levels=(*LEVELS, settings.attribution_level))
    parties = party_names(words, settings, edition.names)
    sources = {source: words.source(name) for source, name in edition.source_names.items()}
    case = admit(findings, records, view, PROFILES[edition.profile], sources)
    return Frame(
        case,
        replace(words, party_names=parties),
        edition.names,
        edition.reviews,
        edition.claims,
        edition.unput,
        edition.replies,
        edition.contests,
    )


def _towns(frame: Frame) -> Sequence[Town]:
    """Towns for the maps, none of them by a log that names it, in the script of the language."""
    towns = towns_of_case(())
    return towns_with_names(towns) if frame.words.is_rtl else towns


def _names_of_towns(frame: Frame, records: CaseRecords) -> Mapping[tuple[Degrees, Degrees], str]:
    """How the case writes the towns of its incidents, in the script of the language."""
    gazetteer = Gazetteer.of_case(records.tables["places"], None)
    places = [row["place"] for row in frame.case.rows["incidents"].values() if row["place"]]
    return case_names(places, gazetteer, is_arabic=frame.words.is_rtl)


def _labels(frame: Frame, edition: Edition) -> dict[str, str]:
    """The words that forms need, in the language; places in braces stay for the form to fill."""
    words, as_of = frame.words, frame.case.settings.as_of
    labels = {name: words.catalogue.plain("forms", name) for name in LABELS}
    labels["profile"] = words.label(f"edition_{edition.profile}")
    labels["as_of"] = "" if as_of is None else words.label("as_of_mark", date=words.day(as_of))
    labels["made_with"] = words.label("made_with", version=words.foreign(frame.case.findings["version"]))
    return labels


def _check_ids(document: Document) -> None:
    """A sentence id that occurs twice would sign off two sentences at once."""
    ids = [sentence.sentence_id for sentence in document.sentences]
    twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise FindingsInvalid("two sentences bear one id", where=", ".join(twice[:5]), remedy="Report this defect.")
