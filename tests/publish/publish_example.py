"""A synthetic case for the tests of publish/: five incidents that between them have everything a report must show.

One with a long title and rich evidence, one whose place is ambiguous, a ground attack with no flight, one with null
blocks and an allegation that is not established, one with two parties together. Nobody and nothing in it is real.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from consilience.quantities import iso_utc, minutes_since_epoch, moment_at
from consilience.records.fitted_model import (
    CallClass,
    ExchangeKind,
    Fitted,
    FittedModel,
    FittedRadio,
    FittedSky,
    FleetShare,
    HeardParty,
    HourOfDay,
    PassKind,
    Rate,
    SiteRates,
)
from consilience.records.views import (
    Band,
    CaseView,
    IncidentView,
    NoticedPoint,
    PieceWords,
    PublishedConclusion,
    Site,
    TrackPoint,
)

Finding = dict[str, Any]

PARTIES = ("Syrian", "Russian")
LABELS = {"Syrian": "Syrian government forces", "Russian": "Russian forces"}
NOT_YET = {
    "breakdown": "this version does not remove sources in turn",
    "next_evidence": "this version does not value evidence still obtainable",
    "party_range": "this version does not vary the named assumptions over their ranges",
    "placebo": "the whole logs allow 0 shifts of 203 minutes, fewer than 50",
}
AIR_STRIKE = {"air strike": 0.97, "barrel bomb": 0.01, "ground attack": 0.02, "ballistic missile": 0.0}
LONG_TITLE = (
    "National hospital of a town with an unusually long name, second of three strikes on the evening of 2 April"
)
SCRIPT_IN_A_NAME = "<script>alert(1)</script>"


def at(day: int, hour: int, minute: int = 0) -> float:
    """Minutes since the epoch of an hour UTC in April 2017; the case's clock is three hours ahead."""
    return minutes_since_epoch(datetime(2017, 4, day, hour, minute, tzinfo=UTC))


def time_block(median: float, spread: float) -> dict[str, Any]:
    low, high = (iso_utc(moment_at(median + sign * 1.96 * spread)) for sign in (-1, 1))
    return {"median": iso_utc(moment_at(median)), "low": low, "high": high, "level": 0.95}


def bell(median: float, spread: float) -> tuple[tuple[float, float], ...]:
    grid = [median + spread * step / 10 for step in range(-40, 41)]
    return tuple((t, math.exp(-((t - median) ** 2) / 2 / spread**2) / spread / math.sqrt(2 * math.pi)) for t in grid)


def cell(weight: float, conflict: float, verdict: str) -> dict[str, Any]:
    return {"weight_log10": weight, "conflict_p": conflict, "verdict": verdict}


def piece(evidence_id: str, kind: str, verdict: str, **cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "evidence_id": evidence_id, "kind": kind, "group": evidence_id, "verdict": verdict,
        "cells": {field: cells.get(field, {}) for field in ("time", "place", "mode", "party")},
    }  # fmt: skip


def words(evidence_id: str, kind: str, role: str | None, says: str, row: int, file: str = "accounts.csv") -> PieceWords:
    return PieceWords(evidence_id, kind, f"src-{evidence_id}", role, says, file, row, "Incident-1.md", "p. 3")


def point(
    track: str | None, sighting: str, minute: float, lat: float, lon: float, place: str, activity: str | None = None
) -> TrackPoint:
    return TrackPoint(track, sighting, minute, lat, lon, 2000.0, place, "Su-24", activity, "north")


def named(wording: str, *parties: str, relation: str | None = "one_of") -> dict[str, Any]:
    return {
        "set": list(parties),
        "relation": relation,
        "wording": wording,
        "level": 0.95,
        "survives_range": None,
        "single_source": None,
    }


