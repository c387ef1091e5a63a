"""Intercepted calls: their class says how long before the impact they come, their language who speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr

from consilience.corroborate.aircraft import fill_without_attack
from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import Hypotheses, spread_over_together
from consilience.corroborate.likelihood.one_of import OneOf, normal_windows
from consilience.corroborate.moments import interval_density
from consilience.corroborate.sky import total_length, union, watched
from consilience.quantities import great_circle_m
from consilience.records.reference_data import Assumption
from consilience.reference.words import party_of_language, read_phrase

TIMED_CLASSES = ("target_coordinates", "target_in_sight", "cleared", "weapon_release")
"""The classes that bear on the moment of an attack; the others say who flies and nothing of when."""

CLASS_SHARES = dict(zip(TIMED_CLASSES, (0.2, 0.15, 0.15, 0.5), strict=True))
"""p(class | a call that belongs to the attack): our choice; release is said once for each strike."""

NEAR_M = 15_000.0
"""A call that gives coordinates further off than this speaks of another target: our choice."""

_RATE_FLOOR = 0.5


def phrase_class(row: Row, evidence: CaseEvidence) -> str | None:
    """The class of a call: as given, else read from its transcript through the lexicon; None where neither tells."""
    if row["phrase"] is not None:
        return str(row["phrase"])
    if row["transcript"] is None:
        return None
    return read_phrase(row["language"], row["transcript"], evidence.orbat)


def call_timing(row: Row, moments: NDArray[np.float64], assumptions: Mapping[str, Assumption]) -> NDArray[np.float64]:
    """p(a call at this time | τ) per minute, shape (T,), for the class in `phrase`; flat where the class is untimed."""
    named = f"call_lead_{row['phrase']}"
    if named not in assumptions:
        return np.ones_like(moments)
    lead, spread = assumptions[named].value, assumptions["call_spread"].value
    sigma = float(np.hypot(spread, float(row["t_sigma"] or 0.0)))
    return interval_density(moments, float(row["t_lo"]) - lead, float(row["t_hi"]) - lead, sigma)


def language_likelihood(row: Row, hypotheses: Hypotheses, evidence: CaseEvidence) -> NDArray[np.float64]:
    """p(language | z), shape (K,), relative to its speakers': 1 for the party that speaks it, else `language_wrong`."""
    speaks = None if row["language"] is None else party_of_language(row["language"], evidence.orbat)
    if speaks is None:
        return np.ones(len(hypotheses))
    party = speaks if speaks in hypotheses.parties else hypotheses.parties[-1]
    wrong = evidence.value("language_wrong")
    p = np.array([1.0 if name == party else wrong for name in hypotheses.party])
    return fill_without_attack(spread_over_together(p, hypotheses), hypotheses)


@dataclass(frozen=True, slots=True)
class RadioTerm:
    """The radio log's part of an incident: one of its calls belongs to the attack, or none was caught.

    `ids` (C,) are the transmissions within reach, `events` what each of them says.
    """

    ids: tuple[str, ...]
    events: OneOf


def radio_term(
    calls: pl.DataFrame,
    sites: tuple[tuple[float, float, float], ...],
    moments: NDArray[np.float64],
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
) -> RadioTerm | None:
    """The radio term of an incident from the covered calls (with a `call_class`); None outside any whole radio log.

    A call's rate λ is that of its class in the whole log, counted over calls without coordinates or, for one that gives
    them, over those near the incident. d = `radio_detection` times the chance that the call falls in watched time.
    """
    windows = evidence.coverage.filter(pl.col("kind") == "transmissions")
    lat, lon = (sites[0][0], sites[0][1]) if sites else (None, None)
    seen = watched(windows, lat, lon)
    inside = [(a, b) for a, b in seen if b > moments[0] - 30 and a < moments[-1] + 30]
    if not inside:
        return None
    minutes = max(total_length(union(windows.select("start", "end").rows())), 1.0)
    near = _near(calls, sites)
    usable = calls.filter(pl.Series(near) & pl.col("call_class").is_in(list(TIMED_CLASSES)))
    counts = {key[0]: frame.height for key, frame in usable.partition_by("rate_group", as_dict=True).items()}
    close = usable.filter((pl.col("t_hi") > moments[0] - 30) & (pl.col("t_lo") < moments[-1] + 30))
    close = close.sort("transmission_id")
    d = evidence.value("radio_detection")
    share = pl.Series([CLASS_SHARES[name] for name in close["call_class"]], dtype=pl.Float64).to_numpy()
    rate = np.array([counts[group] + _RATE_FLOOR for group in close["rate_group"]]) / minutes
    spoken = _against_log(usable, hypotheses, evidence)
    return RadioTerm(
        ids=tuple(close["transmission_id"].to_list()),
        events=OneOf(
            timing=_timing(close, d * share / rate, moments, evidence.assumptions),
            marks=np.array([spoken[name] for name in close["language"]]).reshape(-1, len(hypotheses)),
            silence=1 - d * _share_watched(moments, inside),
            flies=hypotheses.flies,
        ),
    )


