"""What a sighting's words say of the aircraft, as p(mark | who flies), and the mix of who flies, fitted to the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from consilience.records.parties import parties_in
from consilience.records.reference_data import Assumption, Operator, OrderOfBattle
from consilience.situate.track_points import Floats, Ints, TrackPoints

FAST_KMH: Final = 400.0
SLOW_KMH: Final = 170.0
"""Bounds of the paces: jets and transports above, drones below, helicopters between. Our choice, because the order of
battle's helicopters cruise at 210-270 km/h, its small drones at 100-160 and its slowest transport at 440."""

PACES: Final = ("fast", "middle", "slow")

Mark = tuple[frozenset[str], frozenset[str], str | None]
"""Platforms that the words may mean (empty: any), parties that they assert (empty: none), base of takeoff."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The Z kinds of (platform, party) that fly and that the log's K distinct marks can tell apart, and what each says.

    `said` (K, Z) is p(mark | z) up to a factor of its own for each mark, which cancels in every ratio; `mix` (Z,) the
    share of sightings by z. `paces` (P,) indexes PACES: those that somebody flies at; `pace` (Z,) indexes `paces`;
    `speed_kmh`, `top_kmh` (P,) are the effective and the highest cruise speed of each.
    """

    said: Floats
    mix: Floats
    paces: tuple[int, ...]
    pace: Ints
    speed_kmh: Floats
    top_kmh: Floats

    def pair_weights(self) -> Floats:
        """(P, K, K): Σ_{z of the pace} π_z p(a|z) p(b|z) / (p(a) p(b)), how much likelier one aircraft bears both."""
        alone = self.said @ self.mix
        weights = np.zeros((len(self.paces), len(alone), len(alone)))
        for pace in range(len(self.paces)):
            member = self.pace == pace
            weights[pace] = (self.said[:, member] * self.mix[member]) @ self.said[:, member].T
        return weights / np.outer(alone, alone)


def read_fleet(points: TrackPoints, orbat: OrderOfBattle, assumptions: Mapping[str, Assumption]) -> Fleet:
    """Marks of the points against everything in the order of battle that flies; the mix fitted by EM.

    Days of service are not read here: a type that was not there is given little by the mix. K are the rows of
    `points.marks`.
    """
    flown = _what_flies(orbat)
    cruise = np.array([orbat.platforms[o.platform].cruise_kmh or 0.0 for o in flown]) if flown else np.array([900.0])
    pace_of = np.where(cruise >= FAST_KMH, 0, np.where(cruise >= SLOW_KMH, 1, 2))
    paces, pace = np.unique(pace_of, return_inverse=True)
    alike = _alike(orbat)
    said = np.array(
        [[_said_of(mark, o, alike, assumptions) for o in flown] or [1.0] for mark in _marks(points.marks, orbat)]
    )
    prior = np.array([o.share for o in flown]) if flown else np.ones(1)
    counts = np.bincount(points.at["mark"], minlength=len(said)).astype(np.int64)
    mix = _fit_mix(said, counts, prior / prior.sum(), assumptions)
    short_leg = np.minimum(cruise, assumptions["track_short_leg_kmh"].value)
    alike_said, kind_of = np.unique(np.vstack([pace, said]), axis=1, return_inverse=True)
    return Fleet(
        said=np.ascontiguousarray(alike_said[1:]),
        mix=np.bincount(kind_of.reshape(-1), mix).astype(np.float64),
        paces=tuple(int(p) for p in paces),
        pace=alike_said[0].astype(np.int64),
        speed_kmh=np.array([np.average(short_leg[pace == p], weights=mix[pace == p]) for p in range(len(paces))]),
        top_kmh=np.array([cruise[pace == p].max() for p in range(len(paces))]),
    )


def _what_flies(orbat: OrderOfBattle) -> list[Operator]:
    """One operator row for each (platform, party) that has a cruise speed; shares and bases of several rows joined."""
    joined: dict[tuple[str, str], Operator] = {}
    for row in orbat.operators:
        platform = orbat.platforms.get(row.platform)
        if platform is None or platform.cruise_kmh is None or row.share <= 0:
            continue
        key = (row.platform, row.party)
        before = joined.get(key)
        bases = row.bases if before is None else tuple(dict.fromkeys((*before.bases, *row.bases)))
        share = row.share if before is None else max(before.share, row.share)
        joined[key] = Operator(row.platform, row.party, row.modes, share, bases, None, None)
    return [joined[key] for key in sorted(joined)]


def _marks(said: pl.DataFrame, orbat: OrderOfBattle) -> list[Mark]:
    base_named = {name.casefold(): base.name for base in orbat.bases.values() for name in (base.name, *base.names)}
    marks: list[Mark] = []
    for means, asserts, operator, base, origin, starts in said.iter_rows():
        parties = operator if operator is not None else asserts
        home = base if starts and base is not None else base_named.get((origin or "").casefold())
        asserted = frozenset(parties_in(parties)) if parties else frozenset()
        marks.append((frozenset(means or ()), asserted, home))
    return marks


def _alike(orbat: OrderOfBattle) -> Mapping[str, frozenset[str]]:
    """Platforms that go by a common loose word ("jet", "drone") with a platform: those it may be mistaken for."""
    shared: dict[str, set[str]] = {}
    for description in orbat.descriptions:
        for platform in description.platforms:
            shared.setdefault(platform, set()).update(description.platforms)
    return {platform: frozenset(others) for platform, others in shared.items()}


def _said_of(
    mark: Mark, flown: Operator, alike: Mapping[str, frozenset[str]], assumptions: Mapping[str, Assumption]
) -> float:
    platforms, parties, home = mark
    slip, lent, astray = (assumptions[f"track_{name}"].value for name in ("type_slip", "word_lent", "base_slip"))
    p = 1.0
    if platforms:
        mistaken = slip if platforms & alike.get(flown.platform, frozenset()) else assumptions["track_kind_slip"].value
        p *= 1 - slip if flown.platform in platforms else mistaken
    if parties:
        p *= 1 - lent if flown.party in parties else lent
    if home is not None:
        p *= 1 - astray if home in flown.bases else astray
    return p


def _fit_mix(said: Floats, counts: Ints, prior: Floats, assumptions: Mapping[str, Assumption]) -> Floats:
    """EM for mixture shares with a Dirichlet prior (Dempster, Laird & Rubin 1977), a hundred rounds; fixed, so exact
    convergence does not depend on the machine's rounding. The prior counts as `track_fleet_prior` sightings."""
    strength = assumptions["track_fleet_prior"].value
    mix = prior
    for _ in range(100):
        joint = said * mix
        share = joint / joint.sum(axis=1, keepdims=True)
        mix = counts @ share + strength * prior
        mix = mix / mix.sum()
    return mix
