"""No figure of an account that may not be told is left to be had by subtraction.

A range of killed or injured is the least and the most that any account gives, and a total is the sum of ranges. Beside
the figures of the accounts that are told, either would give that of one that is withheld. So of an incident of which an
account is withheld neither range is said, nor a total in which it is counted: whatever the account says, and where it
gives no figure too. Else that a range is said or not would tell whether it gives one. The rule is that of every report,
of the tables of a release, and of a bundle (`incidents_with_withheld`); which accounts are withheld, each decides.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Final

from consilience.publish.profiles import Profile
from consilience.records.case import CaseRecords
from consilience.records.consent import agreeing_interviews, agreeing_people, unwilling_sources
from consilience.records.counting import is_established

HARMS: Final = ("killed", "injured")
NOT_SAID: Final = "figures_withheld"
"""Name in a finding, and in the totals, of what is not said: some of HARMS."""


def withheld_accounts(records: CaseRecords, profile: Profile) -> frozenset[str]:
    """Accounts given in an interview whose consent is absent for this use, has run out by as_of, or was withdrawn; and
    those of a source who agreed to it in no such interview, whether the row names the interview or not."""
    agreed, unwilling = agreeing_interviews(records, profile.consent), unwilling_sources(records, profile.consent)
    given = records.tables["accounts"].select("account_id", "interview_id", "source_id").iter_rows()
    return frozenset(
        account
        for account, interview, source in given
        if source in unwilling or (interview is not None and interview not in agreed)
    )


def incidents_with_withheld(accounts: Iterable[Mapping[str, Any]], withheld: Container[str]) -> frozenset[str]:
    """The incidents of which no range is said: those to which one of these rows belongs that is withheld."""
    return frozenset(
        row["incident_id"] for row in accounts if row["account_id"] in withheld and row["incident_id"] is not None
    )


def withheld_statements(records: CaseRecords, profile: Profile) -> frozenset[str]:
    """Rows of `site_status` of a person who was interviewed and did not agree to this use in every interview."""
    agreed = agreeing_people(records, profile.consent)
    asked = set(records.tables["interviews"]["source_id"]) - {None}
    given = records.tables["site_status"].select("status_id", "source_id").iter_rows()
    return frozenset(status for status, source in given if source in asked and source not in agreed)


def without_withheld_figures(findings: Mapping[str, Any], records: CaseRecords, profile: Profile) -> dict[str, Any]:
    """The findings without any range or total that a withheld account may have a figure in, and NOT_SAID in each
    incident and in the totals; the same findings where no account is withheld. Nothing that is given is changed.
    """
    accounts = records.tables["accounts"].select("account_id", "incident_id").iter_rows(named=True)
    hidden = incidents_with_withheld(accounts, withheld_accounts(records, profile))
    incidents = [_block(block, HARMS if block["incident_id"] in hidden else ()) for block in findings["incidents"]]
    in_total = any("killed" in block[NOT_SAID] and is_established(block) for block in incidents)
    totals = {**findings["totals"], **({"killed": None} if in_total else {})}
    return {**findings, "incidents": incidents, "totals": {**totals, NOT_SAID: ["killed"] if in_total else []}}


def _block(block: Mapping[str, Any], hidden: tuple[str, ...]) -> dict[str, Any]:
    casualties = block["casualties"]
    if hidden and casualties is not None:
        casualties = {**casualties, **dict.fromkeys(hidden)}
    return {**block, "casualties": casualties, NOT_SAID: list(hidden)}
