"""The front door of power: with this log, how often would an attack by X be attributed right, wrong, or left open?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consilience.casework.batches import Progress
from consilience.casework.cache import StageCache, stage_key
from consilience.casework.calibrate.attributed import OPEN, RIGHT, WRONG, Attributed, Ready, attribute_batch, ready
from consilience.casework.calibrate.intervals import mixed, wilson
from consilience.casework.calibrate.planned_attacks import Plan, Planned, plan_attacks
from consilience.casework.calibrate.power_page import REPORT, render_power, with_sentences
from consilience.casework.calibrate.spread_out import spread_out
from consilience.casework.people import read_apart
from consilience.casework.situating import parameters_of, situate_case
from consilience.errors import PublishError, UsageError
from consilience.publish.writing import write_output
from consilience.quantities import iso_utc, moment_at
from consilience.version import __version__

SCHEMA = "consilience.power/1"
FIGURES, KEPT = "power.json", "attacks"

OUTCOMES = (RIGHT, WRONG, OPEN)
INSIDE, OUTSIDE = "inside", "outside"


@dataclass(frozen=True, slots=True)
class PowerAsked:
    """How many attacks to plant, and the seed of everything that is drawn.

    240 are 60 by each of two parties under the log and 60 outside it: a share of one half is then known to ±12 points.
    """

    attacks: int = 240
    seed: int = 1


def _silence(stage: str, done: int, total: int) -> None:
    """Nobody is told."""


def default_power_out(case: Path) -> Path:
    """`CASE-power` beside the case."""
    resolved = case.resolve()
    return resolved.parent / f"{resolved.name}-power"


def power(
    folder: Path, asked: PowerAsked, out: Path | None = None, *, workers: int = 1, progress: Progress = _silence
) -> dict[str, Any]:
    """Measure, write `out/power.json` and `out/report.html`, and give the content of the former.

    Nothing in the case folder changes. Each batch's answers are kept in `out/attacks` under the digest of the program,
    the case and the batch, so a call that was broken off goes on and ends in the same bytes. UsageError where there is
    nothing to measure with; PublishError; the errors of reading a case.
    """
    target = default_power_out(folder) if out is None else out.resolve()
    _check_out(target, folder.resolve())
    if asked.attacks < 1 or asked.seed < 0:
        raise UsageError("there is nothing to measure", remedy="Give --attacks 1 or more and a --seed from 0.")
    progress("read", 0, 1)
    read = read_apart(folder).records
    situated = situate_case(read, folder)
    plan = plan_attacks(situated.evidence, asked.attacks, asked.seed)
    inputs = [read.digest(), repr(situated.evidence.orbat), parameters_of(situated.evidence), asked.seed]
    progress("read", 1, 1)
    progress("fit logs", 0, 1)
    case = ready(situated, read.digest(), plan.places, asked.seed)
    progress("fit logs", 1, 1)
    answers = _measured(plan, case, inputs, StageCache(target / KEPT), workers, progress)
    found = with_sentences(sum_up_power(case, plan, answers, asked))
    text = json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_output(target / FIGURES, text.encode())
    write_output(target / REPORT, render_power(found).encode())
    return found


def _measured(
    plan: Plan, case: Ready, inputs: Sequence[object], kept: StageCache, workers: int, progress: Progress
) -> list[Attributed]:
    """The answers to all attacks, in the order of their numbers; what is kept isn't weighed again."""
    batches = plan.batches()
    keys = {
        batch: stage_key("power", {"inputs": list(inputs), "attacks": [one.as_json() for one in batch]})
        for batch in batches
    }
    done: dict[tuple[Planned, ...], list[Attributed]] = {}
    for batch in batches:
        if (entry := kept.get(keys[batch])) is not None:
            done[batch] = [Attributed.from_json(row) for row in json.loads(entry)]
    progress("attacks", len(done), len(batches))
    for batch, answers in spread_out(attribute_batch, [b for b in batches if b not in done], workers, (case,)):
        kept.put(keys[batch], json.dumps([one.as_json() for one in answers]).encode())
        done[batch] = answers
        progress("attacks", len(done), len(batches))
    return sorted((one for batch in batches for one in done[batch]), key=lambda one: one.number)


