"""Names to places: the real cases' names as their sources say, ambiguity kept, likeness never used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from real_words import IDLIB, NORTH_WEST, gazetteer, places, rows, words

from consilience.quantities import great_circle_m
from consilience.records.reference_data import GazetteerEntry
from consilience.reference.gazetteer import BASE_SOURCE, CASE_SOURCE, SAME_PLACE_M, Gazetteer, load_gazetteer
from consilience.reference.orbat import load_orbat

ORBAT = load_orbat("syria")


def _is_one_near(found: tuple[GazetteerEntry, ...], lat: float, lon: float) -> bool:
    (entry,) = found
    return float(great_circle_m(entry.lat, entry.lon, lat, lon)) <= 200.0


@pytest.mark.parametrize("case", [IDLIB, NORTH_WEST], ids=lambda case: case.name)
def test_every_place_name_of_a_real_case_means_exactly_one_place(case: object) -> None:
    assert case in (IDLIB, NORTH_WEST)
    folder = IDLIB if case == IDLIB else NORTH_WEST
    known = gazetteer(folder, ORBAT)
    named = words(
        folder, accounts=("place",), sightings=("place", "origin"), incidents=("place",), facilities=("place",)
    )
    assert len(named) > 15
    assert {name: len(known.find(name)) for name in named} == dict.fromkeys(named, 1)


@pytest.mark.parametrize("case", [IDLIB, NORTH_WEST], ids=lambda case: case.name)
def test_a_cases_own_places_are_found_under_each_of_their_names(case: Path) -> None:
    known = gazetteer(case, ORBAT)
    for row in rows(case, "places"):
        for name in (row["place"], *filter(None, row["names"].split(";"))):
            (entry,) = known.find(name)
            assert (entry.name, entry.source) == (row["place"], CASE_SOURCE)
            assert (entry.lat, entry.lon) == (float(row["lat"]), float(row["lon"]))


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("Kafr Zaytā", 35.37425, 36.6033),  # GeoNames 168620, facility F03
        ("Ma‘arrat an Nu‘mān", 35.6483, 36.67693),  # GeoNames 167611, F05
        ("Arīḩā", 35.81374, 36.60964),  # GeoNames 172994, F10
        ("Taftanāz", 35.99832, 36.78579),  # GeoNames 163799, F11
        ("Sarmīn", 35.90403, 36.72501),  # GeoNames 164782, F13
        ("Dārat ‘Izzah", 36.28247, 36.85216),  # GeoNames 170857, F14
        ("Idlib", 35.93062, 36.63393),  # GeoNames 169389, F16
        ("Ma‘arratmişrīn", 36.01152, 36.67183),  # GeoNames 167605
        ("Ehsem", 35.72078, 36.55631),  # GeoNames 174144: the town, not its subdistrict's centroid
        ("Kafranbel", 35.61376, 36.56449),  # GeoNames 168661
        ("Sarja", 35.75749, 36.62681),  # the case's own: not the place of like name 30 km away
        ("Hama air base", 35.1182, 36.7112),  # airportsdata OS58
    ],
)
def test_names_of_the_second_case_are_where_its_sources_put_them(name: str, lat: float, lon: float) -> None:
    assert _is_one_near(gazetteer(NORTH_WEST, ORBAT).find(name), lat, lon)


def test_suran_is_the_cases_own_and_ambiguous_without_it() -> None:
    assert _is_one_near(gazetteer(IDLIB, ORBAT).find("Suran"), 35.29193, 36.74848)
    for spelling in ("Suran", "Şūrān", "صوران"):
        both = gazetteer(None, ORBAT).find(spelling)
        assert [(round(entry.lat, 1), round(entry.lon, 1)) for entry in both] == [(35.3, 36.7), (36.6, 37.2)]


@pytest.mark.parametrize(
    ("bare", "as_base", "base"),
    [
        ("Hama", "Hama airport", "Hama"),
        ("Deir ez-Zor", "Deir ez-Zor airbase", "Deir ez-Zor"),
        ("Tabqa", "مطار الطبقة", "Tabqa"),
    ],
)
def test_a_bare_name_means_the_town_and_with_a_word_for_base_its_base(bare: str, as_base: str, base: str) -> None:
    known = gazetteer(None, ORBAT)
    (town,) = known.find(bare)
    assert town.source == "GeoNames"
    (found,) = known.find(as_base)
    assert (found.name, found.source) == (base, BASE_SOURCE)


def test_every_base_is_found_under_each_spelling_of_the_order_of_battle_with_a_word_for_base() -> None:
    known = gazetteer(None, ORBAT)
    for base in ORBAT.bases.values():
        for name in (base.name, *base.names):
            written = name if "base" in name else f"{name} air base"
            assert base.name in {entry.name for entry in known.find(written)}, name


def test_an_area_is_meant_only_where_it_says_so_or_has_no_town() -> None:
    known = gazetteer(None, None)
    (town,), (area,) = known.find("Idlib"), known.find("Idlib Governorate")
    assert (town.error_m, area.error_m) == (3_000.0, 65_000.0)
    assert known.find("محافظة إدلب") == (area,)
    (outskirts,) = known.find("Rif Dimashq")
    assert outskirts.error_m == 65_000.0


def test_a_place_in_both_shipped_tables_is_one_entry_with_the_spellings_of_both() -> None:
    (town,) = gazetteer(None, None).find("Kafr Nobol")  # a spelling of the area's table alone
    assert (town.name, town.source) == ("Kafranbel", "GeoNames")


@pytest.mark.parametrize("name", ["Kafr Nobl", "Kafr Nabol", "Khan Shaykhuun", "Idlip City", "", "—", "no such town"])
def test_a_close_miss_is_never_used(name: str) -> None:
    assert gazetteer(None, ORBAT).find(name) == ()


def test_a_close_miss_is_suggested_and_nonsense_is_not() -> None:
    known = gazetteer(IDLIB, ORBAT)
    assert "Kafranbel" in known.suggest("Kafr Nobl")
    assert known.suggest("qqqqqqqqqqq") == ()


def test_places_nearer_than_five_kilometres_are_one_that_holds_both() -> None:
    known = Gazetteer.of_case(
        places([
            {"place": "Tell A", "lat": "35.00", "lon": "36.00", "position_error_m": "500", "names": "Tell"},
            {"place": "Tell B", "lat": "35.03", "lon": "36.00", "position_error_m": "700", "names": "Tell"},
            {"place": "Tell C", "lat": "35.50", "lon": "36.00", "position_error_m": "900", "names": "Tell"},
        ]),
        None,
    )  # fmt: skip
    near, far = known.find("tell")
    assert (far.name, far.error_m) == ("Tell C", 900.0)
    for lat, error in ((35.00, 500.0), (35.03, 700.0)):
        assert float(great_circle_m(near.lat, near.lon, lat, 36.0)) + error <= near.error_m


def test_no_answer_holds_two_places_that_should_be_one() -> None:
    known = gazetteer(IDLIB, ORBAT)
    for key in known.shipped:
        found = known.find(key)
        for i, one in enumerate(found):
            for other in found[i + 1 :]:
                assert float(great_circle_m(one.lat, one.lon, other.lat, other.lon)) > SAME_PLACE_M


def test_the_shipped_gazetteer_has_all_towns_and_areas_with_a_radius() -> None:
    entries = load_gazetteer()
    assert len(entries) == 308 + 14 + 62 + 272
    assert min(entry.error_m for entry in entries) >= 2_000.0
    assert len(set(entries)) == len(entries)


def test_a_base_has_the_name_under_which_it_is_listed_unless_a_place_has_it() -> None:
    """`names` of an order of battle of one's own need not repeat it; Damascus is the town, whatever base bears it."""
    bases = {name: replace(ORBAT.bases[name], names=("an alias",)) for name in ("Hmeimim", "Damascus", "Shayrat")}
    known = gazetteer(None, replace(ORBAT, bases=bases))
    assert _is_one_near(known.find("Hmeimim"), ORBAT.bases["Hmeimim"].lat, ORBAT.bases["Hmeimim"].lon)
    assert known.find("Damascus") == gazetteer(None, ORBAT).find("Damascus")
    assert known.find("Hmeimin") == ()
