"""What the whole logs of a case taught, told number by number (method.md, What the log itself teaches)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate import conjugate, log_model
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood import radio as radio_log
from consilience.corroborate.likelihood.calls import TIMED_CLASSES
from consilience.corroborate.likelihood.flights import attacker_from
from consilience.corroborate.likelihood.radio_log import EXCHANGE_KINDS, RadioLog, radio_from
from consilience.corroborate.local_hours import hour_of, watched_by_hour
from consilience.corroborate.log_model import LogModel, sites_of
from consilience.corroborate.marks import FLEET_STRENGTH, MIX_FLIGHTS, fleet_rows
from consilience.corroborate.sky import LOITER_EDGES_M, LOITER_M, PASS_EDGES_M, PASS_KINDS, Site
from consilience.corroborate.spotter_words import SAME_WRONG_TYPE, same_wrong_operator
from consilience.corroborate.watches import total_length
from consilience.records.fitted_model import (
    CallClass,
    ExchangeKind,
    Fitted,
    FittedModel,
    FittedRadio,
    FittedSky,
    FleetShare,
    HeardParty,
    HourOfDay,
    PassKind,
    SiteRates,
)

ORDER_OF_BATTLE, MEAN_OF_LOG = "order of battle", "mean of the log"
"""To what a share of the fleet, and how busy an hour is, are drawn: the two that are no named assumptions."""

HOUR = 60.0


def describe(evidence: CaseEvidence, logs: LogModel) -> FittedModel | None:
    """The numbers in `logs` (from `fit_logs` on the same evidence) with intervals; None where no log is whole."""
    sky = _sky(evidence, logs) if len(logs.sky.watches) else None
    radio = None if logs.radio_log is None else _radio(evidence, logs, logs.radio_log)
    return None if sky is None and radio is None else FittedModel(sky, radio)


def _sky(evidence: CaseEvidence, logs: LogModel) -> FittedSky:
    start, strength = attacker_from(evidence.assumptions), evidence.value("fit_strength")
    attacker, rights = logs.attacker, logs.marks.fleet.rights
    straight = sum(one.straight for one in logs.seen)
    lead, spread = conjugate.mean_and_spread(
        attacker.lead, attacker.spread, straight, (start.lead, start.spread), strength, ("pass_lead", "pass_spread"),
        log_model.LEAST_SPREAD,
    )  # fmt: skip
    air, flights = sum(one.air for one in logs.seen), len(logs.sky.begin)
    watched = total_length(logs.sky.whole)
    told: dict[Site, list[str]] = {}
    for row in evidence.incidents.sort("incident_id").iter_rows(named=True):
        for site in sites_of(row):
            told.setdefault(site, []).append(row["incident_id"])
    counts = {site: logs.sky.pass_counts(site, -np.inf, np.inf) for site in sorted(told)}
    return FittedSky(
        watched_hours=watched / HOUR,
        sightings=len(logs.sky.time),
        flights=flights,
        flights_per_hour=flights / max(watched, 1.0) * HOUR,
        incidents=len(logs.seen),
        detection=conjugate.chance(attacker.detection, air, start.detection, strength, "detection"),
        lead=lead,
        spread=spread,
        stray=attacker.stray,
        stray_spread=attacker.stray_spread,
        type_right=_right(evidence, "spotter_type_right", rights.type_right, rights.type_pairs, SAME_WRONG_TYPE),
        operator_right=_right(
            evidence, "operator_right", rights.operator_right, rights.operator_pairs, _same_wrong(logs)
        ),
        passes=tuple(_passes(evidence, logs, counts)),
        fleet=tuple(_fleet(evidence, logs)),
        hours=tuple(_hours(evidence, logs)),
        sites=tuple(_sites(logs, told, counts)),
    )


def _same_wrong(logs: LogModel) -> float:
    return same_wrong_operator(len(set(logs.marks.fleet.party)))


def _right(evidence: CaseEvidence, name: str, right: float, pairs: int, same_wrong: float) -> Fitted:
    """How often observers are right, its interval from that of how often two agree (`spotter_words`): no wider than
    the assumption's range, within which the fit keeps it."""
    assumption, strength = evidence.assumptions[name], evidence.value("word_fit_strength")
    agree = right**2 + same_wrong * (1 - right) ** 2
    ends = conjugate.beta_interval(agree * (pairs + strength), (1 - agree) * (pairs + strength))
    low, high = (
        min(max(_right_where(float(end), same_wrong), assumption.low), max(assumption.high, right)) for end in ends
    )
    return Fitted(right, min(low, right), high, pairs, assumption.value, strength, name)


def _right_where(agree: float, same_wrong: float) -> float:
    """The chance to be right at which two agree so often: the larger root of r² + c·(1 − r)² = agree."""
    c = same_wrong
    return (c + math.sqrt(max(c**2 - (1 + c) * (c - agree), 0.0))) / (1 + c)


