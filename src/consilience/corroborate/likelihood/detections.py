"""Detections: a fire, an alert, a tremor or an outage near in place and time, against its own base rate.

For each kind, one of its detections belongs to the attack or none does:

    p(log | θ) / p(log | no attack) = 1 − d · s(τ) + d · Σ_e g(t_e − τ) · κ(r_e) / (λ(r_e | x) · h̄(τ))

for every z but "none". d: the chance that an attack is noticed; g: when it is noticed after the impact; κ: in which
ring around the place; λ: the kind's own rate there (`detection_log.py`); h̄(τ): how often the kind is noticed at the
hours in which g falls, relative to the mean; s(τ): the share of those chances that falls into a declared watch. Fires
are seen at overpasses alone (VIIRS: about 01:30 and 13:30 local solar time; W. Schroeder et al., Remote Sensing of
Environment 143, 2014), which the log's own hours show: so a fire may be seen first twelve hours after an attack.

By chance the ratio is 1 on average, whatever τ. It knows neither mode nor party: no rate is published at which heavy
bombs shake or incendiaries burn. Weather says nothing of τ or z and is shown. A detection outside any whole log was
picked by somebody; without the log that it was picked from it has no base rate, so it is shown and says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.detection_log import (
    DetectionLog,
    KindLog,
    Manner,
    Noticed,
    Site,
    manner_of,
    rings_of,
)
from consilience.corroborate.likelihood.material import Material, Part
from consilience.corroborate.moments import interval_density
from consilience.corroborate.terms import Term, TimeFactor
from consilience.corroborate.watches import Spans, total_length
from consilience.quantities import Kilometres, Minutes

NAMES: Mapping[str, str] = {
    "fire": "fire", "air_raid_alert": "alert", "seismic": "seismic", "outage": "outage",
}  # fmt: skip
"""The kinds that speak, and how their named assumptions begin."""

WEATHER = "weather"
WEATHER_KM: Kilometres = 50.0
WEATHER_MIN: Minutes = 90.0
"""Weather reported within this of the place and of the stated times is shown: our choice, as far as weather is one."""

_SIGMAS = 4.0
"""A blurred edge is followed for so many standard deviations: 3e-5 of the mass lies beyond."""

_MOST_INSTANTS = 61
"""A detection between two times is averaged over so many instants: our choice, each minute of an hour."""


def detection_parts(material: Material) -> list[Part]:
    """One part for each kind of which the case has any row, and one for what is shown and says nothing."""
    noticed = material.noticed
    if not material.sites:
        return []
    parts = []
    for kind, name in NAMES.items():
        if kind in noticed.rows:
            sources = noticed.sources_of(kind)

            def make(evidence: CaseEvidence, kind: str = kind, name: str = name) -> list[Term]:
                manner, strength = manner_of(name, evidence), evidence.value("detection_strength")
                log = noticed.whole(kind, manner, strength, material.without)
                return [*_speaking(kind, log, manner, material), *_silent(kind, noticed, log, manner, material)]

            parts.append(Part((kind, material.without & sources), sources, make))
    if WEATHER in noticed.rows:
        manner = Manner(0.0, -WEATHER_MIN, WEATHER_MIN, 0.0, WEATHER_KM, WEATHER_KM, 1.0)
        parts.append(Part((WEATHER,), frozenset(), lambda _: _silent(WEATHER, noticed, None, manner, material)))
    return parts


def _speaking(kind: str, log: KindLog | None, manner: Manner, material: Material) -> list[Term]:
    """A term for what the log says by silence and by what lies far from the stated times, and one for each detection.

    They multiply to the ratio above: each says what it adds to those before it, the most telling last, so that for it
    "left out" is exact.
    """
    if log is None:
        return []
    silence, timing = _events(log, manner, material.sites, material.grid)
    telling = {event: row for event, row in timing.items() if row.any()}
    named = [event for event in telling if _bears_on_stated(log.first, event, manner, material)]
    ratio = silence + sum((row for event, row in telling.items() if event not in named), np.zeros_like(silence))
    terms = []
    if np.any(ratio != 1.0):
        keepers = log.watches.sources or sorted(set(log.first.groups))
        group = keepers[0] if keepers else f"{kind} log"
        name = f"{kind.replace('_', ' ')} log"
        terms.append(Term(name, "detection", group, times=(TimeFactor(np.log(ratio), 0.0),), is_piece=False))
    for event in sorted(named, key=lambda e: (float(telling[e].max()), log.first.ids[e])):
        more = ratio + telling[event]
        factor = TimeFactor(np.log(more / ratio), 0.0)
        terms.append(Term(log.first.ids[event], "detection", log.first.groups[event], times=(factor,)))
        ratio = more
    return terms


def _events(
    log: KindLog, manner: Manner, sites: tuple[Site, ...], grid: NDArray[np.float64]
) -> tuple[NDArray[np.float64], dict[int, NDArray[np.float64]]]:
    """1 − d · s(τ) (G,), and d · g · κ / (λ · h̄) (G,) for each thing noticed near a site; an even mixture of sites.
    A site over which nobody kept a whole log has no base rate: there nothing says anything."""
    silence, timing = np.zeros_like(grid), dict[int, NDArray[np.float64]]()
    for site in sites:
        seen = log.watched(site)
        if not len(seen):
            silence += 1 / len(sites)
            continue
        share, often = _watched_and_often(log, manner, seen, grid)
        silence += (1 - manner.seen * share) / len(sites)
        events, away = log.first.near(site, manner.outer_km)
        rings = rings_of(away, manner)
        rate = log.rate_at(rings, total_length(seen))
        scale = manner.seen * manner.ring_shares / rate / len(sites)
        for event, ring in zip(events.tolist(), rings.tolist(), strict=True):
            lo, hi = float(log.first.lo[event]), float(log.first.hi[event])
            if lo - manner.end - _edge(manner) < grid[-1] and hi - manner.start + _edge(manner) > grid[0]:
                row = scale[ring] * _timing(manner, lo, hi, grid) / often
                timing[event] = timing[event] + row if event in timing else row
    return silence, timing


def _edge(manner: Manner) -> Minutes:
    return _SIGMAS * manner.blur


def _timing(manner: Manner, lo: Minutes, hi: Minutes, grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """g(t − τ) per minute for a detection between two times, (G,); exactly 0 beyond the edge."""
    instants = np.linspace(lo, hi, min(int(hi - lo) + 1, _MOST_INSTANTS))
    total = np.zeros_like(grid)
    for instant in instants:
        after = instant - grid
        within = (after > manner.start - _edge(manner)) & (after < manner.end + _edge(manner))
        total[within] += interval_density(after[within], manner.start, manner.end, _blur(manner, grid))
    return total / len(instants)


def _blur(manner: Manner, grid: NDArray[np.float64]) -> Minutes:
    """Never finer than the grid, so that no detection falls between two moments."""
    return max(manner.blur, float(grid[1] - grid[0]) / 2 if len(grid) > 1 else 0.0)


def _watched_and_often(
    log: KindLog, manner: Manner, seen: Spans, grid: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """s(τ) and h̄(τ), (G,): sums over the lattice of the grid's own step."""
    step = float(grid[1] - grid[0]) if len(grid) > 1 else 1.0
    first, last = np.floor((manner.start - _edge(manner)) / step), np.ceil((manner.end + _edge(manner)) / step)
    after = np.arange(first, last + 1) * step
    g = interval_density(after, manner.start, manner.end, _blur(manner, grid))
    g /= g.sum()
    lattice = grid[0] + np.arange(first, last + len(grid)) * step
    often = log.by_hour(lattice)
    inside = np.zeros(len(lattice))
    for start, end in seen:
        inside[np.searchsorted(lattice, start) : np.searchsorted(lattice, end, side="right")] = 1.0
    mean = np.correlate(often, g, "valid")
    return np.correlate(often * inside, g, "valid") / mean, mean


