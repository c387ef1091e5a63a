"""The country of a simulated war: its towns, air bases and the facilities that may be hit.

Towns and bases are real ones from the shipped gazetteer and order of battle, read from their files and not through
their loaders: a loader's error must not become the truth. Facilities are invented; none stands where a real one does
but by chance.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.random import Generator

from consilience.worlds.chance import draw, happens
from consilience.worlds.plane import Km, to_degrees, to_km

BOX = (36.25, 35.25, 37.10, 36.30)
"""West, south, east, north: Idlib, northern Hama, western Aleppo; where towns are taken from."""
AREA = (35.7, 34.9, 37.6, 36.6)
"""The case's area: bounds facilities and incidents."""

BASE_IN_LOG = {
    "Hmeimim": "Hmeimim", "Hama": "Hama airport", "Shayrat": "Shayrat", "Tiyas": "T4", "Kuweires": "Kuweires",
    "Nairab": "Nairab",
}  # fmt: skip
"""Bases that have an observer near the fence, and what his log calls them (spellings of the order of battle)."""

FACILITY_KINDS = {
    "hospital": 0.28, "school": 0.22, "market": 0.12, "clinic": 0.12, "residential": 0.12, "idp_camp": 0.08,
    "ambulance_station": 0.06,
}  # fmt: skip
"""Our choice, near the mix of the published case of 2019–2020."""


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """A town as the log knows it. `spellings` are other ways in which its name is written; `weight` how often hit."""

    name: str
    spellings: tuple[str, ...]
    km: Km
    lat: float
    lon: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Facility:
    """A place that may be hit. `km` is where it is; `lat`, `lon` what the case says, wrong by about `error_m`."""

    facility_id: str
    name: str
    kind: str
    town: int
    km: Km
    lat: float
    lon: float
    error_m: int
    deconflicted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """Towns, facilities and the bases' positions by name."""

    towns: tuple[Town, ...]
    facilities: tuple[Facility, ...]
    bases: Mapping[str, Km]

    def town_km(self) -> Km:
        """All towns' positions, (towns, 2)."""
        return np.array([town.km for town in self.towns])


def lay_out(rng: Generator, facilities: int) -> Land:
    """Towns with weights of their own and so many facilities in them."""
    towns = _towns(rng)
    bases = {row["base"]: to_km(float(row["lat"]), float(row["lon"])) for row in table("orbats/syria/bases.csv")}
    return Land(towns, _facilities(rng, towns, facilities), bases)


def table(path: str) -> list[dict[str, str]]:
    """A shipped CSV file's rows, by its path below `reference/data`."""
    text = (files("consilience.reference") / "data" / path).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def _towns(rng: Generator) -> tuple[Town, ...]:
    rows = table("gazetteer/geonames_syria.csv")
    known = Counter(spelling for row in rows for spelling in {_plain(row["name"])} | set(_latin(row["names"])))
    west, south, east, north = BOX
    towns = []
    for row in rows:
        lat, lon = float(row["lat"]), float(row["lon"])
        name = _plain(row["name"])
        if not (west <= lon <= east and south <= lat <= north) or known[name] > 1:
            continue
        spellings = tuple(s for s in _latin(row["names"]) if known[s] == 1 and s != name)[:3]
        towns.append(Town(name, spellings, to_km(lat, lon), lat, lon, float(rng.gamma(1.5))))
    return tuple(towns)


def _plain(name: str) -> str:
    """A name without marks: what somebody types in a hurry."""
    letters = unicodedata.normalize("NFKD", name.replace("‘", "").replace("’", "").replace("`", ""))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()


def _latin(names: str) -> list[str]:
    """The spellings in plain Latin letters that begin like a name, in a fixed order."""
    return sorted({name for name in names.split(";") if name.isascii() and name[:1].isupper() and len(name) > 3})


def _facilities(rng: Generator, towns: tuple[Town, ...], number: int) -> tuple[Facility, ...]:
    weights = np.array([town.weight for town in towns])
    names = rng.permutation(number)
    seen: Counter[str] = Counter()
    made = []
    for index in range(number):
        town = int(rng.choice(len(towns), p=weights / weights.sum()))
        kind = draw(rng, FACILITY_KINDS)
        km = towns[town].km + rng.normal(0.0, 1.2, 2)
        error_m = int(draw(rng, {100: 0.3, 300: 0.3, 600: 0.25, 1500: 0.15}))
        lat, lon = to_degrees(km + rng.normal(0.0, error_m / 2000.0, 2))
        label = f"{kind.replace('_', ' ').capitalize()} of {towns[town].name}"
        seen[label] += 1
        made.append(Facility(
            f"F{names[index] + 1:03d}", f"{label} ({seen[label]})", kind, town, km, lat, lon, error_m,
            kind in ("hospital", "clinic") and happens(rng, 0.6),
        ))  # fmt: skip
    return tuple(made)
