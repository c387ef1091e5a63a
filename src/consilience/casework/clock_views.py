"""What the report draws on the clock of an incident: the posterior's curve and a band for each piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from consilience.quantities import Minutes, minutes_since_epoch
from consilience.records.views import Band
from consilience.records.weighed import WeighedIncident

CURVE_POINTS = 400
"""More points than this can't be told apart on a page (our choice)."""

CURVE_TAIL = 1e-4
"""Probability cut off at each end of the drawn curve."""

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Row]]
"""Situated rows by kind of evidence and id."""


def curve(one: WeighedIncident) -> tuple[tuple[Minutes, float], ...]:
    """Probability per minute over the stretch that holds all but the tails, averaged over equal runs of the grid."""
    per_minute = one.time_density / np.gradient(one.minutes)
    mass = np.cumsum(one.time_density)
    first = max(0, int(np.searchsorted(mass, CURVE_TAIL)) - 2)
    last = min(len(mass), int(np.searchsorted(mass, 1.0 - CURVE_TAIL)) + 3)
    run = -(-(last - first) // CURVE_POINTS)
    starts = range(first, last, run)
    return tuple(
        (
            round(float(one.minutes[k : min(k + run, last)].mean()), 3),
            round(float(per_minute[k : min(k + run, last)].mean()), 9),
        )
        for k in starts
    )


def bands(one: WeighedIncident, rows: Rows) -> Iterable[Band]:
    """One band for each piece that speaks of the time, and one for each listed flight."""
    for piece in sorted(one.pieces, key=lambda p: (p.kind, p.evidence_id)):
        if piece.kind == "track":
            continue
        band = BANDS[piece.kind](piece.evidence_id, piece.kind, rows[piece.kind][piece.evidence_id])
        if band is not None:
            yield band
    for track in one.tracks:
        times = [rows["sighting"][s]["t_lo"] for s in track.sightings]
        spread = max(rows["sighting"][s]["t_sigma"] for s in track.sightings)
        yield Band(track.track_id, "track", min(times), max(times), spread, "between")


def _stated_band(evidence_id: str, kind: str, row: Row) -> Band | None:
    """The stated time of an account or of a row of a log."""
    if row["t_lo"] is None or row["t_hi"] is None:
        return None
    return Band(evidence_id, kind, row["t_lo"], row["t_hi"], row["t_sigma"] or 0.0, "between")


def _film_band(evidence_id: str, kind: str, row: Row) -> Band | None:
    """When it was filmed, else the upload before which it happened; nothing where it shows nothing."""
    if not row["shows"]:
        return None
    if row["captured_at_lo"] is None:
        uploaded = minute_of(row["uploaded_at_hi"])
        return None if uploaded is None else Band(evidence_id, kind, uploaded, uploaded, 0.0, "before")
    band = _stated_band(evidence_id, kind, row)
    during = {"strike", "aircraft"} & set(row["shows"])
    return band if band is None or during else replace(band, bound="before")


def _scene_band(evidence_id: str, kind: str, row: Row) -> Band | None:
    """Before a scene with damage, after one without."""
    low, high = minute_of(row["acquired_at_lo"]), minute_of(row["acquired_at_hi"])
    if row["damage"] is None or low is None or high is None:
        return None
    return Band(evidence_id, kind, low, high, 0.0, "after" if row["damage"] == "none" else "before")


def _noticed_band(evidence_id: str, kind: str, row: Row) -> Band | None:
    """When an instrument noticed it: its clock is its own, so there is no blur."""
    band = _stated_band(evidence_id, kind, row)
    return None if band is None else replace(band, sigma=0.0)


def _no_band(evidence_id: str, kind: str, row: Row) -> None:
    """It says nothing of the time."""


BANDS: Mapping[str, Callable[[str, str, Row], Band | None]] = {
    "account": _stated_band,
    "sighting": _stated_band,
    "transmission": _stated_band,
    "media": _film_band,
    "imagery": _scene_band,
    "munition": _no_band,
    "detection": _noticed_band,
}
"""The band of each kind that stands in a table, None where the piece says nothing of the time."""


def minute_of(moment: datetime | None) -> Minutes | None:
    """Minutes since the epoch, None where the moment is not known."""
    return None if moment is None else minutes_since_epoch(moment)
