"""Acts of decisions as earlier versions wrote them: with all that they are bound to, without a salt of its own."""

from __future__ import annotations

from dataclasses import replace

from consilience.casework.decisions_of_case import content_of
from consilience.records.decisions import DECISION_SCHEMA, Decision


def old_content(decision: Decision) -> dict[str, object]:
    """`consilience.decision/1`, as version 0.1 wrote it until what a decision is bound to lay beside the ledger."""
    content = content_of(replace(decision, scope="", bound_in="")) | {"schema": DECISION_SCHEMA}
    if decision.scope:
        content["scope"] = decision.scope
    if decision.bound is not None:
        content["bound"] = decision.bound
    if decision.bound is not None or decision.bound_parts:
        content["bound_parts"] = dict(decision.bound_parts or {})
    return content
