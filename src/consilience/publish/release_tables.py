"""The tables and the map of a publication: findings through the profile's allow-list, and sources in groups."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from consilience.publish.csv_cells import neutralise_texts
from consilience.publish.profiles import Profile
from consilience.publish.redaction import coarse_position, k_anonymous
from consilience.publish.resolution import told
from consilience.publish.rounding import LEVELS, levels_of
from consilience.publish.tables import tables_of
from consilience.publish.withheld_figures import NOT_SAID

_FOR_EVERYBODY = ("incidents", "counts")
_FOR_THOSE_WHO_SEE_LOGS = ("matrix", "tracks")


def admitted_findings(findings: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The findings with only the blocks of each incident that the profile lists; totals as they are."""
    allowed = {*profile.findings, "incident_id"}
    incidents = [{key: value for key, value in one.items() if key in allowed} for one in findings["incidents"]]
    said = {name: total for name, total in findings["totals"].items() if name != NOT_SAID}
    totals = said if profile.shows_posterior else {}
    return {"incidents": incidents, "totals": totals}


def release_tables(findings: Mapping[str, Any], profile: Profile) -> dict[str, bytes]:
    """CSV and Parquet by path: incidents and counts; evidence and tracks where the profile shows entries of logs.

    A column of which nothing may be said is not there. No value is finer than `resolution` says, and no text is one
    that a spreadsheet would run. PublishError for a column whose resolution nobody has written down.
    """
    names = (*_FOR_EVERYBODY, *(_FOR_THOSE_WHO_SEE_LOGS if profile.shows_log_entries else ()))
    frames = tables_of(admitted_findings(findings, profile))
    levels = tuple(sorted({level for one in findings["incidents"] for level in levels_of(one)}))
    files: dict[str, bytes] = {}
    for name in names:
        frame = frames[name] if name != "matrix" else _groups_counted(frames[name])
        kept = [column for column in frame.columns if frame.is_empty() or frame[column].null_count() < frame.height]
        files |= as_files(name, frame.select(kept), levels)
    return files


def _groups_counted(matrix: pl.DataFrame) -> pl.DataFrame:
    """Dependence groups as 1, 2 … within each incident: by itself a group is called after a source of it."""
    number = pl.col("group").rank("dense").over("incident_id").cast(pl.String)
    return matrix.with_columns(pl.when(pl.col("group").is_not_null()).then(number).alias("group"))


def as_files(table: str, frame: pl.DataFrame, levels: Sequence[float] = LEVELS) -> dict[str, bytes]:
    """One table as CSV and as Parquet below tables/; in both, values are coarse and formulas are only text."""
    path, plain = f"tables/{table}", neutralise_texts(told(table, frame, levels)).rechunk()
    stream = io.BytesIO()
    plain.write_parquet(stream)
    return {f"{path}.csv": plain.write_csv().encode(), f"{path}.parquet": stream.getvalue()}


def release_map(
    findings: Mapping[str, Any], places: Mapping[str, Iterable[tuple[float, float]]], profile: Profile
) -> bytes:
    """Incidents as GeoJSON (RFC 7946) at the profile's decimals; one without a place has no geometry.

    No tracks, posts or instruments: each would say from where somebody looked.
    """
    features = []
    for block in admitted_findings(findings, profile)["incidents"]:
        spots = sorted({coarse_position(lat, lon, profile) for lat, lon in places.get(block["incident_id"], ())})
        points = [[lon, lat] for lat, lon in spots]
        geometry = (
            None if not points
            else {"type": "Point", "coordinates": points[0]} if len(points) == 1
            else {"type": "MultiPoint", "coordinates": points}
        )  # fmt: skip
        said = {
            "incident_id": block["incident_id"],
            "title": block.get("title"),
            "attribution": (block.get("attribution") or {}).get("wording"),
            "decimals": profile.coordinate_decimals,
        }
        features.append({"type": "Feature", "geometry": geometry, "properties": said})
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode() + b"\n"


def groups_table(groups: Iterable[tuple[str, ...]], names: tuple[str, ...], profile: Profile) -> pl.DataFrame:
    """How many share each combination, in groups of the profile's least size; columns as named, and `count`."""
    counted = k_anonymous(groups, profile.least_role)
    rows = [(*group, count) for group, count in counted.items()]
    schema: dict[str, pl.DataType] = {name: pl.String() for name in names} | {"count": pl.Int64()}
    return pl.DataFrame(rows, schema=schema, orient="row")
