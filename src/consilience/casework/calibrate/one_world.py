"""One simulated war: made in a temporary folder, weighed four times, judged, and gone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from consilience.casework.calibrate.anchors import MEASURED, VARIANTS
from consilience.casework.calibrate.doses import kind_at
from consilience.casework.calibrate.judged import Judged, judge
from consilience.casework.single_source import with_carrier
from consilience.casework.situating import parameters_of, situate_case
from consilience.conclude.findings import conclude
from consilience.conclude.sensitivity import conclusion_of
from consilience.corroborate.probe import Prober
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.readings.case_folder import read_case
from consilience.worlds.kinds import WorldKind, kind_named
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
    dose: float | None = None
    """Another dose of what the kind gets wrong than its usual one; such a world is weighed by no anchor."""

    def as_json(self) -> dict[str, int | str | float | None]:
        """Its fields by name."""
        return asdict(self)

    def of_kind(self) -> WorldKind:
        """What its wars are like. UsageError for an unknown kind, or a dose that it can't have."""
        return kind_named(self.kind) if self.dose is None else kind_at(self.kind, self.dose)


def measure_world(plan: WorldPlan, scratch: Path | None = None) -> JudgedWorld:
    """Make the world, weigh it as it is and as each anchor has it, and judge all of it against the truth.

    On which source a single name hangs is asked of the world as it is. UsageError for an unknown kind or numbers that
    make no war. Nothing is left on the disk; the files stand in a folder of their own in `scratch`, by default the
    system's place for such.
    """
    with tempfile.TemporaryDirectory(prefix="consilience-world-", dir=scratch) as place:
        folder = Path(place)
        make_world(seed=plan.seed, attacks=plan.attacks, days=plan.days, out=folder / "world", kind=plan.of_kind())
        truth = json.loads((folder / "world" / "truth.json").read_text("utf-8"))
        case = folder / "world" / "case"
        read = read_case(case)
        situated = situate_case(read, case)
    parameters, parties = parameters_of(situated.evidence), read.settings.parties
    evidence, judged = situated.evidence, JudgedWorld()
    for name in VARIANTS if plan.dose is None else (MEASURED,):
        varied = VARIANTS[name](evidence, truth)
        evidence = varied if name == MEASURED else evidence
        logs = fit_logs(varied)
        weighed = weigh_incidents(varied, logs)
        if name == MEASURED:
            prober = Prober(varied, logs, conclusion_of(varied.settings))
            weighed = tuple(with_carrier(one, prober, varied.settings) for one in weighed)
        blocks = conclude(situated.records, weighed, parameters, case_digest=read.digest())["incidents"]
        judged[name] = list(judge(plan.seed, blocks, weighed, truth, parties))
    return judged


def judged_to_json(judged: Mapping[str, Sequence[Judged]]) -> dict[str, list[list[object]]]:
    """The rows of each variant as lists."""
    return {name: [row.as_json() for row in rows] for name, rows in judged.items()}


def judged_from_json(value: Mapping[str, Sequence[Sequence[object]]]) -> JudgedWorld:
    """What `judged_to_json` gave, back."""
    return {name: [Judged.from_json(row) for row in rows] for name, rows in value.items()}
