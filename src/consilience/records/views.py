"""What a picture of an incident needs beyond findings.json: curves, bands, positions and words. For publish/ alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consilience.quantities import Degrees, Metres, Minutes
from consilience.records.fitted_model import FittedModel


@dataclass(frozen=True, slots=True)
class Band:
    """One piece on the clock: from `lo` to `hi`, minutes since the epoch, with `sigma` minutes of blur on each side.

    `bound` is "between" (the piece speaks of a time inside), "before" (τ is before hi) or "after" (τ is after lo).
    """

    evidence_id: str
    kind: str
    lo: Minutes
    hi: Minutes
    sigma: Minutes
    bound: str


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A sighting as drawn: where and when, what was written."""

    track_id: str | None
    sighting_id: str
    minute: Minutes
    lat: Degrees
    lon: Degrees
    error_m: Metres
    place: str
    platform: str
    activity: str | None
    heading: str | None


@dataclass(frozen=True, slots=True)
class NoticedPoint:
    """A detection as drawn: where, within which radius, and what was noticed when, in words."""

    evidence_id: str
    lat: Degrees
    lon: Degrees
    error_m: Metres
    says: str


@dataclass(frozen=True, slots=True)
class PieceWords:
    """What a piece says, as a reader sees it: source's role, claim in words, file, row and item. Never a name."""

    evidence_id: str
    kind: str
    source_id: str | None
    role: str | None
    says: str
    file: str
    row: int
    item: str | None
    locator: str | None


@dataclass(frozen=True, slots=True)
class PublishedConclusion:
    """What another investigator concluded: shown beside ours, never an input."""

    by: str
    party: str | None
    mode: str | None
    strength: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where the incident was. None where no position is known; several candidates stay several."""

    name: str
    kind: str | None
    lat: Degrees
    lon: Degrees
    error_m: Metres


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Everything drawn for one incident.

    `curve` is (minute since the epoch, probability per minute given an attack), thinned for drawing; `window` the
    alleged window, shown only. `words` are by kind and id, since two tables may number their rows alike. All times
    UTC; the report turns them into the case's zone.
    """

    incident_id: str
    sites: tuple[Site, ...]
    curve: tuple[tuple[Minutes, float], ...]
    window: tuple[Minutes | None, Minutes | None]
    bands: tuple[Band, ...]
    points: tuple[TrackPoint, ...]
    words: Mapping[tuple[str, str], PieceWords]
    published: tuple[PublishedConclusion, ...]
    covered: tuple[tuple[Minutes, Minutes], ...]
    """When a whole log was kept over the facility, within the picture's clock."""
    other_tracks: float
    unseen_flight: float
    no_flight: float
    noticed: tuple[NoticedPoint, ...] = ()
    """Detections near the incident, shown on the map."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case as the report shows it, beside findings.json. `zone` is an IANA name; `letters` etc. come later."""

    case_id: str
    title: str
    zone: str
    as_of: str | None
    parties: tuple[str, ...]
    party_labels: Mapping[str, str]
    incidents: tuple[IncidentView, ...]
    left_out: tuple[str, ...]
    """One line each, as LeftOut prints itself."""
    assumptions: tuple[tuple[str, float, float, float, str], ...]
    """Name, value, low, high, why."""
    log_model: FittedModel | None = None
    """What the whole logs taught; None where none is whole."""
