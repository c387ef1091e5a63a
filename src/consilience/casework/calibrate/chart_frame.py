"""The frame in which the charts of a calibration stand: axes, ticks, lines, dots with intervals, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from consilience.publish.svg import picture, tag

WIDTH, HEIGHT = 440.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 22.0, 10.0, 44.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from `low` to `high`; `ticks` are (value, what is written there)."""

    name: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]


SHARES = tuple((tenth / 5, f"{20 * tenth} %") for tenth in range(6))


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns values into pixels and draws on them. What lies outside an axis is drawn at its end."""

    x: Axis
    y: Axis

    def at(self, x: Floats | float, y: Floats | float) -> list[tuple[float, float]]:
        """Pixels of points."""
        across = (np.clip(x, self.x.low, self.x.high) - self.x.low) / (self.x.high - self.x.low)
        up = (np.clip(y, self.y.low, self.y.high) - self.y.low) / (self.y.high - self.y.low)
        pixels_x, pixels_y = np.broadcast_arrays(
            LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)
        )
        return [(float(a), float(b)) for a, b in zip(np.atleast_1d(pixels_x), np.atleast_1d(pixels_y), strict=True)]

    def line(self, x: Floats, y: Floats, style: str) -> Markup:
        """A line through points."""
        return tag("polyline", points=_points(self.at(x, y)), class_=f"line {style}")

    def steps(self, x: Floats, y: Floats, style: str) -> Markup:
        """A step line: y[i] holds from x[i] to x[i + 1]."""
        return self.line(np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1], style)

    def band(self, x: Floats, low: Floats, high: Floats) -> Markup:
        """The area between two lines."""
        outline = [*self.at(x, low), *reversed(self.at(x, high))]
        return tag("polygon", points=_points(outline), class_="band")

    def bar(self, left: float, right: float, height: float, says: str) -> Markup:
        """A bar from the axis up, with a title that a mouse finds."""
        (x1, y1), (x2, y2) = self.at(left, height)[0], self.at(right, self.y.low)[0]
        return tag("rect", tag("title", says), x=x1, y=y1, width=max(x2 - x1 - 1.0, 0.5), height=y2 - y1, class_="bar")

    def dot(self, x: float, y: float, low: float, high: float, says: str) -> Markup:
        """A dot with its interval."""
        (px, py), (_, top), (_, bottom) = self.at(x, y)[0], self.at(x, high)[0], self.at(x, low)[0]
        whisker = tag("line", x1=px, x2=px, y1=top, y2=bottom, class_="whisker")
        return tag("g", tag("title", says), whisker, tag("circle", cx=px, cy=py, r=3.5, class_="dot"))

    def draw(self, name: str, description: str, marks: Iterable[str]) -> Markup:
        """The whole picture."""
        return picture(
            name, description, [*self._axes(), *marks], view_box=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}", class_="chart"
        )

    def _axes(self) -> Iterable[Markup]:
        floor, ceiling = HEIGHT - BOTTOM, TOP
        for value, text in self.x.ticks:
            ((px, _),) = self.at(value, self.y.low)
            yield tag("line", x1=px, x2=px, y1=floor, y2=ceiling, class_="grid")
            yield tag("text", text, x=px, y=floor + 15, text_anchor="middle")
        for value, text in self.y.ticks:
            ((_, py),) = self.at(self.x.low, value)
            yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=py, y2=py, class_="grid")
            yield tag("text", text, x=LEFT - 6, y=py + 4, text_anchor="end")
        middle = (LEFT + WIDTH - RIGHT) / 2
        yield tag("text", self.x.name, x=middle, y=HEIGHT - 6, text_anchor="middle", class_="axis")
        across = (TOP + HEIGHT - BOTTOM) / 2
        turned = f"rotate(-90 11 {across:.0f})"
        yield tag("text", self.y.name, x=11.0, y=across, text_anchor="middle", transform=turned, class_="axis")


def _points(pixels: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pixels)
