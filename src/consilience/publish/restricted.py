"""What may lead to an observer, in a folder of its own below the outputs: never in findings, tables, report or map."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from consilience.publish.csv_cells import neutralise_texts
from consilience.publish.writing import write_output

FOLDER: Final = "restricted"
CLOCKS: Final = "observer_clocks.csv"
README: Final = "README.txt"

_WARNING: Final = (
    "RESTRICTED. observer_clocks.csv says how each observer's times stand to those of the others. Such habits may lead "
    "to the observer: delete this folder before you hand the outputs to anybody.\n"
)


def write_restricted(clocks: pl.DataFrame, outputs: Path) -> None:
    """The observers' clocks, an OBSERVER_CLOCKS frame, and a warning, in a folder that its owner alone may open."""
    folder = outputs / FOLDER
    folder.mkdir(mode=0o700)
    write_output(folder / README, _WARNING.encode())
    write_output(folder / CLOCKS, neutralise_texts(clocks).write_csv().encode())
