"""One incident as the template needs it: pictures drawn, numbers in words, every piece with its anchor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from consilience.publish.anchors import of_incident
from consilience.publish.clock_axis import axis_for
from consilience.publish.hangs_on import hangs_on
from consilience.publish.incident_map import draw_incident_map
from consilience.publish.likelihood_words import Likelihood, likelihood, percent
from consilience.publish.local_time import LocalClock, minute_of
from consilience.publish.matrix import MatrixRow, anchored, matrix_rows, who_said
from consilience.publish.placebo_words import placebo_sentence
from consilience.publish.reasons import Reasons, reasons_for
from consilience.publish.rounding import levels_of
from consilience.publish.strip_rows import FlightRow, clock_times
from consilience.publish.time_strip import TimeFound, TimeStrip, draw_time_strip
from consilience.publish.town_names import Town
from consilience.records.counting import is_established
from consilience.records.views import CaseView, IncidentView, PublishedConclusion, Site, TrackPoint

_MOST_FLIGHTS = 10
NOT_ATTRIBUTED = "not attributed"


@dataclass(frozen=True, slots=True)
class Share:
    """A named probability and how it is printed."""

    name: str
    probability: float
    shown: str


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Everything printed of one incident. `found` is None where no time could be given; `offset` is the zone's then."""

    number: int
    incident_id: str
    anchor: str
    title: str
    sites: tuple[Site, ...]
    attack: Likelihood | None
    attack_shown: str
    is_attack: bool
    found: TimeFound | None
    when: str
    interval: str
    offset: str
    mode: tuple[Share, ...]
    party: tuple[Share, ...]
    leading_mode: str
    together: str | None
    attribution: str
    attribution_why: str | None
    level: str
    grade: str | None
    because: tuple[str, ...]
    killed: str
    injured: str
    strip: TimeStrip | None
    map: Markup | None
    matrix: tuple[MatrixRow, ...]
    anchors: Mapping[str, str]
    reasons: Reasons
    responsibility: tuple[Share, ...]
    published: tuple[PublishedConclusion, ...]
    why_null: tuple[tuple[str, str], ...]
    platforms: tuple[Share, ...]
    hangs_on: tuple[str, ...]
    chance: str | None


def incident_page(
    number: int,
    finding: Mapping[str, Any],
    seen: IncidentView,
    view: CaseView,
    clock: LocalClock,
    towns: Sequence[Town],
) -> IncidentPage:
    """Compose the page of one incident from its finding and what is drawn for it."""
    found = _found(finding)
    title = finding.get("title") or (seen.sites[0].name if seen.sites else finding["incident_id"])
    flights = _flights(finding, seen)
    listed = {flight.track_id for flight in flights}
    others = tuple(point for point in seen.points if point.track_id not in listed)
    matrix = matrix_rows(finding, seen.words)
    attribution, mode = finding.get("attribution") or {}, finding.get("mode") or {}
    confidence, probability = finding.get("confidence") or {}, finding.get("attack_probability")
    why_null = finding.get("why_null") or {}
    log_is_whole = found is not None and any(lo <= found.median <= hi for lo, hi in seen.covered)
    levels = levels_of(finding)
    timed = () if found is None else clock_times(seen.bands, found.median, clock)
    return IncidentPage(
        number=number,
        incident_id=finding["incident_id"],
        anchor=of_incident(finding["incident_id"]),
        title=title,
        sites=seen.sites,
        attack=None if probability is None else likelihood(probability),
        attack_shown="" if probability is None else percent(probability, levels),
        is_attack=is_established(finding),
        found=found,
        when="" if found is None else clock.full(found.median),
        interval="" if found is None else clock.span(found.low, found.high),
        offset="" if found is None else clock.offset(found.median),
        mode=_shares(mode, levels),
        party=_shares(finding.get("party") or {}, levels, view.party_labels),
        leading_mode=max(mode, key=lambda name: mode[name]) if mode else "not known",
        together=_shown(finding.get("together"), levels),
        attribution=attribution.get("wording") or NOT_ATTRIBUTED,
        attribution_why=why_null.get("attribution"),
        level=percent(attribution.get("level") or 0.95, levels),
        grade=confidence.get("grade"),
        because=tuple(confidence.get("because") or ()),
        killed=_range((finding.get("casualties") or {}).get("killed")),
        injured=_range((finding.get("casualties") or {}).get("injured")),
        strip=None if found is None else _strip(title, found, seen, clock, flights, others),
        map=draw_incident_map(f"Where: {title}", seen.sites, flights, others, towns, clock, seen.noticed),
        matrix=matrix,
        anchors=anchored(matrix),
        reasons=reasons_for(finding, view.party_labels, log_is_whole, seen.unseen_flight, timed),
        responsibility=_responsibility(flights, seen, finding),
        published=seen.published,
        why_null=tuple(sorted(why_null.items())),
        platforms=_shares(finding.get("platform") or {}, levels)[:6],
        hangs_on=hangs_on(finding, view.party_labels),
        chance=placebo_sentence(finding),
    )


