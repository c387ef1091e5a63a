"""How well known flights are recovered from a synthetic log: our tracks beside simpler passes and a peer.

Run from the repository root:  .venv/bin/python benchmarks/tracks_vs_greedy.py [--days 8] [--stonesoup]

Rows: every sighting alone; nearest neighbour and Kalman, greedy in order of time; pairs (our first stage alone);
tracks (ours); Stone-Soup's global nearest neighbour where the package is installed (it is no dependency of ours).
Columns: adjusted Rand index (Hubert & Arabie 1985), precision and recall over pairs of sightings, tracks, seconds of
processor time; means over days, the synthetic days of tests/situate, of 500 sightings and 30 flights each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "situate"))

from agreement import agreement
from synthetic_day import SyntheticLog, make_day, synthetic_orbat

from consilience.reference.assumptions import load_assumptions
from consilience.situate.assignment import choose_links
from consilience.situate.blocks import Sky
from consilience.situate.flight_marks import read_fleet
from consilience.situate.habits import first_habits, gaps_of, log_birth, log_rate
from consilience.situate.links import score_links
from consilience.situate.motion import motions_of
from consilience.situate.track_points import TrackPoints, read_points
from consilience.situate.tracks import associate

Labels = NDArray[np.int64]
GATE_KM_PER_MIN, SPEED_KM_PER_MIN, GAP_MIN, BLUR_KM = 15.0, 9.2, 15.0, 8.0
GATE_CHI2 = 9.21  # two degrees of freedom, 99 %


ASSUMPTIONS, ORBAT = load_assumptions(), synthetic_orbat()


def alone(log: SyntheticLog) -> Labels:
    return np.arange(len(log.flight))


def nearest(log: SyntheticLog) -> Labels:
    """In order of time, each sighting joins the flight whose last place is nearest within the speed gate."""
    points = read_points(log.sightings, ASSUMPTIONS)
    at = points.at
    flights: list[int] = []
    label = np.zeros(len(points), dtype=np.int64)
    for k in range(len(points)):
        dt = np.array([at["t"][k] - at["t"][last] for last in flights])
        km = np.array([np.hypot(at["x"][k] - at["x"][last], at["y"][k] - at["y"][last]) for last in flights])
        open_to = np.flatnonzero((dt <= GAP_MIN) & (km <= GATE_KM_PER_MIN * dt + 2 * BLUR_KM))
        if len(open_to) and not at["starts"][k]:
            best = int(open_to[np.argmin(km[open_to])])
            flights[best], label[k] = k, best
        else:
            label[k] = len(flights)
            flights.append(k)
    return _back(log, points, label)


def kalman(log: SyntheticLog) -> Labels:
    """In order of time, each joins the flight that best foresaw it: nearly constant velocity, a chi-square gate.

    Judged by the log-likelihood with its determinant: without it the flight that knows least attracts most.
    """
    points = read_points(log.sightings, ASSUMPTIONS)
    means: list[NDArray[np.float64]] = []
    spreads: list[NDArray[np.float64]] = []
    seen: list[float] = []
    label = np.zeros(len(points), dtype=np.int64)
    noise = BLUR_KM**2 * np.eye(2)
    look = np.kron(np.array([[1.0, 0.0]]), np.eye(2))
    for k in range(len(points)):
        z, best, best_score = np.array([points.at["x"][k], points.at["y"][k]]), -1, np.inf
        for f, (mean, spread) in enumerate(zip(means, spreads, strict=True)):
            dt = points.at["t"][k] - seen[f]
            if dt > GAP_MIN or points.at["starts"][k]:
                continue
            mean, spread = _foresee(mean, spread, dt)
            s = look @ spread @ look.T + noise
            gap = z - look @ mean
            miss = float(gap @ np.linalg.solve(s, gap))
            score = miss + float(np.log(np.linalg.det(s)))
            if miss < GATE_CHI2 and score < best_score:
                best, best_score = f, score
        if best < 0:
            best = len(means)
            means.append(np.concatenate([z, [0.0, 0.0]]))
            spreads.append(np.diag([BLUR_KM**2] * 2 + [SPEED_KM_PER_MIN**2 / 2] * 2))
            seen.append(points.at["t"][k])
        else:
            mean, spread = _foresee(means[best], spreads[best], points.at["t"][k] - seen[best])
            gain = spread @ look.T @ np.linalg.inv(look @ spread @ look.T + noise)
            means[best] = mean + gain @ (z - look @ mean)
            spreads[best], seen[best] = spread - gain @ look @ spread, points.at["t"][k]
        label[k] = best
    return _back(log, points, label)


def _foresee(
    mean: NDArray[np.float64], spread: NDArray[np.float64], dt: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    step = np.kron(np.array([[1.0, dt], [0.0, 1.0]]), np.eye(2))
    push = 8.0 * np.kron(np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]), np.eye(2))
    return step @ mean, step @ spread @ step.T + push


def pairs(log: SyntheticLog) -> Labels:
    points = read_points(log.sightings, ASSUMPTIONS)
    fleet = read_fleet(points, ORBAT, ASSUMPTIONS)
    sky, habits = Sky.of(fleet, motions_of(fleet, points, ASSUMPTIONS)), first_habits(ASSUMPTIONS)
    birth = log_birth(points, log_rate(points, ASSUMPTIONS), habits)
    links = score_links(points.at, birth, sky.said_of_pair, sky.motions, gaps_of(habits, ASSUMPTIONS), 0.0)
    label = np.arange(len(points))
    for i, j in enumerate(choose_links(links.start, links.j, links.score)):
        if j >= 0:
            label[j] = label[i]
    return _back(log, points, label)


def tracks(log: SyntheticLog) -> Labels:
    legs = associate(log.sightings, ORBAT, ASSUMPTIONS)
    number = {name: n for n, name in enumerate(legs["track_id"].unique(maintain_order=True))}
    of = {s: number[t] for s, t in zip(legs["sighting_id"], legs["track_id"], strict=True)}
    return np.array([of[s] for s in log.sightings["sighting_id"]], dtype=np.int64)


def stonesoup_gnn(log: SyntheticLog) -> Labels:
    """Stone-Soup's multi-target tracker with global nearest neighbour (2D assignment) on the same points."""
    from stonesoup_peer import label_with_gnn

    points = read_points(log.sightings, ASSUMPTIONS)
    return _back(log, points, label_with_gnn(points.at["t"], points.at["x"], points.at["y"], BLUR_KM, SPEED_KM_PER_MIN))


