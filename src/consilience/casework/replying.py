"""Right of reply: where each letter stands, the letters to be written, and the calendar of what is due."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from consilience.casework.batches import Progress
from consilience.casework.decisions_of_case import decisions_in
from consilience.casework.letter_editions import Wanted, write_editions
from consilience.casework.letter_rows import letters_of
from consilience.casework.outputs_told import tell_outputs
from consilience.casework.pipeline import Found, find
from consilience.casework.prose_files import names_of
from consilience.casework.reviewing import statuses
from consilience.errors import UsageError
from consilience.publish.addressees import addressee_named
from consilience.publish.catalogue import FIRST, catalogue_of
from consilience.publish.letter_document import LETTER_FORMS
from consilience.publish.letters import LETTER_LANGUAGES, Alleged, calendar, letter_text
from consilience.publish.reply_sentence import reply_sentence
from consilience.publish.statements.frame import Names, party_names
from consilience.publish.statements.words import Words
from consilience.publish.town_names import arabic_name
from consilience.records.case import CaseRecords
from consilience.records.counting import clear_mode
from consilience.records.decisions import REPLY_EFFECT, RETRACTED, Decision, still_held
from consilience.records.left_out import Tell, tell_nobody
from consilience.records.replies import Letter, Standing
from consilience.reference.gazetteer import Gazetteer
from consilience.vault.store import Vault

_CALENDAR: Final = "deadlines"


@dataclass(frozen=True, slots=True)
class Letters:
    """Every letter of a case and where it stands; which files were written, and which stood there and differ.

    `effects` are the decisions on what a reply changed, by incident; `stale` has a line for each written letter that no
    longer says what holds.
    """

    as_of: date | None
    letters: tuple[Letter, ...]
    standings: tuple[Standing, ...]
    sentences: tuple[str, ...]
    effects: tuple[Decision, ...]
    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    stale: tuple[str, ...] = ()


def letters(
    case: Path, out: Path | None, *, languages: Sequence[str] = (FIRST,), forms: Sequence[str] = ("md",),
    workers: int = 1, progress: Progress, tell: Tell = tell_nobody,
) -> Letters:  # fmt: skip
    """Where every letter stands; with `out`, also a letter for each addressee in each language and form, and
    `deadlines.ics`.

    What stands in `out` is never changed: a letter that says something else by now gets a new edition beside it. Raises
    UsageError for a language without templates or an unknown form, PublishError, and the errors of a run. The ledger
    says where they went, if not to the usual place.
    """
    _check_known("language", languages, LETTER_LANGUAGES)
    _check_known("form", forms, tuple(LETTER_FORMS))
    found = find(case, workers=workers, progress=progress)
    tell(found.records.left_out)
    decisions = still_held(decisions_in(Vault.open(case).acts()))
    settings = found.records.settings
    every = letters_of(found.records, decisions)
    said = Letters(
        as_of=settings.as_of,
        letters=every,
        standings=tuple(letter.standing(settings.as_of) for letter in every),
        sentences=() if settings.as_of is None else tuple(
            reply_sentence(letter, settings.as_of, FIRST, settings.label_of) for letter in every
        ),
        effects=tuple(one for one in decisions if one.kind == REPLY_EFFECT),
    )  # fmt: skip
    if out is None:
        return said
    wanted = {
        stem: one for language in languages for stem, one in _wanted(found, decisions, every, language, forms).items()
    }
    if settings.as_of is not None and any(letter.due_on for letter in every):
        says, text = (calendar(every, settings.id, day) for day in (date.min, settings.as_of))
        wanted[_CALENDAR] = Wanted(says, {"ics": text.encode})  # a later as_of alone makes no new calendar
    endings = tuple(f"-{language}" for language in languages)
    if wanted:
        tell_outputs(case, out, case.resolve().parent / f"{case.resolve().name}-letters", "letters")
    done = write_editions(out, wanted, lambda stem: stem == _CALENDAR or stem.endswith(endings))
    return replace(said, written=done.written, kept=done.kept, stale=done.stale)


def _check_known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    strange = [name for name in given if name not in known]
    if strange or not given:
        where = ", ".join(strange) or "none given"
        raise UsageError(f"there are no letters in this {what}", where=where, remedy=f"Choose from {', '.join(known)}.")


def _wanted(
    found: Found, decisions: Sequence[Decision], every: Sequence[Letter], language: str, forms: Sequence[str]
) -> dict[str, Wanted]:
    """A letter in a language for each addressee from whom a reply is to be sought, by the stem of its file."""
    settings = found.records.settings
    retracted = {one.incident_id for one in statuses(found, decisions) if one.status == RETRACTED}
    blocks = [block for block in found.findings["incidents"] if block["incident_id"] not in retracted]
    desk = _Desk(found.records, language, names_of(found.case, language))
    wanted: dict[str, Wanted] = {}
    for letter in every:
        if letter.standing(settings.as_of) is Standing.NOT_SOUGHT:
            continue
        accused = [block for block in blocks if letter.party in block["attribution"]["set"]]
        about = sorted((desk.alleged(one) for one in accused or blocks), key=lambda one: (one.day, one.incident_id))
        say = partial(desk.text, about=about, accused=bool(accused))
        make = {form: _maker(form, say, letter, language) for form in forms}
        wanted[f"{_file_name(letter.letter_id)}-{language}"] = Wanted(
            say(replace(letter, sent_on=None)), make, letter.sent_on
        )
    return wanted


def _file_name(letter_id: str) -> str:
    """An id as the beginning of a file's name: what could lead to another folder stands as its number."""
    return re.sub(r"[^\w.-]", lambda found: f".{ord(found[0]):x}.", letter_id)