def block(incident_id: str, title: str | None, **over: Any) -> Finding:
    base: Finding = {
        "incident_id": incident_id, "title": title, "facility_id": f"F-{incident_id}",
        "attack_probability": 0.994, "cause": {"attack": 0.994, "another cause": 0.005, "none": 0.001},
        "time": None, "mode": dict(AIR_STRIKE),
        "cluster": 0.02, "platform": {"Su-22": 0.3, "Su-24": 0.6, "L-39": 0.1},
        "party": {"Syrian": 0.34, "Russian": 0.65, "other": 0.01}, "together": 0.02, "party_range": None,
        "log10_lr": {"Syrian:Russian": -0.32, "attack:none": 4.8},
        "attribution": named("Syrian or Russian", "Syrian", "Russian"),
        "confidence": {"grade": "moderate", "because": ["accounts of 4 independent sources", "no imagery"]},
        "breakdown": None, "placebo": None, "casualties": {"killed": [3, 5], "injured": [10, None]},
        "evidence": [], "tracks": [], "next_evidence": None, "why_null": dict(NOT_YET),
    }  # fmt: skip
    return base | over


def example_findings() -> Finding:
    """The findings of the synthetic case."""
    incidents = [_rich(), _ambiguous(), _ground(), _null(), _together()]
    return {
        "schema": "consilience.findings/1", "case_id": "example", "case_digest": "sha256:" + "0" * 64,
        "version": "0.1.0", "parameters": {"false_report": 0.02}, "log_model": "sha256:" + "1" * 64,
        "incidents": incidents,
        "totals": {
            "by_mode": {"ground": 1, "air strike": 3, "attack not established": 1},
            "by_attribution": {
                "Syrian": 1, "Syrian or Russian": 2, "Syrian and Russian": 1, "attack not established": 1
            },
            "by_facility_kind": {"hospital": 2, "ambulance_station": 1, "school": 1, "attack not established": 1},
            "by_month": {"2017-04": 4, "attack not established": 1},
            "killed": [6, None],
        },
        "tests": None, "left_out": 2, "why_null": {"tests": "this version makes no pattern tests"},
    }  # fmt: skip


def _rich() -> Finding:
    return block(
        "X1", LONG_TITLE,
        time=time_block(at(2, 16, 28), 12),
        evidence=[
            piece("A01", "account", "silent", mode=cell(0.05, 0.9, "silent")),
            piece("A02", "account", "corroborates",
                  time=cell(0.82, 0.7, "corroborates"), mode=cell(0.3, 0.8, "consistent")),
            piece("A03", "account", "in tension", time=cell(-0.6, 0.02, "in tension"), party=cell(0.02, 0.9, "silent")),
            piece("A04", "account", "contradicts", time=cell(-2.7, 0.00004, "contradicts")),
            piece("M01", "media", "consistent", time=cell(0.2, 0.6, "consistent")),
            piece("T-S001", "track", "corroborates", time=cell(0.9, 0.8, "corroborates"),
                  place=cell(0.7, 0.8, "corroborates"), party=cell(0.2, 0.5, "consistent")),
        ],
        placebo={"matches": 4, "shifts": 1000},
        why_null={name: why for name, why in NOT_YET.items() if name != "placebo"},
        tracks=[
            {"track_id": "T-S001", "responsibility": 0.71, "sightings": ["S001", "S002", "S003"]},
            {"track_id": "T-S010", "responsibility": 0.08, "sightings": ["S010"]},
        ],
    )  # fmt: skip


def _ambiguous() -> Finding:
    return block(
        "X2", SCRIPT_IN_A_NAME, time=time_block(at(7, 0, 50), 45),
        evidence=[piece("B01", "account", "consistent", time=cell(0.1, 0.6, "consistent"))],
        tracks=[{"track_id": "T-S020", "responsibility": 0.04, "sightings": ["S020"]}],
        casualties={"killed": None, "injured": None},
    )  # fmt: skip


def _ground() -> Finding:
    return block(
        "X3", "Surroundings of the cave hospital during the rescue", time=time_block(at(22, 14, 15), 30),
        mode={"air strike": 0.0, "barrel bomb": 0.0, "ground attack": 0.005, "ballistic missile": 0.995},
        party={"Syrian": 0.998, "Russian": 0.001, "other": 0.001}, together=0.0, platform={"Tochka": 1.0},
        log10_lr={"Syrian:Russian": 3.4, "attack:none": 6.5},
        attribution=named("Syrian", "Syrian"),
        evidence=[
            piece("C01", "account", "corroborates", time=cell(0.5, 0.9, "corroborates")),
            piece("W1", "munition", "corroborates",
                  mode=cell(1.9, 0.9, "corroborates"), party=cell(0.9, 0.9, "corroborates")),
        ],
    )  # fmt: skip


