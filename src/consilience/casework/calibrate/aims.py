"""What decision 18 asks of the figures, and whether it was reached. The figures themselves know nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consilience.casework.calibrate.intervals import Figure


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure should lie in [low, high]."""

    figure: str
    low: float
    high: float


_CALIBRATED = (Aim("set_coverage", 0.93, 1.0), Aim("time_coverage", 0.93, 0.99))
_LESS_EVIDENCE = (Aim("named_one_right", 0.95, 1.0), Aim("named_one", 0.05, 1.0), *_CALIBRATED)

AIMS: dict[str, tuple[Aim, ...]] = {
    "full": (
        Aim("cllr", 0.0, 0.36),
        Aim("cllr", 0.0, 0.30),
        Aim("named_one_right", 0.97, 1.0),
        Aim("named_one", 0.30, 1.0),
        Aim("median_minutes", 0.0, 3.0),
        *_CALIBRATED,
    ),
    "no_radio": _LESS_EVIDENCE,
    "few_spotters": _LESS_EVIDENCE,
    "accounts_only": _LESS_EVIDENCE,
    "one_wrong_account": (Aim("named_one_right", 0.95, 1.0),),
    "planted": (Aim("named_one_right", 0.90, 1.0), Aim("named_one_right", 0.95, 1.0)),
}
"""By kind of world. Cllr 0.36 is the least that counts, 0.30 the aim; with planted rows 90 % the least, 95 % the aim.
"""


def reached(kind: str, found: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """Each aim with what was measured, and two answers: does the value reach it, and does its whole interval?

    Both are null where there was nothing to measure.
    """
    return [_answer(aim, found[aim.figure]) for aim in AIMS[kind]]


def _answer(aim: Aim, figure: Figure) -> dict[str, Any]:
    ends = (figure.low, figure.high)
    known = [end for end in ends if end is not None]
    return {
        "figure": aim.figure,
        "from": aim.low,
        "to": aim.high,
        "reached": None if figure.value is None else aim.low <= figure.value <= aim.high,
        "reached_surely": None if len(known) < len(ends) else all(aim.low <= end <= aim.high for end in known),
    }