def _bears_on_stated(noticed: Noticed, event: int, manner: Manner, material: Material) -> bool:
    """Can an attack at a time that accounts state have been noticed so? Without stated times any moment will do."""
    stated = [account.stated for account in material.accounts if account.stated is not None]
    first = min((one.lo - 3 * one.sigma for one in stated), default=float(material.grid[0]))
    last = max((one.hi + 3 * one.sigma for one in stated), default=float(material.grid[-1]))
    earliest = float(noticed.lo[event]) - manner.end - _edge(manner)
    latest = float(noticed.hi[event]) - manner.start + _edge(manner)
    return earliest <= last and latest >= first


def _silent(kind: str, noticed: DetectionLog, log: KindLog | None, manner: Manner, material: Material) -> list[Term]:
    """Rows near in place and time that say nothing: picked ones, those that repeat another, weather."""
    rows, said = noticed.noticed[kind], set(log.first.ids) if log is not None else set()
    near = {int(row) for site in material.sites for row in rows.near(site, manner.outer_km)[0]}
    shown = [
        row
        for row in near
        if rows.ids[row] not in said
        and rows.groups[row] not in material.without
        and _bears_on_stated(rows, row, manner, material)
    ]
    shown.sort(key=lambda row: rows.ids[row])
    return [Term(rows.ids[row], "detection", rows.groups[row]) for row in shown]
