"""What a profile lets through: rows with allowed columns alone, findings with allowed blocks, coarse positions.

This is applied once, before any sentence is made. Everything in `statements` works on `Admitted`, so a field that no
profile allows can't reach a text, a picture or a name of a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from consilience.publish.local_time import LocalClock, minute_of
from consilience.publish.profiles import Profile
from consilience.publish.redaction import OTHER_GROUP, k_anonymous
from consilience.publish.withheld_figures import (
    NOT_SAID,
    withheld_accounts,
    withheld_statements,
    without_withheld_figures,
)
from consilience.quantities import moment_at
from consilience.records.case import CaseRecords, CaseSettings
from consilience.records.columns import Kind
from consilience.records.consent import agreeing_interviews, agreeing_people, unwilling_sources
from consilience.records.left_out import LeftOut
from consilience.records.tables import EVIDENCE_TABLES, ORGANISATION, TABLES
from consilience.records.views import CaseView, IncidentView

Row = Mapping[str, Any]
Block = Mapping[str, Any]

_OF_AN_ATTACK = ("prior: *, none", "prior: *, another cause")
"""How probable it is held that nobody attacked: no ratio of the evidence reads it, so where there is no posterior it is
for the court."""
_SAID = ("version", "totals", "left_out")
"""Blocks of findings.json beside the incidents that a report speaks of; totals count what is probable. The digest of
the case is none of them: whoever knows nearly all of a case could try what is withheld until it fits."""
_GIVEN = (*EVIDENCE_TABLES.values(), "context")
"""Tables whose rows somebody told: of who did not agree to this use, none of them says anything."""
_LOGS = ("track", "sighting", "transmission")
_WITHHELD_BANDS = (*_LOGS, "media")
"""Kinds whose place on the clock tells an entry of a log or the minute of a post."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A case as one profile may see it.

    `rows` are by table and key, each with its allowed columns, `role` of its source and `source`, the name under which
    the profile lets the source stand (None: its role alone). `withheld` are accounts of persons who did not consent to
    this use: how they weighed is here, and nothing of what they said. `persons` counts persons interviewed by role and
    manner, both None for who did not agree to this use; `agreed_interviews` are those that may be named.
    """

    profile: Profile
    settings: CaseSettings
    findings: Mapping[str, Any]
    incidents: tuple[tuple[Block, IncidentView], ...]
    rows: Mapping[str, Mapping[str, Row]]
    withheld: frozenset[str]
    persons: tuple[tuple[str | None, str | None], ...]
    agreed_interviews: frozenset[str]
    left_out: tuple[LeftOut, ...]
    assumptions: tuple[tuple[str, float, float, float, str], ...]
    log_is_whole: bool
    source_names: Mapping[str, str]

    def evidence(self, kind: str, evidence_id: str) -> tuple[str, Row] | None:
        """The table and row of a piece, None for a flight and for what stands in no table."""
        table = EVIDENCE_TABLES.get(kind, "")
        row = self.rows.get(table, {}).get(evidence_id)
        return None if row is None else (table, row)

    def evidence_called(self, evidence_id: str) -> tuple[tuple[str, Row], ...]:
        """Tables and rows of every piece of that id: several, where tables number their rows alike."""
        found = (self.evidence(kind, evidence_id) for kind in EVIDENCE_TABLES)
        return tuple(one for one in found if one is not None)


def admit(
    findings: Mapping[str, Any],
    records: CaseRecords,
    view: CaseView,
    profile: Profile,
    source_names: Mapping[str, str],
) -> Admitted:
    """Let through what the profile allows. `source_names` are names for publication by source_id, where there are any;
    a profile that names sources lets one that has none stand under its source_id.
    """
    known = records.tables["sources"]
    roles = dict(known.select("source_id", "role").iter_rows())
    shown = {name: name for name in roles} if profile.names_sources else {}
    shown |= source_names
    told = _roles_told(records, roles, profile)
    withheld = withheld_accounts(records, profile)
    unwilling = unwilling_sources(records, profile.consent)
    hidden = {table: _theirs(records, table, unwilling) for table in _GIVEN} | {"accounts": withheld}
    unseen = frozenset(name for names in hidden.values() for name in names)
    findings = without_withheld_figures(findings, records, profile)
    return Admitted(
        profile=profile,
        settings=records.settings,
        findings={name: findings[name] for name in _SAID if name != "totals" or profile.shows_posterior},
        incidents=tuple(_incidents(findings, view, profile, unseen)),
        rows={table: _rows(records, table, profile, told, shown, hidden.get(table, frozenset())) for table in TABLES},
        withheld=withheld,
        persons=tuple(_persons(records, roles, profile)),
        agreed_interviews=agreeing_interviews(records, profile.consent),
        left_out=records.left_out,
        assumptions=tuple(one for one in view.assumptions if profile.shows_posterior or one[0] not in _OF_AN_ATTACK),
        log_is_whole=view.log_model is not None or any(one.covered for one in view.incidents),
        source_names=shown,
    )


def _incidents(
    findings: Mapping[str, Any], view: CaseView, profile: Profile, withheld: frozenset[str]
) -> Iterable[tuple[Block, IncidentView]]:
    seen = {one.incident_id: one for one in view.incidents}
    for block in findings["incidents"]:
        admitted = {name: block.get(name) for name in (*profile.findings, NOT_SAID)}
        yield admitted, _coarse(seen[block["incident_id"]], profile, withheld)


def _coarse(one: IncidentView, profile: Profile, withheld: frozenset[str]) -> IncidentView:
    """Positions to as many decimals as are allowed, before anything is drawn; nothing of pieces that may not show."""
    sites = tuple(
        replace(
            site,
            lat=round(site.lat, profile.coordinate_decimals),
            lon=round(site.lon, profile.coordinate_decimals),
            error_m=max(site.error_m, profile.coordinate_step_m),
        )
        for site in one.sites
    )
    bands = tuple(band for band in one.bands if band.evidence_id not in withheld)
    one = replace(one, sites=sites, bands=bands, words={}, curve=one.curve if profile.shows_posterior else ())
    one = replace(one, covered=(), noticed=(), points=())  # each leads to where observers stood, or did not
    if profile.shows_log_entries:
        return one
    return replace(one, bands=tuple(band for band in one.bands if band.kind not in _WITHHELD_BANDS))


def _rows(
    records: CaseRecords,
    table: str,
    profile: Profile,
    roles: Mapping[str, str | None],
    shown: Mapping[str, str],
    withheld: frozenset[str],
) -> dict[str, Row]:
    columns, key = profile.columns.get(table, ()), TABLES[table].key
    allowed = [part for name in columns for part in _canonical(table, name)]
    rows: dict[str, Row] = {}
    unsaid = withheld_statements(records, profile) if table == "site_status" else frozenset()
    first = _first_of_each(records) if table == "site_status" else ()
    for number, full in enumerate(records.tables[table].iter_rows(named=True)):
        name = str(full[key]) if key else f"{table}-{number}"
        if table == "site_status" and (name in unsaid or name in withheld):
            rows[name] = {"withheld": True, "facility_id": full["facility_id"], "is_first": first[number]}
            continue
        if name in withheld:
            rows[name] = {"withheld": True}
            continue
        names_source = "source_id" in columns
        told = {} if table == "site_status" and not names_source else roles
        row = {part: full[part] for part in allowed} | _sourced(full, told, shown if names_source else {})
        if table == "site_status":
            row["is_first"] = first[number]
        if table == "letters":
            row["not_sought"] = bool(full["not_sought_why"])
        if table == "facilities":
            row |= {part: _rounded(full[part], profile) for part in ("lat", "lon") if part in row}
        rows[name] = row
    return rows


def _first_of_each(records: CaseRecords) -> list[bool]:
    """Of each row of `site_status`: is it the first of its source on its facility? How many sources there are can then
    be said where none may be told from another.
    """
    pairs = list(records.tables["site_status"].select("facility_id", "source_id").iter_rows())
    first = {pair: at for at, pair in reversed(tuple(enumerate(pairs)))}
    return [first[pair] == at for at, pair in enumerate(pairs)]


def _theirs(records: CaseRecords, table: str, sources: frozenset[str]) -> frozenset[str]:
    """The rows of a table that are of these sources."""
    frame, key = records.tables[table], TABLES[table].key
    if key is None or "source_id" not in frame.columns:
        return frozenset()
    return frozenset(name for name, source in frame.select(key, "source_id").iter_rows() if source in sources)


def _canonical(table: str, column: str) -> list[str]:
    """The parts of a column; a time's end stands with its time."""
    parts = list(TABLES[table].column(column).canonical())
    has_end = TABLES[table].column(column).kind is Kind.TIME and f"{column}_end_lo" in TABLES[table].canonical()
    return parts + ([f"{column}_end_lo", f"{column}_end_hi", f"{column}_end_clock"] if has_end else [])


