"""The April case gives the same findings.json whatever the order of rows, the file format and the number of workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import consilience
from case_copies import APRIL, as_parquet, as_spreadsheets, copy_case, shuffle_rows
from consilience.quantities import digest_file

FORMATS: dict[str, Callable[[Path], Path]] = {"csv": lambda case: case, "xlsx": as_spreadsheets, "parquet": as_parquet}
UNITS = tuple(f"{number:02} {list(FORMATS)[number % 3]} {1 + number // 3 % 2}" for number in range(24))
"""Number of the shuffle (0: none), file format, workers."""


def prove(unit: str, folder: Path) -> dict[str, object]:
    """Shuffle the rows of every table, write them in one format, run, and give the findings' digest."""
    number, file_format, workers = unit.split()
    case = copy_case(APRIL, folder / "case")
    if int(number):
        shuffle_rows(case, seed=int(number))
    FORMATS[file_format](case)
    consilience.open_case(case).run(workers=int(workers), out=folder / "out")
    return {"findings": digest_file(folder / "out" / "findings.json")}


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """How many digests there were; one is the proof."""
    digests = {str(result["findings"]) for result in results}
    verdict = "the same bytes" if len(digests) == 1 else "THEY DIFFER"
    return [f"{len(results)} runs, {len(digests)} digests of findings.json: {verdict}"]
