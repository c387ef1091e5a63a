"""The sky near a place: passes, who was watching, and what one observer's absence takes away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import SITE, evidence_of, small_tables

from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.name_list import NameList
from consilience.corroborate.sky import PASS_EDGES_M, SEASON, Sky, build_sky, coded_legs
from consilience.corroborate.watches import Watches, total_length
from consilience.quantities import great_circle_m

PLACE = (*SITE, 300.0)


def _evidence() -> CaseEvidence:
    return evidence_of(small_tables())


def _sky(evidence: CaseEvidence) -> Sky:
    return build_sky(coded_legs(evidence), evidence.coverage.filter(pl.col("kind") == "sightings"))


def _passing(sky: Sky) -> dict[str, tuple[int, float]]:
    passes = sky.passes(PLACE)
    return {
        sky.tracks[int(track)]: (int(kind), float(middle))
        for track, kind, middle in zip(passes.track, passes.kind, passes.middle, strict=True)
    }


def test_every_flight_ever_logged_within_reach_has_a_pass_and_no_other() -> None:
    evidence = _evidence()
    seen = evidence.legs.join(evidence.sightings, on="sighting_id").explode("sites")
    lat, lon = (seen["sites"].struct.field(name).to_numpy() for name in ("lat", "lon"))
    away = great_circle_m(lat, lon, *SITE)
    near = seen.with_columns(away=away).group_by("track_id").agg(pl.col("away").min())
    assert set(_passing(_sky(evidence))) == set(near.filter(pl.col("away") < PASS_EDGES_M[-1])["track_id"])


def test_without_an_observer_the_sky_is_as_if_he_had_never_written() -> None:
    evidence = _evidence()
    ids = evidence.sightings["sighting_id"].to_list()
    mixed = evidence.sightings.with_columns(source_id=pl.Series([("SPOT", "ELSE")[k % 2] for k in range(len(ids))]))
    both = replace(evidence, sightings=mixed)
    kept = mixed.filter(pl.col("source_id") != "ELSE")
    alone = replace(evidence, sightings=kept, legs=evidence.legs.join(kept, on="sighting_id", how="semi"))
    assert _passing(_sky(both).without({"ELSE"})) == _passing(_sky(alone))
    assert _passing(_sky(both).without({"ELSE"})) != _passing(_sky(both))


def test_passes_of_another_season_do_not_count() -> None:
    sky = _sky(_evidence())
    first, last = float(sky.begin[0]), float(sky.begin[-1])
    assert sky.pass_counts(PLACE, first, last).sum() == len(_passing(sky))
    assert sky.pass_counts(PLACE, last + SEASON, last + 2 * SEASON).sum() == 0
    assert len(sky.passes(PLACE, first - SEASON, first - 1.0).track) == 0


windows = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 20), st.integers(0, 3), st.sampled_from(["A", "B", None])), max_size=9
)


@settings(max_examples=60, deadline=None)
@given(windows, st.integers(0, 70), st.integers(0, 20))
def test_a_minute_is_watched_where_any_window_of_the_place_holds_it(
    rows: list[tuple[int, int, int, str | None]], first: int, length: int
) -> None:
    frame = pl.DataFrame(
        [
            ("sightings", float(a), float(a + n), *((float(west), 0.0, west + 1.5, 9.0) if west else (None,) * 4), who)
            for a, n, west, who in rows
        ],
        schema={"kind": pl.String(), "start": pl.Float64(), "end": pl.Float64(), "west": pl.Float64(),
                "south": pl.Float64(), "east": pl.Float64(), "north": pl.Float64(), "source_id": pl.String()},
        orient="row",
    )  # fmt: skip
    last = first + length
    for watches, kept in (
        (Watches.of(frame), rows),
        (Watches.of(frame).without({"A"}), [r for r in rows if r[3] != "A"]),
    ):
        spans = watches.over(5.0, 2.2, first, last)
        assert (np.diff(spans.ravel()) > 0).all(), "disjoint and in order"
        held = [(a, a + n) for a, n, west, _ in kept if not west or west <= 2.2 <= west + 1.5]
        for minute in np.arange(first, last + 1, 0.5):
            told = any(a <= minute <= b for a, b in spans)
            assert told == any(a <= minute <= b for a, b in held)
        inside = sum(any(a <= m <= b and a <= m + 0.5 <= b for a, b in held) for m in np.arange(first, last, 0.5))
        assert total_length(spans, first, last) == pytest.approx(inside / 2)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=6))
def test_names_come_back_as_they_were(names: list[str]) -> None:
    kept = NameList.of(pl.Series(names, dtype=pl.String()))
    assert [kept[k] for k in range(len(kept))] == names
    assert kept.some(0, len(names)) == tuple(names)
