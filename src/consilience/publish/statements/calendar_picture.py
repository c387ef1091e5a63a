"""A calendar of incidents: months of days where there are up to two years of them, else years of months."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from consilience.publish.statements.standalone import Sheet
from consilience.publish.statements.words import Words

_WIDTH = 664.0
"""Four months and the gaps between them; a calendar of one month is drawn no larger."""
_MOST_MONTHS = 24
_ACROSS = 4
_CELL = 21.0
_MONTH_WIDTH, _MONTH_GAP = 7 * _CELL, 24.0
_HEAD = 34.0
_LONG_NAME = 17
"""Letters of a month's name and year; a longer one ("كانون الأول/ديسمبر 2019") is set smaller, or it would reach past
the picture's edge."""


def draw_calendar(days: Sequence[date], words: Words) -> str | None:
    """Draw it; None where no incident has a day. A small number says how many a day saw, where it saw several."""
    if not days:
        return None
    months = _months(min(days), max(days))
    often = Counter(days)
    if len(months) > _MOST_MONTHS:
        return _years(Counter((day.year, day.month) for day in days), words)
    return _days(months, often, words)


def _months(first: date, last: date) -> list[tuple[int, int]]:
    found, at = [], (first.year, first.month)
    while at <= (last.year, last.month):
        found.append(at)
        at = (at[0] + 1, 1) if at[1] == 12 else (at[0], at[1] + 1)
    return found


def _days(months: Sequence[tuple[int, int]], often: Mapping[date, int], words: Words) -> str:
    weekday = int(words.label("first_weekday"))
    rows = [calendar.Calendar(weekday).monthdatescalendar(*month) for month in months]
    bands = [range(at, min(at + _ACROSS, len(months))) for at in range(0, len(months), _ACROSS)]
    heights = [_HEAD + max(len(rows[at]) for at in band) * _CELL + 10 for band in bands]
    sheet, top = Sheet(_WIDTH, sum(heights), words), 0.0
    for band, height in zip(bands, heights, strict=True):
        for column, at in enumerate(band):
            _month(sheet, months[at], rows[at], often, (2 + column * (_MONTH_WIDTH + _MONTH_GAP), top))
        top += height
    return sheet.svg(words.label("picture_calendar"))


def _month(
    sheet: Sheet,
    month: tuple[int, int],
    weeks: Sequence[Sequence[date]],
    often: Mapping[date, int],
    at: tuple[float, float],
) -> None:
    left, top = at
    name = sheet.words.month(*month)
    sheet.text(name, left + 2, top + 16, look="t-month" if len(name) > _LONG_NAME else "t-strong")
    sheet.line(left, top + 22, left + _MONTH_WIDTH, top + 22)
    for row, week in enumerate(weeks):
        for column, day in enumerate(week):
            if day.month != month[1]:
                continue
            x, y = left + (column + 0.5) * _CELL, top + _HEAD + row * _CELL + 4
            if count := often.get(day, 0):
                sheet.circle(x, y, 9.5, "f-day")
            sheet.text(str(day.day), x, y + 3.6, "middle", "t-on" if count else "t-soft")
            if count > 1:
                sheet.circle(x + 8, y - 8, 6, "f-ink")
                sheet.text(str(count), x + 8, y - 4.5, "middle", "t-on")


def _years(often: Mapping[tuple[int, int], int], words: Words) -> str:
    """A row for each year, a cell for each month with its number of incidents, the darker the more."""
    first, last = min(often)[0], max(often)[0]
    most, cell, row = max(often.values()), (_WIDTH - 60) / 12, 26.0
    sheet = Sheet(_WIDTH, 24 + (last - first + 1) * row + 4, words)
    for month in range(1, 13):
        sheet.text(words.short_month(month), 60 + (month - 0.5) * cell, 15, "middle", "t-soft")
    for year in range(first, last + 1):
        y = 24 + (year - first) * row
        sheet.text(str(year), 2, y + 17, look="t-strong")
        for month in range(1, 13):
            count = often.get((year, month), 0)
            x = 60 + (month - 1) * cell
            sheet.rect(x + 1, y + 1, cell - 2, row - 2, "cell")
            if count:
                sheet.rect(x + 1, y + 1, cell - 2, row - 2, "f-day", 0.15 + 0.85 * count / most)
                sheet.text(f"{count:,}", x + cell / 2, y + 17, "middle", "t-on" if count > most / 2 else None)
    return sheet.svg(words.label("picture_calendar"))
