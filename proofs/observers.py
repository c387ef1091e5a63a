"""Does a public release lead to an observer's post? Simulated wars are published, and attackers read what is public.

Each unit is one war: 30 attacks in 10 days, with 11 posts in towns (`few_spotters`) or 36 (`full`). It is run, and what
a release under the public profile holds is written: the report, tables and map. Attackers (`observer_attack`) score
every town. What they would know without a log (where the incidents are, where towns lie) is their prior, so the
question is by how much they place posts better with the publication than without. All learn from the other wars of the
kind, the prior too, and never from the one that they are asked about.

For comparison the log itself: of each observer the town that he writes most often.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from observer_attack import (
    LOOKS,
    SAID,
    Town,
    Values,
    area_under_curve,
    hits,
    mean_rank,
    prior_features,
    read_publication,
    standardised,
    trained,
)

from consilience.casework.release_files import data_files
from consilience.casework.reporting import Ready, ready
from consilience.publish.forms.registry import FORMS
from consilience.publish.profiles import PROFILES
from consilience.publish.writing import write_output
from consilience.worlds.make import make_world

ATTACKS, DAYS = 30, 10
WARS = {"few_spotters": 16, "full": 8}
UNITS = tuple(f"{kind} {seed}" for kind, count in WARS.items() for seed in range(101, 101 + count))
PROFILE = "public"
TOP = 5
DRAWS = 4000
MEASURES: Mapping[str, Callable[[Values, NDArray[np.bool_]], float]] = {
    "area under the curve": area_under_curve,
    "mean rank": mean_rank,
    f"posts in the top {TOP}": lambda scores, manned: hits(scores, manned, TOP),
}
_AT_BASES = ("Hmeimim", "Hama airport", "Shayrat", "T4", "Kuweires", "Nairab")
"""Places of the case that are air bases: that somebody watches them everybody knows."""


def prove(unit: str, folder: Path) -> dict[str, object]:
    """Make the war, publish it, and keep what each attacker makes of each town, and whether a post stood there."""
    kind, seed = unit.split()
    make_world(seed=int(seed), attacks=ATTACKS, days=DAYS, out=folder, kind=kind)
    publish(ready(folder / "case", workers=1, progress=_silence), folder / "public")
    return {"kind": kind, **attacked(folder)}


def publish(made: Ready, out: Path, profile: str = PROFILE) -> None:
    """What a release under a profile holds of words and numbers, as files; other forms and languages say the same."""
    write_output(out / f"report-{profile}-en.md", FORMS["md"](made.document(profile, "en")))
    for name, data in data_files(made.found, PROFILES[profile]).items():
        write_output(out / name, data)


def attacked(folder: Path) -> dict[str, Any]:
    """What attackers make of the publication in `folder`, and the truth that only the count is told."""
    towns = towns_of_map(folder / "case")
    told = read_publication(folder / "public")
    posts = json.loads((folder / "truth.json").read_text("utf-8"))["posts"]
    manned = {post["place"] for post in posts}
    return {
        "manned": [town.name in manned for town in towns],
        "prior": prior_features(towns, told).tolist(),
        "looks": {name: look(towns, told).tolist() for name, look in LOOKS.items()},
        "by_log": by_the_log(folder / "case", posts),
    }


def towns_of_map(case: Path) -> tuple[Town, ...]:
    """Every town on the map, air bases aside. The case lists the towns of the gazetteer, all of them."""
    rows = _rows(case / "places.csv")
    return tuple(
        Town(row["place"], float(row["lat"]), float(row["lon"])) for row in rows if row["place"] not in _AT_BASES
    )


def by_the_log(case: Path, posts: Iterable[Mapping[str, Any]]) -> float:
    """With the log itself: the share of observers whose town is the one that they write most often."""
    written: dict[str, Counter[str]] = {}
    for row in _rows(case / "sightings.csv"):
        written.setdefault(row["source_id"], Counter())[row["place"]] += 1
    heard = [post for post in posts if post["source_id"] in written]
    right = [written[post["source_id"]].most_common(1)[0][0] == post["place"] for post in heard]
    return float(np.mean(right))


def summary(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each kind of war and attacker: each measure with the publication, with the prior, and their difference."""
    lines = []
    for kind in dict.fromkeys(str(result["kind"]) for result in results):
        wars = [result for result in results if result["kind"] == kind]
        towns = sum(len(war["manned"]) for war in wars)
        posts = sum(sum(war["manned"]) for war in wars)
        lines.append(f"{kind}: {len(wars)} wars, {posts} posts in {towns} towns; intervals of 95 % over wars")
        scores = scores_of(wars)
        for measure, of in MEASURES.items():
            prior = measured(of, scores["prior"], wars)
            lines.append(f"  {measure}: prior {_said(prior)}")
            for name, scored in scores.items():
                if name != "prior":
                    found = measured(of, scored, wars)
                    gap = found - prior
                    lines.append(f"    {name}: {_said(found)}; better than the prior by {_said(gap)}")
        log = np.array([war["by_log"] for war in wars])
        lines.append(f"  with the log itself, observers placed in the right town: {_said(log)}")
    return lines


def scores_of(wars: Sequence[Mapping[str, Any]]) -> dict[str, list[Values]]:
    """Scores of towns, war by war: of the prior, and of each attacker, who knows what the prior knows."""
    manned = [np.array(war["manned"]) for war in wars]
    prior = [standardised(np.array(war["prior"])) for war in wars]
    scores = {"prior": _left_out(prior, manned)}
    for name in LOOKS:
        looks = [standardised(np.array(war["looks"][name])) for war in wars]
        both = [np.hstack([one, look / np.sqrt(look.shape[1])]) for one, look in zip(prior, looks, strict=True)]
        scores[name] = _left_out(both, manned)
    return scores


def _left_out(features: Sequence[Values], manned: Sequence[NDArray[np.bool_]]) -> list[Values]:
    """Each war scored by what was learnt from all others."""
    pairs = list(zip(features, manned, strict=True))
    return [trained([*pairs[:at], *pairs[at + 1 :]], one) for at, (one, _) in enumerate(pairs)]


def measured(
    of: Callable[[Values, NDArray[np.bool_]], float], scores: Sequence[Values], wars: Sequence[Mapping[str, Any]]
) -> Values:
    """A measure of each war's scores."""
    return np.array([of(one, np.array(war["manned"])) for one, war in zip(scores, wars, strict=True)])


def interval(values: Values) -> tuple[float, float, float]:
    """The mean over wars and its bootstrap interval of 95 % (Efron & Tibshirani 1993, percentiles)."""
    drawn = random.Random(20170404)
    means = sorted(float(np.mean(drawn.choices(list(values), k=len(values)))) for _ in range(DRAWS))
    return float(np.mean(values)), means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS)]


def _said(values: Values) -> str:
    return "{:+.3f} ({:+.3f} to {:+.3f})".format(*interval(values))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _silence(stage: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


__all__ = [
    "SAID",
    "area_under_curve",
    "attacked",
    "interval",
    "measured",
    "prior_features",
    "prove",
    "publish",
    "summary",
]
