"""Text that a spreadsheet may open without running it."""

from __future__ import annotations

import polars as pl

_STARTS_A_FORMULA = r"^\s*[=+\-@＝＋－＠\t\r\n]"
"""First characters after which spreadsheets evaluate a cell (OWASP, CSV Injection), also after blanks and in full width."""


def neutralise(cell: str | None) -> str | None:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return neutralise_texts(pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String()}))["cell"][0]


def neutralise_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text column neutralised; numbers stay numbers, also negative ones."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String()]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(_STARTS_A_FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )
