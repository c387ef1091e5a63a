"""Detections against their own base rate: what they say, what they can't, and that they count once."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import SITE, Row, Tables, assert_same, evidence_of, small_tables, weigh

from consilience.corroborate.bench import Bench
from consilience.corroborate.incident_model import material_of, set_out, share
from consilience.corroborate.likelihood.detection_log import DetectionLog, manner_of
from consilience.corroborate.likelihood.detections import detection_parts
from consilience.corroborate.log_variants import LogVariants
from consilience.corroborate.terms import Term
from consilience.corroborate.weigh import fit_logs
from consilience.records.weighed import Verdict

FEW = settings(max_examples=5)

MONTH: list[Row] = [{"kind": "detections", "from": "2017-04-01T00:00", "to": "2017-04-30T00:00", "source_id": "EYE"}]


def _row(detection_id: str, time: str, *, kind: str = "fire", north: float = 0.0, **more: object) -> Row:
    return {
        "detection_id": detection_id, "kind": kind, "source_id": "EYE", "time": time, "lat": SITE[0] + north,
        "lon": SITE[1], "position_error_m": 375,
    } | more  # fmt: skip


def _far(kind: str = "fire", count: int = 12) -> list[Row]:
    """Detections far off, all over the month, so that the source is known to notice such things."""
    start = datetime.fromisoformat("2017-04-01T13:30")
    return [
        _row(f"Z{i:02d}", (start + timedelta(days=2 * i)).strftime("%Y-%m-%dT%H:%M"), kind=kind, north=2.0)
        for i in range(count)
    ]


def _case(detections: list[Row], coverage: list[Row] = MONTH, *, flights: bool = False) -> Tables:
    """The small case with detections; without its flight log unless asked, so that they alone move the answer."""
    tables = small_tables()
    tables["sources"] += [{"source_id": "EYE", "role": "organisation"}]
    if not flights:
        tables["sightings"], tables["coverage"] = [], []
    return tables | {"detections": detections, "coverage": [*tables["coverage"], *coverage]}


def _terms(tables: Tables) -> list[Term]:
    evidence = evidence_of(tables)
    shared = share(evidence)
    material = material_of(set_out(next(evidence.incidents.iter_rows(named=True)), shared), shared)
    return [term for part in detection_parts(material) for term in part.make(evidence)]


def _ratio(tables: Tables) -> np.ndarray:
    """The whole likelihood ratio over the grid."""
    return np.asarray(np.exp(np.sum([factor.log_p for term in _terms(tables) for factor in term.times], axis=0)))


def test_a_rare_alert_near_in_place_and_time_corroborates_the_moment_and_narrows_it() -> None:
    alert = _row("D1", "2017-04-10T14:01", kind="air_raid_alert")
    quiet = weigh(_case(_far("air_raid_alert")))
    told = weigh(_case([*_far("air_raid_alert"), alert]))
    (piece,) = [one for one in told.pieces if one.kind == "detection"]
    assert (piece.evidence_id, piece.group, piece.verdict) == ("D1", "EYE", Verdict.CORROBORATES)
    assert told.time_high - told.time_low < quiet.time_high - quiet.time_low
    assert told.cause["attack"] > quiet.cause["attack"]


def test_a_fire_where_it_burns_every_day_at_that_hour_says_nothing() -> None:
    start = datetime.fromisoformat("2017-04-01T13:31")
    daily = [_row(f"D{i:02d}", (start + timedelta(days=i)).strftime("%Y-%m-%dT%H:%M")) for i in range(29)]
    told = weigh(_case(daily))
    fires = [one for one in told.pieces if one.kind == "detection"]
    assert fires
    assert {one.verdict for one in fires} == {Verdict.SILENT}
    rare = weigh(_case([*_far(), _row("D1", "2017-04-11T01:31")]))
    assert [one.verdict for one in rare.pieces if one.kind == "detection"] == [Verdict.CORROBORATES]


def test_a_fire_is_seen_after_the_attack_and_not_before() -> None:
    tables = _case([*_far(), _row("D1", "2017-04-10T14:30")])
    grid = _grid(tables)
    ratio = _ratio(tables)
    seen = np.searchsorted(grid, _minute("2017-04-10T11:30"))
    assert ratio[seen - 300 : seen - 30].min() > 1.0
    assert ratio[seen + 60 : seen + 300].max() < 1.0


def _grid(tables: Tables) -> np.ndarray:
    evidence = evidence_of(tables)
    return set_out(next(evidence.incidents.iter_rows(named=True)), share(evidence)).grid


def _minute(utc: str) -> float:
    return datetime.fromisoformat(f"{utc}+00:00").timestamp() / 60


def test_silence_counts_a_little_inside_coverage_and_stands_in_no_row() -> None:
    silent = _case(_far())
    told, unwatched = weigh(silent), weigh(_case([]))
    assert unwatched.cause["attack"] - 0.02 < told.cause["attack"] < unwatched.cause["attack"]
    assert not [one for one in told.pieces if one.kind == "detection"]
    assert told.groups == unwatched.groups
    assert _ratio(silent).min() == pytest.approx(0.9, abs=1e-9)  # 1 − fire_seen


def test_a_kind_that_nobody_in_the_case_looks_for_is_not_silent() -> None:
    everywhere: list[Row] = [{"kind": "detections", "from": "2017-04-01T00:00", "to": "2017-04-30T00:00"}]
    assert_same(weigh(_case([])), weigh(_case([], everywhere)), tolerance=0.0)


@FEW
@given(st.sampled_from(["fire", "air_raid_alert", "seismic", "outage", "weather"]))
def test_a_log_that_is_blacked_out_there_and_then_changes_nothing(kind: str) -> None:
    elsewhere: list[Row] = [
        {"kind": "detections", "from": "2017-04-20T00:00", "to": "2017-04-29T00:00", "source_id": "EYE"},
        {"kind": "detections", "from": "2017-04-01T00:00", "to": "2017-04-29T00:00", "source_id": "EYE",
         "area": "36.9;34.0;37.5;34.5"},
    ]  # fmt: skip
    seen = [_row("D1", "2017-04-25T14:00", kind=kind), *_far(kind)]
    assert_same(weigh(_case([], [])), weigh(_case(seen, elsewhere)), tolerance=0.0)


@FEW
@given(st.sampled_from(["fire", "air_raid_alert", "seismic", "outage"]))
def test_a_detection_outside_any_whole_log_is_shown_and_says_nothing(kind: str) -> None:
    picked = weigh(_case([_row("D1", "2017-04-10T14:01", kind=kind)], []))
    assert_same(weigh(_case([], [])), picked, tolerance=0.0)
    assert [(one.evidence_id, one.verdict) for one in picked.pieces if one.kind == "detection"] == [
        ("D1", Verdict.SILENT)
    ]


def test_two_alerts_of_one_source_do_not_count_twice() -> None:
    far, one = _far("air_raid_alert"), _row("D1", "2017-04-10T14:01", kind="air_raid_alert")
    again = [one | {"detection_id": f"D{i}", "time": f"2017-04-10T14:0{i}"} for i in (2, 3)]
    once, thrice = weigh(_case([*far, one])), weigh(_case([*far, one, *again]))
    assert_same(once, thrice, tolerance=0.0)
    assert [p.verdict for p in thrice.pieces if p.evidence_id in ("D2", "D3")] == [Verdict.SILENT] * 2
    assert once.groups == thrice.groups


def test_a_second_source_with_the_same_tremors_adds_next_to_nothing() -> None:
    far, one = _far("seismic"), _row("D1", "2017-04-10T14:01", kind="seismic")
    tables = _case([*far, one])
    heard = [row | {"detection_id": f"E{row['detection_id']}", "source_id": "EAR"} for row in [*far, one]]
    both = _case([*far, one, *heard], [*MONTH, MONTH[0] | {"source_id": "EAR"}])
    both["sources"] += [{"source_id": "EAR", "role": "organisation"}]
    assert_same(weigh(tables), weigh(both), tolerance=0.0)


def test_weather_is_shown_and_says_nothing_of_the_moment_or_of_what_happened() -> None:
    overcast = weigh(_case([_row("D1", "2017-04-10T14:00", kind="weather", value=0.9)]))
    assert_same(weigh(_case([])), overcast, tolerance=0.0)
    assert [(one.evidence_id, one.verdict) for one in overcast.pieces if one.kind == "detection"] == [
        ("D1", Verdict.SILENT)
    ]


@FEW
@given(st.integers(-3, 12))
def test_shifting_everything_by_whole_days_shifts_the_moment_and_nothing_else(days: int) -> None:
    tables = _case([*_far(), _row("D1", "2017-04-10T14:20"), _row("D2", "2017-04-10T14:01", kind="outage")])

    def moved(value: object) -> object:
        if not isinstance(value, str) or not value.startswith("2017-"):
            return value
        moment = datetime.fromisoformat(value) + timedelta(days=days)
        return moment.strftime("%Y-%m-%d" if len(value) == 10 else "%Y-%m-%dT%H:%M")

    later: Tables = {
        name: [{column: moved(value) for column, value in row.items()} for row in rows] for name, rows in tables.items()
    }
    assert_same(weigh(tables), weigh(later, end="2017-05-31"), shift_minutes=days * 1440.0)


@FEW
@given(st.randoms(use_true_random=False))
def test_the_order_of_detections_never_matters(random: object) -> None:
    rows = [*_far(), *(_row(f"D{i}", f"2017-04-10T14:0{i}", north=0.004 * i) for i in range(6))]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert_same(weigh(_case(rows)), weigh(_case(shuffled)), tolerance=0.0)


def test_what_is_noticed_by_chance_speaks_for_an_attack_as_often_as_against_it() -> None:
    """At a rate that the log itself shows, the mean ratio over moments is one: nothing is gained by looking."""
    start = datetime.fromisoformat("2017-04-01T06:00")
    steady = [
        _row(f"D{i:03d}", (start + timedelta(hours=5 * i)).strftime("%Y-%m-%dT%H:%M"), kind="air_raid_alert",
             north=0.0 if i % 2 else 0.2)
        for i in range(130)
    ]  # fmt: skip
    assert _ratio(_case(steady)).mean() == pytest.approx(1.0, abs=0.05)


def test_without_its_source_a_detection_and_the_silence_of_its_log_are_gone() -> None:
    tables = _case([*_far(), _row("D1", "2017-04-10T14:30"), _row("D2", "2017-04-10T14:01", kind="outage")])
    tables["accounts"] = tables["accounts"][2:]  # one account of the day alone, so that no ratio reaches its cap
    evidence = evidence_of(tables)
    row = next(evidence.incidents.iter_rows(named=True))
    bench = Bench(row, share(evidence), LogVariants(evidence, fit_logs(evidence)))
    assert "EYE" in bench.sources
    assert bench.answer().weight == pytest.approx(weigh(tables).log10_lr["attack:none"], abs=1e-9)
    left, unseen = bench.answer(without=frozenset({"EYE"})), weigh(tables | {"detections": [], "coverage": []})
    assert left.weight == pytest.approx(unseen.log10_lr["attack:none"], abs=1e-6)
    assert left.weight != pytest.approx(bench.answer().weight, abs=1e-3)
    assert bench.answer({"fire_seen": 0.4}).weight != pytest.approx(bench.answer().weight, abs=1e-3)


def test_rows_that_notice_one_thing_again_are_one_in_the_base_rate_too() -> None:
    evidence = evidence_of(_case([_row(f"D{i}", f"2017-04-10T13:3{i}", north=0.002 * i) for i in range(5)]))
    log = DetectionLog(evidence, [(*SITE, 300.0)]).whole("fire", manner_of("fire", evidence), 2.0, frozenset())
    assert log is not None
    assert log.first.ids == ("D0",)
