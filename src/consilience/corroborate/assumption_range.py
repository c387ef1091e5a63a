"""How far the named assumptions, each over its range, move the parties (method.md, Range over assumptions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consilience.corroborate.bench import Bench
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.recorded import prior_name
from consilience.records.sensitivity import Answer, Swing

HELD = ("track_", "coverage_place_radius")
"""Beginnings of the names that are not varied: they decide which sightings are joined to which flight and where a log
is whole, before anything is weighed; to vary them is to join the flights of the whole case anew."""

LISTED_SWINGS = 5
LEAST_SWING = 0.005
"""Assumptions that move the parties less than half a per cent are not listed: our choice."""

Box = Mapping[str, tuple[float, float]]


def box_of(evidence: CaseEvidence) -> Box:
    """Low and high of every assumption that is varied, shares of the order of battle among them, by name."""
    box = {
        name: (assumption.low, assumption.high)
        for name, assumption in evidence.assumptions.items()
        if not name.startswith(HELD)
    }
    return box | {prior_name(row.mode, row.party): (row.low, row.high) for row in evidence.orbat.priors}


@dataclass(frozen=True, slots=True)
class BoxAnswers:
    """As in `records.sensitivity.Sensitivity`."""

    party_range: Mapping[str, tuple[float, float]]
    ends: Mapping[str, tuple[Answer, Answer]]
    swings: tuple[Swing, ...]


def over_box(bench: Bench, box: Box) -> BoxAnswers:
    """Answers with each assumption at either end, and with all at once at the ends that lower or raise each party.

    The joint corner is made of the directions found one at a time; where assumptions act against each other the true
    extreme lies further out, so that the bounds are those that were found and no more. What nothing of the incident
    reads is left alone.
    """
    base = bench.answer()
    read = bench.names_read()
    single = {
        (name, end): bench.answer({name: end})
        for name, ends in sorted(box.items())
        if name in read or name.startswith("prior: ")
        for end in ends
    }
    corners = {party: _corners(bench, party, base, single) for party in base.party}
    answers = [base, *single.values(), *(answer for pair in corners.values() for answer in pair)]
    spans = {party: [answer.party[party] for answer in answers] for party in base.party}
    return BoxAnswers(
        party_range={party: (min(span), max(span)) for party, span in spans.items()},
        ends={party: _extremes(party, (base, *single.values())) for party in base.party},
        swings=_swings(base, single, box),
    )


def _corners(
    bench: Bench, party: str, base: Answer, single: Mapping[tuple[str, float], Answer]
) -> tuple[Answer, Answer]:
    """All assumptions at the end that lowers the party, and at the end that raises it; elsewhere as they are."""
    found = []
    for sign in (-1.0, 1.0):
        best: dict[str, tuple[float, float]] = {}
        for (name, end), answer in single.items():
            gain = sign * (answer.party[party] - base.party[party])
            if gain > max(1e-9, best.get(name, (0.0, 0.0))[0]):
                best[name] = (gain, end)
        found.append(bench.answer({name: end for name, (_, end) in best.items()}))
    return found[0], found[1]


def _extremes(party: str, answers: Sequence[Answer]) -> tuple[Answer, Answer]:
    """The answers with the least and the most of a party; the first of equals."""
    return min(answers, key=lambda one: one.party[party]), max(answers, key=lambda one: one.party[party])


def _swings(base: Answer, single: Mapping[tuple[str, float], Answer], box: Box) -> tuple[Swing, ...]:
    moves: dict[str, float] = {}
    for (name, _), answer in single.items():
        moves[name] = max(moves.get(name, 0.0), answer.distance(base))
    order = sorted((name for name, move in moves.items() if move >= LEAST_SWING), key=lambda name: (-moves[name], name))
    return tuple(Swing(name, *box[name], moves[name]) for name in order[:LISTED_SWINGS])
