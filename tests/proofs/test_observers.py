"""What is published of a war tells nothing of its log's coverage, and attackers who could place posts are noticed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import observers
import pytest
from observer_attack import LOOKS, Told, Town, read_publication

from consilience.casework.reporting import ready
from consilience.worlds.make import make_world


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small war, published for everybody and for partners."""
    folder = tmp_path_factory.mktemp("war")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSILIENCE_KEYS", str(folder / "keys"))
        make_world(seed=1, attacks=5, days=2, out=folder, kind="few_spotters")
        made = ready(folder / "case", workers=1, progress=lambda *_: None)
    for profile in ("public", "partner"):
        observers.publish(made, folder / profile, profile)
    return folder


@pytest.mark.parametrize("profile", ["public", "partner"])
def test_no_edition_for_outsiders_tells_where_a_log_was_kept(war: Path, profile: str) -> None:
    told = read_publication(war / profile)
    assert len(told) == 5
    assert all(np.isnan(one.says["covered"]) for one in told)
    assert not any("whole log covers" in path.read_text("utf-8") for path in (war / profile).rglob("*.md"))


def test_what_is_public_has_no_entry_of_a_log_and_what_partners_read_has(war: Path) -> None:
    def rows(profile: str) -> list[str]:
        text = next((war / profile).glob("*.md")).read_text("utf-8")
        return re.findall(r"^\| S\d+ \|.*$", text, flags=re.MULTILINE)

    assert all("withheld" in row for row in rows("public"))
    assert not (war / "public" / "tables" / "tracks.csv").exists()
    assert (war / "partner" / "tables" / "tracks.csv").exists()


def test_the_count_of_a_war_holds_every_town_and_every_look(war: Path) -> None:
    found = observers.attacked(war)
    towns = len(found["manned"])
    assert towns > 40
    assert sum(found["manned"]) == 11
    assert {name: len(rows) for name, rows in found["looks"].items()} == dict.fromkeys(LOOKS, towns)


@pytest.mark.parametrize("leaks", [True, False])
def test_a_leak_would_be_seen_and_none_is_seen_where_there_is_none(leaks: bool) -> None:
    """Towns at random, a third of them with posts; incidents near one are said to be covered, or it is drawn."""
    wars = [_made_up(np.random.default_rng(seed), leaks=leaks) for seed in range(8)]
    scores = observers.scores_of(wars)
    areas = {name: observers.measured(observers.area_under_curve, scores[name], wars) for name in ("prior", "coverage")}
    _, low, high = observers.interval(areas["coverage"] - areas["prior"])
    assert (low > 0.1) if leaks else (low < 0.0 < high or high < 0.0)


def _made_up(rng: np.random.Generator, *, leaks: bool) -> dict[str, object]:
    towns = [Town(str(n), *map(float, rng.uniform((35.2, 36.2), (36.4, 37.2)))) for n in range(40)]
    manned = rng.random(40) < 0.3
    told = []
    for _ in range(60):
        lat, lon = map(float, rng.uniform((35.2, 36.2), (36.4, 37.2)))
        near = [abs(t.lat - lat) < 0.16 and abs(t.lon - lon) < 0.2 for t, has in zip(towns, manned, strict=True) if has]
        covered = any(near) if leaks else bool(rng.random() < 0.7)
        says = dict.fromkeys(observers.SAID, 0.0) | {"covered": float(covered)}
        told.append(Told(lat, lon, says))
    looks = {name: look(towns, told).tolist() for name, look in LOOKS.items()}
    prior = observers.prior_features(towns, told).tolist()
    return {"manned": manned.tolist(), "prior": prior, "looks": looks}
