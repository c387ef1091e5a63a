"""What a letter to a party puts by the findings as they are, what has changed since it was sent, and that in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from consilience.casework.decisions_of_case import short_digest
from consilience.casework.printed_names import PrintedNames, called_of
from consilience.publish.letters import LETTER_LANGUAGES
from consilience.readings.case_file import CASE_FILE
from consilience.records.allegations import SHUTS, Allegation, Difference, Put, Since, changes_since, put_of
from consilience.records.case import CaseRecords, CaseSettings, rows_by_key
from consilience.records.counting import clear_mode
from consilience.records.put_together import by_addressee, looked_at, put_together, told_by, went_out
from consilience.records.replies import Letter, Standing
from consilience.records.tables import NEVER_AN_INPUT, TABLES
from consilience.reference.shipped import orbat_names
from consilience.vault.acts import PRESERVED, Act, read_preserved

REMEDY = "send it anew and decide sent and due, or counsel decides put_enough"
"""What opens the gate that is shut by what was not put."""
CHANGED = (
    "is empty, and case.toml, tables or the case's own order of battle changed on that day or since, or lie where "
    "nobody can tell: copy the code off the letter's head"
)
"""Why a sending that is recorded late has to name its edition."""
NAMED_ELSEWHERE = (
    "is empty, and a file of narrative gives parties other names, of which no earlier version is kept: copy the code "
    "off the letter's head"
)
"""Why a sending that is recorded late has to name its edition where names may have changed since."""
_SEVERAL = 2


class Allegations:
    """What letters put now, to each party: from the findings, the facilities' rows and the incidents' own.

    A finding that was `retracted` is in no letter. A party that no finding names is asked about all, and accused of
    none. `names` are what a letter calls them, and `languages` those in which what it called them counts.
    """

    def __init__(
        self, records: CaseRecords, blocks: Iterable[Mapping[str, Any]], retracted: Collection[str],
        names: PrintedNames, languages: Collection[str] = LETTER_LANGUAGES,
    ) -> None:  # fmt: skip
        self._names, self._languages = names, languages
        self._zone = records.settings.zone
        self._sites = rows_by_key(records.tables["facilities"], "facility_id")
        self._incidents = rows_by_key(records.tables["incidents"], "incident_id")
        self._blocks = [block for block in blocks if block["incident_id"] not in retracted]
        self._known: dict[str | None, Put] = {}
        self._called: dict[str | None, Mapping[str, str]] = {}

    def put_to(self, party: str | None) -> Put:
        """What a letter to this party puts."""
        if party not in self._known:
            accused = [block for block in self._blocks if party in block["attribution"]["set"]]
            every = [self._alleged(block, accuses=bool(accused)) for block in accused or self._blocks]
            called = self._names.called(party, every)
            self._called[party], self._known[party] = called, put_of(every, short_digest(called))
        return self._known[party]

    def called(self, party: str | None) -> Mapping[str, str]:
        """The names under which it puts that, as digests by part (`PrintedNames.called`)."""
        self.put_to(party)
        return self._called[party]

    def since(self, letters: Sequence[Letter]) -> tuple[Difference, ...]:
        """How that differs from what these letters put together: those that went out to one addressee, the earliest
        first (`put_together.went_out`). Nothing where there is none.
        """
        return self._since(letters, spared=True)

    def spared(self, letters: Sequence[Letter]) -> tuple[Difference, ...]:
        """What these letters did not put, and counsel decided that they need not."""
        without, still = self._since(letters, spared=False), self.since(letters)
        return tuple(one for one in without if one.since in SHUTS and one not in still)

    def unput(self, letters: Iterable[Letter]) -> dict[str, tuple[Difference, ...]]:
        """By letter_id what is alleged now and the letters to its addressee did not put, where anything."""
        every = ((went_out(group), self.since(went_out(group))) for group in by_addressee(letters))
        found = ((group, tuple(one for one in changes if one.since in SHUTS)) for group, changes in every)
        return {letter.letter_id: lacking for group, lacking in found if lacking for letter in group}

    def put_where(self, letters: Sequence[Letter]) -> dict[str, tuple[Letter, ...]]:
        """By incident that is alleged now, and that these letters put: in which of them it stands as it is now."""
        open_still = {one.incident_id for one in self._since(letters, spared=False) if one.since in SHUTS}
        if not letters or "" in open_still:
            return {}
        now = self.put_to(letters[0].party)
        said = told_by(letters, now)
        alleged = [one for one in now.alleged or () if one.parties and one.incident_id not in open_still]
        return {one.incident_id: _putting(said, one) for one in alleged}

    def wording(self, letters: Sequence[Letter]) -> Callable[[Difference], str]:
        """What says a change in words; of several letters also which said last what no longer holds, or never did."""
        if len(letters) < _SEVERAL:
            return change_told
        now = self.put_to(letters[0].party)
        return partial(_told_of_several, told_by(letters, now), {one.incident_id: one for one in now.alleged or ()})

    def _since(self, letters: Sequence[Letter], *, spared: bool) -> tuple[Difference, ...]:
        if not letters:
            return ()
        now = self.put_to(letters[0].party)
        put = put_together(letters, now)
        enough = looked_at(letters, now) if spared else None
        if put is None:
            return ()
        changes = changes_since(put, enough, now)
        lacking = {one.incident_id for one in changes if one.since in SHUTS}
        return changes if "" in lacking else (*changes, *self._renamed(letters, lacking, spared=spared))

    def _renamed(self, letters: Sequence[Letter], lacking: Collection[str], *, spared: bool) -> Iterator[Difference]:
        """Incidents that are put as they are alleged now, but under other names: who was told another party's name
        was not told that he is accused."""
        party = letters[0].party
        now, called = self.put_to(party), self.called(party)
        said = told_by(letters, now)
        for one in now.alleged or ():
            telling = [letter for letter, by_incident in said if one.incident_id in by_incident]
            if not one.parties or one.incident_id in lacking:
                continue
            parts = [part for language in self._languages for part in called_of(one, language)]
            by_counsel = [it.enough_bound for it in letters if spared and it.enough is not None and it.enough.called]
            if any(bound and not _otherwise(bound, called, parts) for bound in by_counsel):
                continue
            last = [it for it in telling if it.sent_on == telling[-1].sent_on and _may_call_otherwise(it.put, now)]
            bonds = [it.bound for it in last] if telling else by_counsel
            wrong = [what for bound in bonds for what in _otherwise(bound or {}, called, parts)]
            if wrong:
                named = tuple((what, "", "") for what in dict.fromkeys(wrong)) if all(bonds) else ()
                yield Difference(one.incident_id, Since.RENAMED, named)

    def _alleged(self, block: Mapping[str, Any], *, accuses: bool) -> Allegation:
        """No title: free text may name a person, and what is put stands in acts that nobody can take out."""
        facility_id, attribution = block["facility_id"] or "", block["attribution"]
        site, incident = self._sites.get(facility_id, {}), self._incidents.get(block["incident_id"], {})
        named = site.get("name") or site.get("name_local") or ""
        place = incident.get("place") or site.get("place") or ""
        parties = tuple(attribution["set"]) if accuses else ()
        return Allegation(
            incident_id=block["incident_id"],
            day=datetime.fromisoformat(block["time"]["median"]).astimezone(self._zone).date(),
            place=place,
            facility_id=facility_id,
            site=named,
            mode=(clear_mode(block) or "") if accuses else "",
            parties=parties,
            relation=(attribution["relation"] or "one_of") if len(parties) >= _SEVERAL else "",
        )


def inputs_changed_last(acts: Iterable[Act], settings: CaseSettings) -> date | None:
    """The last day on which case.toml, a table that is weighed or the case's own order of battle changed since the case
    was first kept, if any; `date.max` where that order of battle lies where nothing is kept, so that nobody can tell.

    As the ledger came to know it: a change shows with the next run. On the day itself nobody can tell which came first.
    """
    kept = [act for act in acts if act.kind == PRESERVED]
    orbat = _own_orbat(settings)
    if orbat is not None and not any(_is_orbat(read_preserved(act).path, orbat) for act in kept):
        return date.max
    first = min((act.recorded_at for act in kept), default=None)
    changed = (act.recorded_at for act in kept if act.recorded_at != first and _is_weighed(act, orbat))
    return max((moment.astimezone(settings.zone).date() for moment in changed), default=None)


def _own_orbat(settings: CaseSettings) -> PurePosixPath | None:
    """The folder of the case's own order of battle, by its path in the case; None of a shipped one, or of none."""
    if settings.orbat is None or settings.orbat in orbat_names():
        return None
    return PurePosixPath(settings.orbat)


