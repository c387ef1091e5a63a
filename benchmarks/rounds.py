"""Timing side by side: all methods in interleaved rounds, so that a busy machine hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Seconds = Mapping[str, Sequence[float]]
"""Seconds of wall time of each round, by method."""


def interleaved(methods: Mapping[str, Callable[[], object]], rounds: int) -> Seconds:
    """Every method once a round."""
    taken: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(rounds):
        for name, method in methods.items():
            start = time.perf_counter()
            method()
            taken[name].append(time.perf_counter() - start)
    return taken


def table(taken: Seconds, ours: str, unit: str, per_second: float) -> list[str]:
    """A line for each method: the median and its spread in a unit (so many a second), and the ratio to ours, round by
    round, with its spread."""
    lines = []
    for name, each in taken.items():
        ratios = [theirs / mine for theirs, mine in zip(each, taken[ours], strict=True)]
        middle, least, most = (per_second * value for value in (statistics.median(each), min(each), max(each)))
        lines.append(
            f"{name:18} {middle:8.3f} {unit} ({least:.3f} to {most:.3f})   "
            f"{statistics.median(ratios):6.2f} x ours ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    return lines
