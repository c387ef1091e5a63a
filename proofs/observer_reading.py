"""What an attacker reads in a publication: of each incident where it was, numbers that may come of a log, and drawings.

Nothing here opens a case or a truth. What a file does not say is NaN.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

KM_PER_DEGREE = 111.2

_FLIGHT = re.compile(r"^\| T-\S+ \|.*$", re.MULTILINE)
_CALL = re.compile(r"^\| R\d+ \|.*$", re.MULTILINE)
_WEIGHT = re.compile(r"[+−]\d+\.\d+")
_COLUMNS = {"time": 4, "place": 5, "party": 7}
"""Cells of a row of the evidence grid, counted from the first bar."""
_RATIO = re.compile(r"^\| (\S+) \|[^|\n]*\|[^|\n]*\| \\?([+−]\d+\.\d+) \|[^|\n]*\|$", re.MULTILINE)
"""A row of a court's table of propositions: the incident, two propositions, and log10 of their likelihood ratio."""
_COVERED, _GAP = "a whole log covers the place", "is a selection or has a gap"
_COUNTS = {
    "pieces": r"(\d+) pieces? of evidence", "groups": r"(\d+) independent groups?",
    "witnesses": r"accounts of (\d+) independent", "against": r"(\d+) pieces? in contradiction",
    "tension": r"(\d+) pieces? in tension",
}  # fmt: skip
"""Of the sentence on confidence; what is not said there is none, except the first two, which it always says."""
_TRACE = re.compile(r"(?<!no )(?:imagery|a munition remnant|munition remnant)(?! with nothing)")

_MAP = re.compile(r'<svg[^>]*aria-label="Map of the place of incident (\S+)"[^>]*>(.*?)</svg>', re.DOTALL)
_STRIP = re.compile(r'<svg[^>]*aria-label="Clock of incident (\S+):[^"]*"[^>]*>(.*?)</svg>', re.DOTALL)
_RING = re.compile(r'<circle cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)" class="ring"')
_SPOT = re.compile(r'<circle cx="([-\d.]+)" cy="([-\d.]+)" r="[\d.]+" class="spot')
_PATH = re.compile(r'<path d="(M[^"]*)" class="flight')
_CORNER = re.compile(r"([-\d.]+),([-\d.]+)")
_BAND = re.compile(r'<rect x="[-\d.]+" y="[-\d.]+" width="([\d.]+)" height="[\d.]+" class="band (?:core|half) k-track"')
_RING_KM = 5.0
"""The first ring of a map of one place."""

SAID = (
    "flights", "calls", "best time", "sum time", "best place", "sum place", "best party", "sum party", *_COUNTS,
    "trace", "covered", "narrow", "attack", "party", "mode", "graded", "best ratio", "sum ratio", "tracks", "carried",
    "rows", "rows carried", "bands", "band",
)  # fmt: skip
"""What is read of each incident."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a publication says of one incident: where, and numbers that may come of the log; NaN where it is silent.

    `seen` are positions (lat, lon) at which a flight of it is drawn.
    """

    lat: float
    lon: float
    says: Mapping[str, float]
    seen: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Town:
    """A place of the map on which a post may stand, WGS 84."""

    name: str
    lat: float
    lon: float


def read_publication(folder: Path) -> dict[str, Told]:
    """By its id every incident that has one place, from the report in Markdown and HTML, tables and map."""
    text = next(folder.glob("report*.md")).read_text("utf-8")
    drawn = next(folder.glob("report*.html")).read_text("utf-8")
    blocks = {part.split(" ", 1)[0]: part for part in re.split(r"^### (?=\S+ · )", text, flags=re.MULTILINE)[1:]}
    ratios: dict[str, list[float]] = {}
    for incident, ratio in _RATIO.findall(text):
        ratios.setdefault(incident, []).append(abs(float(ratio.replace("−", "-"))))
    maps, strips = dict(_MAP.findall(drawn)), dict(_STRIP.findall(drawn))
    rows = {row["incident_id"]: row for row in _rows(folder / "tables" / "incidents.csv")}
    tracks: dict[str, list[dict[str, str]]] = {}
    for row in _rows(folder / "tables" / "tracks.csv"):
        tracks.setdefault(row["incident_id"], []).append(row)
    found = {}
    for feature in json.loads((folder / "map.geojson").read_text("utf-8"))["features"]:
        if (feature["geometry"] or {}).get("type") == "Point":
            lon, lat = feature["geometry"]["coordinates"]
            incident = feature["properties"]["incident_id"]
            says = _of_sheet(blocks[incident]) | _of_table(rows[incident]) | _of_strip(strips.get(incident, ""))
            says |= _of_tracks(tracks.get(incident, [])) | _of_ratios(ratios.get(incident, []))
            found[incident] = Told(lat, lon, says, tuple(_positions(maps.get(incident, ""), lat, lon)))
    return found


