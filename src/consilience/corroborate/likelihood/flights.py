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
from consilience.corroborate.sky import Background, Passes, Sky, total_length
from consilience.quantities import Minutes
from consilience.records.reference_data import Assumption

REACH: Minutes = 240.0
"""Flights and watches further than this from every moment bear on none: six standard deviations of a stray pass, the
window of the sky's activity, and a long loiter."""


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
    loiters, elsewhere = assumptions["attacker_circles"].value, assumptions["attacker_elsewhere"].value
    kinds = np.concatenate([
        loiters * _shares(assumptions, "loiter", ("2km", "4km", "7km", "12km")),
        (1 - loiters) * _shares(assumptions, "pass", ("3km", "8km", "15km", "30km", "60km")),
    ])  # fmt: skip
    kinds = np.outer(kinds, [1 - elsewhere, elsewhere]).ravel()
    return AttackerModel(
        detection=assumptions["detection"].value,
        kinds=kinds,
        lead=assumptions["pass_lead"].value,
        spread=assumptions["pass_spread"].value,
        stray=assumptions["pass_stray"].value,
        stray_spread=assumptions["pass_stray_spread"].value,
    )


def _shares(assumptions: Mapping[str, Assumption], what: str, within: tuple[str, ...]) -> NDArray[np.float64]:
    values = np.array([assumptions[f"{what}_within_{name}"].value for name in within])
    return np.asarray(values / values.sum())


@dataclass(frozen=True, slots=True)
class Encounter:
    """The flights that passed an incident's site, and all of them that no model of the attacker changes.

    P passes within reach of the grid: `tracks` (P,) index `Sky.track_ids`, `kinds` (P,) their kind of pass, `middle`
    (P,) minutes and `loiter` (P,) the standard deviation of a release anywhere in it, `words` (P, K) p(words | z) over
    the sky's own mix. `rates` (PASS_KINDS,) λ per minute here; `calm` (T,) divides by how busy the sky was; `seen` the
    watched intervals. `moments` (T,).
    """

    moments: NDArray[np.float64]
    hypotheses: Hypotheses
    tracks: NDArray[np.int64]
    kinds: NDArray[np.int64]
    middle: NDArray[np.float64]
    loiter: NDArray[np.float64]
    words: NDArray[np.float64]
    rates: NDArray[np.float64]
    calm: NDArray[np.float64]
    seen: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class FlightTerm:
    """The flight's part of an incident at one site, under a model of the attacker.

    `events` are the passes of the encounter; `straight` (P, T) is the part of their timing that is not stray.
    """

    events: OneOf
    straight: csr_array
    encounter: Encounter
    attacker: AttackerModel

    @property
    def tracks(self) -> NDArray[np.int64]:
        """(P,) the flights, as indices into `Sky.track_ids`."""
        return self.encounter.tracks

    @property
    def kinds(self) -> NDArray[np.int64]:
        """(P,) their kinds of pass."""
        return self.encounter.kinds

    @property
    def background_kinds(self) -> NDArray[np.float64]:
        """(PASS_KINDS,) how common each kind of pass is here with no attack."""
        return np.asarray(self.encounter.rates / self.encounter.rates.sum())


def encounter(
    sky: Sky,
    passes: Passes,
    site: tuple[float, float],
    moments: NDArray[np.float64],
    marks: FlightMarks,
    background: Background,
    hypotheses: Hypotheses,
) -> Encounter | None:
    """The flights near a site around the moments; None where no whole log covers any of these."""
    seen = [(a, b) for a, b in sky.watched(*site) if b > moments[0] - REACH and a < moments[-1] + REACH]
    if not seen:
        return None
    within = np.flatnonzero((passes.last > moments[0] - REACH) & (passes.first < moments[-1] + REACH))
    return Encounter(
        moments=moments,
        hypotheses=hypotheses,
        tracks=passes.track[within],
        kinds=passes.kind[within],
        middle=passes.middle[within],
        loiter=(passes.last[within] - passes.first[within]) / np.sqrt(12.0),  # of a uniform
        words=marks.against_sky(passes.track[within], passes.leg[np.isin(passes.owner, within)], hypotheses),
        rates=background.rate_at(passes, total_length(sky.watched(*site))),
        calm=1 / background.activity(sky, moments, seen),
        seen=tuple(seen),
    )


def flight_term(near: Encounter, attacker: AttackerModel) -> FlightTerm:
    """The flight term of an incident at a site under a model of the attacker."""
    moments = near.moments
    watched_share = sum(
        ndtr((b - moments - attacker.lead) / attacker.spread) - ndtr((a - moments - attacker.lead) / attacker.spread)
        for a, b in near.seen
    )
    silence = 1 - attacker.detection * np.clip(watched_share, 0.0, 1.0)
    scale = attacker.detection * attacker.kinds[near.kinds] / near.rates[near.kinds]
    straight, stray = (part.multiply(near.calm).tocsr() for part in _timing(near, scale, attacker))
    events = OneOf((straight + stray).tocsr(), near.words, silence, near.hypotheses.flies)
    return FlightTerm(events, straight, near, attacker)


def _timing(near: Encounter, scale: NDArray[np.float64], attacker: AttackerModel) -> tuple[csr_array, csr_array]:
    """scale · g(Δ) per minute, (P, T) each: its straight and its stray part. Release is anywhere in a loiter alike."""
    events, shape = np.arange(len(near.tracks)), (len(near.tracks), len(near.moments))
    parts = ((1 - attacker.stray, attacker.spread), (attacker.stray, attacker.stray_spread))
    straight, stray = (
        normal_windows(
            near.moments, events, near.middle - attacker.lead, np.hypot(spread, near.loiter), scale * share, shape
        )
        for share, spread in parts
    )
    return straight, stray
