"""Incidents formed from accounts, for a case without a table of incidents.

An account that carries an incident_id belongs to that incident. The others are matched: two accounts with a clock time
speak of one incident where their sites agree (the same facility, or places within their error radii) and their times
are no further apart than `SAME_INCIDENT_MIN` beyond two standard deviations of each. Accounts that name a facility are
matched first; one that names only a place, and then one of a coarser time (a part of the day, a day), joins the one
incident that fits it. Where several fit it is left out, for nobody knows which one it speaks of; where none does, such
accounts form incidents of their own. An account of unknown time or place forms none and is left out.

An incident so formed is named `I-` and its smallest account_id, so it depends on content alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from consilience.quantities import great_circle_m
from consilience.records.case import CaseRecords
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.situated import FINE_PRECISIONS
from consilience.records.tables import TABLES

SAME_INCIDENT_MIN = 60.0
"""Our choice: strikes of one attack, a second strike on the rescuers included, rarely spread beyond an hour; attacks on
the same place further apart than that are told apart by those who report them."""

SAME_PLACE_M = 1_000.0
"""Two sites nearer than this are one even if both claim to be exact: our choice, a *locality* is ±1 km
(docs/glossary.md)."""

LABELLED = ("accounts", "media", "imagery", "munitions", "casualties")
"""Tables whose rows may name the incident that they belong to."""

WEIGHED_BY_LABEL = ("media", "imagery", "munitions")
"""Tables whose rows are weighed for the incident that they name and for no other: without a name they are left out."""


@dataclass(frozen=True, slots=True)
class _Account:
    account_id: str
    facility_id: str | None
    place: str | None
    low: float
    high: float
    is_fine: bool
    sites: tuple[tuple[float, float, float], ...]


def form_incidents(records: CaseRecords, accounts: pl.DataFrame) -> CaseRecords:
    """The records with incidents; every account, and other evidence of one incident, is in one or left out.

    `accounts` are the situated accounts (times and sites). Records that have a table of incidents come back with
    accounts outside any incident left out and no more.
    """
    labels: dict[str, str] = {
        row["account_id"]: row["incident_id"]
        for row in records.tables["accounts"].iter_rows(named=True)
        if row["incident_id"]
    }
    if records.tables["incidents"].height:
        return _with_incidents(records, labels, ())
    unlabelled = [_read(row) for row in accounts.iter_rows(named=True) if row["account_id"] not in labels]
    formed = _match(sorted((a for a in unlabelled if a is not None), key=lambda a: (a.low, a.high, a.account_id)))
    labels |= {a.account_id: incident_id for incident_id, members in formed.items() for a in members}
    return _with_incidents(records, labels, _named_incidents(records, labels))


def _match(accounts: list[_Account]) -> dict[str, list[_Account]]:
    """Incident id to its accounts, from accounts in order of time; ambiguous ones are in none.

    From the firmest to the vaguest: a clock time at a facility, a clock time at a place, a coarser time.
    """
    tiers: tuple[list[_Account], list[_Account], list[_Account]] = ([], [], [])
    for account in accounts:
        tiers[(0 if account.facility_id else 1) if account.is_fine else 2].append(account)
    clusters: list[list[_Account]] = []
    for tier, slack_min in zip(tiers, (SAME_INCIDENT_MIN, SAME_INCIDENT_MIN, 0.0), strict=True):
        fitting = [[k for k, c in enumerate(clusters) if _fits(account, c, slack_min)] for account in tier]
        lonely = [account for account, fits in zip(tier, fitting, strict=True) if not fits]
        for account, fits in zip(tier, fitting, strict=True):
            if len(fits) == 1:
                clusters[fits[0]].append(account)
        clusters += _clusters(lonely, slack_min)
    return {f"I-{min(a.account_id for a in cluster)}": cluster for cluster in clusters}


def _clusters(accounts: list[_Account], slack_min: float) -> list[list[_Account]]:
    """Accounts, in order of time, joined wherever two agree, chains included (single linkage)."""
    closed: list[list[_Account]] = []
    open_: list[list[_Account]] = []
    for account in accounts:
        closed += [c for c in open_ if max(a.high for a in c) + slack_min < account.low]
        open_ = [c for c in open_ if max(a.high for a in c) + slack_min >= account.low]
        apart = [c for c in open_ if not _fits(account, c, slack_min)]
        merged = [account, *(a for c in open_ if _fits(account, c, slack_min) for a in c)]
        open_ = [*apart, merged]
    return [*closed, *open_]


def _fits(account: _Account, cluster: list[_Account], slack_min: float) -> bool:
    return any(_agree(account, other, slack_min) for other in cluster)


def _agree(one: _Account, other: _Account, slack_min: float) -> bool:
    apart = max(one.low - other.high, other.low - one.high)
    return apart <= slack_min and _same_site(one, other)


def _same_site(one: _Account, other: _Account) -> bool:
    if one.facility_id is not None and other.facility_id is not None:
        return one.facility_id == other.facility_id
    return any(
        float(great_circle_m(a[0], a[1], b[0], b[1])) <= max(SAME_PLACE_M, a[2] + b[2])
        for a in one.sites
        for b in other.sites
    )


def _read(row: Mapping[str, Any]) -> _Account | None:
    """None where the account has no time or no place to match by."""
    if row["t_lo"] is None or row["t_hi"] is None or not (row["sites"] or row["facility_id"]):
        return None
    fine = row["t_precision"] in FINE_PRECISIONS
    blur = 2.0 * (row["t_sigma"] or 0.0) if fine else 0.0
    sites = tuple((site["lat"], site["lon"], site["error_m"]) for site in row["sites"] or ())
    return _Account(
        row["account_id"], row["facility_id"], row["place"], row["t_lo"] - blur, row["t_hi"] + blur, fine, sites
    )


def _named_incidents(records: CaseRecords, labels: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """A row for every incident that an account or another piece of evidence names; it stands where the first does."""
    members: dict[str, list[dict[str, Any]]] = {}
    for table in LABELLED:
        for row in records.tables[table].iter_rows(named=True):
            name = labels.get(row["account_id"]) if table == "accounts" else row["incident_id"]
            if name is not None:
                members.setdefault(name, []).append(row)
    facilities = {row["facility_id"]: row["name"] for row in records.tables["facilities"].iter_rows(named=True)}
    for incident_id, rows in sorted(members.items()):
        facility = _only(row.get("facility_id") for row in rows)
        place = _only(row.get("place") for row in rows)
        title = (facilities.get(facility) if facility else None) or place
        named = {"incident_id": incident_id, "title": title, "facility_id": facility, "place": place}
        yield named | {"_file": rows[0]["_file"], "_row": rows[0]["_row"]}


def _only(values: Iterable[str | None]) -> str | None:
    """The one value that is named, None where none or several are."""
    named = {value for value in values if value is not None}
    return named.pop() if len(named) == 1 else None


def _with_incidents(records: CaseRecords, labels: Mapping[str, str], rows: Iterable[dict[str, Any]]) -> CaseRecords:
    accounts = records.tables["accounts"]
    ids = pl.Series("incident_id", [labels.get(a) for a in accounts["account_id"]], pl.String())
    tables = dict(records.tables) | {"accounts": accounts.with_columns(ids).filter(ids.is_not_null())}
    lost = [_left_out("accounts", row) for row in accounts.filter(ids.is_null()).iter_rows(named=True)]
    for table in WEIGHED_BY_LABEL:
        without = records.tables[table].filter(pl.col("incident_id").is_null())
        lost += [_left_out(table, row) for row in without.iter_rows(named=True)]
    formed = list(rows)
    if formed:
        tables["incidents"] = pl.DataFrame(formed, schema=TABLES["incidents"].canonical())
    return replace(records, tables=tables, left_out=(*records.left_out, *lost))


def _left_out(table: str, row: Mapping[str, Any]) -> LeftOut:
    key = TABLES[table].key
    matched = ", since time and place fit no incident or several" if table == "accounts" else ""
    return LeftOut(
        file=PurePosixPath(row["_file"]),
        row=row["_row"],
        column="incident_id",
        table=table,
        record_id=None if key is None else row[key],
        why=Why.MISSING_VALUE,
        lost=Lost.ROW,
        value=None,
        expected=f"the incident that it speaks of{matched}",
    )
