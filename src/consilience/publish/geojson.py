"""map.geojson: incidents, facilities, tracks and detections for geographical information systems (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from consilience.publish.writing import write_output
from consilience.records.views import CaseView, IncidentView, TrackPoint

_DIGITS = 6
"""Decimals of a degree: a tenth of a metre, finer than any position in a case (RFC 7946, section 11.2)."""

Feature = dict[str, Any]


def write_map(findings: Mapping[str, Any], view: CaseView, path: Path) -> Path:
    """Write the collection: an incident with several candidate places is a MultiPoint, one without has no geometry."""
    by_id = {incident.incident_id: incident for incident in view.incidents}
    features: list[Feature] = []
    for finding in findings["incidents"]:
        seen = by_id.get(finding["incident_id"])
        if seen is not None:
            features += [_incident(finding, seen), *_tracks(finding, seen), *_detections(seen)]
    features += _facilities(view)
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1, sort_keys=True)
    return write_output(path, text.encode() + b"\n")


def _incident(finding: Mapping[str, Any], seen: IncidentView) -> Feature:
    places = [_position(site.lat, site.lon) for site in seen.sites]
    geometry = (
        None if not places
        else {"type": "Point", "coordinates": places[0]} if len(places) == 1
        else {"type": "MultiPoint", "coordinates": places}
    )  # fmt: skip
    attribution = finding.get("attribution") or {}
    mode = finding.get("mode") or {}
    return _feature("incident", geometry, {
        "incident_id": finding["incident_id"],
        "title": finding.get("title"),
        "attack_probability": finding.get("attack_probability"),
        "time_median": (finding.get("time") or {}).get("median"),
        "mode": max(mode, key=lambda name: mode[name]) if mode else None,
        "attribution": attribution.get("wording"),
        "position_error_m": max((site.error_m for site in seen.sites), default=None),
    })  # fmt: skip


def _tracks(finding: Mapping[str, Any], seen: IncidentView) -> list[Feature]:
    features = []
    for track in finding.get("tracks") or ():
        points = sorted((p for p in seen.points if p.track_id == track["track_id"]), key=_in_time)
        if not points:
            continue
        places = [_position(p.lat, p.lon) for p in points]
        geometry = (
            {"type": "Point", "coordinates": places[0]}
            if len(places) == 1
            else {"type": "LineString", "coordinates": places}
        )
        features.append(_feature("track", geometry, {
            "incident_id": finding["incident_id"],
            "track_id": track["track_id"],
            "responsibility": track["responsibility"],
            "sightings": [p.sighting_id for p in points],
            "platforms": sorted({p.platform for p in points if p.platform}),
        }))  # fmt: skip
    return features


def _detections(seen: IncidentView) -> list[Feature]:
    """One feature for each incident near which it was noticed."""
    return [
        _feature("detection", {"type": "Point", "coordinates": _position(point.lat, point.lon)},
                 {"incident_id": seen.incident_id, "evidence_id": point.evidence_id,
                  "position_error_m": point.error_m, "says": point.says})
        for point in seen.noticed
    ]  # fmt: skip


def _facilities(view: CaseView) -> list[Feature]:
    sites = sorted({(s.name, s.kind or "", s.lat, s.lon, s.error_m) for one in view.incidents for s in one.sites})
    return [
        _feature("facility", {"type": "Point", "coordinates": _position(lat, lon)},
                 {"name": name, "kind": kind or None, "position_error_m": error_m})
        for name, kind, lat, lon, error_m in sites
    ]  # fmt: skip


def _feature(layer: str, geometry: Mapping[str, Any] | None, properties: Mapping[str, Any]) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **properties}}


def _position(lat: float, lon: float) -> list[float]:
    return [round(lon, _DIGITS), round(lat, _DIGITS)]


def _in_time(point: TrackPoint) -> tuple[float, str]:
    return point.minute, point.sighting_id
