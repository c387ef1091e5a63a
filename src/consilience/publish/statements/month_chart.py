"""Attacks by month, mode and party: a row for each attribution, a stacked bar for each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from consilience.publish.statements.standalone import Sheet
from consilience.publish.statements.words import Words
from consilience.publish.timeline import mode_class
from consilience.records.counting import GROUND, UNDECIDED

_WIDTH, _SIDE, _PANEL, _HEAD, _FOOT = 660.0, 8.0, 110.0, 40.0, 26.0
_MOST_BARS = 30
_MODES = ("air strike", "barrel bomb", GROUND, UNDECIDED)
"""From the foot of a bar upwards."""
_LEAST_NUMBERED = 11.0
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
    height = _HEAD + _PANEL * len(wordings) + _FOOT
    sheet = Sheet(_WIDTH, height, words)
    modes = [mode for mode in _MODES if any(one.mode == mode for one in attacks)]
    _legend(sheet, modes)
    counted = Counter((one.wording, _step(one, by_year), one.mode) for one in attacks)
    stacks = Counter((one.wording, _step(one, by_year)) for one in attacks)
    for row, wording in enumerate(wordings):
        top = _HEAD + row * _PANEL
        sheet.text(wording, _SIDE, top + 14, look="t-strong")
        floor = top + _PANEL - 8
        sheet.line(_SIDE, floor, _WIDTH - _SIDE, floor, "firm")
        for at, step in enumerate(steps):
            counts = [(mode, counted[wording, step, mode]) for mode in modes if counted[wording, step, mode]]
            _bar(sheet, _place(at, len(steps)), floor, counts, (_PANEL - 36) / max(stacks.values()))
    _labels(sheet, steps, by_year, height)
    return sheet.svg(words.label("picture_chart"))


def _step(one: Attack, by_year: bool) -> tuple[int, int]:
    return (one.month[0], 1) if by_year else one.month


def _steps(attacks: Sequence[Attack], by_year: bool) -> list[tuple[int, int]]:
    """Every month (or year) from the first to the last, also those without an attack."""
    first, last = min(one.month for one in attacks), max(one.month for one in attacks)
    if by_year:
        return [(year, 1) for year in range(first[0], last[0] + 1)]
    ordinals = range(12 * first[0] + first[1] - 1, 12 * last[0] + last[1])
    return [(ordinal // 12, ordinal % 12 + 1) for ordinal in ordinals]


def _place(at: int, of: int) -> tuple[float, float]:
    """Where a bar begins, and how wide it is."""
    slot = (_WIDTH - 2 * _SIDE) / of
    width = min(34.0, 0.8 * slot)
    return _SIDE + at * slot + (slot - width) / 2, width


def _bar(
    sheet: Sheet, place: tuple[float, float], floor: float, counts: Sequence[tuple[str, int]], scale: float
) -> None:
    (x, width), y = place, floor
    for mode, count in counts:
        tall = count * scale
        y -= tall
        sheet.rect(x, y, width, tall - 1, mode_class(mode))
        if tall >= _LEAST_NUMBERED and width >= 12:
            sheet.text(f"{count:,}", x + width / 2, y + tall / 2 + 3.5, "middle", "t-on")
    if not counts:
        sheet.line(x, floor - 2, x + width, floor - 2)


def _legend(sheet: Sheet, modes: Sequence[str]) -> None:
    x = _SIDE
    for mode in modes:
        name = sheet.words.word("counted_mode", mode)
        sheet.rect(x, 8, 12, 12, mode_class(mode))
        sheet.text(name, x + 17, 18)
        x += 17 + 6.4 * len(name) + 18


def _labels(sheet: Sheet, steps: Sequence[tuple[int, int]], by_year: bool, height: float) -> None:
    every = -(-len(steps) // 12)
    for at, (year, month) in enumerate(steps):
        if at % every:
            continue
        x, width = _place(at, len(steps))
        sheet.text(str(year) if by_year else sheet.words.short_month(month), x + width / 2, height - 14, "middle")
        if not by_year and (month == 1 or at == 0):
            sheet.text(str(year), x + width / 2, height - 2, "middle", "t-small")
