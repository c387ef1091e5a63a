"""A small synthetic case: one town, one hospital, a few accounts and sightings. No real incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from consilience.casework.new_case import create

CASE_TOML = """\
[case]
id = "small"
title = "A small case"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]
"""

TABLES: dict[str, Sequence[str]] = {
    "facilities": [
        "facility_id,name,kind,lat,lon",
        "F1,Hospital one,hospital,35.600,36.600",
        "F2,School two,school,35.9,36.9",
    ],
    "sources": ["source_id,role", "W1,direct_witness", "W2,medical_worker", "SP,flight_spotter"],
    "places": ["place,lat,lon,position_error_m", "Northtown,35.62,36.60,2000", "Fartown,34.5,38.0,2000"],
    "coverage": ["kind,from,to,area,source_id", "sightings,2017-04-01T00:00,2017-04-03T00:00,,SP"],
    "sightings": [
        "sighting_id,source_id,time,place,platform,activity",
        "S1,SP,2017-04-02T10:00,Northtown,Su-24,circling",
        "S2,SP,2017-04-02T10:04,Northtown,Su-24,circling",
        "S3,SP,2017-04-02T10:02,Fartown,Su-24,",
        "S4,SP,2017-04-02T18:00,Northtown,Mi-8,",
    ],
    "accounts": [
        "account_id,incident_id,source_id,time,time_precision,facility_id,mode,killed_min,killed_max",
        "A1,I1,W1,2017-04-02T10:05,minute,F1,air strike,1,2",
        "A2,I1,W2,2017-04-02T10:10,about,F1,air strike,,",
    ],
    "media": [
        "media_id,incident_id,source_id,uploaded_at,shows",
        "M1,I1,W1,2017-04-02T11:00,smoke",
        "M2,I1,W1,2017-04-02T11:00,",
    ],
    "published": ["incident_id,by,party,mode", "I1,A later reader,Syrian,air strike"],
}  # fmt: skip


def write_small_case(
    folder: Path, changes: Mapping[str, Sequence[str] | None] | None = None, toml: str = CASE_TOML
) -> Path:
    """The case, with tables replaced, added, or (None) left out."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(toml)
    for name, lines in (TABLES | dict(changes or {})).items():
        if lines is not None:
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def new_case(folder: Path) -> tuple[Path, ...]:
    """What `consilience new` writes for somebody who has chosen whose clocks and which parties."""
    return create(folder, time_zone="Asia/Damascus", parties=["Syrian", "Russian"])
