"""Accounts: what people say of an incident, from what they perceived; errors, prejudice, copies and inventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from numpy.random import Generator

from consilience.worlds.attacks import Event
from consilience.worlds.chance import draw, happens
from consilience.worlds.clocks import Told, tell, tell_as
from consilience.worlds.kinds import WorldKind
from consilience.worlds.sources import SourceBook

ROLES: Mapping[str, float] = {
    "direct_witness": 0.3, "medical_worker": 0.2, "civil_defence": 0.2, "teacher": 0.05, "displaced_person": 0.07,
    "journalist": 0.1, "local_aid_worker": 0.08,
}  # fmt: skip
COPYING_ROLES: Mapping[str, float] = {"journalist": 0.5, "organisation": 0.5}
PERCEPTIONS: Mapping[str, float] = {"saw": 0.32, "heard": 0.33, "felt": 0.08, "told": 0.22, "inferred": 0.05}
MODE_RIGHT: Mapping[str, float] = {"saw": 0.95, "heard": 0.87, "felt": 0.8, "told": 0.85, "inferred": 0.8}
MODE_SAID = 0.85
TAKEN_FOR: Mapping[str, Mapping[str, float]] = {
    "air strike": {"barrel bomb": 2.0, "ground attack": 2.0, "ballistic missile": 1.0},
    "barrel bomb": {"air strike": 4.0, "ground attack": 1.0},
    "ground attack": {"air strike": 3.0, "ballistic missile": 1.0},
    "ballistic missile": {"air strike": 3.0, "ground attack": 2.0},
}
"""What a mode is taken for. No table is published; our choice."""
PARTY_SAID = 0.6
BASES: Mapping[str, float] = {
    "assumption": 0.42, "hearsay": 0.2, "aircraft_type": 0.1, "spotter_warning": 0.14, "radio_warning": 0.05,
    "saw_markings": 0.03, "munition": 0.02, "": 0.04,
}  # fmt: skip
PARTY_RIGHT: Mapping[str, float] = {
    "aircraft_type": 0.82, "spotter_warning": 0.75, "radio_warning": 0.8, "saw_markings": 0.88, "munition": 0.65,
}  # fmt: skip
"""How often a claim so grounded is right; the rest repeat the place's rumour. Our choice: none is published."""
RUMOUR_RIGHT = 0.66
PLATFORM_WORDS: Mapping[str, tuple[str, ...]] = {
    "air strike": ("warplane", "jet", "plane"), "barrel bomb": ("helicopter",), "ground attack": (),
    "ballistic missile": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """One account as given. `truth`: honest, copy, wrong or invented; `copied_from`: the account's number."""

    event: int
    source: int
    perception: str
    told: Told
    mode: str
    cluster: str
    platform: str
    party: str
    party_basis: str
    strikes: int | None
    killed: tuple[int, int] | None
    injured: tuple[int, int] | None
    truth: str
    copied_from: int | None = None
    copy_declared: bool = False


@dataclass(frozen=True, slots=True)
class _Harm:
    """What truly came of an event, and whom the place blames before anybody knows."""

    killed: int
    injured: int
    rumour: str


def testify(rng: Generator, events: tuple[Event, ...], book: SourceBook, kind: WorldKind) -> list[Account]:
    """All accounts of all incidents: 1–6 of each, some copied, one made wrong where the kind of world asks for it."""
    regulars = [book.add(role) for role in ("civil_defence",) * 4 + ("organisation",) * 4]
    accounts: list[Account] = []
    for number, event in enumerate(events):
        accounts += _of_event(rng, number, event, book, kind, regulars, len(accounts))
    return accounts


def _of_event(
    rng: Generator, number: int, event: Event, book: SourceBook, kind: WorldKind, regulars: list[int], offset: int
) -> list[Account]:
    harm = _harm(rng, event)
    given: list[Account] = []
    for _ in range(_how_many(rng, event, kind)):
        if given and happens(rng, kind.copied):
            given.append(_copy(rng, given, book, kind, offset))
        else:
            source = _source(rng, book, regulars, {account.source for account in given})
            given.append(_first_hand(rng, number, event, source, harm, kind))
    for _ in range(kind.wrong_accounts):
        given = _with_one_wrong(rng, given, event, number, book, harm, kind)
    return given


def _how_many(rng: Generator, event: Event, kind: WorldKind) -> int:
    """1–6; what never happened has fewer who tell of it."""
    mean = kind.accounts - 1.0 if event.cause in ("attack", "another cause") else 0.5
    return 1 + min(int(rng.poisson(max(mean, 0.0))), 5)


def _source(rng: Generator, book: SourceBook, regulars: list[int], used: set[int]) -> int:
    """One in seven is somebody who reports on many incidents; nobody gives two first-hand accounts of one."""
    free = [source for source in regulars if source not in used]
    if free and happens(rng, 1 / 7):
        return free[int(rng.integers(len(free)))]
    return book.add(draw(rng, ROLES))


def _harm(rng: Generator, event: Event) -> _Harm:
    killed = int(rng.negative_binomial(0.8, 0.18)) if event.strikes else 0
    truth = event.parties[0] if event.parties else ("Syrian" if happens(rng, 0.5) else "Russian")
    other = "Syrian" if truth == "Russian" else "Russian"
    return _Harm(killed, int(rng.poisson(1.0 + 2.0 * killed)), truth if happens(rng, RUMOUR_RIGHT) else other)


def _first_hand(rng: Generator, number: int, event: Event, source: int, harm: _Harm, kind: WorldKind) -> Account:
    perception = draw(rng, PERCEPTIONS)
    told = tell(rng, event.minute, second_hand=perception in ("told", "inferred"), slips=kind.slips)
    mode = _mode(rng, event.mode, perception)
    basis, party = _party(rng, event, harm)
    words = PLATFORM_WORDS.get(mode, ())
    return Account(
        number, source, perception if happens(rng, 0.9) else "", told, mode, _cluster(rng, event),
        words[int(rng.integers(len(words)))] if words and happens(rng, 0.2) else "", party, basis,
        _strikes(rng, event), _about(rng, harm.killed), _about(rng, harm.injured),
        "honest" if event.cause in ("attack", "another cause") else "invented",
    )  # fmt: skip


def _mode(rng: Generator, mode: str, perception: str) -> str:
    if not happens(rng, MODE_SAID):
        return ""
    return mode if happens(rng, MODE_RIGHT[perception]) else draw(rng, TAKEN_FOR[mode])


def _cluster(rng: Generator, event: Event) -> str:
    if not happens(rng, 0.6 if event.cluster else 0.1):
        return ""
    return "yes" if event.cluster == happens(rng, 0.93) else "no"


def _party(rng: Generator, event: Event, harm: _Harm) -> tuple[str, str]:
    """(basis, party); both empty where none is named. Without good grounds people repeat the place's rumour."""
    if not happens(rng, PARTY_SAID):
        return "", ""
    basis = draw(rng, BASES)
    right = event.parties and basis in PARTY_RIGHT and happens(rng, PARTY_RIGHT[basis])
    if not right:
        return basis, harm.rumour if harm.rumour != "other" else "Syrian"
    return basis, "+".join(event.parties) if happens(rng, 0.5) else event.parties[0]


def _strikes(rng: Generator, event: Event) -> int | None:
    """How many impacts he says: nothing in two of three, else the number with one more or less at times."""
    if not happens(rng, 0.35):
        return None
    return max(1, len(event.strikes) + int(draw(rng, {0: 0.6, 1: 0.2, -1: 0.2})))


def _about(rng: Generator, number: int) -> tuple[int, int] | None:
    """Lowest and highest of a count, as told early and late; None where he doesn't speak of it."""
    if not happens(rng, 0.4):
        return None
    low = max(0, number - int(rng.poisson(0.5)))
    return low, max(low, number + int(rng.poisson(0.7)))


def _copy(rng: Generator, given: list[Account], book: SourceBook, kind: WorldKind, offset: int) -> Account:
    """Somebody tells on what another told, mostly word for word; whether the case says so is another matter."""
    which = int(rng.integers(len(given)))
    parent = given[which]
    declared = happens(rng, kind.copies_declared)
    source = book.add(draw(rng, COPYING_ROLES), parent.source if declared else None)
    told = (
        parent.told if happens(rng, 0.75) else tell_as(rng, parent.told.minute, draw(rng, {"about": 2.0, "hour": 1.0}))
    )
    return replace(
        parent, source=source, perception="told", told=told, truth="copy", copied_from=offset + which,
        party_basis="hearsay" if parent.party else "", copy_declared=declared,
        killed=parent.killed if happens(rng, 0.8) else None, strikes=parent.strikes if happens(rng, 0.8) else None,
    )  # fmt: skip


def _with_one_wrong(
    rng: Generator, given: list[Account], event: Event, number: int, book: SourceBook, harm: _Harm, kind: WorldKind
) -> list[Account]:
    """One more account, sure of itself and wrong: three to eleven hours off and the other party, on good grounds."""
    minute = event.minute + float(rng.uniform(180.0, 660.0)) * (1.0 if happens(rng, 0.5) else -1.0)
    told = tell_as(rng, minute, draw(rng, {"minute": 0.4, "about": 0.6}))
    blamed = "Syrian" if event.parties == ("Russian",) else "Russian"
    basis = draw(rng, {"assumption": 0.4, "hearsay": 0.1, "aircraft_type": 0.25, "spotter_warning": 0.2,
                       "saw_markings": 0.05})  # fmt: skip
    wrong = _first_hand(rng, number, event, book.add(draw(rng, ROLES)), harm, kind)
    wrong = replace(wrong, told=told, party=blamed, party_basis=basis, perception="saw", truth="wrong")
    return [*given, wrong]
