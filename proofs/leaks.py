"""Two hundred canaries through the whole life of a case: none is found where it must not be.

Each unit is a synthetic case of twenty sealed sources with ten canaries each: names, phones, positions, file names,
metadata of pictures, and camera positions (restricted). The case is run without custodians, sealed, locked, run,
unsealed rightly and wrongly, damaged, withdrawn from by everyone, and run again. Canaries are looked for in raw bytes
and in what opens out of them (ZIP with DOCX and XLSX, gzip, Parquet, metadata of JPEG and PNG), in the case folder and
its vault, the outputs, all that was printed or raised, and every temporary file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from canary_story import live

SOURCES = 20
UNITS = tuple(f"seed {seed}" for seed in range(1, 6))
TO_FIND = ("planted", "readable_before", "unsealed")
"""Counts that show that there was something to find."""


def prove(unit: str, folder: Path) -> dict[str, int]:
    """One life; how many canaries turned up in each place."""
    return live(folder, int(unit.split()[1]), SOURCES)


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """What was planted, what keys opened, and what leaked, place by place."""
    total = Counter[str]()
    for result in results:
        total.update({name: int(str(count)) for name, count in result.items()})
    places = [name for name in total if name not in TO_FIND]
    leaks = [f"{name} {total[name]}" for name in places if total[name]]
    return [
        f"{len(results)} cases, {total['planted']} canaries; custodians opened {total['readable_before']} of them "
        f"before the withdrawals, and {total['unsealed']} were unsealed on request",
        f"{len(places)} places searched: {', '.join(sorted(places))}",
        f"found: {'; '.join(leaks) or 'none'}",
    ]
