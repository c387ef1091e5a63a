"""The radio log of an incident: one exchange of calls belongs to the attack, or none was noted (method.md, Calls).

Calls are not independent, exchanges are: each crew that releases anywhere in the country speaks of coordinates, sight,
clearance and release within minutes. So the calls of a log are first joined to exchanges, by language, frequency (or
call sign) and the moment of impact that they point to; then, for z that fly,

    p(radio log | τ, z) / p(radio log | no attack) = 1 − d_z·s(τ) + d_z · Σ_b κ(k_b) · g(b − τ) / λ(k_b) · l_b(z).

d_z: the chance that an attack by z's party is heard; s(τ): the share of its calls that falls in watched time; κ, λ: how
exchanges of an attack, and exchanges by themselves, are made up (`EXCHANGE_KINDS`); g: how well the times of its calls
fit the impact; l: p(language | z) over the log's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import TOGETHER, Hypotheses
from consilience.corroborate.likelihood.calls import NEAR_M, TIMED_CLASSES, language_likelihood
from consilience.corroborate.likelihood.one_of import OneOf, normal_timing
from consilience.corroborate.likelihood.radio_log import EXCHANGE_KINDS, RATE_FLOOR, RadioLog, RadioModel
from consilience.corroborate.loops.windows import overlap, share_of_normal
from consilience.corroborate.sky import SEASON
from consilience.corroborate.watches import Spans, total_length
from consilience.quantities import Minutes, great_circle_m

_KINDS = 2 * len(EXCHANGE_KINDS)

_REACH: Minutes = 60.0
"""Exchanges further than this from every moment of the grid bear on none of them."""

_BUSY: Minutes = 90.0
"""Our choice, as for flights: a wave of sorties lasts about an hour."""

LEAST_SPREAD: Minutes = 0.7
"""A call's time is written to the minute: the spread of rounding to it, and a little."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reception:
    """The exchanges around an incident, and all of them that no model of the radio changes.

    E exchanges of C calls: `call` (C,) their numbers in the log, `owner` (C,) index of the exchange, `said`, `time`,
    `blur` (C,); `kind` (E,) of 8, `rates` (8,) λ per minute, `busy` (E,) how much was said around each exchange against
    the season's mean; `spoken` (E, K) p(language | z) over the log's own, 0 for z that don't fly. `seen` are
    the watched intervals.
    """

    moments: Floats
    hypotheses: Hypotheses
    call: Ints
    owner: Ints
    said: Ints
    time: Floats
    blur: Floats
    kind: Ints
    rates: Floats
    busy: Floats
    spoken: Floats
    seen: Spans


