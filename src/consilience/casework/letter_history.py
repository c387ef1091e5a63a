"""What the table of letters said before and says no more: a sending, an answer or a deadline that somebody was given.

Every version of the table is kept. What a version claimed stands on record though a later one is silent: who empties a
cell, or takes out a row, unsays nothing. What was a slip of the pen is taken back as anything is that was decided: the
same is decided (`sent`, `reply` or `due` with that day) and withdrawn, signed and with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from consilience.casework.decisions_of_case import decisions_in
from consilience.casework.letter_rows import letter_of
from consilience.errors import VaultError
from consilience.readings.earlier_keys import rows_in
from consilience.records.case import CaseSettings
from consilience.records.decisions import DUE, REPLY, SENT, Decision
from consilience.records.put_together import addressee_key
from consilience.records.replies import Letter
from consilience.records.tables import TABLES
from consilience.records.worded import Worded
from consilience.vault.acts import PRESERVED, Act, read_preserved
from consilience.vault.store import Vault

_TABLE: Final = "letters"
_SAID_BY: Final[Mapping[str, str]] = {SENT: "sent_on", REPLY: "replied_on", DUE: "due_on"}
"""Which column of the table says what a decision of a kind says."""


@dataclass(slots=True)
class Claimed:
    """What was ever said of one letter, in the order of the ledger.

    `days` are by column every day that the table gave, `whom` every party and addressee of a row that gave any;
    `decided` the same days as decisions of the kind, withdrawn ones too. `due` is the deadline by the last version and
    decision, `granted` every one that held since a decision said last that the letter was sent, on a later day than
    `sent` was before: no version of the table sends a letter anew.
    """

    days: dict[str, list[date]] = field(default_factory=lambda: {name: [] for name in _SAID_BY.values()})
    decided: dict[str, set[date]] = field(default_factory=lambda: {name: set() for name in _SAID_BY.values()})
    whom: set[tuple[str, ...]] = field(default_factory=set)
    sent: date | None = None
    due: date | None = None
    due_is_decided: bool = False
    granted: set[date] = field(default_factory=set)

    def row(self, letter: Letter) -> None:
        """A version of the table has this row."""
        given = {"sent_on": letter.sent_on, "replied_on": letter.replied_on, "due_on": letter.due_on}
        for column, day in given.items():
            if day is not None and day not in self.days[column]:
                self.days[column].append(day)
        if any(given.values()) and letter.party is not None:
            self.whom.add(addressee_key(letter))
        if not self.due_is_decided:
            self.due = letter.due_on
        self.sent = self.sent or letter.sent_on
        self._grant()

    def decision(self, one: Decision, *, holds: bool) -> None:
        """A decision says it. One that was withdrawn grants no time, and sending on the day known is no other one."""
        day = one.on if one.kind == REPLY else date.fromisoformat(one.value)
        self.decided[_SAID_BY[one.kind]].add(day)
        if one.kind == DUE and holds:
            self.due, self.due_is_decided = day, True
        if one.kind == SENT and (self.sent is None or day > self.sent):
            self.sent, self.granted = day, set()
        self._grant()

    def _grant(self) -> None:
        """A deadline without a day of sending is one too: the letter counts as sent."""
        if self.due is not None:
            self.granted.add(self.due)

    def gone(self, column: str, now: Iterable[date | None] = ()) -> list[date]:
        """Days that the table gave in a column, are not among those of `now`, and nobody took back by decisions."""
        return [day for day in self.days[column] if day not in {*now, *self.decided[column]}]

    def longest(self, held: Set[date]) -> date | None:
        """The latest deadline that held since the letter was sent last; none that was decided and is not `held`."""
        return max(self.granted - (self.decided["due_on"] - held), default=None)


def unsaid(
    vault: Vault, settings: CaseSettings, letters: Sequence[Letter], decisions: Sequence[Decision]
) -> Iterator[str]:
    """Why the table of today and the decisions that hold do not say all that was said of letters. `letters` are rows
    with these decisions laid over them. Raises LedgerDamaged."""
    now = {letter.letter_id: letter for letter in letters}
    held: dict[str, set[date]] = {letter_id: set() for letter_id in now}
    for one in decisions:
        if one.kind == DUE:
            held.setdefault(one.target, set()).add(date.fromisoformat(one.value))
    every = claimed(vault, settings, {one.decision_id for one in decisions})
    for letter_id, was in every.items():
        letter, name = now.get(letter_id), f"letter {letter_id}"
        if letter is None:
            told = [f"{column} {day}" for column in ("sent_on", "replied_on") for day in was.gone(column)]
            if told:
                yield f"{name}: its row is gone, which said {', '.join(told)}: put it back"
            continue
        for day in was.gone("replied_on", (one for one, _ in letter.replies)):
            yield f"{name}: the table said that a reply came on {day}, and no longer does: put it back"
        if letter.bound is None:  # else a decision says when it was sent, and to whom
            for day in was.gone("sent_on", (letter.sent_on,)):
                yield f"{name}: the table said that it was sent on {day}, and no longer does: put it back"
            if any(_is_another(one, addressee_key(letter)) for one in was.whom):
                yield f"{name}: the table gave its days to a letter to another party or addressee: put the row back"
        longest = was.longest(held[letter_id])
        if letter.due_on is not None and longest is not None and letter.due_on < longest:
            why = "whoever was given the longer time still has it"
            yield Worded(
                f"{name}: its deadline was {longest} once it was sent, and is {letter.due_on} now: {why}", "shortened"
            )


def claimed(vault: Vault, settings: CaseSettings, held: Set[str]) -> dict[str, Claimed]:
    """What was ever said of each letter: by the kept versions of the table, and by decisions, of which `held` hold."""
    found: dict[str, Claimed] = {}
    for act in vault.acts():
        if act.kind == PRESERVED:
            for letter in _version(vault, act, settings):
                found.setdefault(letter.letter_id, Claimed()).row(letter)
        for one in decisions_in([act]):
            if one.kind in _SAID_BY:
                found.setdefault(one.target, Claimed()).decision(one, holds=one.decision_id in held)
    return found


def _is_another(was: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Another party, or another addressee than one that was named."""
    return was[0] != now[0] or (bool(was[1]) and was[1] != now[1])


def _version(vault: Vault, act: Act, settings: CaseSettings) -> Iterator[Letter]:
    """The rows of a kept version of the table; none of another file."""
    kept = read_preserved(act)
    if kept.path.stem.casefold() != _TABLE or kept.role != "table" or len(kept.path.parts) > 1:
        return
    try:
        rows = rows_in(vault.read_exhibit(kept.digest), kept.path, TABLES[_TABLE], settings)
    except VaultError:
        return  # what was destroyed on purpose says nothing any more, and a damaged vault shuts a release by itself
    yield from (letter_of(row, settings.zone) for row in rows)
