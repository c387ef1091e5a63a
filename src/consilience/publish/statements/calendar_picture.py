"""A calendar of incidents: a row of days for each of up to two years' months, else a row of months for each year."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from consilience.publish.statements.month_chart import months_between
from consilience.publish.statements.standalone import Sheet
from consilience.publish.statements.words import Words

_WIDTH = 330.0
"""Half a page: it stands beside the map."""
_MOST_MONTHS = 24
_LETTER, _ROW, _HEAD = 6.4, 14.0, 18.0
"""Pixels of a letter of a month's name, on the broad side, and of a row."""
_TOLD_DAYS = (1, 5, 10, 15, 20, 25, 30)
"""Days of a month that the head names: each of 31 would be too small to read."""


def draw_calendar(days: Sequence[date], words: Words) -> str | None:
    """Draw it; None where no incident has a day. A number says how many a day or month saw, where it saw several."""
    if not days:
        return None
    first, last = min(days), max(days)
    months = months_between((first.year, first.month), (last.year, last.month))
    if len(months) > _MOST_MONTHS:
        return _years(Counter((day.year, day.month) for day in days), words)
    return _days(months, Counter(days), words)


def _days(months: Sequence[tuple[int, int]], often: Mapping[date, int], words: Words) -> str:
    """A row for each month, a cell for each of its days, filled where it saw an incident."""
    names = [
        f"{words.short_month(month)} {year}" if row == 0 or month == 1 else words.short_month(month)
        for row, (year, month) in enumerate(months)
    ]
    sheet, left = Sheet(_WIDTH, _HEAD + len(months) * _ROW + 4, words), 6 + _LETTER * max(map(len, names))
    wide = (_WIDTH - left) / 31
    for day in _TOLD_DAYS:
        sheet.text(str(day), left + (day - 0.5) * wide, 12, "middle", "t-small")
    for row, ((year, month), name) in enumerate(zip(months, names, strict=True)):
        y = _HEAD + row * _ROW
        sheet.text(name, 2, y + 10.5, look="t-day" if name == words.short_month(month) else "t-day-strong")
        for day in range(1, monthrange(year, month)[1] + 1):
            _cell(sheet, left + (day - 1) * wide, y, wide, often.get(date(year, month, day), 0))
    return sheet.svg(words.label("picture_calendar"))


def _cell(sheet: Sheet, x: float, y: float, wide: float, count: int) -> None:
    sheet.rect(x + 0.5, y + 0.5, wide - 1, _ROW - 2, "f-day" if count else "cell")
    if count > 1:
        sheet.text(str(count), x + wide / 2, y + 10, "middle", "t-on-small")


def _years(often: Mapping[tuple[int, int], int], words: Words) -> str:
    """A row for each year, a cell for each month with its number of incidents, the darker the more."""
    first, last = min(often)[0], max(often)[0]
    most, cell, row = max(often.values()), (_WIDTH - 40) / 12, 22.0
    sheet = Sheet(_WIDTH, 20 + (last - first + 1) * row + 4, words)
    for month in range(1, 13):
        sheet.text(str(month), 40 + (month - 0.5) * cell, 13, "middle", "t-small")
    for year in range(first, last + 1):
        y = 20 + (year - first) * row
        sheet.text(str(year), 2, y + 15, look="t-strong")
        for month in range(1, 13):
            count = often.get((year, month), 0)
            x = 40 + (month - 1) * cell
            sheet.rect(x + 1, y + 1, cell - 2, row - 2, "cell")
            if count:
                sheet.rect(x + 1, y + 1, cell - 2, row - 2, "f-day", 0.15 + 0.85 * count / most)
                sheet.text(f"{count:,}", x + cell / 2, y + 15, "middle", "t-on" if count > most / 2 else "t-day")
    return sheet.svg(words.label("picture_calendar"))