def reception(
    log: RadioLog,
    sites: tuple[tuple[float, float, float], ...],
    moments: Floats,
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
) -> Reception | None:
    """The exchanges around an incident; None outside any whole radio log.

    One that gives coordinates elsewhere speaks of another target. The rate of one that gives them here is counted over
    such exchanges; of one that gives none, over those of its kind that give none; both within a `SEASON`.
    """
    first, last = float(moments[0]) - _REACH, float(moments[-1]) + _REACH
    inside = log.watches.over_all(sites, first, last)
    inside = inside[(inside[:, 1] > first) & (inside[:, 0] < last)]
    if not len(inside):
        return None
    since, until = float(moments[0]) - SEASON, float(moments[-1]) + SEASON
    season = slice(*np.searchsorted(log.about, [since, until]).tolist())
    here = _speak_of_here(log, season, sites)
    kind = log.kind[season] + len(EXCHANGE_KINDS) * ~np.isnan(log.lat[season])
    minutes = max(total_length(log.watches.anywhere, since, until), 1.0)
    begin, end = np.searchsorted(log.about, [first, last]) - season.start
    close = np.flatnonzero(here[begin:end]) + begin
    kinds, close = kind[close], close + season.start
    lengths = np.diff(log.starts)[close]
    calls = np.repeat(log.starts[close] - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
    return Reception(
        moments=moments,
        hypotheses=hypotheses,
        call=log.call[calls],
        owner=np.repeat(np.arange(len(close)), lengths),
        said=log.said[calls],
        time=log.time[calls],
        blur=log.blur[calls],
        kind=kinds,
        rates=np.asarray((np.bincount(kind[here], minlength=_KINDS) + RATE_FLOOR) / minutes, dtype=np.float64),
        busy=_busy(log, log.about[close], season, minutes, evidence.value("sky_strength")),
        spoken=_spoken(log, close, hypotheses, evidence),
        seen=inside,
    )


def _busy(log: RadioLog, about: Floats, season: slice, minutes: Minutes, strength: float) -> Floats:
    """How many other exchanges point to within ±`_BUSY` of each moment, relative to the season's mean, drawn to 1 by
    `strength` pseudo-exchanges: it carries hour and waves, as the sky's activity does for flights."""
    rate = max(season.stop - season.start - 1, RATE_FLOOR) / minutes
    others = np.searchsorted(log.about, about + _BUSY) - np.searchsorted(log.about, about - _BUSY) - 1
    spans = log.watches.anywhere
    if len(about):
        spans = spans[(spans[:, 1] > about[0] - _BUSY) & (spans[:, 0] < about[-1] + _BUSY)]
    length = overlap(about, spans, _BUSY)
    return np.asarray((others + strength) / (rate * length + strength))


def _speak_of_here(log: RadioLog, some: slice, sites: tuple[tuple[float, float, float], ...]) -> NDArray[np.bool_]:
    """Which of some exchanges give no coordinates, or coordinates near a reading of the incident's place."""
    lats, lons = log.lat[some], log.lon[some]
    near = np.isnan(lats)
    placed = np.flatnonzero(~near)
    for lat, lon, error in sites:
        near[placed] |= great_circle_m(lats[placed], lons[placed], lat, lon) - error < NEAR_M
    return near


def _spoken(log: RadioLog, close: Ints, hypotheses: Hypotheses, evidence: CaseEvidence) -> Floats:
    spoken = np.ones((len(close), len(hypotheses)))
    wrong = evidence.value("language_wrong")
    by_language = hypotheses.kept(
        ("languages", log.languages, wrong),
        lambda: np.array(
            [language_likelihood({"language": name}, hypotheses, evidence) for name in log.languages]
        ).reshape(-1, len(hypotheses)),
    )
    noted = np.flatnonzero(log.language[close] >= 0)
    language, kind = log.language[close][noted], log.kind[close][noted]
    spoken[noted] = by_language[language] / log.language_share[kind, language][:, np.newaxis]
    return np.where(hypotheses.flies, spoken, 0.0)


@dataclass(frozen=True, slots=True)
class RadioTerm:
    """The radio log's part of an incident, under a model of how attacks are heard; `events` are its exchanges."""

    near: Reception
    model: RadioModel
    events: OneOf
    watched: Floats

    def shares(self, posterior: Floats) -> Floats:
        """P(call c is the attack's | all evidence), (C,): its exchange's."""
        return self.events.shares(posterior)[0][self.near.owner]


def radio_term(near: Reception, model: RadioModel) -> RadioTerm:
    """The radio term of an incident under a model of how attacks are heard."""
    centres, spreads = _pointed_to(near, model)
    weights = (model.kinds / near.rates)[near.kind] / near.busy
    (timing,) = normal_timing(near.moments, centres, spreads[np.newaxis], weights[np.newaxis])
    detection = _detection(near.hypotheses, model)
    share = _share_watched(near, model)
    silence = 1 - share[:, np.newaxis] * detection
    return RadioTerm(near, model, OneOf(timing, near.spoken * detection, silence, near.hypotheses.flies), share)


def _detection(hypotheses: Hypotheses, model: RadioModel) -> Floats:
    """d (K,): by party; for "together" the mean of those of the case."""
    mean = float(np.mean(list(model.heard.values()))) if model.heard else model.otherwise
    of_party = {**model.heard, TOGETHER: mean}
    return np.array([of_party.get(party, model.otherwise) for party in hypotheses.party])


def _pointed_to(near: Reception, model: RadioModel) -> tuple[Floats, Floats]:
    """The impact that each exchange points to and the standard deviation of that, (E,) each.

    Calls are weighed by their precision; errors of one exchange are taken as half shared, so that a second call adds
    less than it would alone.
    """
    count = len(near.kind)
    spread = np.hypot(model.spread[near.said], near.blur)
    weight = 1 / spread**2
    total = np.bincount(near.owner, weights=weight, minlength=count)
    centres = np.bincount(near.owner, weights=weight * (near.time - model.lead[near.said]), minlength=count) / total
    many = np.bincount(near.owner, minlength=count)
    return centres, np.sqrt((1 + many) / 2 / total)


def _share_watched(near: Reception, model: RadioModel) -> Floats:
    """The chance that a call around each moment falls in watched time; only the edges of a watch depend on when."""
    lead, spread = float(model.lead.mean()), float(np.hypot(model.spread.mean(), model.lead.std()))
    return np.asarray(np.clip(share_of_normal(near.moments, near.seen, lead, spread), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Heard:
    """What one incident teaches of the radio: expected numbers, given the model so far.

    `attacks`, `heard` by party; `kinds` (8,) exchanges; `calls`, `lead`, `lead_squared` (4,) their calls by class, with
    summed Δ and Δ².
    """

    attacks: Mapping[str, float]
    heard: Mapping[str, float]
    kinds: Floats
    calls: Floats
    lead: Floats
    lead_squared: Floats


def what_radio_teaches(term: RadioTerm, posterior: Floats) -> Heard:
    """The E-step for one incident; `posterior` (T, K) sums to 1."""
    near, kinds = term.near, term.near.hypotheses
    attacks = term.watched @ posterior
    heard = (posterior * (1 - term.events.silence / term.events.ratio)).sum(axis=0)
    parties = {party: kinds.where(party=party) & kinds.flies for party in term.model.heard}
    clock = (near.moments - near.moments[0]) ** np.arange(3)[:, np.newaxis]
    share, first, second = term.events.shares_in(posterior, term.events.timing, clock)
    at, of = near.time - near.moments[0], near.owner

    def by_class(values: Floats) -> Floats:
        return np.bincount(near.said, weights=values, minlength=len(TIMED_CLASSES)).astype(np.float64)

    return Heard(
        attacks={party: float(attacks[rows].sum()) for party, rows in parties.items()},
        heard={party: float(heard[rows].sum()) for party, rows in parties.items()},
        kinds=np.bincount(near.kind, weights=share, minlength=_KINDS).astype(np.float64),
        calls=by_class(share[of]),
        lead=by_class(at * share[of] - first[of]),
        lead_squared=by_class((at**2 - near.blur**2) * share[of] - 2 * at * first[of] + second[of]),
    )


def refit_radio(start: RadioModel, seen: Sequence[Heard], strength: float, call_strength: float) -> RadioModel:
    """The M-step: d by party and κ against `strength` pseudo-attacks, the times of each class of call against
    `call_strength` pseudo-calls: the named assumptions in their posterior means."""
    if not seen:
        return start
    attacks, heard = (
        {party: sum(getattr(one, of)[party] for one in seen) for party in start.heard} for of in ("attacks", "heard")
    )
    kinds, calls, first, second = (
        np.sum([getattr(one, of) for one in seen], axis=0) for of in ("kinds", "calls", "lead", "lead_squared")
    )
    lead = (first + call_strength * start.lead) / (calls + call_strength)
    mean_square = (second + call_strength * (start.spread**2 + start.lead**2)) / (calls + call_strength)
    return replace(
        start,
        heard={
            party: float(np.clip((heard[party] + strength * d) / (attacks[party] + strength), 0.01, 0.99))
            for party, d in start.heard.items()
        },
        kinds=(kinds + strength * start.kinds) / (kinds.sum() + strength),
        lead=lead,
        spread=np.sqrt(np.maximum(mean_square - lead**2, LEAST_SPREAD**2)),
    )
