"""What people decide about findings, letters and publications: the kinds, and which of them hold now."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from consilience.quantities import Digest
from consilience.records.allegations import Put
from consilience.records.replies import REPLY_FORMS

DECISION_SCHEMA = "consilience.decision/1"
"""Marks a `decided` act as one of these; acts of other schemas are somebody else's."""
BOUND_DECISION_SCHEMA = "consilience.decision/2"
"""The same of one that is bound to what was found or said, by a file beside the ledger; earlier versions wrote that
into the act."""
PUT_SCHEMA = "consilience.put/1"
"""Marks a `decided` act that says what a letter put: part of the decision that it names."""

DRAFT, REVIEWED, CONTESTED, RETRACTED = "draft", "reviewed", "contested", "retracted"
REVIEW_STATUSES = (DRAFT, REVIEWED, CONTESTED, RETRACTED)
SIGN_OFFS = ("defamation", "risk")
"""What a lawyer looks at: could it defame somebody, could it put somebody in danger."""
EFFECTS = ("unchanged", "revised", "contested")
SEVERITIES = ("minor", "major", "retraction")

REVIEW = "review"
SIGN_OFF = "sign_off"
NOTE = "note"
SENT = "sent"
DUE = "due"
NOT_SOUGHT = "not_sought"
PUT_ENOUGH = "put_enough"
REPLY = "reply"
REPLY_EFFECT = "reply_effect"
PUBLISH = "publish"
BLUR = "blur"
SHOW = "show"
CORRECTION = "correction"
CORRECTED = "corrected"
WITHDRAW = "withdraw"
OF_LETTERS = (SENT, DUE, PUT_ENOUGH, REPLY, NOT_SOUGHT)
"""The kinds that say where a letter stands."""

WITHDREW, DAMAGED = "withdrew", "damaged"
"""Why it is not known what a decision is bound to: a source behind it has withdrawn since, or the file that
says it can't be read."""


@dataclass(frozen=True, slots=True)
class DecisionKind:
    """What a kind asks of its row.

    `about` says what `target` names; `values` are the only words allowed (empty: any text, or a day where `is_day`).
    """

    about: str
    values: tuple[str, ...] = ()
    is_day: bool = False
    needs_value: bool = True
    needs_reason: bool = False


KINDS: dict[str, DecisionKind] = {
    REVIEW: DecisionKind("incident", REVIEW_STATUSES),
    SIGN_OFF: DecisionKind("incident or sentence", SIGN_OFFS),
    NOTE: DecisionKind("anything"),
    SENT: DecisionKind("letter", is_day=True),
    DUE: DecisionKind("letter", is_day=True),
    NOT_SOUGHT: DecisionKind("letter or party", needs_value=False, needs_reason=True),
    PUT_ENOUGH: DecisionKind("letter", needs_value=False, needs_reason=True),
    REPLY: DecisionKind("letter", REPLY_FORMS),
    REPLY_EFFECT: DecisionKind("incident", EFFECTS, needs_reason=True),
    PUBLISH: DecisionKind("profile"),
    BLUR: DecisionKind("item"),
    SHOW: DecisionKind("item", needs_value=False, needs_reason=True),
    CORRECTION: DecisionKind("incident or sentence", SEVERITIES, needs_reason=True),
    CORRECTED: DecisionKind("decision", needs_reason=True, needs_value=False),
    WITHDRAW: DecisionKind("decision", needs_value=False, needs_reason=True),
}
"""Every kind of decision, by its word in the CSV (docs/formats/decisions-format.md explains each)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as a person made it.

    `on` is the day that the person wrote. `scope` says how far it goes (the questions answered, the letter that had an
    effect), `item` the exhibit that shows it, `due` a deadline that it sets. `bound` is the digest of the finding as
    it was then, and `bound_parts` a digest of each of its parts, so that it can be said what has changed; both empty
    for kinds that are about no finding, but that a sentence's sign-off has digests of its rows in `bound_parts`. `put`
    is what a letter that was sent put, or what counsel looked at and said need not be put again; None of a letter of
    which nobody recorded it. Of a note `value` is empty here: its text lies in the vault's privileged folder, and
    `commitment` is the salted digest of it.

    `of_finding`: it is about a finding, and no sentence. `sources` are whose rows it rests on, None where nobody knows.
    `bound_in` names the file that holds `bound`, `bound_parts`, the code in `scope` and `sources`; where that is not
    known any more, `unbound` says why (WITHDREW, DAMAGED), and `bound_parts` has names alone.
    """

    decision_id: str
    kind: str
    target: str
    value: str
    by: str
    on: date
    reason: str = ""
    scope: str = ""
    item: str = ""
    due: date | None = None
    bound: Digest | None = None
    bound_parts: Mapping[str, str] | None = None
    commitment: str = ""
    put: Put | None = None
    of_finding: bool = False
    sources: tuple[str, ...] | None = None
    bound_in: str = ""
    unbound: str = ""


