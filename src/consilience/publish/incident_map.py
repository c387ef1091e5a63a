"""The map of an incident: the facility with its error, sightings, candidate flights, rings, scale and names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from consilience.publish.label_placing import LabelField
from consilience.publish.likelihood_words import percent
from consilience.publish.map_sheet import graticule, named, scale_bar
from consilience.publish.projection import KM_PER_DEGREE, Projection, fit
from consilience.publish.svg import picture, tag
from consilience.publish.time_strip import FlightRow, responsibility_class
from consilience.quantities import Degrees, Kilometres, great_circle_m
from consilience.records.views import Site, TrackPoint

WIDTH = 380.0
_TEXT = 10.0
RINGS_KM: tuple[Kilometres, ...] = (5.0, 10.0, 20.0)
_FARTHEST_KM: Kilometres = 70.0
"""Points of a candidate flight beyond this don't widen the map; its path runs off the sheet (our choice: an air base at
a hundred kilometres would shrink the rings to a dot)."""
_MOST_NAMES = 14


def draw_incident_map(
    name: str, sites: Sequence[Site], flights: Sequence[FlightRow], others: Sequence[TrackPoint]
) -> Markup | None:
    """Draw it; None where no position is known. Several candidate places are all drawn, each with a question mark."""
    if not sites:
        return None
    points = [point for flight in flights for point in flight.points]
    projection = _frame(sites, points)
    field = LabelField(projection.width, projection.height)
    for site in sites:
        field.block(*projection.xy(site.lat, site.lon), 9)
    children = [
        tag("rect", width=projection.width, height=projection.height, class_="sheet"),
        *graticule(projection, _TEXT),
        *(part for site in sites for part in _rings(projection, site, is_only=len(sites) == 1)),
        *_others(projection, others),
        *(part for flight in reversed(flights) for part in _path(projection, flight)),
        *(part for number, site in enumerate(sites, 1) for part in _site(projection, site, number, len(sites))),
        *scale_bar(projection, field),
        *(part for flight in flights for part in _share(projection, field, flight)),
        *_names(projection, field, sites, points, others),
    ]
    return picture(
        name, _describe(sites, flights), children,
        view_box=f"0 0 {projection.width:.0f} {projection.height:.0f}", class_="map",
    )  # fmt: skip


def _frame(sites: Sequence[Site], points: Sequence[TrackPoint]) -> Projection:
    reach = RINGS_KM[-1] if len(sites) == 1 else RINGS_KM[0]
    corners: list[tuple[Degrees, Degrees]] = []
    for site in sites:
        dlat = reach / KM_PER_DEGREE
        dlon = dlat / math.cos(math.radians(site.lat))
        corners += [(site.lat - dlat, site.lon - dlon), (site.lat + dlat, site.lon + dlon)]
    corners += [(p.lat, p.lon) for p in points if _nearest_km(p, sites) <= _FARTHEST_KM]
    return fit(corners, width=WIDTH, least_height=300.0, most_height=460.0, margin_km=3.0)


def _nearest_km(point: TrackPoint, sites: Sequence[Site]) -> Kilometres:
    return min(float(great_circle_m(point.lat, point.lon, site.lat, site.lon)) / 1000 for site in sites)


def _rings(projection: Projection, site: Site, *, is_only: bool) -> Iterable[Markup]:
    x, y = projection.xy(site.lat, site.lon)
    for km in RINGS_KM if is_only else RINGS_KM[:1]:
        radius = km * projection.units_per_km
        yield tag("circle", cx=x, cy=y, r=radius, class_="ring")
        yield tag("text", f"{km:g} km", x=x, y=y + radius - 3, text_anchor="middle", class_="degrees")


def _site(projection: Projection, site: Site, number: int, of: int) -> Iterable[Markup]:
    x, y = projection.xy(site.lat, site.lon)
    error = projection.length(site.error_m)
    title = tag("title", f"{site.name}, known to ±{site.error_m:,.0f} m" + ("" if of == 1 else f" (candidate {number} of {of})"))
    yield tag("circle", title, cx=x, cy=y, r=max(error, 2.0), class_="error")
    yield tag("path", title, d=f"M{x - 6:.1f},{y:.1f}h12M{x:.1f},{y - 6:.1f}v12", class_="target")
    if of > 1:
        yield tag("text", f"{number}?", x=x + 8, y=y - 6, class_="candidate")


def _others(projection: Projection, others: Sequence[TrackPoint]) -> Iterable[Markup]:
    seen = sorted({projection.xy(p.lat, p.lon) for p in others if projection.holds(p.lat, p.lon)})
    dots = "".join(tag("circle", cx=x, cy=y, r=2) for x, y in seen)
    if dots:
        yield tag("g", Markup(dots), class_="others")


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


def _share(projection: Projection, field: LabelField, flight: FlightRow) -> Iterable[Markup]:
    """The responsibility, written at the flight's sighting on the sheet."""
    for point in flight.points:
        if projection.holds(point.lat, point.lon):
            x, y = projection.xy(point.lat, point.lon)
            yield from named(field, percent(flight.responsibility), x, y, size=_TEXT * 1.1, gap=8, kind="share")
            return


def _names(
    projection: Projection, field: LabelField, sites: Sequence[Site], points: Sequence[TrackPoint],
    others: Sequence[TrackPoint],
) -> Iterable[Markup]:
    """Places of the log: those of candidate flights first, then those seen most often; a dozen at most."""
    often: dict[str, int] = {}
    where: dict[str, tuple[Degrees, Degrees]] = {}
    for point in (*points, *others):
        often[point.place] = often.get(point.place, 0) + (1000 if point in points else 1)
        where.setdefault(point.place, (point.lat, point.lon))
    for site in sites:
        if len(sites) > 1:
            where.setdefault(site.name, (site.lat, site.lon))
            often[site.name] = 10_000
    for place in sorted(where, key=lambda p: (-often[p], p))[:_MOST_NAMES]:
        if projection.holds(*where[place]):
            x, y = projection.xy(*where[place])
            yield from named(field, place, x, y, size=_TEXT, gap=5, kind="town")


def _describe(sites: Sequence[Site], flights: Sequence[FlightRow]) -> str:
    where = (
        f"{sites[0].name}, known to ±{sites[0].error_m:,.0f} m" if len(sites) == 1
        else f"{len(sites)} candidate places: " + "; ".join(site.name for site in sites)
    )  # fmt: skip
    drawn = "; ".join(
        f"{flight.track_id} {percent(flight.responsibility)}, nearest sighting "
        f"{min((_nearest_km(p, sites) for p in flight.points), default=math.nan):.0f} km away"
        for flight in flights if flight.points
    )  # fmt: skip
    return f"{where}. Rings at 5, 10 and 20 km. " + (f"Candidate flights: {drawn}." if drawn else "No candidate flight.")