def _of_sheet(block: str) -> dict[str, float]:
    """The evidence grid, and the reasons for the grade of confidence."""
    flights = _FLIGHT.findall(block)
    said: dict[str, float] = {"flights": len(flights), "calls": len(_CALL.findall(block))}
    for name, column in _COLUMNS.items():
        cells = [_WEIGHT.search(row.split("|")[column]) for row in flights]
        weights = [float(cell[0].replace("−", "-")) for cell in cells if cell is not None]
        said |= {f"best {name}": max(weights, default=-1.0), f"sum {name}": sum(weights)}
    sentence = next(
        (line for line in block.splitlines() if "pieces of evidence with" in line or "1 piece of" in line), ""
    )
    for name, pattern in _COUNTS.items():
        counted = re.search(pattern, sentence)
        said[name] = float(counted[1]) if counted else 0.0
    said["trace"] = float(bool(_TRACE.search(sentence)))
    said["covered"] = 1.0 if _COVERED in block else 0.0 if _GAP in block else math.nan
    return said


def _of_table(row: Mapping[str, str]) -> dict[str, float]:
    """How sharp the finding is: a log makes it sharper. An edition for a court gives no more than the grade."""
    said = dict.fromkeys(("narrow", "attack", "party", "mode"), math.nan)
    if row.get("time_low"):
        low, high = (datetime.fromisoformat(row[name]) for name in ("time_low", "time_high"))
        attack = min(float(row["attack_probability"]), 1.0 - 1e-6)
        said = {
            "narrow": -math.log(max((high - low).total_seconds() / 60.0, 1.0)),
            "attack": math.log(attack / (1.0 - attack)),
            "party": max(float(cell) for name, cell in row.items() if name.startswith("party_")),
            "mode": max(float(cell) for name, cell in row.items() if name.startswith("mode_")),
        }
    return said | {"graded": float(("low", "moderate", "high").index(row["confidence"]))}


def _of_ratios(ratios: Sequence[float]) -> dict[str, float]:
    """How strongly the evidence speaks between propositions, which a court reads in place of probabilities."""
    return {"best ratio": max(ratios, default=math.nan), "sum ratio": sum(ratios) if ratios else math.nan}


def _of_tracks(rows: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """The table of flights that partners have: how many, what all carry, and how many rows of the log each has."""
    flights = [
        (float(row["responsibility"]), len(row["sightings"].split(";")) if row.get("sightings") else 0) for row in rows
    ]
    return {
        "tracks": float(len(flights)),
        "carried": sum(carried for carried, _ in flights),
        "rows": float(sum(count for _, count in flights)),
        "rows carried": sum(carried * count for carried, count in flights),
    }


def _of_strip(strip: str) -> dict[str, float]:
    """Flights on the clock of the incident: how many, and how long they are."""
    widths = [float(width) for width in _BAND.findall(strip)]
    return {"bands": float(len(widths)), "band": sum(widths) / len(widths) if widths else 0.0}


def _positions(drawing: str, lat: float, lon: float) -> Iterator[tuple[float, float]]:
    """Where flights are drawn: spots, and corners of their ways. The rings tell place and scale."""
    ring = _RING.search(drawing)
    if ring is None:
        return
    x, y, radius = map(float, ring.groups())
    north = _RING_KM / radius / KM_PER_DEGREE
    east = north / math.cos(math.radians(lat))
    spots = [(float(at[0]), float(at[1])) for at in _SPOT.findall(drawing)]
    corners = {(float(at[0]), float(at[1])) for way in _PATH.findall(drawing) for at in _CORNER.findall(way)}
    for at_x, at_y in (*spots, *sorted(corners - set(spots))):
        yield lat - (at_y - y) * north, lon + (at_x - x) * east


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
