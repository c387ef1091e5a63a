"""Every place, aircraft and munition word of the two real cases, as their CSV files have them."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from consilience.records.reference_data import OrderOfBattle
from consilience.records.tables import TABLES
from consilience.reference.gazetteer import Gazetteer

CASES = Path(__file__).parents[2] / "cases"
IDLIB, NORTH_WEST = CASES / "idlib-april-2017", CASES / "nw-syria-2019-2020"


def words(case: Path, **columns: tuple[str, ...]) -> list[str]:
    """The distinct non-empty cells of the named columns of the named tables of a case, sorted."""
    return sorted(
        {
            row[column]
            for table, names in columns.items()
            for row in rows(case, table)
            for column in names
            if row.get(column)
        }
    )


def rows(case: Path, table: str) -> list[dict[str, str]]:
    """A table's rows as text; none where the case has no such table."""
    file = case / f"{table}.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def gazetteer(case: Path | None, orbat: OrderOfBattle | None) -> Gazetteer:
    """The gazetteer of a real case, or of one without places of its own."""
    return Gazetteer.of_case(places([] if case is None else rows(case, "places")), orbat)


def places(cells: list[dict[str, str]]) -> pl.DataFrame:
    """A canonical `places` frame from cells as written."""
    schema = TABLES["places"].canonical()
    return pl.DataFrame(
        [
            {
                "place": row["place"],
                "lat": float(row["lat"]),
                "lon": float(row["lon"]),
                "position_error_m": float(row["position_error_m"]) if row.get("position_error_m") else None,
                "names": [name for name in row.get("names", "").split(";") if name],
            }
            for row in cells
        ],
        schema=schema,
    )
