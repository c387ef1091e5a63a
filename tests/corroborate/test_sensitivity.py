"""What a finding hangs on: the bench against a full weighing, breakdown, ranges, rivals, next evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import Row, Tables, evidence_of, small_tables, weigh

from consilience.corroborate.assumption_range import box_of, over_box
from consilience.corroborate.bench import Bench
from consilience.corroborate.breakdown import break_down, groups_of
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import flights_of, model_incident, radio_of, share
from consilience.corroborate.log_variants import LogVariants
from consilience.corroborate.probe import Prober
from consilience.corroborate.rivals import rivals_of
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.records.sensitivity import Answer, Sensitivity
from consilience.records.weighed import WeighedIncident

FEW = settings(max_examples=8, deadline=None)
NAMES = sorted(box_of(evidence_of(small_tables())))


def _bench(evidence: CaseEvidence) -> Bench:
    return Bench(
        next(evidence.incidents.iter_rows(named=True)), share(evidence), LogVariants(evidence, fit_logs(evidence))
    )


@cache
def _small() -> Bench:
    return _bench(evidence_of(small_tables()))


def _close(answer: Answer, weighed: WeighedIncident, tolerance: float = 1e-9) -> None:
    assert answer.attack == pytest.approx(weighed.cause["attack"], abs=tolerance)
    for mine, theirs in ((answer.party, weighed.party), (answer.mode, weighed.mode)):
        assert mine == pytest.approx(dict(theirs), abs=tolerance)


def _leading(answer: Answer) -> str:
    """Who is likelier than not."""
    return max(answer.party, key=lambda party: answer.party[party])


def _probe(tables: Tables) -> tuple[WeighedIncident, Sensitivity]:
    evidence = evidence_of(tables)
    logs = fit_logs(evidence)
    (one,) = weigh_incidents(evidence, logs)
    return one, Prober(evidence, logs, _leading).probe(one)


def test_the_bench_says_what_the_weighing_says() -> None:
    _close(_small().answer(), weigh(small_tables()))


@pytest.mark.parametrize("account", ["A1", "A2", "A3"])
def test_without_a_witness_the_bench_says_what_a_case_without_them_says(account: str) -> None:
    tables = small_tables()
    source = next(str(row["source_id"]) for row in tables["accounts"] if row["account_id"] == account)
    left = tables | {"accounts": [row for row in tables["accounts"] if row["account_id"] != account]}
    # the grid and what was fitted to the log stay those of all accounts, hence not to the last digit
    _close(_small().answer(without=frozenset({source})), weigh(left), tolerance=0.01)


def test_without_the_only_log_the_bench_says_what_a_case_without_it_says() -> None:
    tables = {name: rows for name, rows in small_tables().items() if name not in ("sightings", "coverage")}
    _close(_small().answer(without=frozenset({"SPOT"})), weigh(tables))


@FEW
@given(st.sampled_from([name for name in NAMES if name.startswith(("slip", "clarity", "false", "sigma_a", "basis"))]))
def test_under_another_assumption_the_bench_says_what_the_weighing_says(name: str) -> None:
    evidence = evidence_of(small_tables())
    low, _ = box_of(evidence)[name]
    changed = replace(
        evidence, assumptions={**evidence.assumptions, name: replace(evidence.assumptions[name], value=low)}
    )
    if name.startswith("sigma_"):
        blurred = evidence.accounts["t_sigma"].replace(evidence.value(name), low)
        changed = replace(changed, accounts=changed.accounts.with_columns(blurred))
    (weighed,) = weigh_incidents(changed, fit_logs(evidence))
    # the attacker's model stays as it was fitted, in both
    _close(_small().answer({name: low}), weighed, tolerance=1e-6)


def test_a_source_that_says_nothing_changes_nothing() -> None:
    tables = small_tables()
    tables["sources"].append({"source_id": "MUTE", "role": "journalist"})
    tables["media"].append({"media_id": "M9", "incident_id": "I1", "source_id": "MUTE"})
    bench = _bench(evidence_of(tables))
    assert bench.answer(without=frozenset({"MUTE"})).distance(bench.answer()) < 1e-12


def test_a_finding_that_rests_on_one_source_breaks_without_it() -> None:
    tables = _one_voice()
    bench = _bench(evidence_of(tables))
    assert _leading(bench.answer()) == "Russian"
    found = break_down(bench, groups_of(bench, (), ()), _leading)
    assert (found.groups, found.which) == (1, ("W2",))


def test_a_copy_declared_or_not_falls_with_its_source_and_one_that_is_no_copy_makes_two() -> None:
    own_words: Row = {"perception": "saw", "time": "2017-04-10T14:12", "strikes": 3, "killed_min": 2, "killed_max": 2}
    for depends, words, number in (("W2", {}, 1), (None, {}, 1), (None, own_words, 2)):
        tables = _one_voice()
        tables["sources"].append({"source_id": "ECHO", "role": "journalist", "depends_on": depends})
        tables["accounts"].append({**_russian_markings(), **words, "account_id": "A9", "source_id": "ECHO"})
        bench = _bench(evidence_of(tables))
        found = break_down(bench, groups_of(bench, (), ()), _leading)
        assert (found.groups, found.which) == (number, ("ECHO", "W2"))


def _one_voice() -> Tables:
    """Two witnesses of an air strike, one of whom saw Russian markings; the prior leans to the Syrian side."""
    tables = {name: rows for name, rows in small_tables().items() if name not in ("sightings", "coverage")}
    return tables | {"accounts": [tables["accounts"][2], _russian_markings()]}


def _russian_markings() -> Row:
    return {"account_id": "A2", "incident_id": "I1", "source_id": "W2", "perception": "saw",
            "time": "2017-04-10T14:00", "time_precision": "about", "party": "Russian",
            "party_basis": "saw_markings"}  # fmt: skip


def test_nothing_breaks_where_no_removal_changes_the_answer() -> None:
    bench = _small()
    found = break_down(bench, groups_of(bench, (), ()), lambda _: "always the same")
    assert (found.groups, found.which) == (None, ())


def test_bounds_contain_the_value_and_reach_beyond_each_assumption_alone() -> None:
    bench = _small()
    answers = over_box(bench, box_of(bench.shared.evidence))
    base = bench.answer()
    for party, (low, high) in answers.party_range.items():
        assert low <= base.party[party] <= high
        down, up = answers.ends[party]
        assert low <= down.party[party]
        assert up.party[party] <= high
        assert down.party[party] < base.party[party] < up.party[party]
    assert answers.swings, "some assumption moves a small case"
    assert [swing.moves for swing in answers.swings] == sorted((s.moves for s in answers.swings), reverse=True)


@FEW
@given(st.sampled_from(NAMES))
def test_an_assumption_that_nothing_reads_moves_nothing(name: str) -> None:
    bench = _small()
    if name in bench.names_read() or name.startswith("prior: "):
        return
    for end in box_of(bench.shared.evidence)[name]:
        assert bench.answer({name: end}).distance(bench.answer()) < 1e-12


def test_a_wider_box_never_has_a_narrower_range() -> None:
    bench = _small()
    box = box_of(bench.shared.evidence)
    half = {
        name: ((low + _value(bench, name)) / 2, (high + _value(bench, name)) / 2) for name, (low, high) in box.items()
    }
    narrow, wide = over_box(bench, half).party_range, over_box(bench, box).party_range
    for party, (low, high) in narrow.items():
        assert wide[party][0] <= low + 1e-9
        assert high <= wide[party][1] + 1e-9


def _value(bench: Bench, name: str) -> float:
    evidence = bench.shared.evidence
    shares = {
        f"prior: {row.mode}" + (f", {row.party}" if row.party else ""): row.share for row in evidence.orbat.priors
    }
    return shares[name] if name in shares else evidence.value(name)


def test_what_speaks_for_a_rival_adds_up() -> None:
    evidence = evidence_of(small_tables())
    logs = fit_logs(evidence)
    model = model_incident(next(evidence.incidents.iter_rows(named=True)), share(evidence), logs)
    flights = flights_of(model, logs)
    rivals = rivals_of(
        model, flights, radio_of(model, logs), model.posterior(model.logs(flights, radio_of(model, logs)))
    )
    assert {rival.party for rival in rivals} < set(model.hypotheses.parties)
    for rival in rivals:
        assert rival.total == pytest.approx(rival.prior + sum(weight for _, weight in rival.pieces), abs=0.05)
        assert [w for _, w in rival.pieces] == sorted((w for _, w in rival.pieces), reverse=True)


def test_a_log_is_proposed_only_where_none_was_kept_and_a_person_never() -> None:
    with_log = _probe(small_tables())[1].next_evidence
    bare = {name: rows for name, rows in small_tables().items() if name not in ("sightings", "coverage")}
    without_log = _probe(bare)[1].next_evidence
    assert "sighting" not in {one.kind for one in with_log}
    assert "sighting" in {one.kind for one in without_log}
    assert {one.kind for one in (*with_log, *without_log)} <= {"imagery", "media", "sighting"}
    assert all(one.party_bits >= 0 and one.time_bits >= 0 for one in (*with_log, *without_log))


def test_the_less_is_known_of_the_time_the_more_footage_would_tell() -> None:
    vague = small_tables()
    vague["accounts"] = [vague["accounts"][2]]
    bits = [
        next(one.time_bits for one in _probe(tables)[1].next_evidence if one.kind == "media")
        for tables in (small_tables(), vague)
    ]
    assert bits[0] < bits[1] < np.log2(5 * 24 * 60)
