"""What was decided before, found by what it says: asking costs no more where a great deal was decided.

Of all decisions, oldest first, those are held that nobody has withdrawn (`records.decisions.still_held`). One that is
held speaks unless a later one took its place. What is held is kept sorted by words and by seats, so that a file of
decisions takes as long as it has rows.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from consilience.casework.decisions_of_case import is_code
from consilience.records.allegations import Put
from consilience.records.decisions import (
    NOTE,
    OF_LETTERS,
    PUT_ENOUGH,
    RETRACTED,
    REVIEW,
    SENT,
    SIGN_OFF,
    WITHDRAW,
    Decision,
    Seat,
    ended_from,
    seat_of,
)
from consilience.vault.beside_ledger import read_note

Words = tuple[str, ...]


def words_of(decision: Decision) -> Words:
    """What makes two rows the same: everything that a person wrote, and nothing that we computed."""
    due = "" if decision.due is None else decision.due.isoformat()
    said = (decision.kind, decision.target, decision.value, decision.by, decision.on.isoformat())
    return (*said, decision.reason, decision.scope, decision.item, due)


def said_by(decision: Decision) -> Words:
    """The same without a code that was made from the case: what an id may be made from, which stays for good."""
    return words_of(replace(decision, scope="") if is_code(decision) else decision)


class EarlierDecisions:
    """Every decision so far, in the order of the ledger; more are added as they are made."""

    def __init__(self, decisions: Iterable[Decision], vault_folder: Path) -> None:
        self._every: list[Decision] = []
        self._named: defaultdict[str, list[int]] = defaultdict(list)
        self._against: list[int] = []  # by decision, how many later withdrawals of it are held
        self._alike: defaultdict[Words, list[int]] = defaultdict(list)  # those held, as below
        self._seats: defaultdict[Seat, list[int]] = defaultdict(list)
        self._said: Counter[Words] = Counter()
        self._kinds: Counter[str] = Counter()
        self._notes = _Notes(vault_folder)
        self._editions: dict[str, tuple[Put, Mapping[str, str]]] = {}
        self._retracting: set[Seat] = set()
        self._retracted: frozenset[str] | None = None
        for one in decisions:
            self.add(one)

    def add(self, one: Decision) -> None:
        """One more, of a note without its text."""
        place = len(self._every)
        self._every.append(one)
        self._against.append(0)
        self._named[one.decision_id].append(place)
        self._said[said_by(one)] += 1
        self._kinds[one.kind] += 1
        if one.put is not None and one.put.alleged is not None:
            self._editions[one.put.edition] = one.put, one.bound_parts or {}
        self._hold(place)
        if one.kind == WITHDRAW:
            self._withdraw(place)

    def same(self, decision: Decision) -> Decision | None:
        """The first of these words that still speaks, or None; of a note the text is compared with what was kept.

        One that was withdrawn, or that a later word took the place of, is not what these words say now.
        """
        if decision.kind == NOTE:
            place = self._notes.first(decision, self._every)
            return None if place is None else self._every[place]
        places = self._alike.get(words_of(decision), [])
        ended_in = [self._seats[seat][-1] for seat in ended_from(decision) if self._seats.get(seat)]
        if decision.kind == PUT_ENOUGH:  # a letter of another id may have gone to this addressee, and ended it too
            ended_in += [held[-1] for (kind, _, _), held in self._seats.items() if kind == SENT and held]
        at = bisect_left(places, max(ended_in, default=-1))
        return self._every[places[at]] if at < len(places) else None

    def ids(self) -> Collection[str]:
        """Every id, of those that no longer speak too."""
        return self._named.keys()

    def times_said(self, decision: Decision) -> int:
        """How often these words were decided, whatever the code, whether they still speak or not."""
        return self._said[said_by(decision)]

    def of_kind(self, kind: str) -> int:
        """How many there are of a kind."""
        return self._kinds[kind]

    def edition(self, code: str) -> tuple[Put, Mapping[str, str]] | None:
        """What a letter of this code puts, and what the decision that says so is bound to, if any does."""
        return self._editions.get(code)

    def on_letter(self, letter_id: str) -> list[Decision]:
        """Those from which follows where a letter stands, oldest first: the last that is held of each kind."""
        seats = (self._seats.get((kind, letter_id, "")) for kind in OF_LETTERS)
        return [self._every[place] for place in sorted(places[-1] for places in seats if places)]

    def retracted(self) -> frozenset[str]:
        """As `records.decisions.retracted_in` of those held; the same object until that changes."""
        if self._retracted is None:
            self._retracted = frozenset(target for _, target, _ in self._retracting)
        return self._retracted

    def _withdraw(self, withdrawal: int) -> None:
        """What it names is no longer held; of a withdrawal then that is held again which it had ended, and so on."""
        waiting = [(withdrawal, 1)]
        while waiting:
            by, more = waiting.pop()
            named = self._named.get(self._every[by].target, [])
            for place in named[: bisect_left(named, by)]:
                was_held = not self._against[place]
                self._against[place] += more
                if was_held == (not self._against[place]):
                    continue
                if was_held:
                    self._release(place)
                else:
                    self._hold(place)
                if self._every[place].kind == WITHDRAW:
                    waiting.append((place, -1 if was_held else 1))

    def _hold(self, place: int) -> None:
        self._turn(place, insort, self._notes.hold)

    def _release(self, place: int) -> None:
        self._turn(place, _take_out, self._notes.release)

    def _turn(
        self, place: int, turn: Callable[[list[int], int], None], of_note: Callable[[int, Decision], None]
    ) -> None:
        """A decision is held from now on, or no longer, wherever it is looked for."""
        one = self._every[place]
        seat = seat_of(one)
        turn(self._seats[seat], place)
        if one.kind == NOTE:
            of_note(place, one)
        elif not one.unbound or one.kind not in (REVIEW, SIGN_OFF):  # else it is given again, in the same words too
            turn(self._alike[words_of(one)], place)
        self._see_retracted(seat)

    def _see_retracted(self, seat: Seat) -> None:
        """Each person's last word on an incident says whether they retract it."""
        if seat[0] != REVIEW:
            return
        places = self._seats[seat]
        retracts = bool(places) and self._every[places[-1]].value == RETRACTED
        if retracts != (seat in self._retracting):
            self._retracting ^= {seat}
            self._retracted = None


