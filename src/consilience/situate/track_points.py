"""Sightings as points for tracking: the usable rows of a log as arrays, in an order that depends on content alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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

POINT: Final = np.dtype(
    [
        ("t", np.float64),  # minutes after the log's first usable sighting
        ("t_sigma", np.float64),  # minutes
        ("x", np.float64),  # kilometres east, north of the log's middle
        ("y", np.float64),
        ("sigma", np.float64),  # kilometres, one standard deviation per axis of the aircraft around the point named
        ("east", np.float64),  # the heading written, of length 1; NaN where none was
        ("north", np.float64),
        ("spot", np.int32),  # number of the place
        ("source", np.int32),  # number of the observer
        ("mark", np.int32),  # row of `TrackPoints.marks`
        ("circles", np.bool_),
        ("starts", np.bool_),
        ("ends", np.bool_),
    ],
    align=True,
)
"""One usable sighting. Distances are equirectangular, within 3 % over Syria, far below any speed's spread."""

_SAID: Final = ("means", "asserts", "operator", "base", "origin")
_TIE_BREAKS: Final = ("platform", "operator", "activity", "heading", "asserts", "base", "origin", "count")


@dataclass(frozen=True, slots=True)
class TrackPoints:
    """N usable sightings, sorted by time and then by what they say.

    `ids` their sighting_ids; `at` (N,) of POINT; `marks` the distinct combinations of what rows say of the aircraft
    (means, asserts, operator, base, origin, starts), in an order of their content.
    """

    ids: pl.Series
    at: NDArray[np.void]
    marks: pl.DataFrame

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows `picked` (indexes) from a log, as numbers: one column at a time, for a log of millions is not held twice."""

    log: pl.DataFrame
    picked: Ints

    def numbers(self, column: pl.Expr) -> NDArray[Any]:
        """(N,) a column, or what is reckoned from several, as an array."""
        return self.log.select(column).to_series().to_numpy()[self.picked]

    def codes(self, name: str) -> Ints:
        """(N,) the numbers of a column's values in their sorted order, null last."""
        values = self.log.select(pl.col(name).alias("value"))
        distinct = values.unique().sort("value", nulls_last=True).with_row_index("code")
        coded = values.join(distinct, on="value", how="left", nulls_equal=True, maintain_order="left")
        return coded["code"].to_numpy()[self.picked].astype(np.int64)


def _usable(log: pl.DataFrame) -> pl.Series:
    """Which rows may enter a track: a time no coarser than an hour and exactly one site."""
    site = pl.col("sites").list.first().struct
    return log.select(
        (
            pl.col("t_precision").is_in(FINE_PRECISIONS)
            & pl.col("t_lo").is_not_null()
            & pl.col("t_hi").is_not_null()
            & (pl.col("sites").list.len() == 1)
            & site.field("lat").is_not_null()
            & site.field("lon").is_not_null()
        ).fill_null(False)
    ).to_series()


def _combined(columns: Iterable[Ints]) -> Ints:
    """(N,) one number for each combination of several columns' numbers, in the order of the first, then the second …"""
    total: Ints | None = None
    for codes in columns:
        total = codes if total is None else _without_gaps(total * (codes.max() + 1) + codes)
    return np.empty(0, dtype=np.int64) if total is None else total


def _without_gaps(numbers: Ints) -> Ints:
    """The place of each number (not negative) among those that occur. Nothing is sorted where they are dense enough."""
    most = int(numbers.max(initial=0))
    if most > _DENSE * len(numbers):
        return np.unique(numbers, return_inverse=True)[1]
    occurs = np.zeros(most + 1, dtype=np.int64)
    occurs[numbers] = 1
    return (np.cumsum(occurs) - 1)[numbers]


def _ranks(values: NDArray[Any]) -> Ints:
    """The place of each value among the distinct ones in their order; few are, so that these alone are sorted."""
    distinct = pl.Series(values).unique().sort().to_numpy()
    return np.searchsorted(distinct, values)


def _by_content(rows: _Rows) -> Ints:
    """The order of the rows by time, then place, then what they say; the observers' names have no part in it."""
    t, lat, lon = (rows.numbers(column) for column in (_TIME, _SITE.field("lat"), _SITE.field("lon")))
    said = _combined([_ranks(lat), _ranks(lon), *(rows.codes(name) for name in _TIE_BREAKS)])
    order = np.lexsort((said, t))
    columns = (t[order], said[order])
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in columns])
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))  # the last word is the sighting's id
    if len(tied):
        ids = rows.log["sighting_id"].gather(rows.picked[order[tied]])
        group = np.cumsum(np.append(True, ~same))[tied]
        order[tied] = (
            pl.DataFrame({"group": group, "id": ids, "row": order[tied]}).sort("group", "id")["row"].to_numpy()
        )
    return order