def _null() -> Finding:
    return block(
        "X4", None, facility_id=None, time=None, mode=None, cluster=None, platform=None, party=None, together=None,
        log10_lr=None, attack_probability=0.41, casualties=None, confidence=None,
        attribution=named("not attributed", relation=None),
        why_null={**NOT_YET, "time": "no piece speaks of a time", "attribution": "an attack is not probable enough"},
    )  # fmt: skip


def _together() -> Finding:
    return block(
        "X5", "School in the north", time=time_block(at(27, 2, 15), 6), together=0.97,
        attribution=named("Syrian and Russian", "Syrian", "Russian", relation="together"),
        evidence=[piece("E01", "account", "corroborates", time=cell(0.7, 0.9, "corroborates"))],
        casualties={"killed": [3, 3], "injured": [0, 0]},
    )  # fmt: skip


def example_view() -> CaseView:
    """What is drawn for it."""
    return CaseView(
        case_id="example", title="A synthetic case for the tests", zone="Asia/Damascus", as_of="2017-06-30",
        parties=PARTIES, party_labels=LABELS, incidents=tuple(_views()),
        left_out=(
            "accounts.csv, row 7, column time: bad time '25:61'; expected ISO 8601 (row left out)",
            "sightings.csv, row 12: unknown place 'كفرنبل'; expected a place of the gazetteer (value left out)",
        ),
        assumptions=(
            ("false_report", 0.02, 0.005, 0.1, "an incident in a case is an allegation that somebody took seriously"),
            ("syrian_logged_as_russian", 0.2, 0.05, 0.4, "no figure is published"),
        ),
        log_model=example_log_model(),
    )  # fmt: skip