def _share_watched(moments: NDArray[np.float64], seen: list[tuple[float, float]]) -> NDArray[np.float64]:
    """The chance that a call a few minutes before each moment falls in watched time."""
    lead, spread = -2.0, 4.0  # the mixture of the four classes' leads, rounded; only the edges of a watch depend on it
    shares = (ndtr((b - moments - lead) / spread) - ndtr((a - moments - lead) / spread) for a, b in seen)
    return np.asarray(np.clip(sum(shares), 0.0, 1.0))


def _near(calls: pl.DataFrame, sites: tuple[tuple[float, float, float], ...]) -> list[bool]:
    """Which calls give no coordinates, or coordinates near a reading of the incident's place."""
    if not sites:
        return calls["lat"].is_null().to_list()
    lat, lon = calls["lat"].to_numpy(), calls["lon"].to_numpy()
    near = np.isnan(lat)
    for site_lat, site_lon, error in sites:
        near |= great_circle_m(np.nan_to_num(lat), np.nan_to_num(lon), site_lat, site_lon) - error < NEAR_M
    return [bool(value) for value in near]


def speaks_of_here(row: Row, sites: tuple[tuple[float, float, float], ...]) -> bool:
    """Does a call give no coordinates, or some near a reading of the incident's place?"""
    if row["lat"] is None or row["lon"] is None:
        return True
    return any(float(great_circle_m(row["lat"], row["lon"], lat, lon)) - error < NEAR_M for lat, lon, error in sites)


def _timing(
    calls: pl.DataFrame,
    scale: NDArray[np.float64],
    moments: NDArray[np.float64],
    assumptions: Mapping[str, Assumption],
) -> csr_array:
    """scale · p(call at this time | τ) per minute, (C, T)."""
    leads = np.array([assumptions[f"call_lead_{name}"].value for name in calls["call_class"]])
    half_width = ((calls["t_hi"] - calls["t_lo"]) / 2).to_numpy()
    spreads = np.hypot(assumptions["call_spread"].value, np.hypot(calls["t_sigma"].to_numpy(), half_width))
    centres = ((calls["t_lo"] + calls["t_hi"]) / 2).to_numpy() - leads
    return normal_windows(moments, np.arange(calls.height), centres, spreads, scale, (calls.height, len(moments)))


def _against_log(
    usable: pl.DataFrame, hypotheses: Hypotheses, evidence: CaseEvidence
) -> dict[str | None, NDArray[np.float64]]:
    """p(language | z) / p(language in this log), (K,), for each language of the log; 1 where none is noted."""
    spoken: dict[str | None, NDArray[np.float64]] = {None: np.ones(len(hypotheses))}
    for language, frame in usable.drop_nulls("language").partition_by("language", as_dict=True).items():
        share = (frame.height + _RATE_FLOOR) / (usable.height + 2 * _RATE_FLOOR)
        spoken[language[0]] = language_likelihood({"language": language[0]}, hypotheses, evidence) / share
    return spoken


def with_classes(transmissions: pl.DataFrame, evidence: CaseEvidence) -> pl.DataFrame:
    """Covered transmissions with `call_class` and `rate_group` (class, and whether coordinates are given)."""
    classes = [phrase_class(row, evidence) for row in transmissions.iter_rows(named=True)]
    return transmissions.with_columns(call_class=pl.Series(classes, dtype=pl.String)).with_columns(
        rate_group=pl.format("{}/{}", pl.col("call_class").fill_null("none"), pl.col("lat").is_null())
    )
