"""Observers' clocks, from flights that several saw circling: whose times come later than those of the others.

While an aircraft circles over a place, each observer near writes it down at some time of the loiter, and none has a
reason to do so before another. So the mean difference between the times of two observers, over many loiters, is that
of their clocks and habits: time = loiter + observer + rest, least squares with effects of both (weights and pairs
within a loiter as in the fixed-effects model), effects of observers shrunk to zero with the spread that the log shows
(empirical Bayes; Morris 1983, "Parametric empirical Bayes inference"), and a variance that allows for what one loiter
has in common (Liang & Zeger 1986). Flights were joined by these very times, which hides part of each offset; so times
are set right, flights joined again, and offsets read again. The raw times stay in the records.

RESTRICTED: a clock's habit may lead to the observer. Nothing of this may reach findings.json, tables, report or map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from consilience.records.reference_data import Assumption, OrderOfBattle
from consilience.records.situated import OBSERVER_CLOCKS
from consilience.situate.track_points import Floats, Ints, read_points
from consilience.situate.tracks import associate

_PASSES: Final = 3
"""Times that offsets are read; on four simulated wars the second pass took away most of what the first hid, the third
the rest, a fourth nothing."""
_SAMPLE: Final = 200_000
"""Sightings that are enough: some thousands from each of a hundred observers."""
_NEAR_KM: Final = 12.0
_LOITER_MIN: Final = 20.0
"""Kilometres and minutes within which two rows of a circling flight are of one loiter; our choice: four times the
blur of a sighting, and a little over the mean loiter."""
_LAGS: Final = 10
"""Later rows of the flight to which each is compared; a loiter has seldom more."""
_SPREAD_MIN: Final = 1.5
_SPREAD_WEIGHT: Final = 5.0
"""Spread of offsets between observers where the log says nothing, and the number of observers as which that counts;
our choice: wrist watches and telephones differ by a minute or two."""
_SIDES_MIN: Final = 0.7
"""Minutes, added to the interval in quadrature: observers who see different ends of loiters. Without it 95 % intervals
held 84 % of the truth in four simulated wars; a real log may need more."""
_ROUND: Final = (30, 15, 10, 5)
_ROUNDED_SHARE: Final = 0.95
_ROUNDED_LEAST: Final = 20
"""An observer rounds where of at least so many times such a share are whole steps; by chance that never happens."""


def observer_clocks(
    sightings: pl.DataFrame, legs: pl.DataFrame, orbat: OrderOfBattle, assumptions: Mapping[str, Assumption]
) -> pl.DataFrame:
    """How each observer's times stand to those of the others, an OBSERVER_CLOCKS frame (restricted) by source_id.

    `sightings` situated and marked, `legs` the flights that they were joined to. Of a log of more than `_SAMPLE` rows,
    every so many days are read. Rows without a source have no part; the order of rows and flights' names neither.
    """
    log = _some_days(sightings.filter(pl.col("source_id").is_not_null()))
    names = log["source_id"].unique().sort()
    offset = np.zeros(len(names))
    if log.is_empty():
        return pl.DataFrame(schema=OBSERVER_CLOCKS)
    for turn in range(_PASSES):
        ahead = _of_rows(log, names, offset)
        aligned = log.with_columns(pl.col("t_lo") - ahead, pl.col("t_hi") - ahead)
        joined = associate(aligned, orbat, assumptions) if turn else legs
        i, j, flight, weight, later = _pairs(aligned, joined, names, assumptions)
        if not len(i):
            return pl.DataFrame(schema=OBSERVER_CLOCKS)
        offset, spread = _fit(i, j, flight, weight, later + offset[j] - offset[i], len(names))
        offset = np.round(offset, 2)  # so that sums taken in another order shift nothing
    half = 1.96 * np.hypot(spread, _SIDES_MIN)
    seen = pl.DataFrame({"source": np.concatenate([i, j]), "flight": np.concatenate([flight, flight])})
    flights = seen.group_by("source").agg(pl.col("flight").n_unique().cast(pl.Int64).alias("flights")).sort("source")
    at = flights["source"].to_numpy()
    return pl.DataFrame(
        {
            "source_id": names.gather(at),
            "offset_min": offset[at],
            "low": np.round((offset - half)[at], 2),
            "high": np.round((offset + half)[at], 2),
            "flights": flights["flights"],
            "rounds_to_min": _rounding(log, names).gather(at),
        },
        schema=OBSERVER_CLOCKS,
    )


def _some_days(log: pl.DataFrame) -> pl.DataFrame:
    """The log, or every so many whole days of it from its first minute on."""
    every = -(-len(log) // _SAMPLE)
    if every <= 1:
        return log
    day = ((pl.col("t_lo") - pl.col("t_lo").min()) // 1440).cast(pl.Int64)
    return log.filter(pl.col("t_lo").is_not_null() & (day % every == 0))


def _of_rows(log: pl.DataFrame, names: pl.Series, offset: Floats) -> pl.Series:
    return log["source_id"].replace_strict(names, pl.Series(offset), return_dtype=pl.Float64)


def _pairs(
    aligned: pl.DataFrame, legs: pl.DataFrame, names: pl.Series, assumptions: Mapping[str, Assumption]
) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    """Pairs of rows of two observers in one loiter: the observers i and j, the flight, the weight of the pair, and by
    how many minutes j's row is the later."""
    points = read_points(aligned, assumptions)
    track = legs.select("sighting_id", pl.col("track_id").rank("dense").alias("flight"))
    rows = pl.DataFrame({"sighting_id": points.ids}).join(track, on="sighting_id", how="left", maintain_order="left")
    source = aligned.select(
        "sighting_id", pl.col("source_id").replace_strict(names, pl.int_range(len(names), eager=True))
    )
    rows = rows.join(source, on="sighting_id", how="left", maintain_order="left")
    circles = np.flatnonzero(points.at["circles"] & rows["flight"].is_not_null().to_numpy())
    flight = rows["flight"].gather(circles).to_numpy().astype(np.int64)
    order = np.argsort(flight, kind="stable")
    k, flight = circles[order], flight[order]
    observer = rows["source_id"].to_numpy().astype(np.int64)
    size = np.bincount(flight)[flight]
    t, x, y = points.at["t"], points.at["x"], points.at["y"]
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for lag in range(1, _LAGS + 1):
        a, b = np.arange(len(k) - lag), np.arange(lag, len(k))
        one = (flight[a] == flight[b]) & (observer[k[a]] != observer[k[b]]) & (t[k[b]] - t[k[a]] <= _LOITER_MIN)
        one &= np.hypot(x[k[a]] - x[k[b]], y[k[a]] - y[k[b]]) < _NEAR_KM
        found.append((a[one], b[one]))
    a, b = (np.concatenate(side) for side in zip(*found, strict=True))
    return observer[k[a]], observer[k[b]], flight[a], 1.0 / size[a], t[k[b]] - t[k[a]]


