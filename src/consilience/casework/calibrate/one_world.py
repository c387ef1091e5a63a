"""One simulated war: made in a temporary folder, weighed four times, judged, and gone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from consilience.casework.calibrate.anchors import MEASURED, VARIANTS
from consilience.casework.calibrate.judged import Judged, judge
from consilience.casework.situating import parameters_of, situate_case
from consilience.conclude.findings import conclude
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.readings.case_folder import read_case
from consilience.worlds.make import make_world

JudgedWorld = dict[str, list[Judged]]
"""The rows of one world for each of `VARIANTS`."""


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """What a world is made from; with the program itself it decides every figure."""

    seed: int
    attacks: int
    days: int
    kind: str

    def as_json(self) -> dict[str, int | str]:
        """Its fields by name."""
        return asdict(self)


def measure_world(plan: WorldPlan, scratch: Path | None = None) -> JudgedWorld:
    """Make the world, weigh it as it is and as each anchor has it, and judge all of it against the truth.

    UsageError for an unknown kind or numbers that make no war. Nothing is left on the disk; the files stand in a
    folder of their own in `scratch`, by default the system's place for such.
    """
    with tempfile.TemporaryDirectory(prefix="consilience-world-", dir=scratch) as place:
        folder = Path(place)
        make_world(seed=plan.seed, attacks=plan.attacks, days=plan.days, out=folder / "world", kind=plan.kind)
        truth = json.loads((folder / "world" / "truth.json").read_text("utf-8"))
        case = folder / "world" / "case"
        read = read_case(case)
        situated = situate_case(read, case)
    parameters, parties = parameters_of(situated.evidence), read.settings.parties
    evidence, judged = situated.evidence, JudgedWorld()
    for name, vary in VARIANTS.items():
        varied = vary(evidence, truth)
        evidence = varied if name == MEASURED else evidence
        weighed = weigh_incidents(varied, fit_logs(varied))
        blocks = conclude(situated.records, weighed, parameters, case_digest=read.digest())["incidents"]
        judged[name] = list(judge(plan.seed, blocks, weighed, truth, parties))
    return judged


def judged_to_json(judged: Mapping[str, Sequence[Judged]]) -> dict[str, list[list[object]]]:
    """The rows of each variant as lists."""
    return {name: [row.as_json() for row in rows] for name, rows in judged.items()}


def judged_from_json(value: Mapping[str, Sequence[Sequence[object]]]) -> JudgedWorld:
    """What `judged_to_json` gave, back."""
    return {name: [Judged.from_json(row) for row in rows] for name, rows in value.items()}
