"""The logged sky: flights, their passes by a place, and how often such passes happen (method.md, Flights)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
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

_RATE_FLOOR = 0.5
"""Pseudo-passes where none of a kind was ever logged (Jeffreys' prior for a Poisson rate)."""

_M_PER_DEG = np.radians(1.0) * EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Passes:
    """The passes of J flights by one site.

    `track` (J,) index into `Sky.track_ids`; `kind` (J,) of `PASS_KINDS`; `circles` (J,): did it loiter here?; `first`,
    `last`, `middle` (J,) the time span of the pass and the mean time of its sightings. These lie flat: `owner` (N,)
    index into the passes, `leg` (N,) index into the legs of `Sky`. Minutes since the epoch.
    """

    track: NDArray[np.int64]
    kind: NDArray[np.int64]
    circles: NDArray[np.bool_]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    middle: NDArray[np.float64]
    owner: NDArray[np.int64]
    leg: NDArray[np.int64]

    def legs_of(self, chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """For each of the chosen passes, the indices of its sightings into the legs of `Sky`."""
        bounds = np.searchsorted(self.owner, [chosen, chosen + 1])
        return [self.leg[a:b] for a, b in bounds.T]


@dataclass(frozen=True, slots=True)
class Sky:
    """Every flight of the whole logs, with its legs, and the times when somebody was watching.

    Leg arrays have shape (N,), sorted by track; `starts` (J + 1,) are the offsets of each track's legs.
    `windows` are the coverage rows of sightings.
    """

    track_ids: tuple[str, ...]
    sightings: tuple[tuple[str, ...], ...]
    starts: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    error_m: NDArray[np.float64]
    time: NDArray[np.float64]
    circles: NDArray[np.bool_]
    windows: pl.DataFrame
    track_start: NDArray[np.float64]
    _watched: dict[tuple[float, float], list[tuple[Minutes, Minutes]]]

    def watched(self, lat: float, lon: float) -> list[tuple[Minutes, Minutes]]:
        """When the sky over a position is in a whole log; asked once for each site, then remembered."""
        if (lat, lon) not in self._watched:
            self._watched[lat, lon] = watched(self.windows, lat, lon)
        return self._watched[lat, lon]

    def passes(self, lat: float, lon: float, error_m: float) -> Passes:
        """How each flight passed a site: where it loitered here, the middle of that; else its nearest sightings."""
        if not self.track_ids:
            none, empty = np.zeros(0, dtype=np.int64), np.zeros(0)
            return Passes(none, none, np.zeros(0, dtype=bool), empty, empty, empty, none, none)
        east = (self.lon - lon) * _M_PER_DEG * np.cos(np.radians(lat))
        north = (self.lat - lat) * _M_PER_DEG
        excess = np.maximum(np.hypot(self.error_m, error_m) - TOWN_ERROR_M, 0.0)
        apart = np.maximum(np.hypot(east, north) - excess, 0.0)
        begins = self.starts[:-1]
        nearest = np.minimum.reduceat(apart, begins)
        here = self.circles & (apart < LOITER_M)
        loiters = np.add.reduceat(here.astype(np.int64), begins)
        elsewhere = np.add.reduceat((self.circles & ~here).astype(np.int64), begins)
        many = np.maximum(loiters, 1)
        off = np.hypot(np.add.reduceat(east * here, begins) / many, np.add.reduceat(north * here, begins) / many)
        off = np.maximum(off - np.add.reduceat(excess * here, begins) / many, 0.0)
        kind = np.where(
            loiters > 0,
            2 * (np.searchsorted(LOITER_EDGES_M, off, side="right") - 1) + (elsewhere > loiters),
            _LOITERS + 2 * (np.searchsorted(PASS_EDGES_M, nearest, side="right") - 1) + (elsewhere > 0),
        )
        of = np.repeat(np.arange(len(self.track_ids)), np.diff(self.starts))
        near = np.where(loiters[of] > 0, here, apart <= nearest[of] + NEAREST_SLACK_M) & (
            nearest[of] < PASS_EDGES_M[-1]
        )
        tracks, owner = np.unique(of[near], return_inverse=True)
        begin = np.flatnonzero(np.diff(owner, prepend=-1))
        time = self.time[near]
        return Passes(
            track=tracks,
            kind=kind[tracks],
            circles=loiters[tracks] > 0,
            first=np.minimum.reduceat(time, begin) if len(tracks) else time,
            last=np.maximum.reduceat(time, begin) if len(tracks) else time,
            middle=np.bincount(owner, weights=time) / np.bincount(owner) if len(tracks) else time,
            owner=owner,
            leg=np.flatnonzero(near),
        )


def build_sky(evidence: CaseEvidence) -> Sky:
    """The flights of a case from its track legs; the order of rows never matters."""
    legs = (
        evidence.legs.join(evidence.sightings, on="sighting_id", how="inner")
        .with_columns(site=pl.col("sites").list.first())
        .unnest("site", separator="_")
        .sort("track_id", "leg")
    )
    ids = legs["track_id"].to_list()
    first = [i for i, name in enumerate(ids) if i == 0 or ids[i - 1] != name]
    starts = np.array([*first, len(ids)], dtype=np.int64)
    names = legs["sighting_id"].to_list()
    time = ((legs["t_lo"] + legs["t_hi"]) / 2).to_numpy()
    return Sky(
        track_ids=tuple(ids[i] for i in first),
        sightings=tuple(tuple(names[a:b]) for a, b in pairwise(starts)),
        starts=starts,
        lat=legs["site_lat"].to_numpy(),
        lon=legs["site_lon"].to_numpy(),
        error_m=legs["site_error_m"].to_numpy(),
        time=time,
        circles=legs["activity"].is_in(list(CIRCLING)).fill_null(value=False).to_numpy(),
        windows=evidence.coverage.filter(pl.col("kind") == "sightings"),
        track_start=np.sort(np.minimum.reduceat(time, starts[:-1])) if ids else np.zeros(0),
        _watched={},
    )


def watched(windows: pl.DataFrame, lat: float | None, lon: float | None) -> list[tuple[Minutes, Minutes]]:
    """When the sky over a position is in a whole log: the union of the windows whose area holds it, sorted.

    Without a position, only windows that hold everywhere count.
    """
    inside = pl.col("west").is_null()
    if lat is not None and lon is not None:
        inside |= pl.lit(lon).is_between(pl.col("west"), pl.col("east")) & pl.lit(lat).is_between(
            pl.col("south"), pl.col("north")
        )
    return union(windows.filter(inside).select("start", "end").rows())


def union(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Overlapping or touching intervals merged, sorted."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def total_length(intervals: list[tuple[float, float]]) -> Minutes:
    """The sum of the lengths of disjoint intervals."""
    return float(sum(end - start for start, end in intervals))


@dataclass(frozen=True, slots=True)
class Background:
    """How often passes of each kind happen with no attack: rates per watched minute.

    `pooled` (PASS_KINDS,) over all sites; `sky_rate` flights per watched minute anywhere.
    """

    pooled: NDArray[np.float64]
    sky_rate: float
    strength: float
    sky_strength: float

    def rate_at(self, passes: Passes, watched_minutes: Minutes) -> NDArray[np.float64]:
        """λ by kind (PASS_KINDS,) at one site: its own count drawn to the pooled rate (gamma-Poisson shrinkage)."""
        counts = np.bincount(passes.kind, minlength=PASS_KINDS)
        return np.asarray((counts + self.strength) / (watched_minutes + self.strength / self.pooled))

    def activity(self, sky: Sky, moments: NDArray[np.float64], seen: list[tuple[float, float]]) -> NDArray[np.float64]:
        """How busy the sky was around each moment, relative to the mean: flights that began within ±90 minutes.

        Drawn to 1 by `sky_strength` pseudo-flights; it carries hour, weather and waves at once. Shape as `moments`.
        """
        reach = 90.0  # our choice: a wave of sorties lasts about an hour (sorties.csv: 15 take-offs within 20 minutes)
        began = np.searchsorted(sky.track_start, moments + reach) - np.searchsorted(sky.track_start, moments - reach)
        length = np.zeros_like(moments)
        for start, end in seen:
            length += np.clip(np.minimum(end, moments + reach) - np.maximum(start, moments - reach), 0.0, None)
        return np.asarray((began + self.sky_strength) / (self.sky_rate * length + self.sky_strength))


def background_of(sky: Sky, by_site: Mapping[tuple[float, float, float], Passes], evidence: CaseEvidence) -> Background:
    """Pooled rates over the sites of all incidents, from watched times only."""
    counts = np.zeros(PASS_KINDS)
    minutes = 0.0
    for (lat, lon, _), passes in by_site.items():
        counts += np.bincount(passes.kind, minlength=PASS_KINDS)
        minutes += total_length(sky.watched(lat, lon))
    everywhere = total_length(union(sky.windows.select("start", "end").rows()))
    return Background(
        pooled=(counts + _RATE_FLOOR) / max(minutes, 1.0),
        sky_rate=max(len(sky.track_ids), _RATE_FLOOR) / max(everywhere, 1.0),
        strength=evidence.value("background_strength"),
        sky_strength=evidence.value("sky_strength"),
    )
