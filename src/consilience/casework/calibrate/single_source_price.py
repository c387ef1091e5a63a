"""What the rule on single sources costs and saves: how many single names each of its settings leaves, and how right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from consilience.casework.calibrate.intervals import wilson
from consilience.casework.calibrate.judged import Judged
from consilience.records.case import SINGLE_SOURCE_RULES


def widened(rows: Sequence[Judged], parties: Sequence[str]) -> list[Judged]:
    """What would be published under `widen`: a name that one source carries stands for either party."""
    return [row if row.carried_by is None else replace(row, named=tuple(parties)) for row in rows]


def price_of_rule(rows: Sequence[Judged], parties: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The block `single_source` of calibration.json: for each rule `named_one` and `named_one_right`, counted as the
    figures of these names are, and against `off` how many single names are lost, right and wrong ones apart."""
    return {
        rule: _counted(widened(rows, parties) if rule == "widen" else list(rows), rows) for rule in SINGLE_SOURCE_RULES
    }


def _counted(rows: Sequence[Judged], off: Sequence[Judged]) -> dict[str, Any]:
    attacks = [row for row in rows if row.is_attack]
    single = [row for row in rows if len(row.named) == 1]
    lost = [before for before, row in zip(off, rows, strict=True) if len(before.named) == 1 != len(row.named)]
    right = sum(row.named == row.truth for row in lost)
    return {
        "named_one": wilson(sum(len(row.named) == 1 for row in attacks), len(attacks)).as_json(),
        "named_one_right": wilson(sum(row.named == row.truth for row in single), len(single)).as_json(),
        "right_names_lost": right,
        "wrong_names_saved": len(lost) - right,
    }
