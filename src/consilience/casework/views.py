"""What the report draws beside the findings: places, sightings and words, from situated frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from consilience.casework.claims import say
from consilience.casework.clock_views import bands, curve, minute_of
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.recorded import prior_name
from consilience.engine.join import candidates
from consilience.quantities import Minutes
from consilience.records.case import CaseRecords, rows_by_key
from consilience.records.situated import FINE_PRECISIONS
from consilience.records.tables import EVIDENCE_TABLES, TABLES
from consilience.records.views import (
    CaseView,
    IncidentView,
    NoticedPoint,
    PieceWords,
    PublishedConclusion,
    Site,
    TrackPoint,
)
from consilience.records.weighed import WeighedIncident

DRAWN_MIN: Minutes = 180.0
DRAWN_M = 60_000.0
"""Sightings within three hours and 60 km of what was found are drawn (our choice: what flew by, not all)."""

KEYS = {kind: (table, str(TABLES[table].key)) for kind, table in EVIDENCE_TABLES.items() if kind != "status"}
"""Kind of evidence that is weighed to its table and key."""

POINTS = ("detection",)
"""Kinds whose pieces are drawn on the map as points of their own."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What views of all incidents look up, made once."""

    pieces: Mapping[str, Mapping[str, dict[str, Any]]]
    incidents: Mapping[str, dict[str, Any]]
    facilities: Mapping[str, dict[str, Any]]
    published: Mapping[str, tuple[PublishedConclusion, ...]]
    track_of: Mapping[str, str]
    role_of: Mapping[str, str | None]
    near: Mapping[str, set[str]]
    coverage: tuple[dict[str, Any], ...]
    zone: ZoneInfo


def view_case(records: CaseRecords, evidence: CaseEvidence, weighed: Sequence[WeighedIncident]) -> CaseView:
    """The case as the report shows it, incidents in the order of their ids."""
    looked = _look_up(records, evidence, weighed)
    settings = records.settings
    return CaseView(
        case_id=settings.id,
        title=settings.title,
        zone=settings.time_zone,
        as_of=str(settings.as_of) if settings.as_of else None,
        parties=settings.parties,
        party_labels={party: settings.label_of(party) for party in settings.parties},
        incidents=tuple(_view(one, looked) for one in sorted(weighed, key=lambda w: w.incident_id)),
        left_out=tuple(str(item) for item in records.left_out),
        assumptions=_assumptions(evidence),
    )


def _assumptions(evidence: CaseEvidence) -> tuple[tuple[str, float, float, float, str], ...]:
    """Name, value, low, high and why of each, by name: those of the package, and the shares of the order of battle."""
    named = [(a.name, a.value, a.low, a.high, a.why) for a in evidence.assumptions.values()]
    shares = [(prior_name(p.mode, p.party), p.share, p.low, p.high, p.why) for p in evidence.orbat.priors]
    return tuple(sorted((*named, *shares)))


def _look_up(records: CaseRecords, evidence: CaseEvidence, weighed: Sequence[WeighedIncident]) -> _Looked:
    whole = evidence.coverage.filter(pl.col("kind") == "sightings")
    return _Looked(
        pieces={kind: rows_by_key(getattr(evidence, table), key) for kind, (table, key) in KEYS.items()},
        incidents=rows_by_key(evidence.incidents, "incident_id"),
        facilities=rows_by_key(records.tables["facilities"], "facility_id"),
        published=_published(records.tables["published"]),
        track_of=dict(evidence.legs.select("sighting_id", "track_id").iter_rows()),
        role_of=dict(evidence.sources.select("source_id", "role").iter_rows()),
        near=_near_sightings(evidence, weighed),
        coverage=tuple(whole.iter_rows(named=True)),
        zone=records.settings.zone,
    )


def _view(one: WeighedIncident, looked: _Looked) -> IncidentView:
    incident = looked.incidents[one.incident_id]
    sites = _sites(incident, looked.facilities)
    drawn = looked.near.get(one.incident_id, set()) | {s for track in one.tracks for s in track.sightings}
    drawn |= {piece.evidence_id for piece in one.pieces if piece.kind == "sighting"}
    return IncidentView(
        incident_id=one.incident_id,
        sites=sites,
        curve=curve(one),
        window=(minute_of(incident["window_start_lo"]), minute_of(incident["window_end_hi"])),
        bands=tuple(bands(one, looked.pieces)),
        points=tuple(_points(drawn, looked)),
        words=_words(one, drawn, looked),
        published=looked.published.get(one.incident_id, ()),
        covered=_covered(looked.coverage, sites, float(one.minutes[0]), float(one.minutes[-1])),
        other_tracks=one.other_tracks,
        unseen_flight=one.unseen_flight,
        no_flight=one.no_flight,
        noticed=tuple(_noticed(one, looked)),
    )


def _noticed(one: WeighedIncident, looked: _Looked) -> Iterable[NoticedPoint]:
    """The pieces of such kinds that stand at one known place."""
    for kind, evidence_id in sorted((piece.kind, piece.evidence_id) for piece in one.pieces if piece.kind in POINTS):
        row = looked.pieces[kind][evidence_id]
        if len(row["sites"]) == 1:
            site = row["sites"][0]
            says = say(kind, row, looked.zone)
            yield NoticedPoint(evidence_id, site["lat"], site["lon"], site["error_m"], says)


