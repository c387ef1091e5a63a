"""What a spotter writes of an aircraft: a type, a loose word, "Russian", sometimes whose it is. And how he errs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import Generator

from consilience.worlds.chance import draw, happens
from consilience.worlds.fleets import Fleet
from consilience.worlds.kinds import WorldKind

TAKEN_FOR: Mapping[str, Mapping[str, float]] = {
    "Su-22": {"Su-24": 3.0, "MiG-23": 2.0, "MiG-21": 1.0},
    "Su-24": {"Su-34": 2.0, "Su-22": 2.0, "MiG-23": 1.0},
    "Su-25": {"Su-24": 2.0, "L-39": 1.0, "Su-22": 1.0},
    "Su-30": {"Su-35": 3.0, "Su-34": 2.0, "MiG-29": 1.0},
    "Su-34": {"Su-24": 3.0, "Su-30": 2.0},
    "Su-35": {"Su-30": 3.0, "Su-34": 1.0, "MiG-29": 1.0},
    "MiG-21": {"MiG-23": 3.0, "Su-22": 1.0},
    "MiG-23": {"MiG-21": 2.0, "Su-22": 2.0, "Su-24": 1.0},
    "L-39": {"Yak-130": 3.0, "MiG-21": 1.0, "Su-25": 1.0},
    "Mi-8": {"Mi-14": 1.0, "Mi-24": 2.0},
    "Mi-14": {"Mi-8": 4.0},
    "Mi-24": {"Mi-8": 2.0, "Ka-52": 1.0, "Mi-28": 1.0},
    "Ka-52": {"Mi-24": 2.0, "Mi-28": 2.0},
    "Orlan-10": {"Forpost": 1.0, "Ababil-3": 1.0},
    "Forpost": {"Orlan-10": 1.0, "Mohajer-6": 1.0},
}
"""What a type is taken for: alike in outline or sound. No table is published; our choice."""
NATO = {
    "Su-22": "Su-22 (Fitter)", "Su-24": "Su-24 (Fencer)", "MiG-23": "MiG-23 (Flogger)", "Mi-8": "Mi-8 (Hip)",
    "Yak-130": "Yak 130 (Mitten)",
}  # fmt: skip
"""Spellings of the April 2017 log."""
LOOSE: Mapping[str, Mapping[str, float]] = {
    "jet": {"jet": 3.0, "warplane": 4.0, "plane": 1.0, "military aircraft": 1.0},
    "helicopter": {"helicopter": 1.0},
    "drone": {"drone": 4.0, "reconnaissance aircraft": 2.0},
    "transport": {"transport aircraft": 2.0, "plane": 1.0, "cargo": 1.0},
}
RUSSIAN = {"Russian": 3.0, "Russian jet": 2.0, "Russian warplane": 2.0}
REGIME = {"regime warplane": 1.0, "Syrian jet": 1.0}
RUSSIAN_OF_RUSSIAN = 0.45
"""Rows of a Russian jet that say "Russian": most of the April 2017 log does; fewer here, for its types are told too."""
REGIME_OF = {"Syrian": 0.12, "Russian": 0.02}
OPERATOR_RIGHT = 0.96


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one row: platform as written, operator or "" if he heard none."""

    platform: str
    operator: str


def describe(rng: Generator, fleet: Fleet, kind: WorldKind, eye: float, dark: bool) -> Said:
    """One spotter's words for an aircraft of a fleet. `eye` scales the types that he names; by night he names fewer."""
    named = kind.exact_type * eye * (0.7 if dark else 1.0) * (1.3 if fleet.kind == "helicopter" else 1.0)
    word = _type(rng, fleet, kind) if happens(rng, named) else _loose(rng, fleet, kind)
    return Said(word, _operator(rng, fleet, kind))


def _type(rng: Generator, fleet: Fleet, kind: WorldKind) -> str:
    platform = fleet.platform
    if platform in TAKEN_FOR and happens(rng, kind.type_confused):
        platform = draw(rng, TAKEN_FOR[platform])
    return NATO[platform] if platform in NATO and happens(rng, 0.5) else platform


def _loose(rng: Generator, fleet: Fleet, kind: WorldKind) -> str:
    if fleet.kind != "jet":
        return draw(rng, LOOSE[fleet.kind])
    if happens(rng, _said_russian(fleet, kind)):
        return draw(rng, RUSSIAN)
    if happens(rng, REGIME_OF.get(fleet.party, 0.0)):
        return draw(rng, REGIME)
    if fleet.platform == "L-39" and happens(rng, 0.3):
        return "warplane with machine gun"
    if happens(rng, 0.15):
        return "Sukhoi" if fleet.platform.startswith("Su") else "MiG"
    return "unknown aircraft" if happens(rng, 0.01) else draw(rng, LOOSE["jet"])


def _said_russian(fleet: Fleet, kind: WorldKind) -> float:
    """The chance given that no type is named, so that it is the knob's value over all of a fleet's rows."""
    wanted = RUSSIAN_OF_RUSSIAN if fleet.party == "Russian" else kind.called_russian
    return min(wanted / max(1.0 - kind.exact_type, 0.01), 1.0)


def _operator(rng: Generator, fleet: Fleet, kind: WorldKind) -> str:
    if fleet.party == "other" or not happens(rng, kind.operator_heard):
        return ""
    wrong = "Syrian" if fleet.party == "Russian" else "Russian"
    return fleet.party if happens(rng, OPERATOR_RIGHT) else wrong
