"""The time strip of an incident: every piece as a band over one clock, the posterior under it, then the flights.

Horizontal positions are percentages and vertical ones pixels, so the strip is as wide as its page and its text keeps
its size. Labels are HTML beside the picture (`StripRow`), one for each row and of the same height, so that they are
links a keyboard can reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from consilience.publish.clock_axis import DAY, ClockAxis
from consilience.publish.local_time import LocalClock
from consilience.publish.strip_rows import (
    AXIS,
    CURVE,
    GAP,
    ROW,
    FlightRow,
    StripFrame,
    StripRow,
    band_labels,
    band_says,
    flight_labels,
    is_broad,
    moment_words,
    responsibility_class,
    rows_of,
)
from consilience.publish.svg import percent_of, picture, tag
from consilience.quantities import Minutes
from consilience.records.views import Band, TrackPoint

_CURVE_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class TimeFound:
    """Median and interval of the time of the attack, minutes since the epoch."""

    low: Minutes
    median: Minutes
    high: Minutes


@dataclass(frozen=True, slots=True)
class TimeStrip:
    """The picture, its height in pixels, and the labels of its rows."""

    svg: Markup
    height: int
    rows: tuple[StripRow, ...]
    curve_top: int
    flights_top: int


def draw_time_strip(
    name: str,
    *,
    axis: ClockAxis,
    clock: LocalClock,
    found: TimeFound,
    curve: Sequence[tuple[Minutes, float]],
    bands: Iterable[Band],
    words: Mapping[tuple[str, str], str],
    flights: Sequence[FlightRow],
    others: Sequence[TrackPoint],
    covered: Sequence[tuple[Minutes, Minutes]],
) -> TimeStrip:
    """Draw it. `words` has a short label for each piece, by kind and id; `others` are sightings of no listed flight."""
    frame = StripFrame(axis, clock, rows_of(bands), tuple(flights))
    height = frame.bottom + AXIS
    labels = [
        *band_labels(frame, words),
        *flight_labels(frame, others, any(axis.start < hi and lo < axis.end for lo, hi in covered)),
    ]
    description = (
        f"Found: {clock.full(found.median)}, 95 % interval {clock.span(found.low, found.high)}. "
        f"{len(labels) - len(frame.flights) - 1} rows of evidence, {len(frame.flights)} flights; "
        "the same in words is in the evidence table below."
    )
    children = [
        *_coverage(frame, covered),
        *_interval(frame, found),
        *_ticks(frame),
        *(part for row, (_, group) in enumerate(frame.bands) for part in _band_marks(frame, row, group)),
        *_curve(frame, curve),
        *_median(frame, found),
        *(part for row, flight in enumerate(frame.flights) for part in _flight_marks(frame, row, flight)),
        *_passes(frame, others),
    ]
    svg = picture(name, description, children, width="100%", height=height, class_="strip")
    return TimeStrip(svg, height, tuple(labels), frame.curve_top, frame.flights_top - GAP)


def _coverage(frame: StripFrame, covered: Sequence[tuple[Minutes, Minutes]]) -> Iterable[Markup]:
    top, height = frame.flights_top - GAP, frame.bottom - frame.flights_top + GAP
    for lo, hi in covered:
        left, right = frame.axis.clipped(lo), frame.axis.clipped(hi)
        if right > left:
            yield tag(
                "rect",
                tag("title", f"Whole log kept {frame.clock.span(lo, hi)}"),
                x=percent_of(left), y=top, width=percent_of(right - left), height=height, class_="covered",
            )  # fmt: skip


def _interval(frame: StripFrame, found: TimeFound) -> Iterable[Markup]:
    left, right = frame.axis.clipped(found.low), frame.axis.clipped(found.high)
    yield tag(
        "rect", x=percent_of(left), y=AXIS, width=percent_of(max(right - left, 0.002)), height=frame.bottom - AXIS,
        class_="interval",
    )  # fmt: skip


def _ticks(frame: StripFrame) -> Iterable[Markup]:
    for tick in frame.axis.ticks(frame.clock):
        x = percent_of(frame.axis.share(tick.minute))
        yield tag(
            "line", x1=x, x2=x, y1=AXIS - 6, y2=frame.bottom + 6, class_="midnight" if tick.is_midnight else "tick"
        )
        for y in (AXIS - 12, frame.bottom + 20):
            yield tag("text", tick.label, x=x, y=y, text_anchor=_anchor(frame.axis.share(tick.minute)), class_="clock")


def _anchor(share: float) -> str:
    """Labels near an end turn inwards, since on a telephone half a label is wider than the margin."""
    return "start" if share < 0.06 else "end" if share > 0.94 else "middle"


def _band_marks(frame: StripFrame, row: int, group: Sequence[Band]) -> Iterable[Markup]:
    """Core from lo to hi, one and two standard deviations fading on each side; an arrow where it leaves the strip."""
    band = group[0]
    y = AXIS + ROW * row + ROW // 2
    axis = frame.axis
    title = tag("title", f"{', '.join(one.evidence_id for one in group)}: {band_says(frame, band)}")
    lo = axis.start - DAY if band.bound == "before" else band.lo
    hi = axis.end + DAY if band.bound == "after" else band.hi
    if hi + 2 * band.sigma < axis.start or lo - 2 * band.sigma > axis.end:
        yield from _arrow(frame, y, band, hi < axis.start)
        return
    for wide, name in ((2, "faint"), (1, "half"), (0, "core")):
        left, right = axis.clipped(lo - wide * band.sigma), axis.clipped(hi + wide * band.sigma)
        if name == "core" and right - left < 0.003 and not axis.shows(lo):
            continue
        yield tag(
            "rect", title, x=percent_of(left), width=percent_of(max(right - left, 0.003)), y=y - 6, height=12,
            class_=f"band {name} k-{band.kind} {'coarse' if is_broad(band) else 'fine'}",
        )  # fmt: skip
    for edge, at in (("before", band.hi), ("after", band.lo)):
        if band.bound == edge and axis.shows(at):
            x = percent_of(axis.share(at))
            yield tag("line", x1=x, x2=x, y1=y - 8, y2=y + 8, class_=f"edge k-{band.kind}")


def _arrow(frame: StripFrame, y: int, band: Band, is_earlier: bool) -> Iterable[Markup]:
    """A piece wholly off the strip: an arrow at its edge with the clock time that it gives."""
    at = band.hi if is_earlier else band.lo
    when = moment_words(frame, at)
    yield tag(
        "text", f"◂ {when}" if is_earlier else f"{when} ▸",
        x="0%" if is_earlier else "100%", y=y + 4, text_anchor="start" if is_earlier else "end",
        class_=f"off k-{band.kind}",
    )  # fmt: skip


def _curve(frame: StripFrame, curve: Sequence[tuple[Minutes, float]]) -> Iterable[Markup]:
    """The posterior's density as an area, stretched to the strip; heights are relative to its own peak."""
    top, base = frame.curve_top + 10, CURVE - 16
    yield tag("line", x1="0%", x2="100%", y1=top + base, y2=top + base, class_="base")
    inside = [(minute, density) for minute, density in curve if frame.axis.shows(minute)]
    peak = max((density for _, density in inside), default=0.0)
    if not peak > 0.0:
        return
    points = _thin([
        (round(_CURVE_WIDTH * frame.axis.share(minute)), round(base - base * density / peak))
        for minute, density in inside
    ])  # fmt: skip
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"M{points[0][0]},{base} L{line} L{points[-1][0]},{base}Z"
    yield tag(
        "svg",
        tag("path", d=area, class_="density"),
        x="0%", y=top, width="100%", height=base, viewBox=f"0 0 {_CURVE_WIDTH} {base}", preserveAspectRatio="none",
    )  # fmt: skip


