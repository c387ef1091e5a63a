"""A written time to the moments that it can mean. Only what has one reading is read; all else says why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from consilience.quantities import readings_of_local_time
from consilience.records.left_out import Why

EXPECTED_TIME = "a date or date and time as in 2017-04-04 or 2017-04-04T10:05"
_YEARS = range(1800, 2200)
"""Our choice, because a year outside is a slip of the keyboard in any case that has witnesses."""

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_HALF = r"(?:\s*(?P<half>[ap]\.?m\.?|[صم]))?"
_OFFSET = r"(?:\s*(?P<offset>z|[+-]\d{2}(?::?\d{2})?))?"
_YEAR = r"(?P<year>\d{4})(?:\s*(?:р|г|року|года)\b\.?)?"
_TAIL = rf"(?:(?:[t,\s]|,?\s+(?:at|о|об|в)\s|,\s)\s*{_CLOCK}{_HALF}{_OFFSET})?"
_FORMS = tuple(
    re.compile(form + _TAIL, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<word>[^\W\d_]+(?:[\s-]+[^\W\d_]+)?)\.?[\s,-]+" + _YEAR,
        r"(?P<word>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<first>\d{1,2})[/.-](?P<then>\d{1,2})[/.-]" + _YEAR,
    )
)
_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:t(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?(?P<fraction>(?!))?(?P<half>(?!))?{_OFFSET})?",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?!\d).*", re.DOTALL)

_MONTHS = (
    ("january", "jan", "كانون الثاني", "يناير", "січень", "січня", "січ", "январь", "января", "янв"),
    ("february", "feb", "شباط", "فبراير", "лютий", "лютого", "лют", "февраль", "февраля", "февр", "фев"),
    ("march", "mar", "آذار", "مارس", "березень", "березня", "бер", "март", "марта", "мар"),
    ("april", "apr", "نيسان", "أبريل", "квітень", "квітня", "квіт", "апрель", "апреля", "апр"),
    ("may", "أيار", "مايو", "травень", "травня", "трав", "май", "мая"),
    ("june", "jun", "حزيران", "يونيو", "червень", "червня", "черв", "июнь", "июня", "июн"),
    ("july", "jul", "تموز", "يوليو", "липень", "липня", "лип", "июль", "июля", "июл"),
    ("august", "aug", "آب", "أغسطس", "серпень", "серпня", "серп", "август", "августа", "авг"),
    ("september", "sep", "sept", "أيلول", "سبتمبر", "вересень", "вересня", "вер", "сентябрь", "сентября",
     "сент", "сен"),
    ("october", "oct", "تشرين الأول", "أكتوبر", "жовтень", "жовтня", "жовт", "октябрь", "октября", "окт"),
    ("november", "nov", "تشرين الثاني", "نوفمبر", "листопад", "листопада", "лист", "ноябрь", "ноября",
     "нояб", "ноя"),
    ("december", "dec", "كانون الأول", "ديسمبر", "грудень", "грудня", "груд", "декабрь", "декабря", "дек"),
)  # fmt: skip
"""Gregorian months in English, in the Levant and in Egypt, in Ukrainian and Russian, alone and in dates (CLDR, locales
en, ar-SY, ar-EG, uk and ru, and shorter ones as people write them)."""


def _month_key(word: str) -> str:
    """Months compare without case, blanks, hamza, the article, and with ى and ي alike: how they are typed in haste."""
    plain = re.sub("[أإآٱ]", "ا", word.casefold()).replace("ى", "ي").replace("ئ", "ي")
    return re.sub(r"[\s-]+(?:ال)?", "", plain)


_MONTH_OF = {_month_key(name): number for number, names in enumerate(_MONTHS, 1) for name in names}


_ORDER_WORDS = {"dmy": "day, month, year", "mdy": "month, day, year"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell can't be read, and what was expected in its place."""

    why: Why
    expected: str


@dataclass(frozen=True, slots=True)
class Span:
    """The moments that a written time can mean, UTC; `lo` equals `hi` where a clock time was given."""

    lo: datetime
    hi: datetime
    has_clock: bool


def read_time(text: str, zone: ZoneInfo, order: str | None = None) -> Span | Fault:
    """The moments that a time means: a local time in the zone unless it carries an offset.

    A date alone is its whole local day, from its first instant to the next day's. `03/04/2019` has two readings and
    is refused, `23/04/2019` has one; with `order` ("dmy", "mdy") both are read in that order and in no other. Months
    may be English, Arabic, Ukrainian or Russian words. `text` has ASCII digits and plain dashes.
    """
    match = next(filter(None, (form.fullmatch(text) for form in (*_FORMS, _BASIC))), None)
    if match is None:
        if _SHORT_YEAR.fullmatch(text):
            return Fault(Why.AMBIGUOUS_TIME, f"{EXPECTED_TIME}, with all four digits of the year")
        return Fault(Why.BAD_TIME, EXPECTED_TIME)
    parts = match.groupdict()
    day = _day(parts, order)
    if isinstance(day, Fault):
        return day
    if parts["hour"] is None:
        return day_span(day, zone)
    clock = _clock(parts)
    if clock is None:
        return Fault(Why.BAD_TIME, "a clock time from 00:00 to 24:00")
    return _moment(datetime.combine(day, time()) + clock, parts["offset"], zone)


