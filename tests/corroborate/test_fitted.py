"""The fitted model tells what the weighing uses, with intervals that a text-book gives, and leads to no observer."""

from __future__ import annotations

import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats
from small_case import Tables, evidence_of, small_tables

from consilience.casework.fitted_store import from_bytes, to_bytes
from consilience.corroborate.conjugate import chance, mean_and_spread, rate, shares
from consilience.corroborate.fitted import describe
from consilience.corroborate.local_hours import hour_of, watched_by_hour
from consilience.corroborate.log_model import LogModel, sites_of
from consilience.corroborate.weigh import fit_logs
from consilience.quantities import moment_at, zone_named
from consilience.records.fitted_model import FittedModel


def fitted(tables: Tables) -> tuple[FittedModel, LogModel]:
    evidence = evidence_of(tables)
    logs = fit_logs(evidence)
    model = describe(evidence, logs)
    assert model is not None
    return model, logs


def with_radio() -> Tables:
    """The small case with a whole radio log: one exchange before the impact, and one at noon."""
    tables = small_tables()
    tables["coverage"].append(
        {"kind": "transmissions", "from": "2017-04-10T06:00", "to": "2017-04-10T20:00", "source_id": "EAR"}
    )
    tables["sources"].append({"source_id": "EAR", "role": "flight_spotter"})
    calls = (("11:50", "cleared"), ("13:57", "cleared"), ("13:59", "weapon_release"))
    tables["transmissions"] = [
        {"transmission_id": f"R{k}", "source_id": "EAR", "time": f"2017-04-10T{at}", "time_precision": "minute",
         "language": "ru", "phrase": said}
        for k, (at, said) in enumerate(calls)
    ]  # fmt: skip
    return tables


def test_it_tells_the_numbers_that_the_weighing_uses() -> None:
    model, logs = fitted(with_radio())
    sky, radio = model.sky, model.radio
    assert sky is not None
    assert radio is not None
    assert sky.detection.value == logs.attacker.detection
    assert [kind.attacker.value for kind in sky.passes] == logs.attacker.kinds.tolist()
    assert (sky.lead.value, sky.spread.value) == (logs.attacker.lead, logs.attacker.spread)
    rates = [kind.background.per_day / 1440 for kind in sky.passes if kind.background is not None]
    assert np.allclose(rates, logs.background.pooled)
    assert [one.share.value for one in sky.fleet] == logs.marks.fleet.mix.tolist()
    assert {one.party: one.heard.value for one in radio.heard} == dict(logs.radio.heard)
    assert [one.lead.value for one in radio.classes] == logs.radio.lead.tolist()
    (site,) = {site for row in evidence_of(with_radio()).incidents.iter_rows(named=True) for site in sites_of(row)}
    used = logs.background.rate_at(logs.sky, site, -np.inf, np.inf)
    assert np.allclose(np.array(sky.sites[0].per_day) / 1440, used), site


def test_every_interval_holds_its_value_and_probabilities_stay_probabilities() -> None:
    model, _ = fitted(with_radio())
    assert model.sky is not None
    assert model.radio is not None
    chances = [model.sky.detection, model.sky.type_right, model.sky.operator_right]
    chances += [kind.attacker for kind in model.sky.passes] + [one.share for one in model.sky.fleet]
    chances += [one.heard for one in model.radio.heard] + [kind.attack for kind in model.radio.kinds]
    for one in chances:
        assert 0 <= one.low <= one.value <= one.high <= 1, one
    for one in (model.sky.lead, model.sky.spread, *(call.spread for call in model.radio.classes)):
        assert one.low <= one.value <= one.high, one


def test_without_a_whole_log_nothing_was_taught() -> None:
    evidence = evidence_of({name: rows for name, rows in small_tables().items() if name != "coverage"})
    assert describe(evidence, fit_logs(evidence)) is None


def test_it_is_the_same_whoever_observed_and_names_nobody() -> None:
    tables = with_radio()
    names = {"SPOT": "ZZ9", "EAR": "AA1"}
    renamed: Tables = {
        name: [{column: names.get(str(value), value) for column, value in row.items()} for row in rows]
        for name, rows in tables.items()
    }  # fmt: skip
    (before, _), (after, _) = fitted(tables), fitted(renamed)
    text = to_bytes(before, "small")
    assert text == to_bytes(after, "small")
    for secret in (b"SPOT", b"EAR", b"Northtown", b"Fartown", b"36.6", b"35.6"):
        assert secret not in text


