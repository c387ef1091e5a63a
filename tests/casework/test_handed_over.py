"""What workers take over is what was handed over; and a case weighed by two is the case weighed by one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_folder import write_small_case

from consilience.casework.cache import StageCache
from consilience.casework.handed_over import handed_over, one_thread_each, taken_over
from consilience.casework.situating import join_flights, situate_case
from consilience.casework.weighed_store import to_bytes
from consilience.casework.weighing import weigh_case
from consilience.quantities import digest_bytes
from consilience.readings.case_folder import read_case


def test_arrays_come_back_equal_and_what_is_written_to_them_stays_private() -> None:
    given = {"a": np.arange(7.0), "b": np.zeros((3, 2), dtype=bool), "c": "words", "none": np.zeros(0)}
    with handed_over(given) as path:
        taken, again = taken_over(path), taken_over(path)
        taken["a"][0] = 99.0
        assert again["a"][0] == 0.0
        assert (again["b"] == given["b"]).all()
        assert (again["c"], len(again["none"])) == ("words", 0)
    assert not path.exists()


def test_the_environment_is_as_before_after_workers_have_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    with one_thread_each():
        assert (os.environ["OPENBLAS_NUM_THREADS"], os.environ["POLARS_MAX_THREADS"]) == ("1", "1")
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"
    assert "POLARS_MAX_THREADS" not in os.environ


def test_two_workers_weigh_a_case_to_the_same_bytes_as_one(tmp_path: Path) -> None:
    lines = ["account_id,incident_id,source_id,time,time_precision,facility_id,mode"]
    lines += [f"A{k},I{k},W1,2017-04-02T1{k}:05,minute,F1,air strike" for k in range(6)]
    case = write_small_case(tmp_path / "case", {"accounts": lines, "media": None, "published": None})
    situated = situate_case(read_case(case), case).evidence
    evidence = replace(situated, legs=join_flights(situated))
    found = [
        weigh_case(
            evidence, digest_bytes(b""), StageCache(tmp_path / f"{n}"), workers=n, progress=lambda *_: None
        ).incidents
        for n in (1, 2)
    ]
    assert len(found[0]) == 6
    assert to_bytes(found[0]) == to_bytes(found[1])
