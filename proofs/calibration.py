"""The calibration: twenty simulated wars of 200 attacks that nothing was tuned to.

Each unit is one war of 60 days, weighed as it is and with each anchor's evidence; the seeds are those of
`consilience calibrate --worlds 20`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from consilience.casework.calibrate.anchors import VARIANTS
from consilience.casework.calibrate.calibration import Asked, sum_up
from consilience.casework.calibrate.one_world import judged_from_json, judged_to_json, measure_world
from consilience.casework.calibrate.page import lines

ASKED = Asked()
PLANS = {str(plan.seed): plan for plan in ASKED.plans()}
UNITS = tuple(PLANS)


def prove(unit: str, _: Path) -> dict[str, object]:
    """The judged incidents of one war for each variant; it makes its own temporary folder."""
    return dict(judged_to_json(measure_world(PLANS[unit])))


def summary(results: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """What `consilience calibrate` says of the same worlds."""
    worlds = [judged_from_json(result) for result in results]
    return lines(sum_up(ASKED, {name: [row for world in worlds for row in world[name]] for name in VARIANTS}))
