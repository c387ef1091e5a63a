"""Each letter as its row and the decisions leave it: what gates judge, letters are written from, and a report says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from consilience.records import decisions as kinds
from consilience.records.case import CaseRecords
from consilience.records.decisions import Decision
from consilience.records.put_together import addressee_key
from consilience.records.replies import Letter
from consilience.records.tables import TABLES


def letters_of(records: CaseRecords, decisions: Iterable[Decision]) -> tuple[Letter, ...]:
    """The rows of `letters` with the decisions that hold laid over them, by letter_id; the later decision wins.

    A party to which no letter is written, and counsel has signed why, stands as a letter under the party's name.
    A `replied_on` of the table alone counts as a full reply; a decision says when it was partial or oral. The day of
    a reply is the day of its decision.
    """
    rows = records.tables["letters"].iter_rows(named=True)
    found = {row["letter_id"]: letter_of(row, records.settings.zone) for row in rows}
    for one in decisions:
        if one.target not in found and one.kind == kinds.NOT_SOUGHT:
            found[one.target] = Letter(one.target, one.target, None)
        if one.target in found:
            if one.kind == kinds.SENT:
                _end_counsel_s_words(found, found[one.target])
            found[one.target] = laid_over(found[one.target], one)
    return tuple(found[name] for name in sorted(found))


def letter_of(row: Mapping[str, Any], zone: ZoneInfo) -> Letter:
    """A letter as its row alone has it."""

    def day(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(zone).date()

    replied = day(row["replied_on_lo"])
    return Letter(
        row["letter_id"], row["party"], row["addressee"], day(row["sent_on_lo"]), day(row["due_on_lo"]), replied,
        None if replied is None else "full", () if replied is None else ((replied, "full"),), row["not_sought_why"],
    )  # fmt: skip


def with_letters(records: CaseRecords, every: Sequence[Letter]) -> CaseRecords:
    """The records with `letters` as decisions leave it, so that a report says of a letter what the gates judge.

    A reason why no reply is sought stands there only once counsel has signed it. A reply counts whatever its form.
    """
    zone = records.settings.zone
    rows: dict[str, dict[str, Any]] = {row["letter_id"]: row for row in records.tables["letters"].iter_rows(named=True)}
    changed = []
    for letter in every:
        said: dict[str, Any] = {
            "letter_id": letter.letter_id, "party": letter.party, "addressee": letter.addressee,
            "not_sought_why": letter.not_sought_why if letter.not_sought_by else None,
        }  # fmt: skip
        if letter.deadline is None:
            said |= dict.fromkeys(("due_on_lo", "due_on_hi", "due_on_clock"))
        days = {"sent_on": letter.sent_on, "due_on": letter.deadline, "replied_on": letter.replied_on}
        for column, day in days.items():
            if day is not None:
                start = datetime(day.year, day.month, day.day, tzinfo=zone)
                said |= {f"{column}_lo": start, f"{column}_hi": start + timedelta(days=1), f"{column}_clock": False}
        changed.append({**rows.get(letter.letter_id, {}), **said})
    frame = pl.DataFrame(changed, schema=TABLES["letters"].canonical())
    return replace(records, tables={**records.tables, "letters": frame})


def replies_of(every: Iterable[Letter]) -> dict[str, tuple[tuple[date, str], ...]]:
    """The day and form of each reply by letter_id, of the letters that have one."""
    return {one.letter_id: one.replies for one in every if one.replies}


def laid_over(letter: Letter, decision: Decision) -> Letter:
    """A letter as one more decision about it leaves it. Of each kind only the last before it matters."""
    match decision.kind:
        case kinds.SENT:
            sent_on, is_named = date.fromisoformat(decision.value), bool(decision.scope)
            bound = decision.bound_parts
            return replace(_sought(letter), sent_on=sent_on, put=decision.put, named=is_named, enough=None, bound=bound)
        case kinds.PUT_ENOUGH:
            return replace(letter, enough=decision.put, enough_bound=decision.bound_parts)
        case kinds.DUE:
            return replace(_sought(letter), due_on=date.fromisoformat(decision.value))
        case kinds.REPLY:
            every = tuple(dict.fromkeys((*letter.replies, (decision.on, decision.value))))
            return replace(_sought(letter), replied_on=decision.on, reply_form=decision.value, replies=every)
        case kinds.NOT_SOUGHT:
            return replace(letter, not_sought_why=decision.reason, not_sought_by=decision.by)
        case _:
            return letter


def _end_counsel_s_words(found: dict[str, Letter], sent: Letter) -> None:
    """A letter to an addressee ends what counsel said before need not be put to it, of whichever letter."""
    key = addressee_key(sent)
    for name, letter in found.items():
        if letter.enough is not None and addressee_key(letter) == key:
            found[name] = replace(letter, enough=None)


def _sought(letter: Letter) -> Letter:
    """A letter that was sent after all: what counsel signed before no longer speaks of it."""
    return replace(letter, not_sought_why=None, not_sought_by=None) if letter.not_sought_by else letter
