"""An earlier version of a table still says which rows it had, whatever its form and whatever else is wrong with it."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import polars as pl
import pytest

from consilience.readings.earlier_keys import keys_in
from consilience.records.tables import TABLES

ROWS = pl.DataFrame({"incident_id": ["I1", "I2"], "window_start": ["no time at all", None]})


def as_parquet() -> bytes:
    out = io.BytesIO()
    ROWS.write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "keys"),
    [
        ("incidents.csv", ROWS.write_csv().encode(), {"I1", "I2"}),
        ("incidents.CSV", b"\xef\xbb\xbfincident_id;title\nI1;x\n;y\n", {"I1"}),
        ("incidents.parquet", as_parquet(), {"I1", "I2"}),
        ("incidents.csv", b"title\nx\n", set()),
        ("incidents.parquet", b"no parquet", set()),
        ("incidents.txt", b"incident_id\nI1\n", set()),
    ],
)
def test_the_keys_of_a_table_of_old(name: str, data: bytes, keys: set[str]) -> None:
    assert keys_in(data, PurePosixPath(name), TABLES["incidents"]) == keys


def test_a_table_without_keys_names_no_row() -> None:
    assert keys_in(b"kind,from,to\nsightings,x,y\n", PurePosixPath("coverage.csv"), TABLES["coverage"]) == frozenset()
