"""The placebo in a run's findings: counted or explained, kept batch by batch, the same however the run went."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from consilience.casework import placebo_pass, weighing
from consilience.casework.calibrate.placebo_of_case import placebo_of_case
from consilience.casework.explain import explain
from consilience.casework.pipeline import run_case
from consilience.corroborate.placebo import placebo
from consilience.worlds.make import make_world

Told = list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = tmp_path_factory.mktemp("world") / "world"
    make_world(seed=5, attacks=8, days=6, out=world)
    return world / "case"


@pytest.fixture(scope="module")
def ran(case: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Told]:
    """The case after a run, its outputs, and what progress told."""
    copy, told = tmp_path_factory.mktemp("ran") / "case", Told()
    shutil.copytree(case, copy)
    return copy, run_case(copy, copy.parent / "out", progress=lambda *one: told.append(one)).out, told


def _blocks(out: Path) -> dict[str, dict[str, Any]]:
    return {one["incident_id"]: one for one in json.loads((out / "findings.json").read_text())["incidents"]}


def test_each_incident_has_counts_or_a_reason_and_the_calibration_run_has_the_same(
    ran: tuple[Path, Path, Told],
) -> None:
    case, out, told = ran
    counted = placebo_of_case(case, progress=lambda *_: None)["incidents"]
    blocks = _blocks(out)
    assert any(one["placebo"] is not None for one in blocks.values())
    for name, one in counted.items():
        if "why_null" in one:
            assert blocks[name]["placebo"] is None
            assert blocks[name]["why_null"]["placebo"] == one["why_null"]
        else:
            assert blocks[name]["placebo"] == {"matches": one["matches"], "shifts": one["shifts"]}
            assert "placebo" not in blocks[name]["why_null"]
    assert [one for one in told if one[0] == "placebo"] == [("placebo", done, 4) for done in range(5)]


def test_report_table_and_words_say_what_the_findings_say(ran: tuple[Path, Path, Told]) -> None:
    _, out, _ = ran
    page = (out / "report" / "index.html").read_text()
    table = {row["incident_id"]: row for row in pl.read_csv(out / "tables" / "incidents.csv").to_dicts()}
    zone = ZoneInfo("Asia/Damascus")
    assert "How often chance alone says as much" in page
    for name, one in _blocks(out).items():
        placebo = one["placebo"] or {"matches": None, "shifts": None}
        assert (table[name]["placebo_matches"], table[name]["placebo_shifts"]) == tuple(placebo.values())
        words = explain(one, zone)
        if one["placebo"] is None:
            assert f"not counted: {one['why_null']['placebo']}" in words
        else:
            assert f"Of {placebo['shifts']:,} other stretches" in page
            assert f"{placebo['matches']:,} say" in words or placebo["matches"] == 1
            assert "not a p-value of so many trials" in words


def _turned(path: Path) -> None:
    """The rows of a table from the last to the first; the header stays."""
    header, *rows = path.read_text().splitlines(keepends=True)
    path.write_text("".join([header, *reversed(rows)]))


def test_two_workers_on_rows_in_another_order_write_the_same_bytes(
    case: Path, ran: tuple[Path, Path, Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placebo_pass, "LEAST_SHARED", 2)
    shutil.copytree(case, tmp_path / "case")
    for path in (tmp_path / "case").rglob("*.csv"):
        _turned(path)
    other = run_case(tmp_path / "case", tmp_path / "out", workers=2).out
    assert (other / "findings.json").read_bytes() == (ran[1] / "findings.json").read_bytes()


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The incidents that are shifted from now on."""
    shifted: list[str] = []
    real = placebo

    def counted(model: Any, *rest: Any) -> Any:
        shifted.append(model.incident_id)
        return real(model, *rest)

    monkeypatch.setattr(placebo_pass, "placebo", counted)
    return shifted


class _Stopped(Exception):
    """Somebody pulled the plug."""


def test_what_was_broken_off_goes_on_and_what_is_all_kept_fits_nothing(
    case: Path, ran: tuple[Path, Path, Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(case, tmp_path / "case")

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "placebo" and done == total - 1:
            raise _Stopped

    with pytest.raises(_Stopped):
        run_case(tmp_path / "case", tmp_path / "out", progress=stop)
    shifted = _counting(monkeypatch)
    run_case(tmp_path / "case", tmp_path / "out")
    assert shifted == sorted(_blocks(tmp_path / "out"))[-2:]
    assert (tmp_path / "out" / "findings.json").read_bytes() == (ran[1] / "findings.json").read_bytes()

    def fail(*_: object) -> None:
        raise AssertionError("fitted again")

    shifted.clear()
    monkeypatch.setattr(weighing, "fit_logs", fail)
    run_case(tmp_path / "case", tmp_path / "again")
    assert not shifted
    assert (tmp_path / "again" / "findings.json").read_bytes() == (ran[1] / "findings.json").read_bytes()


def test_a_case_of_too_many_incidents_has_none_and_says_why(
    ran: tuple[Path, Path, Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "MOST_PROBED", 7)
    shifted = _counting(monkeypatch)
    blocks = _blocks(run_case(ran[0], tmp_path / "out").out)
    assert not shifted
    assert {one["placebo"] for one in blocks.values()} == {None}
    assert all("up to 500 incidents" in one["why_null"]["placebo"] for one in blocks.values())
