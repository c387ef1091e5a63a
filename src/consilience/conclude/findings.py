"""CONCLUDE's front door: the findings of a case as one dict, the content of findings.json (findings-format.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from consilience.conclude.casualties import count_casualties
from consilience.conclude.incident import conclude_incident
from consilience.conclude.totals import add_up, why_totals_null
from consilience.quantities import Digest
from consilience.records.case import CaseRecords, rows_by_key
from consilience.records.left_out import Lost
from consilience.records.weighed import WeighedIncident
from consilience.version import __version__

SCHEMA = "consilience.findings/1"

WHY_NO_TESTS = "this version makes no pattern tests"
WHY_NO_LOG = "no log of sightings or transmissions is declared whole, so there was nothing to fit to"


def conclude(
    records: CaseRecords,
    weighed: Sequence[WeighedIncident],
    parameters: Mapping[str, float],
    case_digest: Digest | None = None,
    log_model: Digest | None = None,
) -> dict[str, Any]:
    """Findings of a case, incidents in the order of their ids, whatever the order of `weighed`.

    `parameters` are all named assumptions that the weighing stood on, by name. `case_digest` is given where `records`
    hold more than was read (incidents formed from accounts); by default it is `records.digest()`.
    `log_model` is the digest of log-model.json; None where no log is whole.
    KeyError where an incident was weighed that `records` don't hold.
    """
    settings = records.settings
    rows = rows_by_key(records.tables["incidents"], "incident_id")
    depends_on = {s: row["depends_on"] or [] for s, row in rows_by_key(records.tables["sources"], "source_id").items()}
    accounts = records.tables["accounts"]
    of_incident = {key[0]: told for key, told in accounts.partition_by("incident_id", as_dict=True).items()}
    blocks = [
        conclude_incident(
            incident,
            rows[incident.incident_id],
            settings,
            count_casualties(of_incident.get(incident.incident_id, accounts.clear()), depends_on),
        )
        for incident in sorted(weighed, key=lambda incident: incident.incident_id)
    ]
    totals = add_up(blocks, _kinds(records, rows), _months(records, blocks))
    return {
        "schema": SCHEMA,
        "case_id": settings.id,
        "case_digest": case_digest or records.digest(),
        "version": __version__,
        "parameters": {name: parameters[name] for name in sorted(parameters)},
        "log_model": log_model,
        "incidents": blocks,
        "totals": totals,
        "tests": None,
        "left_out": sum(item.lost is not Lost.NOTHING for item in records.left_out),
        "why_null": _why_null(log_model) | why_totals_null(totals),
    }


def _why_null(log_model: Digest | None) -> dict[str, str]:
    return ({"log_model": WHY_NO_LOG} if log_model is None else {}) | {"tests": WHY_NO_TESTS}


def _kinds(records: CaseRecords, incidents: Mapping[str, Mapping[str, Any]]) -> dict[str, str | None]:
    """Facility kind of each incident."""
    facilities = rows_by_key(records.tables["facilities"], "facility_id")
    return {
        incident_id: facilities[row["facility_id"]]["kind"] if row["facility_id"] in facilities else None
        for incident_id, row in incidents.items()
    }


def _months(records: CaseRecords, blocks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Month of each incident's median time on the wall calendar of the case's zone."""
    zone = records.settings.zone
    return {
        block["incident_id"]: datetime.fromisoformat(block["time"]["median"]).astimezone(zone).strftime("%Y-%m")
        for block in blocks
    }
