"""One flight did it, or an unseen one: log p(log | θ) − log p(log | no flight) (method.md, Flights)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.hypotheses import AIRBORNE_MODES, Hypotheses
from consilience.corroborate.likelihood.one_of import OneOf, Timing, normal_timing
from consilience.corroborate.loops.windows import one_event_twice, share_of_normal
from consilience.corroborate.marks import FlightMarks
from consilience.corroborate.sky import Background, Site, Sky
from consilience.corroborate.watches import Spans
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
    the fit of `spread` from being drawn out by flights that did not do it. Where two strikes are alleged, the second
    was another flight of the same party with chance `second_flight`; that, or one of the other party, struck within
    `second_within` minutes of the first.
    """

    detection: float
    kinds: NDArray[np.float64]
    lead: float
    spread: float
    stray: float
    stray_spread: float
    second_flight: float
    second_within: Minutes


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
        second_flight=assumptions["second_flight"].value,
        second_within=assumptions["second_within"].value,
    )


def _shares(assumptions: Mapping[str, Assumption], what: str, within: tuple[str, ...]) -> NDArray[np.float64]:
    values = np.array([assumptions[f"{what}_within_{name}"].value for name in within])
    return np.asarray(values / values.sum())


@dataclass(frozen=True, slots=True)
class Encounter:
    """The flights that passed an incident's site, and all of them that no model of the attacker changes.

    P passes within reach of the grid: `tracks` (P,) number the flights of `Sky`, `kinds` (P,) their kind of pass,
    `middle` (P,) minutes and `loiter` (P,) the standard deviation of a release anywhere in it, `words` (P, K)
    p(words | z) over the sky's own mix. `rates` (PASS_KINDS,) λ per minute here; `calm` (T,) divides by how busy
    the sky was; `seen` the watched intervals. `moments` (T,).
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
    seen: Spans


@dataclass(frozen=True, slots=True)
class FlightTerm:
    """The flight's part of an incident at one site, under a model of the attacker.

    `events` are the passes of the encounter; `straight` (P, T) is the part of their timing that is not stray.
    """

    events: OneOf
    straight: Timing
    encounter: Encounter
    attacker: AttackerModel

    @property
    def tracks(self) -> NDArray[np.int64]:
        """(P,) the flights, by their numbers in `Sky`."""
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
    site: Site,
    moments: NDArray[np.float64],
    marks: FlightMarks,
    background: Background,
    hypotheses: Hypotheses,
) -> Encounter | None:
    """The flights near a site around the moments; None where no whole log covers any of these."""
    first, last = float(moments[0]) - REACH, float(moments[-1]) + REACH
    seen = sky.watches.over(site[0], site[1], first, last)
    seen = seen[(seen[:, 1] > first) & (seen[:, 0] < last)]
    if not len(seen):
        return None
    passes = sky.passes(site, first, last)
    return Encounter(
        moments=moments,
        hypotheses=hypotheses,
        tracks=passes.track,
        kinds=passes.kind,
        middle=passes.middle,
        loiter=(passes.last - passes.first) / np.sqrt(12.0),  # of a uniform
        words=marks.against_sky(passes.track, (passes.leg, passes.offsets), hypotheses, sky.gone),
        rates=background.rate_at(sky, site, float(moments[0]), float(moments[-1])),
        calm=1 / background.activity(sky, moments, seen),
        seen=seen,
    )


def flight_term(near: Encounter, attacker: AttackerModel) -> FlightTerm:
    """The flight term of an incident at a site under a model of the attacker."""
    moments = near.moments
    watched_share = share_of_normal(moments, near.seen, attacker.lead, attacker.spread)
    silence = 1 - attacker.detection * np.clip(watched_share, 0.0, 1.0)
    scale = attacker.detection * attacker.kinds[near.kinds] / near.rates[near.kinds]
    straight, stray = _timing(near, scale, attacker)
    whole = Timing(straight.first, straight.offsets, straight.data + stray.data, len(moments))
    events = OneOf(whole, near.words, silence, near.hypotheses.flies)
    if near.hypotheses.several_strikes:
        events = events.with_second(_second_strike(events, near, attacker))
    return FlightTerm(events, straight, near, attacker)


def _second_strike(events: OneOf, near: Encounter, attacker: AttackerModel) -> NDArray[np.float64]:
    """(T, K) what a second flight adds, where two strikes or more are alleged; 1 for z that don't fly.

    Two flights did it: R_first(τ) · the mean of R_second over the minutes within which the second struck, less the
    pairs in which one flight would be both. Of one party, with chance `second_flight`; else the first came back, or
    struck once, and its own ratio is all. Of "together" always, in the mean over who came first: where no flight of the
    other party came, its silence speaks against it.
    """
    kinds, second = near.hypotheses, np.ones_like(events.one)
    after = _After.of(near.moments, attacker.second_within)
    for mode in AIRBORNE_MODES:
        masks = {party: kinds.where(party=party, mode=mode) & kinds.flies for party in kinds.parties}
        flown = {party: _Flown.of(events, near, mine, after) for party, mine in masks.items() if mine.any()}
        for party, one in flown.items():
            added = (1 - attacker.second_flight) + attacker.second_flight * one.given(one, events, after)
            second[:, masks[party]] = added[:, np.newaxis]
        both = [flown[party] for party in kinds.parties[:-1] if party in flown]
        for k in np.flatnonzero(kinds.is_together & kinds.flies & kinds.where(mode=mode)):
            either = (both[0].ratio * both[1].given(both[0], events, after) / 2) + (
                both[1].ratio * both[0].given(both[1], events, after) / 2
            )
            second[:, k] = either / events.one[:, k]
    return second


@dataclass(frozen=True, slots=True)
class _Flown:
    """One flight of some rows of z, in proportion to their prior: its `ratio` (T,), the mean of that over the minutes
    after each moment `then` (T,), and what is said of each pass, `words` (P,), over the sky."""

    ratio: NDArray[np.float64]
    then: NDArray[np.float64]
    words: NDArray[np.float64]

    @classmethod
    def of(cls, events: OneOf, near: Encounter, rows: NDArray[np.bool_], after: _After) -> _Flown:
        prior = np.exp(near.hypotheses.log_prior[rows])
        shares = prior / prior.sum()
        ratio = np.asarray(events.one[:, rows] @ shares)
        return cls(ratio, after.mean(ratio[:, np.newaxis])[:, 0], np.asarray(near.words[:, rows] @ shares))

    def given(self, first: _Flown, events: OneOf, after: _After) -> NDArray[np.float64]:
        """(T,) the ratio of this as the second flight, given that `first` struck at each moment and was another."""
        timing, words = events.timing, first.words * self.words
        itself = one_event_twice(
            timing.first, timing.offsets, timing.data, words, after.width, after.until, after.minutes
        )
        return np.asarray(np.maximum(self.then - itself / first.ratio, 0.0))


@dataclass(frozen=True, slots=True)
class _After:
    """The minutes after each of T moments: they are the moments from it to before `until` (T,), far ones standing for
    several, `width` (T,), and `minutes` (T,) in all."""

    width: NDArray[np.float64]
    until: NDArray[np.int64]
    minutes: NDArray[np.float64]

    @classmethod
    def of(cls, moments: NDArray[np.float64], within: Minutes) -> _After:
        width = np.gradient(moments) if len(moments) > 1 else np.ones(1)
        begin = np.arange(len(moments))
        until = np.maximum(np.searchsorted(moments, moments + within, side="right"), begin + 1)
        whole = np.append(0.0, np.cumsum(width))
        return cls(width, until, whole[until] - whole[begin])

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The mean of (T, n) values over the minutes after each moment."""
        sums = np.vstack([np.zeros(values.shape[1]), np.cumsum(values * self.width[:, np.newaxis], axis=0)])
        return np.asarray((sums[self.until] - sums[:-1]) / self.minutes[:, np.newaxis])


def _timing(near: Encounter, scale: NDArray[np.float64], attacker: AttackerModel) -> tuple[Timing, Timing]:
    """scale · g(Δ) · calm per minute, (P, T) each: its straight and its stray part, on the same moments. Release is
    anywhere in a loiter alike."""
    shares, spreads = (1 - attacker.stray, attacker.stray), (attacker.spread, attacker.stray_spread)
    parts = normal_timing(
        near.moments,
        near.middle - attacker.lead,
        np.stack([np.hypot(spread, near.loiter) for spread in spreads]),
        np.stack([scale * share for share in shares]),
    )
    lengths = np.diff(parts[0].offsets)
    columns = np.repeat(parts[0].first - parts[0].offsets[:-1], lengths) + np.arange(int(lengths.sum()))
    straight, stray = (replace(part, data=part.data * near.calm[columns]) for part in parts)
    return straight, stray