def still_held(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Those that nobody has withdrawn, oldest first. A withdrawal can itself be withdrawn."""
    withdrawn: set[str] = set()
    held: list[Decision] = []
    for one in reversed(tuple(decisions)):
        if one.decision_id in withdrawn:
            continue
        if one.kind == WITHDRAW:
            withdrawn.add(one.target)
        held.append(one)
    return tuple(reversed(held))


def latest(decisions: Iterable[Decision], kind: str, target: str) -> Decision | None:
    """The last of a kind about a target: the later wins."""
    found = [one for one in decisions if one.kind == kind and one.target == target]
    return found[-1] if found else None


def retracted_in(decisions: Iterable[Decision]) -> frozenset[str]:
    """Incidents of which somebody's last word is that they are retracted, of decisions that hold."""
    last_words = {(one.target, person(one.by)): one.value for one in decisions if one.kind == REVIEW}
    return frozenset(target for (target, _), value in last_words.items() if value == RETRACTED)


_ENDED_BY = {
    REVIEW: (REVIEW,),
    SENT: (SENT, NOT_SOUGHT),
    DUE: (DUE, NOT_SOUGHT),
    PUT_ENOUGH: (PUT_ENOUGH, SENT, NOT_SOUGHT),
    REPLY: (REPLY, NOT_SOUGHT),
    NOT_SOUGHT: (NOT_SOUGHT, SENT, DUE, REPLY),
    REPLY_EFFECT: (REPLY_EFFECT,),
    BLUR: (BLUR, SHOW),
    SHOW: (BLUR,),
}
"""Which later kinds take the place of a decision on the same thing; one of another kind stands until withdrawn."""


Seat = tuple[str, str, str]
"""Kind, target, and whose word it is: only the last word in a seat speaks."""


def seat_of(one: Decision) -> Seat:
    """Where a decision speaks: a review for its person, a reply's effect for the letter, others for everybody."""
    return one.kind, one.target, _whose(one)


def ended_from(one: Decision) -> tuple[Seat, ...]:
    """The seats from which a later decision takes the place of this one, so that this one no longer speaks."""
    return tuple((kind, one.target, _whose(one)) for kind in _ENDED_BY.get(one.kind, ()))


def _whose(one: Decision) -> str:
    return person(one.by) if one.kind == REVIEW else one.scope if one.kind == REPLY_EFFECT else ""


_ALIKE = str.maketrans({
    **dict(zip("авекмнорстухіјѕһԁԛԝ", "abekmhopctyxijshdqw", strict=True)),
    **dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True)),
    **dict(zip("øłđıæœ", ("o", "l", "d", "i", "ae", "oe"), strict=True)),
})  # fmt: skip
"""Letters in lower case that a reader takes for a Latin one, in Cyrillic, Greek and with a stroke."""
_TITLES = re.compile(
    r"\b(?:dr|dipl|prof|professor|doctor|mr|mrs|ms|miss|mx|sir|dame|lady|lord|herr|frau|eng|adv|esq|md|ph\.?d|ll\.?[bm])\b"
)


def person(name: str) -> str:
    """One key for all spellings of a person's name: its letters and digits in the order of the alphabet, without e.

    Case, width, accents, blanks, punctuation, the order of words and usual titles don't tell two apart, nor Cyrillic
    and Greek letters that look like Latin ones, nor ä and ae. It errs towards the same person: two people whose names
    have the same letters count as one. Initials, nicknames and transliterations are not seen through.
    """
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_ALIKE)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    letters = _letters(_TITLES.sub(" ", plain)) or _letters(plain)
    return "".join(sorted(letters.replace("e", "") or letters))


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
