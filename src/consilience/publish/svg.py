"""The few words in which our charts are drawn: escaped SVG elements, short numbers, labelled pictures."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Attribute = str | float | int | None


def number(value: float) -> str:
    """A coordinate with one decimal at most: a tenth of a pixel is finer than any screen, and keeps a report small."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def percent_of(share: float) -> str:
    """A coordinate as a percentage of the picture's width: a strip grows with its page, and its text does not."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def tag(name: str, /, *children: str, **attributes: Attribute) -> Markup:
    """One element; children and values are escaped unless they are Markup already.

    `class_` becomes class, other underscores hyphens; an attribute that is None is left out.
    """
    parts = [Markup("<"), Markup(name)]
    for key, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, float) else str(value)
        parts.append(Markup(' {}="{}"').format(Markup(key.rstrip("_").replace("_", "-")), shown))
    inside = Markup("").join(escape(child) for child in children)
    if not inside:
        return Markup("").join([*parts, Markup("/>")])
    return Markup("").join([*parts, Markup(">"), inside, Markup("</"), Markup(name), Markup(">")])


def picture(
    name: str, description: str, children: Iterable[str], *, view_box: str | None = None, **more: Attribute
) -> Markup:
    """An `<svg>` that a screen reader announces by its name and description (WAI-ARIA 1.2, role img)."""
    return tag(
        "svg",
        tag("title", name),
        tag("desc", description),
        *children,
        role="img",
        aria_label=f"{name}. {description}",
        viewBox=view_box,
        **more,
    )
