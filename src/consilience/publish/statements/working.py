"""How the work was done, from the record itself: who was interviewed, what was held, what was fixed beforehand,
who was asked to reply, where the limits are, and what was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from consilience.publish.addressees import addressee_named
from consilience.publish.catalogue import FIRST
from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Grid, PageBreak, Sentence
from consilience.publish.redaction import OTHER_GROUP, k_anonymous
from consilience.publish.statements.admitted import Row
from consilience.publish.statements.found_sentences import proposition
from consilience.publish.statements.frame import CASE, METHOD, MOST_MARKED, Frame, paragraph
from consilience.publish.statements.words import Words
from consilience.records.allegations import Difference, Since
from consilience.records.replies import FULL
from consilience.records.tables import EVIDENCE_TABLES

_METHOD = ("weighing", "independence", "party_rule", "words", "confidence", "published")
_OF_LOGS = ("entries", "openings")
"""Of an edition for a court: what it says of observers' logs, and how its expert comes to the rest."""
_LIMITS = ("conditional", "models", "selection")


def working_chapter(frame: Frame) -> tuple[DocumentBlock, ...]:
    """Methodology, what was fixed beforehand, replies, limits, what was left out."""
    return (
        frame.heading(1, "methodology"),
        *paragraph(*interview_sentences(frame), *_held(frame)),
        *paragraph(*_method(frame)),
        frame.heading(2, "beforehand"),
        *paragraph(*_beforehand(frame)),
        *(() if frame.case.profile.shows_posterior else (_propositions(frame),)),
        *_replies(frame),
        frame.heading(2, "limits"),
        *paragraph(*_limits(frame)),
        frame.heading(2, "left_out"),
        *paragraph(*_left_out(frame)),
    )  # fmt: skip


def assumptions_chapter(frame: Frame) -> tuple[DocumentBlock, ...]:
    """Every assumption, last: a table of many pages that nobody reads before the incidents."""
    return (PageBreak(), frame.heading(1, "assumptions"), *_assumptions(frame))


def _method(frame: Frame) -> Iterable[Sentence]:
    """A profile without a posterior does not explain words that it does not use."""
    is_for_court = not frame.case.profile.shows_posterior
    skipped = ("party_rule", "words") if is_for_court else ()
    has_log = any(len(frame.case.rows[table]) for table in ("sightings", "transmissions"))
    names = (*(name for name in _METHOD if name not in skipped), *(_OF_LOGS if is_for_court and has_log else ()))
    return (frame.say(f"method/{name}", f"method_{name}", (METHOD,)) for name in names)


def interview_sentences(frame: Frame) -> Iterator[Sentence]:
    """ "Researchers interviewed 74 people, including …", counted by role; nothing where nobody was interviewed.

    A role, or a manner, that fewer than `least_role` people share is not said, nor one that leaves fewer than that
    beside it: they would be found by subtraction.
    """
    words, persons, least = frame.words, frame.case.persons, frame.case.profile.least_role
    if not persons:
        return
    roles = {role: n for (role,), n in k_anonymous(((role or OTHER_GROUP,) for role, _ in persons), least).items()}
    shown = sorted(((role, n) for role, n in roles.items() if role != OTHER_GROUP), key=lambda one: (-one[1], one[0]))
    said = [words.catalogue.count("roles_counted", role, n) for role, n in shown]
    people, support = words.count("people", len(persons)), _interviews(frame)
    if said:
        yield frame.say("interviews/people", "interviewed_including", support, people=people, roles=words.listed(said))
    else:
        yield frame.say("interviews/people", "interviewed", support, people=people)
    remote = sum(how == "remote" for _, how in persons)
    if remote >= least and not 0 < len(persons) - remote < least:
        yield frame.sentence("interviews/remote", words.count("interviewed_remotely", remote), support)


def _interviews(frame: Frame) -> list[str]:
    """The interviews that may be named, and the table as a whole where others are counted with them."""
    rows, agreed = frame.case.rows["interviews"], frame.case.agreed_interviews
    named = [f"interviews/{key}" for key in rows if key in agreed]
    return named if len(named) == len(rows) else [*named, "interviews"]


def _held(frame: Frame) -> Iterable[Sentence]:
    """How much of each kind of evidence the case holds, from how many sources."""
    words, rows = frame.words, frame.case.rows
    kinds = [
        words.catalogue.count("tables", table, len(rows[table])) for table in EVIDENCE_TABLES.values() if rows[table]
    ]
    if kinds:
        sources = words.count("sources", len(rows["sources"]))
        yield frame.say("held", "held", (CASE,), kinds=words.listed(kinds), sources=sources)
    yield frame.say("held/log", "log_is_whole" if frame.case.log_is_whole else "log_is_selection", ("coverage",))


def _beforehand(frame: Frame) -> Iterable[Sentence]:
    words, settings = frame.words, frame.case.settings
    parties = [words.party(party) for party in settings.parties]
    yield frame.say("beforehand/propositions", "propositions", (CASE,), parties=words.listed(parties, "or"))
    count = words.count("assumptions", len(frame.case.assumptions))
    yield frame.say("beforehand/assumptions", "background_assumptions", ("assumptions",), count=count)
    orbat = (
        words.label("order_of_battle", name=words.foreign(settings.orbat))
        if settings.orbat
        else words.label("no_order_of_battle")
    )
    yield frame.say("beforehand/background", "background", (CASE,), orbat=orbat)
    version = words.foreign(frame.case.findings["version"])
    yield frame.say("beforehand/version", "background_version", (CASE,), version=version)


def _propositions(frame: Frame) -> Grid:
    """The pairs of propositions that were weighed, incident by incident, with the ratio and ENFSI's words. The one that
    the evidence favours stands first: a minus sign beside "moderate support" would be read as support of the other.
    """
    words = frame.words
    rows = [
        (
            block["incident_id"], *(proposition(frame, name) for name in pair.split(":")[:: -1 if weight < 0 else 1]),
            words.foreign(f"{abs(weight):+.2f}"), words.support(weight),
        )
        for block, _ in frame.blocks for pair, weight in (block["log10_lr"] or {}).items()
    ]  # fmt: skip
    paths = frame.each("log10_lr", (block for block, _ in frame.blocks))
    header = ("incident", "first_proposition", "second_proposition", "log10_lr", "support")
    return Grid(
        frame.say("ratios", "table_ratios", paths), tuple(words.label(f"column_{h}") for h in header), tuple(rows), (3,)
    )


def _replies(frame: Frame) -> tuple[DocumentBlock, ...]:
    said = list(reply_sentences(frame))
    return (frame.heading(2, "replies"), *paragraph(*said)) if said else ()


def contest_sentences(frame: Frame, incident_id: str) -> Iterator[Sentence]:
    """For each letter whose answer disputes what is said of an incident: that it does, and whose it is."""
    for key, row in frame.case.rows["letters"].items():
        if incident_id in frame.contests.get(key, ()):
            support, who = (f"letters/{key}", f"incidents/{incident_id}"), _addressee(frame, key, row)
            yield frame.say(f"{incident_id}/contested/{key}", "reply_contests", support, who=who)


def reply_sentences(frame: Frame) -> Iterator[Sentence]:
    """For each letter: to whom, when, the deadline, and the reply or that none was received by as_of; which incidents
    the reply disputes."""
    there = {block["incident_id"] for block, _ in frame.blocks}
    for key in frame.case.rows["letters"]:
        yield from _reply_sentences(frame, key)
        if contested := [one for one in frame.contests.get(key, ()) if one in there]:
            incidents = frame.words.label("comma").join(map(frame.words.foreign, contested))
            support = (f"letters/{key}", *(f"incidents/{one}" for one in contested))
            yield frame.say(f"letters/{key}/contested", "reply_contests_incidents", support, incidents=incidents)


def _reply_sentences(frame: Frame, key: str) -> Iterator[Sentence]:
    """Of one letter."""
    words, settings = frame.words, frame.case.settings
    row = frame.case.rows["letters"][key]
    support, who, unput = (f"letters/{key}",), _addressee(frame, key, row), _not_put(frame, key)
    sent, due, replied = (_day(frame, row, name) for name in ("sent_on", "due_on", "replied_on"))
    if row["not_sought"]:
        yield frame.say(f"letters/{key}", "reply_not_sought", support, who=who)
    elif _is_unsent(settings.as_of, sent, due, replied):
        said = _not_sent(words, who, settings.as_of)
        yield frame.sentence(f"letters/{key}", said, support, (words.label("flag_letter_unsent"), *unput))
    elif sent is None:
        flags = () if due else (words.label("flag_letter_unsent"),)
        yield frame.sentence(f"letters/{key}", words.say("letter_without_date", who=who), support, (*flags, *unput))
    elif replied is not None and (settings.as_of is None or replied <= settings.as_of):
        yield frame.sentence(f"letters/{key}", _replied(frame, key, who, sent, replied), support, unput)
    elif settings.as_of is None:
        flags = (words.label("flag_no_as_of"),)
        said = words.say("no_reply", who=who, sent=words.day(sent))
        yield frame.sentence(f"letters/{key}", said, support, (*flags, *unput))
    else:
        deadline = words.label("with_deadline", due=words.day(due)) if due else ""
        lacking = () if due else (words.label("flag_no_deadline"),)
        said = words.say(
            "no_reply_as_of", who=who, sent=words.day(sent), as_of=words.day(settings.as_of), deadline=deadline
        )
        yield frame.sentence(f"letters/{key}", said, (*support, CASE), (*lacking, *unput))


def _is_unsent(as_of: date | None, sent: date | None, due: date | None, replied: date | None) -> bool:
    """Is nothing on record of a letter that went out: no day of it, of its deadline or of an answer, or a later day?"""
    return (sent or due or replied) is None or (as_of is not None and sent is not None and sent > as_of)


def _not_sent(words: Words, who: str, as_of: date | None) -> str:
    if as_of is None:
        return words.say("letter_not_sent", who=who)
    return words.say("letter_not_sent_as_of", who=who, as_of=words.day(as_of))


def _replied(frame: Frame, letter_id: str, who: str, sent: date, last: date) -> str:
    """Every answer to the letter sent last, with its form. A `last` one before it answered another letter."""
    words, as_of = frame.words, frame.case.settings.as_of
    if last < sent:
        return words.say("replied_before", who=who, sent=words.day(sent), replied=words.day(last))
    every = frame.replies.get(letter_id) or ((last, FULL),)
    answers = sorted((day, form) for day, form in every if sent <= day and (as_of is None or day <= as_of))
    said = words.listed([words.label(f"replied_{form}", day=words.day(day)) for day, form in answers])
    if as_of is None or any(form == FULL for _, form in answers):
        return words.say("replied", who=who, sent=words.day(sent), replies=said)
    return words.say("replied_not_in_full", who=who, sent=words.day(sent), replies=said, as_of=words.day(as_of))


def _not_put(frame: Frame, letter_id: str) -> tuple[str, ...]:
    """What is alleged now and the letters to this addressee did not put, as one mark; none where they put everything,
    or nobody knows.
    """
    words, every = frame.words, frame.unput.get(letter_id, ())
    if not every:
        return ()
    if any(one.since is Since.UNKNOWN for one in every):
        return (words.label("flag_put_unknown"),)
    said = words.label("semicolon").join(_difference(frame, one) for one in every[:MOST_MARKED])
    more = " …" if len(every) > MOST_MARKED else ""
    return (words.label("flag_not_put", what=said + more),)


def _difference(frame: Frame, one: Difference) -> str:
    """ "I2 was put otherwise: mode, parties": which fields, for the letter has both versions."""
    words, incident = frame.words, frame.words.foreign(one.incident_id)
    if one.since is Since.ONLY_ASKED:
        return words.label("put_only_asked", incident=incident)
    if one.since is Since.RENAMED:
        return words.label("put_renamed", incident=incident)
    if one.since is Since.OTHERWISE:
        fields = words.label("comma").join(words.label(f"put_{name}") for name, _, _ in one.fields)
        return words.label("put_otherwise", incident=incident, fields=fields)
    return words.label("put_not", incident=incident)


def _addressee(frame: Frame, letter_id: str, row: Row) -> str:
    words = frame.words
    party = words.party(row["party"]) if row["party"] else ""
    named = addressee_named(letter_id, row["addressee"], frame.names.addressees) if "addressee" in row else None
    name = words.foreign(named) if named else ""
    if party and name:
        return words.label("name_of_party", name=name, party=party)
    return name or party or words.label("an_addressee")


def _day(frame: Frame, row: Row, column: str) -> date | None:
    moment = row[f"{column}_lo"]
    return moment.astimezone(frame.case.settings.zone).date() if isinstance(moment, datetime) else None


def _limits(frame: Frame) -> Iterable[Sentence]:
    words, blocks = frame.words, frame.blocks
    yield from (frame.say(f"limits/{name}", f"limit_{name}", (METHOD,)) for name in _LIMITS)
    low = [b for b, _ in blocks if b["confidence"]["grade"] == "low"]
    if low:
        yield frame.sentence("limits/low", words.count("low_confidence", len(low)), frame.each("confidence", low))
    if not frame.case.profile.shows_posterior:
        return
    moved = [b for b, _ in blocks if b["attribution"]["survives_range"] is False]
    if moved:
        yield frame.sentence(
            "limits/moved", words.count("moved_by_range", len(moved)), frame.each("attribution", moved)
        )
    single = [b for b, _ in blocks if b["attribution"]["single_source"] is not None]
    if single:
        said = words.count("on_one_source", len(single))
        yield frame.sentence("limits/single", said, frame.each("attribution", single))


def _left_out(frame: Frame) -> Iterable[Sentence]:
    """How many things could not be used, by what was wrong with them; no value of any."""
    words, left_out = frame.words, frame.case.left_out
    number = frame.case.findings["left_out"]
    nothing = "nothing_left_out_and_noted" if left_out else "nothing_left_out"
    said = words.count("left_out", number) if number else words.say(nothing)
    yield frame.sentence("left_out", said, ("left_out",))
    for why, count in sorted(Counter(item.why.value for item in left_out).items()):
        text = words.say("left_out_why", why=words.word("why_left_out", why), n=f"{count:,}")
        yield frame.sentence(f"left_out/{why.replace('_', ' ')}", text, ("left_out",))
    withheld = len(frame.case.withheld)
    if withheld:
        yield frame.sentence(
            "withheld",
            words.count("accounts_withheld", withheld),
            ["interviews"],
        )


def _assumptions(frame: Frame) -> Iterable[DocumentBlock]:
    """Every assumption. Why it has its value is written in English alone; elsewhere a sentence says where that stands,
    and the identifier under which it is found stands beside each name."""
    words = frame.words
    if words.catalogue.language == FIRST:
        header: tuple[str, ...] = ("assumption", "value", "range", "why")
        rows = [(name, *_in_numbers(words, *numbers), why) for name, *numbers, why in frame.case.assumptions]
        yield _assumption_grid(frame, "table_assumptions", header, rows)
        return
    yield from paragraph(frame.say("assumptions/why", "assumptions_why", ("assumptions",)))
    header = ("assumption", "identifier", "value", "range")
    rows = [
        (words.assumption(name), words.foreign(name), *_in_numbers(words, *numbers))
        for name, *numbers, _ in frame.case.assumptions
    ]
    yield _assumption_grid(frame, "table_assumptions_named", header, rows)


def _in_numbers(words: Words, value: float, low: float, high: float) -> tuple[str, str]:
    return words.span_of(value, value), words.span_of(low, high)


def _assumption_grid(frame: Frame, key: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Grid:
    caption = frame.say("assumptions", key, ("assumptions",))
    numeric = tuple(header.index(name) for name in ("value", "range"))
    return Grid(caption, tuple(frame.words.label(f"column_{name}") for name in header), tuple(rows), numeric)
