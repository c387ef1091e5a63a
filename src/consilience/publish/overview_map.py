"""The map of the whole case: incidents numbered as in the table, places of the log named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from consilience.publish.label_placing import LabelField
from consilience.publish.map_sheet import graticule, named, scale_bar
from consilience.publish.projection import Projection, fit
from consilience.publish.svg import picture, tag
from consilience.publish.town_names import Town
from consilience.quantities import Degrees

WIDTH = 600.0
"""On a page of its own; a publication's summary sets the map beside other pictures."""
_TEXT = 13.0
_ROOM = 17.0
"""Size of text for which names get room: that of a telephone (see incident_map)."""
_MARK = 10.0
_MOST_NAMES = 22
_MOST_NUMBERS = 3
_TOWN_GAP = 24.0
"""Picture units between two towns that both get a name."""


@dataclass(frozen=True, slots=True)
class Pin:
    """An incident's number, where it may have been, and the page's anchor for it."""

    number: int
    title: str
    anchor: str
    sites: tuple[tuple[Degrees, Degrees], ...]


def draw_overview_map(pins: Sequence[Pin], towns: Sequence[Town], width: float = WIDTH) -> Markup | None:
    """Draw it, `width` pixels wide; None where no incident has a position. Marks that would overlap are one."""
    spots = [site for pin in pins for site in pin.sites]
    if not spots:
        return None
    projection = fit(spots, width=width, least_height=0.43 * width, most_height=0.87 * width, margin_km=8.0)
    groups = _group(projection, pins)
    field = LabelField(projection.width, projection.height)
    field.block(projection.width / 2, 0, projection.width / 2, 1.4 * _TEXT)
    for group in groups:
        field.block(group.x, group.y, group.width / 2 + 1, _MARK + 1)
    children = [
        tag("rect", width=projection.width, height=projection.height, class_="sheet"),
        *graticule(projection, _TEXT, field),
        *scale_bar(projection, field),
        *_towns(projection, field, towns),
        *(part for group in groups for part in _mark(group)),
    ]
    placed = sum(bool(pin.sites) for pin in pins)
    return picture(
        "Where the incidents were",
        f"{placed} of {len(pins)} incidents have a position; numbers are those of the table of incidents.",
        children,
        view_box=f"0 0 {projection.width:.0f} {projection.height:.0f}",
        class_="map overview",
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Incidents that share a mark, at the middle of their positions; True with a pin that has several candidates."""

    x: float
    y: float
    members: tuple[tuple[Pin, bool], ...]

    @property
    def text(self) -> str:
        """ "3", "5, 6", "12?" for a candidate place, "9×" beyond three."""
        if len(self.members) > _MOST_NUMBERS:
            return f"{len(self.members)}×"
        return ", ".join(f"{pin.number}{'?' if is_candidate else ''}" for pin, is_candidate in self.members)

    @property
    def width(self) -> float:
        return max(2 * _MARK, len(self.text) * _TEXT * 0.58 + 9)

    def overlaps(self, other: _Group) -> bool:
        return abs(self.x - other.x) < (self.width + other.width) / 2 and abs(self.y - other.y) < 2 * _MARK

    def joined(self, other: _Group) -> _Group:
        mine, theirs = len(self.members), len(other.members)
        known = {pin.number for pin, _ in self.members}
        members = self.members + tuple(one for one in other.members if one[0].number not in known)
        return _Group(
            (self.x * mine + other.x * theirs) / (mine + theirs),
            (self.y * mine + other.y * theirs) / (mine + theirs),
            tuple(sorted(members, key=lambda one: one[0].number)),
        )


def _group(projection: Projection, pins: Sequence[Pin]) -> list[_Group]:
    """Marks that would cover each other joined, until none does."""
    groups: list[_Group] = []
    for pin in pins:
        for lat, lon in pin.sites:
            fresh = _Group(*projection.xy(lat, lon), ((pin, len(pin.sites) > 1),))
            while near := [group for group in groups if group.overlaps(fresh)]:
                for group in near:
                    groups.remove(group)
                    fresh = group.joined(fresh)
            groups.append(fresh)
    return groups


def _mark(group: _Group) -> Iterable[Markup]:
    title = tag("title", "; ".join(f"{pin.number} {pin.title}" for pin, _ in group.members))
    shape = tag(
        "rect", title, x=group.x - group.width / 2, y=group.y - _MARK, width=group.width, height=2 * _MARK, rx=_MARK,
        class_="pin maybe" if all(maybe for _, maybe in group.members) else "pin",
    )  # fmt: skip
    text = tag("text", group.text, x=group.x, y=group.y + _TEXT * 0.36, text_anchor="middle", class_="pin-number")
    target = group.members[0][0].anchor if len(group.members) == 1 else "incidents"
    yield tag("a", shape, text, href=f"#{target}")


def _towns(projection: Projection, field: LabelField, towns: Sequence[Town]) -> Iterable[Markup]:
    """Names in the order given, where there is room, none within a few kilometres of one that has its name already."""
    placed: list[tuple[float, float]] = []
    for name, lat, lon in towns:
        x, y = projection.xy(lat, lon)
        if len(placed) == _MOST_NAMES or not projection.holds(lat, lon):
            continue
        if any(abs(x - px) < _TOWN_GAP and abs(y - py) < _TOWN_GAP for px, py in placed):
            continue
        written = list(named(field, name, x, y, size=_ROOM, gap=5, kind="town"))
        if written:
            placed.append((x, y))
            yield tag("circle", cx=x, cy=y, r=1.8, class_="town-dot")
            yield from written
