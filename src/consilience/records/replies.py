"""Right of reply: what stands on record of each letter, and what that means on the day a report speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REPLY_FORMS = ("full", "partial", "oral")
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
    `reply_form` is one of `REPLY_FORMS` where a reply is on record. `not_sought_by` is the counsel who signed why no
    reply is sought; without that signature the reason alone opens nothing.
    """

    letter_id: str
    party: str | None
    addressee: str | None
    sent_on: date | None = None
    due_on: date | None = None
    replied_on: date | None = None
    reply_form: str | None = None
    not_sought_why: str | None = None
    not_sought_by: str | None = None

    def standing(self, as_of: date | None) -> Standing:
        """Where it stands at the end of the day `as_of`; what happened later is not known then.

        A deadline on `as_of` itself is still running. A deadline without a date of sending counts: the letter was
        sent, and its date is not on record; the report says so.
        """
        if self.not_sought_by and self.not_sought_why:
            return Standing.NOT_SOUGHT
        if as_of is None:
            return Standing.NO_DAY
        if self.has_reply(as_of) and self.reply_form == "full":
            return Standing.REPLIED
        if (self.sent_on or self.due_on) is None or (self.sent_on is not None and self.sent_on > as_of):
            return Standing.NOT_SENT
        if self.due_on is None:
            return Standing.NO_DEADLINE
        return Standing.WITHIN if as_of <= self.due_on else Standing.OVERDUE

    def has_reply(self, as_of: date) -> bool:
        """Was an answer, of whatever form, there by the end of that day?"""
        return self.replied_on is not None and self.replied_on <= as_of
