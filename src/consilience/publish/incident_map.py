"""The map of an incident: the facility with its error, sightings, candidate flights, rings, scale and names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from consilience.publish.label_placing import LabelField
from consilience.publish.likelihood_words import percent
from consilience.publish.local_time import LocalClock
from consilience.publish.map_sheet import graticule, named, scale_bar
from consilience.publish.projection import KM_PER_DEGREE, Projection, fit
from consilience.publish.strip_rows import FlightRow, responsibility_class
from consilience.publish.svg import picture, tag
from consilience.publish.town_names import Town
from consilience.quantities import Degrees, Kilometres, great_circle_m
from consilience.records.views import NoticedPoint, Site, TrackPoint

WIDTH = 380.0
_TEXT = 10.0
_ROOM = 13.0
"""Size of text for which names get room: the style sheets write them this large on a telephone and on paper, and names
that have room then have it everywhere."""
RINGS_KM: tuple[Kilometres, ...] = (5.0, 10.0, 20.0)
_FARTHEST_KM: Kilometres = 70.0
"""Points of a candidate flight beyond this don't widen the map; its path runs off the sheet (our choice: an air base at
a hundred kilometres would shrink the rings to a dot)."""
_LEAST_FRAMED = 0.05
"""Flights of less responsibility are drawn but don't widen the map (our choice)."""
_MOST_NAMES = 14
_TOWN_GAP = 26.0
"""Picture units between two towns that both get a name."""


def draw_incident_map(
    name: str,
    sites: Sequence[Site],
    flights: Sequence[FlightRow],
    others: Sequence[TrackPoint],
    towns: Sequence[Town],
    clock: LocalClock,
    noticed: Sequence[NoticedPoint] = (),
) -> Markup | None:
    """Draw it; None where no position is known. Several candidate places are all drawn, each with a question mark.

    `noticed` are detections: drawn where they fall on the sheet, which they don't widen.
    """
    if not sites:
        return None
    points = [p for flight in flights for p in flight.points if flight.responsibility >= _LEAST_FRAMED]
    projection = _frame(sites, points)
    field = LabelField(projection.width, projection.height)
    _block_marks(projection, field, sites)
    children = [
        tag("rect", width=projection.width, height=projection.height, class_="sheet"),
        *graticule(projection, _TEXT, field),
        *(part for site in sites for part in _rings(projection, site, _rings_of(sites))),
        *_others(projection, others),
        *_noticed(projection, noticed),
        *(part for flight in reversed(flights) for part in _path(projection, flight)),
        *(part for number, site in enumerate(sites, 1) for part in _site(projection, site, number, len(sites))),
        *scale_bar(projection, field),
        *(part for flight in flights for part in _share(projection, field, flight, sites)),
        *(part for flight in flights[:1] for part in _stations(projection, field, flight, clock)),
        *_names(projection, field, sites, flights, others, towns),
    ]
    return picture(
        name, _describe(sites, flights, noticed), children,
        view_box=f"0 0 {projection.width:.0f} {projection.height:.0f}", class_="map",
    )  # fmt: skip


def _block_marks(projection: Projection, field: LabelField, sites: Sequence[Site]) -> None:
    """Keep names off the degrees at the top, the crosses and the rings' distances."""
    field.block(projection.width / 2, 0, projection.width / 2, 1.4 * _TEXT)
    for site in sites:
        x, y = projection.xy(site.lat, site.lon)
        field.block(x, y, 9, 9)
        for km in _rings_of(sites):
            field.block(x, y - km * projection.units_per_km - 0.4 * _TEXT, 16, 0.6 * _TEXT)


def _rings_of(sites: Sequence[Site]) -> tuple[Kilometres, ...]:
    return RINGS_KM if len(sites) == 1 else RINGS_KM[:1]


