"""Power is counted on attacks of known truth, planted as the fitted model has them, and ends in the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import escape
from typer.testing import CliRunner

from case_copies import bytes_below
from consilience.casework.calibrate.attributed import OPEN, RIGHT, WRONG, Attributed, Ready, read_anew, ready
from consilience.casework.calibrate.intervals import NOTHING, mixed, wilson
from consilience.casework.calibrate.planned_attacks import APART, Plan, Planned, plan_attacks, seen_at
from consilience.casework.calibrate.planted_flight import LogHand
from consilience.casework.calibrate.power import FIGURES, PowerAsked, power
from consilience.casework.calibrate.power_page import NO_LOG, REPORT
from consilience.casework.calibrate.told_of_attack import Tellers
from consilience.casework.situating import situate_case
from consilience.cli.main import app
from consilience.corroborate.weigh import weigh_incidents
from consilience.errors import PublishError, UsageError
from consilience.readings.case_folder import read_case
from consilience.worlds.make import make_world

ASKED = PowerAsked(attacks=20, seed=4)
ATTRIBUTE = "consilience.casework.calibrate.power.attribute_batch"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = tmp_path_factory.mktemp("power") / "world"
    make_world(seed=3, attacks=4, days=8, out=world)
    return world / "case"


@pytest.fixture(scope="module")
def measured(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, before = tmp_path_factory.mktemp("measured") / "out", bytes_below(case)
    power(case, ASKED, out)
    assert bytes_below(case) == before, "the case is left as it was"
    return out


@pytest.fixture(scope="module")
def at_hand(case: Path) -> tuple[Ready, Plan]:
    read = read_case(case)
    situated = situate_case(read, case)
    plan = plan_attacks(situated.evidence, 40, 1)
    return ready(situated, read.digest(), plan.places, 1), plan


def _found(out: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((out / FIGURES).read_text("utf-8"))
    return value


def test_every_attack_is_answered_once_and_the_shares_are_a_whole(measured: Path) -> None:
    found = _found(measured)
    assert found["schema"] == "consilience.power/1"
    assert [one["number"] for one in found["planted"]] == list(range(1, 21))
    assert sum(cell["attacks"] for cell in found["by_mode"]) == 20
    for cell in found["by_mode"]:
        assert sum(cell[key]["value"] for key in (RIGHT, WRONG, OPEN)) == pytest.approx(1.0, abs=2e-6)
        of_it = [p for p in found["planted"] if (p["party"], p["mode"]) == (cell["party"], cell["mode"])]
        assert any(p["outcome"] != RIGHT for p in of_it) or cell[RIGHT]["value"] == 1
    assert all(of["sentence"].startswith("An attack by") for of in found["parties"].values())


def test_a_second_call_weighs_nothing_and_gives_the_same_bytes(
    case: Path, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (measured / name).read_bytes() for name in (FIGURES, REPORT)}

    def never(*_: object) -> list[Attributed]:
        raise AssertionError("these attacks were weighed already")

    monkeypatch.setattr(ATTRIBUTE, never)
    power(case, ASKED, measured)
    assert {name: (measured / name).read_bytes() for name in before} == before


def test_several_workers_give_the_same_bytes(case: Path, measured: Path, tmp_path: Path) -> None:
    power(case, ASKED, tmp_path / "out", workers=2)
    assert (tmp_path / "out" / FIGURES).read_bytes() == (measured / FIGURES).read_bytes()


def test_what_is_said_to_be_under_the_log_is(at_hand: tuple[Ready, Plan]) -> None:
    ready_case, plan = at_hand
    coverage = ready_case.situated.evidence.coverage
    assert {one.is_covered for one in plan.attacks} == {True, False}
    for one in plan.attacks:
        seen = seen_at(coverage, plan.places[one.place])
        assert any(a <= one.minute <= b for a, b in seen) == one.is_covered


def test_attacks_that_share_a_copy_of_the_log_can_not_meet(at_hand: tuple[Ready, Plan]) -> None:
    for batch in at_hand[1].batches():
        covered = sorted(one.minute for one in batch if one.is_covered)
        assert all(b - a >= APART for a, b in pairwise(covered))


def test_each_party_is_planted_alike_with_every_mode_that_it_has(at_hand: tuple[Ready, Plan]) -> None:
    attacks = at_hand[1].attacks
    of_party = {name: {one.mode for one in attacks if one.party == name} for name in ("Syrian", "Russian")}
    assert of_party["Syrian"] == {"air strike", "barrel bomb", "ground attack", "ballistic missile"}
    assert of_party["Russian"] == {"air strike", "ground attack", "ballistic missile"}
    assert [sum(one.party == name for one in attacks) for name in of_party] == [20, 20]


def test_a_model_read_anew_over_the_same_rows_answers_the_same(at_hand: tuple[Ready, Plan]) -> None:
    evidence, logs = at_hand[0].situated.evidence, at_hand[0].logs
    anew = weigh_incidents(evidence, read_anew(logs, evidence))
    assert [one.party for one in anew] == [one.party for one in weigh_incidents(evidence, logs)]
    assert [one.time_median for one in anew] == [one.time_median for one in weigh_incidents(evidence, logs)]


def _middle_of_a_watch(ready_case: Ready, plan: Plan) -> Planned:
    spans = [(b - a, a, k) for k, place in enumerate(plan.places)
             for a, b in seen_at(ready_case.situated.evidence.coverage, place)]  # fmt: skip
    length, start, place = max(spans)
    return Planned(1, "Syrian", "air strike", "Su-22", place, float(int(start + length / 2)), True, 0)


def test_a_flight_leaves_rows_as_often_and_when_the_fitted_model_says(at_hand: tuple[Ready, Plan]) -> None:
    ready_case, plan = at_hand
    attacker = replace(ready_case.logs.attacker, detection=0.6, lead=-7.0, spread=1.0, stray=0.0)
    hand = LogHand(ready_case.situated.evidence, replace(ready_case.logs, attacker=attacker))
    attack = _middle_of_a_watch(ready_case, plan)
    place = plan.places[attack.place]
    left = [hand.sightings(np.random.default_rng([9, k]), attack, place) for k in range(300)]
    some = [rows for rows in left if rows]
    assert 0.5 < len(some) / len(left) < 0.7
    assert all(row["covered"] and row["source_id"] is not None for rows in some for row in rows)
    late = [row["t_lo"] - attack.minute for rows in some for row in rows if len(rows) == 1]
    assert -8.5 < float(np.median(late)) < -6.5, "the minute is cut off, half a minute on average"
    assert hand.sightings(np.random.default_rng(1), replace(attack, mode="ground attack"), place) == []


def test_words_of_a_flight_speak_for_its_party_as_the_model_reads_them(at_hand: tuple[Ready, Plan]) -> None:
    ready_case, plan = at_hand
    attacker = replace(ready_case.logs.attacker, detection=1.0)
    hand = LogHand(ready_case.situated.evidence, replace(ready_case.logs, attacker=attacker))
    attack = _middle_of_a_watch(ready_case, plan)

    def heard(party: str, platform: str) -> list[str]:
        asked = replace(attack, party=party, platform=platform)
        rows = [hand.sightings(np.random.default_rng([5, k]), asked, plan.places[attack.place]) for k in range(120)]
        return [row["operator"] for some in rows for row in some if row["operator"]]

    russian, syrian = heard("Russian", "Su-34"), heard("Syrian", "Su-22")
    assert russian.count("Russian") > russian.count("Syrian")
    assert syrian.count("Syrian") > syrian.count("Russian")


def test_people_tell_of_the_minute_in_the_manner_of_the_case(at_hand: tuple[Ready, Plan]) -> None:
    ready_case, plan = at_hand
    evidence = ready_case.situated.evidence
    tellers, attack = Tellers(evidence), _middle_of_a_watch(ready_case, plan)
    told = [tellers.tell(np.random.default_rng([2, k]), attack, plan.places[attack.place])[0] for k in range(200)]
    per_incident = evidence.accounts.group_by("incident_id").len()["len"].to_list()
    assert {len(rows) for rows in told} == set(per_incident)
    clear = [row for rows in told for row in rows if row["t_precision"] in ("minute", "about") and row["t_lo"]]
    errors = [abs((row["t_lo"] + row["t_hi"]) / 2 - attack.minute) for row in clear]
    assert 2 < float(np.median(errors)) < 20
    assert 0.85 < float(np.mean([error < 60 for error in errors])) < 1.0, "a few slip by half a day or a day"
    assert all(row["incident_id"] == "POWER-00001" for rows in told for row in rows)


def test_without_a_whole_log_it_says_so_and_still_counts_accounts(case: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for path in case.iterdir():
        if path.is_file() and path.stem != "coverage":
            (bare / path.name).write_bytes(path.read_bytes())
    found = power(bare, PowerAsked(attacks=8, seed=1), tmp_path / "out")
    assert not found["has_log"]
    assert all(of["inside"] is None and of["outside"]["left_rows"] == 0 for of in found["parties"].values())
    assert str(escape(NO_LOG)) in (tmp_path / "out" / REPORT).read_text("utf-8")


@pytest.mark.parametrize(
    ("named", "relation", "outcome"),
    [(("Syrian",), "one_of", RIGHT), (("Russian",), "one_of", WRONG), (("Syrian", "Russian"), "one_of", OPEN),
     (("Syrian", "Russian"), "together", WRONG), ((), None, OPEN)],
)  # fmt: skip
def test_right_wrong_and_open_are_what_they_say(named: tuple[str, ...], relation: str | None, outcome: str) -> None:
    assert Attributed(1, "Syrian", "air strike", "Su-22", 0.0, True, 3, named, relation).outcome == outcome


def test_a_mixture_of_shares_lies_between_them_and_weighs_each() -> None:
    one, other = wilson(8, 10), wilson(1, 40)
    both = mixed([(0.25, one), (0.75, other)])
    assert both.value == pytest.approx(0.25 * 0.8 + 0.75 * 0.025)
    shown = both.as_json()
    assert shown["low"] < shown["value"] < shown["high"]  # type: ignore[operator]
    assert mixed([(1.0, one), (0.0, NOTHING)]).as_json() == one.as_json()
    assert mixed([(0.5, one), (0.5, NOTHING)]) == NOTHING


def test_what_can_not_be_measured_is_refused(case: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="modes"):
        power(case, PowerAsked(attacks=3), tmp_path / "out")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PublishError, match=r"notes\.txt"):
        power(case, ASKED, tmp_path)
    with pytest.raises(PublishError, match="case folder"):
        power(case, ASKED, case / "power")


def test_the_command_says_it_for_each_party_and_where_the_report_is(case: Path, measured: Path) -> None:
    options = ["power", str(case), "--attacks", "20", "--seed", "4", "--out", str(measured), "--workers", "1"]
    done = CliRunner().invoke(app, options)
    assert done.exit_code == 0
    for of in _found(measured)["parties"].values():
        assert of["sentence"] in done.stdout
    assert f"Report: {measured / REPORT}" in done.stdout
    told = json.loads(CliRunner().invoke(app, [*options, "--json"]).stdout)
    assert told["parties"] == _found(measured)["parties"]
    page = (measured / REPORT).read_text("utf-8")
    assert not any(word in page for word in ("<script", "http://", "https://", "@import", "url("))
