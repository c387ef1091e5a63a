"""Names of places in the page, so that a statement can point to its evidence."""

from __future__ import annotations

import re


def anchor(*parts: str) -> str:
    """An id for HTML made of ids of the case: different parts give different anchors, whatever their characters."""
    return "-".join(re.sub(r"[^A-Za-z0-9_]", lambda found: f".{ord(found.group()):x}.", part) for part in parts)


def of_incident(incident_id: str) -> str:
    """Where an incident begins."""
    return anchor("i", incident_id)


def of_piece(incident_id: str, evidence_id: str) -> str:
    """The row of a piece in the evidence matrix of an incident."""
    return anchor("e", incident_id, evidence_id)
