"""tables/*.parquet and *.csv: the findings for notebooks and spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from consilience.publish.csv_cells import neutralise_texts
from consilience.publish.writing import write_output

_FIELDS = ("time", "place", "mode", "party")


def write_tables(findings: Mapping[str, Any], folder: Path) -> tuple[Path, ...]:
    """Write incidents, matrix (evidence × incident), tracks and counts, each as Parquet and as CSV; give their paths.

    Times are ISO 8601 UTC text, probabilities in [0, 1], weights in bans; unknown is null, an empty cell in CSV.
    In CSV a text that a spreadsheet would run as a formula has an apostrophe before it; Parquet keeps it as it is.
    """
    paths = []
    for name, frame in tables_of(findings).items():
        parquet = io.BytesIO()
        frame.write_parquet(parquet)
        paths.append(write_output(folder / f"{name}.parquet", parquet.getvalue()))
        paths.append(write_output(folder / f"{name}.csv", neutralise_texts(frame).write_csv().encode()))
    return tuple(paths)


def tables_of(findings: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """The frames that `write_tables` writes: incidents, matrix, tracks, counts."""
    return {
        "incidents": _incidents(findings),
        "matrix": _matrix(findings),
        "tracks": _tracks(findings),
        "counts": _counts(findings.get("totals") or {}),
    }


def _incidents(findings: Mapping[str, Any]) -> pl.DataFrame:
    incidents = findings["incidents"]
    modes, parties = _names(incidents, "mode"), _names(incidents, "party")
    texts = ("incident_id", "title", "facility_id", "time_median", "time_low", "time_high", "attribution", "confidence")
    schema: dict[str, pl.DataType] = {name: pl.String() for name in texts}
    harm, chance = ("killed_min", "killed_max", "injured_min", "injured_max"), ("matches", "shifts")
    counts = (*harm, *(f"placebo_{name}" for name in chance))
    schema |= {name: pl.Int64() for name in counts}
    numbers = [
        "attack_probability",
        "cluster",
        "together",
        *(f"mode_{m}" for m in modes),
        *(f"party_{p}" for p in parties),
    ]
    schema |= {name: pl.Float64() for name in numbers}
    rows = []
    for one in incidents:
        time, casualties = one.get("time") or {}, one.get("casualties") or {}
        killed, injured = casualties.get("killed") or (None, None), casualties.get("injured") or (None, None)
        rows.append({
            "incident_id": one["incident_id"], "title": one.get("title"), "facility_id": one.get("facility_id"),
            "time_median": time.get("median"), "time_low": time.get("low"), "time_high": time.get("high"),
            "attribution": (one.get("attribution") or {}).get("wording"),
            "confidence": (one.get("confidence") or {}).get("grade"),
            **dict(zip(harm, (*killed, *injured), strict=True)),
            **{f"placebo_{name}": (one.get("placebo") or {}).get(name) for name in chance},
            "attack_probability": one.get("attack_probability"), "cluster": one.get("cluster"),
            "together": one.get("together"),
            **{f"mode_{m}": (one.get("mode") or {}).get(m) for m in modes},
            **{f"party_{p}": (one.get("party") or {}).get(p) for p in parties},
        })  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _matrix(findings: Mapping[str, Any]) -> pl.DataFrame:
    schema: dict[str, pl.DataType] = {
        name: pl.String() for name in ("incident_id", "evidence_id", "kind", "group", "verdict")
    }
    for field in _FIELDS:
        schema |= {
            f"{field}_verdict": pl.String(), f"{field}_weight_log10": pl.Float64(), f"{field}_conflict_p": pl.Float64()
        }  # fmt: skip
    rows = []
    for one in findings["incidents"]:
        for piece in one.get("evidence") or ():
            row = {"incident_id": one["incident_id"], **{name: piece.get(name) for name in list(schema)[1:5]}}
            for field in _FIELDS:
                cell = (piece.get("cells") or {}).get(field) or {}
                row |= {f"{field}_{part}": cell.get(part) for part in ("verdict", "weight_log10", "conflict_p")}
            rows.append(row)
    return pl.DataFrame(rows, schema=schema)


def _tracks(findings: Mapping[str, Any]) -> pl.DataFrame:
    schema = {
        "incident_id": pl.String(),
        "track_id": pl.String(),
        "responsibility": pl.Float64(),
        "sightings": pl.String(),
    }
    rows = [
        (one["incident_id"], track["track_id"], track["responsibility"], ";".join(track["sightings"]))
        for one in findings["incidents"]
        for track in one.get("tracks") or ()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _counts(totals: Mapping[str, Any]) -> pl.DataFrame:
    rows = [row for name in sorted(totals) for row in _count_rows(name, (), totals[name])]
    schema = {"total": pl.String(), "of": pl.String(), "count": pl.Int64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _count_rows(total: str, of: tuple[str, ...], value: Any) -> Iterable[tuple[str, str, int | None]]:
    """Totals may nest (mode, then attribution) and end in a number or a [least, most] pair."""
    if isinstance(value, Mapping):
        for name in value:
            yield from _count_rows(total, (*of, name), value[name])
    elif isinstance(value, list | tuple):
        for name, bound in zip(("least", "most"), value, strict=True):
            yield total, " / ".join((*of, name)), bound
    else:
        yield total, " / ".join(of), value


def _names(incidents: Iterable[Mapping[str, Any]], block: str) -> list[str]:
    return sorted({name for one in incidents for name in one.get(block) or ()})
