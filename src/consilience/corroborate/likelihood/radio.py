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
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import TOGETHER, Hypotheses
from consilience.corroborate.likelihood.calls import NEAR_M, TIMED_CLASSES, language_likelihood
from consilience.corroborate.likelihood.one_of import OneOf, normal_windows
from consilience.corroborate.sky import total_length, union, watched
from consilience.quantities import Minutes, great_circle_m
from consilience.records.reference_data import Assumption

EXCHANGE_KINDS = ("coordinates", "approach", "release", "approach and release")
"""What is said in an exchange: nothing but coordinates; sight or clearance without a release; a release alone; both.
Each counts apart with coordinates near the site and with none."""

_KINDS = 2 * len(EXCHANGE_KINDS)

JOINED: Minutes = 4.0
"""Calls of one frequency that point to impacts no further apart are of one exchange: our choice, about the spread of
`call_spread`; an exchange is at most twice as long."""

_RATE_FLOOR = 0.5
"""Pseudo-exchanges where none of a kind was ever logged (Jeffreys' prior for a Poisson rate)."""

_REACH: Minutes = 60.0
"""Exchanges further than this from every moment of the grid bear on none of them."""

LEAST_SPREAD: Minutes = 0.7
"""A call's time is written to the minute: the spread of rounding to it, and a little."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RadioModel:
    """How an attack is heard: `heard` d by party (`otherwise` for others); `kinds` (8,) κ, summing to 1; `lead`,
    `spread` (4,) minutes of the call of each of `TIMED_CLASSES` after the impact."""

    heard: Mapping[str, float]
    otherwise: float
    kinds: Floats
    lead: Floats
    spread: Floats


def radio_from(assumptions: Mapping[str, Assumption], parties: Sequence[str]) -> RadioModel:
    """The model before anything is fitted to the log, from the named assumptions."""
    detection, placed = assumptions["radio_detection"].value, assumptions["call_placed"].value
    shares = np.array([assumptions[f"exchange_{name.replace(' ', '_')}"].value for name in EXCHANGE_KINDS])
    shares /= shares.sum()
    return RadioModel(
        heard=dict.fromkeys(parties, detection),
        otherwise=detection,
        kinds=np.concatenate([(1 - placed) * shares, placed * shares]),
        lead=np.array([assumptions[f"call_lead_{name}"].value for name in TIMED_CLASSES]),
        spread=np.full(len(TIMED_CLASSES), assumptions["call_spread"].value),
    )


@dataclass(frozen=True, slots=True)
class RadioLog:
    """The timed calls of a whole radio log, C of them, joined to B exchanges and sorted by these.

    `time` (C,) minutes since the epoch, `blur` (C,) their own standard deviation, `said` (C,) indexes `TIMED_CLASSES`;
    `starts` (B + 1,) offsets of the exchanges, which are in the order of `about` (B,), the impact that they point to;
    `kind` (B,) of `EXCHANGE_KINDS`; `language` (B,) indexes `languages`, -1 where none is noted; `lat`, `lon` (B,) NaN
    where no coordinates are given. `windows` are the coverage rows of transmissions, `minutes` their total length.
    """

    ids: tuple[str, ...]
    time: Floats
    blur: Floats
    said: Ints
    starts: Ints
    about: Floats
    kind: Ints
    language: Ints
    languages: tuple[str, ...]
    lat: Floats
    lon: Floats
    windows: pl.DataFrame
    minutes: Minutes

    def language_share(self) -> Floats:
        """(4, L): how often each language is heard among a kind's exchanges, with `_RATE_FLOOR` added."""
        counts = np.full((len(EXCHANGE_KINDS), len(self.languages)), _RATE_FLOOR)
        noted = self.language >= 0
        np.add.at(counts, (self.kind[noted], self.language[noted]), 1.0)
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def read_radio(calls: pl.DataFrame, windows: pl.DataFrame, model: RadioModel) -> RadioLog:
    """The covered calls (with a `call_class`) and the coverage windows of transmissions as a radio log.

    Calls that neither a frequency nor a call sign keeps apart are joined by language and time alone.
    """
    lead = dict(zip(TIMED_CLASSES, model.lead.tolist(), strict=True))
    timed = (
        calls.filter(pl.col("call_class").is_in(list(TIMED_CLASSES)))
        .with_columns(
            at=(pl.col("t_lo") + pl.col("t_hi")) / 2,
            channel=pl.coalesce(
                pl.col("frequency_mhz").cast(pl.Float64).round(2).cast(pl.String), "callsign", pl.lit("")
            ),
        )
        .with_columns(about=pl.col("at") - pl.col("call_class").replace_strict(lead, return_dtype=pl.Float64))
        .sort("language", "channel", "about", "call_class", "transmission_id", nulls_last=True)
    )
    exchange = _exchanges(timed)
    order = np.argsort(_first_of(timed["about"].to_numpy(), exchange)[exchange], kind="stable")
    timed, exchange = timed[order], exchange[order]
    starts = np.append(np.flatnonzero(np.diff(exchange, prepend=-1) != 0), timed.height).astype(np.int64)
    first = starts[:-1]
    said = np.array([TIMED_CLASSES.index(name) for name in timed["call_class"]], dtype=np.int64)
    languages = tuple(sorted(timed["language"].drop_nulls().unique().to_list()))
    code = {name: k for k, name in enumerate(languages)}
    language = np.array([code.get(name, -1) for name in timed["language"]], dtype=np.int64)
    lat, lon = (
        _first_known(timed[axis].cast(pl.Float64).fill_null(np.nan).to_numpy(), starts) for axis in ("lat", "lon")
    )
    half = ((timed["t_hi"] - timed["t_lo"]) / 2).to_numpy()
    return RadioLog(
        ids=tuple(timed["transmission_id"].to_list()),
        time=timed["at"].to_numpy().astype(np.float64),
        blur=np.hypot(timed["t_sigma"].fill_null(0.0).to_numpy(), half / np.sqrt(3.0)),
        said=said,
        starts=starts,
        about=timed["about"].to_numpy()[first],
        kind=_kinds(said, starts),
        language=language[first],
        languages=languages,
        lat=lat,
        lon=lon,
        windows=windows,
        minutes=max(total_length(union(windows.select("start", "end").rows())), 1.0),
    )