def test_the_order_of_rows_changes_no_byte() -> None:
    tables = with_radio()
    shuffled = {name: random.Random(5).sample(rows, len(rows)) for name, rows in tables.items()}
    assert to_bytes(fitted(tables)[0], "small") == to_bytes(fitted(shuffled)[0], "small")


def test_bytes_come_back_as_the_record_that_was_written() -> None:
    model, _ = fitted(with_radio())
    once = from_bytes(to_bytes(model, "small"))
    assert to_bytes(once, "small") == to_bytes(model, "small")
    assert from_bytes(to_bytes(once, "small")) == once
    only_sky = replace(once, radio=None)
    assert from_bytes(to_bytes(only_sky, "small")) == only_sky
    assert b'"radio": "no log of transmissions' in to_bytes(only_sky, "small")


def test_a_chance_has_the_interval_of_its_beta_posterior() -> None:
    one = chance((7 + 20 * 0.7) / (9 + 20), 9, 0.7, 20, "detection")
    assert (one.low, one.high) == pytest.approx(stats.beta.interval(0.95, 7 + 14, 2 + 6))


def test_shares_have_the_marginal_intervals_of_their_dirichlet_posterior() -> None:
    told = shares(np.array([0.25, 0.75]), np.array([3.0, 1.0]), np.array([0.0, 1.0]), 8.0, "x")
    assert (told[0].low, told[0].high) == pytest.approx(stats.beta.interval(0.95, 3, 9))


def test_a_mean_and_a_spread_have_the_intervals_of_students_t_and_of_chi_square() -> None:
    mean, spread = mean_and_spread(-2.0, 6.0, 10.0, (-1.0, 5.0), 20.0, ("a", "b"), 2.0)
    assert (mean.low, mean.high) == pytest.approx(stats.t.interval(0.95, 30, -2.0, 6.0 / np.sqrt(30)))
    high, low = 6.0 * np.sqrt(30 / stats.chi2.ppf([0.025, 0.975], 30))
    assert (spread.low, spread.high) == pytest.approx((low, high))


def test_a_rate_has_the_interval_of_its_gamma_posterior() -> None:
    one = rate(3, 2880.0)
    assert one.per_day == pytest.approx(1.75)
    assert (one.low, one.high) == pytest.approx(stats.gamma.interval(0.95, 3.5, scale=1 / 2))


def test_what_was_never_seen_has_an_interval_that_begins_at_nought() -> None:
    (one, _) = shares(np.array([0.0, 1.0]), np.array([0.0, 5.0]), np.array([0.0, 1.0]), 5.0, "x")
    assert (one.low, one.high) == pytest.approx((0.0, 0.0))


@pytest.mark.parametrize(("zone", "utc_minute", "hour"), [("Asia/Damascus", 0.0, 2), ("Asia/Kathmandu", 45.0, 6)])
def test_hours_are_those_of_the_wall_clock(zone: str, utc_minute: float, hour: int) -> None:
    assert hour_of(np.array([utc_minute]), zone_named(zone)).tolist() == [hour]


@pytest.mark.parametrize("zone", ["Asia/Damascus", "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Apia"])
def test_hours_are_those_of_the_wall_clock_on_days_too_on_which_it_is_changed(zone: str) -> None:
    quarters = np.array(range(1_420_000_000 // 900, 1_520_000_000 // 900), dtype=np.float64) * 15  # 2015 to 2018
    said = [moment_at(minute).astimezone(zone_named(zone)).hour for minute in quarters.tolist()]
    assert hour_of(quarters, zone_named(zone)).tolist() == said


def test_watched_time_falls_into_the_hours_in_which_it_was_watched_and_none_is_lost() -> None:
    zone: ZoneInfo = zone_named("Asia/Kathmandu")
    watched = watched_by_hour([(0.0, 50.0), (3000.0, 3000.0 + 25 * 60)], zone)
    assert watched.sum() == pytest.approx(50 + 25 * 60)
    assert watched[5] == pytest.approx(30 + 60)  # from 05:30 local (UTC+5:30 in 1970) to 06:00, and one whole hour


def test_hours_of_the_day_count_every_flight_and_every_row() -> None:
    model, logs = fitted(small_tables())
    assert model.sky is not None
    assert sum(hour.flights for hour in model.sky.hours) == model.sky.flights == len(logs.sky.begin)
    assert sum(hour.sightings for hour in model.sky.hours) == model.sky.sightings == 23
    assert sum(hour.watched_hours for hour in model.sky.hours) == pytest.approx(14.0)
    assert not any(hour.flights for hour in model.sky.hours if hour.watched_hours == 0)
