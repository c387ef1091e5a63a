"""run.json: what ran, on what, how long and how large. The one output that knows a clock."""

from __future__ import annotations

import platform
import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as installed
from pathlib import Path

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
    largest_worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    return round((_own_peak(unit) + (workers * largest_worker if workers > 1 else 0)) / 1e6, 1)


def _own_peak(unit: int) -> int:
    """In bytes. On Linux VmHWM (proc(5)), for what getrusage says there is at least what the process held that started
    this one: exec(2) hands that on."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        status = ""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