def _is_orbat(path: PurePosixPath, orbat: PurePosixPath | None) -> bool:
    """Is it a table of that folder?"""
    return orbat is not None and path.parent == orbat and path.suffix.casefold() == ".csv"


def _is_weighed(act: Act, orbat: PurePosixPath | None) -> bool:
    """case.toml says how much it takes to name a party, and which order of battle counts."""
    file = read_preserved(act)
    name = file.path.stem.casefold()
    if _is_orbat(file.path, orbat):
        return True
    return str(file.path) == CASE_FILE or (file.role == "table" and name in TABLES and name not in NEVER_AN_INPUT)


def shut_by(letters: Sequence[Letter], allegations: Allegations) -> tuple[str, ...]:
    """Why the letters that went out to one addressee don't do for what is published now, a line an incident; nothing
    where they do.
    """
    again = "; what counsel decided was of something else" if any(one.enough for one in letters) else ""
    told = allegations.wording(letters)
    return tuple(
        f"{_named(letters)}: {told(one)}{again}: {REMEDY}" for one in allegations.since(letters) if one.since in SHUTS
    )


def _told_of_several(
    said: Sequence[tuple[Letter, Mapping[str, Allegation]]], now: Mapping[str, Allegation], change: Difference
) -> str:
    if change.since is Since.UNKNOWN:
        blind = [letter for letter, _ in said if letter.put is not None and letter.put.alleged is None]
        return f"{change_told(change)} ({_named(blind[-1:])})"
    alleged = now.get(change.incident_id)
    right = _putting(said, alleged) if alleged is not None else ()
    wrong = [letter for letter, by_incident in said if change.incident_id in by_incident and letter not in right]
    if not wrong:
        return change_told(change)
    also = f"; {_named(right)} put it as it is alleged now, and not last" if right else ""
    return f"{change_told(change)} ({_named(wrong[-1:])}{also})"