def _passes(evidence: CaseEvidence, logs: LogModel, counts: Mapping[Site, NDArray[np.int64]]) -> Iterable[PassKind]:
    """`counts` are the passes of each kind in the whole log, by site."""
    before, strength = attacker_from(evidence.assumptions).kinds, evidence.value("fit_strength")
    expected = np.sum([one.kinds for one in logs.seen], axis=0) if logs.seen else np.zeros(PASS_KINDS)
    attackers = conjugate.shares(logs.attacker.kinds, expected, before, strength, "nearness and circling")
    seen = np.sum([*counts.values()], axis=0) if counts else np.zeros(PASS_KINDS)
    minutes = sum(_watched(logs, site) for site in counts)
    bins = [(True, *edges) for edges in pairwise([*LOITER_EDGES_M.tolist(), LOITER_M])]
    bins += [(False, *edges) for edges in pairwise(PASS_EDGES_M.tolist())]
    for kind, attacker in enumerate(attackers):
        loiters, near, far = bins[kind // 2]
        background = conjugate.rate(int(seen[kind]), minutes) if minutes else None
        yield PassKind(loiters, near / 1000, far / 1000, bool(kind % 2), attacker, background)


def _watched(logs: LogModel, site: Site) -> float:
    """Minutes for which the sky over a site is in a whole log."""
    return total_length(logs.sky.watches.over(site[0], site[1]))


def _fleet(evidence: CaseEvidence, logs: LogModel) -> Iterable[FleetShare]:
    """The mix of the sky with as many pseudo-flights as the fleet has rows, spread as in the order of battle."""
    fleet = logs.marks.fleet
    _, _, listed = fleet_rows(evidence)
    strength = FLEET_STRENGTH * len(listed)
    seen = np.maximum(fleet.mix * (min(len(logs.sky.begin), MIX_FLIGHTS) + strength) - strength * listed, 0.0)
    told = conjugate.shares(fleet.mix, seen, listed, strength, ORDER_OF_BATTLE)
    for platform, party, share in zip(fleet.platform, fleet.party, told, strict=True):
        yield FleetShare(platform, party, share)


def _hours(evidence: CaseEvidence, logs: LogModel) -> Iterable[HourOfDay]:
    """How busy the hours were against the mean of the log, drawn to it as `Background.activity` draws a moment."""
    zone, strength, sky = evidence.settings.zone, evidence.value("sky_strength"), logs.sky
    watched = watched_by_hour([(start, end) for start, end in sky.whole.tolist()], zone)
    flights, rows = (np.bincount(hour_of(at, zone), minlength=24).astype(np.float64) for at in (sky.begin, sky.time))
    expected = np.asarray(len(sky.begin) / max(total_length(sky.whole), 1.0) * watched, dtype=np.float64)
    low, high = conjugate.gamma_interval(flights + strength, expected + strength)
    for hour in range(24):
        value = (flights[hour] + strength) / (expected[hour] + strength)
        busy = Fitted(
            float(value), float(low[hour]), float(high[hour]), float(flights[hour]), 1.0, strength, MEAN_OF_LOG
        )
        yield HourOfDay(hour, float(watched[hour]) / HOUR, int(flights[hour]), int(rows[hour]), busy)


def _sites(
    logs: LogModel, told: Mapping[Site, Sequence[str]], counts: Mapping[Site, NDArray[np.int64]]
) -> Iterable[SiteRates]:
    """Rates of each watched site over the whole log, drawn to those of all sites as `Background.rate_at` draws them
    within a season. `told` are the incidents at each site, `counts` the passes of each kind."""
    strength, pooled = logs.background.strength, logs.background.pooled
    for site, incidents in sorted(told.items(), key=lambda item: (item[1], item[0])):
        minutes = _watched(logs, site)
        if not minutes:
            continue
        seen = counts[site].astype(np.float64)
        exposure = minutes + strength / pooled
        rates = ((seen + strength) / exposure, *conjugate.gamma_interval(seen + strength, exposure))
        per_day = (tuple((each * conjugate.DAY).tolist()) for each in rates)
        yield SiteRates(tuple(dict.fromkeys(incidents)), minutes / HOUR, tuple(counts[site].tolist()), *per_day)


def _radio(evidence: CaseEvidence, logs: LogModel, log: RadioLog) -> FittedRadio:
    start, strength = radio_from(evidence.assumptions, evidence.settings.parties), evidence.value("fit_strength")
    minutes = max(total_length(log.watches.anywhere), 1.0)
    attacks = {party: sum(one.attacks[party] for one in logs.heard) for party in start.heard}
    expected = np.sum([one.kinds for one in logs.heard], axis=0) if logs.heard else np.zeros(len(start.kinds))
    told = conjugate.shares(logs.radio.kinds, expected, start.kinds, strength, "exchanges")
    logged = np.bincount(log.kind + len(EXCHANGE_KINDS) * ~np.isnan(log.lat), minlength=len(told))
    heard = tuple(
        HeardParty(party, conjugate.chance(value, attacks[party], start.heard[party], strength, "radio_detection"))
        for party, value in logs.radio.heard.items()
    )
    kinds = tuple(
        ExchangeKind(said, is_placed, attack, conjugate.rate(int(seen), minutes))
        for (is_placed, said), attack, seen in zip(product((False, True), EXCHANGE_KINDS), told, logged, strict=True)
    )
    return FittedRadio(
        watched_hours=minutes / HOUR,
        calls=len(log.ids),
        exchanges=len(log.kind),
        incidents=len(logs.heard),
        heard=heard,
        kinds=kinds,
        classes=tuple(_classes(evidence, logs)),
    )


def _classes(evidence: CaseEvidence, logs: LogModel) -> Iterable[CallClass]:
    start, strength = radio_from(evidence.assumptions, ()), evidence.value("call_fit_strength")
    calls = np.sum([one.calls for one in logs.heard], axis=0) if logs.heard else np.zeros(len(TIMED_CLASSES))
    for k, said in enumerate(TIMED_CLASSES):
        lead, spread = conjugate.mean_and_spread(
            float(logs.radio.lead[k]), float(logs.radio.spread[k]), float(calls[k]),
            (float(start.lead[k]), float(start.spread[k])), strength, (f"call_lead_{said}", "call_spread"),
            radio_log.LEAST_SPREAD,
        )  # fmt: skip
        yield CallClass(said, lead, spread)