def _exchanges(timed: pl.DataFrame) -> Ints:
    """(C,) the number of the exchange of each call; `timed` sorted by language, channel and the impact pointed to."""
    about = timed["about"].to_numpy()
    same = (timed["language"].rle_id() * (timed["channel"].n_unique() + 1) + timed["channel"].rank("dense")).to_numpy()
    number, begun = -1, -np.inf
    exchange = np.empty(len(about), dtype=np.int64)
    for k in range(len(about)):
        if not k or same[k] != same[k - 1] or about[k] - about[k - 1] > JOINED or about[k] - begun > 2 * JOINED:
            number, begun = number + 1, about[k]
        exchange[k] = number
    return exchange


def _first_of(values: Floats, exchange: Ints) -> Floats:
    first = np.flatnonzero(np.diff(exchange, prepend=-1) != 0)
    return values[first]


def _first_known(values: Floats, starts: Ints) -> Floats:
    """The first value of each exchange that is not NaN, else NaN."""
    known = np.flatnonzero(~np.isnan(values))
    at = np.searchsorted(known, starts[:-1])
    there = (at < len(known)) & (np.append(known, len(values))[at] < starts[1:])
    return np.where(there, np.append(values[known], np.nan)[np.where(there, at, len(known))], np.nan)


def _kinds(said: Ints, starts: Ints) -> Ints:
    """(B,) what each exchange is made of."""
    if len(starts) < 2:
        return np.zeros(0, dtype=np.int64)
    release = np.maximum.reduceat(said == TIMED_CLASSES.index("weapon_release"), starts[:-1])
    approach = np.maximum.reduceat(
        np.isin(said, [TIMED_CLASSES.index(name) for name in ("target_in_sight", "cleared")]), starts[:-1]
    )
    lengths = np.diff(starts)
    coordinates = np.maximum.reduceat(said == TIMED_CLASSES.index("target_coordinates"), starts[:-1])
    more = approach | (coordinates & (lengths > 1) & release)
    return np.where(release, np.where(more, 3, 2), np.where(approach, 1, 0)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Reception:
    """The exchanges around an incident, and all of them that no model of the radio changes.

    E exchanges of C calls: `ids` (C,), `owner` (C,) index of the exchange, `said`, `time`, `blur` (C,); `kind` (E,) of
    8, `rates` (8,) λ per minute; `spoken` (E, K) p(language | z) over the log's own, 0 for z that don't fly. `seen` are
    the watched intervals.
    """

    moments: Floats
    hypotheses: Hypotheses
    ids: tuple[str, ...]
    owner: Ints
    said: Ints
    time: Floats
    blur: Floats
    kind: Ints
    rates: Floats
    spoken: Floats
    seen: tuple[tuple[float, float], ...]


def reception(
    log: RadioLog,
    sites: tuple[tuple[float, float, float], ...],
    moments: Floats,
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
) -> Reception | None:
    """The exchanges around an incident; None outside any whole radio log.

    One that gives coordinates elsewhere speaks of another target. The rate of one that gives them here is counted over
    such exchanges; of one that gives none, over those of its kind that give none.
    """
    lat, lon = (sites[0][0], sites[0][1]) if sites else (None, None)
    inside = tuple(
        (a, b) for a, b in watched(log.windows, lat, lon) if b > moments[0] - _REACH and a < moments[-1] + _REACH
    )
    if not inside:
        return None
    here = _speak_of_here(log, sites)
    kind = log.kind + len(EXCHANGE_KINDS) * ~np.isnan(log.lat)
    first, last = np.searchsorted(log.about, [moments[0] - _REACH, moments[-1] + _REACH])
    close = np.flatnonzero(here[first:last]) + first
    lengths = np.diff(log.starts)[close]
    calls = np.repeat(log.starts[close] - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
    return Reception(
        moments=moments,
        hypotheses=hypotheses,
        ids=tuple(log.ids[k] for k in calls),
        owner=np.repeat(np.arange(len(close)), lengths),
        said=log.said[calls],
        time=log.time[calls],
        blur=log.blur[calls],
        kind=kind[close],
        rates=np.asarray((np.bincount(kind[here], minlength=_KINDS) + _RATE_FLOOR) / log.minutes, dtype=np.float64),
        spoken=_spoken(log, close, hypotheses, evidence),
        seen=inside,
    )


def _speak_of_here(log: RadioLog, sites: tuple[tuple[float, float, float], ...]) -> NDArray[np.bool_]:
    """Which exchanges give no coordinates, or coordinates near a reading of the incident's place."""
    near = np.isnan(log.lat)
    placed = np.flatnonzero(~near)
    for lat, lon, error in sites:
        near[placed] |= great_circle_m(log.lat[placed], log.lon[placed], lat, lon) - error < NEAR_M
    return near


def _spoken(log: RadioLog, close: Ints, hypotheses: Hypotheses, evidence: CaseEvidence) -> Floats:
    spoken = np.ones((len(close), len(hypotheses)))
    by_language = np.array(
        [language_likelihood({"language": name}, hypotheses, evidence) for name in log.languages]
    ).reshape(-1, len(hypotheses))
    noted = np.flatnonzero(log.language[close] >= 0)
    language, kind = log.language[close][noted], log.kind[close][noted]
    spoken[noted] = by_language[language] / log.language_share()[kind, language][:, np.newaxis]
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
        return self.events.shares(posterior)[self.near.owner]


def radio_term(near: Reception, model: RadioModel) -> RadioTerm:
    """The radio term of an incident under a model of how attacks are heard."""
    shape = (len(near.kind), len(near.moments))
    centres, spreads = _pointed_to(near, model)
    weights = (model.kinds / near.rates)[near.kind]
    timing = normal_windows(near.moments, np.arange(shape[0]), centres, spreads, weights, shape)
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
    shares = (ndtr((b - near.moments - lead) / spread) - ndtr((a - near.moments - lead) / spread) for a, b in near.seen)
    return np.asarray(np.clip(sum(shares), 0.0, 1.0))


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
    clock = near.moments - near.moments[0]
    share, first, second = (term.events.shares_in(posterior, term.events.timing, clock**power) for power in (0, 1, 2))
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
