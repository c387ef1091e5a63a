"""What sightings' words say: types and party by the order of battle, and the base at which a sighting stands."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from canonical_rows import frame_of

from consilience.readings.case_folder import read_case
from consilience.records.situated import MARK_COLUMNS, SITE_COLUMNS
from consilience.records.tables import TABLES
from consilience.reference.gazetteer import Gazetteer
from consilience.reference.orbat import load_orbat
from consilience.situate.marks import add_marks
from consilience.situate.places import add_sites

ORBAT = load_orbat("syria")
BARE = Gazetteer.of_case(TABLES["places"].empty(), ORBAT)
PARTIES = ("Syrian", "Russian")
CASES = Path(__file__).parents[2] / "cases"


def _marks(**cells: object) -> tuple[list[str], str | None, str | None]:
    placed, _ = add_sites(frame_of("sightings", {"sighting_id": "S1", **cells}), "sightings", None, BARE)
    means, asserts, base = add_marks(placed, ORBAT, PARTIES).select(list(MARK_COLUMNS)).row(0)
    return means, asserts, base


def _marked(case: str) -> pl.DataFrame:
    read = read_case(CASES / case)
    gazetteer = Gazetteer.of_case(read.tables["places"], ORBAT)
    placed, _ = add_sites(read.tables["sightings"], "sightings", None, gazetteer)
    marked = add_marks(placed, ORBAT, read.settings.parties)
    assert marked.drop(*MARK_COLUMNS).equals(placed)
    return marked


def test_a_word_is_read_and_no_word_or_an_unknown_one_means_any() -> None:
    assert _marks(platform="Russian Su-24")[:2] == (["Su-24"], "Russian")
    assert _marks(platform="odd jet")[:2] == ([], None)
    assert _marks()[:2] == ([], None)


@pytest.mark.parametrize(
    ("cells", "base"),
    [
        ({"place": "Hama airport"}, "Hama"),
        ({"place": "Hama"}, None),
        ({"place": "T4"}, "Tiyas"),
        ({"place": "Hmeimim"}, "Hmeimim"),
        ({"lat": 35.4011, "lon": 35.95}, "Hmeimim"),
        ({"lat": 35.4511, "lon": 35.95}, None),
        ({"lat": 36.1807, "lon": 37.2244, "place": "Nayrab camp"}, None),
        ({"lat": 36.1807, "lon": 37.2244, "place": "Nayrab airport"}, "Nairab"),
        ({"activity": "takeoff", "origin": "Shayrat"}, "Shayrat"),
        ({"place": "Suran"}, None),
        ({}, None),
    ],
)
def test_a_sighting_is_at_a_base_only_where_position_and_words_allow_it(
    cells: dict[str, object], base: str | None
) -> None:
    assert _marks(**cells)[2] == base


def test_the_airbases_of_the_april_log_are_those_of_the_order_of_battle() -> None:
    at_base = _marked("idlib-april-2017").filter(pl.col("base").is_not_null())
    assert dict(at_base.select("place", "base").unique().iter_rows()) == {
        "Hama Military Airbase": "Hama",
        "Hmemim Airbase": "Hmeimim",
        "Nayrab Airbase": "Nairab",
        "Shayrat Airbase": "Shayrat",
        "Sin Airbase": "Sayqal",
        "T4 West Airbase": "Tiyas",
    }


def test_in_the_april_log_the_party_is_asserted_by_the_word_russian_alone() -> None:
    marked = _marked("idlib-april-2017")
    asserted = marked.filter(pl.col("asserts").is_not_null())
    assert set(asserted["platform"].to_list()) == {"Russian"}
    assert asserted["asserts"].unique().to_list() == ["Russian"]
    assert marked.filter(pl.col("means").list.len() == 0).is_empty()


def test_the_takeoffs_of_the_second_case_are_at_hama_and_hmeimim() -> None:
    marked = _marked("nw-syria-2019-2020")
    bases = marked.filter(pl.col("activity") == "takeoff").sort("sighting_id")["base"].to_list()
    assert bases == ["Hmeimim", "Hama", "Hmeimim"]


def test_a_case_without_words_or_bases_has_empty_marks() -> None:
    nothing = type(ORBAT)("none", {}, (), {}, (), (), (), {}, ())
    placed, _ = add_sites(
        frame_of("sightings", {"sighting_id": "S", "platform": "jet", "place": "T4"}), "sightings", None, BARE
    )
    assert add_marks(placed, nothing, PARTIES).select(list(MARK_COLUMNS)).row(0) == ([], None, None)


def test_an_empty_log_gets_the_columns() -> None:
    placed, _ = add_sites(TABLES["sightings"].empty(), "sightings", None, BARE)
    marked = add_marks(placed, ORBAT, PARTIES)
    assert marked.schema == pl.Schema(TABLES["sightings"].canonical() | SITE_COLUMNS | MARK_COLUMNS)
