"""Things left behind: videos and their uploads, satellite scenes before and after, remnants of weapons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from consilience.worlds.attacks import Event
from consilience.worlds.chance import draw, happens
from consilience.worlds.land import Land, table
from consilience.worlds.plane import to_degrees, written
from consilience.worlds.sources import SourceBook

SHOWS: Mapping[str, float] = {"smoke": 3.0, "damage": 3.0, "rescue": 3.0, "casualties": 1.0, "strike": 1.0}
LINK_WRONG = {"proposed": 0.05, "confirmed": 0.01}
"""Method's own figures for a link that is not right: 0.95 and 0.99 right."""
SENSORS = {"WorldView": 0.5, "Pleiades": 0.8, "PlanetScope": 3.0, "Sentinel-2": 10.0}
"""Metres of ground sampling; the coarser, the more damage is missed."""
REMNANT_FOUND = 0.25
REMNANT_MISREAD = 0.08


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of `media`, `imagery` or `munitions` as text, with its incident and what it truly is."""

    table: str
    event: int
    source: int | None
    row: Mapping[str, object]
    truth: str


def gather(rng: Generator, events: tuple[Event, ...], land: Land, book: SourceBook) -> list[Thing]:
    """Everything found of every incident. What never happened leaves only films of something else."""
    remnants = _remnants()
    things: list[Thing] = []
    hits: dict[int, list[float]] = {}
    for event in events:
        hits.setdefault(event.facility, []).extend([event.minute] * bool(event.strikes))
    for number, event in enumerate(events):
        things += _media(rng, number, event, land, book)
        things += _scenes(rng, number, event, land, hits)
        if event.strikes and happens(rng, REMNANT_FOUND):
            things += _remnant(rng, number, event, remnants)
    return things


def _media(rng: Generator, number: int, event: Event, land: Land, book: SourceBook) -> list[Thing]:
    """None to several films; upload some hours later (median 2½, our choice); some are of another day's attack."""
    made = []
    for _ in range(int(rng.poisson(1.6 if event.strikes else 0.5))):
        status = draw(rng, {"proposed": 0.4, "confirmed": 0.6})
        wrong = not event.strikes or happens(rng, LINK_WRONG[status])
        shows = draw(rng, SHOWS)
        shot = event.minute + (float(rng.exponential(1.0)) if shows == "strike" else float(rng.gamma(1.2, 25.0)))
        shot -= float(rng.uniform(600.0, 20_000.0)) if wrong else 0.0
        row: dict[str, object] = {
            "link_status": status, "link_basis": "geolocated" if status == "confirmed" else "title",
            "shows": shows if happens(rng, 0.8) else "", "uploaded_at": "", "captured_at": "", "capture_precision": "",
        }  # fmt: skip
        if happens(rng, 0.9):
            row["uploaded_at"] = written(shot + float(rng.lognormal(np.log(150.0), 1.1)), seconds=True)
        if happens(rng, 0.2):
            row |= {"captured_at": written(shot + float(rng.normal(0.0, 2.0))), "capture_precision": "minute"}
        if status == "confirmed":
            row["lat"], row["lon"] = to_degrees(land.facilities[event.facility].km + rng.normal(0.0, 0.1, 2))
            row["position_error_m"] = 300
        made.append(Thing("media", number, book.add("media_uploader"), row, "other event" if wrong else "true"))
    return made


def _scenes(rng: Generator, number: int, event: Event, land: Land, hits: Mapping[int, list[float]]) -> list[Thing]:
    """For a third of the incidents a scene before and one after; an earlier hit on the same place shows in both."""
    if not happens(rng, 0.35):
        return []
    facility = land.facilities[event.facility]
    sensor = draw(rng, {"WorldView": 2.0, "Pleiades": 1.0, "PlanetScope": 2.0, "Sentinel-2": 1.0})
    made = []
    for when in (event.minute - float(rng.gamma(2.0, 6000.0)), event.minute + float(rng.gamma(2.0, 6000.0))):
        taken = float(
            np.floor(when / 1440.0) * 1440.0 + rng.uniform(480.0, 560.0)
        )  # mid-morning, as such satellites pass
        earlier = sum(minute < taken for minute in hits[event.facility])
        row = {
            "facility_id": facility.facility_id, "sensor": sensor, "gsd_m": SENSORS[sensor],
            "acquired_at": written(taken),
            "damage": _damage(rng, earlier, SENSORS[sensor]), "analyst": "analyst",
            "cloud_at_site": round(float(rng.beta(0.5, 6.0)), 2),
        }  # fmt: skip
        made.append(Thing("imagery", number, None, row, f"hits before: {earlier}"))
    return made


def _damage(rng: Generator, hits: int, gsd_m: float) -> str:
    """As an analyst reads it: missed more often the coarser the scene is, seen falsely in one of fifty."""
    missed = min(0.12 + 0.06 * gsd_m, 0.7)
    if hits == 0 or happens(rng, missed):
        return "possible" if happens(rng, 0.02 if hits == 0 else 0.3) else "none"
    return draw(rng, {"moderate": 0.55, "destroyed": 0.25, "possible": 0.2})


def _remnants() -> list[dict[str, str]]:
    return [row for row in table("orbats/syria/weapons.csv") if row["platforms"]]


def _remnant(rng: Generator, number: int, event: Event, weapons: list[dict[str, str]]) -> list[Thing]:
    """A remnant that its platform can carry, read as another weapon of the same mode in one of twelve."""
    strike = event.strikes[0]
    fits = [w for w in weapons if _fits(w, strike.platform, event)]
    misread = happens(rng, REMNANT_MISREAD)
    choice = [w for w in weapons if event.mode in w["modes"].split(";")] if misread or not fits else fits
    if not choice:
        return []
    name = choice[int(rng.integers(len(choice)))]["name"]
    return [Thing("munitions", number, None, {"name": name, "basis": "remnant"}, "misread" if misread else "true")]


def _fits(weapon: Mapping[str, str], platform: str, event: Event) -> bool:
    carried = platform in weapon["platforms"].split(";")
    mode = not weapon["modes"] or event.mode in weapon["modes"].split(";")
    return carried and mode and (weapon["cluster"] == "yes") == event.cluster
