"""The map of the whole case: incidents numbered as in the table, places of the log named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from consilience.publish.label_placing import LabelField
from consilience.publish.map_sheet import graticule, named, scale_bar
from consilience.publish.projection import Projection, fit
from consilience.publish.svg import picture, tag
from consilience.quantities import Degrees

WIDTH = 600.0
_TEXT = 11.0
_MARK = 9.0
_MOST_NAMES = 18


@dataclass(frozen=True, slots=True)
class Pin:
    """An incident's number, where it may have been, and the page's anchor for it."""

    number: int
    title: str
    anchor: str
    sites: tuple[tuple[Degrees, Degrees], ...]


def draw_overview_map(pins: Sequence[Pin], towns: Sequence[tuple[str, Degrees, Degrees]]) -> Markup | None:
    """Draw it; None where no incident has a position. Incidents closer than a mark share one, with all their numbers."""
    spots = [site for pin in pins for site in pin.sites]
    if not spots:
        return None
    projection = fit(spots, width=WIDTH, least_height=260.0, most_height=520.0, margin_km=8.0)
    groups = _group(projection, pins)
    field = LabelField(projection.width, projection.height)
    for x, y, members in groups:
        field.block(x, y, _width(members) / 2 + 1)
    children = [
        tag("rect", width=projection.width, height=projection.height, class_="sheet"),
        *graticule(projection, _TEXT),
        *scale_bar(projection, field),
        *_towns(projection, field, towns),
        *(part for group in groups for part in _mark(*group)),
    ]
    placed = sum(bool(pin.sites) for pin in pins)
    return picture(
        "Where the incidents were",
        f"{placed} of {len(pins)} incidents have a position; numbers are those of the table of incidents.",
        children,
        view_box=f"0 0 {projection.width:.0f} {projection.height:.0f}",
        class_="map overview",
    )


Group = tuple[float, float, list[tuple[Pin, bool]]]


def _group(projection: Projection, pins: Sequence[Pin]) -> list[Group]:
    """Incidents whose marks would overlap, each group at its first member's position."""
    groups: list[Group] = []
    for pin in pins:
        for lat, lon in pin.sites:
            x, y = projection.xy(lat, lon)
            near = next((g for g in groups if abs(g[0] - x) < 2.2 * _MARK and abs(g[1] - y) < 1.9 * _MARK), None)
            if near is None:
                groups.append((x, y, [(pin, len(pin.sites) > 1)]))
            elif all(pin is not member for member, _ in near[2]):
                near[2].append((pin, len(pin.sites) > 1))
    return groups


def _text_of(members: Sequence[tuple[Pin, bool]]) -> str:
    """"3", "5, 6", "12?" for a candidate place, "9 incidents" beyond three."""
    if len(members) > 3:
        return f"{len(members)}×"
    return ", ".join(f"{pin.number}{'?' if is_candidate else ''}" for pin, is_candidate in members)


def _width(members: Sequence[tuple[Pin, bool]]) -> float:
    return max(2 * _MARK, len(_text_of(members)) * _TEXT * 0.6 + 8)


def _mark(x: float, y: float, members: Sequence[tuple[Pin, bool]]) -> Iterable[Markup]:
    wide = _width(members)
    title = tag("title", "; ".join(f"{pin.number} {pin.title}" for pin, _ in members))
    shape = tag(
        "rect", title, x=x - wide / 2, y=y - _MARK, width=wide, height=2 * _MARK, rx=_MARK,
        class_="pin maybe" if all(maybe for _, maybe in members) else "pin",
    )  # fmt: skip
    text = tag("text", _text_of(members), x=x, y=y + _TEXT * 0.36, text_anchor="middle", class_="pin-number")
    yield tag("a", shape, text, href=f"#{members[0][0].anchor if len(members) <= 3 else 'incidents'}")


def _towns(
    projection: Projection, field: LabelField, towns: Sequence[tuple[str, Degrees, Degrees]]
) -> Iterable[Markup]:
    inside = [(name, *projection.xy(lat, lon)) for name, lat, lon in towns if projection.holds(lat, lon)]
    for name, x, y in inside[:_MOST_NAMES]:
        yield tag("circle", cx=x, cy=y, r=1.8, class_="town-dot")
        yield from named(field, name, x, y, size=_TEXT, gap=5, kind="town")
