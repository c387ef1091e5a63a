"""What the report draws is what the rows say: bands, curves, words, sightings; and others' conclusions stand apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_folder import CASE_TOML, TABLES, write_small_case

from consilience.casework.pipeline import Found, find
from consilience.casework.provenance import trace
from consilience.casework.views import view_case
from consilience.records.views import IncidentView


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return find(write_small_case(tmp_path_factory.mktemp("view") / "case", toml=CASE_TOML + 'orbat = "syria"\n'))


@pytest.fixture(scope="module")
def view(found: Found) -> IncidentView:
    (only,) = view_case(found.records, found.evidence, found.weighed).incidents
    return only


def test_the_curve_holds_all_but_the_tails_of_the_probability(view: IncidentView) -> None:
    minutes, density = np.array(view.curve).T
    assert len(minutes) <= 401
    assert np.all(np.diff(minutes) > 0)
    assert 0.98 < np.trapezoid(density, minutes) < 1.02


def test_media_that_shows_smoke_bounds_the_time_from_above_and_media_that_shows_nothing_has_no_band(
    view: IncidentView,
) -> None:
    bands = {band.evidence_id: band for band in view.bands}
    assert bands["M1"].bound == "before"
    assert "M2" not in bands
    assert bands["A1"].bound == "between"
    assert bands["A1"].lo == bands["A1"].hi


def test_sightings_near_in_time_and_space_are_drawn_and_no_others(view: IncidentView) -> None:
    drawn = {point.sighting_id: point for point in view.points}
    assert set(drawn) == {"S1", "S2"}
    assert drawn["S1"].track_id is not None


def test_words_are_made_from_the_rows_and_say_where_they_stand(view: IncidentView) -> None:
    words = view.words["account", "A1"]
    assert words.says == "2017-04-02 10:05 (minute); air strike; 1 to 2 killed"
    assert (words.file, words.row, words.role) == ("accounts.csv", 2, "direct_witness")
    assert view.words["media", "M1"].says == "shows smoke; uploaded 2017-04-02 11:00"


def test_what_others_concluded_stands_beside_and_apart(view: IncidentView, found: Found) -> None:
    assert [conclusion.party for conclusion in view.published] == ["Syrian"]
    assert "A later reader" not in str(found.findings)


def test_covered_time_is_the_windows_over_the_place(view: IncidentView) -> None:
    ((start, end),) = view.covered
    assert end - start <= 2 * 24 * 60


def test_responsibilities_drawn_sum_to_one_with_the_unseen_and_no_flight(view: IncidentView, found: Found) -> None:
    listed = sum(track.responsibility for track in found.weighed[0].tracks)
    assert abs(listed + view.other_tracks + view.unseen_flight + view.no_flight - 1) < 1e-9


def test_a_detection_near_the_attack_is_found_worded_drawn_and_traced(tmp_path: Path) -> None:
    tables = {
        "sources": [*TABLES["sources"], "SAT,satellite_analyst"],
        "coverage": [*TABLES["coverage"], "detections,2017-04-01T00:00,2017-04-30T00:00,,SAT"],
        "detections": [
            "detection_id,kind,source_id,time,lat,lon,position_error_m,value",
            "N1,fire,SAT,2017-04-02T13:30,35.601,36.601,375,330.5",
            "N2,fire,SAT,2017-04-20T13:30,35.601,36.601,375,",
        ],
    }
    here = find(write_small_case(tmp_path / "case", tables, CASE_TOML + 'orbat = "syria"\n'))
    (view,) = view_case(here.records, here.evidence, here.weighed).incidents
    (piece,) = [one for one in here.findings["incidents"][0]["evidence"] if one["kind"] == "detection"]
    assert (piece["evidence_id"], piece["group"], [name for name, cell in piece["cells"].items() if cell]) == (
        "N1",
        "SAT",
        ["time"],
    )
    assert view.words["detection", "N1"].says == "fire 2017-04-02 13:30; value 330.5"
    assert [(p.evidence_id, p.error_m) for p in view.noticed] == [("N1", 375.0)]
    assert [(b.bound, b.sigma) for b in view.bands if b.evidence_id == "N1"] == [("between", 0.0)]
    place = trace(here.records, here.evidence.legs)["N1"]["locator"]
    assert (place["file"], place["row"]) == ("detections.csv", 2)


def test_published_conclusions_never_move_a_finding(found: Found, tmp_path: Path) -> None:
    toml = CASE_TOML + 'orbat = "syria"\n'
    other = find(write_small_case(tmp_path / "case", {"published": None}, toml))
    assert other.findings["incidents"] == found.findings["incidents"]
