"""The chart of doses: single names that are right, and how many there are, against the dose of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from markupsafe import Markup

from consilience.casework.calibrate.chart_frame import SHARES, Axis, Frame
from consilience.casework.calibrate.doses import LEVELS


def draw_doses(block: Mapping[str, Any]) -> Markup:
    """The curve over the doses of calibration.json's block `doses`; levels that it should hold are dotted."""
    doses = np.array([step["dose"] for step in block["steps"]])
    most = float(doses.max()) or 1.0
    ticks = [(float(dose), f"{dose:g}") for dose in doses]
    frame = Frame(Axis(block["what"], 0.0, most, ticks), Axis("share", 0, 1, SHARES))
    ends = np.array([0.0, most])
    marks = [frame.line(ends, np.full(2, level), "ideal") for level in LEVELS]
    for key, style in (("named_one", "second"), ("named_one_right", "first")):
        known = [step for step in block["steps"] if step[key]["value"] is not None]
        values = np.array([step[key]["value"] for step in known])
        marks.append(frame.line(np.array([step["dose"] for step in known]), values, style))
        for step in known if key == "named_one_right" else ():
            one = step[key]
            says = f"dose {step['dose']:g}: {one['value']:.1%} right of {one['n']}"
            marks.append(frame.dot(step["dose"], one["value"], one["low"], one["high"], says))
    return frame.draw("Doses", block["sentence"], marks)
