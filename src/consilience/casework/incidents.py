"""Incidents formed from accounts, for a case without a table of incidents.

An account that carries an incident_id belongs to that incident. The others are matched: two accounts with a clock time
speak of one incident where their sites agree (the same facility, or places within their error radii) and their times
are no further apart than `SAME_INCIDENT_MIN` beyond two standard deviations of each. A coarser account (a part of the
day, a day) joins the one incident at its site that lies within its interval; where several do, it stays ambiguous and
is left out, for nobody knows which one it speaks of; where none does, coarse accounts of one site and overlapping times
form an incident of their own. An account of unknown time or place forms none and is left out.

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
"""Two sites nearer than this are one even if both claim to be exact (our choice: terms.md, *locality* is ±1 km)."""

LABELLED = ("accounts", "media", "imagery", "munitions", "casualties")
"""Tables whose rows may name the incident that they belong to."""


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
    """The records with incidents, and with every account either in one of them or left out.

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
    """Incident id to its accounts; ambiguous coarse ones are in none."""
    fine = _clusters([a for a in accounts if a.is_fine], SAME_INCIDENT_MIN)
    lonely = []
    for account in (a for a in accounts if not a.is_fine):
        fitting = [
            cluster for cluster in fine if any(_agree(account, other, 0.0) for other in cluster if other.is_fine)
        ]
        if len(fitting) == 1:
            fitting[0].append(account)
        elif not fitting:
            lonely.append(account)
    clusters = [*fine, *_clusters(lonely, 0.0)]
    return {f"I-{min(a.account_id for a in cluster)}": cluster for cluster in clusters}


def _clusters(accounts: list[_Account], slack_min: float) -> list[list[_Account]]:
    """Accounts joined wherever two agree, chains included (single linkage): independent of order."""
    clusters: list[list[_Account]] = []
    for account in accounts:
        joined = [cluster for cluster in clusters if any(_agree(account, other, slack_min) for other in cluster)]
        merged = [account, *(other for cluster in joined for other in cluster)]
        clusters = [cluster for cluster in clusters if cluster not in joined] + [merged]
    return clusters


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
    lost = tuple(_left_out(row) for row in accounts.with_columns(ids).filter(ids.is_null()).iter_rows(named=True))
    tables = dict(records.tables) | {"accounts": accounts.with_columns(ids).filter(ids.is_not_null())}
    formed = list(rows)
    if formed:
        tables["incidents"] = pl.DataFrame(formed, schema=TABLES["incidents"].canonical())
    return replace(records, tables=tables, left_out=(*records.left_out, *lost))


def _left_out(row: Mapping[str, Any]) -> LeftOut:
    return LeftOut(
        file=PurePosixPath(row["_file"] or "accounts"),
        row=row["_row"],
        column="incident_id",
        table="accounts",
        record_id=row["account_id"],
        why=Why.MISSING_VALUE,
        lost=Lost.ROW,
        value=None,
        expected="an incident_id, since time and place fit no incident or several",
    )
