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

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.hypotheses import TOGETHER, Hypotheses
from consilience.corroborate.likelihood.calls import NEAR_M, TIMED_CLASSES, language_likelihood
from consilience.corroborate.likelihood.one_of import OneOf, normal_timing
from consilience.corroborate.loops.windows import joined_calls, share_of_normal
from consilience.corroborate.name_list import NameList
from consilience.corroborate.sky import SEASON, codes_of
from consilience.corroborate.watches import Spans, Watches, total_length
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

    `call` (C,) numbers them in `ids`; `time` (C,) minutes since the epoch, `blur` (C,) their own standard deviation,
    `said` (C,) indexes `TIMED_CLASSES`; `starts` (B + 1,) offsets of the exchanges, which are in the order of `about`
    (B,), the impact that they point to; `kind` (B,) of `EXCHANGE_KINDS`; `language` (B,) indexes `languages`, -1 where
    none is noted; `lat`, `lon` (B,) NaN where no coordinates are given, `call_lat`, `call_lon` (C,) the same for each
    call; `source` (C,) indexes `sources`, -1 where nobody is named. `watches` are the coverage rows of transmissions;
    `language_share` (4, L) is how often each language is heard among a kind's exchanges.
    """

    ids: NameList
    call: Ints
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
    call_lat: Floats
    call_lon: Floats
    source: NDArray[np.int32]
    sources: tuple[str, ...]
    watches: Watches
    language_share: Floats

    def without(self, gone: frozenset[str], first: Minutes, last: Minutes) -> RadioLog:
        """The exchanges of [first, last] without some sources' calls and windows; calls stay joined as they were."""
        begin, end = np.searchsorted(self.about, [first, last]).tolist()
        away = [k for k, name in enumerate(self.sources) if name in gone]
        owner = np.repeat(np.arange(begin, end), np.diff(self.starts[begin : end + 1]))
        calls = np.arange(self.starts[begin], self.starts[end])
        kept = ~np.isin(self.source[calls], away)
        calls, owner = calls[kept], owner[kept]
        begins = np.flatnonzero(np.diff(owner, prepend=-1))
        starts, exchange = np.append(begins, len(calls)), owner[begins]
        return replace(
            self,
            call=self.call[calls],
            time=self.time[calls],
            blur=self.blur[calls],
            said=self.said[calls],
            starts=starts,
            about=self.about[exchange],
            kind=_kinds(self.said[calls], starts),
            language=self.language[exchange],
            lat=_first_known(self.call_lat[calls], starts),
            lon=_first_known(self.call_lon[calls], starts),
            call_lat=self.call_lat[calls],
            call_lon=self.call_lon[calls],
            source=self.source[calls],
            watches=self.watches.without(gone),
        )


def _language_share(kind: Ints, language: Ints, languages: int) -> Floats:
    """(4, L): with `_RATE_FLOOR` added to the count of each."""
    noted = language >= 0
    found = np.bincount(kind[noted] * languages + language[noted], minlength=len(EXCHANGE_KINDS) * languages)
    counts = found.reshape(len(EXCHANGE_KINDS), languages) + _RATE_FLOOR
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
    same = (timed["language"].rle_id() * (timed["channel"].n_unique() + 1) + timed["channel"].rank("dense")).to_numpy()
    exchange = joined_calls(same.astype(np.int64), timed["about"].to_numpy(), JOINED)
    order = np.argsort(_first_of(timed["about"].to_numpy(), exchange)[exchange], kind="stable")
    timed, exchange = timed[order], exchange[order]
    starts = np.append(np.flatnonzero(np.diff(exchange, prepend=-1) != 0), timed.height).astype(np.int64)
    first = starts[:-1]
    said = timed["call_class"].cast(pl.Enum(list(TIMED_CLASSES))).to_physical().cast(pl.Int64).to_numpy()
    languages = tuple(sorted(timed["language"].drop_nulls().unique().to_list()))
    language = timed["language"].cast(pl.Enum(list(languages))).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    kind = _kinds(said, starts)
    lat, lon = (timed[axis].cast(pl.Float64).fill_null(np.nan).to_numpy() for axis in ("lat", "lon"))
    source, sources = codes_of(timed["source_id"])
    half = ((timed["t_hi"] - timed["t_lo"]) / 2).to_numpy()
    return RadioLog(
        ids=NameList.of(timed["transmission_id"]),
        call=np.arange(timed.height),
        time=timed["at"].to_numpy().astype(np.float64),
        blur=np.hypot(timed["t_sigma"].fill_null(0.0).to_numpy(), half / np.sqrt(3.0)),
        said=said,
        starts=starts,
        about=timed["about"].to_numpy()[first],
        kind=kind,
        language=language[first],
        languages=languages,
        lat=_first_known(lat, starts),
        lon=_first_known(lon, starts),
        call_lat=lat,
        call_lon=lon,
        source=source,
        sources=tuple(name for name in sources if name is not None),
        watches=Watches.of(windows),
        language_share=_language_share(kind, language[first], len(languages)),
    )


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

    E exchanges of C calls: `call` (C,) their numbers in the log, `owner` (C,) index of the exchange, `said`, `time`,
    `blur` (C,); `kind` (E,) of
    8, `rates` (8,) λ per minute; `spoken` (E, K) p(language | z) over the log's own, 0 for z that don't fly. `seen` are
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
    lat, lon = (sites[0][0], sites[0][1]) if sites else (None, None)
    first, last = float(moments[0]) - _REACH, float(moments[-1]) + _REACH
    inside = log.watches.over(lat, lon, first, last)
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
        rates=np.asarray((np.bincount(kind[here], minlength=_KINDS) + _RATE_FLOOR) / minutes, dtype=np.float64),
        spoken=_spoken(log, close, hypotheses, evidence),
        seen=inside,
    )


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
    weights = (model.kinds / near.rates)[near.kind]
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
