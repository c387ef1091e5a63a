"""What a court is shown of observers is a sum over enough of them, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consilience.casework.bundle.aggregated import FEWEST, watched_hours


def _row(source: str | None, start: int, end: int, kind: str = "sightings") -> dict[str, object]:
    day = datetime(2017, 4, 2, tzinfo=UTC)
    return {"kind": kind, "source_id": source, "from_lo": day.replace(hour=start), "to_hi": day.replace(hour=end)}


@pytest.mark.parametrize("sources", [["A"], ["A", "B"], ["A", "A", "B"]])
def test_hours_that_fewer_than_three_sources_kept_are_not_shown(sources: list[str]) -> None:
    assert len(set(sources)) < FEWEST
    assert watched_hours([_row(source, n, n + 1) for n, source in enumerate(sources)]) == {}


def test_hours_of_three_sources_are_shown_joined_and_without_their_names() -> None:
    rows = [_row("A", 1, 3), _row("B", 2, 5), _row("C", 7, 8), _row("D", 1, 2, "transmissions")]
    assert watched_hours(rows) == {
        "sightings": [
            ["2017-04-02T01:00:00Z", "2017-04-02T05:00:00Z"],
            ["2017-04-02T07:00:00Z", "2017-04-02T08:00:00Z"],
        ]
    }


def test_a_log_that_names_no_source_is_everybodys_and_one_of_detections_is_of_no_observer() -> None:
    shown = watched_hours([_row(None, 1, 3), _row(None, 1, 3, "detections")])
    assert shown == {"sightings": [["2017-04-02T01:00:00Z", "2017-04-02T03:00:00Z"]]}
