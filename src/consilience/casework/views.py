"""What the report draws beside the findings: places, sightings and words, from situated frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from consilience.casework.claims import say
from consilience.casework.clock_views import bands, curve, minute_of
from consilience.corroborate.evidence import CaseEvidence
from consilience.engine.join import candidates
from consilience.quantities import Minutes
from consilience.records.case import CaseRecords
from consilience.records.views import (
    CaseView,
    IncidentView,
    PieceWords,
    PublishedConclusion,
    Site,
    TrackPoint,
)
from consilience.records.weighed import WeighedIncident

DRAWN_MIN: Minutes = 180.0
DRAWN_M = 60_000.0
"""Sightings within three hours and 60 km of what was found are drawn (our choice: what flew by, not all)."""

KEYS = {
    "account": ("accounts", "account_id"),
    "sighting": ("sightings", "sighting_id"),
    "transmission": ("transmissions", "transmission_id"),
    "media": ("media", "media_id"),
    "imagery": ("imagery", "scene_id"),
    "munition": ("munitions", "munition_id"),
}
"""Kind of evidence to its table and key."""


def view_case(records: CaseRecords, evidence: CaseEvidence, weighed: Sequence[WeighedIncident]) -> CaseView:
    """The case as the report shows it, incidents in the order of their ids."""
    rows = {kind: _by_id(getattr(evidence, table), key) for kind, (table, key) in KEYS.items()}
    near = _near_sightings(evidence, weighed)
    settings = records.settings
    return CaseView(
        case_id=settings.id,
        title=settings.title,
        zone=settings.time_zone,
        as_of=str(settings.as_of) if settings.as_of else None,
        parties=settings.parties,
        party_labels={party: settings.label_of(party) for party in settings.parties},
        incidents=tuple(
            _view(one, records, evidence, rows, near) for one in sorted(weighed, key=lambda w: w.incident_id)
        ),
        left_out=tuple(str(item) for item in sorted(records.left_out, key=lambda item: str(item))),
        assumptions=tuple((a.name, a.value, a.low, a.high, a.why) for _, a in sorted(evidence.assumptions.items())),
    )


def _view(
    one: WeighedIncident,
    records: CaseRecords,
    evidence: CaseEvidence,
    rows: Mapping[str, Mapping[str, dict[str, Any]]],
    near: Mapping[str, set[str]],
) -> IncidentView:
    incident = _by_id(evidence.incidents, "incident_id")[one.incident_id]
    track_of = dict(evidence.legs.select("sighting_id", "track_id").iter_rows())
    sites = _sites(incident, records)
    drawn = near.get(one.incident_id, set()) | {s for track in one.tracks for s in track.sightings}
    drawn |= {piece.evidence_id for piece in one.pieces if piece.kind == "sighting"}
    return IncidentView(
        incident_id=one.incident_id,
        sites=sites,
        curve=curve(one),
        window=(minute_of(incident["window_start_lo"]), minute_of(incident["window_end_hi"])),
        bands=tuple(bands(one, rows)),
        points=tuple(_points(drawn, rows["sighting"], track_of)),
        words=_words(one, drawn, rows, records),
        published=_published(records, one.incident_id),
        covered=_covered(evidence.coverage, sites, float(one.minutes[0]), float(one.minutes[-1])),
        other_tracks=one.other_tracks,
        unseen_flight=one.unseen_flight,
        no_flight=one.no_flight,
    )


def _points(
    drawn: set[str], sightings: Mapping[str, Mapping[str, Any]], track_of: Mapping[str, str]
) -> Iterable[TrackPoint]:
    """Sightings whose place is known, in order of time."""
    known = [sightings[s] for s in drawn if sightings[s]["t_lo"] is not None and sightings[s]["sites"]]
    for row in sorted(known, key=lambda r: (r["t_lo"], r["sighting_id"])):
        site = row["sites"][0]
        yield TrackPoint(
            track_id=track_of.get(row["sighting_id"]),
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


def _words(
    one: WeighedIncident,
    drawn: set[str],
    rows: Mapping[str, Mapping[str, dict[str, Any]]],
    records: CaseRecords,
) -> dict[str, PieceWords]:
    wanted = {(piece.kind, piece.evidence_id) for piece in one.pieces if piece.kind != "track"}
    wanted |= {("sighting", sighting_id) for sighting_id in drawn}
    role_of = dict(records.tables["sources"].select("source_id", "role").iter_rows())
    zone = records.settings.zone
    return {
        evidence_id: _piece_words(evidence_id, kind, rows[kind][evidence_id], role_of, zone)
        for kind, evidence_id in sorted(wanted)
    }


def _piece_words(
    evidence_id: str, kind: str, row: Mapping[str, Any], role_of: Mapping[str, str | None], zone: ZoneInfo
) -> PieceWords:
    source = row.get("source_id")
    return PieceWords(
        evidence_id=evidence_id,
        kind=kind,
        source_id=source,
        role=role_of.get(source) if source else None,
        says=say(kind, row, zone),
        file=row["_file"],
        row=row["_row"],
        item=row.get("item"),
        locator=row.get("locator"),
    )


def _sites(incident: Mapping[str, Any], records: CaseRecords) -> tuple[Site, ...]:
    facilities = _by_id(records.tables["facilities"], "facility_id")
    facility = facilities.get(incident["facility_id"] or "")
    kind = facility["kind"] if facility else None
    name = facility["name"] if facility else None
    return tuple(
        Site(name or site["name"] or incident["place"] or "", kind, site["lat"], site["lon"], site["error_m"])
        for site in incident["sites"] or ()
    )


def _published(records: CaseRecords, incident_id: str) -> tuple[PublishedConclusion, ...]:
    rows = records.tables["published"].filter(pl.col("incident_id") == incident_id).iter_rows(named=True)
    shown = [PublishedConclusion(r["by"] or "", r["party"], r["mode"], r["strength"], r["url"]) for r in rows]
    return tuple(sorted(shown, key=lambda p: (p.by, p.party or "", p.mode or "", p.strength or "", p.url or "")))


def _covered(
    coverage: pl.DataFrame, sites: Sequence[Site], first: Minutes, last: Minutes
) -> tuple[tuple[Minutes, Minutes], ...]:
    """Stretches in which a log of sightings is whole over any of the sites, joined where they touch."""
    spans = []
    for row in coverage.filter(pl.col("kind") == "sightings").iter_rows(named=True):
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


def _by_id(frame: pl.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in frame.iter_rows(named=True)}
