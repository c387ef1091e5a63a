"""What a sighting's words say of the aircraft, read through the order of battle: its types, whose, from which base."""

from __future__ import annotations

import polars as pl

from consilience.quantities import Metres, great_circle_m
from consilience.records.reference_data import Base, OrderOfBattle
from consilience.records.situated import MARK_COLUMNS
from consilience.reference.names import base_name_key, same_name_key
from consilience.reference.words import read_platform

AT_BASE_M: Metres = 3_000.0
"""How near a site must lie to a base to be at it: our choice, since runways are 3 km long and the nearest town that
shares a base's name (Hama) has its centre 4.5 km away."""


def add_marks(sightings: pl.DataFrame, orbat: OrderOfBattle, parties: tuple[str, ...]) -> pl.DataFrame:
    """The situated sightings with the MARK_COLUMNS of `records.situated`; each distinct word is read once.

    `base` is the order of battle's base whose position is within AT_BASE_M of the one site, where the place as written
    or its site bears that base's name or a word for air base, or where the row has a position and no place. A town or
    camp beside a runway is no base; a row that may stand in several places is at none.
    """
    marked = sightings.join(_words(sightings, orbat, parties), on="platform", how="left", maintain_order="left")
    marked = marked.with_columns(pl.coalesce("means", pl.lit([], pl.List(pl.String))))
    marked = marked.with_columns(
        pl.when(pl.col("sites").list.len() == 1).then(pl.col("sites").list.first()).alias("_site")
    ).with_columns(pl.struct(pl.col("place").alias("place"), pl.col("_site").alias("site")).alias("_at"))
    bases = _bases_at(marked, orbat)
    marked = marked.join(bases, on=["place", "_site"], how="left", nulls_equal=True, maintain_order="left")
    return marked.select(*sightings.columns, *(pl.col(name).cast(kind) for name, kind in MARK_COLUMNS.items()))


def _words(sightings: pl.DataFrame, orbat: OrderOfBattle, parties: tuple[str, ...]) -> pl.DataFrame:
    words = sightings["platform"].drop_nulls().unique().sort().to_list()
    read = [read_platform(word, orbat, parties) for word in words]
    return pl.DataFrame(
        {
            "platform": words,
            "means": [list(word.platforms) for word in read],
            "asserts": [word.asserts for word in read],
        },
        schema={"platform": pl.String, "means": pl.List(pl.String), "asserts": pl.String},
    )


def _bases_at(marked: pl.DataFrame, orbat: OrderOfBattle) -> pl.DataFrame:
    distinct = marked.select("place", "_site").filter(pl.col("_site").is_not_null()).unique()
    bases = [_base_at(row["place"], row["_site"], orbat) for row in distinct.iter_rows(named=True)]
    return distinct.with_columns(pl.Series("base", bases, dtype=pl.String))


def _base_at(place: str | None, site: dict[str, object], orbat: OrderOfBattle) -> str | None:
    lat, lon = float(str(site["lat"])), float(str(site["lon"]))
    near = sorted(
        (float(great_circle_m(lat, lon, base.lat, base.lon)), base.name, base) for base in orbat.bases.values()
    )[:1]
    for distance, name, base in near:
        if distance <= AT_BASE_M and (place is None or _names_base((place, str(site["name"])), base)):
            return name
    return None


def _names_base(written: tuple[str, ...], base: Base) -> bool:
    spellings = {same_name_key(name) for name in (base.name, *base.names)}
    return any(base_name_key(name) is not None or same_name_key(name) in spellings for name in written)
