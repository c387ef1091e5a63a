"""WEIGH's front door: from situated evidence to the posterior of each incident and the reading of each piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.consistency import RawCell, judge, raw_cells
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.incident_model import (
    IncidentModel,
    Shared,
    encounters_of,
    flights_of,
    model_incident,
    radio_of,
    share,
)
from consilience.corroborate.likelihood.flights import Encounter, FlightTerm, flight_term
from consilience.corroborate.likelihood.radio import Heard, RadioTerm, refit_radio, what_radio_teaches
from consilience.corroborate.log_cells import flight_cells, printed_cells, radio_cells
from consilience.corroborate.log_model import (
    MOST_FITTED,
    ROUNDS,
    LogModel,
    Sighted,
    evenly,
    read_logs,
    refit,
    what_it_teaches,
)
from consilience.corroborate.moments import quantile
from consilience.corroborate.posterior import (
    Posterior,
    causes,
    cluster_probability,
    given_attack,
    log10_ratios,
    modes_of,
    parties_of,
    platforms_of,
)
from consilience.corroborate.rest import rest_changed, rest_of, rest_without
from consilience.corroborate.terms import Field
from consilience.records.weighed import TrackShare, WeighedIncident

LISTED = 0.01
"""Flights and calls with a responsibility from here on are listed (findings-format.md)."""

INTERVAL = 0.95
"""The level of the time interval (method.md, What comes out)."""

Progress = Callable[[int, int], None]


def fit_logs(evidence: CaseEvidence, progress: Progress | None = None) -> LogModel:
    """Everything that the whole logs teach, once for all incidents: a pure function of the evidence.

    Expectation-maximisation over the incidents that a whole log covers, drawn to the named assumptions by
    `fit_strength` pseudo-attackers. `progress` is told (incidents done, of how many) over all rounds.
    """
    model = read_logs(evidence)
    shared = share(evidence)
    start = model
    rows = evidence.incidents.sort("incident_id").to_dicts()
    rows = rows if len(model.sky.tracks) or model.radio_log is not None else []
    incidents = [model_incident(row, shared, model) for row in evenly(rows, MOST_FITTED)]
    met = [(one, encounters_of(one, model)[0]) for one in incidents if len(one.sites) == 1]
    for done in range(ROUNDS):
        taught = [_taught(one, near, model) for one, near in met if near is not None or one.received is not None]
        seen = tuple(sighted for sighted, _ in taught if sighted is not None)
        heard = tuple(one for _, one in taught if one is not None)
        strength = evidence.value("fit_strength")
        model = replace(
            model,
            attacker=refit(start.attacker, seen, strength),
            radio=refit_radio(start.radio, heard, strength, evidence.value("call_fit_strength")),
            seen=seen,
            heard=heard,
        )
        if progress is not None:
            progress(done + 1, ROUNDS)
    return model


def _taught(one: IncidentModel, near: Encounter | None, model: LogModel) -> tuple[Sighted | None, Heard | None]:
    term = None if near is None else flight_term(near, model.attacker)
    radio = radio_of(one, model)
    posterior = one.posterior(one.logs([term], radio)).joint
    return (
        None if term is None else what_it_teaches(term, posterior),
        None if radio is None else what_radio_teaches(radio, posterior),
    )


def weigh_incidents(
    evidence: CaseEvidence,
    logs: LogModel,
    incident_ids: Sequence[str] | None = None,
    shared: Shared | None = None,
) -> tuple[WeighedIncident, ...]:
    """The posterior of each incident (all, or those named), in the order of incident_id.

    Incidents are independent given `logs` (from `fit_logs` on the same evidence), so any batches give the same result.
    `shared` is `share(evidence)`, made here where it isn't given: who weighs many batches makes it once.
    """
    shared = shared or share(evidence)
    rows = evidence.incidents.sort("incident_id")
    if incident_ids is not None:
        rows = rows.filter(pl.col("incident_id").is_in(list(incident_ids)))
    return tuple(weigh_incident(model_incident(row, shared, logs), logs) for row in rows.iter_rows(named=True))


def weigh_incident(model: IncidentModel, logs: LogModel) -> WeighedIncident:
    """The posterior of one incident and the cells of each of its pieces."""
    flights = flights_of(model, logs)
    radio = radio_of(model, logs)
    posterior = model.posterior(model.logs(flights, radio))
    kinds = given_attack(posterior.of_kind, model.hypotheses)
    shares, other_tracks, unseen = _tracks(model, flights, posterior, logs)
    density = model.thinning.spread(posterior.of_moment)
    tail = (1 - INTERVAL) / 2
    pieces = judge([*_term_cells(model, posterior), *_log_cells(model, flights, radio, posterior, logs)])
    assumptions = model.shared.evidence.assumptions
    return WeighedIncident(
        incident_id=model.incident_id,
        minutes=model.full_grid,
        time_density=density,
        time_median=quantile(model.full_grid, density, 0.5),
        time_low=quantile(model.full_grid, density, tail),
        time_high=quantile(model.full_grid, density, 1 - tail),
        cause=causes(posterior.of_kind),
        mode=modes_of(kinds, model.hypotheses),
        cluster=cluster_probability(posterior, model.terms, assumptions),
        platform=platforms_of(kinds, model.hypotheses),
        party=parties_of(kinds, model.hypotheses),
        together=float(kinds[model.hypotheses.is_together].sum()),
        log10_lr=log10_ratios(posterior.of_kind, model.hypotheses),
        tracks=shares,
        other_tracks=other_tracks,
        unseen_flight=unseen,
        no_flight=float(posterior.of_kind[~model.hypotheses.flies].sum()),
        pieces=pieces,
        groups=len({term.group for term in model.terms if term.says_something} | {row.group for row in model.printed}),
        log_covers=_is_watched(model, logs, quantile(model.full_grid, density, 0.5)),
    )


def _is_watched(model: IncidentModel, logs: LogModel, minute: float) -> bool:
    return any(len(logs.sky.watches.over(lat, lon, minute, minute)) for lat, lon, _ in model.sites)


def _tracks(
    model: IncidentModel, flights: Sequence[FlightTerm | None], posterior: Posterior, logs: LogModel
) -> tuple[tuple[TrackShare, ...], float, float]:
    """Flights worth listing, the sum of the others, and an unseen flight; over all candidate sites."""
    total: dict[int, float] = {}
    unseen = 0.0
    for term, here in zip(flights, _by_site(model, flights, posterior), strict=True):
        if term is None:
            unseen += float(here[:, model.hypotheses.flies].sum())
            continue
        each, nobody = term.events.shares(here)
        unseen += nobody
        for track, value in zip(term.tracks.tolist(), each.tolist(), strict=True):
            total[track] = total.get(track, 0.0) + value
    if not flights:
        unseen = float(posterior.of_kind[model.hypotheses.flies].sum())
    listed = sorted(((value, -track) for track, value in total.items() if value >= LISTED), reverse=True)
    shares = tuple(TrackShare(logs.sky.tracks[-track], value, logs.sky.sightings_of(-track)) for value, track in listed)
    others = sum(value for value in total.values() if value < LISTED)
    return shares, others, unseen


def _by_site(
    model: IncidentModel, flights: Sequence[FlightTerm | None], posterior: Posterior
) -> list[NDArray[np.float64]]:
    """p(τ, z, site | evidence), (T, K) for each candidate site."""
    shares = _site_shares(model, flights)
    return [posterior.joint] if len(shares) == 1 else [posterior.joint * share for share in shares]


def _site_shares(model: IncidentModel, flights: Sequence[FlightTerm | None]) -> list[NDArray[np.float64]]:
    """p(site | τ, z, log), (T, K) for each candidate site; one site has it all."""
    if len(flights) < 2:
        return [np.ones((1, 1)) for _ in flights]
    shape = (len(model.moments), len(model.hypotheses))
    ratios = [np.ones(shape) if term is None else term.events.ratio for term in flights]
    total = np.sum(ratios, axis=0)
    return [ratio / total for ratio in ratios]


Pieces = list[tuple[str, str, str, Mapping[Field, RawCell]]]


def _term_cells(model: IncidentModel, posterior: Posterior) -> Pieces:
    rows: Pieces = []
    for term in (term for term in model.terms if term.is_piece):
        cells: Mapping[Field, RawCell] = {}
        if term.says_something:
            cells = raw_cells(term, rest_without(term, model, posterior))
        rows.append((term.evidence_id, term.kind, term.group, cells))
    return rows


def _log_cells(
    model: IncidentModel,
    flights: Sequence[FlightTerm | None],
    radio: RadioTerm | None,
    posterior: Posterior,
    logs: LogModel,
) -> Pieces:
    return [
        *_flight_pieces(model, flights, posterior, logs),
        *_radio_pieces(model, radio, posterior, logs),
        *_printed_pieces(model, flights, radio),
    ]


def _flight_pieces(
    model: IncidentModel, flights: Sequence[FlightTerm | None], posterior: Posterior, logs: LogModel
) -> Pieces:
    """The listed flights at their best site; each is left out of the log in turn."""
    rows: dict[str, tuple[float, tuple[str, str, str, Mapping[Field, RawCell]]]] = {}
    shares = _site_shares(model, flights)
    for term, share_of_site, here in zip(flights, shares, _by_site(model, flights, posterior), strict=True):
        if term is None:
            continue
        each, _ = term.events.shares(here)
        for index in np.flatnonzero(each >= LISTED):
            name = logs.sky.tracks[int(term.tracks[index])]
            moments, ratio = term.events.without(int(index))
            at_site = np.broadcast_to(share_of_site, posterior.joint.shape)[moments]
            rest = rest_changed(moments, 1 + at_site * (ratio / term.events.ratio[moments] - 1), model, posterior)
            piece = (name, "track", name, flight_cells(term, int(index), rest))
            if name not in rows or rows[name][0] < each[index]:
                rows[name] = (float(each[index]), piece)
    return [piece for _, piece in sorted(rows.values(), key=lambda row: (-row[0], row[1][0]))]


def _radio_pieces(model: IncidentModel, radio: RadioTerm | None, posterior: Posterior, logs: LogModel) -> Pieces:
    if radio is None or logs.radio_log is None:
        return []
    rows: Pieces = []
    for index in np.flatnonzero(radio.events.shares(posterior.joint)[0] >= LISTED):
        moments, ratio = radio.events.without(int(index))
        rest = rest_changed(moments, ratio / radio.events.ratio[moments], model, posterior)
        cells = radio_cells(radio, int(index), rest)
        for call in np.flatnonzero(radio.near.owner == index):
            rows.append((logs.radio_log.ids[int(radio.near.call[call])], "transmission", "calls of this attack", cells))
    return rows


def _printed_pieces(model: IncidentModel, flights: Sequence[FlightTerm | None], radio: RadioTerm | None) -> Pieces:
    """Printed rows, each against everything but its own publisher."""
    cap = model.shared.evidence.value("selection_cap")
    rows: Pieces = []
    for row in model.printed:
        others = [other for other in model.printed if other.publisher != row.publisher]
        rest = rest_of(model, model.posterior(model.logs(flights, radio, printed=others)))
        rows.append((row.evidence_id, row.evidence_kind, row.group, printed_cells(row, rest, cap)))
    return rows
