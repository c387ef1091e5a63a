"""When and where a log is whole: coverage rows resolved to windows, and which rows of a log they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

import numpy as np
import polars as pl

from consilience.quantities import EARTH_RADIUS_M, Kilometres
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.reference_data import GazetteerEntry
from consilience.records.situated import COVERAGE_WINDOWS, FINE_PRECISIONS

_KM_PER_DEGREE = EARTH_RADIUS_M / 1000 * np.pi / 180


def resolve_coverage(
    coverage: pl.DataFrame, find: Callable[[str], Sequence[GazetteerEntry]], radius_km: Kilometres
) -> tuple[pl.DataFrame, tuple[LeftOut, ...]]:
    """Coverage windows with their areas as boxes, sorted; rows whose area can't be read are left out.

    `coverage` is the canonical table. An area is `west;south;east;north`, or a place around which the log reaches
    `radius_km` (named assumption `coverage_place_radius`). A day as a bound means its end or its beginning, so that the
    whole of it is inside. An unknown or ambiguous place makes no window: silence is only evidence where we know.
    """
    rows, left_out = [], []
    for row in coverage.iter_rows(named=True):
        box = _box(row["area"], find, radius_km)
        if isinstance(box, str):
            left_out.append(
                LeftOut(
                    PurePosixPath(row["_file"]), row["_row"], "area", "coverage", None, Why(box), Lost.ROW,
                    row["area"], "west;south;east;north in degrees, or one place that the gazetteer knows",
                )
            )  # fmt: skip
            continue
        start = row["from_lo"].timestamp() / 60
        rows.append((row["kind"], start, row["to_hi"].timestamp() / 60, *box, row["source_id"]))
    frame = pl.DataFrame(rows, schema=COVERAGE_WINDOWS, orient="row")
    return frame.sort(list(COVERAGE_WINDOWS)), tuple(left_out)


def _box(
    area: str | None, find: Callable[[str], Sequence[GazetteerEntry]], radius_km: Kilometres
) -> tuple[float | None, float | None, float | None, float | None] | str:
    """The box of an area, four nulls for everywhere, or the kind of fault."""
    if area is None:
        return None, None, None, None
    parts = area.split(";")
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        places = find(area)
        if len(places) != 1:
            return Why.AMBIGUOUS_PLACE.value if places else Why.UNKNOWN_PLACE.value
        place = places[0]
        reach = (radius_km + place.error_m / 1000) / _KM_PER_DEGREE
        wide = reach / np.cos(np.radians(place.lat))
        return place.lon - wide, place.lat - reach, place.lon + wide, place.lat + reach
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return Why.POSITION_OUT_OF_RANGE.value
    return west, south, east, north


def add_covered(log: pl.DataFrame, windows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The log with a Boolean `covered`: a window of its kind and source holds the row's time and place.

    A row without a time, coarser than an hour, or (under a window with an area) of unknown or ambiguous place is not
    covered: it stands as itself.
    """
    usable = log.with_row_index("_i").select(
        "_i",
        "source_id",
        time=pl.when(pl.col("t_precision").is_in(FINE_PRECISIONS)).then((pl.col("t_lo") + pl.col("t_hi")) / 2),
        site=pl.when(pl.col("sites").list.len() == 1).then(pl.col("sites").list.first()),
    )
    usable = usable.with_columns(lat=pl.col("site").struct.field("lat"), lon=pl.col("site").struct.field("lon"))
    covered = np.zeros(log.height, dtype=bool)
    times, lats, lons = (usable[name].to_numpy() for name in ("time", "lat", "lon"))
    sources = usable["source_id"].to_numpy()
    for row in windows.filter(pl.col("kind") == kind).iter_rows(named=True):
        with np.errstate(invalid="ignore"):
            inside = (times >= row["start"]) & (times <= row["end"])
            if row["west"] is not None:
                inside &= (lons >= row["west"]) & (lons <= row["east"])
                inside &= (lats >= row["south"]) & (lats <= row["north"])
        if row["source_id"] is not None:
            inside &= sources == row["source_id"]
        covered |= inside
    return log.with_columns(covered=pl.Series(covered))
