"""Positions that can't be meant: out of range, latitude and longitude swapped, far from the town named beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.quantities import Metres, great_circle_m
from consilience.readings.faults import Settled, faults_where, settle
from consilience.records.case import CaseSettings
from consilience.records.columns import Table
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import TABLES
from consilience.reference.gazetteer import Gazetteer

FAR_M: Metres = 30_000.0
"""A position farther than this, and the errors of both, from the town named beside it is not in that town. Our choice:
no town of the gazetteer is as wide, and slips of a digit or a wrong town of the same district are mostly wider."""

_PAIRS = (("lat", "lon"), ("camera_lat", "camera_lon"))
_BOUNDED = ("facilities", "incidents")
"""What must lie in the case's area; a sighting outside is kept (case-format.md)."""

Area = tuple[float, float, float, float]


Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


def check_positions(frames: Mapping[str, pl.DataFrame], settings: CaseSettings) -> dict[str, Settled]:
    """Each table without positions that can't be meant, and notices for facilities and incidents outside the case.

    A swapped pair is not put right: which of the two was meant is for the investigator to say. `places` are checked
    first, since the other tables' towns are looked up in them.
    """
    places = _check_table(frames["places"], TABLES["places"], settings, None)
    towns = Gazetteer.of_case(places.frame, None)
    rest = {name: frame for name, frame in frames.items() if name != "places"}
    checked = {name: _check_table(frame, TABLES[name], settings, towns) for name, frame in rest.items()}
    return {"places": places} | checked


def _check_table(frame: pl.DataFrame, table: Table, settings: CaseSettings, towns: Gazetteer | None) -> Settled:
    lost_keys: frozenset[str] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    for lat, lon in _PAIRS:
        if lat in frame.columns:
            settled = _check_pair(frame, table, (lat, lon), settings.area, towns)
            frame, lost_keys = settled.frame, lost_keys | settled.lost_keys
            left_out += settled.left_out
    if table.name in _BOUNDED and settings.area is not None and towns is not None:
        left_out += settle(frame, [_outside(frame, table, settings.area, towns)], table).left_out
    return Settled(frame, lost_keys, left_out)


def _check_pair(
    frame: pl.DataFrame, table: Table, pair: tuple[str, str], area: Area | None, towns: Gazetteer | None
) -> Settled:
    columns = [table.column(name) for name in pair]
    shown = frame.select(pl.concat_str(pair, separator=", ")).to_series()
    bad = _bad_positions(frame, pair, area, towns)
    faults = [
        faults_where(pl.Series(is_bad), columns[0], why, expected, shown) for why, (is_bad, expected) in bad.items()
    ]
    nothing = pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    for column, other in (columns, columns[::-1]):
        is_half = frame[column.name].is_null() & frame[other.name].is_not_null()
        expected = f"{column.name} beside {other.name}: half a position is none"
        faults.append(faults_where(is_half, column, Why.MISSING_VALUE, expected, nothing, Lost.VALUE))
    settled = settle(frame, faults, table)
    is_whole = pl.all_horizontal(pl.col(pair).is_not_null())
    whole = settled.frame.with_columns(pl.when(is_whole).then(pl.col(name)).alias(name) for name in pair)
    return Settled(whole, settled.lost_keys, settled.left_out)


def _bad_positions(
    frame: pl.DataFrame, pair: tuple[str, str], area: Area | None, towns: Gazetteer | None
) -> dict[Why, tuple[Truths, str]]:
    """Which rows' positions can't be meant, and what was expected; each row stands under one reason at most."""
    lat, lon = (frame[name].to_numpy().astype(np.float64) for name in pair)
    is_known = ~np.isnan(lat) & ~np.isnan(lon)
    on_earth, other_on_earth = _on_earth(lat, lon), _on_earth(lon, lat)
    if pair == ("lat", "lon") and towns is not None and "place" in frame.columns:
        away, other_away = _beyond_town(frame, lat, lon, towns)
    else:
        away = other_away = np.full(len(frame), np.nan)
    inside, other_inside = _in_area(lat, lon, area), _in_area(lon, lat, area)
    by_town = (away > 0) & (other_away <= 0)
    by_area = ~(away <= 0) & ~(on_earth & inside) & other_inside
    is_swapped = is_known & other_on_earth & (by_town | by_area)
    is_impossible = is_known & ~on_earth & ~is_swapped
    is_far = is_known & on_earth & ~is_swapped & (away > 0)
    return {
        Why.POSITION_SWAPPED: (is_swapped, "latitude, then longitude: the other way round this would be in place"),
        Why.POSITION_OUT_OF_RANGE: (is_impossible, "a latitude from -90 to 90 and a longitude from -180 to 180"),
        Why.POSITION_FAR_FROM_PLACE: (is_far, f"a position within {FAR_M / 1000:.0f} km of the place named beside it"),
    }