def _maker(form: str, say: Callable[[Letter], str], letter: Letter, language: str) -> Callable[[], bytes]:
    """The bytes of a letter, made only where its file is to be written: a PDF takes a second."""
    return lambda: LETTER_FORMS[form](say(letter), language)


class _Desk:
    """What letters in one language say, in its own names of parties, places and towns."""

    def __init__(self, records: CaseRecords, language: str, names: Names) -> None:
        settings, tables = records.settings, records.tables
        self._language, self._names, self._settings = language, names, settings
        words = Words(catalogue_of(language), settings.zone)
        self._is_rtl = words.is_rtl
        self._parties = party_names(words, settings, names)
        self._sites = _by_key(tables["facilities"], "facility_id")
        self._incidents = _by_key(tables["incidents"], "incident_id")
        self._gazetteer = Gazetteer.of_case(tables["places"], None)

    def text(self, letter: Letter, *, about: Sequence[Alleged], accused: bool) -> str:
        """The letter as Markdown."""
        addressee = addressee_named(letter.letter_id, letter.addressee, self._names.addressees)
        title = self._names.case.get("title") or self._settings.title
        return letter_text(letter, addressee, title, about, accused=accused, language=self._language)

    def alleged(self, block: Mapping[str, Any]) -> Alleged:
        """What a letter says of one incident: from the finding, the facility's row and the incident's own."""
        incident_id, facility_id, attribution = block["incident_id"], block["facility_id"], block["attribution"]
        site, incident = self._sites.get(facility_id, {}), self._incidents.get(incident_id, {})
        place = self._town(incident.get("place") or site.get("place") or "")
        named = self._site(facility_id, site)
        return Alleged(
            incident_id=incident_id,
            day=datetime.fromisoformat(block["time"]["median"]).astimezone(self._settings.zone).date(),
            place=place if place or named else self._title(block),
            site=named,
            mode=clear_mode(block),
            parties=tuple(self._parties.get(party, party) for party in attribution["set"]),
            relation=attribution["relation"] or "one_of",
        )

    def _town(self, place: str) -> str:
        """In the script of the language; "" where it has no name there: the facility's name then stands alone."""
        return (arabic_name(self._gazetteer.find(place)) or "") if place and self._is_rtl else place

    def _site(self, facility_id: str | None, site: Mapping[str, Any]) -> str:
        local = site.get("name_local") if self._is_rtl else None
        return self._names.facilities.get(facility_id or "") or local or site.get("name") or ""

    def _title(self, block: Mapping[str, Any]) -> str:
        given = None if self._is_rtl else block["title"]
        return self._names.incidents.get(block["incident_id"]) or given or ""


def _by_key(frame: pl.DataFrame, key: str) -> dict[str, Mapping[str, Any]]:
    return {row[key]: row for row in frame.iter_rows(named=True)}
