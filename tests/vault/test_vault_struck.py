"""Each way of changing a vault, struck at seeded points: kills, refusals, power cuts. All points: proofs/vault.py."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from vault_struck import ERRORS, MODES, OF_PEOPLE, OPERATIONS, calls_of, cut_at, kill_at, recorded, refuse_at


def _points(name: str, kind: str, last: int, count: int = 9) -> list[int]:
    """So many, the first and the last among them; fewer where an operation reads a whole case each time."""
    drawn = 1 if name in OF_PEOPLE else count - 2
    return sorted({1, last, *random.Random(f"{name} {kind}").sample(range(2, last), drawn)})


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_process_killed_anywhere_loses_nothing_acknowledged_and_can_go_on(name: str, tmp_path: Path) -> None:
    for nth in _points(name, "kill", calls_of(name)):
        folder = tmp_path / str(nth)
        folder.mkdir()
        kill_at(name, nth, folder)


@pytest.mark.parametrize("number", ERRORS.values(), ids=list(ERRORS))
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_disk_that_refuses_one_call_is_never_a_success_and_loses_nothing(
    name: str, number: int, tmp_path: Path
) -> None:
    for nth in _points(name, str(number), calls_of(name)):
        folder = tmp_path / str(nth)
        folder.mkdir()
        refuse_at(name, nth, number, folder)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_power_cut_takes_nothing_acknowledged(name: str, tmp_path: Path) -> None:
    recording = recorded(name, tmp_path)
    for nth in _points(name, "power", len(recording.calls), count=4):
        for mode in MODES:
            cut_at(name, recording, nth, mode)
