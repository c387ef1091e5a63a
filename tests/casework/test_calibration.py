"""A calibration is whole, goes on where it stopped, ends in the same bytes, and counts what it says it counts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from consilience.casework.calibrate.aims import AIMS
from consilience.casework.calibrate.anchors import MEASURED, VARIANTS, perfect_tracks
from consilience.casework.calibrate.calibration import FIGURES, PARTIES, REPORT, Asked, calibrate
from consilience.casework.calibrate.doses import by_dose, read_doses
from consilience.casework.calibrate.figures import figures
from consilience.casework.calibrate.judged import Judged
from consilience.casework.calibrate.one_world import (
    JudgedWorld,
    WorldPlan,
    judged_from_json,
    judged_to_json,
    measure_world,
)
from consilience.casework.calibrate.single_source_price import price_of_rule
from consilience.casework.situating import join_flights, situate_case
from consilience.cli.main import app
from consilience.errors import PublishError, UsageError
from consilience.readings.case_folder import read_case
from consilience.records.situated import TRACK_LEGS
from consilience.worlds.kinds import KINDS
from consilience.worlds.make import make_world

SMALL = Asked(worlds=2, seed=7, attacks=10, days=4)
KEYS = ("cllr", "cllr_min", "named_one", "named_one_right", "set_coverage", "time_coverage", "median_minutes")
MEASURE = "consilience.casework.calibrate.calibration.measure_world"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("calibration")
    calibrate(SMALL, out)
    return out


def _found(out: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((out / FIGURES).read_text("utf-8"))
    return value


def test_every_figure_has_its_value_inside_an_interval(measured: Path) -> None:
    found = _found(measured)
    for figures_of in (found, *found["anchors"].values()):
        for key in KEYS:
            assert set(figures_of[key]) == {"value", "low", "high", "n"}
    for key in ("named_one", "set_coverage", "time_coverage", "cllr", "median_minutes"):
        assert found[key]["low"] <= found[key]["value"] <= found[key]["high"]
    assert set(found["anchors"]) == set(VARIANTS) - {MEASURED}
    assert [world["seed"] for world in found["by_world"]] == [7, 8]
    assert found["incidents"] == 20


def test_the_log_is_worth_something(measured: Path) -> None:
    found = _found(measured)
    assert found["cllr"]["value"] < found["anchors"]["accounts_alone"]["cllr"]["value"]


def test_the_report_asks_nothing_of_any_network(measured: Path) -> None:
    page = (measured / REPORT).read_text("utf-8")
    assert page.count("<svg") == 4
    assert not any(word in page for word in ("<script", "http://", "https://", "@import", "url("))


def test_a_second_call_measures_nothing_and_gives_the_same_bytes(
    measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (measured / name).read_bytes() for name in (FIGURES, REPORT)}

    def never(*_: object) -> JudgedWorld:
        raise AssertionError("this world was measured already")

    monkeypatch.setattr(MEASURE, never)
    calibrate(SMALL, measured)
    assert {name: (measured / name).read_bytes() for name in before} == before


def test_what_was_broken_off_goes_on_to_the_same_bytes(
    measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[int]()

    def breaks_off(plan: WorldPlan, *_: object) -> JudgedWorld:
        seen.append(plan.seed)
        if seen == [7, 8]:
            raise KeyboardInterrupt
        return measure_world(plan)

    monkeypatch.setattr(MEASURE, breaks_off)
    with pytest.raises(KeyboardInterrupt):
        calibrate(SMALL, tmp_path / "out")
    calibrate(SMALL, tmp_path / "out")
    assert seen == [7, 8, 8]
    assert (tmp_path / "out" / FIGURES).read_bytes() == (measured / FIGURES).read_bytes()


def test_the_command_says_what_was_found_and_where_the_report_is(measured: Path) -> None:
    options = ("--worlds", "2", "--seed", "7", "--attacks", "10", "--days", "4", "--out", str(measured))
    done = CliRunner().invoke(app, ["calibrate", *options])
    assert done.exit_code == 0
    assert f"the log as it is: Cllr {_found(measured)['cllr']['value']:.3f} (" in done.stdout
    assert f"Report: {measured / REPORT}" in done.stdout


def test_nothing_of_anybody_else_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PublishError, match=r"notes\.txt"):
        calibrate(SMALL, tmp_path)


@pytest.mark.parametrize("asked", [Asked(worlds=0), Asked(kind="easy"), Asked(seed=-1)])
def test_what_can_not_be_measured_is_refused(asked: Asked, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        calibrate(asked, tmp_path / "out")


def test_every_kind_of_world_has_aims() -> None:
    assert set(AIMS) == set(KINDS)


def _judged(truth: tuple[str, ...], named: tuple[str, ...], *, late: float = 1.0, held: bool = True) -> Judged:
    attack = bool(truth)
    return Judged(
        1, "I", attack, truth, named, 0.6, 0.3, late if attack else None, held if attack else None,
        0.4 if attack else None, 2, 3,
    )  # fmt: skip


def test_figures_count_what_they_say() -> None:
    a, b = PARTIES
    rows = [
        _judged((a,), (a,), late=-2.0),
        _judged((b,), (a,), late=4.0, held=False),
        _judged((a, b), (a, b)),
        _judged((b,), (), late=3.0),
        _judged((), (b,)),
    ]
    counted = {key: (one.value, one.n) for key, one in figures(rows, PARTIES, 1, draws=0).items()}
    assert counted["named_one"] == (2 / 4, 4)
    assert counted["named_one_right"] == (1 / 3, 3), "naming somebody where there was no attack is wrong"
    assert counted["set_given"] == (3 / 4, 4)
    assert counted["set_coverage"] == (2 / 3, 3), "a set of two holds both"
    assert counted["time_coverage"] == (3 / 4, 4)
    assert counted["median_minutes"] == (2.5, 4)
    assert counted["cllr"][1] == 3, "attacks by both together have no odds"
    assert counted["cllr"][0] == pytest.approx((np.log2(1 + 0.5) + np.log2(1 + 2.0)) / 2)


def test_judged_rows_survive_being_kept() -> None:
    judged = {"log": [_judged(("Russian",), ()), _judged((), ("Syrian",))]}
    assert judged_from_json(json.loads(json.dumps(judged_to_json(judged)))) == judged


def test_perfect_tracks_hold_the_same_rows_grouped_by_true_flight(tmp_path: Path) -> None:
    make_world(seed=3, attacks=6, days=3, out=tmp_path / "world")
    truth = json.loads((tmp_path / "world" / "truth.json").read_text("utf-8"))
    case = tmp_path / "world" / "case"
    placed = situate_case(read_case(case), case).evidence
    own = join_flights(placed)
    legs = perfect_tracks(replace(placed, legs=own), truth).legs
    assert legs.schema == pl.Schema(TRACK_LEGS)
    assert sorted(legs["sighting_id"]) == sorted(own["sighting_id"])
    flights = {row["sighting_id"]: row["flight_id"] or row["sighting_id"] for row in truth["sightings"]}
    per_track = legs.with_columns(pl.col("sighting_id").replace_strict(flights).alias("flight"))
    assert per_track.group_by("track_id").agg(pl.col("flight").n_unique())["flight"].to_list() == (
        [1] * per_track["flight"].n_unique()
    )


def _carried_by(row: Judged, source: str) -> Judged:
    return replace(row, carried_by=source)


def test_the_price_of_widening_counts_right_names_lost_and_wrong_ones_saved() -> None:
    a, b = PARTIES
    rows = [
        _judged((a,), (a,)),
        _carried_by(_judged((a,), (a,)), "S1"),
        _carried_by(_judged((b,), (a,)), "S2"),
        _judged((b,), (a, b)),
    ]
    price = price_of_rule(rows, PARTIES)
    assert set(price) == {"off", "warn", "widen"}
    assert price["off"] == price["warn"], "a sentence changes no name"
    assert (price["off"]["named_one"]["value"], price["off"]["named_one_right"]["n"]) == (0.75, 3)
    widen = price["widen"]
    assert (widen["named_one"]["value"], widen["named_one_right"]["value"]) == (0.25, 1.0)
    assert (widen["right_names_lost"], widen["wrong_names_saved"]) == (1, 1)


def test_the_dose_at_which_names_go_wrong_is_the_first_below_each_level() -> None:
    a, b = PARTIES

    def right(share: float) -> list[Judged]:
        return [_judged((a,), (a,) if k < 100 * share else (b,)) for k in range(100)]

    block = by_dose("planted", {0.0: right(0.99), 0.01: right(0.94), 0.02: right(0.91), 0.04: right(0.7)}, PARTIES, 1)
    assert block["falls_below"] == {"0.95": {"dose": 0.01, "above_at": 0.0}, "0.9": {"dose": 0.04, "above_at": 0.02}}
    assert "below 95 % at 1 % (not yet at 0 %), and below 90 % at 4 % (not yet at 2 %)" in block["sentence"]
    honest = by_dose("one_wrong_account", {0.0: right(1.0), 2.0: right(0.96)}, PARTIES, 1)
    assert "below 95 % at no dose up to 2, and below 90 % at no dose up to 2" in honest["sentence"]
    nobody = by_dose("planted", {0.0: [_judged((a,), ())]}, PARTIES, 1)
    assert "no single party was named" in nobody["sentence"]


@pytest.mark.parametrize(
    ("text", "kind"), [("0,x", "planted"), ("2", "planted"), ("0.5", "one_wrong_account"), ("0,1", "full")]
)
def test_doses_that_can_not_be_made_are_refused(text: str, kind: str) -> None:
    with pytest.raises(UsageError):
        read_doses(text, kind)


def test_doses_are_measured_on_the_same_seeds_and_the_usual_one_but_once(tmp_path: Path) -> None:
    kind = "one_wrong_account"
    asked = Asked(worlds=1, seed=7, attacks=6, days=3, kind=kind, doses=read_doses("2,1", kind))
    assert [[plan.dose for plan in plans] for plans in asked.dose_plans().values()] == [[None], [2.0]]
    found = calibrate(asked, tmp_path / "out")
    first, second = found["doses"]["steps"]
    assert (first["dose"], second["dose"]) == (1.0, 2.0)
    assert first["named_one"] == found["named_one"], "the usual dose is the calibration itself"
    page = (tmp_path / "out" / REPORT).read_text("utf-8")
    assert page.count("<svg") == 5
    assert found["doses"]["sentence"] in page


def test_without_doses_the_block_is_null_for_that_reason(measured: Path) -> None:
    found = _found(measured)
    assert found["doses"] is None
    assert found["why_null"]["doses"] == "no doses were asked for"
    assert set(found["single_source"]) == {"off", "warn", "widen"}
