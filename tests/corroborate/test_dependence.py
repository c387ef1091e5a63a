"""Who repeats whom: what a copy still weighs, claim by claim, and how many independent groups are counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_case import Row, Tables, assert_same, evidence_of, small_tables, weigh

from consilience.corroborate.dependence import ancestors, dependence_groups
from consilience.corroborate.incident_model import model_incident, share
from consilience.corroborate.weigh import fit_logs


def _told_again(column: str, value: str) -> tuple[Tables, Tables]:
    """The small case with W3 saying `column` and nothing of the mode, and the same with two sources repeating W3."""
    once = small_tables()
    row = next(row for row in once["accounts"] if row["account_id"] == "A3")
    row["platform"] = None
    row[column] = value
    twice = {name: list(rows) for name, rows in once.items()}
    twice["sources"] += [{"source_id": f"C{i}", "role": "journalist", "depends_on": "W3"} for i in (1, 2)]
    copy: Row = {"incident_id": "I1", "facility_id": "F1"}
    twice["accounts"] += [copy | {"account_id": f"B{i}", "source_id": f"C{i}", column: value} for i in (1, 2)]
    return once, twice


@pytest.mark.parametrize(("column", "value"), [("platform", "Su-22"), ("munition", "OFAB-100")])
def test_a_declared_copy_of_a_platform_or_a_munition_hardly_counts_although_no_mode_or_party_is_said(
    column: str, value: str
) -> None:
    once, twice = (weigh(tables) for tables in _told_again(column, value))
    bare, _ = _told_again(column, "")
    told = once.log10_lr["Syrian:Russian"] - weigh(bare).log10_lr["Syrian:Russian"]
    assert abs(told) > 0.02
    assert abs(twice.log10_lr["Syrian:Russian"] - once.log10_lr["Syrian:Russian"]) < 0.35 * abs(told)


def test_a_source_that_tells_and_posts_and_prints_is_one_group() -> None:
    tables = small_tables()
    before = weigh(tables).groups
    tables["media"][0]["source_id"] = "W1"
    one = weigh(tables)
    assert one.groups == before - 1
    assert {p.group for p in one.pieces if p.evidence_id in ("A1", "M1")} == {"W1"}


def test_two_sources_that_draw_on_the_same_silent_one_are_not_two_groups() -> None:
    tables = small_tables()
    before = weigh(tables).groups
    for row in tables["sources"]:
        if row["source_id"] in ("W1", "W2"):
            row["depends_on"] = "SPOT"
    assert weigh(tables).groups == before - 1


@given(st.permutations(["a", "b", "c", "d"]))
def test_a_chain_of_copies_is_one_group_whatever_its_sources_are_called(names: list[str]) -> None:
    first, second, third, apart = names
    upstream = ancestors({second: [first], third: [second], first: [], apart: []})
    groups = dependence_groups(names, upstream, {})
    assert len({groups[first], groups[second], groups[third]}) == 1
    assert groups[apart] == apart


def test_who_draws_on_two_speaking_sources_does_not_make_them_one() -> None:
    groups = dependence_groups(["S1", "S2", "S3"], ancestors({"S3": ["S1", "S2"], "S1": [], "S2": []}), {})
    assert groups == {"S1": "S1", "S2": "S2", "S3": "S1"}


def test_sources_that_draw_on_each_other_are_one_group() -> None:
    assert set(dependence_groups(["A", "B"], ancestors({"A": ["B"], "B": ["A"]}), {}).values()) == {"A"}


def test_a_printed_call_that_gives_coordinates_elsewhere_is_not_about_the_incident() -> None:
    tables = small_tables()
    without = weigh(tables)
    call: Row = {"transmission_id": "T1", "source_id": "SPOT", "time": "2017-04-10T13:59", "time_precision": "minute",
            "language": "Russian", "phrase": "weapon_release", "lat": 36.3, "lon": 36.6}  # fmt: skip
    tables["transmissions"] = [call]
    assert_same(without, weigh(tables))
    tables["transmissions"] = [call | {"lat": 35.6, "lon": 36.6}]
    near = weigh(tables)
    assert near.log10_lr["Syrian:Russian"] < without.log10_lr["Syrian:Russian"] - 0.1


def test_a_printed_call_is_read_through_the_lexicon_where_its_class_is_empty() -> None:
    tables = small_tables()
    call: Row = {"transmission_id": "T1", "source_id": "SPOT", "time": "2017-04-10T13:59", "time_precision": "minute",
            "language": "Russian"}  # fmt: skip
    tables["transmissions"] = [call | {"phrase": "weapon_release"}]
    given_class = weigh(tables)
    tables["transmissions"] = [call | {"transcript": "srabotal"}]
    assert_same(given_class, weigh(tables))


def test_a_printed_row_is_scaled_to_the_whole_clock_and_not_to_what_the_accounts_leave_of_it() -> None:
    tables = small_tables()
    del tables["coverage"]
    tables["sightings"] = [
        {"sighting_id": "G1", "source_id": "SPOT", "time": "2017-04-10T15:10", "time_precision": "minute",
         "place": "Northtown", "platform": "Russian jet", "activity": "circling"}
    ]  # fmt: skip
    tables["sources"] += [{"source_id": f"X{i}", "role": "direct_witness"} for i in range(8)]
    tables["accounts"] += [
        {"account_id": f"B{i}", "incident_id": "I1", "source_id": f"X{i}", "time": f"2017-04-10T14:0{i}",
         "time_precision": "minute", "facility_id": "F1", "perception": "saw"}
        for i in range(8)
    ]  # fmt: skip
    evidence = evidence_of(tables)
    model = model_incident(evidence.incidents.row(0, named=True), share(evidence), fit_logs(evidence))
    (row,) = model.printed
    assert len(model.moments) < len(model.full_grid)
    tables["accounts"] = tables["accounts"][:-8]
    fewer = evidence_of(tables)
    before = model_incident(fewer.incidents.row(0, named=True), share(fewer), fit_logs(fewer))
    at = np.isin(model.moments, before.moments)
    assert at.sum() > 500
    assert row.time[at] == pytest.approx(before.printed[0].time[np.isin(before.moments, model.moments)], abs=1e-9)


def test_who_repeats_another_s_day_and_names_an_hour_speaks_for_itself_on_the_time() -> None:
    """The other knew the day alone, so the hour is not from there: it counts as if nothing were declared."""

    def found(depends_on: str | None) -> tuple[float, float, float]:
        tables = {name: rows for name, rows in small_tables().items() if name not in ("sightings", "coverage", "media")}
        day: Row = {"incident_id": "I1", "facility_id": "F1", "mode": "air strike"}
        tables["sources"] += [{"source_id": "DIGEST", "role": "journalist", "depends_on": depends_on}]
        tables["accounts"] = [
            day | {"account_id": "A1", "source_id": "W1", "time": "2017-04-10", "time_precision": "day"},
            day | {"account_id": "A2", "source_id": "DIGEST", "time": "2017-04-10T19:30", "time_precision": "about"},
        ]
        weighed = weigh(tables)
        return weighed.time_low, weighed.time_median, weighed.time_high

    copy, own = found("W1"), found(None)
    assert copy == pytest.approx(own, abs=15)
    assert copy[2] - copy[0] < 240
