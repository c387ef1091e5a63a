"""The working report: one self-contained page, marked INTERNAL, every statement linked to its evidence."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from consilience.publish.incident_page import IncidentPage, incident_page
from consilience.publish.local_time import LocalClock, date_words
from consilience.publish.matrix import FIELDS, VERDICTS
from consilience.publish.overview_map import Pin, draw_overview_map
from consilience.publish.taught import Chart, taught_charts
from consilience.publish.time_strip import TimeFound
from consilience.publish.timeline import Moment, draw_timeline, mode_class
from consilience.publish.totals_words import Count, counts, sentence
from consilience.publish.town_names import towns_of_case
from consilience.publish.writing import write_output
from consilience.records.views import CaseView

_OPEN_AT_FIRST = 12
"""Incidents whose details are open when the page loads; in larger cases the rest open on demand (our choice)."""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Everything printed of the case as a whole."""

    case_id: str
    title: str
    zone: str
    as_of: str | None
    version: str
    case_digest: str
    parties: tuple[tuple[str, str], ...]
    sentence: str
    totals: tuple[tuple[str, tuple[Count, ...]], ...]
    killed: tuple[int | None, int | None] | None
    timeline: Markup | None
    map: Markup | None
    incidents: tuple[IncidentPage, ...]
    open_at_first: int
    taught: tuple[Chart, ...]
    left_out: tuple[str, ...]
    left_out_count: int | None
    assumptions: tuple[tuple[str, float, float, float, str], ...]
    why_null: tuple[tuple[str, str], ...]


def write_report(findings: Mapping[str, Any], view: CaseView, out: Path) -> Path:
    """Write `out/report/index.html` and give its path. PublishError where the disk refuses.

    The page asks nothing of any network: styles, script and pictures are in it, and its content security policy
    forbids everything else. Times are on the wall clock of the case's zone.
    """
    html = render_report(findings, view)
    return write_output(out / "report" / "index.html", html.encode())


def render_report(findings: Mapping[str, Any], view: CaseView) -> str:
    """The page as text; the same text for the same findings and view."""
    environment = Environment(
        loader=PackageLoader("consilience.publish"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["mode_class"] = mode_class
    script = _asset("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        page=_page(findings, view),
        style=Markup(_asset("palette.css") + _asset("report.css")),
        script=Markup(script),
        script_digest=digest,
        verdicts=VERDICTS,
        fields=FIELDS,
    )


def _asset(name: str) -> str:
    """A file of ours that goes into the page as it is."""
    return (files("consilience.publish") / "templates" / name).read_text(encoding="utf-8")


def _page(findings: Mapping[str, Any], view: CaseView) -> ReportPage:
    clock = LocalClock(ZoneInfo(view.zone))
    seen = {one.incident_id: one for one in view.incidents}
    towns = towns_of_case(view.incidents)
    incidents = tuple(
        incident_page(number, finding, seen[finding["incident_id"]], view, clock, towns)
        for number, finding in enumerate(findings["incidents"], 1)
    )
    totals = findings.get("totals") or {}
    return ReportPage(
        case_id=view.case_id,
        title=view.title,
        zone=view.zone,
        as_of=None if view.as_of is None else date_words(date.fromisoformat(view.as_of)),
        version=findings["version"],
        case_digest=findings["case_digest"],
        parties=tuple((party, view.party_labels.get(party, party)) for party in view.parties),
        sentence=sentence(findings["incidents"], totals.get("by_attribution") or ()),
        totals=tuple(
            (name, counts(totals.get(key), are_months=key == "by_month"))
            for name, key in (("Mode", "by_mode"), ("Attribution", "by_attribution"),
                              ("Facility", "by_facility_kind"), ("Month", "by_month"))
        ),
        killed=totals.get("killed"),
        timeline=draw_timeline([_moment(page, clock, found) for page in incidents if (found := page.found)]),
        map=draw_overview_map([_pin(page) for page in incidents], towns),
        incidents=incidents,
        open_at_first=_OPEN_AT_FIRST,
        taught=taught_charts(view.log_model),
        left_out=view.left_out,
        left_out_count=findings.get("left_out"),
        assumptions=view.assumptions,
        why_null=tuple(sorted((findings.get("why_null") or {}).items())),
    )  # fmt: skip


def _moment(page: IncidentPage, clock: LocalClock, found: TimeFound) -> Moment:
    return Moment(page.number, page.title, page.anchor, clock.at(found.median).date(), page.leading_mode)


def _pin(page: IncidentPage) -> Pin:
    return Pin(page.number, page.title, page.anchor, tuple((site.lat, site.lon) for site in page.sites))
