"""What every map of ours has: frame, graticule with degrees, scale bar, names."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from consilience.publish.label_placing import LabelField
from consilience.publish.projection import Projection, graticule_lines, scale_bar_km
from consilience.publish.svg import tag

_LONGEST = 90
"""Units that degrees may take in any language and at a telephone's size of text; nearer to the frame they end at their
meridian."""
_LARGER = 1.2
"""So many times the size of text degrees have on a telephone, at most (publication.css, report.css)."""


def graticule(projection: Projection, text_size: float, field: LabelField) -> Iterable[Markup]:
    """Meridians and parallels at round degrees, each with its degrees at the frame, which keep names off."""
    for lon in graticule_lines(projection.west, projection.east):
        x, _ = projection.xy(projection.north, lon)
        yield tag("line", x1=x, x2=x, y1=0, y2=projection.height, class_="graticule")
        if 30 < x < projection.width - 30:
            fits = x < projection.width - _LONGEST
            yield tag(
                "text",
                f"{degrees(lon)} E" if lon >= 0 else f"{degrees(-lon)} W",
                x=x + 2 if fits else x - 2,
                y=text_size,
                text_anchor=None if fits else "end",
                class_="degrees",
            )
    for lat in graticule_lines(projection.south, projection.north):
        _, y = projection.xy(lat, projection.west)
        yield tag("line", x1=0, x2=projection.width, y1=y, y2=y, class_="graticule")
        if text_size * 2 < y < projection.height - text_size:
            said, high = f"{degrees(lat)} N" if lat >= 0 else f"{degrees(-lat)} S", text_size * _LARGER
            half = len(said) * high * 0.3
            field.block(3 + half, y - 2 - high * 0.3, half, high * 0.6)
            yield tag("text", said, x=3, y=y - 2, class_="degrees")


def degrees(value: float) -> str:
    """36.25°, without needless noughts."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "°"


def scale_bar(projection: Projection, field: LabelField) -> Iterable[Markup]:
    """A bar of a round number of kilometres at the lower right."""
    km = scale_bar_km(projection)
    long = km * projection.units_per_km
    x, y = projection.width - 12 - long, projection.height - 12
    field.block(x + long / 2, y - 8, long / 2 + 8, 14)
    yield tag("path", d=f"M{x:.1f},{y - 4:.1f} v4 h{long:.1f} v-4", class_="scale")
    yield tag("text", f"{km:g} km", x=x + long / 2, y=y - 6, text_anchor="middle", class_="degrees")


def named(field: LabelField, text: str, x: float, y: float, *, size: float, gap: float, kind: str) -> Iterable[Markup]:
    """A name where there is room for it; nothing where there is none."""
    label = field.place(text, x, y, size, gap)
    if label is not None:
        yield tag("text", label.text, x=label.x, y=label.y, text_anchor=label.anchor, class_=kind)
