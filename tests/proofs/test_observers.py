"""What is published of a war leads to no post, and attackers who could place posts by a publication are noticed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import observers
import pytest
from markupsafe import Markup
from observer_attack import ATTACKERS, INFERENCE, War, attack
from observer_learning import area_under_curve, boosted, interval
from observer_reading import SAID, Told, Town, read_publication

from consilience.casework.reporting import Ready, ready
from consilience.publish.incident_map import draw_incident_map
from consilience.publish.strip_rows import FlightRow
from consilience.records.views import Site, TrackPoint
from consilience.worlds.make import make_world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    """A small war."""
    folder = tmp_path_factory.mktemp("war")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSILIENCE_KEYS", str(folder / "keys"))
        make_world(seed=1, attacks=3, days=2, out=folder, kind="full")
        return ready(folder / "case", workers=1, progress=lambda *_: None)


@pytest.fixture(scope="module")
def war(made: Ready) -> Path:
    """The war, published for everybody and for partners."""
    for profile in observers.READERS:
        observers.publish(made, made.case.parent / profile, profile)
    return made.case.parent


@pytest.mark.parametrize("profile", observers.READERS)
def test_no_edition_for_outsiders_tells_where_a_log_was_kept_or_a_flight_seen(war: Path, profile: str) -> None:
    told = read_publication(war / profile)
    assert len(told) == 3
    assert all(np.isnan(one.says["covered"]) for one in told.values())
    assert not any("whole log covers" in path.read_text("utf-8") for path in (war / profile).rglob("*.md"))
    assert not any(one.seen for one in told.values())


def test_flights_that_were_drawn_would_be_read_and_lie_over_towns(
    made: Ready, war: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a partner's edition once was: were they drawn again, the count would see it."""

    def with_flights(name: str, sites: Sequence[Site], *rest: Any) -> Markup | None:
        legs: dict[str, list[TrackPoint]] = {}
        one = next(one for one in made.view.incidents if abs(one.sites[0].lat - sites[0].lat) < 1e-3)
        for point in one.points:
            legs.setdefault(point.track_id or point.sighting_id, []).append(point)
        flights = [FlightRow(track, 0.5, tuple(points)) for track, points in legs.items()]
        return draw_incident_map(name, sites, flights, *rest[1:])

    monkeypatch.setattr("consilience.publish.statements.annexe.draw_incident_map", with_flights)
    observers.publish(made, tmp_path, "partner")
    seen = [spot for one in read_publication(tmp_path).values() for spot in one.seen]
    assert len(seen) > 3
    towns = [(town.lat, town.lon) for town in observers.towns_of_map(war / "case")]
    gaps = [min(np.hypot(lat - a, 0.81 * (lon - b)) for a, b in towns) for lat, lon in seen]
    assert np.median(gaps) < 0.01


def test_what_is_public_has_no_entry_of_a_log_and_partners_read_which_flights_weigh(war: Path) -> None:
    def rows(profile: str) -> list[str]:
        text = next((war / profile).glob("*.md")).read_text("utf-8")
        return re.findall(r"^\| S\d+ \|.*$", text, flags=re.MULTILINE)

    assert all("withheld" in row for row in rows("public"))
    assert not (war / "public" / "tables" / "tracks.csv").exists()
    told = read_publication(war / "partner").values()
    assert sum(one.says["tracks"] for one in told) > 0
    assert sum(one.says["bands"] for one in told) > 0
    assert not any(one.says["tracks"] or one.says["bands"] for one in read_publication(war / "public").values())


def test_the_count_of_a_war_holds_every_town_and_what_was_read(war: Path) -> None:
    found = observers.read(war)
    for profile in observers.READERS:
        read = observers.war_of(found, profile)
        assert len(read.towns) == len(read.manned) > 40
        assert read.manned.sum() == 36
        assert len(read.told) == len(read.watched) == 3
        assert set(read.told[0].says) == set(SAID)


