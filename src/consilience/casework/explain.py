"""One incident's findings in plain words, every clause with its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from consilience.publish.local_time import LocalClock, minute_of
from consilience.publish.placebo_words import placebo_sentence
from consilience.publish.rounding import LEVELS, levels_of, on_its_side

Block = Mapping[str, Any]
"""One incident as findings.json has it."""

LISTED = 0.005
"""Alternatives below half a per cent are not spelled out: they are less than 1 %."""


def explain(block: Block, zone: ZoneInfo) -> str:
    """A few lines: what, when, how, by whom, how sure of the basis, which flights, what agrees and what does not.

    Times on the wall clock of the case's zone.
    """
    lines = [
        f"{block['incident_id']}: {block['title'] or 'no title'}",
        f"  Attack: {per_cent(block['attack_probability'])}{_otherwise(block['cause'])}.",
        f"  When: {_time(block['time'], zone)}, given an attack.",
        f"  How: {shares(block['mode'], levels_of(block))}; cluster munition {per_cent(block['cluster'])}.",
        f"  By whom: {_attribution(block)}.",
        f"  Confidence: {block['confidence']['grade']} ({'; '.join(block['confidence']['because'])}).",
        f"  Flights: {_flights(block)}.",
        *_chance(block),
        *_pieces(block),
    ]
    return "\n".join(lines)


def shares(distribution: Mapping[str, float], levels: Sequence[float] = LEVELS) -> str:
    """The alternatives of half a per cent and more, largest first; equals in their own order; `levels` as below."""
    ordered = sorted(distribution.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {per_cent(p, levels)}" for name, p in ordered if p >= LISTED)


def per_cent(probability: float, levels: Sequence[float] = LEVELS) -> str:
    """Whole per cent; `>99 %` and `<1 %` at the ends, also of 1 and 0: no evidence makes certain, and what a computer
    holds as 1 is a number next to it. None is rounded across one of `levels`.
    """
    if probability >= 0.995:
        return ">99 %"
    return "<1 %" if probability < 0.005 else f"{on_its_side(probability, 0, levels)} %"


def wall_clock(iso: str, zone: ZoneInfo) -> str:
    """A published time on the wall clock of the case, to the nearest minute as everywhere in a report: 2017-04-02
    16:28; with the offset from UTC where the clock showed that twice.
    """
    clock, minute = LocalClock(zone), round(minute_of(iso))
    return f"{clock.at(minute):%Y-%m-%d} {clock.clock(minute)}"


def _otherwise(cause: Mapping[str, float]) -> str:
    """What else it may have been, where that has half a per cent or more."""
    others = shares({name: p for name, p in cause.items() if name != "attack"})
    return f" (otherwise {others})" if others else ""


def _time(time: Mapping[str, Any], zone: ZoneInfo) -> str:
    clock = LocalClock(zone)
    low, high = (round(minute_of(time[name])) for name in ("low", "high"))
    is_changed, is_one_day = clock.is_changed(low, high), clock.at(low).date() == clock.at(high).date()
    ends = [
        f"{'' if is_one_day else f'{clock.at(end):%Y-%m-%d} '}{clock.clock(end, with_offset=is_changed)}"
        for end in (low, high)
    ]
    median = wall_clock(time["median"], zone)
    return f"{median} local time ({time['level'] * 100:g} %: {ends[0]} to {ends[1]})"


def _attribution(block: Block) -> str:
    attribution = block["attribution"]
    text = f"{attribution['wording']} at a standard of {attribution['level'] * 100:g} %"
    if not attribution["set"]:
        text += f", because {block['why_null']['attribution']}"
    elif (source := attribution["single_source"]) is not None:
        text += (
            f", on one source alone ({source})"
            if len(attribution["set"]) == 1
            else f", since {source} alone tells them apart"
        )
    together = f"; both together {per_cent(block['together'])}" if block["together"] >= LISTED else ""
    return f"{text} ({shares(block['party'], levels_of(block))}{together})"


def _flights(block: Block) -> str:
    listed = [f"{t['track_id']} {per_cent(t['responsibility'])} ({_seen(t['sightings'])})" for t in block["tracks"]]
    return ", ".join(listed) if listed else "none with a responsibility of 1 % or more"


def _chance(block: Block) -> list[str]:
    told = placebo_sentence(block)
    return [] if told is None else [f"  By chance: {told[0].lower()}{told[1:]}"]


def _seen(sightings: Sequence[str]) -> str:
    count = len(sightings)
    return f"sighting {sightings[0]}" if count == 1 else f"{count} sightings from {sightings[0]}"


def _pieces(block: Block) -> list[str]:
    """One line for each verdict that is not silence, the pieces with their fields and weights."""
    lines = []
    for verdict in ("corroborates", "consistent", "in tension", "contradicts"):
        named = [_piece(piece, verdict) for piece in block["evidence"] if piece["verdict"] == verdict]
        if named:
            lines.append(f"  {verdict.capitalize()}: {', '.join(named)}.")
    return lines


def _piece(piece: Mapping[str, Any], verdict: str) -> str:
    cells = [
        f"{field} {cell['weight_log10']:+.1f}"
        for field, cell in piece["cells"].items()
        if cell and cell["verdict"] == verdict
    ]
    return f"{piece['evidence_id']} ({', '.join(cells)})" if cells else str(piece["evidence_id"])
