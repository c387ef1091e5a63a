"""The gates of letters: to whom they went and what they put, the time that each granted, replies and their weighing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from consilience.casework.alleging import Allegations, shut_by
from consilience.casework.first_of_many import first_of
from consilience.casework.letter_bonds import turned
from consilience.casework.printed_names import printed_names
from consilience.casework.release_state import Candidate
from consilience.casework.replies_weighed import unweighed
from consilience.publish.letters import LETTER_LANGUAGES
from consilience.records.decisions import REPLY, SENT, retracted_in
from consilience.records.put_together import by_addressee, went_out
from consilience.records.replies import Letter, Standing
from consilience.records.worded import Worded


def letters(it: Candidate) -> Iterator[str]:
    """Every letter was sent, its time is over, and its reply weighed; or counsel signed why none is sought."""
    allegations = _allegations(it)
    for one in it.letters:
        name = f"letter {one.letter_id}"
        match one.standing(it.as_of):
            case Standing.NOT_SENT if one.sent_on is not None:
                yield Worded(f"{name}: was sent on {one.sent_on}, after as_of {it.as_of}", "sent later")
            case Standing.NOT_SENT:
                yield f"{name}: has no date of sending and no deadline"
            case Standing.NO_DEADLINE if one.due_on is None:
                yield Worded(f"{name}: has no deadline", "no deadline")
            case Standing.WITHIN:
                yield Worded(f"{name}: its deadline, {one.due_on}, is not over at as_of {it.as_of}", "running")
            case _:
                pass
        if one.not_sought_why and not one.not_sought_by:
            yield Worded(f"{name}: why no reply is sought is not signed by a named counsel", "unsigned")
        if one.not_sought_by and (one.sent_on or one.due_on or one.replied_on):
            said = f"{name}: was sent or answered, and counsel has signed that no reply is sought: withdraw one"
            yield Worded(said, "withdraw one")
        if one.sent_on and one.due_on and one.due_on <= one.sent_on:
            said = (
                f"{name}: its deadline is not after the day on which it was sent last, {one.sent_on}: decide due anew"
            )
            yield Worded(said, "no deadline")
        if it.as_of is not None and one.has_reply(it.as_of):
            yield from _answered(it, one, allegations)
    asked = {one.party for one in it.letters}
    named = {party for block in it.found.findings["incidents"] for party in block["attribution"]["set"]}
    for party in sorted(named - asked):
        yield Worded(f"{party} is named and there is no letter to it, nor a reason why none", "no letter")


def put(it: Candidate) -> Iterator[str]:
    """What is published against an addressee was put to it by the letters that were sent to it, each of which has its
    own time to answer (`letters`), where that is on record."""
    allegations = _allegations(it)
    for letters in by_addressee(it.letters):
        yield from shut_by(went_out(letters), allegations)


def unsaid(it: Candidate) -> Iterator[str]:
    """A sending, a reply or a deadline that was on record is not unsaid by emptying a cell."""
    yield from it.unsaid


def addressees(it: Candidate) -> Iterator[str]:
    """What was decided of a letter was decided of one to whom its row names now."""
    yield from turned(it.decisions, it.letters, printed_names(it.found.case, it.found.records.settings), _languages(it))


def _answered(it: Candidate, letter: Letter, allegations: Allegations) -> Iterator[str]:
    """A reply in hand must have been weighed since: somebody decided what it changes of each incident that the letter
    alleges, and said of which letter."""
    if open_still := unweighed(letter, it.decisions, allegations):
        name = letter.letter_id
        of = f": {first_of(open_still)}" if any(open_still) else ""
        said = f"letter {name}: has a reply, and no decision says what it changes (reply_effect, scope {name}){of}"
        yield Worded(said, "not weighed")


def late_decisions(it: Candidate) -> Iterator[str]:
    """A letter that is said to be sent is sent, and a reply is told only by a report that speaks of its day."""
    for one in it.decisions:
        if one.kind == SENT and date.fromisoformat(one.value) > it.today:
            yield f"letter {one.target}: its date of sending lies ahead"
        if one.kind == REPLY and it.as_of is not None and one.on > it.as_of:
            yield _late_reply(it, one.target, one.on)
    zone = it.found.records.settings.zone
    for row in it.found.records.tables["letters"].iter_rows(named=True):
        replied = row["replied_on_lo"]
        if replied is not None and it.as_of is not None and (day := replied.astimezone(zone).date()) > it.as_of:
            yield _late_reply(it, row["letter_id"], day)


def _late_reply(it: Candidate, letter_id: str, day: date) -> str:
    return f"letter {letter_id}: a reply came on {day}, after as_of {it.as_of}: move as_of and say so"


def _allegations(it: Candidate) -> Allegations:
    names = printed_names(it.found.case, it.found.records.settings)
    retracted, languages = retracted_in(it.decisions), _languages(it)
    return Allegations(it.found.records, it.found.findings["incidents"], retracted, names, languages)


def _languages(it: Candidate) -> tuple[str, ...]:
    """Those in which it would go out; all, where nothing could be built."""
    return tuple(one.language for one in it.built.documents) if it.built and it.built.documents else LETTER_LANGUAGES
