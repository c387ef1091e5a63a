"""An earlier version of a table still says which rows it had, whatever its form and whatever else is wrong with it."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import polars as pl
import pytest

from consilience.readings.earlier_keys import keys_in, rows_in
from consilience.records.case import CaseSettings
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


def test_the_rows_of_a_table_of_old() -> None:
    settings = CaseSettings("c", "A case", "Asia/Damascus", ("Syrian", "Russian"))
    data = b"letter_id,party,addressee,sent_on,replied_on\nL1,Syrian,An office,2020-04-01,\nL2,Russian,,no day,\n"
    (row,) = rows_in(data, PurePosixPath("letters.csv"), TABLES["letters"], settings)
    assert (row["letter_id"], row["party"], row["replied_on_lo"]) == ("L1", "Syrian", None)
    assert row["sent_on_lo"].astimezone(settings.zone).date().isoformat() == "2020-04-01"
    assert rows_in(b"no parquet", PurePosixPath("letters.parquet"), TABLES["letters"], settings) == ()
