"""Both real cases end to end, as a user runs them: all is written, and the same bytes whatever does not matter."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from case_copies import APRIL, OFFENSIVE, as_parquet, as_spreadsheets, bytes_below, copy_case, shuffle_rows
from cli_here import called
from consilience.conclude.schema import validate
from progress_lines import complaints_in

OUTPUTS = {
    "findings.json",
    "provenance.json",
    "run.json",
    "map.geojson",
    "left-out.csv",
    "report/index.html",
    "restricted/README.txt",
    "restricted/observer_clocks.csv",
    *(f"tables/{name}.{kind}" for name in ("incidents", "matrix", "tracks", "counts") for kind in ("csv", "parquet")),
}


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "consilience", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def run(case: Path, *options: str | Path) -> str:
    """Run a case, which must end well and say nothing on stderr but which stage began; its stdout."""
    process = start("run", case, *options)
    said, complaints = process.communicate()
    assert process.returncode == 0, complaints
    assert complaints_in(complaints) == ""
    return said


def run_here(case: Path, *options: str) -> str:
    """As `run`, in this process."""
    done = called("run", case, *options)
    assert (done.returncode, complaints_in(done.stderr)) == (0, "")
    return done.stdout


def findings_bytes(case: Path) -> bytes:
    return (case.parent / f"{case.name}-findings" / "findings.json").read_bytes()


def load(case: Path) -> dict[str, Any]:
    findings: dict[str, Any] = json.loads(findings_bytes(case))
    return findings


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = copy_case(APRIL, tmp_path_factory.mktemp("a case") / "april case")
    (case.parent / "said.txt").write_text(run(case))
    return case


@pytest.fixture(scope="module")
def offensive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = copy_case(OFFENSIVE, tmp_path_factory.mktemp("b") / "offensive")
    run(case)
    return case


@pytest.mark.parametrize(("name", "incidents"), [("april", 9), ("offensive", 32)])
def test_a_real_case_gives_every_output_and_findings_that_keep_the_contract(
    name: str, incidents: int, request: pytest.FixtureRequest
) -> None:
    case: Path = request.getfixturevalue(name)
    findings = load(case)
    validate(findings)
    assert len(findings["incidents"]) == incidents
    assert set(bytes_below(case.parent / f"{case.name}-findings")) == OUTPUTS | (
        {"log-model.json"} if name == "april" else set()
    )


@pytest.mark.parametrize("name", ["april", "offensive"])
def test_no_single_party_is_named_against_every_publisher(name: str, request: pytest.FixtureRequest) -> None:
    """A party named alone stands in at least one published conclusion, where there is any that names a party."""
    case: Path = request.getfixturevalue(name)
    rows = pl.read_csv(case / "published.csv", infer_schema=False).select("incident_id", "party").drop_nulls()
    for block in load(case)["incidents"]:
        published = rows.filter(pl.col("incident_id") == block["incident_id"])["party"].to_list()
        named = block["attribution"]["set"]
        if len(named) == 1 and published:
            assert any(named[0] in parties for parties in published), block["incident_id"]


def test_the_missile_of_april_is_laid_to_no_flight(april: Path) -> None:
    block = next(b for b in load(april)["incidents"] if b["incident_id"] == "I5B")
    assert block["mode"]["ballistic missile"] > 0.9
    assert sum(track["responsibility"] for track in block["tracks"]) < 0.05


def test_the_summary_names_every_incident_and_the_report(april: Path) -> None:
    said = (april.parent / "said.txt").read_text()
    for incident in ("I1", "I2", "I3", "I4", "I5A", "I5B", "I6", "I7", "I8"):
        assert f"\n{incident} " in said
    assert said.rstrip().endswith(str(april.parent / "april case-findings" / "report" / "index.html"))


def test_the_users_own_files_are_as_they_were(april: Path, tmp_path: Path) -> None:
    original = bytes_below(copy_case(APRIL, tmp_path / "original"))
    after = {name: data for name, data in bytes_below(april).items() if not name.startswith(".consilience/")}
    assert after == original


def test_every_piece_of_evidence_can_be_traced_to_a_file_and_a_row(april: Path) -> None:
    out = april.parent / "april case-findings"
    provenance = json.loads((out / "provenance.json").read_text())
    exhibits = json.loads((out / "run.json").read_text())["exhibits"]
    for block in load(april)["incidents"]:
        for piece in block["evidence"]:
            entry = provenance[piece["evidence_id"]]
            if piece["kind"] == "track":
                assert set(entry["sightings"]) <= set(provenance)
            else:
                assert entry["exhibit"] == exhibits[entry["locator"]["file"]]
                assert entry["locator"]["row"] > 1


def test_run_json_has_the_time_of_each_stage_and_the_peak_of_memory(april: Path) -> None:
    record = json.loads((april.parent / "april case-findings" / "run.json").read_text())
    assert set(record["stages_s"]) >= {"read", "preserve", "situate", "tracks", "weigh", "conclude", "publish"}
    assert record["peak_memory_mb"] < 1000
    assert record["parameters"] == load(april)["parameters"]


def test_running_again_gives_the_same_bytes_and_adds_nothing_to_the_ledger(april: Path) -> None:
    before, ledger = findings_bytes(april), bytes_below(april / ".consilience" / "ledger")
    run(april, "--workers", "2")
    assert findings_bytes(april) == before
    assert bytes_below(april / ".consilience" / "ledger") == ledger


def test_shuffled_rows_a_fresh_copy_and_two_workers_give_the_same_bytes(april: Path, tmp_path: Path) -> None:
    case = shuffle_rows(copy_case(APRIL, tmp_path / "elsewhere" / "case"), seed=7)
    run(case, "--workers", "2")
    assert findings_bytes(case) == findings_bytes(april)


@pytest.mark.parametrize("convert", [as_parquet, as_spreadsheets])
def test_spreadsheets_and_parquet_give_the_same_bytes_as_csv(april: Path, tmp_path: Path, convert: Any) -> None:
    case = convert(copy_case(APRIL, tmp_path / "case"))
    run_here(case)
    assert findings_bytes(case) == findings_bytes(april)


def test_the_offensive_with_shuffled_rows_gives_the_same_bytes(offensive: Path, tmp_path: Path) -> None:
    case = shuffle_rows(copy_case(OFFENSIVE, tmp_path / "case"), seed=3)
    run(case, "--workers", "2")
    assert findings_bytes(case) == findings_bytes(offensive)


def test_a_damaged_cache_is_made_again_and_changes_nothing(april: Path) -> None:
    before = findings_bytes(april)
    entries = [p for p in (april / ".consilience" / "cache").rglob("*") if p.is_file()]
    assert entries
    for entry in entries[::2]:
        entry.write_bytes(entry.read_bytes()[:-1] + b"?")
    run_here(april)
    assert findings_bytes(april) == before


def test_json_output_is_json_and_names_the_report(april: Path) -> None:
    told = json.loads(run_here(april, "--json"))
    assert Path(told["report"]).is_file()
    assert [one["incident_id"] for one in told["incidents"]] == [b["incident_id"] for b in load(april)["incidents"]]


def test_show_prints_the_matrix_of_one_incident(april: Path) -> None:
    done = called("show", april, "I7")
    assert (done.returncode, complaints_in(done.stderr)) == (0, "")
    for piece in next(b for b in load(april)["incidents"] if b["incident_id"] == "I7")["evidence"]:
        assert f"\n{piece['evidence_id']} " in done.stdout


def test_show_of_an_incident_that_is_not_there_names_those_that_are(april: Path) -> None:
    done = called("show", april, "I99")
    assert (done.returncode, done.stdout) == (2, "")
    assert "I5B" in done.stderr


def test_a_run_killed_while_writing_leaves_the_old_output_whole(april: Path) -> None:
    out = april.parent / "april case-findings"
    before, half = bytes_below(out), april.parent / ".april case-findings.new"
    process = start("run", april)
    while not half.exists() and process.poll() is None:
        time.sleep(0.0005)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert bytes_below(out) == before
    run(april)
    assert not half.exists()
    assert findings_bytes(april) == before["findings.json"]


def test_ctrl_c_ends_with_130_and_leaves_no_output(tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to the workers too; what they would say of it must not be seen."""
    case = copy_case(OFFENSIVE, tmp_path / "case")
    process = start("run", case, "--workers", "2")
    while not list((case / ".consilience" / "cache").glob("??")) and process.poll() is None:
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGINT)
    said, complaints = process.communicate()
    assert process.returncode == 130, complaints
    assert said == ""
    assert complaints == "consilience: broken off; what was there before is as it was\n"
    assert not (tmp_path / "case-findings").exists()
    run(case)
