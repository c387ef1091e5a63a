"""The logged sky: flights, their passes by a place, and how often such passes happen (method.md, Flights)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.loops.passing import pass_kinds, pass_legs
from consilience.corroborate.loops.windows import overlap
from consilience.corroborate.moments import DAY
from consilience.corroborate.name_list import NameList
from consilience.corroborate.watches import Spans, Watches, total_length
from consilience.quantities import EARTH_RADIUS_M, Minutes

PASS_EDGES_M: NDArray[np.float64] = np.array([0.0, 3_000.0, 8_000.0, 15_000.0, 30_000.0, 60_000.0])
"""Bins of the nearest sighting of a flight that was not seen to circle here. A flight never nearer than the last edge
is not a candidate. Our choice: the first is a town, the last what a jet flies in five minutes."""
PASS_EDGES_M.setflags(write=False)

LOITER_M = 12_000.0
"""Circling within this of a site is circling here: our choice, a loiter of 5 km around a target, told of by a town's
error beside it."""

LOITER_EDGES_M: NDArray[np.float64] = np.array([0.0, 2_000.0, 4_000.0, 7_000.0])
"""Bins of the middle of a loiter: our choice; the mean of several towns is better than one, so they are finer."""
LOITER_EDGES_M.setflags(write=False)

TOWN_ERROR_M = 2_500.0
"""Errors of position up to here are what the bins were made for; what goes beyond (a mountain area, a site known by its
town alone) is taken off distances."""

NEAREST_SLACK_M = 2_000.0
"""Sightings within this of a flight's nearest belong to the same pass: our choice, a town's own error."""

CIRCLING = ("circling", "strike")

_LOITERS = 2 * len(LOITER_EDGES_M)
PASS_KINDS = _LOITERS + 2 * (len(PASS_EDGES_M) - 1)
"""Kinds of pass: (loitered here, by the bin of its middle; else passed, by the bin of its nearest sighting) × (did it
circle more elsewhere?)."""

SEASON: Minutes = 30 * DAY
"""How often flights pass a place is counted so far before and after the moments in question. Our choice: a front moves
within months, and a month holds enough passes for a count; a shorter log is counted whole."""

_RATE_FLOOR = 0.5
"""Pseudo-passes where none of a kind was ever logged (Jeffreys' prior for a Poisson rate)."""

_M_PER_DEG = np.radians(1.0) * EARTH_RADIUS_M

Site = tuple[float, float, float]
"""A position, WGS 84 degrees, and its error in metres."""


@dataclass(frozen=True, slots=True)
class Passes:
    """The passes of P flights by one site.

    `track` (P,) the flights' numbers in `Sky`; `kind` (P,) of `PASS_KINDS`; `first`, `last`, `middle` (P,) the time
    span of the pass and the mean time of its sightings, minutes since the epoch. `leg` are the legs of `Sky` that make
    the passes, one after the other; `offsets` (P + 1,) where each begins.
    """

    track: NDArray[np.int64]
    kind: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    middle: NDArray[np.float64]
    leg: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def legs_of(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The legs of the chosen passes, one after the other, and their offsets."""
        lengths = np.diff(self.offsets)[chosen]
        ends = np.cumsum(lengths)
        within = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
        return self.leg[np.repeat(self.offsets[chosen], lengths) + within], np.append(0, ends)

    def some(self, chosen: NDArray[np.int64]) -> Passes:
        """The chosen passes alone."""
        leg, offsets = self.legs_of(chosen)
        names = ("track", "kind", "first", "last", "middle")
        return Passes(**{name: getattr(self, name)[chosen] for name in names}, leg=leg, offsets=offsets)


@dataclass(frozen=True, slots=True)
class Sky:
    """Every flight of the whole logs, J in order of their first sighting, and when somebody was watching.

    Leg arrays have shape (N,), one flight after the other; `starts` (J + 1,) are the offsets of each flight's legs.
    `spot` indexes `spots` (S, 3): lat, lon, error in metres. `source` indexes `sources`, who wrote them, and `gone`
    says of each of these whether it is to be done without. `begin` (J,) is when each flight was first seen, `longest`
    the minutes over which any was; `whole` when anybody watched anywhere, those who are gone too.
    """

    tracks: NameList
    sightings: NameList
    starts: NDArray[np.int64]
    spot: NDArray[np.int32]
    spots: NDArray[np.float64]
    time: NDArray[np.float64]
    circles: NDArray[np.bool_]
    source: NDArray[np.int32]
    sources: tuple[str | None, ...]
    gone: NDArray[np.bool_]
    begin: NDArray[np.float64]
    longest: Minutes
    watches: Watches
    whole: Spans

    def sightings_of(self, track: int) -> tuple[str, ...]:
        """The ids of a flight's sightings, in order of time."""
        return self.sightings.some(int(self.starts[track]), int(self.starts[track + 1]))

    def position(self, leg: int) -> tuple[float, float]:
        """Where a leg was seen, WGS 84 degrees."""
        lat, lon, _ = self.spots[self.spot[leg]]
        return float(lat), float(lon)

    def without(self, sources: Iterable[str]) -> Sky:
        """The same flights by what everybody else saw of them; their windows are gone too."""
        away = frozenset(sources)
        gone = np.array([name in away for name in self.sources], dtype=bool)
        return replace(self, gone=gone, watches=self.watches.without(away))

    def flights(self, first: Minutes, last: Minutes) -> tuple[int, int]:
        """The numbers, from and to before, between which every flight lies that was in the sky in [first, last]."""
        return (
            int(np.searchsorted(self.begin, first - self.longest)),
            int(np.searchsorted(self.begin, last, side="right")),
        )

    def pass_counts(self, site: Site, first: Minutes, last: Minutes) -> NDArray[np.int64]:
        """How many flights passed a site in each way, (PASS_KINDS,), of those that began in [first, last]."""
        between = (int(np.searchsorted(self.begin, first)), int(np.searchsorted(self.begin, last, side="right")))
        kinds = self._kinds(site, between)[0]
        return np.bincount(kinds[kinds >= 0], minlength=PASS_KINDS)

    def passes(self, site: Site, first: Minutes = -np.inf, last: Minutes = np.inf) -> Passes:
        """How flights passed a site while [first, last] lasted: where they loitered here, that; else what was nearest.

        A pass that ended before or began after is left out.
        """
        between = self.flights(first, last)
        kinds, nearest = self._kinds(site, between)
        tracks = np.flatnonzero(kinds >= 0)
        kind = kinds[tracks]
        leg, offsets = pass_legs(
            tracks + between[0], kind < _LOITERS, nearest[tracks], self.starts, self.spot, self.spots, self.circles,
            self.source, self.gone, site, _scale(site), LOITER_M, NEAREST_SLACK_M, TOWN_ERROR_M,
        )  # fmt: skip
        time, begins = self.time[leg], offsets[:-1]
        if not len(tracks):
            return Passes(tracks, kind, time, time, time, leg, offsets)
        middle = np.add.reduceat(time - time[0], begins) / np.diff(offsets) + time[0]
        passes = Passes(
            tracks + between[0], kind, np.minimum.reduceat(time, begins), np.maximum.reduceat(time, begins), middle,
            leg, offsets,
        )  # fmt: skip
        within = np.flatnonzero((passes.last > first) & (passes.first < last))
        return passes if len(within) == len(tracks) else passes.some(within)

    def _kinds(self, site: Site, between: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        return pass_kinds(
            between, self.starts, self.spot, self.spots, self.circles, self.source, self.gone, site, _scale(site),
            (LOITER_M, LOITER_EDGES_M), PASS_EDGES_M, TOWN_ERROR_M,
        )  # fmt: skip


def _scale(site: Site) -> tuple[float, float]:
    return float(_M_PER_DEG * np.cos(np.radians(site[0]))), float(_M_PER_DEG)


UNNAMED = "unnamed log"
"""Who wrote rows that name no source: one observer, whose removal can be asked for as anybody's."""


def coded_legs(evidence: CaseEvidence) -> pl.DataFrame:
    """What is weighed of each leg of each flight, flights in order of their first sighting.

    Columns: `flight` its number, `track_id`, `sighting_id`, `lat`, `lon`, `error_m`, `time`, `circles`, `word` (the
    platforms that it may mean, joined by `JOINT`), `source_id`, `asserts`, `operator`, `base`.
    """
    site = pl.col("sites").list.first().struct
    seen = evidence.sightings.select(
        "sighting_id",
        lat=site.field("lat"),
        lon=site.field("lon"),
        error_m=site.field("error_m"),
        time=(pl.col("t_lo") + pl.col("t_hi")) / 2,
        circles=pl.col("activity").is_in(list(CIRCLING)).fill_null(value=False),
        word=pl.col("means").list.join(JOINT).fill_null("").cast(pl.Categorical),
        source_id=pl.col("source_id").fill_null(UNNAMED).cast(pl.Categorical),
        **{name: pl.col(name).cast(pl.Categorical) for name in ("asserts", "operator", "base")},
    )
    legs = evidence.legs.join(seen, on="sighting_id", how="inner")
    order = legs.group_by("track_id").agg(begin=pl.col("time").min()).sort("begin", "track_id")
    order = order.with_row_index("flight").drop("begin")
    return legs.join(order, on="track_id").sort("flight", "leg").drop("leg")


JOINT = "\x1f"
"""Between the platforms that a word may mean: the unit separator, which stands in no name."""


def build_sky(legs: pl.DataFrame, windows: pl.DataFrame) -> Sky:
    """The flights of `coded_legs`, and the coverage rows of sightings; the order of rows never matters."""
    number = legs["flight"].to_numpy()
    begins = np.flatnonzero(np.diff(number.astype(np.int64), prepend=-1))
    starts = np.append(begins, len(number)).astype(np.int64)
    spots = legs.select("lat", "lon", "error_m").unique().sort("lat", "lon", "error_m").with_row_index("spot")
    spot = legs.select("lat", "lon", "error_m").join(
        spots, on=["lat", "lon", "error_m"], how="left", maintain_order="left", nulls_equal=True
    )["spot"]
    source, sources = codes_of(legs["source_id"], unknown=True)
    watches = Watches.of(windows)
    time = legs["time"].to_numpy()
    begin = np.minimum.reduceat(time, begins) if len(begins) else np.zeros(0)
    end = np.maximum.reduceat(time, begins) if len(begins) else np.zeros(0)
    return Sky(
        tracks=NameList.of(legs["track_id"][begins]),
        sightings=NameList.of(legs["sighting_id"]),
        starts=starts,
        spot=spot.to_numpy().astype(np.int32),
        spots=np.ascontiguousarray(spots.select("lat", "lon", "error_m").to_numpy().astype(np.float64)).reshape(-1, 3),
        time=time,
        circles=legs["circles"].to_numpy(),
        source=source,
        sources=sources,
        gone=np.zeros(len(sources), dtype=bool),
        begin=begin,
        longest=float((end - begin).max(initial=0.0)),
        watches=watches,
        whole=watches.anywhere,
    )


def codes_of(names: pl.Series, *, unknown: bool = False) -> tuple[NDArray[np.int32], tuple[str | None, ...]]:
    """Each name of a column as its place (N,) among the sorted names, −1 for null; where `unknown`, null is a name of
    its own, the last."""
    known = sorted(names.drop_nulls().unique().to_list())
    code = names.cast(pl.String).cast(pl.Enum(known)).to_physical()
    if not unknown:
        return code.cast(pl.Int32).fill_null(-1).to_numpy(), tuple(known)
    return code.cast(pl.Int32).fill_null(len(known)).to_numpy(), (*known, None)


@dataclass(frozen=True, slots=True)
class Background:
    """How often passes of each kind happen with no attack: rates per watched minute, (PASS_KINDS,) over all sites."""

    pooled: NDArray[np.float64]
    strength: float
    sky_strength: float

    def rate_at(self, sky: Sky, site: Site, first: Minutes, last: Minutes) -> NDArray[np.float64]:
        """λ by kind (PASS_KINDS,) at one site around [first, last]: its own count within a `SEASON`, drawn to the
        pooled rate (gamma-Poisson shrinkage)."""
        first, last = first - SEASON, last + SEASON
        minutes = total_length(sky.watches.over(site[0], site[1], first, last), first, last)
        counts = sky.pass_counts(site, first, last)
        return np.asarray((counts + self.strength) / (minutes + self.strength / self.pooled))

    def activity(self, sky: Sky, moments: NDArray[np.float64], seen: Spans) -> NDArray[np.float64]:
        """How busy the sky was around each moment, relative to the season's mean: flights begun within ±90 minutes.

        Drawn to 1 by `sky_strength` pseudo-flights; it carries hour, weather and waves at once. `seen` is when
        somebody was watching here. Shape as `moments`.
        """
        reach = 90.0  # our choice: a wave of sorties lasts about an hour (sorties.csv: 15 take-offs within 20 minutes)
        first, last = float(moments[0]) - SEASON, float(moments[-1]) + SEASON
        flights = int(np.diff(np.searchsorted(sky.begin, [first, last]))[0])
        rate = max(flights, _RATE_FLOOR) / max(total_length(sky.whole, first, last), 1.0)
        began = np.searchsorted(sky.begin, moments + reach) - np.searchsorted(sky.begin, moments - reach)
        length = overlap(moments, seen, reach)
        return np.asarray((began + self.sky_strength) / (rate * length + self.sky_strength))


def background_of(sky: Sky, asked: Iterable[tuple[Site, Minutes, Minutes]], evidence: CaseEvidence) -> Background:
    """Pooled rates over the sites and times asked for, from watched times only; each place and stretch counts once."""
    counts, minutes = np.zeros(PASS_KINDS), 0.0
    begin = min(sky.time.min(initial=np.inf), sky.watches.start.min(initial=np.inf))
    end = max(sky.time.max(initial=-np.inf), sky.watches.end.max(initial=-np.inf))
    stretches = {(site, max(first - SEASON, begin), min(last + SEASON, end)) for site, first, last in asked}
    for site, first, last in sorted(stretches):
        counts += sky.pass_counts(site, first, last)
        minutes += total_length(sky.watches.over(site[0], site[1], first, last), first, last)
    return Background(
        pooled=(counts + _RATE_FLOOR) / max(minutes, 1.0),
        strength=evidence.value("background_strength"),
        sky_strength=evidence.value("sky_strength"),
    )
