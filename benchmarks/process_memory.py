"""The peak of memory over this process and all that it started."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path


class Memory:
    """The peak of proportional memory (`Pss`) of this process and all below it, looked at twice a second.

    Pages that processes share count once. `peak_of` tells it since the last time that it was asked.
    """

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._since = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def peak_of(self) -> float:
        """The peak since the last call, MB."""
        self._look()
        peak, self._since = self._since, 0.0
        return peak

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(0.5)

    def _look(self) -> None:
        now = sum(_pss_mb(pid) for pid in _tree(os.getpid()))
        self.peak_mb, self._since = max(self.peak_mb, now), max(self._since, now)


def _tree(pid: int) -> list[int]:
    """A process and all below it, whichever thread started them."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [one for child in task.read_text().split() for one in _tree(int(child))]
        except OSError:  # it has ended
            continue
    return found


def _pss_mb(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
