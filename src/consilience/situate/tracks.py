"""Sightings to flights: one global assignment per gated component, never a greedy pass, never single sightings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from consilience.records.reference_data import Assumption, OrderOfBattle
from consilience.records.situated import TRACK_LEGS
from consilience.situate.assignment import choose_links
from consilience.situate.flight_marks import PACES, read_fleet
from consilience.situate.flight_sums import sum_flights
from consilience.situate.links import first_habits, habits_of, log_birth, score_links
from consilience.situate.motion import motions_of
from consilience.situate.track_points import Ints, TrackPoints, read_points
from consilience.situate.whole_flights import improve

_ROUNDS: Final = 3
"""Times that the flights' habits are read off the tracks and the tracks made anew; more changed nothing measured."""
_LEAST_LINK: Final = -8.0
"""Score below which a pair is never joined, whatever the rest of the flight says; our choice: odds of 1 to 3,000."""


def associate(sightings: pl.DataFrame, orbat: OrderOfBattle, assumptions: Mapping[str, Assumption]) -> pl.DataFrame:
    """Group the sightings of a situated and marked frame to flights: a TRACK_LEGS frame, by time of first sighting.

    Every usable sighting is in exactly one track; rows coarser than an hour, without a time, or with no site or
    several enter none. The answer depends on what the rows say and neither on their order nor on observers' names.
    """
    points = read_points(sightings, assumptions)
    if not len(points):
        return pl.DataFrame(schema=TRACK_LEGS)
    fleet = read_fleet(points, orbat, assumptions)
    motions = motions_of(fleet, points, assumptions)
    endurance = np.array([assumptions[f"track_endurance_{PACES[pace]}_min"].value for pace in motions])

    habits = first_habits(assumptions)
    after = np.full(len(points), -1)
    for _ in range(_ROUNDS):
        after = choose_links(score_links(points, fleet, motions, habits, assumptions), len(points))
        habits = habits_of(points, after, assumptions)
    links = score_links(points, fleet, motions, habits, assumptions, _LEAST_LINK)
    flights = improve(
        sum_flights(points, fleet, motions, endurance, after), links, log_birth(points, habits, assumptions)
    )
    return _legs(points, flights.head)


def _legs(points: TrackPoints, first: Ints) -> pl.DataFrame:
    ids = np.array(points.ids, dtype=object)
    frame = pl.DataFrame({"first": first, "order": np.arange(len(first)), "sighting_id": ids.tolist()})
    return (
        frame.with_columns(pl.Series("track_id", ["T-" + ids[k] for k in first]))
        .sort("first", "order")
        .with_columns(pl.int_range(pl.len()).over("first").cast(pl.Int64).alias("leg"))
        .select(list(TRACK_LEGS))
    )