class _Notes:
    """Notes that are held, by what else they say and by their text. Each is read from the vault once, when asked for.

    A note without a commitment (of a dry run) was kept nowhere, and is like no other.
    """

    def __init__(self, vault_folder: Path) -> None:
        self._folder = vault_folder
        self._texts: dict[int, str] = {}
        self._unread: defaultdict[Words, list[int]] = defaultdict(list)
        self._read: defaultdict[tuple[Words, str], list[int]] = defaultdict(list)

    def hold(self, place: int, note: Decision) -> None:
        if note.commitment:
            insort(self._shelf(place, note), place)

    def release(self, place: int, note: Decision) -> None:
        if note.commitment:
            _take_out(self._shelf(place, note), place)

    def first(self, decision: Decision, every: list[Decision]) -> int | None:
        """The first held note of these words and this text. Raises ExhibitDamaged where one before it can't be read."""
        words, text = _beside_text(words_of(decision)), decision.value
        unread, read = self._unread[words], self._read[words, text]
        done = 0
        for place in unread:
            if read and read[0] < place:
                break
            self._texts[place] = read_note(self._folder, every[place].commitment)
            insort(self._read[words, self._texts[place]], place)
            done += 1
        del unread[:done]
        return read[0] if read else None

    def _shelf(self, place: int, note: Decision) -> list[int]:
        words = _beside_text(words_of(note))
        return self._read[words, self._texts[place]] if place in self._texts else self._unread[words]


def _beside_text(words: Words) -> Words:
    """The words of a note without its text, which stands in no act."""
    return (*words[:2], "", *words[3:])


def _take_out(places: list[int], place: int) -> None:
    del places[bisect_left(places, place)]
