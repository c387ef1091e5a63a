"""Does a release lead to an observer's post? Simulated wars are published, and attackers read what was published.

Each unit is one war: 30 attacks in 10 days, with 11 posts in towns (`few_spotters`) or 36 (`full`). It is run once, and
what a release holds under each profile is written: the report with its drawings, tables and map. Attackers
(`observer_attack`) score every town. What they would know without a log (where the incidents are, where towns lie) is
their prior, so the question is by how much they place posts better with the publication than without. All learn from
the other wars of the kind, the prior too, and never from the one that they are asked about.

For comparison the log itself: of each observer the town that he writes most often.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from observer_attack import War, attack, log_odds
from observer_learning import Flags, Values, area_under_curve, hits, interval, mean_rank
from observer_reading import Told, Town, read_publication

from consilience.casework.release_files import data_files
from consilience.casework.reporting import Ready, ready
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import PROFILES
from consilience.publish.writing import write_output
from consilience.worlds.make import make_world

ATTACKS, DAYS = 30, 10
WARS = {"few_spotters": 16, "full": 8}
UNITS = tuple(f"{kind} {seed}" for kind, count in WARS.items() for seed in range(101, 101 + count))
READERS = ("public", "partner", "court")
"""Profiles that are attacked: none may hold anything that leads to a post."""
TOP = 5
MEASURES: Mapping[str, Callable[[Values, Flags], float]] = {
    "area under the curve": area_under_curve,
    "mean rank": mean_rank,
    f"posts in the top {TOP}": lambda scores, manned: hits(scores, manned, TOP),
}
_AT_BASES = ("Hmeimim", "Hama airport", "Shayrat", "T4", "Kuweires", "Nairab")
"""Places of the case that are air bases: that somebody watches them everybody knows."""


def prove(unit: str, folder: Path) -> dict[str, object]:
    """Make the war, publish it, and keep what attackers read of it, and whether a post stood in each town."""
    kind, seed = unit.split()
    make_world(seed=int(seed), attacks=ATTACKS, days=DAYS, out=folder, kind=kind)
    made = ready(folder / "case", workers=1, progress=_silence)
    for profile in READERS:
        publish(made, folder / profile, profile)
    return {"kind": kind, **read(folder)}


def publish(made: Ready, out: Path, profile: str) -> None:
    """What a release under a profile holds of words, numbers and drawings, as files; other forms and languages say the
    same."""
    document = made.document(profile, "en")
    for form in ("md", "html"):
        write_output(out / f"report-{profile}-en.{form}", FORMS[form](document))
    for name, data in data_files(made.found, PROFILES[profile]).items():
        write_output(out / name, data)


def read(folder: Path) -> dict[str, Any]:
    """What attackers read in the publications in `folder`, and the truth, as JSON values."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    manned = {post["place"] for post in truth["posts"]}
    watched = watched_of(folder / "case", truth)
    towns = [[town.name, town.lat, town.lon, town.name in manned] for town in towns_of_map(folder / "case")]
    told = {
        profile: [
            {"says": {name: _number(said) for name, said in one.says.items()}, "at": [one.lat, one.lon],
             "seen": [list(spot) for spot in one.seen], "watched": watched[incident]}
            for incident, one in read_publication(folder / profile).items()
        ]
        for profile in READERS
    }  # fmt: skip
    return {"towns": towns, "told": told, "by_log": by_the_log(folder / "case", truth["posts"])}


def war_of(result: Mapping[str, Any], profile: str) -> War:
    """A unit's result as attackers have it."""
    told = result["told"][profile]
    towns = tuple(Town(name, lat, lon) for name, lat, lon, _ in result["towns"])
    manned, watched = [row[3] for row in result["towns"]], [one["watched"] for one in told]
    return War(towns, tuple(map(_told, told)), np.array(manned), np.array(watched))


def _told(kept: Mapping[str, Any]) -> Told:
    lat, lon = kept["at"]
    says = {name: math.nan if said is None else float(said) for name, said in kept["says"].items()}
    return Told(lat, lon, says, tuple((lat, lon) for lat, lon in kept["seen"]))


def towns_of_map(case: Path) -> tuple[Town, ...]:
    """Every town on the map, air bases aside. The case lists the towns of the gazetteer, all of them."""
    rows = _rows(case / "places.csv")
    return tuple(
        Town(row["place"], float(row["lat"]), float(row["lon"])) for row in rows if row["place"] not in _AT_BASES
    )