def _points(drawn: set[str], looked: _Looked) -> Iterable[TrackPoint]:
    """Sightings that stand at one known place and time, in order of time; others can't be drawn as points."""
    rows = (looked.pieces["sighting"][sighting_id] for sighting_id in drawn)
    known = [row for row in rows if row["t_precision"] in FINE_PRECISIONS and len(row["sites"]) == 1]
    for row in sorted(known, key=lambda r: (r["t_lo"], r["sighting_id"])):
        site = row["sites"][0]
        yield TrackPoint(
            track_id=looked.track_of.get(row["sighting_id"]),
            sighting_id=row["sighting_id"],
            minute=(row["t_lo"] + row["t_hi"]) / 2,
            lat=site["lat"],
            lon=site["lon"],
            error_m=site["error_m"],
            place=row["place"] or site["name"] or "",
            platform=row["platform"] or "",
            activity=row["activity"],
            heading=row["heading"],
        )


def _words(one: WeighedIncident, drawn: set[str], looked: _Looked) -> dict[tuple[str, str], PieceWords]:
    wanted = {(piece.kind, piece.evidence_id) for piece in one.pieces if piece.kind != "track"}
    wanted |= {("sighting", sighting_id) for sighting_id in drawn}
    return {(kind, evidence_id): _piece_words(evidence_id, kind, looked) for kind, evidence_id in sorted(wanted)}


def _piece_words(evidence_id: str, kind: str, looked: _Looked) -> PieceWords:
    row = looked.pieces[kind][evidence_id]
    source = row.get("source_id")
    return PieceWords(
        evidence_id=evidence_id,
        kind=kind,
        source_id=source,
        role=looked.role_of.get(source) if source else None,
        says=say(kind, row, looked.zone),
        file=row["_file"],
        row=row["_row"],
        item=row.get("item"),
        locator=row.get("locator"),
    )


def _sites(incident: Mapping[str, Any], facilities: Mapping[str, Mapping[str, Any]]) -> tuple[Site, ...]:
    """Every place that the incident can have been at, under the facility's name where it is known."""
    facility = facilities.get(incident["facility_id"] or "", {})
    kind, name = facility.get("kind"), facility.get("name")
    return tuple(
        Site(name or site["name"] or incident["place"] or "", kind, site["lat"], site["lon"], site["error_m"])
        for site in incident["sites"]
    )


def _published(table: pl.DataFrame) -> dict[str, tuple[PublishedConclusion, ...]]:
    """What others concluded, by incident, in a fixed order."""
    shown: dict[str, list[PublishedConclusion]] = {}
    for row in table.filter(pl.col("incident_id").is_not_null()).iter_rows(named=True):
        conclusion = PublishedConclusion(row["by"] or "", row["party"], row["mode"], row["strength"], row["url"])
        shown.setdefault(row["incident_id"], []).append(conclusion)
    return {incident_id: tuple(sorted(found, key=_in_order)) for incident_id, found in shown.items()}


def _in_order(one: PublishedConclusion) -> tuple[str, ...]:
    return one.by, one.party or "", one.mode or "", one.strength or "", one.url or ""


def _covered(
    coverage: Iterable[Mapping[str, Any]], sites: Sequence[Site], first: Minutes, last: Minutes
) -> tuple[tuple[Minutes, Minutes], ...]:
    """Stretches in which a log of sightings is whole over any of the sites, joined where they touch."""
    spans = []
    for row in coverage:
        everywhere = row["west"] is None
        inside = any(
            row["west"] <= s.lon <= row["east"] and row["south"] <= s.lat <= row["north"]
            for s in sites
            if not everywhere
        )
        if (everywhere or inside) and row["end"] > first and row["start"] < last:
            spans.append((max(row["start"], first), min(row["end"], last)))
    joined: list[tuple[Minutes, Minutes]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _near_sightings(evidence: CaseEvidence, weighed: Sequence[WeighedIncident]) -> dict[str, set[str]]:
    """Sightings near each incident's time and place, by the candidate join."""
    found = {one.incident_id: (one.time_low, one.time_high) for one in weighed}
    incidents = evidence.incidents.filter(pl.col("incident_id").is_in(sorted(found)))
    times = pl.DataFrame(
        [(i, *span) for i, span in sorted(found.items())],
        schema={"incident_id": pl.String(), "t_lo": pl.Float64(), "t_hi": pl.Float64()},
        orient="row",
    )
    left = _keyed(incidents.select("incident_id", "sites").join(times, on="incident_id"), "incident_id")
    right = _keyed(evidence.sightings.select("sighting_id", "sites", "t_lo", "t_hi"), "sighting_id")
    near: dict[str, set[str]] = {}
    for incident_id, sighting_id in candidates(left, right, DRAWN_MIN, DRAWN_M).select("incident", "event").iter_rows():
        near.setdefault(incident_id, set()).add(sighting_id)
    return near


def _keyed(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row for each place that a row can mean, as `engine.join` asks for."""
    return frame.explode("sites").select(
        pl.col(key).alias("id"),
        "t_lo",
        "t_hi",
        pl.col("sites").struct.field("lat").alias("lat"),
        pl.col("sites").struct.field("lon").alias("lon"),
    )
