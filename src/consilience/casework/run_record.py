"""run.json: what ran, on what, how long and how large. The one output that knows a clock."""

from __future__ import annotations

import platform
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as installed

from consilience.version import __version__

LIBRARIES = ("numba", "numpy", "polars", "scipy", "tzdata")
"""Those whose version could move a number."""


class StageClock:
    """Wall seconds of each stage, in the order in which they ran."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block under this name; a name that comes again adds up."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 4)


def versions() -> dict[str, str]:
    """Versions of the program, Python and the libraries under it."""
    return {"consilience": __version__, "python": platform.python_version()} | {
        name: installed(name) for name in LIBRARIES
    }


def peak_memory_mb(workers: int) -> float:
    """An upper bound on the memory held at once, in MB (10⁶ bytes).

    The most that this process held, and for each worker the most that any worker held. Linux counts kilobytes of 1024
    bytes, macOS bytes (getrusage(2) of each).
    """
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest_worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    held = own + (workers * largest_worker if workers > 1 else 0)
    return round(held * unit / 1e6, 1)