def _may_call_otherwise(put: Put | None, now: Put) -> bool:
    """Has it names, and is it not the edition of now, whose code stands for them too? Earlier versions kept none."""
    return put is not None and bool(put.called) and put.edition != now.edition


def _otherwise(bound: Mapping[str, str], called: Mapping[str, str], parts: Sequence[tuple[str, str]]) -> list[str]:
    """What is called otherwise now than by what a letter is bound to, of these parts of its names."""
    return [what for part, what in parts if bound.get(part) != called.get(part)]


def _putting(said: Sequence[tuple[Letter, Mapping[str, Allegation]]], one: Allegation) -> tuple[Letter, ...]:
    """Which of the letters put just this."""
    every = ((letter, by_incident.get(one.incident_id)) for letter, by_incident in said)
    return tuple(letter for letter, told in every if told is not None and told.puts(one))


def _named(letters: Sequence[Letter]) -> str:
    """ "letter L1, sent on 2020-04-01", "letters L1, sent on 2020-04-01, and L3, sent on 2020-04-25"."""
    said = [f"{one.letter_id}, sent on {one.sent_on}" for one in letters]
    return f"letter{'s' if len(said) >= _SEVERAL else ''} {', and '.join(said)}"


def change_told(one: Difference) -> str:
    """What a letter that was sent doesn't say of an incident, or says and no longer should, in words."""
    match one.since:
        case Since.NOT_PUT:
            return f"{one.incident_id} was not put"
        case Since.ONLY_ASKED:
            return f"{one.incident_id} was asked about and not alleged"
        case Since.OTHERWISE:
            fields = (f"{name} {was or 'not said'}, now {new or 'not said'}" for name, was, new in one.fields)
            return f"{one.incident_id} was put otherwise ({'; '.join(fields)})"
        case Since.RENAMED:
            if not one.fields:
                return f"no act says under which names {one.incident_id} was put"
            what = ", ".join(name for name, _, _ in one.fields)
            return f"{one.incident_id} was put under other names than those of today ({what})"
        case Since.UNKNOWN:
            return "another edition was sent than the findings make now, and no act says what it put"
        case Since.WITHDRAWN:
            return f"{one.incident_id} was put and is no longer alleged"
        case Since.NO_MODE:
            return f"{one.incident_id} was put as {one.fields[0][1]}, which is no longer alleged"
        case Since.NOT_ASKED:
            return f"{one.incident_id} was not asked about, or otherwise"


def is_untold(letter: Letter) -> bool:
    """Is a letter taken as sent, and is it not known what it put?"""
    is_sent = letter.sent_on is not None or letter.due_on is not None
    return is_sent and letter.put is None and letter.standing(None) is not Standing.NOT_SOUGHT


def untold(letter: Letter) -> str:
    """That it is not known which edition was sent, in words."""
    when = f"sent on {letter.sent_on}" if letter.sent_on else "sent on a day that is not on record"
    return f"letter {letter.letter_id}, {when}: which edition was sent, and so what it put, is not known"
