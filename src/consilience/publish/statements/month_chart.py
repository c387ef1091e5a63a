"""Attacks by month, mode and party: a row for each attribution, a stacked bar for each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from consilience.publish.statements.standalone import Sheet
from consilience.publish.statements.words import Words
from consilience.publish.timeline import mode_class
from consilience.records.counting import GROUND, UNDECIDED

_WIDTH, _SIDE, _BARS, _LINE, _FOOT = 330.0, 4.0, 44.0, 13.0, 26.0
"""Half a page: it stands beside the map. A panel has the lines of its name, and below them its bars."""
_LETTER = 6.2
"""Pixels of a letter of 11 or 12, on the broad side."""
_MOST_BARS = 30
_MODES = ("air strike", "barrel bomb", GROUND, UNDECIDED)
"""From the foot of a bar upwards."""
_LEAST_NUMBERED = 9.0
"""Pixels of a bar's part below which its number has no room."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One established attack as it is counted: year and month, counted mode, attribution in words."""

    month: tuple[int, int]
    mode: str
    wording: str


def draw_month_chart(attacks: Sequence[Attack], wordings: Sequence[str], words: Words) -> str | None:
    """Draw it; None where there is no attack. `wordings` are the rows in order. Beyond 30 months bars are years."""
    if not attacks:
        return None
    by_year = len(_steps(attacks, by_year=False)) > _MOST_BARS
    steps = _steps(attacks, by_year)
    modes = [mode for mode in _MODES if any(one.mode == mode for one in attacks)]
    legend, named = _legend(modes, words), [_lines(wording) for wording in wordings]
    top = _LINE * (legend[-1][2] + 1) + 14
    height = top + sum(_LINE * len(lines) + _BARS for lines in named) + _FOOT
    sheet = Sheet(_WIDTH, height, words)
    for mode, x, row in legend:
        sheet.rect(x, 2 + _LINE * row, 10, 10, mode_class(mode))
        sheet.text(words.word("counted_mode", mode), x + 14, 11 + _LINE * row)
    counted = Counter((one.wording, _step(one, by_year), one.mode) for one in attacks)
    stacks = Counter((one.wording, _step(one, by_year)) for one in attacks)
    for wording, lines in zip(wordings, named, strict=True):
        for line in lines:
            top += _LINE
            sheet.text(line, _SIDE, top - 2, look="t-strong")
        top += _BARS
        floor = top - 4
        sheet.line(_SIDE, floor, _WIDTH - _SIDE, floor, "firm")
        for at, step in enumerate(steps):
            counts = [(mode, counted[wording, step, mode]) for mode in modes if counted[wording, step, mode]]
            _bar(sheet, _place(at, len(steps)), floor, counts, (_BARS - 6) / max(stacks.values()))
    _labels(sheet, steps, by_year, height)
    return sheet.svg(words.label("picture_chart"))


def _step(one: Attack, by_year: bool) -> tuple[int, int]:
    return (one.month[0], 1) if by_year else one.month


def _steps(attacks: Sequence[Attack], by_year: bool) -> list[tuple[int, int]]:
    """Every month (or year) from the first to the last, also those without an attack."""
    first, last = min(one.month for one in attacks), max(one.month for one in attacks)
    if by_year:
        return [(year, 1) for year in range(first[0], last[0] + 1)]
    return months_between(first, last)


def months_between(first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
    """Every year and month from one to another, both included."""
    ordinals = range(12 * first[0] + first[1] - 1, 12 * last[0] + last[1])
    return [(ordinal // 12, ordinal % 12 + 1) for ordinal in ordinals]


def _place(at: int, of: int) -> tuple[float, float]:
    """Where a bar begins, and how wide it is."""
    slot = (_WIDTH - 2 * _SIDE) / of
    width = min(26.0, 0.8 * slot)
    return _SIDE + at * slot + (slot - width) / 2, width


def _bar(
    sheet: Sheet, place: tuple[float, float], floor: float, counts: Sequence[tuple[str, int]], scale: float
) -> None:
    (x, width), y = place, floor
    for mode, count in counts:
        tall = count * scale
        y -= tall
        sheet.rect(x, y, width, tall - 1, mode_class(mode))
        if tall >= _LEAST_NUMBERED and width >= _LETTER * len(f"{count:,}"):
            sheet.text(f"{count:,}", x + width / 2, y + tall / 2 + 3, "middle", "t-on-small")
    if not counts:
        sheet.line(x, floor - 2, x + width, floor - 2)


def _legend(modes: Sequence[str], words: Words) -> list[tuple[str, float, int]]:
    """Each mode with where its sign stands: how far along, and on which line."""
    placed: list[tuple[str, float, int]] = []
    x, line = _SIDE, 0
    for mode in modes:
        width = 14 + _LETTER * len(words.word("counted_mode", mode)) + 12
        if placed and x + width > _WIDTH:
            x, line = _SIDE, line + 1
        placed.append((mode, x, line))
        x += width
    return placed


def _lines(wording: str) -> list[str]:
    """A name in as many lines as it needs."""
    return wrap(wording, int((_WIDTH - 2 * _SIDE) / (1.08 * _LETTER)))


def _labels(sheet: Sheet, steps: Sequence[tuple[int, int]], by_year: bool, height: float) -> None:
    every = -(-len(steps) // 10)
    for at, (year, month) in enumerate(steps):
        if at % every:
            continue
        x, width = _place(at, len(steps))
        sheet.text(str(year) if by_year else sheet.words.short_month(month), x + width / 2, height - 14, "middle")
        if not by_year and (month == 1 or at == 0):
            sheet.text(str(year), x + width / 2, height - 2, "middle", "t-small")