def _frame(sites: Sequence[Site], points: Sequence[TrackPoint]) -> Projection:
    reach = _rings_of(sites)[-1]
    corners: list[tuple[Degrees, Degrees]] = []
    for site in sites:
        dlat = reach / KM_PER_DEGREE
        dlon = dlat / math.cos(math.radians(site.lat))
        corners += [(site.lat - dlat, site.lon - dlon), (site.lat + dlat, site.lon + dlon)]
    corners += [(p.lat, p.lon) for p in points if _nearest_km(p, sites) <= _FARTHEST_KM]
    return fit(corners, width=WIDTH, least_height=300.0, most_height=460.0, margin_km=3.0)


def _nearest_km(point: TrackPoint, sites: Sequence[Site]) -> Kilometres:
    return min(float(great_circle_m(point.lat, point.lon, site.lat, site.lon)) / 1000 for site in sites)


def _rings(projection: Projection, site: Site, rings_km: Sequence[Kilometres]) -> Iterable[Markup]:
    x, y = projection.xy(site.lat, site.lon)
    for km in rings_km:
        radius = km * projection.units_per_km
        yield tag("circle", cx=x, cy=y, r=radius, class_="ring")
        yield tag("text", f"{km:g} km", x=x, y=y - radius - 2, text_anchor="middle", class_="degrees ringed")


def _site(projection: Projection, site: Site, number: int, of: int) -> Iterable[Markup]:
    x, y = projection.xy(site.lat, site.lon)
    error = projection.length(site.error_m)
    title = tag(
        "title", f"{site.name}, known to ±{site.error_m:,.0f} m" + ("" if of == 1 else f" (candidate {number} of {of})")
    )
    yield tag("circle", title, cx=x, cy=y, r=max(error, 2.0), class_="error")
    yield tag("path", title, d=f"M{x - 6:.1f},{y:.1f}h12M{x:.1f},{y - 6:.1f}v12", class_="target")
    if of > 1:
        yield tag("text", f"{number}?", x=x + 8, y=y - 6, class_="candidate")


def _others(projection: Projection, others: Sequence[TrackPoint]) -> Iterable[Markup]:
    seen = sorted({projection.xy(p.lat, p.lon) for p in others if projection.holds(p.lat, p.lon)})
    dots = "".join(tag("circle", cx=x, cy=y, r=2) for x, y in seen)
    if dots:
        yield tag("g", Markup(dots), class_="others")


def _noticed(projection: Projection, noticed: Sequence[NoticedPoint]) -> Iterable[Markup]:
    """A lozenge for each detection, within the circle of its position error."""
    for point in noticed:
        if projection.holds(point.lat, point.lon):
            x, y = projection.xy(point.lat, point.lon)
            title = tag("title", f"{point.evidence_id}: {point.says}")
            yield tag("circle", title, cx=x, cy=y, r=max(projection.length(point.error_m), 2.0), class_="noticed-error")
            yield tag("path", title, d=f"M{x:.1f},{y - 5:.1f}l5,5l-5,5l-5,-5z", class_="noticed k-detection")


def _path(projection: Projection, flight: FlightRow) -> Iterable[Markup]:
    strength = responsibility_class(flight.responsibility)
    spots = [projection.xy(p.lat, p.lon) for p in flight.points]
    if len(spots) > 1:
        line = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        title = tag("title", f"{flight.track_id}: {percent(flight.responsibility)} of the responsibility")
        yield tag("path", title, d=line, class_=f"flight {strength}")
    for point, (x, y) in zip(flight.points, spots, strict=True):
        if not projection.holds(point.lat, point.lon):
            continue
        title = tag("title", f"{point.place}: {point.platform} {point.activity or ''} ({point.sighting_id})")
        if point.activity == "circling":
            yield tag("circle", title, cx=x, cy=y, r=6, class_=f"loiter {strength}")
        yield tag("circle", title, cx=x, cy=y, r=3, class_=f"spot {strength}")


def _share(projection: Projection, field: LabelField, flight: FlightRow, sites: Sequence[Site]) -> Iterable[Markup]:
    """The responsibility, written at the sighting nearest to the place."""
    inside = [point for point in flight.points if projection.holds(point.lat, point.lon)]
    if inside:
        nearest = min(inside, key=lambda point: _nearest_km(point, sites))
        x, y = projection.xy(nearest.lat, nearest.lon)
        yield from named(field, percent(flight.responsibility), x, y, size=_ROOM, gap=8, kind="share")


