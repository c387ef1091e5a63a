"""Right of reply: where each letter stands, the letters to be written, and the calendar of what is due."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from consilience.casework.alleging import Allegations, is_untold
from consilience.casework.batches import Progress
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.folders import alone_in_new
from consilience.casework.keys import open_vault
from consilience.casework.letter_editions import Wanted, write_editions
from consilience.casework.letter_rows import letters_of
from consilience.casework.outputs_told import tell_outputs
from consilience.casework.pipeline import Found, find
from consilience.casework.printed_names import printed_names
from consilience.casework.prose_files import names_of
from consilience.casework.second_look import check_withdrawals
from consilience.errors import UsageError
from consilience.publish.addressees import addressee_named
from consilience.publish.catalogue import FIRST, catalogue_of
from consilience.publish.letter_document import LETTER_FORMS
from consilience.publish.letters import LETTER_LANGUAGES, Alleged, calendar, letter_text
from consilience.publish.reply_sentence import reply_sentence
from consilience.publish.statements.frame import Names, party_names
from consilience.publish.statements.words import Words
from consilience.publish.town_names import arabic_name
from consilience.records.allegations import SHUTS, Allegation, Difference, Put
from consilience.records.case import CaseRecords, rows_by_key
from consilience.records.decisions import REPLY_EFFECT, Decision, retracted_in, still_held
from consilience.records.left_out import Tell, tell_nobody
from consilience.records.put_together import addressee_key, went_out
from consilience.records.replies import Letter, Standing
from consilience.reference.gazetteer import Gazetteer
from consilience.vault.store import Vault

_CALENDAR: Final = "deadlines"
_MOST_LISTED: Final = 12
"""Incidents that a line names one by one (our choice); `--json` names all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one letter puts now, and how that differs from what was put to its addressee, where that is known.

    `put` says in words whether it is known what this letter put, None of one that is not taken as sent. `since` and
    `spared` are of all letters that went out to its addressee, each with its words: what is not put, and of that what
    counsel decided need not be. `where` says in which letters an incident was put as it is alleged now, `beside` which
    other letters went out to the same addressee.
    """

    now: Put
    put: str | None
    since: tuple[tuple[Difference, str], ...]
    spared: tuple[tuple[Difference, str], ...]
    where: Mapping[str, tuple[str, ...]]
    beside: tuple[str, ...]

    @property
    def lacks(self) -> bool:
        """Is something alleged now that was not put?"""
        return any(one.since in SHUTS for one, _ in self.since)

    def lines(self, letter_id: str) -> tuple[str, ...]:
        """A line on the letter, one for each incident that was put otherwise or not, and which letter put which."""
        is_sent = f"; {self.put}" if self.put else ""
        together = f"{letter_id}: with {', '.join(self.beside)}, put so far: {self._where()}" if self.beside else ""
        return (
            f"{letter_id} puts {self.now.edition}{is_sent}",
            *([together] if together else []),
            *(f"{letter_id}: {said}" for _, said in self.since),
            *(f"{letter_id}: {said}; counsel decided that it need not be" for _, said in self.spared),
        )

    def _where(self) -> str:
        by_letters: dict[tuple[str, ...], list[str]] = {}
        for incident_id, names in self.where.items():
            by_letters.setdefault(names, []).append(incident_id)
        said = [f"{_listed(incidents)} in {' and in '.join(names)}" for names, incidents in by_letters.items()]
        return "; ".join(said) or "nothing of what is alleged now"


@dataclass(frozen=True, slots=True)
class Letters:
    """Every letter of a case and where it stands; which files were written, and which stood there and differ.

    `told` says of each letter what it puts and put, None where no reply is sought. `effects` are the decisions on what
    a reply changed, by incident; `stale` has a line for each written letter that no longer says what holds;
    `known` are those of these lines that were said before.
    """

    as_of: date | None
    letters: tuple[Letter, ...]
    standings: tuple[Standing, ...]
    sentences: tuple[str, ...]
    effects: tuple[Decision, ...]
    told: tuple[Told | None, ...]
    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    stale: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def letters(
    case: Path, out: Path | None, *, languages: Sequence[str] = (FIRST,), forms: Sequence[str] = ("md",),
    workers: int = 1, progress: Progress, tell: Tell = tell_nobody,
) -> Letters:  # fmt: skip
    """Where every letter stands; with `out`, also a letter for each addressee in each language and form, and
    `deadlines.ics`.

    What stands in `out` is never changed: a letter that says something else by now gets a new edition beside it. Raises
    UsageError for a language without templates or an unknown form, and where a source withdrew meanwhile; PublishError,
    and the errors of a run. The ledger says where they went, if not to the usual place.
    """
    _check_known("language", languages, LETTER_LANGUAGES)
    _check_known("form", forms, tuple(LETTER_FORMS))
    found = find(case, workers=workers, progress=progress)
    tell(found.records.left_out)
    decisions = still_held(decisions_of(Vault.open(case)))
    settings = found.records.settings
    every = letters_of(found.records, decisions)
    names = printed_names(found.case, settings)
    allegations = Allegations(found.records, found.findings["incidents"], retracted_in(decisions), names)
    said = Letters(
        as_of=settings.as_of,
        letters=every,
        standings=tuple(letter.standing(settings.as_of) for letter in every),
        sentences=() if settings.as_of is None else tuple(
            reply_sentence(letter, settings.as_of, FIRST, settings.label_of) for letter in every
        ),
        effects=tuple(one for one in decisions if one.kind == REPLY_EFFECT),
        told=tuple(_told(letter, every, allegations, settings.as_of) for letter in every),
    )  # fmt: skip
    if out is None:
        return said
    wanted = {stem: one for language in languages for stem, one in _wanted(found, said, language, forms).items()}
    if settings.as_of is not None and any(letter.deadline for letter in every):
        says, text = (calendar(every, settings.id, day) for day in (date.min, settings.as_of))
        wanted[_CALENDAR] = Wanted(says, {"ics": text.encode})  # a later as_of alone makes no new calendar
    unasked = [language for language in LETTER_LANGUAGES if language not in languages]
    others = {stem: one for language in unasked for stem, one in _wanted(found, said, language, ()).items()}
    if wanted:
        tell_outputs(case, out, case.resolve().parent / f"{case.resolve().name}-letters", "letters")
    vault = open_vault(case)
    with alone_in_new(out), vault.writing():  # whoever withdraws comes before, or finds the letters
        check_withdrawals(vault, found.records)
        done = write_editions(out, wanted, others)
    return replace(said, written=done.written, kept=done.kept, stale=done.stale, known=done.known)


def _check_known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    strange = [name for name in given if name not in known]
    if strange or not given:
        where = ", ".join(strange) or "none given"
        raise UsageError(f"there are no letters in this {what}", where=where, remedy=f"Choose from {', '.join(known)}.")


def _told(letter: Letter, every: Sequence[Letter], allegations: Allegations, as_of: date | None) -> Told | None:
    if letter.standing(as_of) is Standing.NOT_SOUGHT:
        return None
    known = None
    if is_untold(letter):
        known = "which edition was sent, and so what it put, is not known"
    elif letter.put is not None:
        how = "" if letter.named else ", as the findings were when its sending was recorded"
        known = f"sent on {letter.sent_on} as {letter.put.edition}{how}"
    out = went_out(one for one in every if addressee_key(one) == addressee_key(letter))
    of = out if letter in out else ()
    say = allegations.wording(of)
    since, spared = (
        tuple((one, say(one)) for one in found) for found in (allegations.since(of), allegations.spared(of))
    )
    where = {name: tuple(one.letter_id for one in found) for name, found in allegations.put_where(of).items()}
    beside = tuple(one.letter_id for one in of if one is not letter)
    return Told(allegations.put_to(letter.party), known, since, spared, where, beside)


def _listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - _MOST_LISTED:,} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more


def _wanted(found: Found, said: Letters, language: str, forms: Sequence[str]) -> dict[str, Wanted]:
    """A letter in a language for each addressee from whom a reply is to be sought, by the stem of its file."""
    desk = _Desk(found.records, language, names_of(found.case, language))
    wanted: dict[str, Wanted] = {}
    for letter, told in zip(said.letters, said.told, strict=True):
        if told is None:
            continue
        about = sorted(map(desk.alleged, told.now.alleged or ()), key=lambda one: (one.day, one.incident_id))
        say = partial(desk.text, about=about, put=told.now)
        was_another = letter.put is not None and letter.put.edition != told.now.edition
        dated = replace(letter, sent_on=None) if was_another else letter  # the day is that of the other
        make = {form: _maker(form, say, dated, language) for form in forms}
        stem = f"{_file_name(letter.letter_id)}-{language}"
        wanted[stem] = Wanted(say(replace(letter, sent_on=None)), make, _sent(letter, told))
    return wanted


def _sent(letter: Letter, told: Told) -> str:
    """What is known of the letter that was sent, for whoever reads that an edition is out of date; "" if none was."""
    if letter.sent_on is None:
        return ""
    if letter.put is None:
        return f"a letter was sent on {letter.sent_on}: if it was this one, what changed has to be put as well"
    with_others = f", with {', '.join(told.beside)}," if told.beside else ""
    lacks = f"does not{with_others} put all that is alleged now"
    spared = f"{lacks}, and counsel decided that it need not"
    together = f"and {', '.join(told.beside)} put all that is alleged now" if told.beside else ""
    said = lacks if told.lacks else spared if told.spared else together or "puts all that is alleged now"
    return f"the letter that was sent on {letter.sent_on}, {letter.put.edition}, {said}"


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
        self._words = words = Words(catalogue_of(language), settings.zone)
        self._is_rtl = words.is_rtl
        self._parties = party_names(words, settings, names)
        self._sites = rows_by_key(tables["facilities"], "facility_id")
        self._incidents = rows_by_key(tables["incidents"], "incident_id")
        self._gazetteer = Gazetteer.of_case(tables["places"], None)

    def text(self, letter: Letter, *, about: Sequence[Alleged], put: Put) -> str:
        """The letter as Markdown."""
        addressee = addressee_named(letter.letter_id, letter.addressee, self._names.addressees)
        title = self._names.case.get("title") or self._settings.title
        return letter_text(
            letter, addressee, title, about, accused=put.accuses, language=self._language,
            edition=put.edition,
        )  # fmt: skip

    def alleged(self, one: Allegation) -> Alleged:
        """What a letter says of one incident, in this language."""
        site, incident = self._sites.get(one.facility_id, {}), self._incidents.get(one.incident_id, {})
        place = self._town(incident.get("place") or site.get("place") or "")
        named = self._site(one.facility_id, site)
        return Alleged(
            incident_id=one.incident_id,
            day=one.day,
            place=place if place or named else self._title(one),
            site=named,
            mode=one.mode or None,
            parties=tuple(self._parties.get(party, party) for party in one.parties),
            relation=one.relation or "one_of",
        )

    def _town(self, place: str) -> str:
        """In the script of the language; "" where it has no name there: the facility's name then stands alone."""
        return (arabic_name(self._gazetteer.find(place)) or "") if place and self._is_rtl else place

    def _site(self, facility_id: str, site: Mapping[str, Any]) -> str:
        given = site.get("name_local") if self._is_rtl else None
        local = given if given and self._words.is_in_script(given) else None
        return self._names.facilities.get(facility_id) or local or site.get("name") or ""

    def _title(self, one: Allegation) -> str:
        given = "" if self._is_rtl else self._incidents.get(one.incident_id, {}).get("title")
        return self._names.incidents.get(one.incident_id) or given or ""
