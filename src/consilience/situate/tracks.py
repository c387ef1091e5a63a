"""Sightings to flights: one global assignment per gated component, never a greedy pass, never single sightings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from consilience.records.reference_data import Assumption, OrderOfBattle
from consilience.records.situated import TRACK_LEGS
from consilience.situate.assignment import choose_links
from consilience.situate.flight_marks import read_fleet
from consilience.situate.links import Habits, score_links
from consilience.situate.track_points import Ints, TrackPoints, read_points

_ROUNDS: Final = 3
"""Times that the flights' habits are read off the tracks and the tracks made anew; more changed nothing measured."""


def associate(sightings: pl.DataFrame, orbat: OrderOfBattle, assumptions: Mapping[str, Assumption]) -> pl.DataFrame:
    """Group the sightings of a situated and marked frame to flights: a TRACK_LEGS frame, sorted by track and leg.

    Every usable sighting is in exactly one track; rows coarser than an hour, without a time, or with no site or
    several enter none. The answer depends on what the rows say and neither on their order nor on observers' names.
    """
    points = read_points(sightings, assumptions)
    if not len(points):
        return pl.DataFrame(schema=TRACK_LEGS)
    fleet = read_fleet(points, orbat, assumptions)
    habits = Habits(assumptions["track_legs"].value, assumptions["track_gap_min"].value)
    for _ in range(_ROUNDS):
        successor = choose_links(score_links(points, fleet, habits, assumptions), len(points))
        habits = _habits_of(points, successor, assumptions)
    return _legs(points, _chain_of(successor))


def _habits_of(points: TrackPoints, successor: Ints, assumptions: Mapping[str, Assumption]) -> Habits:
    """Sightings a flight and minutes between them in these tracks, each shrunk to its assumption as if that had been
    seen on `track_habit_prior` flights."""
    weight = assumptions["track_habit_prior"].value
    legs, gap = assumptions["track_legs"].value, assumptions["track_gap_min"].value
    linked = np.flatnonzero(successor >= 0)
    flights = len(points) - len(linked)
    minutes = float((points.t[successor[linked]] - points.t[linked]).sum())
    prior_links = weight * (legs - 1)
    return Habits(
        legs=(len(points) + weight * legs) / (flights + weight),
        gap_min=(minutes + prior_links * gap) / (len(linked) + prior_links),
    )


def _chain_of(successor: Ints) -> Ints:
    """(N,) index of the first point of each point's path; a successor always has a larger index."""
    first = np.arange(len(successor), dtype=np.int64)
    for i in np.flatnonzero(successor >= 0):
        first[successor[i]] = first[i]
    return first


def _legs(points: TrackPoints, first: Ints) -> pl.DataFrame:
    ids = np.array(points.ids, dtype=object)
    frame = pl.DataFrame({"first": first, "order": np.arange(len(first)), "sighting_id": ids.tolist()})
    return (
        frame.with_columns(pl.Series("track_id", ["T-" + ids[k] for k in first]))
        .sort("first", "order")
        .with_columns(pl.int_range(pl.len()).over("first").cast(pl.Int64).alias("leg"))
        .select(list(TRACK_LEGS))
    )
