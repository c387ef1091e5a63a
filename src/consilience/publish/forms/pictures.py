"""The pictures of a document: only what `publish.svg` draws gets through, coloured for a screen or for paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree

from markupsafe import Markup

from consilience.errors import PublishError
from consilience.publish.document import Picture
from consilience.publish.forms.font_coverage import PICTURE_FAMILIES, with_known_letters
from consilience.publish.forms.visible_text import on_one_line
from consilience.publish.svg import tag

_NAMESPACE = "{http://www.w3.org/2000/svg}"

_ELEMENTS = frozenset((
    "svg", "title", "desc", "g", "a", "line", "rect", "circle", "ellipse", "path", "polyline", "polygon", "text",
    "tspan",
))  # fmt: skip
"""What our charts are made of: nothing that loads, runs, moves or is styled from within."""

_ATTRIBUTES = frozenset((
    "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "d", "points",
    "width", "height", "viewBox", "preserveAspectRatio", "overflow", "transform", "direction",
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "stroke-opacity", "opacity", "vector-effect", "font-size", "font-weight", "text-anchor", "dominant-baseline",
    "role", "aria-label", "aria-hidden", "href",
))  # fmt: skip

_PAGE_WIDTH = 640
"""Width in which a picture that grows with its page is drawn where pages have a width: our choice, 12 pixels of text
are then 9 points on A4."""

_TALLEST = 380.0
"""Pixels of height on paper, some 100 mm: a taller picture is made smaller, or it would leave half a page before it
empty."""

_FLOATS = 0.7
"""Height to width from which a picture may go to the head or foot of a page, with the text after it before it."""

_PIXELS = re.compile(r"[1-9]\d{0,3}(\.\d+)?")
"""At most 9,999: a picture of a picture is not made for the sake of its size."""

_VARIABLE = re.compile(r"var\((--[a-z0-9-]+)\)")
_DEFINED = re.compile(r"(--[a-z0-9-]+):([^;}]+)")


def screen_picture(picture: Picture, anchors: Collection[str]) -> Markup:
    """The picture for a page of HTML, which brings `pictures.css`; links lead to `anchors` alone."""
    return _drawn(_parsed(picture), picture, frozenset(anchors))


def paper_picture(picture: Picture) -> tuple[str, float]:
    """The picture as a file of its own, with fixed size and colours and without links; and in pixels the width that it
    is to have on paper."""
    root = _parsed(picture)
    width, height = _size(root, picture)
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    drawn = _drawn(root, picture, frozenset(), style=_paper_style())
    alone = str(drawn).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return with_known_letters(alone, PICTURE_FAMILIES), min(width, _TALLEST * width / height)


def floats(picture: Picture) -> bool:
    """Is it so tall that, set where it stands, it would often leave the rest of a page empty before it?"""
    width, height = _size(_parsed(picture), picture)
    return height > _FLOATS * width


def _size(root: ElementTree.Element, picture: Picture) -> tuple[float, float]:
    """Width and height in pixels: of the view box, or as given where the width may be "100%" of a page's."""
    width, height = root.get("width", ""), root.get("height", "")
    if "viewBox" in root.attrib:
        width, height = [*root.attrib["viewBox"].split(), "", "", "", ""][2:4]
    elif width == "100%":
        width = str(_PAGE_WIDTH)
    if any(_PIXELS.fullmatch(length) is None for length in (width, height)):
        raise _refused(picture, f"its size in pixels is not known: {width!r} × {height!r}")
    return float(width), float(height)


def picture_style() -> str:
    """The style sheet of pictures, in the variables of the palette."""
    return _template("pictures.css")


@cache
def _paper_style() -> str:
    """The style sheet with the first, light, palette's colours put in: what draws for paper knows no variables."""
    palette = dict(_DEFINED.findall(_template("palette.css").split("@media", 1)[0])) | {"--picture-font": "DejaVu Sans"}
    return _VARIABLE.sub(lambda found: palette[found[1]], picture_style())


def _template(name: str) -> str:
    return (files("consilience.publish") / "templates" / name).read_text(encoding="utf-8")


def _parsed(picture: Picture) -> ElementTree.Element:
    """The drawing as a tree. No declaration is let through, so no entity is (billion laughs, outside files)."""
    if "<!" in picture.svg or "<?" in picture.svg:
        raise _refused(picture, "it has a declaration, a comment or an instruction")
    try:
        root = ElementTree.fromstring(picture.svg)
    except ElementTree.ParseError as err:
        raise _refused(picture, f"it is no XML: {err}") from err
    if _local(root) != "svg":
        raise _refused(picture, f"it is <{root.tag}>, not <svg>")
    return root


def _drawn(element: ElementTree.Element, picture: Picture, anchors: frozenset[str], *, style: str = "") -> Markup:
    """The element written anew, by `publish.svg`, from what is allowed."""
    name = _local(element)
    if name not in _ELEMENTS:
        raise _refused(picture, f"it has an element <{element.tag}>")
    attributes = dict(_allowed(element, picture))
    target = attributes.pop("href", "")
    if name == "a" and target.removeprefix("#") in anchors:
        attributes["href"] = target
    elif name == "a":
        name = "g"
    children = [Markup("<style>{}</style>").format(Markup(style))] if style else []
    for child in element:
        children.append(_drawn(child, picture, anchors))
        children.append(Markup.escape(on_one_line(child.tail or "")))
    return tag(name, on_one_line(element.text or ""), *children, **attributes)


def _allowed(element: ElementTree.Element, picture: Picture) -> Iterable[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name not in _ATTRIBUTES:
            raise _refused(picture, f"it has an attribute {name!r}")
        if "url(" in value.lower() and name != "aria-label":
            raise _refused(picture, f"its attribute {name!r} refers to something else")
        if name == "href" and not value.startswith("#"):
            raise _refused(picture, f"it links to {value!r}")
        yield name, on_one_line(value)


def _local(element: ElementTree.Element) -> str:
    """The name of an SVG element, written with or without its namespace."""
    return element.tag.removeprefix(_NAMESPACE)


def _refused(picture: Picture, why: str) -> PublishError:
    return PublishError(
        f"a picture can't be published: {why}",
        where=picture.caption.sentence_id,
        remedy="Draw it with publish.svg, from elements and attributes that forms/pictures.py allows.",
    )
