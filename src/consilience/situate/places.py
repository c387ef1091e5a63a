"""Where: each row's possible places with their radii: its own position, its facility's, else what its place means."""

from __future__ import annotations

from pathlib import PurePosixPath

import polars as pl

from consilience.quantities import Metres
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.reference_data import GazetteerEntry
from consilience.records.situated import SITE, SITE_COLUMNS
from consilience.records.tables import TABLES
from consilience.reference.gazetteer import BASE_SOURCE, Gazetteer

POSITION_ERROR_M: Metres = 1_000.0
"""Radius of a position without a stated error: a locality, ±1 km (docs/glossary.md, geolocation)."""

_SITES = SITE_COLUMNS["sites"]
_NO_SITES = pl.lit([], _SITES)


def add_sites(
    frame: pl.DataFrame, table: str, facilities: pl.DataFrame | None, gazetteer: Gazetteer
) -> tuple[pl.DataFrame, tuple[LeftOut, ...]]:
    """The frame with the SITE_COLUMNS of `records.situated`, and a notice for each place name that is no one place.

    A row stands at its own position; else at its facility's sites (`facilities` is the situated table of them, None
    for that table itself); else at every place that its `place` may mean; a takeoff without a place at its `origin`.
    Nothing is narrowed to the first. A name is looked up once; the notices have one entry for each name and file, and
    only for rows that had nothing better than the name.
    """
    placed = _with_facility_sites(_with_name(frame), facilities)
    meant = _meanings(placed.filter(~_has_position(frame) & ~_has_facility()), gazetteer)
    placed = placed.join(meant, on="_name", how="left", maintain_order="left")
    basis = (
        pl.when(_has_position(frame)).then(pl.lit("position"))
        .when(_has_facility()).then(pl.lit("facility"))
        .when(pl.col("_by_name").list.len() > 0).then("_name_basis")
    )  # fmt: skip
    sites = (
        pl.when(_has_position(frame)).then(pl.concat_list(_own_site(frame)))
        .when(_has_facility()).then("_of_facility")
        .otherwise(pl.coalesce("_by_name", _NO_SITES))
    )  # fmt: skip
    situated = placed.with_columns(sites.cast(_SITES).alias("sites"), basis.alias("site_basis"))
    return situated.select(*frame.columns, *SITE_COLUMNS), _notices(situated, table, gazetteer)


def _with_name(frame: pl.DataFrame) -> pl.DataFrame:
    """`_name`: the place as written; for a takeoff without one, the origin."""
    name = pl.col("place") if "place" in frame.columns else pl.lit(None, pl.String)
    if "origin" in frame.columns:
        left = pl.when(pl.col("activity") == "takeoff").then("origin")
        name = pl.coalesce(name, left)
    return frame.with_columns(name.alias("_name"))


def _with_facility_sites(frame: pl.DataFrame, facilities: pl.DataFrame | None) -> pl.DataFrame:
    if facilities is None or "facility_id" not in frame.columns:
        return frame.with_columns(_NO_SITES.alias("_of_facility"))
    of_facility = facilities.select("facility_id", pl.col("sites").alias("_of_facility"))
    return frame.join(of_facility, on="facility_id", how="left", maintain_order="left")


def _has_position(frame: pl.DataFrame) -> pl.Expr:
    if "lat" not in frame.columns:
        return pl.lit(False)
    return pl.col("lat").is_not_null() & pl.col("lon").is_not_null()


def _has_facility() -> pl.Expr:
    return pl.col("_of_facility").list.len().fill_null(0) > 0


def _own_site(frame: pl.DataFrame) -> pl.Expr:
    if "lat" not in frame.columns:
        return pl.lit(None, SITE)
    error = pl.col("position_error_m") if "position_error_m" in frame.columns else pl.lit(None, pl.Float64)
    named = [pl.col(name) for name in ("name", "place", "facility_id") if name in frame.columns]
    position = pl.format("{}, {}", pl.col("lat").round(4), pl.col("lon").round(4))
    return pl.struct(
        pl.coalesce(*named, position).alias("name"), "lat", "lon", error.fill_null(POSITION_ERROR_M).alias("error_m")
    )


def _meanings(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """`_name`, `_by_name` (its sites) and `_name_basis` for each distinct name."""
    names = rows["_name"].drop_nulls().unique().sort().to_list()
    found = {name: gazetteer.find(name) for name in names}
    return pl.DataFrame(
        {
            "_name": names,
            "_by_name": [[_site(entry) for entry in found[name]] for name in names],
            "_name_basis": [_basis_of(found[name]) for name in names],
        },
        schema={"_name": pl.String, "_by_name": _SITES, "_name_basis": pl.String},
    )


def _site(entry: GazetteerEntry) -> dict[str, object]:
    return {"name": entry.name, "lat": entry.lat, "lon": entry.lon, "error_m": entry.error_m}


def _basis_of(entries: tuple[GazetteerEntry, ...]) -> str:
    return "base" if entries and all(entry.source == BASE_SOURCE for entry in entries) else "place"


def _notices(situated: pl.DataFrame, table: str, gazetteer: Gazetteer) -> tuple[LeftOut, ...]:
    """One notice for each file and name that means no place or several, at its first row."""
    by_name = pl.col("site_basis").is_in(["place", "base"]) | pl.col("site_basis").is_null()
    doubtful = situated.filter(pl.col("_name").is_not_null() & by_name & (pl.col("sites").list.len() != 1))
    firsts = (
        doubtful.sort("_file", "_row", nulls_last=True)
        .group_by("_file", "_name", maintain_order=True)
        .agg(pl.all().first(), pl.len().alias("_rows"))
    )
    return tuple(sorted(_notice(row, table, gazetteer) for row in firsts.iter_rows(named=True)))


def _notice(row: dict[str, object], table: str, gazetteer: Gazetteer) -> LeftOut:
    name = str(row["_name"])
    candidates = gazetteer.find(name)
    more = int(str(row["_rows"])) - 1
    key = TABLES[table].key
    return LeftOut(
        file=PurePosixPath(str(row["_file"])),
        row=int(str(row["_row"])),
        column="place" if row.get("place") is not None else "origin",
        table=table,
        record_id=None if key is None else str(row[key]),
        why=Why.AMBIGUOUS_PLACE if candidates else Why.UNKNOWN_PLACE,
        lost=Lost.NOTHING,
        value=name,
        expected=_expected(name, candidates, gazetteer) + (f" ({more} more rows name it)" if more else ""),
    )


def _expected(name: str, candidates: tuple[GazetteerEntry, ...], gazetteer: Gazetteer) -> str:
    if candidates:
        listed = "; ".join(f"{entry.name} at {entry.lat:.3f}, {entry.lon:.3f}" for entry in candidates)
        return f"one place, and the name may mean: {listed}. All are used; add the one meant to the table places"
    alike = gazetteer.suggest(name)
    hint = f"; nothing is taken for it, spelled like it: {', '.join(alike)}" if alike else ""
    return (
        f"a place of the gazetteer, the order of battle or the table places: without one its row has no position{hint}"
    )
