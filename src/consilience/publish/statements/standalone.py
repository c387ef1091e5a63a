"""Drawings that stand on their own: colours as attributes, one language, one direction, nothing from outside.

The working report's drawings get their colours from its style sheet; a picture in a PDF or a DOCX has none. Classes
stay on the elements, so that a form with a style sheet may still restyle them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from consilience.publish.statements.words import Words
from consilience.publish.svg import Attribute, tag

INK, SOFT, LINE, PAPER = "#1c1b19", "#5d5a54", "#d9d5cc", "#fffdfa"
MODE_COLOURS: Mapping[str, str] = {
    "air strike": "#0072b2", "barrel bomb": "#b05500", "ground": "#00664c", "ground attack": "#00664c",
    "ballistic missile": "#8f3f72", "not decidable": "#8a867e",
}  # fmt: skip
"""Okabe and Ito's colours, darkened until white letters can be read on them (WCAG 2.1, 4.5 to 1)."""

_FONT = "Noto Sans, Noto Sans Arabic, sans-serif"

_STYLES: Mapping[str, Mapping[str, str]] = {
    "sheet": {"fill": "#f6f3ec"},
    "graticule": {"stroke": LINE, "stroke-width": "1"},
    "degrees": {"fill": SOFT, "font-size": "10"},
    "scale": {"fill": "none", "stroke": INK, "stroke-width": "1.5"},
    "town": {"fill": SOFT, "font-size": "11"},
    "town-dot": {"fill": SOFT},
    "pin": {"fill": INK},
    "maybe": {"fill": SOFT},
    "pin-number": {"fill": "#ffffff", "font-size": "12", "font-weight": "700"},
    "ring": {"fill": "none", "stroke": "#b9ae9f", "stroke-width": "1", "stroke-dasharray": "3 3"},
    "error": {"fill": "#b03a00", "fill-opacity": "0.15", "stroke": "#b03a00", "stroke-width": "1"},
    "target": {"fill": "none", "stroke": "#b03a00", "stroke-width": "2.5"},
    "candidate": {"fill": "#b03a00", "font-size": "11", "font-weight": "700"},
    "others": {"fill": "#b9ae9f"},
    "flight": {"fill": "none", "stroke-width": "2"},
    "spot": {"stroke": "none"},
    "loiter": {"fill": "none", "stroke-width": "2"},
    "share": {"fill": INK, "font-size": "11", "font-weight": "700"},
    "station": {"fill": INK, "font-size": "10"},
    "noticed": {"fill": "#5d5a54"},
    "noticed-error": {"fill": "none", "stroke": "#5d5a54"},
}
_STRENGTHS = {"r4": "#8a2c00", "r3": "#c75b12", "r2": "#d99a5b", "r1": "#b9ae9f"}
_SIDES = {"E": "east", "W": "west", "N": "north", "S": "south"}


def standing(drawing: Markup, words: Words, *, has_targets: bool = True) -> str:
    """One of the working report's drawings with its colours on its elements, its few words in the language.

    Hidden titles and descriptions go: a picture of a publication says in words what it shows. Without `has_targets` its
    links go too, because the document has nothing that they could lead to.
    """
    svg = re.sub(r"<(title|desc)>.*?</\1>", "", str(drawing), flags=re.DOTALL)
    svg = re.sub(r' aria-label="[^"]*"', "", svg)
    if not has_targets:
        svg = re.sub(r"</?a\b[^>]*>", "", svg)
    svg = re.sub(r'(<\w+[^>]*?) class="([^"]+)"', _styled, svg)
    svg = re.sub(r">([\d.]+°) ([EWNS])<", lambda found: f">{found[1]} {words.label('side_' + _SIDES[found[2]])}<", svg)
    svg = re.sub(r">([\d.]+) km<", lambda found: f">{words.label('km', n=found[1])}<", svg)
    return _rooted(svg)


def _styled(found: re.Match[str]) -> str:
    """The attributes of the classes of an element; strengths colour the line of a flight and fill its spots."""
    classes = found[2].split()
    given: dict[str, str] = {}
    for name in classes:
        given |= _STYLES.get(name, {})
        if name in _STRENGTHS:
            given["fill" if "spot" in classes else "stroke"] = _STRENGTHS[name]
    attributes = "".join(f' {key}="{value}"' for key, value in given.items())
    return f'{found[1]} class="{found[2]}"{attributes}'


def _rooted(svg: str) -> str:
    """The namespace and a size in pixels, which a reader of SVG outside HTML needs."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    size = f' width="{box[1]}" height="{box[2]}"' if box else ""
    return svg.replace("<svg", f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{_FONT}"{size}', 1)


class Sheet:
    """A drawing whose time runs with the script: x is measured from the side at which reading starts."""

    def __init__(self, width: float, height: float, words: Words) -> None:
        self.width, self.height, self.words = width, height, words
        self._parts: list[Markup] = [tag("rect", width=width, height=height, fill=PAPER, class_="paper")]

    def _x(self, x: float, width: float = 0.0) -> float:
        return self.width - x - width if self.words.is_rtl else x

    def rect(self, x: float, y: float, width: float, height: float, **more: Attribute) -> None:
        """A rectangle that begins at x."""
        self._parts.append(tag("rect", x=self._x(x, width), y=y, width=width, height=height, **more))

    def line(self, x1: float, y1: float, x2: float, y2: float, **more: Attribute) -> None:
        """A line; soft and thin unless told otherwise."""
        look: dict[str, Attribute] = {"stroke": LINE, "stroke_width": 1, **more}
        self._parts.append(tag("line", x1=self._x(x1), y1=y1, x2=self._x(x2), y2=y2, **look))

    def circle(self, x: float, y: float, r: float, **more: Attribute) -> None:
        """A disc."""
        self._parts.append(tag("circle", cx=self._x(x), cy=y, r=r, **more))

    def polygon(self, points: list[tuple[float, float]], **more: Attribute) -> None:
        """A closed shape."""
        said = " ".join(f"{self._x(x):.1f},{y:.1f}" for x, y in points)
        self._parts.append(tag("polygon", points=said, **more))

    def text(self, text: str, x: float, y: float, anchor: str = "start", size: float = 11, **more: Attribute) -> None:
        """A line of text; `start` is the side at which reading starts."""
        side = {"start": "end", "end": "start"}.get(anchor, anchor) if self.words.is_rtl else anchor
        look: dict[str, Attribute] = {"fill": INK, **more}
        self._parts.append(tag("text", text, x=self._x(x), y=y, text_anchor=side, font_size=size, **look))

    def svg(self) -> str:
        """The drawing."""
        box = f"0 0 {self.width:.0f} {self.height:.0f}"
        return _rooted(str(tag("svg", *self._parts, viewBox=box, class_="chart")))
