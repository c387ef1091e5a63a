"""Words made from a row say what the row says, no more: no invented hour, no number for what is unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from consilience.casework.claims import local_span, say
from consilience.casework.explain import per_cent, shares
from consilience.casework.views import KEYS
from consilience.records.tables import TABLES

ZONE = ZoneInfo("Asia/Damascus")
NINE = datetime(2017, 4, 2, 6, 0, tzinfo=UTC)


def _row(kind: str, **values: Any) -> dict[str, Any]:
    table, _ = KEYS[kind]
    return dict.fromkeys(TABLES[table].canonical()) | values


def _clock(low: datetime, high: datetime | None = None) -> dict[str, Any]:
    return {"time_lo": low, "time_hi": high or low, "time_clock": True}


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_an_empty_row_of_every_kind_says_that_it_says_nothing(kind: str) -> None:
    expected = "no reading of damage" if kind == "imagery" else "says nothing that is weighed"
    assert say(kind, _row(kind), ZONE) == expected


def test_an_account_says_how_it_knows_when_what_by_whom_and_how_many() -> None:
    row = _row(
        "account", **_clock(NINE), perception="heard", time_precision="about", mode="air strike",
        party="Russian;Syrian", party_basis="spotter_warning", strikes=3, killed_min=4, injured_min=2, injured_max=2,
    )  # fmt: skip
    assert say("account", row, ZONE) == (
        "heard, 2017-04-02 09:00 (about); air strike; Russian or Syrian (spotter warning); 3 strikes; "
        "at least 4 killed; 2 injured"
    )


def test_both_parties_together_read_differently_from_either() -> None:
    assert "Russian and Syrian (assumption)" in say("account", _row("account", party="Russian+Syrian"), ZONE)


@pytest.mark.parametrize(
    ("low", "high", "clock", "expected"),
    [
        (NINE, NINE, True, "2017-04-02 09:00"),
        (NINE, NINE + timedelta(minutes=10), True, "2017-04-02 09:00 to 09:10"),
        (NINE, NINE + timedelta(hours=20), True, "2017-04-02 09:00 to 2017-04-03 05:00"),
        (NINE - timedelta(hours=9), NINE + timedelta(hours=15), False, "2017-04-02"),
        (NINE - timedelta(hours=9), NINE + timedelta(hours=39), False, "2017-04-02 to 2017-04-03"),
        (None, None, None, ""),
    ],
)
def test_times_are_on_the_wall_clock_of_the_case_and_a_day_stays_a_day(
    low: datetime | None, high: datetime | None, clock: bool | None, expected: str
) -> None:
    assert local_span({"time_lo": low, "time_hi": high, "time_clock": clock}, "time", ZONE) == expected


def test_a_sighting_is_said_as_it_was_logged() -> None:
    row = _row("sighting", **_clock(NINE), platform="Russian jet", activity="circling", heading="north", place="Hass")
    assert say("sighting", row, ZONE) == "2017-04-02 09:00; Russian jet circling heading north; Hass"


def test_a_transmission_never_repeats_what_was_spoken() -> None:
    row = _row(
        "transmission", **_clock(NINE), phrase="weapon_release", language="ru", transcript="secret", callsign="x"
    )
    assert say("transmission", row, ZONE) == "2017-04-02 09:00; weapon release in ru"


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "<1 %"), (0.004, "<1 %"), (0.5, "50 %"), (0.9949, "99 %"), (0.9999, ">99 %"), (1.0, ">99 %")],
)
def test_nothing_is_shown_as_certain(probability: float, text: str) -> None:
    assert per_cent(probability) == text


def test_shares_stand_from_the_largest_to_what_rounds_to_nothing() -> None:
    assert shares({"a": 0.2, "b": 0.797, "c": 0.003}) == "b 80 %, a 20 %"


def test_a_mode_that_is_also_the_munition_is_said_once() -> None:
    """A barrel bomb is both (account A037 of the second case)."""
    assert say("account", _row("account", mode="barrel bomb", munition="Barrel bomb"), ZONE) == "barrel bomb"
    assert say("account", _row("account", mode="air strike", munition="rocket"), ZONE) == "air strike, rocket"
    row = _row("account", mode="barrel bomb", platform="helicopter", munition="barrel bomb")
    assert say("account", row, ZONE) == "barrel bomb, helicopter"
