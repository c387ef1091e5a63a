"""The attacker of `observers`: he reads a publication and public maps, and scores each town as the site of a post.

Nothing here opens a case or a truth. Each attacker looks at something else in the publication, and knows how much it
tells of posts from wars that he made himself, for the program that makes them is public.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCALES_KM = (6.0, 12.0, 25.0)
"""How fast what an incident says falls off with distance; the attacker tries each."""
SIDE_KM = 18.0
"""Half the side of the box that a post's coverage declares, as worlds make it: the attacker knows the program."""
RIDGE = 30.0
KM_PER_DEGREE = 111.2

_FLIGHT = re.compile(r"^\| T-\S+ \|.*$", re.MULTILINE)
_CALL = re.compile(r"^\| R\d+ \|.*$", re.MULTILINE)
_WEIGHT = re.compile(r"[+−]\d+\.\d+")
_COLUMNS = {"time": 4, "place": 5, "party": 7}
"""Cells of a row of the evidence grid, counted from the first bar."""
_COVERED, _GAP = "a whole log covers the place", "is a selection or has a gap"

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What a publication says of one incident: where, and numbers that may come of the log; NaN where it is silent."""

    lat: float
    lon: float
    says: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Town:
    """A place of the map on which a post may stand, WGS 84."""

    name: str
    lat: float
    lon: float


SAID = (
    "flights", "calls", "best time", "sum time", "best place", "sum place", "best party", "sum party", "pieces",
    "groups", "covered", "narrow", "attack", "party", "mode", "graded",
)  # fmt: skip
"""What is read of each incident."""


def read_publication(folder: Path) -> tuple[Told, ...]:
    """Every incident that has a place, from the report in Markdown, the table of incidents and the map."""
    text = next(folder.rglob("report*.md")).read_text("utf-8")
    blocks = {part.split(" ", 1)[0]: part for part in re.split(r"^### (?=\S+ · )", text, flags=re.MULTILINE)[1:]}
    with (folder / "tables" / "incidents.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["incident_id"]: row for row in csv.DictReader(stream)}
    found = []
    for feature in json.loads((folder / "map.geojson").read_text("utf-8"))["features"]:
        if feature["geometry"] is not None:
            lon, lat = feature["geometry"]["coordinates"]
            incident = feature["properties"]["incident_id"]
            found.append(Told(lat, lon, {**_of_sheet(blocks[incident]), **_of_table(rows[incident])}))
    return tuple(found)


def _of_sheet(block: str) -> dict[str, float]:
    """The evidence grid, and the reasons for the grade of confidence."""
    flights = _FLIGHT.findall(block)
    said: dict[str, float] = {"flights": len(flights), "calls": len(_CALL.findall(block))}
    for name, column in _COLUMNS.items():
        cells = [_WEIGHT.search(row.split("|")[column]) for row in flights]
        weights = [float(cell[0].replace("−", "-")) for cell in cells if cell is not None]
        said |= {f"best {name}": max(weights, default=-1.0), f"sum {name}": sum(weights)}
    for name, pattern in {"pieces": r"(\d+) pieces? of evidence", "groups": r"(\d+) independent groups?"}.items():
        counted = re.search(pattern, block)
        said[name] = float(counted[1]) if counted else math.nan
    said["covered"] = 1.0 if _COVERED in block else 0.0 if _GAP in block else math.nan
    return said


def _of_table(row: Mapping[str, str]) -> dict[str, float]:
    """How sharp the finding is: a log makes it sharper."""
    low, high = (datetime.fromisoformat(row[name]) for name in ("time_low", "time_high"))
    attack = min(float(row["attack_probability"]), 1.0 - 1e-6)
    return {
        "narrow": -math.log(max((high - low).total_seconds() / 60.0, 1.0)),
        "attack": math.log(attack / (1.0 - attack)),
        "party": max(float(cell) for name, cell in row.items() if name.startswith("party_")),
        "mode": max(float(cell) for name, cell in row.items() if name.startswith("mode_")),
        "graded": float(("low", "moderate", "high").index(row["confidence"])),
    }


def _offsets_km(towns: Sequence[Town], told: Sequence[Told]) -> tuple[Values, Values]:
    """East and north from each incident to each town, (towns, incidents)."""
    lat = np.array([[town.lat - one.lat for one in told] for town in towns])
    lon = np.array([[town.lon - one.lon for one in told] for town in towns])
    return lon * KM_PER_DEGREE * math.cos(math.radians(towns[0].lat)), lat * KM_PER_DEGREE


def _falling(towns: Sequence[Town], told: Sequence[Told], scale_km: float) -> Values:
    return np.exp(-np.hypot(*_offsets_km(towns, told)) / scale_km)


def _residual(told: Sequence[Told], name: str) -> Values:
    """How much more each incident says than the mean of those that say it; 0 where it is silent."""
    values = np.array([one.says[name] for one in told])
    known = ~np.isnan(values)
    return np.where(known, values - (values[known].mean() if known.any() else 0.0), 0.0)


def _around(towns: Sequence[Town], told: Sequence[Told], names: Sequence[str]) -> list[Values]:
    """What the incidents round about each town say, at each scale: the sum, and the mean."""
    columns = []
    for scale in SCALES_KM:
        near = _falling(towns, told, scale)
        for name in names:
            total = near @ _residual(told, name)
            columns += [total, total / near.sum(axis=1)]
    return columns


def by_weight(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """How many flights there are and how well they agree with incidents near a town: who noted them stood near."""
    return np.column_stack(_around(towns, told, ["flights", "best place", "sum place"]))


def by_coverage(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """No post stands where incidents round about lie outside all logs; one stands where they don't.

    Round about: in the box that a post's coverage would declare, and wherever nobody else explains that it is covered.
    """
    east, north = _offsets_km(towns, told)
    covered = np.array([one.says["covered"] for one in told])
    inside = np.maximum(np.abs(east), np.abs(north)) < SIDE_KM
    gaps, kept = inside @ (covered == 0.0).astype(float), inside @ (covered == 1.0).astype(float)
    able = inside & (gaps[:, None] <= np.median(gaps))
    alone = able @ np.where(covered == 1.0, 1.0 / np.maximum(able.sum(axis=0), 1), 0.0)
    return np.column_stack([gaps, kept, gaps / np.maximum(gaps + kept, 1.0), alone])


def by_timing(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """Where somebody watches, the time of an attack is known more sharply, and flights agree with it."""
    return np.column_stack(_around(towns, told, ["narrow", "best time", "sum time"]))


def by_certainty(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """Where somebody watches, who did it and how is known more surely, and there is more to say."""
    return np.column_stack(_around(towns, told, ["attack", "party", "mode", "graded", "pieces", "groups"]))


def by_everything(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """All that the publication says which may come of a log."""
    return np.hstack([look(towns, told) for look in (by_weight, by_coverage, by_timing, by_certainty)])


LOOKS: Mapping[str, Callable[[Sequence[Town], Sequence[Told]], Values]] = {
    "weights of flights": by_weight, "coverage": by_coverage, "timing": by_timing, "certainty": by_certainty,
    "everything": by_everything,
}  # fmt: skip


def prior_features(towns: Sequence[Town], told: Sequence[Told]) -> Values:
    """What is known without a log: how many incidents and towns lie round about, how near the nearest incident is."""
    east, north = _offsets_km(towns, told)
    others = [Told(town.lat, town.lon, {}) for town in towns]
    crowd = [_falling(towns, told, scale).sum(axis=1) for scale in SCALES_KM]
    crowd += [_falling(towns, others, scale).sum(axis=1) for scale in SCALES_KM]
    return np.column_stack([*crowd, np.hypot(east, north).min(axis=1)])


def standardised(columns: Values) -> Values:
    """Each column less its mean and by its spread, within one war; 0 where it says nothing."""
    spread = columns.std(axis=0)
    return np.where(spread > 1e-9, (columns - columns.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0), 0.0)


def trained(wars: Sequence[tuple[Values, NDArray[np.bool_]]], columns: Values) -> Values:
    """Scores of towns by a ridge regression (Hoerl & Kennard 1970) of what other wars told of towns on whether a
    post stood there."""
    known = np.vstack([features for features, _ in wars])
    stood = np.concatenate([manned - manned.mean() for _, manned in wars])
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ stood)
    return columns @ weights


def area_under_curve(scores: Values, manned: NDArray[np.bool_]) -> float:
    """How often a town with a post scores above one without; ties count half (Hanley & McNeil 1982)."""
    gaps = scores[manned][:, None] - scores[~manned][None, :]
    return float(np.mean((gaps > 1e-12) + 0.5 * (np.abs(gaps) <= 1e-12)))


def hits(scores: Values, manned: NDArray[np.bool_], count: int) -> float:
    """Of so many towns that score highest, how many have a post; ties give each of the tied its share."""
    order = np.sort(scores)[::-1]
    least = order[min(count, len(order)) - 1]
    above, tied = scores > least + 1e-12, np.abs(scores - least) <= 1e-12
    return float((manned & above).sum() + (count - above.sum()) * manned[tied].mean())


def mean_rank(scores: Values, manned: NDArray[np.bool_]) -> float:
    """The mean rank of towns with a post, from 1, as a share of all towns; 0.5 is chance."""
    ranks = [(scores > one + 1e-12).sum() + 0.5 * (np.abs(scores - one) <= 1e-12).sum() for one in scores[manned]]
    return float(np.mean(ranks) / len(scores))
