"""An incident is counted under what it holds, and under nothing that it doesn't."""

from __future__ import annotations

import pytest

from consilience.records.counting import ATTACK_ESTABLISHED, clear_mode, counted_mode, is_established


def _incident(level: float = 0.95, attack: float = 0.99, **mode: float) -> dict[str, object]:
    return {
        "attack_probability": attack,
        "mode": {name.replace("_", " "): probability for name, probability in mode.items()},
        "attribution": {"level": level},
    }


def test_a_mode_below_the_standard_of_the_case_is_counted_as_not_decidable() -> None:
    assert counted_mode(_incident(air_strike=0.93, barrel_bomb=0.07)) == "not decidable"
    assert counted_mode(_incident(0.9, air_strike=0.93, barrel_bomb=0.07)) == "air strike"


def test_both_ground_modes_are_counted_together() -> None:
    assert counted_mode(_incident(air_strike=0.01, ground_attack=0.5, ballistic_missile=0.49)) == "ground"


def test_a_mode_that_misses_the_standard_by_rounding_alone_is_counted() -> None:
    assert counted_mode(_incident(air_strike=0.95 - 1e-12, barrel_bomb=0.05)) == "air strike"


@pytest.mark.parametrize(("attack", "established"), [(ATTACK_ESTABLISHED, True), (0.949999, False)])
def test_nothing_is_counted_under_a_mode_where_an_attack_is_not_established(attack: float, established: bool) -> None:
    incident = _incident(attack=attack, air_strike=1.0)
    assert is_established(incident) is established
    assert counted_mode(incident) == ("air strike" if established else "attack not established")


def test_a_mode_is_stated_only_where_it_alone_holds_the_standard_of_its_own_case() -> None:
    assert clear_mode(_incident(0.95, air_strike=0.97, barrel_bomb=0.03)) == "air strike"
    assert clear_mode(_incident(0.99, air_strike=0.97, barrel_bomb=0.03)) is None
    assert clear_mode(_incident(ground_attack=0.5, ballistic_missile=0.5)) is None
    assert clear_mode(_incident(attack=0.9, air_strike=1.0)) is None
