"""One flight did it, or an unseen one: log p(log | θ) − log p(log | no flight) (method.md, Flights)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr

from consilience.corroborate.hypotheses import Hypotheses
from consilience.corroborate.likelihood.one_of import OneOf, normal_windows
from consilience.corroborate.marks import FlightMarks
from consilience.corroborate.sky import PASS_KINDS, Background, Passes, Sky, total_length
from consilience.records.reference_data import Assumption


@dataclass(frozen=True, slots=True)
class AttackerModel:
    """How an attacking flight shows in a log.

    `detection` d; `kinds` (PASS_KINDS,) p(distance bin, circling | it attacks), summing to 1; `lead` and `spread`
    minutes: the middle of its pass minus the impact is normal with this mean and standard deviation, widened by the
    loiter; with chance `stray` its standard deviation is `stray_spread` (late entries, wrong links), which also keeps
    the fit of `spread` from being drawn out by flights that did not do it.
    """

    detection: float
    kinds: NDArray[np.float64]
    lead: float
    spread: float
    stray: float
    stray_spread: float


def attacker_from(assumptions: Mapping[str, Assumption]) -> AttackerModel:
    """The model before anything is fitted to the log, from the named assumptions."""
    names = ("3km", "8km", "15km", "30km", "60km")
    near = np.array([assumptions[f"pass_within_{name}"].value for name in names])
    near /= near.sum()
    circles = assumptions["attacker_circles"].value
    kinds = np.empty(PASS_KINDS)
    kinds[0::2], kinds[1::2] = near * (1 - circles), near * circles
    return AttackerModel(
        detection=assumptions["detection"].value,
        kinds=kinds,
        lead=assumptions["pass_lead"].value,
        spread=assumptions["pass_spread"].value,
        stray=assumptions["pass_stray"].value,
        stray_spread=assumptions["pass_stray_spread"].value,
    )


@dataclass(frozen=True, slots=True)
class FlightTerm:
    """The flight's part of an incident at one site.

    `events` are the P passes within reach of the grid; `tracks` (P,) index `Sky.track_ids`, `kinds` (P,) their kind of
    pass; `background_kinds` (PASS_KINDS,) how common each kind is here with no attack. `straight` (P, T) is the part of
    the events' timing that is not stray.
    """

    events: OneOf
    straight: csr_array
    tracks: NDArray[np.int64]
    kinds: NDArray[np.int64]
    background_kinds: NDArray[np.float64]
    attacker: AttackerModel


def flight_term(
    sky: Sky,
    passes: Passes,
    site: tuple[float, float],
    moments: NDArray[np.float64],
    marks: FlightMarks,
    background: Background,
    attacker: AttackerModel,
    hypotheses: Hypotheses,
) -> FlightTerm | None:
    """The flight term of an incident at a site; None where no whole log covers any of its moments."""
    seen = [(a, b) for a, b in sky.watched(*site) if b > moments[0] - 60 and a < moments[-1] + 60]
    if not seen:
        return None
    watched_share = sum(
        ndtr((b - moments - attacker.lead) / attacker.spread) - ndtr((a - moments - attacker.lead) / attacker.spread)
        for a, b in seen
    )
    silence = 1 - attacker.detection * np.clip(watched_share, 0.0, 1.0)
    rates = background.rate_at(passes, total_length(sky.watched(*site)))
    within = np.flatnonzero((passes.last > moments[0] - 60) & (passes.first < moments[-1] + 60))
    kinds = passes.kind[within]
    scale = attacker.detection * attacker.kinds[kinds] / rates[kinds]
    calm = 1 / background.activity(sky, moments, seen)
    straight, stray = (part.multiply(calm).tocsr() for part in _timing(passes, within, scale, moments, attacker))
    tracks = passes.track[within]
    words = marks.against_sky(tracks, passes.legs_of(within), hypotheses)
    return FlightTerm(
        events=OneOf((straight + stray).tocsr(), words, silence, hypotheses.flies),
        straight=straight,
        tracks=tracks,
        kinds=kinds,
        background_kinds=rates / rates.sum(),
        attacker=attacker,
    )


def _timing(
    passes: Passes,
    within: NDArray[np.int64],
    scale: NDArray[np.float64],
    moments: NDArray[np.float64],
    attacker: AttackerModel,
) -> tuple[csr_array, csr_array]:
    """scale · g(Δ) per minute, (P, T) each: its straight and its stray part. Release is anywhere in a loiter alike."""
    spans = passes.last[within] - passes.first[within]
    loiter = spans / np.sqrt(12.0)  # standard deviation of a uniform
    centres = passes.middle[within] - attacker.lead
    events, shape = np.arange(len(within)), (len(within), len(moments))
    parts = ((1 - attacker.stray, attacker.spread), (attacker.stray, attacker.stray_spread))
    straight, stray = (
        normal_windows(moments, events, centres, np.hypot(spread, loiter), scale * share, shape)
        for share, spread in parts
    )
    return straight, stray
