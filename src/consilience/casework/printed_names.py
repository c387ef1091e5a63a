"""Names that stand in no row and are printed all the same: what a publication or a letter calls parties, incidents,
facilities and the case, by case.toml and by `narrative/names.LANG.toml`.

Whoever reviews a finding, or is written to, reads them: a review, a sign-off and a letter are bound to digests of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from consilience.casework.decisions_of_case import short_digest
from consilience.casework.prose_files import names_of
from consilience.publish.catalogue import catalogue_of, languages
from consilience.publish.statements.frame import Names, party_names
from consilience.publish.statements.words import Words
from consilience.records.allegations import Allegation
from consilience.records.case import CaseSettings

NAMES: Final = "names of"
"""How the name of a part of a finding begins that stands for such names (`names of/parties`)."""


class PrintedNames:
    """The names of one case in every language that a publication may have."""

    def __init__(self, settings: CaseSettings, names: Mapping[str, Names]) -> None:
        self._names = names
        self._parties = {
            language: party_names(Words(catalogue_of(language), settings.zone), settings, given)
            for language, given in names.items()
        }
        titles = {language: given.case.get("title") for language, given in names.items()}
        self._parties_digest, self._titles_digest = short_digest(self._parties), short_digest([settings.title, titles])

    def beside(self, incident_id: str, facility_id: str | None) -> dict[str, str]:
        """Digests of the names that a finding is read with, by name of the part: of the parties and the case, and of
        its own and its facility's where there are any."""
        own = {language: given.incidents.get(incident_id) for language, given in self._names.items()}
        site = {language: given.facilities.get(facility_id or "") for language, given in self._names.items()}
        return {
            f"{NAMES}/parties": self._parties_digest,
            f"{NAMES}/the case": self._titles_digest,
            **({f"{NAMES}/{incident_id}": short_digest(own)} if any(own.values()) else {}),
            **({f"{NAMES}/{facility_id}": short_digest(site)} if any(site.values()) else {}),
        }

    def called(self, party: str | None, alleged: Iterable[Allegation]) -> dict[str, str]:
        """Digests of the names that a letter to this party uses for what it alleges, by `called` name of the part."""
        every = tuple(alleged)
        found: dict[str, str] = {}
        for language, given in self._names.items():
            parties = self._parties[language]
            for one in sorted({party or "", *(name for said in every for name in said.parties)} & parties.keys()):
                found[f"{language}/party/{one}"] = short_digest(parties[one])
            for said in every:
                for kind, names, key in (
                    ("incident", given.incidents, said.incident_id), ("facility", given.facilities, said.facility_id),
                ):  # fmt: skip
                    if key in names:
                        found[f"{language}/{kind}/{key}"] = short_digest(names[key])
        return found

    def addressees(self, letter_id: str) -> dict[str, str]:
        """What the languages that give a letter's addressee a name call him."""
        named = ((language, given.addressees.get(letter_id)) for language, given in self._names.items())
        return {language: name for language, name in named if name}

    @property
    def renames_parties(self) -> bool:
        """Does a file of names, of which no earlier version is kept, give a party another name?"""
        return any(given.parties for given in self._names.values())


def called_of(one: Allegation, language: str) -> tuple[tuple[str, str], ...]:
    """The parts of `PrintedNames.called` that a letter uses for one incident in a language, each with what it names."""
    parties = [(f"{language}/party/{party}", party) for party in one.parties]
    return (
        *parties,
        (f"{language}/incident/{one.incident_id}", one.incident_id),
        (f"{language}/facility/{one.facility_id}", one.facility_id),
    )


def printed_names(case: Path, settings: CaseSettings) -> PrintedNames:
    """The names as the case folder has them now. ProseInvalid where a file of names can't be used."""
    return PrintedNames(settings, {language: names_of(case, language) for language in languages()})