def _on_earth(lat: Floats, lon: Floats) -> Truths:
    return np.asarray((np.abs(lat) <= 90) & (np.abs(lon) <= 180))


def _in_area(lat: Floats, lon: Floats, area: Area | None) -> Truths:
    """Inside west, south, east, north; without an area, everywhere."""
    if area is None:
        return np.ones(len(lat), dtype=np.bool_)
    west, south, east, north = area
    return np.asarray((south <= lat) & (lat <= north) & (west <= lon) & (lon <= east))


def _beyond_town(frame: pl.DataFrame, lat: Floats, lon: Floats, towns: Gazetteer) -> tuple[Floats, Floats]:
    """Metres by which a position, and the same one swapped, is too far from the town named beside it (0 and less: not).

    NaN where no town is named, or where the name may mean several or none that is known.
    """
    town = frame.select("place").join(
        _single_towns(frame["place"], towns), on="place", how="left", maintain_order="left"
    )
    town_lat, town_lon, town_error = (town[name].to_numpy() for name in ("town_lat", "town_lon", "town_error_m"))
    error = np.zeros(len(frame))
    if "position_error_m" in frame.columns:
        error = frame["position_error_m"].fill_null(0.0).to_numpy()
    slack = FAR_M + town_error + error
    return great_circle_m(lat, lon, town_lat, town_lon) - slack, great_circle_m(lon, lat, town_lat, town_lon) - slack


def _single_towns(places: pl.Series, towns: Gazetteer) -> pl.DataFrame:
    """The town that each distinct name means, for the names that can mean only one."""
    rows = []
    for place in places.drop_nulls().unique().sort().to_list():
        found = towns.find(place)
        if len(found) == 1:
            rows.append((place, found[0].lat, found[0].lon, found[0].error_m))
    degrees = {"town_lat": pl.Float64(), "town_lon": pl.Float64(), "town_error_m": pl.Float64()}
    return pl.DataFrame(rows, schema={"place": pl.String(), **degrees}, orient="row")


def _outside(frame: pl.DataFrame, table: Table, area: Area, towns: Gazetteer) -> pl.DataFrame:
    """Notices for positions outside the case's area; an incident has its place's, to within that place's error."""
    expected = "a place inside the case's area; it is used all the same"
    if "lat" in frame.columns:
        lat, lon = (frame[name].to_numpy().astype(np.float64) for name in ("lat", "lon"))
        is_outside = ~np.isnan(lat) & ~_in_area(lat, lon, area)
        shown = frame.select(pl.concat_str("lat", "lon", separator=", ")).to_series()
        return faults_where(pl.Series(is_outside), table.column("lat"), Why.OUTSIDE_CASE, expected, shown, Lost.NOTHING)
    is_outside = frame["place"].is_in(_outside_names(frame["place"], area, towns).implode())
    return faults_where(is_outside, table.column("place"), Why.OUTSIDE_CASE, expected, frame["place"], Lost.NOTHING)


def _outside_names(places: pl.Series, area: Area, towns: Gazetteer) -> pl.Series:
    single = _single_towns(places, towns)
    lat, lon, error_m = (single[name].to_numpy() for name in ("town_lat", "town_lon", "town_error_m"))
    west, south, east, north = area
    edge_lat, edge_lon = np.clip(lat, south, north), np.clip(lon, west, east)
    return single["place"].filter(pl.Series(great_circle_m(lat, lon, edge_lat, edge_lon) > error_m))
