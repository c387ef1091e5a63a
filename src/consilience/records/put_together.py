"""What the letters to one addressee put together: a follow-up adds to the first, and the latest word on each incident
counts.

A letter that put an incident otherwise takes the place of what an earlier one said of it: the addressee could not know
that the earlier version still stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from consilience.records.allegations import Allegation, Put, put_of
from consilience.records.replies import Letter, Standing

_SEVERAL = 2


def by_addressee(letters: Iterable[Letter]) -> tuple[tuple[Letter, ...], ...]:
    """The letters to each addressee, in the order of their first: of one party and one addressee as the table writes
    it, case and blanks apart.

    Two offices of a party are two addressees, and each is to be put everything. A letter that names no addressee may
    have gone to any of them, and stands alone.
    """
    found: dict[tuple[str, ...], list[Letter]] = {}
    for letter in letters:
        found.setdefault(addressee_key(letter), []).append(letter)
    return tuple(map(tuple, found.values()))


def addressee_key(letter: Letter) -> tuple[str, ...]:
    """The same for two letters to one addressee."""
    addressee = " ".join((letter.addressee or "").casefold().split())
    named = (letter.party or "", addressee)
    return named if addressee else (*named, letter.letter_id)


def went_out(letters: Iterable[Letter]) -> tuple[Letter, ...]:
    """The letters that were sent and of which a decision says what they put, the earliest first.

    The time that each grants, and whether it was sent by the day of a report, is asked of each letter by itself
    (`Letter.standing`): a release waits for every one.
    """
    out = [one for one in letters if one.put is not None and one.sent_on is not None and not _is_not_sought(one)]
    return tuple(sorted(out, key=lambda one: (one.sent_on or date.min, one.letter_id)))


def put_together(letters: Sequence[Letter], now: Put) -> Put | None:
    """What letters to one addressee, the earliest first, put together; None where there is none.

    Of each incident it is what was put last. Of two letters of one day nobody knows which was read last, so the one
    counts that does not put what is alleged `now`. After a letter of an edition of which no act says what it put, what
    was put before is not known to stand; a later one begins anew. Such an edition is known where it is that of `now`.
    """
    puts = [(letter.sent_on, _known(letter.put, now)) for letter in letters if letter.put is not None]
    if len(puts) < _SEVERAL:
        return puts[0][1] if puts else None
    alleged_now = {one.incident_id: one for one in now.alleged or ()}
    said: dict[str, tuple[date | None, Allegation]] = {}
    unknown: Put | None = None
    for day, put in sorted(puts, key=lambda one: (one[0] or date.min, one[1].alleged is None)):
        if put.alleged is None:
            unknown, said = put, {}
            continue
        unknown = None
        for one in put.alleged:
            before = said.get(one.incident_id)
            is_open = before is not None and before[0] == day and not _puts(before[1], alleged_now.get(one.incident_id))
            if not is_open:
                said[one.incident_id] = (day, one)
    return unknown or put_of([one for _, one in said.values()])


def looked_at(letters: Iterable[Letter], now: Put) -> Put | None:
    """What counsel said of these letters need not be put again: of an incident that was looked at twice, as it is `now`
    where that was one of the two.
    """
    enough = [letter.enough for letter in letters if letter.enough is not None]
    alleged_now = {one.incident_id: one for one in now.alleged or ()}
    said: dict[str, Allegation] = {}
    for one in (one for put in enough for one in put.alleged or ()):
        before = said.get(one.incident_id)
        if before is None or not _puts(before, alleged_now.get(one.incident_id)):
            said[one.incident_id] = one
    return put_of(list(said.values())) if enough else None


def told_by(letters: Iterable[Letter], now: Put) -> tuple[tuple[Letter, Mapping[str, Allegation]], ...]:
    """Each of the letters with what it says of which incident, as far as that is known."""
    said = ((letter, _known(letter.put, now).alleged if letter.put else None) for letter in letters)
    return tuple((letter, {one.incident_id: one for one in alleged or ()}) for letter, alleged in said)


def _is_not_sought(letter: Letter) -> bool:
    return letter.standing(None) is Standing.NOT_SOUGHT


def _known(put: Put, now: Put) -> Put:
    return now if put.alleged is None and put.edition == now.edition else put


def _puts(said: Allegation, now: Allegation | None) -> bool:
    return now is not None and said.puts(now)
