"""What a letter puts to its addressee, incident by incident and in no language, and what a later finding adds to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from consilience.quantities import canonical_json, digest_bytes

EDITION: Final = "edition:"
"""How the code begins that stands for what a letter puts."""
EDITION_CODE: Final = re.compile(r"edition:[0-9a-f]{16}")
_SHORT: Final = 16
"""Hex digits of a code: 64 bits tell the editions of a letter apart, and somebody can copy them off a page."""


@dataclass(frozen=True, slots=True)
class Allegation:
    """What a letter says of one incident: ids and values of the case, and no more than the letter discloses.

    `day` is a day of the case's zone. `place` is the town as the tables have it, and never the incident's title, which
    may name a person: it is kept in acts that nobody can take out. `site` is the facility's name in the tables.
    `relation` is "one_of" or "together" of several parties, "" of one. A letter that asks and accuses nobody says no
    mode and no parties.
    """

    incident_id: str
    day: date
    place: str = ""
    facility_id: str = ""
    site: str = ""
    mode: str = ""
    parties: tuple[str, ...] = ()
    relation: str = ""

    def as_json(self) -> dict[str, object]:
        """JSON values, only what is said."""
        texts = {name: getattr(self, name) for name in _TEXTS if getattr(self, name)}
        parties = {"parties": list(self.parties)} if self.parties else {}
        return {"incident_id": self.incident_id, "day": self.day.isoformat(), **texts, **parties}

    def puts(self, other: Allegation) -> bool:
        """Has whoever was told this been told the other too? A mode that is not said any more adds nothing."""
        return not [name for name, _, _ in self.differing(other) if name != "mode" or other.mode]

    def differing(self, other: Allegation) -> tuple[tuple[str, str, str], ...]:
        """What the other says otherwise: the name of the field, what this says, what the other says."""
        mine, others = self._words(), other._words()
        return tuple((name, was, others[name]) for name, was in mine.items() if was != others[name])

    def _words(self) -> dict[str, str]:
        joined = f" {'and' if self.relation == 'together' else 'or'} ".join(sorted(self.parties))
        return {
            "day": self.day.isoformat(), "place": self.place, "facility": self.facility_id, "site": self.site,
            "mode": self.mode, "parties": joined,
        }  # fmt: skip


_TEXTS: Final = ("place", "facility_id", "site", "mode", "relation")


def allegation_from(said: Mapping[str, Any]) -> Allegation:
    """The inverse of `as_json`. Raises KeyError, TypeError or ValueError for what is none."""
    texts = {name: str(said.get(name, "")) for name in _TEXTS}
    parties = tuple(str(one) for one in said.get("parties", ()))
    return Allegation(str(said["incident_id"]), date.fromisoformat(said["day"]), **texts, parties=parties)


@dataclass(frozen=True, slots=True)
class Put:
    """What a letter put, or counsel looked at: its code, and what it said.

    `alleged` is None where the code stands on a letter that went out and no act says what that letter said. `called`
    is a code for the names under which it said it, "" of an earlier version.
    """

    edition: str
    alleged: tuple[Allegation, ...] | None
    called: str = ""

    @property
    def accuses(self) -> bool:
        """Did it allege anything, so far as is known, or only ask?"""
        return any(one.parties for one in self.alleged or ())


def put_of(alleged: Sequence[Allegation], called: str = "") -> Put:
    """What is alleged, with its code: the same for the same allegations under the same names, in whatever order."""
    every = tuple(sorted(alleged, key=lambda one: one.incident_id))
    said: list[object] = [one.as_json() for one in every]
    code = digest_bytes(canonical_json([said, called] if called else said))
    return Put(EDITION + code.removeprefix("sha256:")[:_SHORT], every, called)


class Since(StrEnum):
    """How what is alleged now stands to what was put."""

    NOT_PUT = "not put"
    ONLY_ASKED = "asked about, not alleged"
    OTHERWISE = "put otherwise"
    RENAMED = "put under another name"
    UNKNOWN = "put in an edition of which no act says what it said"
    WITHDRAWN = "put, and no longer alleged"
    NO_MODE = "put with a mode that is no longer alleged"
    NOT_ASKED = "asked about only now, or otherwise"


SHUTS: Final = frozenset({Since.NOT_PUT, Since.ONLY_ASKED, Since.OTHERWISE, Since.RENAMED, Since.UNKNOWN})
"""What has to be put before it is published; the others take something back, or accuse nobody."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One incident of which a letter says something else now. `fields` are name, what it was and what it is.

    `incident_id` is "" where it is not known what the letter said.
    """

    incident_id: str
    since: Since
    fields: tuple[tuple[str, str, str], ...] = ()


def changes_since(put: Put, enough: Put | None, now: Put) -> tuple[Difference, ...]:
    """How what is alleged now differs from what was put, by incident.

    `enough` is what counsel looked at and said need not be put again: it covers an incident as it was then, and as it
    is said no more sharply since.
    """
    looked = {one.incident_id: one for one in (enough.alleged if enough else None) or ()}
    open_now = [
        one
        for one in now.alleged or ()
        if not (one.parties and one.incident_id in looked and looked[one.incident_id].puts(one))
    ]
    if put.alleged is None:
        differs = put.edition != now.edition and any(one.parties for one in open_now)
        return (Difference("", Since.UNKNOWN),) if differs else ()
    was = {one.incident_id: one for one in put.alleged}
    found = [*_added(was, open_now, put.accuses), *_taken_back(was, now)]
    return tuple(sorted(found, key=lambda one: (one.incident_id, one.since)))


def _added(was: Mapping[str, Allegation], now: Sequence[Allegation], accused: bool) -> Iterator[Difference]:
    for one in now:
        said = was.get(one.incident_id)
        if said is not None and said.puts(one):
            continue
        if not one.parties:
            if not accused:
                yield Difference(one.incident_id, Since.NOT_ASKED)
        elif said is None:
            yield Difference(one.incident_id, Since.NOT_PUT)
        elif not said.parties:
            yield Difference(one.incident_id, Since.ONLY_ASKED)
        else:
            yield Difference(one.incident_id, Since.OTHERWISE, said.differing(one))


def _taken_back(was: Mapping[str, Allegation], now: Put) -> Iterator[Difference]:
    there = {one.incident_id: one for one in now.alleged or ()}
    for name, said in was.items():
        one = there.get(name)
        if said.parties and (one is None or not one.parties):
            yield Difference(name, Since.WITHDRAWN)
        elif one is not None and said.mode and not one.mode and said.puts(one):
            yield Difference(name, Since.NO_MODE, (("mode", said.mode, ""),))