def test_a_rule_that_joins_three_things_is_found() -> None:
    rng = np.random.default_rng(3)
    columns = rng.integers(0, 3, (600, 6)).astype(float)
    flags = (columns[:, 0] == 2) & ((columns[:, 1] > 0) != (columns[:, 2] > 0))
    known = boosted(columns[:400], flags[:400])
    assert area_under_curve(known.of(columns[400:]), flags[400:]) > 0.95
    shuffled = boosted(columns[:400], rng.permutation(flags[:400]))
    assert area_under_curve(shuffled.of(columns[400:]), flags[400:]) < 0.65


RATIOS = ("best ratio", "sum ratio")
"""What a court alone reads: the made-up publications are for everybody."""
LEAKS: Mapping[str, str] = {"reason": "coverage", "grade": INFERENCE, "drawing": "drawings"}
"""What a publication may let out, and the attacker who must notice."""


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_would_be_seen_and_none_is_seen_where_there_is_none(leak: str) -> None:
    """Towns at random, a third of them with posts; what is said of incidents depends on posts, or on chance alone."""
    gaps = {is_leaky: _gap(leak if is_leaky else None, LEAKS[leak]) for is_leaky in (True, False)}
    assert gaps[True][1] > 0.05
    assert gaps[False][0] < 0.05, "six wars of chance alone"


def _gap(leak: str | None, name: str) -> tuple[float, float, float]:
    wars = [_made_up(np.random.default_rng(seed), leak) for seed in range(6)]
    scores = attack(wars, ("prior", name))
    prior, found = (observers.measured(area_under_curve, scores[one], wars) for one in ("prior", name))
    return interval(found - prior)


def test_every_attacker_attacks_and_none_better_than_the_prior_by_chance_alone() -> None:
    wars = [_made_up(np.random.default_rng(seed), None) for seed in range(4)]
    scores = attack(wars)
    assert tuple(scores) == ATTACKERS
    assert all(len(one) == 40 and np.isfinite(one).all() for scored in scores.values() for one in scored)
    assert all(interval(observers.measured(area_under_curve, one, wars))[0] < 0.65 for one in scores.values())


def _made_up(rng: np.random.Generator, leak: str | None) -> War:
    """Nothing in it is true but the leak. `grade`: as it once was, high for a whole log alone, and moderate for one
    where neither a trace nor four groups speak."""
    towns = [Town(str(n), *map(float, rng.uniform((35.2, 36.2), (36.4, 37.2)))) for n in range(40)]
    manned = rng.random(40) < 0.3
    posts = [town for town, has in zip(towns, manned, strict=True) if has]
    told, watched = [], []
    for _ in range(60):
        lat, lon = map(float, rng.uniform((35.2, 36.2), (36.4, 37.2)))
        near = [post for post in posts if abs(post.lat - lat) < 0.16 and abs(post.lon - lon) < 0.2]
        watched.append(bool(near))
        groups, trace, against = 1 + int(rng.poisson(2.5)), bool(rng.random() < 0.4), bool(rng.random() < 0.1)
        covers = bool(near) if leak == "grade" else bool(rng.random() < 0.7)
        is_low = groups < 2 or not (trace or covers or groups >= 4) or against
        is_high = groups >= 4 and trace and covers and not against
        covered = float(bool(near) if leak == "reason" else rng.random() < 0.7)
        over = near if leak == "drawing" else [towns[int(n)] for n in rng.integers(0, 40, 2)]
        says = dict.fromkeys(RATIOS, np.nan) | {name: float(rng.normal()) for name in SAID if name not in RATIOS} | {
            "groups": float(groups), "trace": float(trace), "against": float(against), "covered": covered,
            "graded": 0.0 if is_low else 2.0 if is_high else 1.0,
        }  # fmt: skip
        told.append(Told(lat, lon, says, tuple((town.lat, town.lon) for town in over)))
    return War(tuple(towns), tuple(told), manned, np.array(watched))
