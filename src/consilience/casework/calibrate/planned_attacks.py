"""Which attacks a measure of power plants in a case: by whom, how, with what, where, when, under the log or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl

from consilience.corroborate.evidence import CaseEvidence
from consilience.errors import UsageError
from consilience.quantities import Degrees, Minutes, minutes_since_epoch, moment_at
from consilience.records.tables import MODES

APART: Minutes = 2 * 1440.0
"""Attacks that leave something in the log stand so far apart where they share a copy of it: an account may give no more
than the day and be filed under the day beside, so a flight of the neighbouring attack would be taken for a candidate
within less."""

UNLOGGED_TOGETHER = 24
"""Attacks outside the log leave nothing in it and can't meet; so many are weighed at once. Our choice: some seconds."""

Spans = list[tuple[Minutes, Minutes]]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the case where an incident is recorded, with one position only."""

    facility_id: str | None
    place: str | None
    lat: Degrees
    lon: Degrees
    error_m: float


@dataclass(frozen=True, slots=True)
class Planned:
    """One attack whose truth we know. `minute` (since the epoch) is its first impact, `is_covered` whether a log of
    sightings is declared whole there and then; attacks of one `batch` are planted in the same copy of the case."""

    number: int
    party: str
    mode: str
    platform: str
    place: int
    minute: Minutes
    is_covered: bool
    batch: int

    def as_json(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Plan:
    """All attacks, the places that they name, and the share of the period's minutes at those places under the log."""

    attacks: tuple[Planned, ...]
    places: tuple[Place, ...]
    covered_share: float

    def batches(self) -> list[tuple[Planned, ...]]:
        """The attacks of each batch, in order."""
        found: dict[int, list[Planned]] = {}
        for attack in self.attacks:
            found.setdefault(attack.batch, []).append(attack)
        return [tuple(found[batch]) for batch in sorted(found)]


def plan_attacks(evidence: CaseEvidence, attacks: int, seed: int) -> Plan:
    """So many attacks, as many by each named party and as many under the log as outside it, where there is either.

    A party's modes stand in proportion to the order of battle's shares, each that it has at least once; minutes are
    even over the period and the places. UsageError where there is no place, no period, or fewer attacks than that asks.
    """
    places = places_of(evidence)
    first, last = _period(evidence)
    seen = [_clipped(seen_at(evidence.coverage, place), first, last) for place in places]
    unseen = [_gaps(spans, first, last) for spans in seen]
    rng = np.random.default_rng(seed)
    share = _length(seen) / (len(places) * (last - first))
    strata = [spans for spans in (seen, unseen) if _length(spans) > 0]
    groups = [(party, spans) for party in evidence.settings.parties for spans in strata]
    counts = _even(attacks, len(groups))
    planned: list[Planned] = []
    for (party, spans), count in zip(groups, counts, strict=True):
        for mode, number in _modes(evidence, party, count).items():
            for _ in range(number):
                place, minute = _moment(rng, spans)
                platform = _platform(rng, evidence, party, mode, _day(minute, evidence))
                planned.append(Planned(len(planned) + 1, party, mode, platform, place, minute, spans is seen, 0))
    return Plan(_in_batches(planned), places, share)


def places_of(evidence: CaseEvidence) -> tuple[Place, ...]:
    """Where the case's own incidents happened, each position once, in the order of positions."""
    found: dict[tuple[float, float, float], Place] = {}
    for row in evidence.incidents.sort("incident_id").iter_rows(named=True):
        if len(row["sites"] or ()) == 1:
            site = row["sites"][0]
            key = (site["lat"], site["lon"], site["error_m"])
            found.setdefault(key, Place(row["facility_id"], row["place"], *key))
    if not found:
        raise UsageError("no incident of the case has a place", remedy="Give its incidents a facility or a place.")
    return tuple(found[key] for key in sorted(found))


def seen_at(coverage: pl.DataFrame, place: Place, kind: str = "sightings") -> Spans:
    """When a whole log of that kind holds a place: disjoint spans in order."""
    inside = pl.col("west").is_null() | (
        pl.lit(place.lon).is_between(pl.col("west"), pl.col("east"))
        & pl.lit(place.lat).is_between(pl.col("south"), pl.col("north"))
    )
    merged: Spans = []
    for start, end in sorted(coverage.filter(pl.col("kind") == kind, inside).select("start", "end").rows()):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _period(evidence: CaseEvidence) -> tuple[Minutes, Minutes]:
    first, last = evidence.settings.period_start, evidence.settings.period_end
    if first is None or last is None:
        raise UsageError("nothing says when the case begins and ends", remedy="Give period_start and period_end.")
    zone = evidence.settings.zone

    def midnight(day: date) -> Minutes:
        return minutes_since_epoch(datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC))

    return midnight(first), midnight(last + timedelta(days=1))


