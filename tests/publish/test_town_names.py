"""The Arabic name of a town: the one that sources give most often, and none where that decides nothing."""

from __future__ import annotations

import pytest

from consilience.publish.town_names import arabic_name
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
