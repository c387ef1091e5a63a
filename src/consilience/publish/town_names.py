"""Towns by which a reader finds his way on a map: those of the log, and the shipped gazetteer's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from consilience.quantities import Degrees
from consilience.records.reference_data import GazetteerEntry
from consilience.records.views import IncidentView
from consilience.reference.gazetteer import load_gazetteer
from consilience.reference.names import same_name_key

Town = tuple[str, Degrees, Degrees]
"""Name, latitude, longitude."""

_CITY_ERROR_M = 3_000.0
"""The gazetteer's radius grows with the number of inhabitants; from here on a town has 50,000 or more."""
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
