"""No figure of an account that may not be told is left to be had by subtraction.

A range of killed or injured is the least and the most that any account gives, and a total is the sum of ranges. Beside
the figures of the accounts that are told, either would give that of one that is withheld. So a range to which a
withheld account gives a figure is not said, nor a total in which it is counted. Whether it is said hangs on there being
a figure, and not on which: else its absence would tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from consilience.publish.profiles import Profile
from consilience.records.case import CaseRecords
from consilience.records.consent import agreeing_interviews
from consilience.records.counting import is_established

HARMS: Final = ("killed", "injured")
NOT_SAID: Final = "figures_withheld"
"""Name in a finding, and in the totals, of what is not said: some of HARMS."""


def withheld_accounts(records: CaseRecords, profile: Profile) -> frozenset[str]:
    """Accounts given in an interview whose consent is absent for this use, has run out by as_of, or was withdrawn."""
    agreed = agreeing_interviews(records, profile.consent)
    given = records.tables["accounts"].select("account_id", "interview_id").iter_rows()
    return frozenset(account for account, interview in given if interview is not None and interview not in agreed)


def without_withheld_figures(findings: Mapping[str, Any], records: CaseRecords, profile: Profile) -> dict[str, Any]:
    """The findings without any range or total that hangs on the figure of a withheld account, and NOT_SAID in each
    incident and in the totals; the same findings where no figure is withheld. Nothing that is given is changed.
    """
    hidden = _hidden(records, withheld_accounts(records, profile))
    incidents = [_block(block, hidden.get(block["incident_id"], ())) for block in findings["incidents"]]
    in_total = any("killed" in block[NOT_SAID] and is_established(block) for block in incidents)
    totals = {**findings["totals"], **({"killed": None} if in_total else {})}
    return {**findings, "incidents": incidents, "totals": {**totals, NOT_SAID: ["killed"] if in_total else []}}


def _hidden(records: CaseRecords, withheld: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """By incident, of what a withheld account gives a figure."""
    found: dict[str, set[str]] = {}
    for row in records.tables["accounts"].iter_rows(named=True):
        if row["account_id"] in withheld and row["incident_id"] is not None:
            given = {what for what in HARMS if (row[f"{what}_min"], row[f"{what}_max"]) != (None, None)}
            found.setdefault(row["incident_id"], set()).update(given)
    return {incident: tuple(what for what in HARMS if what in given) for incident, given in found.items()}


def _block(block: Mapping[str, Any], hidden: tuple[str, ...]) -> dict[str, Any]:
    casualties = block["casualties"]
    if hidden and casualties is not None:
        casualties = {**casualties, **dict.fromkeys(hidden)}
    return {**block, "casualties": casualties, NOT_SAID: list(hidden)}