def _found(finding: Mapping[str, Any]) -> TimeFound | None:
    time = finding.get("time")
    if not time:
        return None
    return TimeFound(minute_of(time["low"]), minute_of(time["median"]), minute_of(time["high"]))


def _flights(finding: Mapping[str, Any], seen: IncidentView) -> tuple[FlightRow, ...]:
    """Listed flights, largest responsibility first, with their sightings in order of time."""
    legs: dict[str, list[TrackPoint]] = {}
    for point in sorted(seen.points, key=lambda p: (p.minute, p.sighting_id)):
        if point.track_id is not None:
            legs.setdefault(point.track_id, []).append(point)
    return tuple(
        FlightRow(track["track_id"], track["responsibility"], tuple(legs.get(track["track_id"], ())))
        for track in (finding.get("tracks") or ())[:_MOST_FLIGHTS]
    )


def _strip(
    title: str,
    found: TimeFound,
    seen: IncidentView,
    clock: LocalClock,
    flights: tuple[FlightRow, ...],
    others: tuple[TrackPoint, ...],
) -> TimeStrip:
    tracks = {flight.track_id for flight in flights}
    bands = [band for band in seen.bands if band.evidence_id not in tracks and band.kind not in ("track", "sighting")]
    axis = axis_for(found.low, found.median, found.high, bands, seen.window)
    return draw_time_strip(
        f"When: {title}", axis=axis, clock=clock, found=found, curve=seen.curve, bands=bands,
        words={(kind, name): who_said(said) or said.kind for (kind, name), said in seen.words.items()},
        flights=flights, others=[point for point in others if axis.shows(point.minute)], covered=seen.covered,
    )  # fmt: skip


def _shares(
    block: Mapping[str, float], levels: Sequence[float], labels: Mapping[str, str] | None = None
) -> tuple[Share, ...]:
    """Largest first."""
    ordered = sorted(block, key=lambda name: (-block[name], name))
    return tuple(Share((labels or {}).get(name, name), block[name], percent(block[name], levels)) for name in ordered)


def _responsibility(
    flights: tuple[FlightRow, ...], seen: IncidentView, finding: Mapping[str, Any]
) -> tuple[Share, ...]:
    """Who flew it: listed flights, then smaller ones, a flight in no log, and none; sums to 1."""
    rest = sum(track["responsibility"] for track in (finding.get("tracks") or ())[_MOST_FLIGHTS:])
    parts = [(flight.track_id, flight.responsibility) for flight in flights]
    parts += [
        ("smaller flights", seen.other_tracks + rest),
        ("a flight in no log", seen.unseen_flight),
        ("no flight", seen.no_flight),
    ]
    return tuple(Share(name, value, percent(value)) for name, value in parts)


def _range(pair: tuple[int | None, int | None] | None) -> str:
    """ "3–5", "4", "at least 3", "at most 5", "not known"."""
    low, high = pair or (None, None)
    if low is None:
        return "not known" if high is None else f"at most {high}"
    if high is None:
        return f"at least {low}"
    return str(low) if low == high else f"{low}–{high}"


def _shown(probability: float | None, levels: Sequence[float]) -> str | None:
    return None if probability is None else percent(probability, levels)
