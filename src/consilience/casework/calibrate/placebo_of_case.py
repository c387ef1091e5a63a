"""The placebo on a case's own log: read, placed and weighed as a run does it, then each incident against its log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from consilience.casework.batches import Progress
from consilience.casework.people import read_apart
from consilience.casework.situating import join_flights, situate_case
from consilience.corroborate.incident_model import model_incident, share
from consilience.corroborate.placebo import placebo
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.records.weighed import Placebo


def placebo_of_case(folder: Path, *, progress: Progress) -> dict[str, Any]:
    """`case_id`, and `incidents`: by id `matches`, `shifts`, `statistic` (bans), or nulls and `why_null`.

    Shifts keep clear of the found time interval of every incident. Nothing is kept in the case folder. Raises the
    errors of reading a case and its order of battle.
    """
    progress("placebo", 0, 1)
    read = read_apart(folder).records
    placed = situate_case(read, folder).evidence
    evidence = replace(placed, legs=join_flights(placed))
    logs = fit_logs(evidence)
    found = [(one.time_low, one.time_high) for one in weigh_incidents(evidence, logs)]
    rows = list(evidence.incidents.sort("incident_id").iter_rows(named=True))
    shared = share(evidence)
    told: dict[str, Any] = {}
    for done, row in enumerate(rows):
        told[row["incident_id"]] = _plain(placebo(model_incident(row, shared, logs), logs, found))
        progress("placebo", done + 1, len(rows))
    return {"case_id": read.settings.id, "incidents": told}


def _plain(one: Placebo) -> dict[str, Any]:
    plain: dict[str, Any] = {"matches": one.matches, "shifts": one.shifts, "statistic": None}
    if one.statistic is not None:
        plain["statistic"] = round(one.statistic, 4)
    return plain if one.why_null is None else plain | {"why_null": one.why_null}