def _day(parts: dict[str, str | None], order: str | None) -> date | Fault:
    year = int(parts["year"] or 0)
    if year not in _YEARS:
        return Fault(Why.BAD_TIME, f"a year from {_YEARS.start} to {_YEARS.stop - 1}")
    if parts.get("first") is not None:
        return _day_of_two(year, int(parts["first"] or 0), int(parts["then"] or 0), order)
    word = parts.get("word")
    month = int(parts["month"] or 0) if word is None else _MONTH_OF.get(_month_key(word), 0)
    found = _date(year, month, int(parts["day"] or 0))
    return found or Fault(Why.BAD_TIME, EXPECTED_TIME)


def _day_of_two(year: int, first: int, then: int, order: str | None) -> date | Fault:
    """Day and month in the order that is declared; where none is, read only if one order alone is a date, or both are
    the same."""
    by_order = {"dmy": _date(year, then, first), "mdy": _date(year, first, then)}
    if order is not None:
        expected = f'{_ORDER_WORDS[order]}, as date_order = "{order}" in case.toml says, or a date such as 2017-04-04'
        return by_order[order] or Fault(Why.BAD_TIME, expected)
    readings = {found for found in by_order.values() if found is not None}
    if len(readings) == 2:
        choices = " or ".join(sorted(map(str, readings)))
        return Fault(Why.AMBIGUOUS_TIME, f"a date in the order year-month-day: {choices}?")
    return readings.pop() if readings else Fault(Why.BAD_TIME, EXPECTED_TIME)


def order_shown(text: str) -> str | None:
    """Which order a date of numbers shows: "dmy", "mdy", or "either" where it is a date in both; None of all others."""
    parts = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if parts is None or parts.groupdict().get("first") is None:
        return None
    year, first, then = int(parts["year"]), int(parts["first"]), int(parts["then"])
    is_date = {"dmy": _date(year, then, first) is not None, "mdy": _date(year, first, then) is not None}
    shown = [order for order, fits in is_date.items() if fits]
    return None if not shown or first == then else shown[0] if len(shown) == 1 else "either"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(parts: dict[str, str | None]) -> timedelta | None:
    """Time since midnight; None if no clock shows it. 24:00 is the next midnight (ISO 8601-1:2019 with Amendment 1)."""
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    fraction = float("0." + (parts["fraction"] or "0"))
    half = (parts["half"] or "")[:1].casefold()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "pم" else 0)
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second or fraction)):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=round(fraction * 1e6))


def _moment(wall: datetime, offset: str | None, zone: ZoneInfo) -> Span | Fault:
    if offset is not None:
        shift = _offset(offset)
        if shift is None:
            return Fault(Why.BAD_TIME, "an offset such as +03:00 or Z")
        moment = wall.replace(tzinfo=timezone(shift)).astimezone(UTC)
        return Span(moment, moment, True)
    readings = readings_of_local_time(wall, zone)
    if len(readings) == 1:
        return Span(readings[0], readings[0], True)
    if readings:
        offsets = " or ".join(moment.astimezone(zone).isoformat()[-6:] for moment in readings)
        return Fault(Why.TIME_WAS_TWICE, f"a time with its offset, {offsets}: the clocks went back over it")
    return Fault(Why.TIME_NEVER_WAS, f"a time that clocks in {zone.key} showed: they were put forward over it")


def _offset(text: str) -> timedelta | None:
    """`Z` or ±hh[:mm] east of Greenwich; none is beyond 18 hours (our choice, as in java.time.ZoneOffset)."""
    if text in "zZ":
        return timedelta()
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 18 or minutes > 59:
        return None
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)


def day_span(day: date, zone: ZoneInfo) -> Span | Fault:
    """The whole local day: from its first instant to the first instant of the next."""
    lo, hi = _first_instant(day, zone), _first_instant(day + timedelta(days=1), zone)
    if lo == hi:
        return Fault(Why.TIME_NEVER_WAS, f"a day that was in {zone.key}: the calendar jumped over it")
    return Span(lo, hi, False)


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    """When a local day began; the moment of the jump where clocks were put forward over its midnight."""
    midnight = datetime.combine(day, time())
    readings = readings_of_local_time(midnight, zone)
    if readings:
        return readings[0]
    before = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = midnight.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        is_after = middle.astimezone(zone).replace(tzinfo=None) >= midnight
        before, after = (before, middle) if is_after else (middle, after)
    return after