def _back(log: SyntheticLog, points: TrackPoints, label: Labels) -> Labels:
    of = dict(zip(points.ids, label, strict=True))
    return np.array([of[s] for s in log.sightings["sighting_id"]], dtype=np.int64)


METHODS: dict[str, Callable[[SyntheticLog], Labels]] = {
    "alone": alone, "nearest": nearest, "Kalman, greedy": kalman, "pairs": pairs, "tracks": tracks,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--wave", type=int, default=6, help="most aircraft that take off together")
    parser.add_argument("--stonesoup", action="store_true")
    asked = parser.parse_args()
    methods = METHODS | ({"Stone-Soup GNN": stonesoup_gnn} if asked.stonesoup else {})
    logs = [make_day(seed, wave=asked.wave) for seed in range(asked.first_seed, asked.first_seed + asked.days)]
    rows = [f"{'':16}{'ARI':>7}{'prec.':>7}{'recall':>7}{'tracks':>8}{'s':>8}"]
    for name, method in methods.items():
        begun, figures = time.process_time(), []
        for log in logs:
            found = method(log)
            figures.append([*agreement(log.flight, found), len(np.unique(found))])
        rand, precision, recall, count = np.mean(figures, axis=0)
        seconds = (time.process_time() - begun) / len(logs)
        rows.append(f"{name:16}{rand:7.3f}{precision:7.3f}{recall:7.3f}{count:8.1f}{seconds:8.3f}")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
