"""What a sighting's words say of the aircraft, read through the order of battle: its types, whose, from which base."""

from __future__ import annotations

import numpy as np
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

    `base` is the nearest base of the order of battle, where it lies within AT_BASE_M of the one site, and the place as
    written or its site bears that base's name or a word for air base, or no place was written. A town or camp beside a
    runway is no base; a row that may stand in several places is at none.
    """
    marked = sightings.join(_words(sightings, orbat, parties), on="platform", how="left", maintain_order="left")
    one_site = pl.when(pl.col("sites").list.len() == 1).then(pl.col("sites").list.first()).struct
    marked = marked.with_columns(
        pl.coalesce("means", pl.lit([], MARK_COLUMNS["means"])),
        one_site.field("name").alias("_site"),
        _nearest_base(marked.select(one_site.field("lat", "lon")), orbat).alias("_near"),
    )
    keys = ["place", "_site", "_near"]
    named = _named_bases(marked.select(keys).unique().filter(pl.col("_near").is_not_null()), orbat)
    marked = marked.join(named, on=keys, how="left", nulls_equal=True, maintain_order="left")
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
        schema={"platform": pl.String, "means": MARK_COLUMNS["means"], "asserts": pl.String},
    )


def _nearest_base(positions: pl.DataFrame, orbat: OrderOfBattle) -> pl.Series:
    """The name of the nearest base within AT_BASE_M of each position (columns lat, lon; null: none)."""
    lat, lon = (positions[name].cast(pl.Float64).to_numpy().astype(np.float64) for name in ("lat", "lon"))
    names = sorted(orbat.bases)
    nearest = np.full(len(lat), -1)
    distance = np.full(len(lat), np.inf)
    for index, name in enumerate(names):
        to_base = great_circle_m(lat, lon, orbat.bases[name].lat, orbat.bases[name].lon)
        closer = (to_base <= AT_BASE_M) & (to_base < distance)
        nearest[closer], distance[closer] = index, to_base[closer]
    indices = pl.Series(nearest, dtype=pl.Int64)
    return indices.replace_strict(dict(enumerate(names)), default=None, return_dtype=pl.String)


def _named_bases(distinct: pl.DataFrame, orbat: OrderOfBattle) -> pl.DataFrame:
    """`place`, `_site` and `_near` with `base`: the near base, if the words allow that it is meant."""
    bases = [
        near if place is None or _says_base((place, site), orbat.bases[near]) else None
        for place, site, near in distinct.iter_rows()
    ]
    return distinct.with_columns(pl.Series("base", bases, dtype=pl.String))


def _says_base(written: tuple[str, ...], base: Base) -> bool:
    spellings = {same_name_key(name) for name in (base.name, *base.names)}
    return any(base_name_key(name) is not None or same_name_key(name) in spellings for name in written)