def _fit(i: Ints, j: Ints, flight: Ints, weight: Floats, later: Floats, n: int) -> tuple[Floats, Floats]:
    """Offsets of n observers and their standard deviations, from differences j − i with weights."""
    grid = np.zeros((n, n))
    for a, b, sign in ((i, i, 1.0), (j, j, 1.0), (i, j, -1.0), (j, i, -1.0)):
        np.add.at(grid, (a, b), sign * weight)
    pull = np.bincount(j, weight * later, minlength=n) - np.bincount(i, weight * later, minlength=n)
    seen = np.diag(grid) > 0
    one_flight = np.unique(flight, return_inverse=True)[1]
    spread, rest = _SPREAD_MIN, float(np.average(later**2, weights=weight)) / 2
    for _ in range(10):  # the spread between observers and the rest settle within five
        shrink = rest / spread**2
        inverse = np.linalg.inv(grid + shrink * np.eye(n))
        offset = inverse @ pull
        miss = later - (offset[j] - offset[i])
        rest = max(float(np.average(miss**2, weights=weight)) / 2, 0.01)
        score = csr_matrix(
            (
                np.concatenate([weight * miss, -weight * miss]),
                (np.concatenate([one_flight, one_flight]), np.concatenate([j, i])),
            ),
            shape=(int(one_flight.max()) + 1, n),
        )
        variance = np.diag(inverse @ ((score.T @ score).toarray() + shrink**2 * spread**2 * np.eye(n)) @ inverse)
        known = _SPREAD_WEIGHT * _SPREAD_MIN**2 + float((offset[seen] ** 2 + variance[seen]).sum())
        spread = float(np.sqrt(known / (_SPREAD_WEIGHT + seen.sum())))
    return offset, np.sqrt(variance)


def _rounding(log: pl.DataFrame, names: pl.Series) -> pl.Series:
    """The minutes to which each observer rounds."""
    minute = pl.col("t_lo") % 60
    whole = [(minute % step == 0).mean().alias(str(step)) for step in _ROUND]
    shares = log.filter(pl.col("t_lo").is_not_null()).group_by("source_id").agg(pl.len().alias("n"), *whole)
    step = pl.lit(1)
    for wide in reversed(_ROUND):
        step = (
            pl.when((pl.col("n") >= _ROUNDED_LEAST) & (pl.col(str(wide)) >= _ROUNDED_SHARE)).then(wide).otherwise(step)
        )
    found = (
        names.alias("source_id")
        .to_frame()
        .join(
            shares.select("source_id", step.cast(pl.Int64).alias("step")),
            on="source_id",
            how="left",
            maintain_order="left",
        )
    )
    return found["step"].fill_null(1)
