"""Two curves of what the logs taught: when an attacker passes, and how many flights an hour has."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup

from consilience.publish.dot_rows import DotAxis, labels_under
from consilience.publish.likelihood_words import percent
from consilience.publish.svg import number, percent_of, picture, tag
from consilience.quantities import Minutes
from consilience.records.fitted_model import FittedSky, HourOfDay

REACH: Minutes = 30.0
"""Minutes on either side of the impact that are drawn: five spreads of the assumption (our choice)."""

_PLOT, _FOOT, _WIDE = 110, 24, 600
_PLACES = DotAxis(
    -REACH, REACH, ((-30.0, "−30 min"), (-15.0, "−15"), (0.0, "impact"), (15.0, "+15"), (30.0, "+30 min"))
)  # fmt: skip


def draw_lead(sky: FittedSky) -> Markup:
    """g(Δ): how the middle of the attacker's pass lies about the impact, as fitted and as assumed."""
    fitted = _density(sky, sky.lead.value, sky.spread.value)
    assumed = _density(sky, sky.lead.drawn_to, sky.spread.drawn_to)
    top = max(*fitted, *assumed)
    low, high = _PLACES.percent(sky.lead.low), _PLACES.percent(sky.lead.high)
    width = f"{float(high[:-1]) - float(low[:-1]):.2f}%"
    zero = _PLACES.percent(0.0)
    children = [
        tag(
            "svg", _area(fitted, top), _line(assumed, top),
            x="0%", y=0, width="100%", height=_PLOT, viewBox=f"0 0 {_WIDE} {_PLOT}", preserveAspectRatio="none",
        ),
        tag("rect", x=low, y=0, width=width, height=_PLOT, class_="interval"),
        tag("line", x1=zero, x2=zero, y1=0, y2=_PLOT, class_="median"),
        tag("line", x1="0%", x2="100%", y1=_PLOT, y2=_PLOT, class_="base"),
        *labels_under(_PLACES, _PLOT + 17),
    ]  # fmt: skip
    description = (
        f"Mean {sky.lead.value:.1f} minutes after the impact, 95 % interval {sky.lead.low:.1f} to {sky.lead.high:.1f}; "
        f"standard deviation {sky.spread.value:.1f}, {sky.spread.low:.1f} to {sky.spread.high:.1f}; "
        f"{percent(sky.stray)} stray."
    )
    return picture(
        "When the attacker passes", description, children, width="100%", height=_PLOT + _FOOT, class_="strip"
    )


def _picture(name: str, description: str, children: Iterable[str]) -> Markup:
    return picture(name, description, children, width="100%", height=_PLOT + _FOOT, class_="strip")


def _density(sky: FittedSky, lead: Minutes, spread: Minutes) -> list[float]:
    minutes = [-REACH + 0.5 * k for k in range(int(4 * REACH) + 1)]
    parts = ((1 - sky.stray, spread), (sky.stray, sky.stray_spread))
    return [sum(share / wide * math.exp(-(((m - lead) / wide) ** 2) / 2) for share, wide in parts) for m in minutes]


def _points(density: list[float], top: float) -> str:
    last = len(density) - 1
    return " ".join(
        f"{number(_WIDE * k / last)},{number(_PLOT - (_PLOT - 6) * value / top)}" for k, value in enumerate(density)
    )


def _area(density: list[float], top: float) -> Markup:
    return tag("path", d=f"M0,{_PLOT} L{_points(density, top)} L{_WIDE},{_PLOT}Z", class_="density")


def _line(density: list[float], top: float) -> Markup:
    return tag("polyline", points=_points(density, top), class_="assumed", vector_effect="non-scaling-stroke")


def draw_hours(sky: FittedSky) -> Markup:
    """Flights that began in each hour of the day, for an hour in which somebody watched; hatched where nobody did."""
    seen = [hour for hour in sky.hours if hour.watched_hours > 0]
    top = max((hour.activity.high for hour in seen), default=1.0) * sky.flights_per_hour
    children = [
        *(part for hour in sky.hours for part in _hour(hour, sky.flights_per_hour, top)),
        _level(sky.flights_per_hour, top),
        tag("line", x1="0%", x2="100%", y1=_PLOT, y2=_PLOT, class_="base"),
        *labels_under(
            DotAxis(0.0, 24.0, tuple((h, f"{h:02.0f}:00") for h in (0.0, 6.0, 12.0, 18.0, 24.0))), _PLOT + 17
        ),
    ]
    description = (
        f"{len(seen)} of 24 hours of the day were watched; on average {sky.flights_per_hour:.1f} flights began in an "
        f"hour. The tallest whisker ends at {top:.1f}."
    )
    return _picture("Flights by hour", description, children)


def _hour(hour: HourOfDay, mean: float, top: float) -> Iterable[Markup]:
    left, width = hour.hour / 24, 1 / 24
    if not hour.watched_hours:
        yield tag(
            "rect", tag("title", f"{hour.hour:02d}:00: nobody watched"),
            x=percent_of(left), width=percent_of(width), y=0, height=_PLOT, class_="covered",
        )  # fmt: skip
        return
    busy, middle = hour.activity, percent_of(left + width / 2)
    says = (
        f"{hour.hour:02d}:00: {busy.value * mean:.1f} flights an hour "
        f"({busy.low * mean:.1f} to {busy.high * mean:.1f}); "
        f"{hour.flights} in {hour.watched_hours:.1f} watched hours, {hour.sightings} sightings"
    )
    high = _up(busy.value * mean, top)
    yield tag(
        "rect", tag("title", says), x=percent_of(left + 0.12 * width), width=percent_of(0.76 * width), y=high,
        height=_PLOT - high, class_="hour",
    )  # fmt: skip
    ends = {"y1": _up(busy.low * mean, top), "y2": _up(busy.high * mean, top)}
    yield tag("line", x1=middle, x2=middle, class_="whisker", **ends)


def _level(mean: float, top: float) -> Markup:
    y = _up(mean, top)
    return tag("line", x1="0%", x2="100%", y1=y, y2=y, class_="assumed")


def _up(value: float, top: float) -> float:
    """The height of a value; of a log in which no flight could be placed all are 0."""
    return _PLOT - (_PLOT - 6) * (value / top if top else 0.0)
