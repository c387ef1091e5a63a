"""What PLACE adds to canonical rows: when with error bars, where with error bars, and which flight.

A *situated* frame is a canonical frame (`records.columns.Table.canonical`) with these columns more:

==============  =======================================================================================================
`t_lo`          minutes since the epoch; start of the stated time (equal to `t_hi` for one clock time)
`t_hi`          minutes since the epoch; end of the stated time
`t_sigma`       minutes; one standard deviation of the stated precision around [t_lo, t_hi]
`t_precision`   minute, about, hour, part_of_day or day, defaults applied; null where no time is known at all
`sites`         list of {name, lat, lon, error_m}: every place that the row can mean; empty where none is known.
                One entry: known. Several: ambiguous, never narrowed to the first.
`site_basis`    position, facility, place, base, or null
==============  =======================================================================================================
"""

from __future__ import annotations

import polars as pl

SITE = pl.Struct({"name": pl.String(), "lat": pl.Float64(), "lon": pl.Float64(), "error_m": pl.Float64()})

TIME_COLUMNS: dict[str, pl.DataType] = {
    "t_lo": pl.Float64(),
    "t_hi": pl.Float64(),
    "t_sigma": pl.Float64(),
    "t_precision": pl.String(),
}
SITE_COLUMNS: dict[str, pl.DataType] = {"sites": pl.List(SITE), "site_basis": pl.String()}

FINE_PRECISIONS = ("minute", "about", "hour")
"""Only these may enter a track (case-format.md, Times)."""

COVERAGE_WINDOWS: dict[str, pl.DataType] = {
    "kind": pl.String(),  # the table that is whole: sightings or transmissions
    "start": pl.Float64(),  # minutes since the epoch
    "end": pl.Float64(),
    "west": pl.Float64(),  # WGS 84 degrees; all four null: everywhere
    "south": pl.Float64(),
    "east": pl.Float64(),
    "north": pl.Float64(),
    "source_id": pl.String(),  # null: every source of that kind
}
"""The coverage table with its areas resolved: one row for each window in which a log is whole."""

MARK_COLUMNS: dict[str, pl.DataType] = {
    "means": pl.List(pl.String()),  # platforms that the spotter's word may mean; empty: any platform
    "asserts": pl.String(),  # party that the spotter's word asserts ("Russian jet"), null if none
    "base": pl.String(),  # the air base of the order of battle at which the sighting stands, null if none
}
"""What a sighting's words say of the aircraft, read through the order of battle (`reference.words`)."""

TRACK_LEGS: dict[str, pl.DataType] = {
    "track_id": pl.String(),
    "leg": pl.Int64(),  # 0, 1, 2 … in order of time
    "sighting_id": pl.String(),
}
"""Sightings grouped to flights: one row for each sighting that entered a track; a track may have one leg alone.

`track_id` is `T-` and the sighting_id of its first leg, so it depends on the log alone and not on its order.
"""

OBSERVER_CLOCKS: dict[str, pl.DataType] = {
    "source_id": pl.String(),
    "offset_min": pl.Float64(),  # its times come so many minutes after those of the other observers (negative: before)
    "low": pl.Float64(),  # 95 % interval of the offset
    "high": pl.Float64(),
    "flights": pl.Int64(),  # flights seen by it and by others, from which the offset is read
    "rounds_to_min": pl.Int64(),  # 1, or the minutes to which it rounds its times
}
"""How the times of each observer stand to those of the others, one row for each that saw flights which others saw too.

A clock that runs ahead and a habit of writing late shift times alike, so that the offset holds both. RESTRICTED: habits
of this kind may lead to the observer. It is never in findings.json, tables, the report or the map.
"""