def _sourced(full: Row, roles: Mapping[str, str | None], shown: Mapping[str, str]) -> dict[str, object]:
    """Who says it: the role, and the name where the profile lets sources of this table be told apart. An entry of a log
    never stands beside its observer."""
    source = full.get("source_id")
    return {} if source is None else {"role": roles.get(source), "source": shown.get(source)}


def _rounded(value: float | None, profile: Profile) -> float | None:
    return None if value is None else round(value, profile.coordinate_decimals)


def last_day(end: datetime, settings: CaseSettings) -> date:
    """The last local day before the end of a span; the day of a moment that is one."""
    return (end - timedelta(microseconds=1)).astimezone(settings.zone).date()


def _roles_told(records: CaseRecords, roles: Mapping[str, str | None], profile: Profile) -> dict[str, str | None]:
    """The role that may stand beside what a source told: shared by `least_role` of those that told anything, its
    bearer being among those who agreed to this use if he or she was interviewed. An organisation is nobody.
    """
    tables = [records.tables[table] for table in (*EVIDENCE_TABLES.values(), "context")]
    told = {source for frame in tables if "source_id" in frame.columns for source in frame["source_id"]} & roles.keys()
    asked = set(records.tables["interviews"]["source_id"]) - agreeing_people(records, profile.consent)
    of_each = {source: None if source in asked else roles[source] for source in told}
    people = [(role or OTHER_GROUP,) for role in of_each.values() if role != ORGANISATION]
    shared = {role for (role,) in k_anonymous(people, profile.least_role)} | {ORGANISATION}
    return {source: role if role in shared else None for source, role in of_each.items()}


def _persons(
    records: CaseRecords, roles: Mapping[str, str | None], profile: Profile
) -> Iterable[tuple[str | None, str | None]]:
    """Role and manner of each person interviewed: interviews of one source are one person, the first is counted.

    That somebody was interviewed is counted of everyone who has not withdrawn; who it was (a role, a manner) is said
    only of those who agreed to this use.
    """
    agreed = agreeing_people(records, profile.consent)
    told: set[str] = set()
    for row in records.tables["interviews"].sort("interview_id").iter_rows(named=True):
        person = str(row["source_id"] or row["interview_id"])
        if person not in told:
            told.add(person)
            yield (roles.get(person), row["how"]) if person in agreed else (None, None)


def local_day(block: Block, one: IncidentView, settings: CaseSettings) -> date | None:
    """The local day of an incident: of the time found where that may be said, else of the start of what was alleged."""
    found = block.get("time")
    if found:
        return LocalClock(settings.zone).at(round(minute_of(found["median"]))).date()
    start = one.window[0]
    return None if start is None else moment_at(start).astimezone(settings.zone).date()
