"""Named places and their positions: the shipped gazetteer, a case's own places, and the air bases, found by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl

from consilience.quantities import Metres, great_circle_m
from consilience.records.reference_data import Base, GazetteerEntry, OrderOfBattle
from consilience.reference.admin_areas import read_places
from consilience.reference.names import base_name_key, same_name_key

TOWN_ERROR_M: Metres = 2_000.0
"""Radius of a place whose size nobody states: our choice, because the case tables give towns of Idlib 1.5 to 3 km."""

BASE_ERROR_M: Metres = 2_000.0
"""Radius of an air base: our choice, because its runway is 3 km long and the position is its middle."""

SAME_PLACE_M: Metres = 5_000.0
"""Places of one name nearer than this are one place: our choice, because two towns of one name lie farther apart."""

OWN_BASE_M: Metres = 15_000.0
"""A base of a town's name nearer than this to it is that town's own, so the bare name means the town: our choice,
because the airports named after Hama, Deir ez-Zor, Tabqa and Qamishli lie 4 to 10 km outside them."""

CASE_SOURCE = "the case's places"
BASE_SOURCE = "order of battle"

_ALIKE = 82.0
"""Likeness in percent (normalised Indel distance, rapidfuzz) from which a name is shown as a suggestion: our choice."""
_SUGGESTIONS = 3

_Index = Mapping[str, tuple[GazetteerEntry, ...]]


@lru_cache(maxsize=1)
def load_gazetteer() -> tuple[GazetteerEntry, ...]:
    """Every place that ships with the package: GeoNames' towns and the administrative areas, each place once."""
    return read_places()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places that a case's names may mean. `find` is exact up to spelling (`reference.names`), not by likeness."""

    own: _Index
    own_bases: _Index
    shipped: _Index
    bases: _Index
    bases_by_core: _Index

    @classmethod
    def of_case(cls, places: pl.DataFrame, orbat: OrderOfBattle | None) -> Gazetteer:
        """From the shipped entries, the case's canonical `places` table and the bases of its order of battle."""
        own = tuple(_own_entry(row) for row in places.iter_rows(named=True))
        bases = tuple(_base_entry(base) for base in orbat.bases.values()) if orbat is not None else ()
        return cls(
            own=_index((key, entry) for entry in own for key in _keys(entry)),
            own_bases=_index((key, entry) for entry in own for key in _base_keys(entry)),
            shipped=_shipped_index(),
            bases=_index((same_name_key(name), entry) for entry in bases for name in entry.names),
            bases_by_core=_index((key, entry) for entry in bases for key in _keys(entry) | _base_keys(entry)),
        )

    def find(self, name: str) -> tuple[GazetteerEntry, ...]:
        """Every place that the name may mean, merged where nearer than SAME_PLACE_M; () where none is known.

        A case's own place wins over others of its name. A name with a word for air base or airport means a base. A bare
        name means towns, and bases of that name that are not the town's own; an administrative area only where no town
        of its name lies in it. Where nothing else has the name, a base has that under which its row lists it, also if
        `names` does not repeat it.
        """
        return _merged(self._candidates(name))

    def suggest(self, name: str) -> tuple[str, ...]:
        """Known names spelled like this one, the likest first: for a message, never to be used as an answer."""
        from rapidfuzz import fuzz, process  # only where a name is unknown

        spelled: dict[str, str] = {}
        for index in (self.own, self.bases_by_core, self.shipped):
            for key, entries in index.items():
                spelled.setdefault(key, entries[0].name)
        alike = process.extract(same_name_key(name), list(spelled), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=50)
        ranked = sorted((-score, spelled[key]) for key, score, _ in alike)
        return tuple(dict.fromkeys(shown for _, shown in ranked))[:_SUGGESTIONS]

    def _candidates(self, name: str) -> tuple[GazetteerEntry, ...]:
        key, core = same_name_key(name), base_name_key(name)
        if not key:
            return ()
        if key in self.own:
            return self.own[key]
        if core is not None:
            exact = (*self.bases.get(key, ()), *self.bases_by_core.get(core, ()))
            return self.own_bases.get(core) or exact or self.shipped.get(key, ())
        towns = self.shipped.get(key, ())
        found = (*towns, *(base for base in self.bases.get(key, ()) if not _is_own_base(base, towns)))
        return found or tuple(base for base in self.bases_by_core.get(key, ()) if same_name_key(base.name) == key)


def _own_entry(row: Mapping[str, object]) -> GazetteerEntry:
    error = row["position_error_m"]
    return GazetteerEntry(
        name=str(row["place"]),
        lat=float(str(row["lat"])),
        lon=float(str(row["lon"])),
        error_m=TOWN_ERROR_M if error is None else float(str(error)),
        names=tuple(str(name) for name in _as_list(row["names"])),
        source=CASE_SOURCE,
    )


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _base_entry(base: Base) -> GazetteerEntry:
    return GazetteerEntry(base.name, base.lat, base.lon, BASE_ERROR_M, base.names, BASE_SOURCE)


def _keys(entry: GazetteerEntry) -> set[str]:
    return {same_name_key(name) for name in (entry.name, *entry.names)} - {""}


def _base_keys(entry: GazetteerEntry) -> set[str]:
    return {core for name in (entry.name, *entry.names) if (core := base_name_key(name))}


def _index(pairs: Iterable[tuple[str, GazetteerEntry]]) -> _Index:
    index: dict[str, list[GazetteerEntry]] = {}
    for key, entry in pairs:
        entries = index.setdefault(key, [])
        if entry not in entries:
            entries.append(entry)
    return {key: tuple(sorted(entries, key=_order)) for key, entries in sorted(index.items())}


def _order(entry: GazetteerEntry) -> tuple[str, float, float]:
    return entry.name, entry.lat, entry.lon


@lru_cache(maxsize=1)
def _shipped_index() -> _Index:
    return _index((key, entry) for entry in load_gazetteer() for key in _keys(entry))


def _is_own_base(base: GazetteerEntry, towns: tuple[GazetteerEntry, ...]) -> bool:
    return any(distance_m(base, town) <= OWN_BASE_M for town in towns)


def distance_m(one: GazetteerEntry, other: GazetteerEntry) -> Metres:
    """Metres between the positions of two entries."""
    return float(great_circle_m(one.lat, one.lon, other.lat, other.lon))


def _merged(entries: tuple[GazetteerEntry, ...]) -> tuple[GazetteerEntry, ...]:
    """Entries in order, each group within SAME_PLACE_M of one another as one entry that covers all of it."""
    groups: list[list[GazetteerEntry]] = []
    for entry in dict.fromkeys(entries):
        near = [group for group in groups if any(distance_m(entry, other) <= SAME_PLACE_M for other in group)]
        groups = [group for group in groups if group not in near] + [[*(e for group in near for e in group), entry]]
    return tuple(sorted((_covering(group) for group in groups), key=_order))


def _covering(group: list[GazetteerEntry]) -> GazetteerEntry:
    """One entry: the middle of the positions, and a radius that holds each with its own."""
    if len(group) == 1:
        return group[0]
    first = min(group, key=_order)
    middle = replace(
        first, lat=float(np.mean([entry.lat for entry in group])), lon=float(np.mean([entry.lon for entry in group]))
    )
    reach = max(distance_m(middle, entry) + entry.error_m for entry in group)
    names = dict.fromkeys(name for entry in sorted(group, key=_order) for name in entry.names)
    return replace(middle, error_m=float(np.ceil(reach)), names=tuple(names))
