"""What WEIGH hands to CONCLUDE: the posterior of one incident and what each piece of evidence did to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from consilience.quantities import Log10, Minutes
from consilience.records.sensitivity import Carried, Sensitivity

CAUSES = ("attack", "another cause", "none")
OTHER = "other"
"""The party that always stands beside those that the case names."""

WEIGHT_CAP: Log10 = 10.0
"""No weight is told beyond ±10 bans: there the model's own errors rule (our choice; ENFSI's verbal scale ends at 6)."""


class Verdict(StrEnum):
    """How a piece agrees with the rest (method.md, Consistency)."""

    CORROBORATES = "corroborates"
    CONSISTENT = "consistent"
    SILENT = "silent"
    IN_TENSION = "in tension"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece, one field (time, place, mode or party), the piece left out of the rest.

    `weight`: log10 p(e_f | rest) / p(e_f | prior). `conflict`: the probability under p(· | rest) of values whose ratio
    to the prior predictive is at most that of the value seen, in [0, 1]. `verdict` is after Holm over the incident.
    """

    weight: Log10
    conflict: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class WeighedPiece:
    """A piece of evidence with its cells; `group` names its dependence group, `verdict` its worst cell, else its best.

    `kind` is one of account, track, sighting, transmission, media, imagery, munition, detection, status.
    """

    evidence_id: str
    kind: str
    group: str
    cells: Mapping[str, Cell]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TrackShare:
    """A flight and the probability that it did it, given all evidence. `sightings` in order of time."""

    track_id: str
    responsibility: float
    sightings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placebo:
    """Of `shifts` shifted intervals `matches` have a statistic at least the incident's; `statistic` in bans.

    Where nothing can be told, `why_null` says why, and the rest is None.
    """

    matches: int | None = None
    shifts: int | None = None
    statistic: Log10 | None = None
    why_null: str | None = None


@dataclass(frozen=True, slots=True)
class WeighedIncident:
    """The posterior of one incident.

    `minutes` (T,) is the grid, minutes since the epoch, UTC; `time_density` (T,) the probability of each minute given
    that an attack happened, summing to 1. `mode`, `platform`, `party` are given an attack too and sum to 1;
    `party` holds half of `together` on each of the two parties. `cause` sums to 1.
    `tracks` has every flight with responsibility ≥ 0.01, largest first; with `other_tracks` (the sum of the smaller),
    `unseen_flight` and `no_flight` they sum to 1.
    `log10_lr` has "A:B" for each pair of case parties and "attack:none".
    """

    incident_id: str
    minutes: NDArray[np.float64]
    time_density: NDArray[np.float64]
    time_median: Minutes
    time_low: Minutes
    time_high: Minutes
    cause: Mapping[str, float]
    mode: Mapping[str, float]
    cluster: float
    platform: Mapping[str, float]
    party: Mapping[str, float]
    together: float
    log10_lr: Mapping[str, Log10]
    tracks: tuple[TrackShare, ...]
    other_tracks: float
    unseen_flight: float
    no_flight: float
    pieces: tuple[WeighedPiece, ...]
    groups: int
    """Independent dependence groups that say anything at all."""
    log_covers: bool
    """Was the sky over the facility under a whole log at the time found?"""
    sensitivity: Sensitivity | None = None
    """What the finding hangs on; None where that was not asked."""
    carried: Carried | None = None
    """On whom one named party hangs; None where that was not asked, or not one party would be named."""
    placebo: Placebo | None = None
    """How often chance alone says as much as the log; None where that was not asked."""
