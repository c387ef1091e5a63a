"""Whether each reply was weighed after it came, for each incident that its letter alleges; and which it contests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from consilience.casework.alleging import Allegations
from consilience.records.decisions import REPLY, REPLY_EFFECT, SENT, Decision
from consilience.records.replies import Letter

CONTESTED: Final = "contested"
"""The effect of a reply that disputes what is said, and does not change it."""


def unweighed(letter: Letter, decisions: Sequence[Decision], allegations: Allegations) -> tuple[str, ...]:
    """Incidents of which no decision since the last reply to this letter says what it changes; ("",) where it alleges
    none and no decision since says anything of it. `decisions` are those that hold, in the order of the ledger.

    What it alleges now and did not yet when the reply came, by a decision `sent` before it, nobody answered. A reply of
    the table alone has no place in the ledger: there the day that a person wrote counts.
    """
    last = max((at for at, one in enumerate(decisions) if _answers(one, letter)), default=-1)
    decided = {one.on for one in decisions if _answers(one, letter)}
    since = max((day for day, _ in letter.replies if day not in decided), default=date.min)
    weighed = {
        one.target
        for one in decisions[last + 1 :]
        if one.kind == REPLY_EFFECT and one.scope == letter.letter_id and one.on >= since
    }
    now = [one.incident_id for one in allegations.put_to(letter.party).alleged or () if one.parties]
    answered = _put_before(decisions[: max(last, 0)], letter)
    alleged = now if answered is None else [one for one in now if one in answered]
    if not alleged:
        return () if weighed else ("",)
    return tuple(one for one in alleged if one not in weighed)


def _answers(one: Decision, letter: Letter) -> bool:
    return one.kind == REPLY and one.target == letter.letter_id


def _put_before(decisions: Sequence[Decision], letter: Letter) -> set[str] | None:
    """The incidents that the letter alleged when it was sent last before its reply; None where nobody knows."""
    sent = [one.put for one in decisions if one.kind == SENT and one.target == letter.letter_id]
    if not sent or sent[-1] is None or sent[-1].alleged is None:
        return None
    return {one.incident_id for one in sent[-1].alleged if one.parties}


def contested_by(
    decisions: Iterable[Decision], letters: Iterable[Letter], as_of: date | None
) -> dict[str, tuple[str, ...]]:
    """By letter_id the incidents that its reply contests, by the last decision on each; nothing of a reply that came
    after the day of the report."""
    answered = {one.letter_id for one in letters if one.replied_on and (as_of is None or one.has_reply(as_of))}
    last: dict[tuple[str, str], str] = {
        (one.scope, one.target): one.value for one in decisions if one.kind == REPLY_EFFECT and one.scope in answered
    }
    found: dict[str, list[str]] = {}
    for (letter_id, incident_id), effect in last.items():
        if effect == CONTESTED:
            found.setdefault(letter_id, []).append(incident_id)
    return {letter_id: tuple(sorted(incidents)) for letter_id, incidents in found.items()}
