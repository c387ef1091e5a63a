"""map.geojson and left-out.csv."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
from publish_example import example_findings, example_view

from consilience.publish.geojson import write_map
from consilience.publish.left_out import write_left_out
from consilience.records.left_out import LeftOut, Lost, Why


def _features(folder: Path) -> list[dict[str, Any]]:
    path = write_map(example_findings(), example_view(), folder / "map.geojson")
    collection = json.loads(path.read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection"
    features: list[dict[str, Any]] = collection["features"]
    return features


def test_positions_are_longitude_first_as_rfc_7946_wants(tmp_path: Path) -> None:
    incident = next(f for f in _features(tmp_path) if f["properties"].get("incident_id") == "X1")
    assert incident["geometry"] == {"type": "Point", "coordinates": [36.6853, 35.6518]}


def test_an_ambiguous_place_stays_several_points_and_an_unknown_one_none(tmp_path: Path) -> None:
    geometry = {
        f["properties"]["incident_id"]: f["geometry"]
        for f in _features(tmp_path)
        if f["properties"]["layer"] == "incident"
    }
    assert geometry["X2"]["type"] == "MultiPoint"
    assert len(geometry["X2"]["coordinates"]) == 2
    assert geometry["X4"] is None


def test_a_track_runs_through_its_sightings_in_order_of_time(tmp_path: Path) -> None:
    tracks = [f for f in _features(tmp_path) if f["properties"]["layer"] == "track"]
    first = next(f for f in tracks if f["properties"]["track_id"] == "T-S001")
    assert first["properties"]["sightings"] == ["S001", "S002", "S003"]
    assert first["geometry"]["coordinates"][0] == [36.71, 35.12]
    assert first["properties"]["responsibility"] == 0.71


def test_a_detection_stands_where_it_was_noticed_with_its_error(tmp_path: Path) -> None:
    (noticed,) = [f for f in _features(tmp_path) if f["properties"]["layer"] == "detection"]
    assert noticed["geometry"]["coordinates"] == [36.69, 35.66]
    assert (noticed["properties"]["evidence_id"], noticed["properties"]["position_error_m"]) == ("N01", 375.0)


def test_every_facility_stands_once(tmp_path: Path) -> None:
    names = [f["properties"]["name"] for f in _features(tmp_path) if f["properties"]["layer"] == "facility"]
    assert sorted(names) == sorted({site.name for one in example_view().incidents for site in one.sites})


def test_left_out_lists_where_what_and_why_and_runs_no_formula(tmp_path: Path) -> None:
    bad = LeftOut(
        PurePosixPath("accounts.csv"), 7, "time", "accounts", "A09", Why.BAD_TIME, Lost.ROW, "=cmd()", "ISO 8601"
    )
    frame = pl.read_csv(write_left_out([bad], tmp_path / "left-out.csv"))
    assert frame.row(0) == ("accounts.csv", 7, "time", "accounts", "A09", "bad_time", "row", "'=cmd()", "ISO 8601")


def test_with_nothing_left_out_the_file_says_so_by_its_header_alone(tmp_path: Path) -> None:
    text = write_left_out([], tmp_path / "left-out.csv").read_text()
    assert text == "file,row,column,table,record_id,why,lost,value,expected\n"
