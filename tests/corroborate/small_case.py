"""A small synthetic case (no real person or place of harm), weighed from its tables as a run would weigh it."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from consilience.casework.situating import join_flights, situate_case
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.readings.case_folder import read_case
from consilience.records.left_out import Lost
from consilience.records.weighed import WeighedIncident

Row = dict[str, object]
Tables = dict[str, list[Row]]

SITE = (35.60, 36.60)
"""The facility of the small case; "Northtown" is 1 km off, "Fartown" 45 km."""

_TOML = """[case]
id = "small-synthetic"
title = "A synthetic case"
time_zone = "Asia/Damascus"
period_start = {start}
period_end = {end}
parties = [{parties}]
orbat = "{orbat}"
"""


def small_tables() -> Tables:
    """One air attack at 14:00 on 10 April 2017 with three witnesses, one film, and a whole log of 24 flights."""
    return {
        "sources": [
            {"source_id": name, "role": "flight_spotter" if name == "SPOT" else "direct_witness"}
            for name in ("W1", "W2", "W3", "UP", "SPOT")
        ],
        "facilities": [
            {"facility_id": "F1", "name": "Synthetic clinic", "kind": "clinic", "lat": SITE[0], "lon": SITE[1],
             "position_error_m": 300}
        ],
        "places": [
            {"place": "Northtown", "lat": SITE[0] + 0.009, "lon": SITE[1], "position_error_m": 1500},
            {"place": "Fartown", "lat": SITE[0] + 0.40, "lon": SITE[1], "position_error_m": 1500},
        ],
        "incidents": [{"incident_id": "I1", "title": "Synthetic incident", "facility_id": "F1"}],
        "accounts": [
            {"account_id": "A1", "incident_id": "I1", "source_id": "W1", "perception": "saw", "facility_id": "F1",
             "time": "2017-04-10T14:00", "time_precision": "about", "mode": "air strike", "strikes": 2},
            {"account_id": "A2", "incident_id": "I1", "source_id": "W2", "perception": "heard", "facility_id": "F1",
             "time": "2017-04-10T14:05", "time_precision": "about", "mode": "air strike", "party": "Russian",
             "party_basis": "assumption"},
            {"account_id": "A3", "incident_id": "I1", "source_id": "W3", "facility_id": "F1",
             "time": "2017-04-10", "platform": "warplane"},
        ],
        "media": [
            {"media_id": "M1", "incident_id": "I1", "source_id": "UP", "shows": "smoke;rescue",
             "uploaded_at": "2017-04-10T15:10"}
        ],
        "coverage": [
            {"kind": "sightings", "from": "2017-04-10T06:00", "to": "2017-04-10T20:00", "source_id": "SPOT"}
        ],
        "sightings": _sightings(),
    }  # fmt: skip


def _sightings() -> list[Row]:
    """Flights over Fartown all day, three over Northtown, the one at 13:58 circling."""
    start = datetime.fromisoformat("2017-04-10T06:17")
    rows = [
        _sighting(start + timedelta(minutes=41 * i), "Fartown", "Russian" if i % 2 else "Su-22", None)
        for i in range(20)
    ]
    over_northtown = (("09:03", "Su-22", None), ("13:58", "Russian", "circling"), ("18:40", "helicopter", None))
    rows += [
        _sighting(datetime.fromisoformat(f"2017-04-10T{clock}"), "Northtown", platform, activity)
        for clock, platform, activity in over_northtown
    ]
    return [{"sighting_id": f"S{i:03d}", "source_id": "SPOT"} | row for i, row in enumerate(rows)]


def _sighting(time: datetime, place: str, platform: str, activity: str | None) -> Row:
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M"),
        "time_precision": "minute",
        "place": place,
        "platform": platform,
        "activity": activity,
    }


def write_case(tables: Mapping[str, Sequence[Row]], folder: Path, **settings: str) -> None:
    """Write the tables as a case folder. Settings: parties, orbat, start, end."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"parties": '"Syrian", "Russian"', "orbat": "syria", "start": "2017-04-01", "end": "2017-04-30"} | settings
    (folder / "case.toml").write_text(_TOML.format(**said), encoding="utf-8")
    for name, rows in tables.items():
        if not rows:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)


def evidence_of(
    tables: Mapping[str, Sequence[Row]],
    own_orbat: Path | None = None,
    files: Mapping[str, bytes] | None = None,
    **settings: str,
) -> CaseEvidence:
    """The situated evidence of a case with these tables and exhibits; nothing of it may be left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "case"
        write_case(tables, folder, **settings)
        for name_of_file, content in (files or {}).items():
            (folder / name_of_file).write_bytes(content)
        if own_orbat is not None:
            shutil.copytree(own_orbat, folder / settings["orbat"])
        situated = situate_case(read_case(folder), folder)
        lost = [str(item) for item in situated.records.left_out if item.lost is not Lost.NOTHING]
        assert not lost, lost
        return replace(situated.evidence, legs=join_flights(situated.evidence))


def weigh(tables: Mapping[str, Sequence[Row]], own_orbat: Path | None = None, **settings: str) -> WeighedIncident:
    """The posterior of the only incident of a case with these tables."""
    evidence = evidence_of(tables, own_orbat, None, **settings)
    (one,) = weigh_incidents(evidence, fit_logs(evidence))
    return one


def assert_same(a: WeighedIncident, b: WeighedIncident, *, shift_minutes: float = 0.0, tolerance: float = 1e-9) -> None:
    """Do two posteriors agree in everything that a finding is made of, b's clock ahead by so much?"""
    for name in ("cause", "mode", "platform", "party"):
        left, right = getattr(a, name), getattr(b, name)
        assert set(left) == set(right), name
        for key, value in left.items():
            assert abs(value - right[key]) <= tolerance, (name, key, value, right[key])
    for name in ("time_median", "time_low", "time_high"):
        assert abs(getattr(b, name) - getattr(a, name) - shift_minutes) <= 1e-3, name
    assert abs(a.cluster - b.cluster) <= tolerance
    assert abs(a.together - b.together) <= tolerance
    assert np.isclose(a.unseen_flight, b.unseen_flight, atol=tolerance)
    assert [round(t.responsibility, 8) for t in a.tracks] == [round(t.responsibility, 8) for t in b.tracks]
