"""Where rows stand: position, facility, place or base, ambiguity kept, and a notice for what is no one place."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import polars as pl
import pytest
from canonical_rows import frame_of
from hypothesis import given
from hypothesis import strategies as st

from consilience.readings.case_folder import read_case
from consilience.records.left_out import Lost, Why
from consilience.records.situated import SITE_COLUMNS
from consilience.records.tables import TABLES
from consilience.reference.gazetteer import Gazetteer
from consilience.reference.orbat import load_orbat
from consilience.situate.places import POSITION_ERROR_M, add_sites

ORBAT = load_orbat("syria")
BARE = Gazetteer.of_case(TABLES["places"].empty(), ORBAT)
CASES = Path(__file__).parents[2] / "cases"
PLACED = ("incidents", "accounts", "sightings", "transmissions", "media", "imagery", "detections")

FACILITIES, _ = add_sites(
    frame_of(
        "facilities",
        {"facility_id": "F1", "name": "Hospital", "lat": 35.6, "lon": 36.6, "position_error_m": 300.0},
        {"facility_id": "F2", "name": "School", "place": "Suran"},
        {"facility_id": "F3", "name": "Market"},
    ),
    "facilities",
    None,
    BARE,
)


def _sites(table: str, **cells: object) -> tuple[list[tuple[str, float, float, float]], str | None]:
    key = str(TABLES[table].key)
    placed, _ = add_sites(frame_of(table, {key: "A", **cells}), table, FACILITIES, BARE)
    sites, basis = placed.select(list(SITE_COLUMNS)).row(0)
    return [tuple(site.values()) for site in sites], basis


def test_a_rows_own_position_comes_before_its_place() -> None:
    sites, basis = _sites("sightings", lat=35.1, lon=36.2, place="Idlib")
    assert (sites, basis) == ([("Idlib", 35.1, 36.2, POSITION_ERROR_M)], "position")


def test_a_stated_error_is_kept_and_an_unnamed_position_is_named_by_its_degrees() -> None:
    sites, _ = _sites("media", lat=35.12347, lon=36.2, position_error_m=40.0)
    assert sites == [("35.1235, 36.2", 35.12347, 36.2, 40.0)]


def test_half_a_position_is_none() -> None:
    assert _sites("sightings", lat=35.1) == ([], None)


def test_a_facilitys_position_comes_before_the_place_written_beside_it() -> None:
    sites, basis = _sites("accounts", facility_id="F1", place="Idlib")
    assert (sites, basis) == ([("Hospital", 35.6, 36.6, 300.0)], "facility")


def test_a_facility_known_by_its_town_alone_stands_where_the_town_may_be() -> None:
    of_town, basis = _sites("accounts", facility_id="F2")
    assert ([round(site[1], 1) for site in of_town], basis) == ([35.3, 36.6], "facility")


def test_a_facility_without_any_place_leaves_the_rows_own_place() -> None:
    sites, basis = _sites("accounts", facility_id="F3", place="Idlib")
    assert ([site[0] for site in sites], basis) == (["Idlib"], "place")


def test_an_ambiguous_name_stays_several_places() -> None:
    sites, basis = _sites("sightings", place="Suran")
    assert (len(sites), basis) == (2, "place")


def test_a_base_is_told_from_a_town() -> None:
    assert _sites("sightings", place="Hama airport") == ([("Hama", 35.1182, 36.7112, 2000.0)], "base")
    assert _sites("sightings", place="Hama")[1] == "place"


def test_a_takeoff_without_a_place_stands_at_its_origin_and_no_other_row_does() -> None:
    assert _sites("sightings", activity="takeoff", origin="Hmeimim")[1] == "base"
    assert _sites("sightings", activity="transit", origin="Hmeimim") == ([], None)
    assert _sites("sightings", origin="Hmeimim") == ([], None)
    assert _sites("sightings", activity="takeoff", origin="Hmeimim", place="Idlib")[1] == "place"


def test_an_ambiguous_name_is_a_notice_with_its_candidates_and_nothing_is_lost() -> None:
    _, (notice,) = add_sites(frame_of("sightings", {"sighting_id": "S1", "place": "Suran"}), "sightings", None, BARE)
    assert (notice.file, notice.row, notice.column) == (PurePosixPath("sightings.csv"), 2, "place")
    assert (notice.table, notice.record_id, notice.value) == ("sightings", "S1", "Suran")
    assert (notice.why, notice.lost) == (Why.AMBIGUOUS_PLACE, Lost.NOTHING)
    assert "35.292, 36.748" in notice.expected
    assert "36.566, 37.213" in notice.expected


def test_an_unknown_name_is_a_notice_with_what_is_spelled_alike_which_is_not_used() -> None:
    placed, (notice,) = add_sites(
        frame_of("sightings", {"sighting_id": "S1", "place": "Kafr Nobl"}), "sightings", None, BARE
    )
    assert (notice.why, notice.lost) == (Why.UNKNOWN_PLACE, Lost.NOTHING)
    assert "nothing is taken for it, spelled like it: Kafranbel" in notice.expected
    assert "its row has no position" in notice.expected
    assert str(notice).endswith("(a notice)")
    assert placed["sites"].to_list() == [[]]


def test_an_unknown_origin_of_a_takeoff_is_named_by_its_own_column() -> None:
    row = {"sighting_id": "S1", "activity": "takeoff", "origin": "Atlantis"}
    _, (notice,) = add_sites(frame_of("sightings", row), "sightings", None, BARE)
    assert (notice.column, notice.value) == ("origin", "Atlantis")


def test_one_name_in_many_rows_is_one_notice_at_the_first() -> None:
    rows = [{"sighting_id": f"S{n}", "place": "Atlantis"} for n in range(5)]
    frame = frame_of("sightings", *rows).reverse()
    _, (notice,) = add_sites(frame, "sightings", None, BARE)
    assert (notice.row, notice.record_id) == (2, "S0")
    assert notice.expected.endswith("(4 more rows name it)")


def test_a_name_that_was_not_needed_is_no_notice() -> None:
    rows = [
        {"account_id": "A1", "facility_id": "F1", "place": "Atlantis"},
        {"account_id": "A2", "facility_id": "F2"},
        {"account_id": "A3"},
    ]
    _, lost = add_sites(frame_of("accounts", *rows), "accounts", FACILITIES, BARE)
    assert lost == ()


@pytest.mark.parametrize("table", [*PLACED, "facilities"])
def test_an_empty_table_gets_the_columns(table: str) -> None:
    placed, lost = add_sites(TABLES[table].empty(), table, FACILITIES, BARE)
    assert (placed.schema, lost) == (pl.Schema(TABLES[table].canonical() | SITE_COLUMNS), ())


@pytest.mark.parametrize("case", ["idlib-april-2017", "nw-syria-2019-2020"])
def test_everything_in_the_real_cases_that_names_a_place_stands_in_exactly_one(case: str) -> None:
    read = read_case(CASES / case)
    gazetteer = Gazetteer.of_case(read.tables["places"], ORBAT)
    facilities, lost = add_sites(read.tables["facilities"], "facilities", None, gazetteer)
    assert (lost, facilities["site_basis"].unique().to_list()) == ((), ["position"])
    for table in PLACED:
        placed, lost = add_sites(read.tables[table], table, facilities, gazetteer)
        assert lost == ()
        assert placed.drop(*SITE_COLUMNS).equals(read.tables[table])
        told = [name for name in ("place", "facility_id", "lat") if name in placed.columns]
        counts = placed.filter(pl.any_horizontal(pl.col(told).is_not_null()))["sites"].list.len()
        assert set(counts.to_list()) <= {1}


NAMES = st.sampled_from([None, "Idlib", "Suran", "Atlantis", "Hama airport", "Kafr Nobl"])


@given(st.lists(NAMES, max_size=8))
def test_order_of_rows_never_matters(names: list[str | None]) -> None:
    rows = [{"sighting_id": f"S{i}", "place": name} for i, name in enumerate(names)]
    frame = frame_of("sightings", *rows)
    placed, lost = add_sites(frame, "sightings", None, BARE)
    backwards, lost_backwards = add_sites(frame.reverse(), "sightings", None, BARE)
    assert placed.equals(backwards.reverse())
    assert lost == lost_backwards
