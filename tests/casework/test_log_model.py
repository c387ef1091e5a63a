"""log-model.json: written beside the findings, frozen by their digest of it, and kept with what was weighed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_folder import CASE_TOML, write_small_case

from consilience.casework import weighing
from consilience.casework.pipeline import run_case
from consilience.quantities import digest_bytes

TOML = CASE_TOML + 'orbat = "syria"\n'


def test_the_findings_hold_the_digest_of_the_file_as_it_is_written(tmp_path: Path) -> None:
    run = run_case(write_small_case(tmp_path / "case", toml=TOML), tmp_path / "out")
    data = (tmp_path / "out" / "log-model.json").read_bytes()
    assert run.findings["log_model"] == digest_bytes(data)
    assert "log_model" not in run.findings["why_null"]
    assert json.loads(data)["why_null"] == {"radio": "no log of transmissions is declared whole"}
    assert "log-model.json" in run.record["files"]
    assert 'id="taught"' in (tmp_path / "out" / "report" / "index.html").read_text()


def test_a_second_run_writes_the_same_file_and_fits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML)
    run_case(case, tmp_path / "first")

    def fail(*_: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(weighing, "fit_logs", fail)
    run_case(case, tmp_path / "second")
    for name in ("log-model.json", "findings.json", "report/index.html"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_without_a_whole_log_there_is_no_file_and_the_findings_say_why(tmp_path: Path) -> None:
    run = run_case(write_small_case(tmp_path / "case", {"coverage": None}, TOML), tmp_path / "out")
    assert run.findings["log_model"] is None
    assert "whole" in run.findings["why_null"]["log_model"]
    assert not (tmp_path / "out" / "log-model.json").exists()
    assert 'id="taught"' not in (tmp_path / "out" / "report" / "index.html").read_text()
