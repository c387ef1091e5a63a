"""Drawings for a publication: one language, time that runs with the script, looks by the classes of pictures.css."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

from consilience.publish.statements.words import Words
from consilience.publish.svg import tag

_SIDES = {"E": "east", "W": "west", "N": "north", "S": "south"}


def standing(drawing: Markup, words: Words, name: str) -> str:
    """One of the working report's drawings under a name of its own, its few words in the language.

    Hidden titles and descriptions go: a publication says in words, which its profile allows, what a picture shows.
    """
    svg = re.sub(r"<(title|desc)>.*?</\1>", "", str(drawing), flags=re.DOTALL)
    svg = re.sub(r'aria-label="[^"]*"', lambda _: Markup('aria-label="{}"').format(name), svg, count=1)
    svg = re.sub(r">([\d.]+°) ([EWNS])<", lambda found: f">{found[1]} {words.label('side_' + _SIDES[found[2]])}<", svg)
    return re.sub(r">([\d.]+) km<", lambda found: f">{words.label('km', n=found[1])}<", svg)


class Sheet:
    """A drawing whose time runs with the script: x is measured from the side at which reading starts."""

    def __init__(self, width: float, height: float, words: Words) -> None:
        self.width, self.height, self.words = width, height, words
        self._parts: list[Markup] = []

    def _x(self, x: float, width: float = 0.0) -> float:
        return self.width - x - width if self.words.is_rtl else x

    def rect(self, x: float, y: float, width: float, height: float, look: str, opacity: float | None = None) -> None:
        """A rectangle that begins at x."""
        shade = None if opacity is None else f"{opacity:.2f}"
        x = self._x(x, width)
        self._parts.append(tag("rect", x=x, y=y, width=width, height=height, class_=look, fill_opacity=shade))

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = "rule") -> None:
        """A line."""
        self._parts.append(tag("line", x1=self._x(x1), y1=y1, x2=self._x(x2), y2=y2, class_=look))

    def circle(self, x: float, y: float, r: float, look: str) -> None:
        """A disc."""
        self._parts.append(tag("circle", cx=self._x(x), cy=y, r=r, class_=look))

    def polygon(self, points: Iterable[tuple[float, float]], look: str) -> None:
        """A closed shape."""
        said = " ".join(f"{self._x(x):.1f},{y:.1f}" for x, y in points)
        self._parts.append(tag("polygon", points=said, class_=look))

    def text(self, text: str, x: float, y: float, anchor: str = "start", look: str | None = None) -> None:
        """A line of text; `start` is the side at which reading starts."""
        side = {"start": "end", "end": "start"}.get(anchor, anchor) if self.words.is_rtl else anchor
        self._parts.append(tag("text", text, x=self._x(x), y=y, text_anchor=side, class_=look))

    def svg(self, name: str) -> str:
        """The drawing, under a name for those who can't see it."""
        box = f"0 0 {self.width:.0f} {self.height:.0f}"
        return str(tag("svg", *self._parts, role="img", aria_label=name, viewBox=box, class_="chart"))
