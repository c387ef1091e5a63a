"""Sightings to flights: one global assignment per gated component, never a greedy pass, never single sightings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from consilience.records.reference_data import Assumption, OrderOfBattle
from consilience.records.situated import TRACK_LEGS
from consilience.situate.blocks import Sky, cut, join, look_at
from consilience.situate.flight_marks import read_fleet
from consilience.situate.habits import first_habits, gaps_of, habits_of, log_birth, log_rate
from consilience.situate.motion import motions_of
from consilience.situate.track_points import Ints, TrackPoints, read_points

_ROUNDS: Final = 3
"""Times that the flights' habits are read off the tracks and the tracks made anew; more changed nothing measured."""
_SAMPLE: Final = 200_000
"""Sightings from which habits are read, in whole blocks evenly over the log: a thousand times what the assumptions
count (`track_habit_prior`)."""


def _silence(done: int, total: int) -> None:
    """Nobody is told."""


def associate(
    sightings: pl.DataFrame,
    orbat: OrderOfBattle,
    assumptions: Mapping[str, Assumption],
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] = _silence,
) -> pl.DataFrame:
    """Group the sightings of a situated and marked frame to flights: a TRACK_LEGS frame, by time of first sighting.

    Every usable sighting is in exactly one track; rows coarser than an hour, without a time, or with no site or
    several enter none. The answer depends on what the rows say and neither on their order nor on observers' names nor
    on the number of `workers` (threads). `progress` is told the sightings done and all.
    """
    points = read_points(sightings, assumptions)
    if not len(points):
        return pl.DataFrame(schema=TRACK_LEGS)
    fleet = read_fleet(points, orbat, assumptions)
    sky = Sky.of(fleet, motions_of(fleet, points, assumptions))
    rate, habits = log_rate(points, assumptions), first_habits(assumptions)
    blocks = cut(points.at["t"], assumptions["track_gap_max_min"].value)
    sample = _sample(blocks)
    for _ in range(_ROUNDS):
        birth, gaps = log_birth(points, rate, habits), gaps_of(habits, assumptions)
        habits = habits_of(look_at(points, birth, sky, gaps, sample, workers), assumptions)
    birth, gaps = log_birth(points, rate, habits), gaps_of(habits, assumptions)
    first = np.empty(len(points), dtype=np.int64)
    for block, heads in zip(blocks, join(points, birth, sky, gaps, blocks, workers), strict=True):
        first[block] = heads
        progress(block.stop, len(points))
    return _legs(points, first)


def _sample(blocks: Sequence[slice]) -> list[slice]:
    """Every so many blocks, so that they hold about `_SAMPLE` sightings."""
    return list(blocks[:: max(1, blocks[-1].stop // _SAMPLE)])


def _legs(points: TrackPoints, first: Ints) -> pl.DataFrame:
    order = np.argsort(first, kind="stable")
    head = first[order]
    leg = np.arange(len(order)) - np.searchsorted(head, head)
    ids = points.ids
    return pl.DataFrame(
        {"track_id": "T-" + ids.gather(head), "leg": leg, "sighting_id": ids.gather(order)}, schema=TRACK_LEGS
    )
