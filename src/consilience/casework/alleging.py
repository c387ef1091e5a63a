"""What a letter to a party puts by the findings as they are, what has changed since it was sent, and that in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from consilience.readings.case_file import CASE_FILE
from consilience.records.allegations import SHUTS, Allegation, Difference, Put, Since, changes_since, put_of
from consilience.records.case import CaseRecords, CaseSettings
from consilience.records.counting import clear_mode
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
_SEVERAL = 2


class Allegations:
    """What letters put now, to each party: from the findings, the facilities' rows and the incidents' own.

    A finding that was `retracted` is in no letter. A party that no finding names is asked about all, and accused of
    none.
    """

    def __init__(self, records: CaseRecords, blocks: Iterable[Mapping[str, Any]], retracted: Collection[str]) -> None:
        self._zone = records.settings.zone
        self._sites = rows_by_key(records.tables["facilities"], "facility_id")
        self._incidents = rows_by_key(records.tables["incidents"], "incident_id")
        self._blocks = [block for block in blocks if block["incident_id"] not in retracted]
        self._known: dict[str | None, Put] = {}

    def put_to(self, party: str | None) -> Put:
        """What a letter to this party puts."""
        if party not in self._known:
            accused = [block for block in self._blocks if party in block["attribution"]["set"]]
            every = [self._alleged(block, accuses=bool(accused)) for block in accused or self._blocks]
            self._known[party] = put_of(every)
        return self._known[party]

    def since(self, letter: Letter) -> tuple[Difference, ...]:
        """How that differs from what this letter put; nothing where it is not known what it put."""
        return () if letter.put is None else changes_since(letter.put, letter.enough, self.put_to(letter.party))

    def spared(self, letter: Letter) -> tuple[Difference, ...]:
        """What this letter didn't put, and counsel decided that it need not."""
        if letter.put is None or letter.enough is None:
            return ()
        without, still = changes_since(letter.put, None, self.put_to(letter.party)), self.since(letter)
        return tuple(one for one in without if one.since in SHUTS and one not in still)

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


def shut_by(letter: Letter, changes: Sequence[Difference]) -> tuple[str, ...]:
    """Why this letter doesn't do for what is published now, a line an incident; nothing where it does."""
    again = "; what counsel decided was of something else" if letter.enough else ""
    return tuple(
        f"letter {letter.letter_id}, sent on {letter.sent_on}: {change_told(one)}{again}: {REMEDY}"
        for one in changes
        if one.since in SHUTS
    )


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


def rows_by_key(frame: pl.DataFrame, key: str) -> dict[str, Mapping[str, Any]]:
    """The rows of a table by the name in its column `key`."""
    return {row[key]: row for row in frame.iter_rows(named=True)}
