"""Numbers with their intervals as rows of a table: a name, a dot on a common axis, and the number in figures.

Every row is a picture of its own whose horizontal positions are percentages, so that names wrap as text does and
figures stay readable on a telephone, on paper and by ear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from consilience.publish.svg import percent_of, tag

HEIGHT = 20
_MIDDLE = HEIGHT / 2


@dataclass(frozen=True, slots=True)
class DotAxis:
    """A linear axis; `ticks` are (value, what is written there)."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def percent(self, value: float) -> str:
        """Where a value stands, as a percentage of the width; what lies outside stands at the end."""
        return percent_of(min(max((value - self.low) / (self.high - self.low), 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class Dot:
    """One row before it is drawn. `beside` is drawn as a ring: what the value is compared with; None: nothing.

    `reach` is drawn as a pale bar: a span of something else than the value's own uncertainty.
    """

    name: str
    value: float
    low: float
    high: float
    shown: str
    beside: float | None = None
    reach: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class DotRow:
    """A drawn row: its name, its picture, its figures."""

    name: str
    svg: Markup
    shown: str


@dataclass(frozen=True, slots=True)
class DotTable:
    """Drawn rows and the axis under them."""

    rows: tuple[DotRow, ...]
    axis: Markup


def draw_dots(dots: Iterable[Dot], axis: DotAxis) -> DotTable:
    """Draw rows on one axis, in the order given."""
    return DotTable(tuple(DotRow(dot.name, _row(dot, axis), dot.shown) for dot in dots), _axis(axis))


_STEPS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15)


def share_axis(highest: float) -> DotAxis:
    """From 0 to a round share that holds the highest, in four steps, every second with its figure."""
    step = next((step for step in _STEPS if highest <= 4 * step), 0.25)
    return DotAxis(0.0, 4 * step, tuple((k * step, "" if k % 2 else f"{100 * k * step:g} %") for k in range(5)))


def _row(dot: Dot, axis: DotAxis) -> Markup:
    parts = [*_grid(axis)]
    if dot.reach is not None:
        parts.append(_span(axis, *dot.reach, "reach"))
    parts.append(_span(axis, dot.low, dot.high, "whisker"))
    if dot.beside is not None:
        parts.append(tag("circle", cx=axis.percent(dot.beside), cy=_MIDDLE, r=4.5, class_="beside-dot"))
    parts.append(tag("circle", cx=axis.percent(dot.value), cy=_MIDDLE, r=4, class_="dot"))
    return tag("svg", *parts, width="100%", height=HEIGHT, class_="dot-row", aria_hidden="true")


def _grid(axis: DotAxis) -> Iterable[Markup]:
    for value, _ in axis.ticks:
        x = axis.percent(value)
        yield tag("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="grid")


def _span(axis: DotAxis, low: float, high: float, style: str) -> Markup:
    return tag("line", x1=axis.percent(low), x2=axis.percent(high), y1=_MIDDLE, y2=_MIDDLE, class_=style)


def _axis(axis: DotAxis) -> Markup:
    return tag(
        "svg", *labels_under(axis, 12), width="100%", height=16, class_="dot-row", aria_hidden="true"
    )  # fmt: skip


def labels_under(axis: DotAxis, y: float) -> Sequence[Markup]:
    """What is written at each tick, at a height; those at the ends stay inside."""
    ends = {axis.low: "start", axis.high: "end"}
    return [
        tag("text", text, x=axis.percent(value), y=y, text_anchor=ends.get(value, "middle"), class_="clock")
        for value, text in axis.ticks
        if text
    ]
