"""Towns by which a reader finds his way on a map: those of the log, and the shipped gazetteer's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from consilience.quantities import Degrees, great_circle_m
from consilience.records.reference_data import GazetteerEntry
from consilience.records.views import IncidentView
from consilience.reference.gazetteer import CASE_SOURCE, SAME_PLACE_M, Gazetteer, load_gazetteer
from consilience.reference.names import same_name_key

Town = tuple[str, Degrees, Degrees]
"""Name, latitude, longitude."""

_CITY_ERROR_M = 3_000.0
"""The gazetteer's radius grows with the number of inhabitants; from here on a town has 50,000 or more."""
_NEAR_DEG = 0.1
"""More than SAME_PLACE_M in both directions, up to the sixtieth parallel."""
_TOWNS = "GeoNames"
"""The gazetteer's source for towns; its other entries are areas."""


@lru_cache(maxsize=1)
def shipped_towns() -> tuple[tuple[Town, bool], ...]:
    """Every shipped town, the larger first; True for one of 50,000 inhabitants or more."""
    towns = [entry for entry in load_gazetteer() if entry.source == _TOWNS]
    towns.sort(key=lambda entry: (-entry.error_m, entry.name, entry.lat))
    return tuple(((entry.name, entry.lat, entry.lon), entry.error_m >= _CITY_ERROR_M) for entry in towns)


def towns_of_case(incidents: Iterable[IncidentView]) -> list[Town]:
    """Cities, then places of the log, those seen most often first, then smaller towns."""
    often: dict[Town, int] = {}
    for one in incidents:
        for point in one.points:
            key = (point.place, point.lat, point.lon)
            often[key] = often.get(key, 0) + 1
    seen = sorted(often, key=lambda town: (-often[town], town))
    cities = [town for town, is_city in shipped_towns() if is_city]
    return [*cities, *seen, *(town for town, is_city in shipped_towns() if not is_city)]


def towns_with_names(towns: Iterable[Town]) -> list[Town]:
    """The same towns under their Arabic names; those for which the gazetteer has none fall away."""
    arabic = {(entry.lat, entry.lon): names[0] for entry in load_gazetteer() if (names := _arabic_names(entry))}
    return [(name, lat, lon) for _, lat, lon in towns if (name := arabic.get((lat, lon)))]


def case_names(places: Iterable[str], gazetteer: Gazetteer, *, is_arabic: bool) -> dict[tuple[Degrees, Degrees], str]:
    """By position of a shipped town, how the case's tables write it: a town has one name in one report.

    `places` are towns that the report names anyway. Of another town of the case nothing is said, not even its spelling:
    it may stand in the tables for a log's sake, and would lead to where somebody kept it. A shipped town is the same
    where it lies within SAME_PLACE_M and shares a name with the one place that the word means.
    """
    names: dict[tuple[Degrees, Degrees], str] = {}
    for place in dict.fromkeys(places):
        found = gazetteer.find(place)
        if len(found) != 1:
            continue
        (own,) = found
        written = arabic_name(found) if is_arabic else own.name if own.source == CASE_SOURCE else place
        for town in load_gazetteer() if written else ():
            if town.source == _TOWNS and _is_same(own, town):
                names.setdefault((town.lat, town.lon), written or "")
    return names


def under_case_names(towns: Iterable[Town], names: Mapping[tuple[Degrees, Degrees], str], *, both: bool) -> list[Town]:
    """The towns under these names; with `both` the gazetteer's name stands beside one that differs."""
    written = ((names.get((lat, lon), name), name, lat, lon) for name, lat, lon in towns)
    return [(f"{own} ({name})" if both and own != name else own, lat, lon) for own, name, lat, lon in written]


def _is_same(own: GazetteerEntry, town: GazetteerEntry) -> bool:
    near = abs(own.lat - town.lat) < _NEAR_DEG and abs(own.lon - town.lon) < _NEAR_DEG
    if not near or not _keys(own) & _keys(town):
        return False
    return bool(great_circle_m(own.lat, own.lon, town.lat, town.lon) < SAME_PLACE_M)


def _keys(entry: GazetteerEntry) -> set[str]:
    return {same_name_key(name) for name in (entry.name, *entry.names)} - {""}


def arabic_name(places: Iterable[GazetteerEntry]) -> str | None:
    """The Arabic name of the one place that a name means; None where it may mean several, or has several such names
    (spellings of one apart) of which none is given more often: nothing is guessed.
    """
    entries = tuple(places)
    names = _arabic_names(entries[0]) if len(entries) == 1 else []
    return names[0] if len({same_name_key(name) for name in names}) == 1 else None


def _arabic_names(entry: GazetteerEntry) -> list[str]:
    """Those that the gazetteer's sources give most often: the town's own name is, older and mistaken ones are not."""
    often = Counter(name for name in entry.names if _is_arabic(name))
    return [name for name, count in often.items() if count == max(often.values())]


def _is_arabic(name: str) -> bool:
    return all("\u0600" <= letter <= "\u06ff" or letter == " " for letter in name)
