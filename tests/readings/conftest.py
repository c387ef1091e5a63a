"""A small synthetic case that is in order, and ways to spoil one thing in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords

CASE_TOML = """
[case]
id = "synthetic"
title = "A synthetic case"
time_zone = "Asia/Damascus"
area = [35.7, 33.4, 37.9, 36.6]
parties = ["Syrian", "Russian"]
"""

GOOD: dict[str, str] = {
    "sources": "source_id,role,depends_on\nW1,direct_witness,\nW2,medical_worker,W1\nSPOT,flight_spotter,\n",
    "interviews": "interview_id,source_id,date,how,consent\nIV1,W1,2017-05-01,remote,analysis;court\n",
    "facilities": "facility_id,name,kind,lat,lon,place\nF1,Hospital,hospital,35.6518,36.6853,Ma'rrat al-Nu'man\n",
    "places": "place,lat,lon,position_error_m,names\nMa'rrat al-Nu'man,35.6433,36.6685,2000,معرة النعمان;Maarat\n"
    "Khan Sheikhun,35.4422,36.6511,2000,خان شيخون\n",
    "incidents": "incident_id,title,facility_id,place,window_start,window_end\n"
    "I1,Hospital,F1,Ma'rrat al-Nu'man,2017-04-02T18:50,2017-04-02T21:13\n",
    "accounts": "account_id,incident_id,source_id,interview_id,time,time_end,mode,cluster,party,strikes,facility_id,"
    "place\n"
    "A1,I1,W1,IV1,2017-04-02T19:20,,air strike,,Russian;Syrian,3,F1,Ma'rrat al-Nu'man\n"
    "A2,I1,W2,,2017-04-02,,barrel bomb,no,,,,\n",
    "sightings": "sighting_id,source_id,time,time_end,place,lat,lon,platform,operator,activity,heading,count\n"
    "S1,SPOT,2017-04-02T18:53,,Khan Sheikhun,,,Su-24,,circling,north east,1\n"
    "S2,SPOT,2017-04-02T19:10,2017-04-02T19:12,,35.65,36.68,jet,Russian,,,\n",
    "coverage": "kind,from,to,area,source_id\nsightings,2017-04-02T18:00,2017-04-02T21:00,,SPOT\n",
    "media": "media_id,incident_id,captured_at,shows\nM1,I1,2017-04-02T20:00,smoke;rescue\n",
    "detections": "detection_id,kind,time,lat,lon,value\nD1,fire,2017-04-02T20:00Z,35.65,36.68,330.5\n",
}
"""One of each kind of column; nothing in it is left out."""


@pytest.fixture
def good_tables() -> dict[str, str]:
    """The tables of the synthetic case, to be spoilt."""
    return dict(GOOD)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> CaseRecords:
    """The synthetic case as it is read when nothing is wrong with it."""
    return read_case(_write(tmp_path_factory.mktemp("good"), GOOD, CASE_TOML))


@pytest.fixture
def write_case(tmp_path: Path) -> Callable[..., Path]:
    """Write a case folder: texts and bytes by table or file name; `toml` instead of the usual case.toml."""

    def write(files: Mapping[str, str | bytes], toml: str = CASE_TOML, folder: str = "case") -> Path:
        root = tmp_path / folder
        root.mkdir()
        return _write(root, files, toml)

    return write


def _write(root: Path, files: Mapping[str, str | bytes], toml: str) -> Path:
    (root / "case.toml").write_text(toml, encoding="utf-8")
    for name, content in files.items():
        file = root / (name if "." in name else f"{name}.csv")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return root


@pytest.fixture
def read_tables(write_case: Callable[..., Path]) -> Callable[..., CaseRecords]:
    """Write a case folder and read it."""

    def read(files: Mapping[str, str | bytes], **options: str) -> CaseRecords:
        return read_case(write_case(files, **options))

    return read


@pytest.fixture
def with_row() -> Callable[..., dict[str, str]]:
    """The good tables with one row more in one of them; it stands at the end, cells not given are empty."""

    def add(table: str, cells: Mapping[str, str]) -> dict[str, str]:
        rows = list(csv.reader(io.StringIO(GOOD[table])))
        header = [*rows[0], *(name for name in cells if name not in rows[0])]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(
            [*(row + [""] * (len(header) - len(row)) for row in rows[1:]), [cells.get(name, "") for name in header]]
        )
        return {**GOOD, table: text.getvalue()}

    return add


@pytest.fixture
def unharmed() -> Callable[..., None]:
    """Assert that a case equals the good one but for the rows named by table and key."""

    def check(records: CaseRecords, good: CaseRecords, but: Mapping[str, str] | None = None) -> None:
        for name, frame in good.tables.items():
            got = records.tables[name].drop("_file", "_row")
            key = (but or {}).get(name)
            if key is not None:
                got = got.filter(got[got.columns[0]] != key)
            assert got.equals(frame.drop("_file", "_row")), name

    return check
