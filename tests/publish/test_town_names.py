"""The Arabic name of a town: the one that sources give most often, and none where that decides nothing."""

from __future__ import annotations

import polars as pl
import pytest

from consilience.publish.town_names import arabic_name, case_names, shipped_towns, under_case_names
from consilience.records.reference_data import GazetteerEntry
from consilience.records.tables import TABLES
from consilience.reference.gazetteer import Gazetteer


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("Kafr Zaytā", "كفر زيتا"),
        ("Tartus", "طرطوس"),
        ("Khan Sheikhun", "خان شيخون"),
        ("Nowhere at all", None),
    ],
)
def test_a_town_is_called_what_it_is_called_most_often(place: str, name: str | None) -> None:
    assert arabic_name(Gazetteer.of_case(TABLES["places"].empty(), None).find(place)) == name


def entry(*names: str) -> GazetteerEntry:
    return GazetteerEntry("A town", 35.0, 36.0, 2000.0, names, "synthetic")


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (("Ihsim", "إحسم", "احسم"), "إحسم"),
        (("حاس", "شنان"), None),
        (("حاس", "شنان", "شنان"), "شنان"),
        (("Hass",), None),
    ],
)
def test_two_spellings_are_one_name_and_two_names_are_none(names: tuple[str, ...], name: str | None) -> None:
    assert arabic_name([entry(*names)]) == name
    assert arabic_name([entry(*names), entry(*names)]) is None


def own_places(*rows: tuple[str, float, float, list[str]]) -> Gazetteer:
    """A case's table of places."""
    columns = TABLES["places"].canonical()
    given = [
        dict.fromkeys(columns) | {"place": place, "lat": lat, "lon": lon, "names": names}
        for place, lat, lon, names in rows
    ]
    return Gazetteer.of_case(pl.DataFrame(given, schema=columns), None)


TOWN = next(town for town, _ in shipped_towns() if town[0] == "Kafr Zaytā")
OWN = ("Kafr Zeita", TOWN[1], TOWN[2], ["كفر زيتا"])


def test_a_town_of_the_case_is_called_on_maps_as_its_table_writes_it_and_by_the_gazetteer_once() -> None:
    names = case_names(["kafr zeita"], own_places(OWN), is_arabic=False)
    assert under_case_names([TOWN], names, both=True)[0][0] == "Kafr Zeita (Kafr Zaytā)"
    assert under_case_names([TOWN], names, both=False)[0][0] == "Kafr Zeita"
    arabic = case_names(["Kafr Zeita"], own_places(OWN), is_arabic=True)
    assert under_case_names([("كفرزيتا", *TOWN[1:])], arabic, both=True)[0][0] == "كفر زيتا (كفرزيتا)"
    assert under_case_names([("كفر زيتا", *TOWN[1:])], arabic, both=True)[0][0] == "كفر زيتا"


def test_of_a_town_that_only_the_table_of_places_has_no_map_says_how_the_case_writes_it() -> None:
    """It may stand there for a log's sake, and lead to where somebody kept it."""
    assert case_names([], own_places(OWN), is_arabic=False) == {}


def test_no_other_town_takes_a_name_of_the_case_by_lying_there_alone_or_by_its_name_alone() -> None:
    other_name = own_places(("Defence Factories", TOWN[1], TOWN[2], []))
    elsewhere = own_places(("Kafr Zeita", TOWN[1] + 1.0, TOWN[2], []))
    assert case_names(["Defence Factories"], other_name, is_arabic=False) == {}
    assert case_names(["Kafr Zeita"], elsewhere, is_arabic=False) == {}