def sum_up_power(case: Ready, plan: Plan, answers: Sequence[Attributed], asked: PowerAsked) -> dict[str, Any]:
    """The content of power.json (docs/calibration.md) but for its sentences."""
    evidence, attacker = case.situated.evidence, case.logs.attacker
    cells = [
        {"party": party, "mode": mode, "log": where} | _shares(some)
        for party in evidence.settings.parties
        for mode in dict.fromkeys(one.mode for one in answers if one.party == party)
        for where in (INSIDE, OUTSIDE)
        if (some := [one for one in answers if (one.party, one.mode, _where(one)) == (party, mode, where)])
    ]
    return {
        "schema": SCHEMA,
        "version": __version__,
        "case_id": case.situated.records.settings.id,
        "case_digest": case.case_digest,
        "seed": asked.seed,
        "attacks": asked.attacks,
        "has_log": plan.covered_share > 0,
        "covered_share": round(plan.covered_share, 6),
        "model": {
            "flights": len(case.logs.sky.tracks),
            "detection": round(attacker.detection, 6),
            "lead_minutes": round(attacker.lead, 3),
            "spread_minutes": round(attacker.spread, 3),
        },
        "parties": {
            party: _of_party([one for one in answers if one.party == party], plan.covered_share)
            | {"label": evidence.settings.label_of(party)}
            for party in evidence.settings.parties
        },
        "by_mode": cells,
        "planted": [
            one.as_json() | {"minute": iso_utc(moment_at(one.minute)), "outcome": one.outcome} for one in answers
        ],
    }


def _where(one: Attributed) -> str:
    return INSIDE if one.is_covered else OUTSIDE


def _shares(some: Sequence[Attributed]) -> dict[str, Any]:
    """How many, how many left anything in the logs, and the share of each outcome with Wilson's interval."""
    counted = {key: sum(one.outcome == key for one in some) for key in OUTCOMES}
    return {
        "attacks": len(some),
        "left_rows": sum(one.rows > 0 for one in some),
        **{key: wilson(number, len(some)).as_json() for key, number in counted.items()},
    }


def _of_party(answers: Sequence[Attributed], covered_share: float) -> dict[str, Any]:
    """Inside and outside the log, null where there is no such time, and both mixed as the period has them."""
    parts = {where: [one for one in answers if _where(one) == where] for where in (INSIDE, OUTSIDE)}
    weights = {INSIDE: covered_share, OUTSIDE: 1.0 - covered_share}
    period = {
        key: mixed(
            [(weights[w], wilson(sum(one.outcome == key for one in some), len(some))) for w, some in parts.items()]
        ).as_json()
        for key in OUTCOMES
    }
    told: Mapping[str, Any] = {where: _shares(some) if some else None for where, some in parts.items()}
    return {**told, "whole_period": period}


def _check_out(out: Path, case: Path) -> None:
    """Nothing of anybody else may stand where we write, and the case is never written in."""
    if out == case or case in out.parents or out in case.parents:
        raise PublishError("outputs can't stand in the case folder or above it", where=str(out),
                           remedy="Choose another folder with --out.")  # fmt: skip
    if out.exists() and not out.is_dir():
        raise PublishError("a file stands there", where=str(out), remedy="Choose a folder with --out.")
    there = {path.name for path in out.iterdir()} if out.exists() else set()
    if strangers := sorted(there - {FIGURES, REPORT, KEPT}):
        raise PublishError(
            f"this is not an output of a measure of power: it holds {strangers[0]}",
            where=str(out),
            remedy="Choose another folder with --out; nothing was changed.",
        )
