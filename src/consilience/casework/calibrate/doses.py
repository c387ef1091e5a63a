"""How much of what is wrong findings bear: the same wars at several doses of it, and at which dose names go wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from consilience.casework.calibrate.figures import figures
from consilience.casework.calibrate.judged import Judged
from consilience.casework.calibrate.single_source_price import widened
from consilience.errors import UsageError
from consilience.worlds.kinds import WorldKind, kind_named

KNOBS: Mapping[str, str] = {"planted": "planted", "one_wrong_account": "wrong_accounts"}
"""The knob of each kind of world that can be given in doses."""

WHAT: Mapping[str, str] = {
    "planted": "share of the log that is planted",
    "one_wrong_account": "wrong accounts of each incident",
}
LEVELS = (0.95, 0.90)
"""Shares of right names below which the report says at which dose they are met (decision 18)."""


def read_doses(text: str | None, kind: str) -> tuple[float, ...]:
    """Doses written as "0,0.005,0.01", sorted, each once; none where nothing is written; else UsageError."""
    if text is None:
        return ()
    try:
        doses = sorted({float(part) for part in text.split(",")})
    except ValueError as err:
        raise UsageError(f"{text!r} is no list of doses", remedy="Write numbers such as 0,0.005,0.01.") from err
    for dose in doses:
        kind_at(kind, dose)
    return tuple(doses)


def kind_at(kind: str, dose: float) -> WorldKind:
    """The kind of world at a dose. UsageError where the kind has no dose, or not this one."""
    chosen = kind_named(kind)
    if kind not in KNOBS:
        raise UsageError(f"worlds of kind {kind} come in no doses", remedy=f"Choose --kind {' or '.join(KNOBS)}.")
    if kind == "one_wrong_account":
        if not dose.is_integer():
            raise UsageError(f"{dose:g} wrong accounts can't be made", remedy="Give whole numbers.")
        return replace(chosen, wrong_accounts=int(dose))
    return replace(chosen, planted=dose)


def usual_dose(kind: str) -> float:
    """The dose at which worlds of this kind are made if none is asked for."""
    return float(getattr(kind_named(kind), KNOBS[kind]))


def by_dose(kind: str, judged: Mapping[float, Sequence[Judged]], parties: Sequence[str], seed: int) -> dict[str, Any]:
    """The block `doses` of calibration.json: the figures at each dose, and where right names fall below each level."""
    steps = [
        {
            "dose": dose,
            **{key: one.as_json() for key, one in figures(rows, parties, seed).items()},
            "widen": {
                key: one.as_json()
                for key, one in figures(widened(rows, parties), parties, seed, draws=0).items()
                if key in ("named_one", "named_one_right")
            },
        }
        for dose, rows in judged.items()
    ]
    falls = {f"{level:g}": _falls_below(steps, level) for level in LEVELS}
    return {"of": KNOBS[kind], "what": WHAT[kind], "steps": steps, "falls_below": falls, "sentence": _says(kind, falls)}


def _falls_below(steps: Sequence[Mapping[str, Any]], level: float) -> dict[str, float | None]:
    """The smallest dose measured at which right names are below the level, and the last one before it."""
    known = [(step["dose"], step["named_one_right"]["value"]) for step in steps]
    known = [(dose, value) for dose, value in known if value is not None]
    below = next((k for k, (_, value) in enumerate(known) if value < level), None)
    if below is None:
        return {"dose": None, "above_at": known[-1][0] if known else None}
    return {"dose": known[below][0], "above_at": known[below - 1][0] if below else None}


def _says(kind: str, falls: Mapping[str, Mapping[str, float | None]]) -> str:
    parts = []
    for level, fall in falls.items():
        share = f"{100 * float(level):g} %"
        if fall["dose"] is None and fall["above_at"] is None:
            parts.append(f"below {share} can't be told, for no single party was named")
        elif fall["dose"] is None:
            parts.append(f"below {share} at no dose up to {dose_shown(kind, fall['above_at'])}")
        elif fall["above_at"] is None:
            parts.append(f"below {share} at the smallest dose measured, {dose_shown(kind, fall['dose'])}")
        else:
            still = f"not yet at {dose_shown(kind, fall['above_at'])}"
            parts.append(f"below {share} at {dose_shown(kind, fall['dose'])} ({still})")
    return f"By {WHAT[kind]}, single names that are right fall {', and '.join(parts)}."


def dose_shown(kind: str, dose: float | None) -> str:
    """A dose as people read it: planted rows as a percentage, wrong accounts as a number."""
    value = dose or 0.0
    return f"{100 * value:g} %" if kind == "planted" else f"{value:g}"
