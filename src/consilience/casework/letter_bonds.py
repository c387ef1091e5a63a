"""To whom a decision on a letter was made: digests of its row's party and addressee, so that a row that is turned to
somebody else afterwards is no letter to him.

The digests stand beside the ledger under a salt (`bound_decisions`), never the name of an addressee.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from consilience.casework.bound_decisions import why_unbound
from consilience.casework.decisions_of_case import short_digest
from consilience.casework.printed_names import PrintedNames
from consilience.publish.letters import LETTER_LANGUAGES
from consilience.records.decisions import OF_LETTERS, Decision, Seat, ended_from, seat_of
from consilience.records.put_together import addressee_key
from consilience.records.replies import Letter

_PARTY, _ADDRESSEE = "party", "addressee"


def whom(letter: Letter, names: PrintedNames) -> dict[str, str]:
    """Digests by part of the party and the addressee of a letter: as the row has it, case and blanks apart, and as the
    names of a language call it."""
    key = addressee_key(letter)
    called = {
        f"{language}/{_ADDRESSEE}": short_digest(name) for language, name in names.addressees(letter.letter_id).items()
    }
    return {_PARTY: short_digest(letter.party), _ADDRESSEE: short_digest(key[1]), **called}


def turned(
    decisions: Sequence[Decision], letters: Iterable[Letter], names: PrintedNames, languages: Iterable[str]
) -> Iterator[str]:
    """Why each decision that speaks of a letter is not one on the letter as its row is now; nothing of the others.

    Of one that an earlier version recorded it is not known to whom: there the kept versions of the table are asked
    (`letter_history`).
    """
    now = {letter.letter_id: whom(letter, names) for letter in letters}
    asked = (_PARTY, _ADDRESSEE, *(f"{one}/{_ADDRESSEE}" for one in languages if one in LETTER_LANGUAGES))
    for one in speaking(decisions):
        if one.target not in now:  # of a party to which there is no letter, or of a row that is gone
            continue
        name = f"letter {one.target}: {one.kind} {one.decision_id}"
        if one.unbound:
            yield f"{name} {why_unbound(one)}"
            continue
        if one.bound_parts is None:
            continue
        if other := [part for part in asked if one.bound_parts.get(part) != now[one.target].get(part)]:
            told = " and ".join(dict.fromkeys(part.rpartition("/")[2] for part in other))
            yield f"{name} is of a letter to another {told} than its row names now: put the row back, or withdraw it"


def speaking(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """The decisions on letters, of those that hold, whose place no later one took."""
    last: dict[Seat, int] = {seat_of(one): place for place, one in enumerate(decisions) if one.kind in OF_LETTERS}
    for place, one in enumerate(decisions):
        if one.kind in OF_LETTERS and all(last.get(seat, place) <= place for seat in ended_from(one)):
            yield one


def is_to_others(one: Decision, other: Mapping[str, str] | None) -> bool:
    """Was a decision made of a letter to somebody else than these digests (of `whom`) say?"""
    before, after = one.bound_parts or {}, other or {}
    return any(before.get(part) != after.get(part) for part in (_PARTY, _ADDRESSEE))
