"""The two documented cases are read whole: not a row, not a value is left out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from consilience.readings.case_folder import read_case

CASES = Path(__file__).parents[2] / "cases"


@pytest.mark.parametrize(("case", "incidents"), [("idlib-april-2017", 9), ("nw-syria-2019-2020", 32)])
def test_a_real_case_loses_nothing(case: str, incidents: int) -> None:
    records = read_case(CASES / case)
    assert records.left_out == ()
    assert len(records.tables["incidents"]) == incidents
    for file in (CASES / case).glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        frame = records.tables[file.stem]
        assert len(frame) == len(rows), file.name
        for column in set(rows[0]) & set(frame.columns):
            written = sum(bool((row[column] or "").strip()) for row in rows)
            assert written == len(frame) - frame[column].null_count(), (file.name, column)
        for column in {name for name in rows[0] if f"{name}_lo" in frame.columns}:
            written = sum(bool((row[column] or "").strip()) for row in rows)
            assert written == len(frame) - frame[f"{column}_lo"].null_count(), (file.name, column)