def watched_of(case: Path, truth: Mapping[str, Any]) -> dict[str, bool]:
    """By incident, whether a post in a town kept a log there and then: what an attacker knows of wars of his own. Of
    what never happened, whether one did at any time."""
    at_bases = {post["source_id"] for post in truth["posts"] if post["place"] in _AT_BASES}
    kept = [
        row for row in _rows(case / "coverage.csv") if row["kind"] == "sightings" and row["source_id"] not in at_bases
    ]
    return {one["incident_id"]: any(_covers(row, one) for row in kept) for one in truth["incidents"]}


def _covers(row: Mapping[str, str], incident: Mapping[str, Any]) -> bool:
    west, south, east, north = map(float, row["area"].split(";"))
    is_inside: bool = west <= incident["lon"] <= east and south <= incident["lat"] <= north
    if incident["time"] is None:
        return is_inside
    start, end, when = map(datetime.fromisoformat, (row["from"], row["to"], incident["time"]))
    return bool(is_inside and start <= when <= end)


def by_the_log(case: Path, posts: Iterable[Mapping[str, Any]]) -> float:
    """With the log itself: the share of observers whose town is the one that they write most often."""
    written: dict[str, Counter[str]] = {}
    for row in _rows(case / "sightings.csv"):
        written.setdefault(row["source_id"], Counter())[row["place"]] += 1
    heard = [post for post in posts if post["source_id"] in written]
    right = [written[post["source_id"]].most_common(1)[0][0] == post["place"] for post in heard]
    return float(np.mean(right))


def summary(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each kind of war, profile and attacker: each measure with the publication, with the prior, and the gap."""
    lines = []
    for kind in dict.fromkeys(str(result["kind"]) for result in results):
        units = [result for result in results if result["kind"] == kind]
        manned = [row[3] for unit in units for row in unit["towns"]]
        lines.append(
            f"{kind}: {len(units)} wars, {sum(manned)} posts in {len(manned)} towns; intervals of 95 % over wars"
        )
        for profile in READERS:
            lines += [f"  {profile}", *_attacked([war_of(unit, profile) for unit in units])]
        lines += _beside_partners(
            [war_of(unit, "court") for unit in units], [war_of(unit, "partner") for unit in units]
        )
        log = np.array([unit["by_log"] for unit in units])
        lines.append(f"  with the log itself, observers placed in the right town: {_said(log)}")
    return lines


def _attacked(wars: Sequence[War]) -> Iterable[str]:
    told = told_from_others(wars)
    if len(told):
        yield f"    incidents at which a log was kept, told from others (area under the curve): {_said(told)}"
    scores = attack(wars) | {"coverage, were it said": attack([_saying(war) for war in wars], ["coverage"])["coverage"]}
    for measure, of in MEASURES.items():
        prior = measured(of, scores["prior"], wars)
        yield f"    {measure}: prior {_said(prior)}"
        for name, scored in scores.items():
            if name != "prior":
                found = measured(of, scored, wars)
                yield f"      {name}: {_said(found)}; more than the prior by {_said(found - prior)}"


def _beside_partners(court: Sequence[War], partner: Sequence[War]) -> Iterable[str]:
    """By how much each attacker does better on a court's edition than on a partner's of the same war."""
    yield "  a court's edition beside a partner's, area under the curve"
    there, here = attack(partner), attack(court)
    for name in here:
        gap = measured(area_under_curve, here[name], court) - measured(area_under_curve, there[name], partner)
        yield f"    {name}: more by {_said(gap)}"


def _saying(war: War) -> War:
    """As published if it said in words at which incident a log was kept: the most that inferring it could give."""
    said = zip(war.told, war.watched, strict=True)
    return replace(war, told=tuple(replace(one, says={**one.says, "covered": float(kept)}) for one, kept in said))


def told_from_others(wars: Sequence[War]) -> Values:
    """How well it can be inferred at which incident a log was kept, in each war that has both kinds."""
    odds = [log_odds(wars, at)[at] for at in range(len(wars))]
    both = [(one, war.watched) for one, war in zip(odds, wars, strict=True) if 0 < war.watched.sum() < len(war.watched)]
    return np.array([area_under_curve(one, watched) for one, watched in both])


def measured(of: Callable[[Values, Flags], float], scores: Sequence[Values], wars: Sequence[War]) -> Values:
    """A measure of each war's scores."""
    return np.array([of(one, war.manned) for one, war in zip(scores, wars, strict=True)])


def _said(values: Values) -> str:
    return "{:+.3f} ({:+.3f} to {:+.3f})".format(*interval(values))


def _number(said: float) -> float | None:
    return None if math.isnan(said) else said


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _silence(stage: str, done: int, total: int) -> None:
    """Progress that nobody sees."""
