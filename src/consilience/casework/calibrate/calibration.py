"""The front door: many worlds measured, each kept when done, and what they come to as calibration.json and a report."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consilience.casework.batches import Progress
from consilience.casework.cache import StageCache, stage_key
from consilience.casework.calibrate.aims import reached
from consilience.casework.calibrate.anchors import MEASURED, VARIANTS
from consilience.casework.calibrate.doses import by_dose, kind_at, usual_dose
from consilience.casework.calibrate.figures import by_evidence, figures
from consilience.casework.calibrate.intervals import Figure
from consilience.casework.calibrate.judged import Judged
from consilience.casework.calibrate.one_world import (
    JudgedWorld,
    WorldPlan,
    judged_from_json,
    judged_to_json,
    measure_world,
)
from consilience.casework.calibrate.page import render_page
from consilience.casework.calibrate.placebo_of_case import placebo_of_case
from consilience.casework.calibrate.single_source_price import price_of_rule
from consilience.casework.calibrate.spread_out import spread_out
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
    """What to measure: `worlds` wars of one kind, seeds `seed`, `seed` + 1 …; `case` for the placebo on its own log.

    `doses`: the same wars again with more or less of what the kind gets wrong.
    """

    worlds: int = 20
    seed: int = 1001
    attacks: int = 200
    days: int = 60
    kind: str = "full"
    case: Path | None = None
    doses: tuple[float, ...] = ()

    def plans(self) -> list[WorldPlan]:
        """One plan for each world. UsageError where that is impossible."""
        kind_named(self.kind)
        for dose in self.doses:
            kind_at(self.kind, dose)
        if self.worlds < 0 or self.seed < 0 or (self.worlds == 0 and self.case is None):
            raise UsageError("there is nothing to measure", remedy="Give --worlds 1 or more, or a --case.")
        return [WorldPlan(self.seed + k, self.attacks, self.days, self.kind) for k in range(self.worlds)]

    def dose_plans(self) -> dict[float, list[WorldPlan]]:
        """The plans at each dose: the same seeds, and the worlds that are measured anyway at the usual one."""
        usual = usual_dose(self.kind) if self.doses else None
        return {
            dose: [replace(plan, dose=None if dose == usual else dose) for plan in self.plans()] for dose in self.doses
        }


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
    dosed = asked.dose_plans()
    every = [*plans, *(plan for some in dosed.values() for plan in some)]
    of_world = measure_worlds(every, StageCache(out / WORLDS), workers=workers, progress=progress)
    judged = together(plans, of_world)
    at_dose = {dose: [row for plan in some for row in of_world[plan][MEASURED]] for dose, some in dosed.items()}
    placebo = None if asked.case is None else placebo_of_case(asked.case, progress=progress)
    progress("sum up", 0, 1)
    found = sum_up(asked, judged, placebo, at_dose)
    text = json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_output(out / FIGURES, text.encode())
    write_output(out / REPORT, render_page(found, judged, PARTIES).encode())
    progress("sum up", 1, 1)
    return found


def measure_worlds(
    plans: Sequence[WorldPlan], kept: StageCache, *, workers: int = 1, progress: Progress = _silence
) -> dict[WorldPlan, JudgedWorld]:
    """The rows of each world."""
    keys = {plan: stage_key("calibrate", plan.as_json()) for plan in plans}
    done = {plan: judged_from_json(json.loads(entry)) for plan in keys if (entry := kept.get(keys[plan])) is not None}
    progress("worlds", len(done), len(keys))
    with tempfile.TemporaryDirectory(prefix="consilience-worlds-") as place:
        missing = [plan for plan in keys if plan not in done]
        for plan, judged in spread_out(measure_world, missing, workers, (Path(place),)):
            kept.put(keys[plan], json.dumps(judged_to_json(judged)).encode())
            done[plan] = judged
            progress("worlds", len(done), len(keys))
    return done


def together(plans: Sequence[WorldPlan], of_world: Mapping[WorldPlan, JudgedWorld]) -> JudgedWorld:
    """The rows of some worlds together, in the order of the plans, for each variant."""
    return {name: [row for plan in plans for row in of_world[plan][name]] for name in VARIANTS}


def sum_up(
    asked: Asked,
    judged: JudgedWorld,
    placebo: Mapping[str, Any] | None = None,
    at_dose: Mapping[float, Sequence[Judged]] | None = None,
) -> dict[str, Any]:
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
        "single_source": price_of_rule(measured, PARTIES),
        "doses": by_dose(asked.kind, at_dose, PARTIES, asked.seed) if at_dose else None,
        "placebo": None if placebo is None else dict(placebo),
        "why_null": ({"placebo": "no case was given"} if placebo is None else {})
        | ({} if at_dose else {"doses": "no doses were asked for"}),
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