def _thin(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Points without those that lie level between their neighbours."""
    kept: list[tuple[int, int]] = []
    for index, point in enumerate(points):
        is_end = index in (0, len(points) - 1)
        if is_end or not (points[index - 1][1] == point[1] == points[index + 1][1]):
            kept.append(point)
    return kept


def _median(frame: StripFrame, found: TimeFound) -> Iterable[Markup]:
    share = frame.axis.share(found.median)
    x = percent_of(share)
    yield tag("line", x1=x, x2=x, y1=AXIS, y2=frame.bottom, class_="median")
    anchor, shift = ("end", -6) if share > 0.5 else ("start", 6)
    for name in ("halo", "found"):
        yield tag(
            "text", frame.clock.clock(found.median), x=x, dx=shift, y=frame.curve_top + 26, text_anchor=anchor,
            class_=name, aria_hidden="true" if name == "halo" else None,
        )  # fmt: skip


def _flight_marks(frame: StripFrame, row: int, flight: FlightRow) -> Iterable[Markup]:
    y = frame.flights_top + ROW * row + ROW // 2
    axis = frame.axis
    shown = [point for point in flight.points if axis.shows(point.minute)]
    strength = responsibility_class(flight.responsibility)
    if flight.points:
        left, right = axis.clipped(flight.points[0].minute), axis.clipped(flight.points[-1].minute)
        if right > left:
            yield tag("line", x1=percent_of(left), x2=percent_of(right), y1=y, y2=y, class_=f"leg {strength}")
    for point in shown:
        yield _pass(frame, y, point, strength)


def _pass(frame: StripFrame, y: int, point: TrackPoint, strength: str) -> Markup:
    """A ring where the log says circling, else a stroke."""
    x = percent_of(frame.axis.share(point.minute))
    said = " ".join(filter(None, (point.platform, point.activity, point.heading and f"heading {point.heading}")))
    title = tag("title", f"{frame.clock.clock(point.minute)} {point.place}: {said} ({point.sighting_id})")
    if point.activity == "circling":
        return tag("circle", title, cx=x, cy=y, r=5, class_=f"loiter {strength}")
    return tag("line", title, x1=x, x2=x, y1=y - 7, y2=y + 7, class_=f"pass {strength}")


def _passes(frame: StripFrame, others: Sequence[TrackPoint]) -> Iterable[Markup]:
    y = frame.flights_top + ROW * len(frame.flights) + ROW // 2
    path = "".join(
        tag("line", x1=(x := percent_of(frame.axis.share(p.minute))), x2=x, y1=y - 4, y2=y + 4)
        for p in others
        if frame.axis.shows(p.minute)
    )
    yield tag("g", Markup(path), class_="others")
