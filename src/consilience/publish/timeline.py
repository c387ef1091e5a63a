"""When in the period the incidents were: one mark each, stacked by day, week or month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from consilience.publish.local_time import date_words, short_month
from consilience.publish.svg import percent_of, picture, tag

STEP = 20
_LEAST_STEP = 6
_TALLEST = 260
"""Pixels of the tallest stack; beyond it marks shrink, lose their numbers and then overlap (our choice)."""
_FOOT = 28
_DAYS_BY_DAY = 45
_DAYS_BY_WEEK = 400
_DAYS_WITH_FIFTHS = 70
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)
"""Months between two labels, years from twelve on."""
_MOST_LABELS = 8
"""As many as a telephone has room for: "Jan 2020" is 50 of its 330 pixels wide."""

_CIRCLE = "M-9 0a9 9 0 1 1 18 0a9 9 0 1 1-18 0z"
_SHAPES = {
    "barrel bomb": "M-8.5-8.5h17v17h-17z",
    "ground attack": "M0-9.5L10.5 9.5h-21z",
    "ballistic missile": "M0-11.5L11.5 0L0 11.5L-11.5 0z",
}
"""A shape for each mode, so that none is told by colour alone; the air strike is the circle."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An incident on the timeline: its number, local day, leading mode, and the page's anchor for it."""

    number: int
    title: str
    anchor: str
    day: date
    mode: str


def draw_timeline(moments: Sequence[Moment]) -> Markup | None:
    """Draw it; None where no incident has a time."""
    if not moments:
        return None
    first, last = min(m.day for m in moments), max(m.day for m in moments)
    width_days, word = _bin_of((last - first).days + 1)
    start = first - timedelta(days=1 if width_days == 1 else first.weekday())
    bins = ((last - start).days + (2 if width_days == 1 else 0)) // width_days + 1
    stacks: dict[int, list[Moment]] = {}
    for moment in sorted(moments, key=lambda m: (m.day, m.number)):
        stacks.setdefault((moment.day - start).days // width_days, []).append(moment)
    tallest = max(len(stack) for stack in stacks.values())
    step = max(_LEAST_STEP, min(STEP, _TALLEST // tallest))
    height = step * tallest + 8 + _FOOT
    children = [
        tag("line", x1="0%", x2="100%", y1=height - _FOOT, y2=height - _FOOT, class_="base"),
        *_labels(start, bins, width_days, height),
        *(part for at, stack in stacks.items() for part in _stack((at + 0.5) / bins, stack, height, step)),
    ]
    return picture(
        "When the incidents were",
        f"{len(moments)} incidents from {date_words(first)} to {date_words(last)}, stacked by {word}.",
        children, width="100%", height=height, class_=_density(bins, step),
    )  # fmt: skip


def _density(bins: int, step: int) -> str:
    """The picture's class: dense where marks are small on a telephone, small where they are small everywhere."""
    return "timeline" + (" dense" if bins > 24 else "") + (" small" if step < STEP - 4 else "")


def _bin_of(days: int) -> tuple[int, str]:
    if days <= _DAYS_BY_DAY:
        return 1, "day"
    return (7, "week") if days <= _DAYS_BY_WEEK else (28, "four weeks")


def _labels(start: date, bins: int, width_days: int, height: int) -> Iterable[Markup]:
    """Ticks at months' first days and, where there are few, at fifth days; words where they fit on a telephone."""
    total = bins * width_days
    step = next((s for s in _MONTH_STEPS if total / 30 <= _MOST_LABELS * s), _MONTH_STEPS[-1])
    for offset in range(total):
        day = start + timedelta(days=offset)
        is_month = day.day == 1 and (12 * day.year + day.month - 1) % step == 0
        is_fifth = total <= _DAYS_WITH_FIFTHS and day.day in (5, 10, 15, 20, 25)
        if not (is_month or is_fifth):
            continue
        x = percent_of((offset + (0.5 if width_days == 1 else 0.0)) / total)
        y = height - _FOOT
        yield tag("line", x1=x, x2=x, y1=y, y2=y + 5, class_="tick")
        text = _month_label(day, total, step) if is_month else _fifth_label(day, total)
        if text:
            anchor = "start" if offset < total / 20 else "end" if offset > total * 0.95 else "middle"
            yield tag("text", text, x=x, y=y + 19, text_anchor=anchor, class_="clock")


def _month_label(day: date, total: int, step: int) -> str:
    """2017 where steps are years; else Apr, with the year in a January and where there are few months."""
    if step >= 12:
        return str(day.year)
    return short_month(day) + (f" {day.year}" if day.month == 1 or total <= _DAYS_WITH_FIFTHS else "")


def _fifth_label(day: date, total: int) -> str:
    """The fifth is too near to the month's own label; of two months the fifteenths alone have room."""
    return str(day.day) if day.day == 15 or (total <= _DAYS_BY_DAY + 3 and day.day != 5) else ""


def _stack(share: float, stack: Sequence[Moment], height: int, step: int) -> Iterable[Markup]:
    x = percent_of(share)
    for level, moment in enumerate(stack):
        y = height - _FOOT - step * level - step // 2 - 2
        title = tag("title", f"{moment.number} {moment.title}: {date_words(moment.day)}, {moment.mode}")
        mark = tag("path", title, d=_SHAPES.get(moment.mode, _CIRCLE), class_=f"pin {mode_class(moment.mode)}")
        label = tag("text", str(moment.number), y=4, text_anchor="middle", class_="pin-number")
        yield tag("svg", tag("a", mark, label, href=f"#{moment.anchor}"), x=x, y=y, overflow="visible")


def mode_class(mode: str) -> str:
    """The style of a mode: air-strike, barrel-bomb, ground-attack, ballistic-missile."""
    return "m-" + mode.replace(" ", "-")
