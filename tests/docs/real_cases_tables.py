"""Write what a run gives today into the tables of docs/real-cases.md.

Run from the root: `PYTHONPATH=tests .venv/bin/python tests/docs/real_cases_tables.py`.

A cell is "first → now", or one value where both are the same; what was found at first stands in the page and is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reported_cases import ready_case

PAGE = Path(__file__).parents[2] / "docs" / "real-cases.md"
CASES = ("idlib-april-2017", "nw-syria-2019-2020")
DAMASCUS = ZoneInfo("Asia/Damascus")
ARROW = " → "
ROW = re.compile(r"^\| (I\d+[A-Z]?), (.*) \|$")

Incident = Mapping[str, Any]


def incidents_today() -> dict[str, Incident]:
    """The incidents of both cases as findings.json has them, by incident_id."""
    found = [ready_case(name).found.findings for name in CASES]
    return {one["incident_id"]: one for findings in found for one in findings["incidents"]}


def with_today(page: str, today: Mapping[str, Incident]) -> str:
    """The page with what stands after each arrow made anew."""
    return "\n".join(_row(line, today) for line in page.split("\n"))


def _row(line: str, today: Mapping[str, Incident]) -> str:
    matched = ROW.match(line)
    if matched is None:
        return line
    incident = today[matched[1]]
    day, *cells = matched[2].split(" | ")
    now = [_time(incident), _mode(incident), _parties(incident), _named(incident), _flight(incident)]
    told = [_cell(cell, value) for cell, value in zip(cells, now[: len(cells)], strict=True)]
    return f"| {matched[1]}, {' | '.join([day, *told])} |"


def _cell(cell: str, now: str) -> str:
    first = cell.split(ARROW)[0]
    return first if first == now else first + ARROW + now


def _time(incident: Incident) -> str:
    median, low, high = (_local(incident["time"][name]) for name in ("median", "low", "high"))
    return f"{median:%H:%M} ({_clock(low, median)}–{_clock(high, median)})"


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(DAMASCUS)


def _clock(moment: datetime, beside: datetime) -> str:
    """With the day of the month where it is another than that of the median."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(moment.day % 10 if moment.day not in (11, 12, 13) else 0, "th")
    same = moment.date() == beside.date()
    return f"{moment:%H:%M}" if same else f"{moment:%H:%M} on the {moment.day}{ending}"


def _mode(incident: Incident) -> str:
    name, share = max(incident["mode"].items(), key=lambda item: item[1])
    return f"{name} {share:.3f}"


def _parties(incident: Incident) -> str:
    return f"{incident['party']['Syrian']:.2f}/{incident['party']['Russian']:.2f}"


def _named(incident: Incident) -> str:
    return incident["attribution"]["wording"] if incident["attribution"]["set"] else "not attributed"


def _flight(incident: Incident) -> str:
    if not incident["tracks"]:
        return "none"
    first = incident["tracks"][0]
    return f"{first['track_id']} {first['responsibility']:.2f}"


if __name__ == "__main__":
    PAGE.write_text(with_today(PAGE.read_text(encoding="utf-8"), incidents_today()), encoding="utf-8")
