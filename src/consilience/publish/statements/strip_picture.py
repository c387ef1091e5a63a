"""An incident on its clock: what was found, and beside it each piece that speaks of the time."""

from __future__ import annotations

from collections.abc import Sequence

from consilience.publish.clock_axis import COARSE, ClockAxis, axis_for
from consilience.publish.local_time import LocalClock, minute_of
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.rough_times import is_rough
from consilience.publish.statements.standalone import Sheet
from consilience.publish.statements.words import Words
from consilience.quantities import Minutes
from consilience.records.views import Band, IncidentView

_WIDTH, _SIDE, _ROW, _CURVE, _AXIS = 660.0, 170.0, 17.0, 62.0, 24.0
_MOST_ROWS = 24
"""Pieces beyond these are in the grid below the strip alone."""


def draw_strip(block: Block, one: IncidentView, words: Words) -> str | None:
    """Draw it; None where the profile shows no time found, or where nothing speaks of the time."""
    found = block.get("time")
    if not found:
        return None
    low, median, high = (minute_of(found[name]) for name in ("low", "median", "high"))
    axis = axis_for(low, median, high, one.bands, one.window)
    rows = sorted(one.bands, key=lambda band: (_is_coarse(band), band.kind, band.evidence_id))[:_MOST_ROWS]
    sheet = Sheet(_WIDTH, _AXIS + _CURVE + 8 + _ROW * len(rows) + 6, words)
    left, right = _x(axis, low), _x(axis, high)
    sheet.rect(left, _AXIS, max(1.0, right - left), sheet.height - _AXIS - 4, "interval")
    _ticks(sheet, axis, words)
    _curve(sheet, axis, one.curve)
    sheet.line(_x(axis, median), _AXIS, _x(axis, median), sheet.height - 4, "median")
    if not is_rough(found):
        sheet.text(words.clock(found["median"]), _x(axis, median) + 5, _AXIS + 13, look="t-found")
    for at, band in enumerate(rows):
        _band(sheet, axis, band, _AXIS + _CURVE + 8 + at * _ROW)
    return sheet.svg(words.label("picture_strip", id=block["incident_id"]))


def _x(axis: ClockAxis, minute: Minutes) -> float:
    return _SIDE + axis.clipped(minute) * (_WIDTH - _SIDE - 8)


def _is_coarse(band: Band) -> bool:
    return band.bound == "between" and band.hi - band.lo >= COARSE


def _ticks(sheet: Sheet, axis: ClockAxis, words: Words) -> None:
    clock = LocalClock(words.zone)
    for tick in axis.ticks(clock):
        x, local = _x(axis, tick.minute), clock.at(tick.minute)
        label = (
            words.label("short_day", day=local.day, month=words.short_month(local.month)) if tick.is_midnight else None
        )
        sheet.line(x, _AXIS - 4, x, sheet.height - 4, "firm" if tick.is_midnight else "rule")
        sheet.text(label or tick.label, x, _AXIS - 8, "middle", "t-soft")


def _curve(sheet: Sheet, axis: ClockAxis, curve: Sequence[tuple[Minutes, float]]) -> None:
    """The probability of each minute, its peak as high as the panel."""
    shown = [(minute, density) for minute, density in curve if axis.shows(minute)]
    if len(shown) < 2:
        return
    floor, most = _AXIS + _CURVE, max(density for _, density in shown)
    points = [(_x(axis, minute), floor - (_CURVE - 16) * density / most) for minute, density in shown]
    closed = [(points[0][0], floor), *points, (points[-1][0], floor)]
    sheet.polygon(closed, "curve")
    sheet.text(sheet.words.label("time_found"), 4, floor - 6, look="t-strong")


def _band(sheet: Sheet, axis: ClockAxis, band: Band, top: float) -> None:
    """From lo to hi with its blur; to the edge where it bounds on one side alone; thin where it says the day alone."""
    words, kind = sheet.words, f"k-{band.kind}"
    sheet.text(f"{band.evidence_id} {words.word('kind', band.kind)}", 4, top + 11)
    lo = axis.start if band.bound == "before" else band.lo
    hi = axis.end if band.bound == "after" else band.hi
    left, right = _x(axis, lo - band.sigma), _x(axis, hi + band.sigma)
    sheet.rect(left, top + 4, max(3.0, right - left), 8, f"band faint {kind}")
    is_thin = _is_coarse(band) or band.bound != "between"
    is_outside = band.bound == "between" and (band.hi < axis.start or band.lo > axis.end)
    tall, width = (2.0 if is_thin else 8.0), max(3.0, _x(axis, hi) - _x(axis, lo))
    x = min(_x(axis, lo), _WIDTH - 8 - width)
    sheet.rect(x, top + 8 - tall / 2, width, tall, f"band {'half' if is_outside else 'core'} {kind}")
