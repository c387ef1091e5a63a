"""The front door: many worlds measured, each kept when done, and what they come to as calibration.json and a report."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consilience.casework.cache import StageCache, stage_key
from consilience.casework.calibrate.aims import reached
from consilience.casework.calibrate.anchors import MEASURED, VARIANTS
from consilience.casework.calibrate.figures import by_evidence, figures
from consilience.casework.calibrate.intervals import Figure
from consilience.casework.calibrate.one_world import (
    JudgedWorld,
    WorldPlan,
    judged_from_json,
    judged_to_json,
    measure_world,
)
from consilience.casework.calibrate.page import render_page
from consilience.casework.calibrate.placebo_of_case import placebo_of_case
from consilience.casework.weighing import Progress, deaf_to_ctrl_c, end_with_parent
from consilience.errors import PublishError, UsageError
from consilience.publish.writing import write_output
from consilience.version import __version__
from consilience.worlds.kinds import kind_named

SCHEMA = "consilience.calibration/1"
FIGURES, REPORT, WORLDS = "calibration.json", "report.html", "worlds"

PARTIES = ("Syrian", "Russian")
"""The two parties of every simulated war, in the order of its case.toml."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure: `worlds` wars of one kind, seeds `seed`, `seed` + 1 …; `case` for the placebo on its own log."""

    worlds: int = 20
    seed: int = 1001
    attacks: int = 200
    days: int = 60
    kind: str = "full"
    case: Path | None = None

    def plans(self) -> list[WorldPlan]:
        """One plan for each world. UsageError where that is impossible."""
        kind_named(self.kind)
        if self.worlds < 0 or self.seed < 0 or (self.worlds == 0 and self.case is None):
            raise UsageError("there is nothing to measure", remedy="Give --worlds 1 or more, or a --case.")
        return [WorldPlan(self.seed + k, self.attacks, self.days, self.kind) for k in range(self.worlds)]


def _silence(stage: str, done: int, total: int) -> None:
    """Nobody is told."""


def calibrate(asked: Asked, out: Path, *, workers: int = 1, progress: Progress = _silence) -> dict[str, Any]:
    """Measure, write `out/calibration.json` and `out/report.html`, and give the content of the former.

    Each world's figures are kept in `out/worlds` under the digest of the program and of what the world is made from,
    so a call that was broken off goes on, and ends in the same bytes. UsageError, PublishError, and for `case` the
    errors of a run.
    """
    plans = asked.plans()
    _check_out(out)
    judged = measure_worlds(plans, StageCache(out / WORLDS), workers=workers, progress=progress)
    placebo = None if asked.case is None else placebo_of_case(asked.case, progress=progress)
    progress("sum up", 0, 1)
    found = sum_up(asked, judged, placebo)
    text = json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_output(out / FIGURES, text.encode())
    write_output(out / REPORT, render_page(found, judged, PARTIES).encode())
    progress("sum up", 1, 1)
    return found


def measure_worlds(
    plans: Sequence[WorldPlan], kept: StageCache, *, workers: int = 1, progress: Progress = _silence
) -> JudgedWorld:
    """The rows of all worlds together, in the order of the plans, for each variant."""
    keys = {plan: stage_key("calibrate", plan.as_json()) for plan in plans}
    done = {plan: judged_from_json(json.loads(entry)) for plan in plans if (entry := kept.get(keys[plan])) is not None}
    progress("worlds", len(done), len(plans))
    for plan, judged in _measured([plan for plan in plans if plan not in done], workers):
        kept.put(keys[plan], json.dumps(judged_to_json(judged)).encode())
        done[plan] = judged
        progress("worlds", len(done), len(plans))
    return {name: [row for plan in plans for row in done[plan][name]] for name in VARIANTS}


def _measured(plans: Sequence[WorldPlan], workers: int) -> Iterator[tuple[WorldPlan, JudgedWorld]]:
    """Results as they come. Spawned, not forked: Polars' threads don't survive a fork.

    Broken off, it waits for no world (one takes minutes): the workers end at once, and what they had on the disk goes.
    """
    if workers <= 1 or len(plans) <= 1:
        for plan in plans:
            yield plan, measure_world(plan)
        return
    before = set(multiprocessing.active_children())
    with (
        tempfile.TemporaryDirectory(prefix="consilience-worlds-") as place,
        ProcessPoolExecutor(
            min(workers, len(plans)), mp_context=multiprocessing.get_context("spawn"), initializer=_set_up
        ) as pool,
    ):
        with deaf_to_ctrl_c():
            running = {pool.submit(measure_world, plan, Path(place)): plan for plan in plans}
        is_done = False
        try:
            for future in as_completed(running):
                yield running[future], future.result()
            is_done = True
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in () if is_done else set(multiprocessing.active_children()) - before:
                worker.terminate()


def _set_up() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()


def sum_up(asked: Asked, judged: JudgedWorld, placebo: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The content of calibration.json (docs/calibration.md); figures at the top are of the log as it is."""
    measured = judged[MEASURED]
    of_log = figures(measured, PARTIES, asked.seed)
    return {
        "schema": SCHEMA,
        "version": __version__,
        "kind": asked.kind,
        "seed": asked.seed,
        "worlds": asked.worlds,
        "attacks": asked.attacks,
        "days": asked.days,
        "incidents": len(measured),
        **_plain(of_log),
        "aims": reached(asked.kind, of_log),
        "anchors": {
            name: _plain(figures(rows, PARTIES, asked.seed)) for name, rows in judged.items() if name != MEASURED
        },
        "by_evidence": {name: _plain(some) for name, some in by_evidence(measured, PARTIES, asked.seed).items()},
        "by_world": _by_world(judged),
        "placebo": None if placebo is None else dict(placebo),
        "why_null": {"placebo": "no case was given"} if placebo is None else {},
    }


def _by_world(judged: JudgedWorld) -> list[dict[str, Any]]:
    """Values alone, for each world and variant."""
    worlds = sorted({row.world for row in judged[MEASURED]})
    return [
        {"seed": world}
        | {
            name: {
                key: figure.as_json()["value"]
                for key, figure in figures([r for r in rows if r.world == world], PARTIES, 0, draws=0).items()
            }
            for name, rows in judged.items()
        }
        for world in worlds
    ]


def _plain(found: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.as_json() for name, figure in found.items()}


def _check_out(out: Path) -> None:
    """Nothing of anybody else may stand where we write."""
    if out.exists() and not out.is_dir():
        raise PublishError("a file stands there", where=str(out), remedy="Choose a folder with --out.")
    there = {path.name for path in out.iterdir()} if out.exists() else set()
    strangers = sorted(there - {FIGURES, REPORT, WORLDS})
    if strangers:
        raise PublishError(
            f"this is not an output of a calibration: it holds {strangers[0]}",
            where=str(out),
            remedy="Choose another folder with --out; nothing was changed.",
        )
