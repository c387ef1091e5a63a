"""How people tell when something was: clock times with rounding and slips, spans, words for parts of the day, dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from consilience.worlds.chance import draw, happens
from consilience.worlds.daylight import word_for
from consilience.worlds.plane import local, written

PRECISIONS: Mapping[str, float] = {"minute": 0.38, "about": 0.38, "hour": 0.12, "part_of_day": 0.08, "day": 0.04}
"""How finely a witness speaks; near the mix of the two shipped cases. Our choice."""
BLUR: Mapping[str, float] = {"minute": 4.0, "about": 13.0, "hour": 25.0, "part_of_day": 20.0, "day": 0.0}
"""Standard deviation in minutes before rounding. Those who were told are half as wrong again."""
STEPS: Mapping[str, Mapping[int, float]] = {
    "minute": {1: 0.5, 5: 0.5},
    "about": {5: 0.2, 10: 0.35, 15: 0.2, 30: 0.25},
    "hour": {30: 0.3, 60: 0.7},
}
"""Minutes to which a clock time is rounded: to the nearest in two of three, else down."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an account's time columns hold, "" where nothing stands. `minute`: what he has in mind."""

    time: str
    time_end: str
    time_precision: str
    time_words: str
    minute: float


def tell(rng: Generator, minute: float, *, second_hand: bool, slips: float) -> Told:
    """How one person puts a moment (minutes since the epoch); a slip is a day, half a day, or up to twelve hours."""
    precision = draw(rng, PRECISIONS)
    if happens(rng, slips):
        minute += _slip(rng)
    minute += float(rng.normal(0.0, BLUR[precision] * (1.5 if second_hand else 1.0)))
    return tell_as(rng, minute, precision)


def tell_as(rng: Generator, minute: float, precision: str) -> Told:
    """The columns for a moment as that person has it in mind, at a precision."""
    day = local(minute).date().isoformat()
    if precision == "day":
        return Told(day, "", "day", "", minute)
    if precision == "part_of_day":
        return Told(day, "", "part_of_day", word_for(rng, minute), minute)
    step = draw(rng, STEPS[precision])
    shown = _rounded(rng, minute, step)
    if precision == "about" and happens(rng, 0.12):
        return Told(written(shown - step), written(shown + step), "about", "", shown)
    left_open = precision == "about" and happens(rng, 0.3)
    return Told(written(shown), "", "" if left_open else precision, "", shown)


def _slip(rng: Generator) -> float:
    which = draw(rng, {"day": 0.4, "half day": 0.4, "any": 0.2})
    if which == "any":
        return float(rng.uniform(-720.0, 720.0))
    return (1440.0 if which == "day" else 720.0) * (1.0 if happens(rng, 0.5) else -1.0)


def _rounded(rng: Generator, minute: float, step: int) -> float:
    """To whole steps of the local clock, which are UTC's too: Syrian time is whole hours ahead of it."""
    down = happens(rng, 1 / 3)
    return float((np.floor if down else np.round)(minute / step) * step)
