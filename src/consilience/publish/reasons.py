"""What each conclusion rests on, in words made from the numbers by rules; every statement with the pieces behind it.

Rules: a probability stands with its ICD 203 term and range; confidence stands in a sentence of its own; a likelihood
ratio says how much more probable the *evidence* is under one proposition than under another, never the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consilience.publish.likelihood_words import how_probable, likelihood, percent
from consilience.publish.matrix import FIELDS, bans, small
from consilience.publish.rounding import levels_of

_AGREES = ("corroborates", "consistent")
_OPPOSES = ("contradicts", "in tension")
_MOST_NAMED = 3
_MOST_CLOCK_TIMES = 5
_POOR_FIT = -0.5
"""Bans from which a poor fit is told although it passes Holm's test: `corroborates` mirrored (our choice)."""
_LEAST_SAID = 0.1
"""Bans below which a cell is silent (method.md, Consistency)."""

_MISSED_KINDS = {
    "imagery": "satellite imagery",
    "munition": "an identified munition",
    "media": "a video or photograph",
    "transmission": "an intercepted transmission",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence and the pieces that it rests on, in the order in which they count."""

    text: str
    evidence_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """Statements by the question that they answer."""

    attack: tuple[Statement, ...]
    time: tuple[Statement, ...]
    mode: tuple[Statement, ...]
    party: tuple[Statement, ...]
    against: tuple[Statement, ...]
    missing: tuple[Statement, ...]


def reasons_for(
    finding: Mapping[str, Any],
    labels: Mapping[str, str],
    log_is_whole: bool,
    unseen: float,
    clock_times: Sequence[tuple[str, str]] = (),
) -> Reasons:
    """`labels` say the parties as the case does; `unseen` is the probability that the flight stands in no log.

    `clock_times` are the pieces that give a clock time and what they give, the nearest to the time found first.
    """
    return Reasons(
        attack=tuple(_attack(finding)),
        time=(_clock_times(clock_times), *_agreeing(finding, "time", "On the time")),
        mode=tuple(_mode(finding)),
        party=tuple(_party(finding, labels, unseen)),
        against=tuple(_against(finding)),
        missing=tuple(_missing(finding, log_is_whole)),
    )


def _attack(finding: Mapping[str, Any]) -> Iterable[Statement]:
    probability = finding.get("attack_probability")
    if probability is not None:
        yield Statement(likelihood(probability).said_of("That an attack happened", levels_of(finding)) + ".")
    weight = (finding.get("log10_lr") or {}).get("attack:none")
    if weight is not None:
        yield Statement(_ratio(weight, "an attack happened", "nothing happened"), _speaking(finding))


def _clock_times(given: Sequence[tuple[str, str]]) -> Statement:
    """What the hour rests on: pieces that give the day alone agree well and say nothing of it."""
    if not given:
        return Statement("No account, video or photograph gives a clock time.")
    said = [f"{name} ({words})" for name, words in given[:_MOST_CLOCK_TIMES]]
    more = len(given) - len(said)
    listed = _listed([*said, f"{more} more"] if more else said)
    text = f"{said[0]} alone gives a clock time."
    if len(given) > 1:
        text = f"Clock times, the nearest to the time found first: {listed}."
    return Statement(text, tuple(name for name, _ in given[:_MOST_CLOCK_TIMES]))


def _mode(finding: Mapping[str, Any]) -> Iterable[Statement]:
    mode = finding.get("mode") or {}
    if mode:
        leading = max(mode, key=lambda name: mode[name])
        yield Statement(
            likelihood(mode[leading]).said_of(f"Given an attack, {_article(leading)}", levels_of(finding)) + "."
        )
    yield from _agreeing(finding, "mode", "On the mode")
    cluster = finding.get("cluster")
    if cluster is not None and cluster >= 0.05:
        yield Statement(likelihood(cluster).said_of("That the weapon scattered bomblets") + ".")


def _party(finding: Mapping[str, Any], labels: Mapping[str, str], unseen: float) -> Iterable[Statement]:
    tracks = finding.get("tracks") or ()
    flights = tuple(track["track_id"] for track in tracks[:1])
    for pair, weight in (finding.get("log10_lr") or {}).items():
        first, _, second = pair.partition(":")
        if weight is None or pair == "attack:none":
            continue
        names = labels.get(first, first), labels.get(second, second)
        yield Statement(_ratio(weight, f"{names[0]} did it", f"{names[1]} did it"), (*flights, *_claims(finding)))
    if tracks:
        yield Statement(
            f"The logged flight with the largest responsibility carries {percent(tracks[0]['responsibility'])}"
            f"{_others_words(tracks)}; {percent(unseen)} stays with a flight that nobody logged.",
            flights,
        )
    yield from _agreeing(finding, "party", "On the party")


def _claims(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """The pieces beside flights that agree most with the rest on the party."""
    flights = {track["track_id"] for track in finding.get("tracks") or ()}
    return tuple(name for name in _top(finding, "party", _AGREES) if name not in flights)


def _others_words(tracks: Sequence[Mapping[str, Any]]) -> str:
    others = len(tracks) - 1
    if not others:
        return ""
    return f", {others} {'other has' if others == 1 else 'others have'} 1 % or more"


def _agreeing(finding: Mapping[str, Any], field: str, lead: str) -> Iterable[Statement]:
    """The pieces that agree most with everything else on one field, and how much."""
    ids = _top(finding, field, _AGREES)
    if not ids:
        yield Statement(f"{lead} no piece says more than the others do.")
        return
    weights = {
        p["evidence_id"]: p["cells"][field]["weight_log10"] for p in finding["evidence"] if p["evidence_id"] in ids
    }
    said = _listed([f"{name} ({bans(weights[name])})" for name in ids])
    verb = "agrees" if len(ids) == 1 else "agree"
    yield Statement(f"{lead}, {said} {verb} most with the rest of the evidence.", ids)


def _against(finding: Mapping[str, Any]) -> Iterable[Statement]:
    for field in FIELDS:
        for piece in _cells_of(finding, field, _OPPOSES):
            yield _opposing(piece["evidence_id"], field, piece["cells"][field])
        for piece in _cells_of(finding, field, _AGREES):
            weight = piece["cells"][field]["weight_log10"]
            if weight <= _POOR_FIT:
                text = (
                    f"{piece['evidence_id']} fits poorly on the {field} ({bans(weight)}), though no worse than chance"
                )
                yield Statement(f"{text} gives among so many pieces.", (piece["evidence_id"],))


def _opposing(evidence_id: str, field: str, cell: Mapping[str, Any]) -> Statement:
    verb = "contradicts" if cell["verdict"] == "contradicts" else "is in tension with"
    return Statement(
        f"{evidence_id} {verb} the rest on the {field}: were the rest right, a statement this far off or farther has "
        f"probability {small(cell['conflict_p'])}. It may be mistaken, misreported or fabricated, or the rest may be.",
        (evidence_id,),
    )


def _listed(words: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _missing(finding: Mapping[str, Any], log_is_whole: bool) -> Iterable[Statement]:
    kinds = {piece["kind"] for piece in finding.get("evidence") or ()}
    absent = [words for kind, words in _MISSED_KINDS.items() if kind not in kinds]
    if absent:
        yield Statement(f"Nothing of this kind is in the case for this incident: {'; '.join(absent)}.")
    if not log_is_whole:
        yield Statement("No whole log of the sky covers the time found, so silence of the log means nothing here.")


def _ratio(log10_lr: float, first: str, second: str) -> str:
    """The weight of evidence between two propositions; the favoured one is named first."""
    favoured, other = (first, second) if log10_lr >= 0 else (second, first)
    return f"{how_probable(log10_lr, favoured, other)}."


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _cells_of(finding: Mapping[str, Any], field: str, verdicts: Sequence[str]) -> list[Mapping[str, Any]]:
    """Pieces whose cell of that field has one of the verdicts, heaviest first."""
    chosen = [
        piece for piece in finding.get("evidence") or ()
        if ((piece.get("cells") or {}).get(field) or {}).get("verdict") in verdicts
    ]  # fmt: skip
    return sorted(chosen, key=lambda p: (-abs(p["cells"][field]["weight_log10"]), p["evidence_id"]))


def _top(finding: Mapping[str, Any], field: str, verdicts: Sequence[str]) -> tuple[str, ...]:
    heavy = [p for p in _cells_of(finding, field, verdicts) if p["cells"][field]["weight_log10"] >= _LEAST_SAID]
    return tuple(piece["evidence_id"] for piece in heavy[:_MOST_NAMED])


def _speaking(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """Accounts and traces that aren't silent: what an attack is inferred from."""
    pieces = finding.get("evidence") or ()
    return tuple(p["evidence_id"] for p in pieces if p["kind"] != "track" and p["verdict"] in _AGREES)
