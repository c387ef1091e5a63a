"""How an observer's clock stands may lead to the observer: a run tells it in one file and in no other."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from small_folder import write_small_case

from consilience.casework import pipeline
from consilience.corroborate.evidence import CaseEvidence
from consilience.records.situated import OBSERVER_CLOCKS

TELLING = (98.76543, 97.65432, 99.87654)


def test_no_other_output_of_a_run_holds_an_observers_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(evidence: CaseEvidence) -> pl.DataFrame:
        assert len(evidence.legs) > 0
        return pl.DataFrame([("SP", *TELLING, 12, 5)], schema=OBSERVER_CLOCKS, orient="row")

    monkeypatch.setattr(pipeline, "compare_clocks", found)
    out = pipeline.run_case(write_small_case(tmp_path / "case")).out
    numbers = [str(number) for number in TELLING]
    telling = [path for path in out.rglob("*") if path.is_file() and any(n in _text(path) for n in numbers)]
    assert telling == [out / "restricted" / "observer_clocks.csv"]


def _text(path: Path) -> str:
    if path.suffix == ".parquet":
        return pl.read_parquet(path).write_json()
    return path.read_text("utf-8")
