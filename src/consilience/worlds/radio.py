"""What the radio monitors wrote down: Russian calls around releases, fewer Arabic ones, and chatter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from consilience.worlds.chance import draw, happens
from consilience.worlds.flying import Flown
from consilience.worlds.kinds import WorldKind
from consilience.worlds.plane import Km, minute_of, to_degrees
from consilience.worlds.sorties import FIRST_DAY, Plan

CALLS: Mapping[str, tuple[float, float]] = {
    "target_coordinates": (-8.0, 2.5),
    "target_in_sight": (-3.0, 1.5),
    "cleared": (-2.0, 1.0),
    "weapon_release": (-0.7, 0.4),
    "returning": (5.0, 3.0),
}
"""Minutes from a release, mean and spread: coordinates 8 and clearance 2 minutes before it at Nabad al-Hayat (orbat
`lexicon.csv`); release calls just before the impact; the spreads and the return are our choice."""
WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Russian", "weapon_release"): ("srabotal", "otpravil", "сработал"),
    ("Russian", "target_in_sight"): ("correction", "korrektsiya"),
    ("Russian", "cleared"): ("three sevens", "tri semyorki"),
    ("Russian", "target_coordinates"): ("coordinates read as latitude and longitude",),
    ("Arabic", "target_coordinates"): ("صنوبر", "حطين"),
    ("Arabic", "returning"): ("I am returning, on the way back",),
}
"""Code words of the order of battle's lexicon."""
CHATTER_A_DAY: Mapping[str, float] = {"Russian": 14.0, "Arabic": 10.0}
ARABIC_FACTOR = 1 / 3
"""Syrian crews are heard less: few intercepts of theirs are published."""
OBSERVER_ON_AIR = 0.25
"""Of Arabic chatter, what sounds like a release or a return: observers speak on the same band (orbat SOURCE.md)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A transmission as written down; `plan` is the flight it came from (None: chatter), `said` its true class."""

    monitor: int
    minute: float
    seconds: int
    frequency_mhz: float
    language: str
    callsign: str
    phrase: str
    transcript: str
    lat: float | None
    lon: float | None
    plan: int | None
    said: str


@dataclass(frozen=True, slots=True)
class Monitors:
    """When each monitor listened: (monitor, day of the war) → from and to, minutes since the epoch."""

    watches: tuple[tuple[int, float, float], ...]
    by_day: Mapping[int, tuple[tuple[int, float, float], ...]]

    @classmethod
    def on(cls, watches: Iterable[tuple[int, float, float]]) -> Monitors:
        """Of watches that each lie within one day of the war."""
        kept = tuple(watches)
        days: dict[int, tuple[tuple[int, float, float], ...]] = {}
        for watch in kept:
            days[_day(watch[1])] = (*days.get(_day(watch[1]), ()), watch)
        return cls(kept, days)

    def listening(self, minute: float) -> list[int]:
        """Monitors on duty then."""
        return [monitor for monitor, start, end in self.by_day.get(_day(minute), ()) if start <= minute < end]


def _day(minute: float) -> int:
    return int((minute - minute_of(FIRST_DAY)) // 1440.0)


def man_monitors(rng: Generator, days: int, kind: WorldKind) -> Monitors:
    """Two monitors with days off; a fifth of the days nobody listens (a knob)."""
    watches = []
    for day in range(days):
        if happens(rng, kind.days_without_monitor):
            continue
        begin = minute_of(FIRST_DAY) + 1440.0 * day
        watches.append((0, begin, begin + 1440.0))
        if happens(rng, 0.5):
            start = begin + 60.0 * float(rng.integers(5, 10))
            watches.append((1, start, start + 60.0 * float(rng.integers(6, 12))))
    return Monitors.on(watches)


def listen(rng: Generator, monitors: Monitors, plan: Plan, flown: Flown, number: int, kind: WorldKind) -> list[Call]:
    """The calls of one armed flight that were noted, around each of its releases."""
    language = {"Russian": "Russian", "Syrian": "Arabic"}.get(plan.fleet.party)
    if language is None or not flown.releases:
        return []
    heard = kind.radio_heard * (1.0 if language == "Russian" else ARABIC_FACTOR)
    callsign = _callsign(rng, language) if happens(rng, 0.4) else ""
    frequency = _frequency(rng, language)
    calls = []
    for order, release in enumerate(flown.releases):
        for phrase, (mean, spread) in CALLS.items():
            if phrase == "returning" and order + 1 < len(flown.releases):
                continue
            minute = release + float(rng.normal(mean, spread))
            on_duty = monitors.listening(minute)
            if on_duty and happens(rng, heard):
                aim = plan.target if phrase == "target_coordinates" and happens(rng, 0.3) else None
                monitor = on_duty[int(rng.integers(len(on_duty)))]
                calls.append(_write(rng, monitor, minute, frequency, language, callsign, phrase, aim, number))
    return [call for call in calls if call.monitor in monitors.listening(call.minute)]


def chatter(rng: Generator, monitors: Monitors, density: float) -> list[Call]:
    """Talk that belongs to no flight of ours: transfers, weather, tests, observers on the same band."""
    calls = []
    for monitor, start, end in monitors.watches:
        for language, rate in CHATTER_A_DAY.items():
            for _ in range(int(rng.poisson(rate * density * (end - start) / 1440.0))):
                minute = float(rng.uniform(start, end - 1.0))
                phrase = _chatter_phrase(rng, language)
                calls.append(_write(rng, monitor, minute, _frequency(rng, language), language, "", phrase, None, None))
    return calls


def _chatter_phrase(rng: Generator, language: str) -> str:
    if language == "Arabic" and happens(rng, OBSERVER_ON_AIR):
        return draw(rng, {"weapon_release": 1.0, "returning": 1.0, "target_in_sight": 1.0})
    return draw(rng, {"other": 6.0, "target_coordinates": 1.0, "returning": 1.0, "cleared": 0.5})


def _write(
    rng: Generator, monitor: int, minute: float, frequency: float, language: str, callsign: str, phrase: str,
    aim: Km | None, plan: int | None,
) -> Call:  # fmt: skip
    """As the monitor has it: the class misheard in one of twenty, or left to the code word; the minute rounded down."""
    noted = phrase if happens(rng, 0.95) else draw(rng, {"other": 2.0, "target_in_sight": 1.0, "returning": 1.0})
    words = WORDS.get((language, noted), ())
    word = words[int(rng.integers(len(words)))] if words and happens(rng, 0.6) else ""
    lat, lon = (None, None) if aim is None else to_degrees(aim + rng.normal(0.0, 0.4, 2))
    said_by_class = not word or happens(rng, 0.5)
    return Call(
        monitor, float(np.floor(minute)), int(rng.integers(2, 25)), frequency, language, callsign,
        noted if said_by_class else "", word, lat, lon, plan, phrase,
    )  # fmt: skip


def _callsign(rng: Generator, language: str) -> str:
    """Call signs are used again by other crews: they name nobody."""
    return str(int(rng.integers(10, 60))) if language == "Russian" else f"Shahin {int(rng.integers(1, 15))}"


def _frequency(rng: Generator, language: str) -> float:
    """Airband VHF for the Russians, a little lower for the Syrians; overlapping. Our choice: none is published."""
    low, high = (124.0, 140.0) if language == "Russian" else (118.0, 130.0)
    return round(float(rng.uniform(low, high)) * 40.0) / 40.0
