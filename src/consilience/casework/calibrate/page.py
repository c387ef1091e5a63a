"""The calibration report: one self-contained page without a script, light, dark and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from consilience.casework.calibrate.anchors import MEASURED
from consilience.casework.calibrate.charts import draw_coverage, draw_errors, draw_reliability, draw_tippett
from consilience.casework.calibrate.dose_chart import draw_doses
from consilience.casework.calibrate.doses import dose_shown
from consilience.casework.calibrate.judged import Judged

NAMES = {
    "cllr": "Cllr",
    "cllr_min": "Cllr_min (order alone)",
    "cllr_cal": "loss of calibration",
    "named_one": "one named",
    "named_one_right": "one named: right",
    "set_given": "anybody named",
    "set_coverage": "sets that hold the truth",
    "time_coverage": "time intervals that hold the truth",
    "median_minutes": "median error of time",
}
"""Figures that the report shows, in its order."""

VARIANT_NAMES = {
    MEASURED: "the log as it is",
    "accounts_alone": "accounts alone",
    "perfect_tracks": "perfect tracks",
    "knowing_the_attacker": "knowing the attacking flight",
}

TOLD = ("cllr", "named_one", "named_one_right", "median_minutes")
"""Figures that a terminal is told of each variant."""

RULES = {"off": "off: nothing is said", "warn": "warn: a sentence is added", "widen": "widen: either party"}
"""Settings of the rule on single sources, as the report calls them."""

COSTS = ("cllr", "cllr_min", "cllr_cal")
ANSWERS = {True: "yes", False: "no", None: "nothing to measure"}


def render_page(found: Mapping[str, Any], judged: Mapping[str, Sequence[Judged]], parties: Sequence[str]) -> str:
    """The page as text; the same text for the same figures and rows."""
    environment = Environment(
        loader=PackageLoader("consilience.casework.calibrate"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    rows = judged[MEASURED]
    return environment.get_template("calibration.html.j2").render(
        found=found,
        sentence=_sentence(found),
        columns=list(NAMES.items()),
        names=NAMES,
        variants=[(name, found if key == MEASURED else found["anchors"][key]) for key, name in VARIANT_NAMES.items()],
        charts=[
            ("Reliability and PAV", "Dots: observed shares in bins, with intervals. Line: the best rising fit.",
             draw_reliability(rows, parties)),
            ("Tippett", f"Solid: attacks by {parties[0]}. Dashed: attacks by {parties[1]}.",
             draw_tippett(rows, parties)),
            ("Coverage", "How often intervals of each level hold the true time; the band is Wilson's.",
             draw_coverage(rows)),
            ("Error of time", "Distance of the stated median from the true first impact.", draw_errors(rows)),
        ],
        rules=RULES,
        dose_chart=None if found["doses"] is None else draw_doses(found["doses"]),
        dose_shown=dose_shown,
        shown=shown,
        answer=ANSWERS,
    )  # fmt: skip


def shown(key: str, value: float | None) -> str:
    """A figure as the page writes it: costs with three decimals, minutes with one, shares as percentages."""
    if value is None:
        return "none"
    if key in COSTS:
        return f"{value:.3f}"
    return f"{value:.1f} min" if key == "median_minutes" else f"{100 * value:.1f} %"


def _sentence(found: Mapping[str, Any]) -> str:
    """The result in words."""
    if not found["worlds"]:
        return "No world was simulated; below, a case's log is shifted against itself."
    right, time = found["named_one_right"], found["time_coverage"]
    wars = f"{found['worlds']} simulated war{'s' if found['worlds'] > 1 else ''}"
    start = f"In {wars} with {found['incidents']} incidents"
    if right["value"] is None:
        named = "no single party was named"
    else:
        named = f"a single named party was the right one {shown('named_one_right', right['value'])} of the time"
    held = f"the interval for the time held the truth {shown('time_coverage', time['value'])} of the time"
    return f"{start}, {named}, and {held}."


def lines(found: Mapping[str, Any]) -> list[str]:
    """What a terminal is told: the sentence, then a line for each variant and each aim."""
    told = [_sentence(found)]
    if not found["worlds"]:
        return told
    for key, name in VARIANT_NAMES.items():
        figures = found if key == MEASURED else found["anchors"][key]
        told.append(f"  {name}: {', '.join(f'{NAMES[f]} {_with_interval(f, figures[f])}' for f in TOLD)}")
    for aim in found["aims"]:
        ends = f"{shown(aim['figure'], aim['from'])} to {shown(aim['figure'], aim['to'])}"
        told.append(f"  aim: {NAMES[aim['figure']]} {ends}: {ANSWERS[aim['reached']]}")
    if found["doses"] is not None:
        told.append(f"  {found['doses']['sentence']}")
    return told


def _with_interval(key: str, figure: Mapping[str, Any]) -> str:
    text = shown(key, figure["value"])
    return text if figure["low"] is None else f"{text} ({shown(key, figure['low'])} to {shown(key, figure['high'])})"