def _clipped(spans: Spans, first: Minutes, last: Minutes) -> Spans:
    return [(max(a, first), min(b, last)) for a, b in spans if min(b, last) > max(a, first)]


def _gaps(spans: Spans, first: Minutes, last: Minutes) -> Spans:
    edges = [first, *(edge for span in spans for edge in span), last]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _length(spans_at: Sequence[Spans]) -> Minutes:
    return float(sum(b - a for spans in spans_at for a, b in spans))


def _even(total: int, parts: int) -> list[int]:
    """`total` split as evenly as it goes, the first parts one more."""
    return [total // parts + (k < total % parts) for k in range(parts)]


def _modes(evidence: CaseEvidence, party: str, count: int) -> dict[str, int]:
    """How many attacks of each mode that the party has, by largest remainder, each at least once."""
    shares = {(row.mode, row.party): row.share for row in evidence.orbat.priors}
    means = {mode for row in evidence.orbat.operators if row.party == party for mode in row.modes}
    weights = {
        mode: shares.get((mode, None), 0.0) * shares.get((mode, party), 0.0 if _tells(shares, mode) else 1.0)
        for mode in MODES
        if mode in means
    }
    weights = {mode: weight for mode, weight in weights.items() if weight > 0}
    if count < len(weights) or not weights:
        what = f"{count} attacks by {party} can't hold each of its {len(weights)} modes"
        raise UsageError(what, remedy="Give more --attacks, or an order of battle that has the party.")
    wanted = {mode: count * weight / sum(weights.values()) for mode, weight in weights.items()}
    given = {mode: max(1, int(n)) for mode, n in wanted.items()}
    while (left := count - sum(given.values())) != 0:
        step = 1 if left > 0 else -1
        movable = [mode for mode in given if step > 0 or given[mode] > 1]
        given[max(movable, key=lambda mode: step * (wanted[mode] - given[mode]))] += step
    return given


def _tells(shares: Mapping[tuple[str, str | None], float], mode: str) -> bool:
    """Does the order of battle share the mode out between parties? Without that all stand alike."""
    return any(named == mode and party is not None for named, party in shares)


def _moment(rng: np.random.Generator, spans_at: Sequence[Spans]) -> tuple[int, Minutes]:
    """A place and a whole minute, even over all minutes of all places."""
    rows = [(place, a, b) for place, spans in enumerate(spans_at) for a, b in spans]
    lengths = np.array([b - a for _, a, b in rows])
    place, start, end = rows[int(rng.choice(len(rows), p=lengths / lengths.sum()))]
    return place, float(np.floor(rng.uniform(start, end)))


def _day(minute: Minutes, evidence: CaseEvidence) -> date:
    return moment_at(minute).astimezone(evidence.settings.zone).date()


def _platform(rng: np.random.Generator, evidence: CaseEvidence, party: str, mode: str, day: date) -> str:
    """One of the party's platforms for the mode, by the order of battle's shares; of all days if none serves then."""
    able = [row for row in evidence.orbat.operators if row.party == party and mode in row.modes]
    able = [row for row in able if row.serves_on(day)] or able
    weights = np.array([row.share for row in able])
    return able[int(rng.choice(len(able), p=weights / weights.sum()))].platform


def _in_batches(planned: Sequence[Planned]) -> tuple[Planned, ...]:
    """Each covered attack in the first copy where it is `APART` from all others; the rest by the dozen after them."""
    copies: list[list[Planned]] = []
    for attack in (one for one in planned if one.is_covered):
        free = (copy for copy in copies if all(abs(attack.minute - other.minute) >= APART for other in copy))
        copy = next(free, None)
        if copy is None:
            copies.append([attack])
        else:
            copy.append(attack)
    rest = [one for one in planned if not one.is_covered]
    copies += [rest[k : k + UNLOGGED_TOGETHER] for k in range(0, len(rest), UNLOGGED_TOGETHER)]
    numbered = [replace(one, batch=batch) for batch, copy in enumerate(copies) for one in copy]
    return tuple(sorted(numbered, key=lambda one: one.number))
