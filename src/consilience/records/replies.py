"""Right of reply: what stands on record of each letter, and what that means on the day a report speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consilience.records.allegations import Put

FULL = "full"
REPLY_FORMS = (FULL, "partial", "oral")
"""How somebody answered. Only a full answer ends the time that a letter grants: more may come after the other two."""


class Standing(StrEnum):
    """Where a letter stands on the day a report speaks of."""

    NOT_SOUGHT = "not sought"
    REPLIED = "replied"
    NOT_SENT = "not sent"
    NO_DEADLINE = "no deadline"
    WITHIN = "within its deadline"
    OVERDUE = "overdue"
    NO_DAY = "no as_of"


@dataclass(frozen=True, slots=True)
class Letter:
    """One addressee's letter: the row of `letters`, with the decisions laid over it.

    Days are days of the case's zone. `addressee` and `not_sought_why` may name a person and are never published.
    `reply_form` is one of `REPLY_FORMS` where a reply is on record, of the last one; `replies` are the day and form of
    each. `not_sought_by` is the counsel who signed why no reply is sought; without that signature the reason alone
    opens nothing. `put` is what the letter that was sent last
    put, None where no decision says so; `named` whether whoever recorded the sending named its edition, else it is the
    letter as it was when that was recorded. `bound` are digests, by name of a part, of whom that letter went to and of
    the names that it used; None where nobody knows. `enough` is what counsel said since need not be put again, and
    `enough_bound` the same of it.
    """

    letter_id: str
    party: str | None
    addressee: str | None
    sent_on: date | None = None
    due_on: date | None = None
    replied_on: date | None = None
    reply_form: str | None = None
    replies: tuple[tuple[date, str], ...] = ()
    not_sought_why: str | None = None
    not_sought_by: str | None = None
    put: Put | None = None
    named: bool = False
    enough: Put | None = None
    bound: Mapping[str, str] | None = None
    enough_bound: Mapping[str, str] | None = None

    def standing(self, as_of: date | None) -> Standing:
        """Where it stands at the end of the day `as_of`; what happened later is not known then.

        A deadline on `as_of` itself is still running. A deadline without a date of sending counts: the letter was
        sent, and its date is not on record; the report says so. A reply to an earlier letter is none to the latest.
        """
        if self.not_sought_by and self.not_sought_why:
            return Standing.NOT_SOUGHT
        if as_of is None:
            return Standing.NO_DAY
        if self.has_reply(as_of) and self.reply_form == "full" and not self.replied_before:
            return Standing.REPLIED
        if (self.sent_on or self.due_on) is None or (self.sent_on is not None and self.sent_on > as_of):
            return Standing.NOT_SENT
        if self.deadline is None:
            return Standing.NO_DEADLINE
        return Standing.WITHIN if as_of <= self.deadline else Standing.OVERDUE

    @property
    def deadline(self) -> date | None:
        """`due_on`, if it grants the letter that was sent last a day: a day before it was set for an earlier one."""
        is_none = self.due_on is None or (self.sent_on is not None and self.due_on <= self.sent_on)
        return None if is_none else self.due_on

    @property
    def replied_before(self) -> bool:
        """Did the reply come before the letter that was sent last, so that it answers an earlier one?"""
        return self.replied_on is not None and self.sent_on is not None and self.replied_on < self.sent_on

    def has_reply(self, as_of: date) -> bool:
        """Was an answer, of whatever form, there by the end of that day?"""
        return self.replied_on is not None and self.replied_on <= as_of
