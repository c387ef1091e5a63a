"""What is learnt from the whole logs of a case, once for all incidents: the sky, its words, its rates, the attacker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.likelihood.calls import with_classes
from consilience.corroborate.likelihood.flights import AttackerModel, FlightTerm, attacker_from
from consilience.corroborate.likelihood.radio import Heard
from consilience.corroborate.likelihood.radio_log import RadioLog, RadioModel, radio_from, read_radio
from consilience.corroborate.marks import FlightMarks, flight_marks, read_words
from consilience.corroborate.moments import REACH
from consilience.corroborate.sky import PASS_KINDS, Background, Site, Sky, background_of, build_sky, coded_legs
from consilience.quantities import Minutes

ROUNDS = 4
"""Rounds of expectation-maximisation for the attacker: our choice; a fifth moves no parameter by more than 1 %."""

MOST_FITTED = 300
"""Incidents to which what all share is fitted, evenly spaced over their ids: our choice; beyond that the named
assumptions have a fifteenth of the say and the error of sampling is below 3 %."""

LEAST_SPREAD = 2.0
"""Minutes: no log tells a pass more sharply than this, its own minutes and the spotter's delay being what they are."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """What one incident teaches about attackers: expected numbers, given the model so far.

    `air` the probability of an attack from the air at a watched time; `kinds` (PASS_KINDS,) the expected number of
    attackers' passes of each kind. Of those that are not stray: `straight` their number, `lead` and `lead_squared`
    their summed Δ and Δ² in minutes, Δ² less what the loiter accounts for.
    """

    air: float
    kinds: NDArray[np.float64]
    straight: float
    lead: float
    lead_squared: float


@dataclass(frozen=True, slots=True)
class LogModel:
    """Everything that weighing an incident takes from the logs. Picklable; a pure function of the evidence.

    `seen` is what each incident taught of attackers in the last round of fitting, `heard` what it taught of the radio.
    `radio_log` is None where no whole one is declared.
    """

    sky: Sky
    marks: FlightMarks
    background: Background
    attacker: AttackerModel
    radio_log: RadioLog | None
    radio: RadioModel
    seen: tuple[Sighted, ...] = ()
    heard: tuple[Heard, ...] = ()


def sites_of(row: Mapping[str, object]) -> tuple[Site, ...]:
    """The candidate positions of a situated row: (lat, lon, error_m) each."""
    sites = row["sites"]
    if not isinstance(sites, list):
        return ()
    return tuple((site["lat"], site["lon"], site["error_m"]) for site in sites)


def read_logs(evidence: CaseEvidence) -> LogModel:
    """The log model before anything is fitted to attacks: flights, words, fleet mix, background."""
    legs = coded_legs(evidence)
    sky = build_sky(legs, evidence.coverage.filter(pl.col("kind") == "sightings"))
    words = read_words(legs, sky, evidence)
    del legs  # of millions of sightings these are gigabytes
    radio = radio_from(evidence.assumptions, evidence.settings.parties)
    return LogModel(
        sky=sky,
        marks=flight_marks(words, evidence),
        background=background_of(sky, _whereabouts(evidence), evidence),
        attacker=attacker_from(evidence.assumptions),
        radio_log=_radio_log(evidence, radio),
        radio=radio,
    )


def evenly(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many of the rows, evenly spaced from the first to the last."""
    if len(rows) <= most:
        return list(rows)
    return [rows[k] for k in np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _whereabouts(evidence: CaseEvidence) -> list[tuple[Site, Minutes, Minutes]]:
    """Candidate sites of incidents with the span of their grids; where no account gives a time, all of time. Of
    `MOST_FITTED` incidents at most."""
    times = evidence.accounts.group_by("incident_id").agg(pl.col("t_lo").min(), pl.col("t_hi").max())
    rows = evidence.incidents.select("incident_id", "sites").join(times, on="incident_id", how="left")
    some = evenly(rows.sort("incident_id").to_dicts(), MOST_FITTED)
    return [
        (
            site,
            -np.inf if row["t_lo"] is None else row["t_lo"] - REACH,
            np.inf if row["t_hi"] is None else row["t_hi"] + REACH,
        )
        for row in some
        for site in sites_of(row)
    ]


def covered_calls(evidence: CaseEvidence) -> pl.DataFrame:
    """The transmissions of whole logs, with their class."""
    return with_classes(evidence.transmissions.filter(pl.col("covered")), evidence)


def _radio_log(evidence: CaseEvidence, model: RadioModel) -> RadioLog | None:
    """The covered calls joined to exchanges by the leads of `model`; None where no whole log is declared."""
    windows = evidence.coverage.filter(pl.col("kind") == "transmissions")
    return read_radio(covered_calls(evidence), windows, model) if windows.height else None


def what_it_teaches(term: FlightTerm, posterior: NDArray[np.float64]) -> Sighted:
    """The E-step for one incident at one site; `posterior` (T, K) sums to 1."""
    near = term.encounter
    watched = (1 - term.events.silence[:, 0]) / term.attacker.detection
    air = float((posterior * term.events.flies).sum(axis=1) @ watched)
    kinds = np.bincount(near.kinds, weights=term.events.shares(posterior)[0], minlength=PASS_KINDS).astype(np.float64)
    clock = (near.moments - near.moments[0]) ** np.arange(3)[:, np.newaxis]
    share, first, second = term.events.shares_in(posterior, term.straight, clock)
    seen_at = near.middle - near.moments[0]
    return Sighted(
        air=air,
        kinds=kinds,
        straight=float(share.sum()),
        lead=float((seen_at * share - first).sum()),
        lead_squared=float(((seen_at**2 - near.loiter**2) * share - 2 * seen_at * first + second).sum()),
    )


def refit(start: AttackerModel, seen: Sequence[Sighted], strength: float) -> AttackerModel:
    """The M-step: detection, kinds of pass, lead and spread, each drawn to the named assumptions.

    `strength` pseudo-attackers stand for the assumptions (a Beta, a Dirichlet and a normal-inverse-gamma prior in their
    posterior means). With few incidents the assumptions rule; with hundreds the log does.
    """
    air = sum(one.air for one in seen)
    kinds = np.sum([one.kinds for one in seen], axis=0) if seen else np.zeros(PASS_KINDS)
    caught, straight = float(kinds.sum()), sum(one.straight for one in seen)
    lead = (sum(one.lead for one in seen) + strength * start.lead) / (straight + strength)
    second = sum(one.lead_squared for one in seen) + strength * (start.spread**2 + start.lead**2)
    spread = float(np.sqrt(max(second / (straight + strength) - lead**2, LEAST_SPREAD**2)))
    return replace(
        start,
        detection=float(np.clip((caught + strength * start.detection) / (air + strength), 0.01, 0.99)),
        kinds=(kinds + strength * start.kinds) / (caught + strength),
        lead=float(lead),
        spread=spread,
    )
