"""left-out.csv: every row or file that could not be used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from consilience.publish.csv_cells import neutralise_texts
from consilience.publish.writing import write_output
from consilience.records.left_out import LeftOut

_COLUMNS = {
    "file": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "table": pl.String(),
    "record_id": pl.String(),
    "why": pl.String(),
    "lost": pl.String(),
    "value": pl.String(),
    "expected": pl.String(),
}


def write_left_out(left_out: Iterable[LeftOut], path: Path) -> Path:
    """One line each: where, what, why, and how much is lost by it. Header only where nothing was left out."""
    rows = [
        (
            str(one.file),
            one.row,
            one.column,
            one.table,
            one.record_id,
            one.why.value,
            one.lost.value,
            one.value,
            one.expected,
        )
        for one in left_out
    ]
    frame = pl.DataFrame(rows, schema=_COLUMNS, orient="row")
    return write_output(path, neutralise_texts(frame).write_csv().encode())
