"""Text that a spreadsheet may open without running it."""

from __future__ import annotations

import polars as pl

_STARTS_A_FORMULA = r"^\s*[=+\-@＝＋－＠\t\r\n]"
"""First characters after which spreadsheets evaluate a cell (OWASP, CSV Injection): also after blanks, also in full
width."""


def neutralise_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text column neutralised; numbers stay numbers, also negative ones."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String()]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(_STARTS_A_FORMULA))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )
