"""References in prose, `{{incident.I07.time}}`, and what each says and rests on.

::

    reference = "{{" path { argument } [ "was" string ] "}}"
    path      = name { "." ( name | string ) }
    argument  = name "=" string
    string    = '"' any character but '"' '"'

A parser of our own and no template language: a template can compute, loop and reach attributes, so that a number in the
report could come from anywhere; here one can name what was found and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from consilience.publish.statements.admitted import Block
from consilience.publish.statements.counting import counted_wording, wording_of_key
from consilience.publish.statements.evidence_words import stated_by
from consilience.publish.statements.frame import CASE, Frame
from consilience.publish.statements.rough_times import told_time
from consilience.publish.withheld_figures import NOT_SAID
from consilience.records.counting import NOT_ESTABLISHED, UNDECIDED, counted_mode, is_established
from consilience.records.tables import FACILITY_KINDS

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|([\w-]+)|([.=]))')
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_MOST_CHOICES = 12
_T = TypeVar("_T")


class Unresolved(Exception):
    """A reference that can't be read, means nothing or may mean several things; says what is possible."""


class NoLongerClaimed(Unresolved):
    """Names an incident or a row that the case has held and holds no more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no longer claimed")
        self.name = name


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written: its path, its arguments, and the text that its author saw when writing, if given."""

    path: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    was: str | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference says, what it rests on, and of which nature it is: `likelihood`, `confidence`, `party`, `""`.

    `gone` names the incident or row of which it spoke, where the case no longer claims it.
    """

    text: str
    support: tuple[str, ...]
    nature: str = ""
    gone: str = ""


def parse_reference(inside: str) -> Reference:
    """What stands between the braces. Unresolved where it does not follow the grammar."""
    tokens = list(_tokens(inside))
    path, at = [], 0
    while at < len(tokens) and tokens[at][0] != "." and not (at and tokens[at - 1][0] != "."):
        path.append(tokens[at][1])
        at += 1
        if at < len(tokens) and tokens[at][0] == ".":
            at += 1
    arguments, was = [], None
    while at < len(tokens):
        kinds = [kind for kind, _ in tokens[at : at + 3]]
        if kinds == ["name", "=", "string"]:
            arguments.append((tokens[at][1], tokens[at + 2][1]))
            at += 3
        elif kinds[:2] == ["name", "string"] and tokens[at][1] == "was" and at + 2 == len(tokens):
            was, at = tokens[at + 1][1], at + 2
        else:
            raise Unresolved('not understood here: write name="value", or was "…" at the end')
    if not path:
        raise Unresolved("there is no name: write for example incident.I07.time")
    return Reference(tuple(path), tuple(arguments), was)


def _tokens(inside: str) -> Iterator[tuple[str, str]]:
    at, text = 0, inside.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unresolved(f"not understood: {text[at:].strip()[:20]}")
        string, name, sign = found.groups()
        yield ("string", string) if string is not None else ("name", name) if name else (sign, sign)
        at = found.end()


def resolve(frame: Frame, reference: Reference) -> Resolved:
    """What it says in the frame's language. Unresolved where there is no such thing, or several, or none for this
    profile; NoLongerClaimed where there was such a thing once.
    """
    head = reference.path[0]
    resolver = _choose("reference", head, _HEADS)
    if reference.arguments and head != "count":
        raise Unresolved(f"{head} takes no arguments; count does")
    return resolver(frame, reference)


def _choose(what: str, name: str, among: Mapping[str, _T]) -> _T:
    if name not in among:
        names = sorted(among)
        more = "" if len(names) <= _MOST_CHOICES else f", … ({len(names)} in all)"
        raise Unresolved(f"there is no {what} {name!r}; possible: {', '.join(names[:_MOST_CHOICES])}{more}")
    return among[name]


def _parts(reference: Reference, form: str) -> tuple[str, ...]:
    if len(reference.path) != len(form.split(".")):
        raise Unresolved(f"write {form}")
    return reference.path[1:]


def _incident(frame: Frame, reference: Reference) -> Resolved:
    name, wanted = _parts(reference, "incident.ID.FIELD")
    block = _block_named(frame, name)
    allowed = {
        key: say for key, (needs, say) in _FIELDS.items() if needs is None or needs in frame.case.profile.findings
    }
    if wanted in _FIELDS and wanted not in allowed:
        profile = frame.case.profile.name
        raise Unresolved(f"the {profile} profile does not say {wanted!r}; possible: {', '.join(sorted(allowed))}")
    return _choose("field", wanted, allowed)(frame, block)


def _block_named(frame: Frame, name: str) -> Block:
    """By incident_id; else by the whole title, where one incident alone has it."""
    by_id = {block["incident_id"]: block for block, _ in frame.blocks}
    if name in by_id:
        return by_id[name]
    titled = [block for block, _ in frame.blocks if name in (block["title"], frame.title(block))]
    if len(titled) > 1:
        ids = ", ".join(block["incident_id"] for block in titled)
        raise Unresolved(f"{name!r} is the title of several incidents; choose one of {ids}")
    if not titled and name in frame.claims.once:
        raise NoLongerClaimed(name)
    return titled[0] if titled else _choose("incident", name, by_id)


_Say = Callable[[Frame, Block], Resolved]


def _path(block: Block, name: str) -> tuple[str, ...]:
    return (f"{block['incident_id']}/{name}",)


def _time(frame: Frame, block: Block) -> Resolved:
    return Resolved(told_time(frame, block), _path(block, "time"))


def _date(frame: Frame, block: Block) -> Resolved:
    return Resolved(frame.words.day(frame.words.day_of(block["time"]["median"])), _path(block, "time"))


def _interval(frame: Frame, block: Block) -> Resolved:
    return Resolved(frame.words.interval(block["time"]["low"], block["time"]["high"]), _path(block, "time"))


def _mode(frame: Frame, block: Block) -> Resolved:
    return Resolved(frame.words.word("counted_mode", counted_mode(block)), _path(block, "mode"))


def _attribution(frame: Frame, block: Block) -> Resolved:
    return Resolved(frame.wording(block["attribution"]), _path(block, "attribution"), "party")


def _attack(frame: Frame, block: Block) -> Resolved:
    text = frame.words.likely(frame.words.label("that_attack"), block["attack_probability"]).rstrip(".")
    return Resolved(text, _path(block, "attack_probability"), "likelihood")


def _confidence(frame: Frame, block: Block) -> Resolved:
    grade = frame.words.word("grade", block["confidence"]["grade"])
    return Resolved(grade, _path(block, "confidence"), "confidence")


def _title(frame: Frame, block: Block) -> Resolved:
    return Resolved(frame.title(block), frame.title_rests_on(block))


def _facility(frame: Frame, block: Block) -> Resolved:
    if not block["facility_id"]:
        raise Unresolved("the case gives no facility for this incident")
    return Resolved(frame.facility(block["facility_id"]), (f"facilities/{block['facility_id']}",))


def _harmed(what: str) -> _Say:
    def say(frame: Frame, block: Block) -> Resolved:
        if what in block[NOT_SAID]:
            raise Unresolved(f"an account of it is withheld from this profile, and with it the number of {what}")
        low, high = (block["casualties"] or {}).get(what) or (None, None)
        return Resolved(frame.words.span_of(low, high), _path(block, "casualties"))

    return say


_FIELDS: Mapping[str, tuple[str | None, _Say]] = {
    "title": (None, _title),
    "facility": (None, _facility),
    "time": ("time", _time),
    "date": ("time", _date),
    "interval": ("time", _interval),
    "mode": ("mode", _mode),
    "attribution": ("attribution", _attribution),
    "attack": ("attack_probability", _attack),
    "confidence": ("confidence", _confidence),
    "killed": ("casualties", _harmed("killed")),
    "injured": ("casualties", _harmed("injured")),
}
"""Field to the block of the findings that a profile must allow for it, and how it is said."""


def _count(frame: Frame, reference: Reference) -> Resolved:
    """How many established attacks fit every argument."""
    _parts(reference, "count")
    _needs_posterior(frame, "count")
    chosen = [block for block, _ in frame.blocks if is_established(block)]
    paths = []
    for name, value in reference.arguments:
        path, key = _choose("argument", name, _ARGUMENTS)
        known = {_said: None for block, _ in frame.blocks if (_said := key(frame, block))}
        if not (name == "month" and _MONTH.fullmatch(value)):
            _choose(name, value, known | dict.fromkeys(_always(frame, name)))
        chosen = [block for block in chosen if key(frame, block) == value]
        paths.append(path)
    support = tuple(paths or ["totals/by_mode"])
    return Resolved(f"{len(chosen):,}", support, "party" if "party" in dict(reference.arguments) else "")


def _always(frame: Frame, name: str) -> tuple[str, ...]:
    """Values that may be asked for although nothing was counted under them: the answer is 0, and no mistake."""
    if name == "mode":
        return ("air strike", "barrel bomb", "ground", UNDECIDED)
    if name == "facility":
        return FACILITY_KINDS
    return (*_wordings(frame), "not attributed") if name == "party" else ()


def _wordings(frame: Frame) -> tuple[str, ...]:
    """Every wording that one party or two of the case can have: a report must be built also once none has it."""
    parties = frame.case.settings.parties
    return (*parties, *(f"{one} {join} {other}" for one, other in combinations(parties, 2) for join in ("or", "and")))


def _facility_kind(frame: Frame, block: Block) -> str:
    row = frame.case.rows["facilities"].get(block["facility_id"] or "")
    return (row and row["kind"]) or ""


def _month(frame: Frame, block: Block) -> str:
    year, month = frame.words.month_of(block["time"]["median"])
    return f"{year:04}-{month:02}"


_ARGUMENTS: Mapping[str, tuple[str, Callable[[Frame, Block], str]]] = {
    "mode": ("totals/by_mode", lambda _, block: counted_mode(block)),
    "party": ("totals/by_attribution", lambda _, block: counted_wording(block)),
    "facility": ("totals/by_facility_kind", _facility_kind),
    "month": ("totals/by_month", _month),
}


def _needs_posterior(frame: Frame, what: str) -> None:
    if not frame.case.profile.shows_posterior:
        raise Unresolved(f"the {frame.case.profile.name} profile counts by no probability, so it can't say {what!r}")


def _total(frame: Frame, reference: Reference) -> Resolved:
    (name,) = _parts(reference, "total.NAME")
    if name != "incidents":
        _needs_posterior(frame, f"total.{name}")
    counted = frame.case.findings.get("totals") or {}
    by_mode, (low, high) = counted.get("by_mode", {}), counted.get("killed") or (None, None)
    totals = {
        "incidents": (f"{len(frame.blocks):,}", "incidents"),
        "attacks": (f"{sum(n for mode, n in by_mode.items() if mode != NOT_ESTABLISHED):,}", "totals/by_mode"),
        "killed": (frame.words.span_of(low, high), "totals/killed"),
    }
    if name in counted.get(NOT_SAID, ()):
        raise Unresolved(f"accounts are withheld from this profile, and with them the number of {name} in all")
    text, path = _choose("total", name, totals)
    return Resolved(text, (path,))


def _party_name(frame: Frame, reference: Reference) -> Resolved:
    """The name of a wording or party, for prose that must speak of one: rests on the counts by attribution."""
    (name,) = _parts(reference, "party.NAME")
    _needs_posterior(frame, "party")
    counted = dict.fromkeys(frame.case.findings["totals"]["by_attribution"])
    if name in _wordings(frame) and name not in counted:
        parties = [party for party in frame.case.settings.parties if party in re.split(" (?:or|and) ", name)]
        text = frame.words.parties(parties, "together" if " and " in name else "one_of")
    else:
        text = wording_of_key(frame, _choose("wording", name, {key: key for key in counted}))
    return Resolved(text, ("totals/by_attribution",), "party")


def _context(frame: Frame, reference: Reference) -> Resolved:
    name, wanted = _parts(reference, "context.ID.FIELD")
    if name not in frame.case.rows["context"] and name in frame.claims.once:
        raise NoLongerClaimed(name)
    row = _choose("row of context", name, frame.case.rows["context"])
    if row.get("withheld"):
        return Resolved(frame.words.label("withheld"), (f"context/{name}",))
    fields = {
        "value": frame.words.span_of(row["value_min"], row["value_max"]),
        "what": frame.words.foreign(row["what"] or ""),
        "said_by": stated_by(frame, row) or frame.words.label("nobody_named"),
    }
    return Resolved(_choose("field", wanted, fields), (f"context/{name}",))


def _case(frame: Frame, reference: Reference) -> Resolved:
    (name,) = _parts(reference, "case.NAME")
    settings, words = frame.case.settings, frame.words
    known = {"people": words.count("people", len(frame.case.persons))}
    if settings.period_start and settings.period_end:
        known["period"] = words.days(settings.period_start, settings.period_end)
    if settings.as_of:
        known["as_of"] = words.day(settings.as_of)
    return Resolved(_choose("fact of the case", name, known), (CASE,))


_HEADS: Mapping[str, Callable[[Frame, Reference], Resolved]] = {
    "incident": _incident,
    "count": _count,
    "total": _total,
    "party": _party_name,
    "context": _context,
    "case": _case,
}
