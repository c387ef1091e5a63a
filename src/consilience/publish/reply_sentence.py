"""The sentences of a report on who was asked and who answered, from the record alone, in each language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from consilience.publish.catalogue import catalogue_of
from consilience.records.replies import Letter, Standing

_WORDS: Final = {
    "en": {
        "other": "another addressee",
        "not_sought": "No reply was sought from {who}; a named counsel has signed why.",
        "sent": "A letter was sent to {who} on {sent}",
        "undated": "A letter was sent to {who}, on a day that is not on record",
        "due": " and asked for an answer by {due}",
        "none": "{letter}{due}; no response had been received as of {as_of}.",
        "full": "{letter}{due}; a reply was received on {replied}.",
        "partial": "{letter}{due}; a reply to a part of it was received on {replied}, and no more as of {as_of}.",
        "oral": "{letter}{due}; a reply by word of mouth was received on {replied}, and none in writing as of {as_of}.",
        "before": "{letter}{due}; an earlier letter had been answered on {replied}, and not this one as of {as_of}.",
        "not_sent": "No letter to {who} is on record as sent as of {as_of}.",
    },
    "ar": {
        "other": "جهة أخرى",
        "not_sought": "لم يُطلب ردّ من {who}؛ وقد وقّع مستشار قانوني مسمّى على السبب.",
        "sent": "أُرسلت رسالة إلى {who} في {sent}",
        "undated": "أُرسلت رسالة إلى {who} في يوم غير مدوّن",
        "due": " وطُلب الردّ حتى {due}",
        "none": "{letter}{due}؛ ولم يرد أي ردّ حتى {as_of}.",
        "full": "{letter}{due}؛ وورد ردّ في {replied}.",
        "partial": "{letter}{due}؛ وورد ردّ على جزء منها في {replied}، ولم يرد غيره حتى {as_of}.",
        "oral": "{letter}{due}؛ وورد ردّ شفوي في {replied}، ولم يرد ردّ مكتوب حتى {as_of}.",
        "before": "{letter}{due}؛ وكان قد ورد ردّ على رسالة سابقة في {replied}، ولم يرد ردّ على هذه حتى {as_of}.",
        "not_sent": "لا رسالة إلى {who} مدوّنة على أنها أُرسلت حتى {as_of}.",
    },
}

REPLY_LANGUAGES: Final = tuple(_WORDS)
"""The languages that letters and what is said of them are written in."""


def reply_sentence(
    letter: Letter, as_of: date, language: str = "en", label_of: Callable[[str], str] = lambda party: party
) -> str:
    """What the report says of one letter: asked when, to answer by when, and what came, known on `as_of`.

    The addressee is named by its party's label alone, since the addressee's own words may name a person; one of no
    party, or of "other", is "another addressee". A reply after `as_of` is not known yet. KeyError for a language that
    is not among `REPLY_LANGUAGES`.
    """
    words = _WORDS[language]
    who = words["other"] if letter.party in (None, "other") else label_of(letter.party or "")

    def day(value: date | None) -> str:
        return "" if value is None else catalogue_of(language).day(value)

    standing = letter.standing(as_of)
    if standing is Standing.NOT_SOUGHT:
        return words["not_sought"].format(who=who)
    if standing is Standing.NOT_SENT:
        return words["not_sent"].format(who=who, as_of=day(as_of))
    sent = words["undated" if letter.sent_on is None else "sent"].format(who=who, sent=day(letter.sent_on))
    due = "" if letter.deadline is None else words["due"].format(due=day(letter.deadline))
    form = "none" if not letter.has_reply(as_of) else "before" if letter.replied_before else letter.reply_form or "full"
    return words[form].format(letter=sent, due=due, replied=day(letter.replied_on), as_of=day(as_of))