def _stations(projection: Projection, field: LabelField, flight: FlightRow, clock: LocalClock) -> Iterable[Markup]:
    """Where and when the flight with the largest responsibility was seen; several times at one place in one label."""
    times: dict[tuple[str, float, float], list[str]] = {}
    for point in flight.points:
        if projection.holds(point.lat, point.lon):
            times.setdefault((point.place, *projection.xy(point.lat, point.lon)), []).append(clock.clock(point.minute))
    for (place, x, y), seen in times.items():
        shown = seen[0] if len(seen) == 1 else f"{seen[0]}–{seen[-1]}"
        yield from named(field, f"{place} {shown}", x, y, size=_ROOM, gap=8, kind="station")


def _names(
    projection: Projection,
    field: LabelField,
    sites: Sequence[Site],
    flights: Sequence[FlightRow],
    others: Sequence[TrackPoint],
    towns: Sequence[Town],
) -> Iterable[Markup]:
    """Places of the log: those of candidate flights first, then those seen most often, then towns; a dozen at most.

    Those of the first flight have a label with times already.
    """
    often: dict[str, int] = {}
    where: dict[str, tuple[Degrees, Degrees]] = {}
    labelled = {point.place for flight in flights[:1] for point in flight.points}
    candidates = [point for flight in flights for point in flight.points]
    for point, weight in [*((p, 1000) for p in candidates), *((p, 1) for p in others)]:
        if point.place not in labelled:
            often[point.place] = often.get(point.place, 0) + weight
            where.setdefault(point.place, (point.lat, point.lon))
    for site in sites:
        if len(sites) > 1:
            where.setdefault(site.name, (site.lat, site.lon))
            often[site.name] = 10_000
    for place in sorted(where, key=lambda p: (-often[p], p))[:_MOST_NAMES]:
        if projection.holds(*where[place]):
            x, y = projection.xy(*where[place])
            yield from named(field, place, x, y, size=_ROOM, gap=5, kind="town")
    taken = [projection.xy(*position) for position in where.values()] + [
        projection.xy(p.lat, p.lon) for p in candidates
    ]
    for name, lat, lon in towns:
        x, y = projection.xy(lat, lon)
        if projection.holds(lat, lon) and len(taken) < 4 * _MOST_NAMES and _is_apart(x, y, taken):
            taken.append((x, y))
            if written := list(named(field, name, x, y, size=_ROOM, gap=4, kind="town")):
                yield tag("circle", cx=x, cy=y, r=1.2, class_="town-dot")
                yield from written


def _is_apart(x: float, y: float, taken: Sequence[tuple[float, float]]) -> bool:
    """Is no other name within a few kilometres? One town often has two spellings."""
    return all(abs(x - tx) > _TOWN_GAP or abs(y - ty) > _TOWN_GAP for tx, ty in taken)


def _describe(sites: Sequence[Site], flights: Sequence[FlightRow], noticed: Sequence[NoticedPoint]) -> str:
    where = (
        f"{sites[0].name}, known to ±{sites[0].error_m:,.0f} m" if len(sites) == 1
        else f"{len(sites)} candidate places: " + "; ".join(site.name for site in sites)
    )  # fmt: skip
    drawn = "; ".join(
        f"{flight.track_id} {percent(flight.responsibility)}, nearest sighting "
        f"{min((_nearest_km(p, sites) for p in flight.points), default=math.nan):.0f} km away"
        for flight in flights if flight.points
    )  # fmt: skip
    seen = "; ".join(f"{point.evidence_id} {point.says}" for point in noticed)
    return (
        f"{where}. Rings at 5, 10 and 20 km. "
        + (f"Candidate flights: {drawn}." if drawn else "No candidate flight.")
        + (f" Detections: {seen}." if seen else "")
    )
