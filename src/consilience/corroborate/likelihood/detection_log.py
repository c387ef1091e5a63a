"""What instruments noticed, as a log: which rows are one thing, and how often such things are noticed by chance.

A kind's own base rate at a place is λ = (n + k) / (t + k / pooled), with n things in t watched minutes, drawn to the
rate of all places of the case by k = `detection_strength` pseudo-detections (gamma-Poisson), times how the kind's whole
log is spread over the hours of the day, drawn to an even spread in the same way. A field that is burnt every noon has
a high rate at noon, and a fire seen there at noon says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.moments import DAY
from consilience.corroborate.watches import Spans, Watches, total_length
from consilience.quantities import EARTH_RADIUS_M, Kilometres, Minutes, great_circle_m

Site = tuple[float, float, float]

RINGS = 2
"""Within the inner radius, and from there to the outer one."""

_FLOOR = 0.5
"""Pseudo-detections where none was ever noticed (Jeffreys' prior for a Poisson rate)."""

_SOURCE = pl.coalesce("source_id", "detection_id")
_HOUR: Minutes = 60.0
_M_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of detection follows an attack: the named assumptions that begin with its name.

    `seen`: chance that an attack is noticed at all; noticed evenly from `start` to `end` minutes after the impact,
    blurred by `blur`; with chance `inner_share` within `inner_km` of the place, else up to `outer_km`.
    """

    seen: float
    start: Minutes
    end: Minutes
    blur: Minutes
    inner_km: Kilometres
    outer_km: Kilometres
    inner_share: float

    @property
    def ring_shares(self) -> NDArray[np.float64]:
        """p(ring | it belongs to the attack), (RINGS,)."""
        return np.array([self.inner_share, 1 - self.inner_share])

    @property
    def same_within(self) -> Minutes:
        """Two detections nearer than this, and than the inner radius, are one thing: half the span, and the blur."""
        return (self.end - self.start) / 2 + self.blur


def manner_of(kind: str, evidence: CaseEvidence) -> Manner:
    """The manner of a kind under the assumptions of the evidence."""
    names = ("seen", "from", "to", "blur", "inner_km", "outer_km", "inner_share")
    return Manner(*(evidence.value(f"{kind}_{name}") for name in names))


@dataclass(frozen=True, slots=True)
class Noticed:
    """Rows of the detections table in order of latitude, as columns (E,); minutes since the epoch, metres.

    `places` is all that `near` looks at; the rows themselves stay in the frame they came from.
    """

    ids: tuple[str, ...]
    groups: tuple[str, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    error_m: NDArray[np.float64]
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]

    def near(self, site: Site, km: Kilometres) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Which stand within so many kilometres of a site after both position errors, and how far off (metres)."""
        lat, lon, error = site
        reach = (km * 1000 + error + float(self.error_m.max(initial=0.0))) / _M_PER_DEGREE
        first, last = np.searchsorted(self.lat, [lat - reach, lat + reach])
        band = slice(int(first), int(last))
        away = great_circle_m(self.lat[band], self.lon[band], lat, lon) - error - self.error_m[band]
        found = np.flatnonzero(away < km * 1000)
        return found + int(first), np.maximum(away[found], 0.0)


def noticed_in(rows: pl.DataFrame) -> Noticed:
    """The rows that have one position and a time, as columns; the others can't be near anything."""
    known = rows.filter((pl.col("sites").list.len() == 1) & pl.col("t_lo").is_not_null())
    site = pl.col("sites").list.first()
    known = known.with_columns(
        _lat=site.struct.field("lat"), _lon=site.struct.field("lon"), _error=site.struct.field("error_m")
    ).sort("_lat", "detection_id")
    lat, lon, error, lo, hi = (known[name].to_numpy() for name in ("_lat", "_lon", "_error", "t_lo", "t_hi"))
    groups = known.select(_SOURCE).to_series()
    return Noticed(tuple(known["detection_id"]), tuple(groups), lat, lon, error, lo, hi)


@dataclass(frozen=True, slots=True)
class KindLog:
    """One kind's whole log: each thing once, by the first row that noticed it.

    `watches` are those in which somebody kept it. `hours` (24,) is how often, by hour of the day (UTC), relative to the
    mean; `pooled` (RINGS,) the rate per watched minute over all sites.
    """

    first: Noticed
    watches: Watches
    hours: NDArray[np.float64]
    pooled: NDArray[np.float64]
    strength: float

    def watched(self, site: Site) -> Spans:
        """When the log was whole over a site."""
        return self.watches.over(site[0], site[1])

    def rate_at(self, rings: NDArray[np.int64], minutes: Minutes) -> NDArray[np.float64]:
        """λ per watched minute at a site by ring (RINGS,), from the rings of what was noticed there."""
        return _drawn(np.bincount(rings, minlength=RINGS), minutes, self.strength, self.pooled)

    def by_hour(self, moments: NDArray[np.float64]) -> NDArray[np.float64]:
        """How often at each moment relative to the mean, shape as `moments`."""
        return np.asarray(self.hours[(np.floor(moments % DAY / _HOUR)).astype(np.int64)])


class DetectionLog:
    """The detections of a case by kind; what is made under a manner is made once.

    A window holds for a kind if its source has any row of that kind in the case; one that names no source, for every
    kind of which the case has any row. What nobody looked for is not silent.
    """

    def __init__(self, evidence: CaseEvidence, sites: Sequence[Site]) -> None:
        self.rows: Mapping[str, pl.DataFrame] = {
            str(kind[0]): frame.sort("t_lo", "detection_id")
            for kind, frame in evidence.detections.drop_nulls("kind").partition_by("kind", as_dict=True).items()
        }
        self.noticed: Mapping[str, Noticed] = {kind: noticed_in(frame) for kind, frame in self.rows.items()}
        """All rows by kind, picked ones too: what may be shown."""
        self._windows = evidence.coverage.filter(pl.col("kind") == "detections")
        self._sites = sorted(set(sites))
        self._made: dict[tuple[object, ...], KindLog | None] = {}

    def sources_of(self, kind: str) -> frozenset[str]:
        """Who has any row of that kind; a row that names nobody is its own source, under its id."""
        return frozenset(self.rows[kind].select(_SOURCE).to_series()) if kind in self.rows else frozenset()

    def whole(self, kind: str, manner: Manner, strength: float, gone: frozenset[str]) -> KindLog | None:
        """The whole log of a kind, some sources gone; None where nobody kept one."""
        key = (kind, manner, strength, gone & self.sources_of(kind))
        if key not in self._made:
            self._made[key] = self._make(kind, manner, strength, gone)
        return self._made[key]

    def _make(self, kind: str, manner: Manner, strength: float, gone: frozenset[str]) -> KindLog | None:
        if kind not in self.rows:
            return None
        left = self.rows[kind].filter(~_SOURCE.is_in(sorted(gone)))
        keepers = left["source_id"].drop_nulls().unique().sort().to_list()
        windows = self._windows.filter(pl.col("source_id").is_null() | pl.col("source_id").is_in(keepers))
        if windows.is_empty() or left.is_empty():
            return None
        first = noticed_in(_things(left.filter("covered"), manner))
        watches = Watches.of(windows)
        hours = _by_hour(first, watches, strength)
        log = KindLog(first, watches, hours, np.ones(RINGS), strength)
        counts, minutes = np.zeros(RINGS), 0.0
        for site in self._sites:
            counts += np.bincount(rings_of(first.near(site, manner.outer_km)[1], manner), minlength=RINGS)
            minutes += total_length(log.watched(site))
        return KindLog(first, watches, hours, (counts + _FLOOR) / max(minutes, 1.0), strength)


def rings_of(away_m: NDArray[np.float64], manner: Manner) -> NDArray[np.int64]:
    """The ring of each distance, shape as `away_m`."""
    return np.asarray(away_m >= manner.inner_km * 1000, dtype=np.int64)


def _things(rows: pl.DataFrame, manner: Manner) -> pl.DataFrame:
    """The rows, in order of time, without those that notice again what an earlier one noticed."""
    usable = rows.filter(pl.col("sites").list.len() == 1)
    site = pl.col("sites").list.first()
    lat, lon = (usable.select(site.struct.field(name)).to_series().to_numpy() for name in ("lat", "lon"))
    time = usable["t_lo"].to_numpy()
    kept: list[int] = []
    begin = 0
    for row in range(len(time)):
        while begin < len(kept) and time[kept[begin]] < time[row] - manner.same_within:
            begin += 1
        recent = kept[begin:]
        away = great_circle_m(lat[recent], lon[recent], lat[row], lon[row])
        if not np.any(away < manner.inner_km * 1000):
            kept.append(row)
    return usable[kept]


def _by_hour(first: Noticed, watches: Watches, strength: float) -> NDArray[np.float64]:
    """How often by hour of the day, relative to the mean over watched time, (24,)."""
    counts = np.bincount(((first.lo + first.hi) / 2 % DAY // _HOUR).astype(np.int64), minlength=24)
    seen = watches.anywhere
    minutes = np.sum([_minutes_by_hour(end) - _minutes_by_hour(start) for start, end in seen], axis=0)
    mean = (counts.sum() + _FLOOR) / max(float(minutes.sum()), 1.0)
    rate = _drawn(counts, minutes, strength, np.full(24, mean))
    return np.asarray(rate / (float(rate @ minutes) / max(float(minutes.sum()), 1.0)))


def _minutes_by_hour(moment: Minutes) -> NDArray[np.float64]:
    """Minutes in each hour of the day from the epoch to a moment, (24,)."""
    days, rest = divmod(moment, DAY)
    return np.asarray(days * _HOUR + np.clip(rest - _HOUR * np.arange(24), 0.0, _HOUR))


def _drawn(
    counts: NDArray[np.int64], minutes: Minutes | NDArray[np.float64], strength: float, to: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Rates from counts in so many minutes, drawn to the rates `to` by `strength` pseudo-detections."""
    return np.asarray((counts + strength) / (minutes + strength / to))
