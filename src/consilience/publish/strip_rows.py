"""The rows of a time strip: which piece stands where, what its label says, and the heights that both sides share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from consilience.publish.clock_axis import COARSE, HOUR, ClockAxis
from consilience.publish.likelihood_words import percent
from consilience.publish.local_time import LocalClock
from consilience.quantities import Minutes
from consilience.records.views import Band, TrackPoint

ROW = 22
"""Pixels of a row; report.css gives the labels the same height."""
AXIS = 30
CURVE = 96
GAP = 34
"""Room for the heading of the flights."""

_MOST_ROWS = 40
_BROAD = 3 * HOUR
_TELLING = ("account", "media")
"""Kinds of evidence that speak of the attack itself."""


@dataclass(frozen=True, slots=True)
class StripRow:
    """The label of one row: what it shows, in words, and the pieces that it stands for."""

    text: str
    evidence_ids: tuple[str, ...]
    kind: str
    top: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class FlightRow:
    """A flight to draw: its responsibility and its sightings in order of time."""

    track_id: str
    responsibility: float
    points: tuple[TrackPoint, ...]


@dataclass(frozen=True, slots=True)
class StripFrame:
    axis: ClockAxis
    clock: LocalClock
    bands: tuple[tuple[str, tuple[Band, ...]], ...]
    flights: tuple[FlightRow, ...]

    @property
    def curve_top(self) -> int:
        return AXIS + ROW * len(self.bands)

    @property
    def flights_top(self) -> int:
        return self.curve_top + CURVE + GAP

    @property
    def bottom(self) -> int:
        return self.flights_top + ROW * (len(self.flights) + 1)


def rows_of(bands: Iterable[Band]) -> tuple[tuple[str, tuple[Band, ...]], ...]:
    """One row a piece, pieces that say the same thing about the clock in one row; finest and earliest first."""
    rows: dict[tuple[float, float, float, str, str], list[Band]] = {}
    for band in sorted(bands, key=lambda b: (b.kind, b.evidence_id)):
        rows.setdefault((band.lo, band.hi, band.sigma, band.bound, band.kind), []).append(band)
    ordered = sorted(rows.items(), key=lambda item: (coarseness(item[1][0]), item[0]))
    return tuple((group[0].kind, tuple(group)) for _, group in ordered[:_MOST_ROWS])


def coarseness(band: Band) -> int:
    """Claims of a clock time, then bounds, then whole days."""
    if band.bound != "between":
        return 1
    return 2 if band.hi - band.lo >= COARSE else 0


def band_labels(frame: StripFrame, words: Mapping[tuple[str, str], str]) -> Iterable[StripRow]:
    for row, (kind, group) in enumerate(frame.bands):
        ids = tuple(band.evidence_id for band in group)
        who = words.get((kind, ids[0]), kind) if len(ids) == 1 else f"and {len(ids) - 1} more"
        yield StripRow(f"{who}: {band_says(frame, group[0])}", ids, kind, AXIS + ROW * row)


def is_broad(band: Band) -> bool:
    """A bound or a claim hours wide is drawn pale, so that the clock times stand out."""
    return band.bound != "between" or band.hi - band.lo >= _BROAD


def band_says(frame: StripFrame, band: Band) -> str:
    if band.bound == "before":
        return f"before {moment_words(frame, band.hi)}"
    if band.bound == "after":
        return f"after {moment_words(frame, band.lo)}"
    if coarseness(band) == 2:
        return "the day alone"
    return moment_words(frame, band.lo) if band.hi - band.lo < 1 else frame.clock.span(band.lo, band.hi)


def clock_times(bands: Iterable[Band], found: Minutes, clock: LocalClock) -> tuple[tuple[str, str], ...]:
    """Pieces that claim a clock time, with that time in words, the nearest to the time found first.

    Bounds and claims of half a day or more are none; nor is an aircraft or a call that was noticed, which says
    nothing of the moment of an impact.
    """
    claims = [band for band in bands if band.kind in _TELLING and coarseness(band) == 0]
    claims.sort(key=lambda b: (max(b.lo - found, found - b.hi, 0.0), b.evidence_id))
    return tuple((band.evidence_id, _claimed(band, found, clock)) for band in claims)


def _claimed(band: Band, found: Minutes, clock: LocalClock) -> str:
    """A clock time or span, with the day where that is not the day of the time found."""
    words = clock.span(band.lo, band.hi) if band.hi - band.lo >= 1 else clock.clock(band.lo)
    crosses_midnight = clock.day(band.lo) != clock.day(band.hi)
    return (
        words if crosses_midnight or clock.day(band.lo) == clock.day(found) else f"{words}, {clock.short_day(band.lo)}"
    )


def moment_words(frame: StripFrame, minute: Minutes) -> str:
    """The clock time, with its day where the strip does not show it."""
    clock = frame.clock.clock(minute)
    return clock if frame.axis.shows(minute) else f"{clock}, {frame.clock.short_day(minute)}"


def flight_labels(frame: StripFrame, others: Sequence[TrackPoint], is_covered: bool) -> Iterable[StripRow]:
    for row, flight in enumerate(frame.flights):
        types = sorted({point.platform for point in flight.points if point.platform})
        yield StripRow(
            ", ".join(types) or "type not written", (flight.track_id,), "track",
            frame.flights_top + ROW * row, percent(flight.responsibility),
        )  # fmt: skip
    passes = "1 other logged pass" if len(others) == 1 else f"{len(others)} other logged passes"
    text = passes if is_covered else f"{passes}; no whole log"
    yield StripRow(text, (), "passes", frame.flights_top + ROW * len(frame.flights))


def responsibility_class(responsibility: float) -> str:
    """r4 (at least a half) to r1: the step of colour and width in which a flight is drawn."""
    return next(
        name for least, name in ((0.5, "r4"), (0.2, "r3"), (0.05, "r2"), (0.0, "r1")) if responsibility >= least
    )
