"""The invariances of the method (method.md, What must not change it), on a small synthetic case."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import Row, Tables, assert_same, evidence_of, small_tables, weigh

from consilience.corroborate.hypotheses import hypotheses_on
from consilience.reference.shipped import ORBATS

FEW = settings(max_examples=5)


def _without(tables: Tables, *names: str) -> Tables:
    return {name: rows for name, rows in tables.items() if name not in names}


def _shift(text: object, days: int) -> object:
    if not isinstance(text, str) or not text.startswith("2017-"):
        return text
    moment = datetime.fromisoformat(text) + timedelta(days=days)
    return moment.strftime("%Y-%m-%d" if len(text) == 10 else "%Y-%m-%dT%H:%M")


@FEW
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(random: object) -> None:
    tables = small_tables()
    shuffled = {name: list(rows) for name, rows in tables.items()}
    for rows in shuffled.values():
        random.shuffle(rows)  # type: ignore[attr-defined]
    assert_same(weigh(tables), weigh(shuffled), tolerance=0.0)


@FEW
@given(st.integers(-8, 12))
def test_shifting_log_and_accounts_by_whole_days_shifts_the_moment_and_nothing_else(days: int) -> None:
    tables = small_tables()
    moved: Tables = {
        name: [{column: _shift(value, days) for column, value in row.items()} for row in rows]
        for name, rows in tables.items()
    }
    assert_same(weigh(tables), weigh(moved), shift_minutes=days * 1440.0)


@FEW
@given(st.sampled_from(["A1", "A2", "A3"]), st.sampled_from(["same source", "declared copy", "chain of copies"]))
def test_a_duplicated_source_changes_nothing(account: str, how: str) -> None:
    tables = small_tables()
    original = next(row for row in tables["accounts"] if row["account_id"] == account)
    copy: Row = original | {"account_id": "A9"}
    sources = [*tables["sources"]]
    if how != "same source":
        copy["source_id"] = "COPY"
        sources.append({"source_id": "COPY", "role": "journalist", "depends_on": original["source_id"]})
    copies = [copy]
    if how == "chain of copies":
        sources.append({"source_id": "ECHO", "role": "journalist", "depends_on": "COPY"})
        copies.append(copy | {"account_id": "A8", "source_id": "ECHO"})
    again = tables | {"accounts": [*tables["accounts"], *copies], "sources": sources}
    assert_same(weigh(tables), weigh(again))


def test_a_copy_that_disagrees_still_counts_as_its_own_word() -> None:
    tables = small_tables()
    copy: Row = {
        "account_id": "A9",
        "incident_id": "I1",
        "source_id": "COPY",
        "time_precision": "minute",
        "time": "2017-04-10T13:30",
    }
    sources: list[Row] = [*tables["sources"], {"source_id": "COPY", "role": "journalist", "depends_on": "W1"}]
    later = weigh(tables | {"accounts": [*tables["accounts"], copy], "sources": sources})
    assert later.time_median < weigh(tables).time_median - 1


def test_evidence_from_a_blacked_out_sensor_changes_nothing() -> None:
    tables = small_tables()
    silent = _without(tables, "sightings", "coverage")
    watched_elsewhere = silent | {
        "coverage": [
            {"kind": "sightings", "from": "2017-04-20T06:00", "to": "2017-04-20T20:00", "source_id": "SPOT"},
            {"kind": "sightings", "from": "2017-04-10T06:00", "to": "2017-04-10T20:00",
             "area": "36.9;34.0;37.5;34.5", "source_id": "SPOT"},
        ],
        "sightings": [{"sighting_id": "S1", "source_id": "SPOT", "time": "2017-04-20T09:00", "place": "Fartown",
                       "platform": "Su-22"}],
    }  # fmt: skip
    assert_same(weigh(silent), weigh(watched_elsewhere))


def test_silence_of_a_log_that_watched_speaks_against_an_attack_from_the_air() -> None:
    tables = small_tables() | {"accounts": [
        {"account_id": "A1", "incident_id": "I1", "source_id": "W1", "time": "2017-04-10T12:00",
         "time_precision": "minute"}
    ], "media": []}  # fmt: skip
    unwatched = weigh(_without(tables, "sightings", "coverage"))
    far = [row for row in tables["sightings"] if row["place"] == "Fartown"]
    watched = weigh(tables | {"sightings": far})
    assert watched.mode["air strike"] < unwatched.mode["air strike"]
    assert watched.mode["ground attack"] > unwatched.mode["ground attack"]


def _renamed_orbat(folder: Path) -> Path:
    """The shipped order of battle with Syrian and Russian exchanged wherever a party stands."""
    swap = {"Syrian": "Russian", "Russian": "Syrian"}
    folder.mkdir()
    for path in sorted((ORBATS / "syria").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            for column in ("party", "parties", "reported_parties"):
                if row.get(column):
                    row[column] = ";".join(swap.get(name, name) for name in row[column].split(";"))
        with (folder / path.name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def test_renaming_the_parties_renames_the_answer(tmp_path: Path) -> None:
    """In the tables of the case the words of the log stay ("Su-22"); who is Syrian and who Russian is exchanged."""
    tables = small_tables()
    for row in tables["sightings"]:
        row["platform"] = "Su-22" if row["platform"] == "Russian" else row["platform"]
    renamed = [row | {"party": "Syrian"} if row.get("party") == "Russian" else row for row in tables["accounts"]]
    one = weigh(tables)
    other = weigh(tables | {"accounts": renamed}, own_orbat=_renamed_orbat(tmp_path / "orbat"), orbat="swapped")
    assert one.party["Syrian"] == pytest.approx(other.party["Russian"], abs=1e-9)
    assert one.party["Russian"] == pytest.approx(other.party["Syrian"], abs=1e-9)
    assert one.time_median == pytest.approx(other.time_median, abs=1e-6)


def test_the_likelihood_ratio_turns_over_with_the_order_of_the_parties() -> None:
    one = weigh(small_tables())
    other = weigh(small_tables(), parties='"Russian", "Syrian"')
    assert one.log10_lr["Syrian:Russian"] == pytest.approx(-other.log10_lr["Russian:Syrian"], abs=1e-9)


def test_prior_odds_times_likelihood_ratio_are_posterior_odds() -> None:
    one = weigh(small_tables())
    evidence = evidence_of(small_tables())
    hypotheses = hypotheses_on(
        datetime(2017, 4, 10).date(),  # noqa: DTZ001 - a calendar day, no moment
        evidence.orbat, ("Syrian", "Russian"), several_strikes=True,
    )  # fmt: skip
    prior = dict.fromkeys(("Syrian", "Russian"), 0.0)
    for party, log_p in zip(hypotheses.party, hypotheses.log_prior, strict=True):
        for name in prior:
            prior[name] += float(2.718281828459045**log_p) * (party == name or 0.5 * (party == "together"))
    odds = prior["Syrian"] / prior["Russian"] * 10 ** one.log10_lr["Syrian:Russian"]
    assert odds == pytest.approx(one.party["Syrian"] / one.party["Russian"], rel=1e-9)


def test_flights_unseen_flight_and_no_flight_share_out_all_responsibility() -> None:
    one = weigh(small_tables())
    total = sum(track.responsibility for track in one.tracks)
    assert total + one.other_tracks + one.unseen_flight + one.no_flight == pytest.approx(1.0, abs=1e-9)
    assert "S021" in one.tracks[0].sightings


def test_what_a_run_never_reads_changes_nothing() -> None:
    tables = small_tables() | {
        "published": [{"incident_id": "I1", "by": "Somebody", "party": "Russian", "mode": "ground attack"}],
        "letters": [{"letter_id": "L1", "party": "Russian", "sent_on": "2017-05-01"}],
        "leads": [{"lead_id": "E1", "incident_id": "I1", "why_excluded": "Russian jets at 09:00"}],
    }
    assert_same(weigh(small_tables()), weigh(tables), tolerance=0.0)
