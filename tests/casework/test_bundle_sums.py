"""What a court is shown of observers is a sum over enough of them, or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest

from consilience.casework.bundle.aggregated import FEWEST, log_model, watched_hours
from consilience.corroborate.evidence import CaseEvidence


def _row(source: str | None, start: int, end: int, kind: str = "sightings") -> dict[str, object]:
    day = datetime(2017, 4, 2, tzinfo=UTC)
    return {"kind": kind, "source_id": source, "from_lo": day.replace(hour=start), "to_hi": day.replace(hour=end)}


@pytest.mark.parametrize("sources", [["A"], ["A", "B"], ["A", "A", "B"]])
def test_hours_that_fewer_than_three_sources_kept_are_not_shown(sources: list[str]) -> None:
    assert len(set(sources)) < FEWEST
    assert watched_hours([_row(source, n, n + 1) for n, source in enumerate(sources)]) == {}


def test_three_watches_on_three_nights_are_each_one_persons_and_not_shown() -> None:
    assert watched_hours([_row("A", 1, 3), _row("B", 5, 8), _row("C", 9, 12)]) == {}
    assert watched_hours([_row("A", 1, 3), _row("B", 1, 3), _row("C", 3, 5)]) == {}, "they only touch"


def test_only_hours_in_which_three_sources_watched_at_once_are_shown() -> None:
    rows = [
        _row("A", 1, 6), _row("B", 2, 9), _row("C", 4, 5), _row("C", 5, 8), _row("D", 6, 10),
        _row("E", 12, 14), _row("E", 13, 15), _row("E", 12, 15),
        _row("D", 1, 2, "transmissions"), _row("E", 1, 2, "transmissions"),
    ]  # fmt: skip
    assert watched_hours(rows) == {"sightings": [["2017-04-02T04:00:00Z", "2017-04-02T08:00:00Z"]]}


def test_a_log_that_names_no_source_adds_nobody_and_one_of_detections_is_of_no_observer() -> None:
    assert watched_hours([_row(None, 1, 3)] * FEWEST) == {}
    assert watched_hours([_row("A", 1, 3), _row("B", 1, 3), _row(None, 1, 3)]) == {}
    assert watched_hours([_row(source, 1, 3, "detections") for source in "ABC"]) == {}


def _evidence(spotters: int, monitors: int) -> CaseEvidence:
    def log(count: int) -> pl.DataFrame:
        names = [f"S{n}" for n in range(count)]
        return pl.DataFrame({"source_id": [*names, None, "left out"], "covered": [True] * (count + 1) + [False]})

    return cast(CaseEvidence, SimpleNamespace(sightings=log(spotters), transmissions=log(monitors)))


@pytest.mark.parametrize(
    ("spotters", "monitors", "taught"),
    [(3, 3, {"sky", "radio"}), (3, 2, {"sky"}), (2, 3, {"radio"}), (2, 2, set()), (0, 1, set())],
)
def test_what_a_log_taught_is_shown_only_if_three_sources_kept_that_very_log(
    spotters: int, monitors: int, taught: set[str]
) -> None:
    content = json.dumps(
        {"sky": {"sites": [{"incidents": ["I1", "I2"]}, {"incidents": ["I2"]}]}, "radio": {"calls": 3}}
    )
    model = log_model(content.encode(), _evidence(spotters, monitors))
    assert {kind for kind, found in (model or {}).items() if found is not None} == taught
    if model and model["sky"]:
        assert model["sky"]["sites"] == [], "a place is there only where somebody watched"
