"""The shipped tables of towns (GeoNames) and of administrative areas (OpenSyria), read so that no place stands twice.

A bare name of an area that has a town of that name means the town: a log that says "Idlib" means the city, and who
means the governorate says so. Such an area lends its spellings to the town and keeps only the names that say what it
is ("Idlib Governorate", محافظة إدلب). An area without a town of its name keeps its bare name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from consilience.quantities import Metres, great_circle_m
from consilience.records.reference_data import GazetteerEntry
from consilience.reference.names import name_words, same_name_key
from consilience.reference.rows import Row, read_rows
from consilience.reference.shipped import GAZETTEER

_GEONAMES = "GeoNames"
_OPENSYRIA = "OpenSyria Data Geography"

_ERROR_BY_POPULATION: tuple[tuple[int, Metres], ...] = ((1_000_000, 8_000.0), (200_000, 5_000.0), (50_000, 3_000.0))
_TOWN_ERROR_M: Metres = 2_000.0
"""Radius of a town from its inhabitants (0: not known): our choice, from the built-up extents of Aleppo, Hama and
Idlib."""

_AREA_ERROR_M: Mapping[str, Metres] = {"governorate": 65_000.0, "district": 31_000.0, "subdistrict": 15_000.0}
"""Radius of the circle with the mean area of each level: 185,180 km² of Syria by 14, 62 and 272 areas."""

_AREA_WORDS = frozenset(
    {"governorate", "district", "subdistrict", "nahiyah", "nahiyat", "nahyt", "countryside", "surroundings",
     "محافظه", "منطقه", "ناحيه", "مركز"}
)  # fmt: skip


_GOVERNORATE_OF_ADMIN1: Mapping[str, str] = {
    "01": "sy-al-hasakah", "02": "sy-latakia", "03": "sy-quneitra", "04": "sy-raqqa", "05": "sy-as-suwayda",
    "06": "sy-daraa", "07": "sy-deir-ez-zor", "08": "sy-rif-dimashq", "09": "sy-aleppo", "10": "sy-hama",
    "11": "sy-homs", "12": "sy-idlib", "13": "sy-damascus", "14": "sy-tartus",
}  # fmt: skip
"""GeoNames' first-level codes for Syria (admin1CodesASCII.txt) as OpenSyria's governorates."""


def read_places() -> tuple[GazetteerEntry, ...]:
    """Every town and every administrative area that ships with the package; where both are one place, the town."""
    town_rows = read_rows(GAZETTEER / "geonames_syria.csv", ("name", "lat", "lon", "admin1", "population", "names"))
    area_rows = read_rows(GAZETTEER / "admin_syria.csv", ("level", "id", "parent", "name", "name_ar", "lat", "lon"))
    towns = {row.number: _town(row) for row in town_rows}
    numbers_of: dict[tuple[str, str], list[int]] = {}
    for row in town_rows:
        governorate = _GOVERNORATE_OF_ADMIN1[row.required("admin1")]
        for key in {same_name_key(name) for name in (towns[row.number].name, *towns[row.number].names)}:
            numbers_of.setdefault((governorate, key), []).append(row.number)
    parents = {row.required("id"): row.text("parent") for row in area_rows}
    areas = []
    for row in area_rows:
        governorate, area = _root(row.required("id"), parents), _area(row)
        namesakes = [n for name in _bare_names(area) for n in numbers_of.get((governorate, same_name_key(name)), ())]
        if namesakes:
            seat = min(namesakes, key=lambda number: (_distance_m(area, towns[number]), number))
            towns[seat] = replace(towns[seat], names=(*towns[seat].names, *_bare_names(area)))
        areas.append(_named_as_area(area, row.required("level")) if namesakes else area)
    return (*towns.values(), *areas)


def _town(row: Row) -> GazetteerEntry:
    inhabitants = row.number_in("population", 0, 1e9)
    error = next((error for floor, error in _ERROR_BY_POPULATION if inhabitants >= floor), _TOWN_ERROR_M)
    return GazetteerEntry(
        row.required("name"), row.number_in("lat", -90, 90), row.number_in("lon", -180, 180), error,
        row.items("names"), _GEONAMES,
    )  # fmt: skip


def _area(row: Row) -> GazetteerEntry:
    names = (row.text("name_ar"), *row.items("names"))
    return GazetteerEntry(
        row.required("name"), row.number_in("lat", -90, 90), row.number_in("lon", -180, 180),
        _AREA_ERROR_M[row.required("level")], tuple(name for name in names if name), _OPENSYRIA,
    )  # fmt: skip


def _root(area_id: str, parents: Mapping[str, str]) -> str:
    while parents[area_id]:
        area_id = parents[area_id]
    return area_id


def _says_area(name: str) -> bool:
    return not _AREA_WORDS.isdisjoint(name_words(name))


def _bare_names(area: GazetteerEntry) -> tuple[str, ...]:
    return tuple(name for name in (area.name, *area.names) if not _says_area(name))


def _named_as_area(area: GazetteerEntry, level: str) -> GazetteerEntry:
    return replace(area, name=f"{area.name} {level}", names=tuple(name for name in area.names if _says_area(name)))


def _distance_m(one: GazetteerEntry, other: GazetteerEntry) -> Metres:
    return float(great_circle_m(one.lat, one.lon, other.lat, other.lon))