def example_log_model() -> FittedModel:
    """What its two logs taught; watched from four in the morning on."""
    passes = tuple(
        PassKind(
            kind < 8, float(kind // 2), kind // 2 + 1.0, bool(kind % 2), _told(0.3 if kind == 0 else 0.041),
            Rate(1.0 + kind, 0.5, 30.0, kind),
        )
        for kind in range(18)
    )  # fmt: skip
    hours = tuple(
        HourOfDay(hour, 8.0 if hour > 3 else 0.0, 48, 90, _told(1.5 if hour == 10 else 0.9)) for hour in range(24)
    )
    fleet = tuple(
        FleetShare(platform, party, _told(share))
        for platform, party, share in (("Su-24", "Syrian", 0.6), ("غزال", "Russian", 0.395), ("L-39", "Russian", 0.005))
    )
    sky = FittedSky(
        160.0, 1800, 960, 6.0, 12, _told(0.81), _told(-1.2), _told(5.5), 0.1, 25.0, _told(0.8), _told(0.9), passes,
        fleet, hours, (SiteRates(("X1",), 40.0, (1,) * 18, (1.0,) * 18, (0.5,) * 18, (2.0,) * 18),),
    )  # fmt: skip
    said = (("target_coordinates", -8.0), ("weapon_release", -0.5))
    radio = FittedRadio(
        100.0, 900, 400, 12, tuple(HeardParty(party, _told(0.6)) for party in PARTIES),
        tuple(
            ExchangeKind(name, placed, _told(0.125), Rate(4.0, 2.0, 6.0, 50))
            for placed in (False, True)
            for name in ("coordinates", "approach", "release", "approach and release")
        ),
        tuple(CallClass(name, _told(lead), _told(2.5)) for name, lead in said),
    )  # fmt: skip
    return FittedModel(sky, radio)


def _told(value: float) -> Fitted:
    return Fitted(value, value - 0.1 * abs(value), value + 0.1 * abs(value), 25.0, 0.7 * value, 20.0, "made up")


def _views() -> list[IncidentView]:
    t1, t2, t3, t5 = at(2, 16, 28), at(7, 0, 50), at(22, 14, 15), at(27, 2, 15)
    hospital = Site("مستشفى معرّة النعمان الوطني", "hospital", 35.6518, 36.6853, 600.0)
    return [
        IncidentView(
            "X1", (hospital,), bell(t1, 12), (t1 - 40, t1 + 90),
            (
                Band("A01", "account", at(1, 21), at(2, 21), 0.0, "between"),
                Band("A02", "account", t1 - 8, t1 - 8, 4.0, "between"),
                Band("A03", "account", t1 + 62, t1 + 62, 15.0, "between"),
                Band("A04", "account", t1 - 700, t1 - 700, 15.0, "between"),
                Band("M01", "media", t1 - 2000, t1 + 105, 0.0, "before"),
                Band("M02", "media", t1 - 35, t1 + 2000, 5.0, "after"),
            ),
            (
                point("T-S001", "S001", t1 - 38, 35.12, 36.71, "Hama Military Airbase", "takeoff"),
                point("T-S001", "S002", t1 - 14, 35.44, 36.65, "Khan Sheikhun"),
                point("T-S001", "S003", t1 - 3, 35.645, 36.67, "Ma'rrat al-Nu'man", "circling"),
                point("T-S010", "S010", t1 + 25, 35.60, 36.57, "كفرنبل"),
                point(None, "S011", t1 + 44, 35.85, 36.9, "Saraqib"),
                point(None, "S012", t1 - 44, 35.5, 36.4, "Kansafra"),
            ),
            {
                ("account", "A01"): words("A01", "account", "media_uploader", "an air strike, on that day", 2),
                ("account", "A02"): words("A02", "account", "medical_worker", "heard the first bombing at 19:20", 4),
                ("account", "A03"): words("A03", "account", "civil_defence", "غارة جوية حوالي الساعة 20:30", 6),
                ("account", "A04"): words("A04", "account", "journalist", "about 07:50 in the morning", 7),
                ("media", "M01"): words("M01", "media", "media_uploader", "smoke; uploaded 21:13", 2, "media.csv"),
                **{
                    ("sighting", name): words(name, "sighting", "flight_spotter", "Su-24", row, "sightings.csv")
                    for row, name in enumerate(("S001", "S002", "S003", "S010"), 2)
                },
            },
            (PublishedConclusion("An archive (2017)", "Syrian;Russian", "air strike", "potentially responsible",
                                 "https://example.org/1"),
             PublishedConclusion("A careless link", "Russian", None, None, "javascript:alert(1)")),
            ((t1 - 35, t1 + 75),), 0.05, 0.12, 0.04,
            (NoticedPoint("N01", 35.66, 36.69, 375.0, "fire 2017-04-03 01:30; value 330"),),
        ),
        IncidentView(
            "X2",
            (Site("Kafr Nabl", None, 35.614, 36.56, 1500.0), Site("Kafr Nubl", None, 35.95, 36.72, 1500.0)),
            bell(t2, 45), (None, None),
            (Band("B01", "account", t2 - 30, t2 + 30, 35.0, "between"),),
            (point("T-S020", "S020", t2 + 4, 35.7, 36.6, "Jabal Al-Zawye"),),
            {("account", "B01"): words("B01", "account", None, "at night", 9)}, (), (), 0.2, 0.7, 0.06,
        ),
        IncidentView(
            "X3", (Site("Cave hospital", "ambulance_station", 35.468, 36.532, 1500.0),), bell(t3, 30),
            (t3 - 180, t3 + 180), (Band("C01", "account", t3, t3, 15.0, "between"),),
            (point(None, "S030", t3 + 9, 35.5, 36.5, "Hbit"),),
            {("account", "C01"): words("C01", "account", "direct_witness", "felt a single large explosion", 12),
             ("munition", "W1"): words("W1", "munition", None, "remnants of a Tochka missile", 2, "munitions.csv")},
            (PublishedConclusion("An archive (2017)", None, "ballistic missile", "unlikely to be a flight", None),),
            ((t3 - 300, t3 + 240),), 0.0, 0.0, 1.0,
        ),
        IncidentView("X4", (), (), (None, None), (), (), {}, (), (), 0.0, 0.0, 0.0),
        IncidentView(
            "X5", (Site("School in the north", "school", 36.1148, 36.5134, 300.0),), bell(t5, 6), (None, None),
            (Band("E01", "account", t5, t5, 4.0, "between"),), (),
            {("account", "E01"): words("E01", "account", "teacher", "two aircraft, one after the other", 14)},
            (), (), 0.0, 1.0, 0.0,
        ),
    ]  # fmt: skip