_DENSE: Final = 16
"""So many numbers may be for each row for a table of all of them to be made: eight bytes each."""
_SITE: Final = pl.col("sites").list.first().struct
_TIME: Final = (pl.col("t_lo") + pl.col("t_hi")) / 2


def read_points(sightings: pl.DataFrame, assumptions: Mapping[str, Assumption]) -> TrackPoints:
    """The usable sightings of a situated and marked frame as points.

    A minute's precision is a spotter's: his delay is `track_delay_min`; a coarser one keeps its own spread, and a
    time between two bounds adds that of a uniform law (width / √12). A site's error radius is taken as two standard
    deviations, and an aircraft is named by a town that it flies past: `track_sighting_km` is added in quadrature.
    """
    usable = np.flatnonzero(_usable(sightings).to_numpy())
    at = np.zeros(len(usable), dtype=POINT)
    if not len(at):
        return TrackPoints(sightings["sighting_id"].head(0), at, pl.DataFrame())
    rows = _Rows(sightings, usable[_by_content(_Rows(sightings, usable))])
    t = rows.numbers(_TIME)
    at["t"] = np.round(t - t[0], 6)
    at["t_sigma"] = _time_spread(rows, assumptions["track_delay_min"].value)
    lat, lon = rows.numbers(_SITE.field("lat")), rows.numbers(_SITE.field("lon"))
    at["x"], at["y"] = _project(lat, lon)
    error_m = rows.numbers(_SITE.field("error_m").fill_null(0.0))
    at["sigma"] = np.hypot(error_m / 2000, assumptions["track_sighting_km"].value)
    at["spot"] = _combined([_ranks(lat), _ranks(lon)])
    degrees = pl.col("heading").replace_strict(dict(HEADING_DEG), default=None, return_dtype=pl.Float64)
    bearing = np.radians(rows.numbers(degrees))
    at["east"], at["north"] = np.sin(bearing), np.cos(bearing)
    doing = pl.col("activity").fill_null("")
    departs = pl.col("base").is_not_null() & pl.col("heading").is_not_null() & (doing == "")
    at["circles"], at["ends"] = rows.numbers(doing == "circling"), rows.numbers(doing == "landing")
    at["starts"] = rows.numbers((doing == "takeoff") | departs)
    at["source"] = rows.codes("source_id")
    at["mark"], marks = _marks(rows, at["starts"])
    return TrackPoints(sightings["sighting_id"].gather(rows.picked), at, marks)


def _marks(rows: _Rows, starts: Bools) -> tuple[Ints, pl.DataFrame]:
    """Each row's number among the distinct things said of an aircraft, and these."""
    means = _ranks(rows.numbers(pl.col("means").hash(0)))
    number = _combined([means, *(rows.codes(name) for name in _SAID[1:]), starts.astype(np.int64)])
    _, first, number = np.unique(number, return_index=True, return_inverse=True)
    said = rows.log.select(_SAID)[rows.picked[first]]
    said = said.with_columns(pl.col("means").list.sort(), starts=starts[first], found=pl.int_range(pl.len()))
    in_order = said.sort(pl.col("means").list.join("\n"), *_SAID[1:], "starts", nulls_last=True)
    place = np.empty(len(first), dtype=np.int64)
    place[in_order["found"].to_numpy()] = np.arange(len(first))
    return place[number], in_order.drop("found")


def _time_spread(rows: _Rows, delay_min: float) -> Floats:
    to_the_minute = rows.numbers(pl.col("t_precision") == "minute")
    stated = rows.numbers(pl.col("t_sigma").fill_null(delay_min))
    width = rows.numbers(pl.col("t_hi") - pl.col("t_lo"))
    spread = np.where(to_the_minute, delay_min, np.maximum(stated, delay_min))
    return np.asarray(np.sqrt(spread**2 + width**2 / 12))


def _project(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    lat0, lon0 = (lat.min() + lat.max()) / 2, (lon.min() + lon.max()) / 2
    km_per_rad = EARTH_RADIUS_M / 1000
    return np.radians(lon - lon0) * km_per_rad * np.cos(np.radians(lat0)), np.radians(lat - lat0) * km_per_rad
