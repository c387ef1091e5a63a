"""Sightings as points for tracking: the usable rows of a log as arrays, in an order that depends on content alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.quantities import EARTH_RADIUS_M
from consilience.records.reference_data import Assumption
from consilience.records.situated import FINE_PRECISIONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HEADING_DEG: Final[Mapping[str, float]] = {
    "north": 0.0, "north east": 45.0, "east": 90.0, "south east": 135.0,
    "south": 180.0, "south west": 225.0, "west": 270.0, "north west": 315.0,
}  # fmt: skip
"""Compass words of the case format, degrees clockwise from north."""

_TIE_BREAKS = ("platform", "operator", "activity", "heading", "asserts", "base", "origin", "count", "sighting_id")


@dataclass(frozen=True, slots=True)
class TrackPoints:
    """N usable sightings, sorted by time and then by what they say; all arrays have N rows.

    `t` minutes after the log's first usable sighting, `t_sigma` minutes; `x`, `y` kilometres east and north of the
    log's middle (equirectangular; distances within 3 % over Syria, far below any speed's spread); `sigma` kilometres,
    one standard deviation per axis of the aircraft around the point named; `bearing` radians clockwise from north,
    NaN where no heading was written; `spot` and `source` number the places and observers.
    """

    ids: tuple[str, ...]
    t: Floats
    t_sigma: Floats
    x: Floats
    y: Floats
    sigma: Floats
    bearing: Floats
    circles: Bools
    starts: Bools
    ends: Bools
    spot: Ints
    source: Ints
    rows: pl.DataFrame

    def __len__(self) -> int:
        return len(self.ids)


def usable_rows(sightings: pl.DataFrame) -> pl.DataFrame:
    """The rows that may enter a track: a time no coarser than an hour and exactly one site; sorted by content.

    The observers' names have no part in the order.
    """
    fine = sightings.filter(
        pl.col("t_precision").is_in(FINE_PRECISIONS)
        & pl.col("t_lo").is_not_null()
        & pl.col("t_hi").is_not_null()
        & (pl.col("sites").list.len() == 1)
    )
    site = pl.col("sites").list.first().struct
    placed = fine.with_columns(
        ((pl.col("t_lo") + pl.col("t_hi")) / 2).alias("_t"),
        site.field("lat").alias("_lat"),
        site.field("lon").alias("_lon"),
        site.field("error_m").fill_null(0.0).alias("_error_m"),
    ).filter(pl.col("_lat").is_not_null() & pl.col("_lon").is_not_null())
    return placed.sort("_t", "_lat", "_lon", *_TIE_BREAKS, nulls_last=True)


def read_points(sightings: pl.DataFrame, assumptions: Mapping[str, Assumption]) -> TrackPoints:
    """The usable sightings of a situated and marked frame as points.

    A minute's precision is a spotter's: his delay is `track_delay_min`; a coarser one keeps its own spread, and a
    time between two bounds adds that of a uniform law (width / √12). A site's error radius is taken as two standard
    deviations, and an aircraft is named by a town that it flies past: `track_sighting_km` is added in quadrature.
    """
    rows = usable_rows(sightings)
    t = rows["_t"].to_numpy().astype(np.float64)
    t = np.round(t - t.min(), 6) if len(t) else t
    width = (rows["t_hi"] - rows["t_lo"]).to_numpy()
    lat, lon = rows["_lat"].to_numpy().astype(np.float64), rows["_lon"].to_numpy().astype(np.float64)
    x, y = _project(lat, lon)
    passing_km = assumptions["track_sighting_km"].value
    at_base, activity = rows["base"].is_not_null(), rows["activity"].fill_null("")
    heads = rows["heading"].is_not_null()
    return TrackPoints(
        ids=tuple(rows["sighting_id"].to_list()),
        t=t,
        t_sigma=np.sqrt(_time_spread(rows, assumptions["track_delay_min"].value) ** 2 + width**2 / 12),
        x=x,
        y=y,
        sigma=np.hypot(rows["_error_m"].to_numpy() / 2000, passing_km),
        bearing=np.radians(_degrees(rows["heading"])),
        circles=(activity == "circling").to_numpy(),
        starts=((activity == "takeoff") | (at_base & heads & (activity == ""))).to_numpy(),
        ends=(activity == "landing").to_numpy(),
        spot=np.unique(np.column_stack([lat, lon]), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64),
        source=rows["source_id"].fill_null("").rank("dense").to_numpy().astype(np.int64),
        rows=rows,
    )


def _degrees(headings: pl.Series) -> Floats:
    degrees = headings.replace_strict(dict(HEADING_DEG), default=None, return_dtype=pl.Float64)
    return degrees.to_numpy().astype(np.float64)


def _time_spread(rows: pl.DataFrame, delay_min: float) -> Floats:
    to_the_minute = (rows["t_precision"] == "minute").to_numpy()
    stated = rows["t_sigma"].fill_null(delay_min).to_numpy().astype(np.float64)
    return np.where(to_the_minute, delay_min, np.maximum(stated, delay_min))


def _project(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    if not len(lat):
        return lat, lon
    lat0, lon0 = (lat.min() + lat.max()) / 2, (lon.min() + lon.max()) / 2
    km_per_rad = EARTH_RADIUS_M / 1000
    return np.radians(lon - lon0) * km_per_rad * np.cos(np.radians(lat0)), np.radians(lat - lat0) * km_per_rad
