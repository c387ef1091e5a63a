"""The demo and a first simulated war stay within their time and memory on two cores."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from case_copies import APRIL, copy_case
from consilience.worlds.make import make_world

pytestmark = pytest.mark.alone


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds of a whole process, start-up and all, and the most memory that it and its workers held."""

    seconds: float
    peak_mb: float


def run(case: Path, out: Path, workers: int) -> Cost:
    """Run a case for the first time, in a process of its own."""
    command = [sys.executable, "-m", "consilience", "run", str(case), "--out", str(out), "--workers", str(workers)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - start
    return Cost(seconds, json.loads((out / "run.json").read_text("utf-8"))["peak_memory_mb"])


def test_the_demo_takes_less_than_20_seconds_and_1_gb(tmp_path: Path) -> None:
    cost = run(copy_case(APRIL, tmp_path / "case"), tmp_path / "out", workers=1)
    assert cost.seconds < 20
    assert cost.peak_mb < 1000


def test_a_war_of_200_attacks_and_15000_sightings_takes_less_than_150_seconds(tmp_path: Path) -> None:
    make_world(seed=1, attacks=200, days=60, out=tmp_path)
    sightings = (tmp_path / "case" / "sightings.csv").read_text("utf-8").count("\n") - 1
    assert 12_000 < sightings < 18_000
    assert run(tmp_path / "case", tmp_path / "out", workers=2).seconds < 150
