"""A case is its content: the same tables come from CSV, spreadsheet and Parquet, typed or not, in any order of rows."""

# ruff: noqa: DTZ001  (wall-clock times without a zone are what a case's tables hold)

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords

TOML = '[case]\nid = "synthetic"\ntime_zone = "Asia/Damascus"\nparties = ["Syrian", "Russian"]\n'
Typed = str | int | float | bool | date | datetime | None
Row = tuple[Typed, ...]

HEADER = ("account_id", "incident_id", "time", "mode", "cluster", "party", "strikes", "platform", "note on the side")
WORDS = st.sampled_from(
    [
        "31",
        "464",
        "007",
        "1e5",
        "MiG-23",
        "طائرة",
        "a;b",
        'he said "jet"',
        "two\nlines",
        "=1+1",
        "= 5",
        "===",
        "@SUM(A1)",
        "TRUE",
    ]
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from([f"A{i}" for i in range(12)]),
        st.sampled_from(["1", "464", None]),
        st.one_of(
            st.none(),
            st.dates(date(2017, 3, 28), date(2017, 11, 2)),
            st.datetimes(datetime(2017, 3, 28), datetime(2017, 11, 2)).map(
                lambda t: t.replace(second=0, microsecond=0)
            ),
            st.sampled_from([datetime(2017, 4, 4), "03/04/2019", "4 نيسان 2017 10:05"]),
        ),
        st.sampled_from(["air strike", "Barrel_Bomb", "cluster munition", "drone", None]),
        st.sampled_from([True, False, "yes", None]),
        st.sampled_from(["Russian;Syrian", "syrian + russian", "other", None]),
        st.one_of(st.none(), st.integers(0, 50), st.sampled_from([3.0, 2.5])),
        st.one_of(st.none(), WORDS),
        st.one_of(st.none(), WORDS),
    ),
    min_size=1,
    max_size=12,
)


def _text(value: Typed) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value.isoformat() if isinstance(value, date) else str(value)


def _write_csv(folder: Path, rows: Sequence[Row]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *(map(_text, row) for row in rows)])
    (folder / "accounts.csv").write_bytes(text.getvalue().encode())


def _write_xlsx(folder: Path, rows: Sequence[Row]) -> None:
    with xlsxwriter.Workbook(folder / "accounts.xlsx", {"strings_to_formulas": False}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        clock = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(at, column, value, clock)
                elif isinstance(value, date):
                    sheet.write_datetime(at, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)


def _write_parquet(folder: Path, rows: Sequence[Row]) -> None:
    columns = [[_text(row[at]) for row in rows] for at in range(len(HEADER))]
    frame = pl.DataFrame(
        {name: [text or None for text in column] for name, column in zip(HEADER, columns, strict=True)}
    )
    frame.write_parquet(folder / "accounts.parquet")


def _read(rows: Sequence[Row], write: object) -> CaseRecords:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.toml").write_text(TOML, encoding="utf-8")
        assert callable(write)
        write(folder, rows)
        return read_case(folder)


def _content(records: CaseRecords) -> list[object]:
    accounts = records.tables["accounts"].drop("_file", "_row")
    reasons = sorted((item.why, item.lost, item.column or "", item.value or "") for item in records.left_out)
    side = sorted(records.extras["accounts"].rows(), key=str) if records.extras else []
    return [accounts.rows(), accounts.schema, reasons, side, records.digest()]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_and_format_of_file_change_nothing(rows: list[Row], chance: Random) -> None:
    plain = _content(_read(rows, _write_csv))
    shuffled = list(rows)
    chance.shuffle(shuffled)
    for write in (_write_csv, _write_xlsx, _write_parquet):
        assert _content(_read(shuffled, write)) == plain, write


def test_typed_columns_of_parquet_are_what_their_text_says(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(TOML, encoding="utf-8")
    moment = datetime(2017, 4, 4, 10, 5, tzinfo=timezone(timedelta(hours=3)))
    frame = pl.DataFrame(
        {
            "media_id": [31, 464],
            "incident_id": pl.Series([1.0, None], dtype=pl.Float64),
            "captured_at": pl.Series([moment, None]).dt.cast_time_unit("ns"),
            "uploaded_at": pl.Series([datetime(2017, 4, 4, 10, 5, 0, 500_000), None], dtype=pl.Datetime("ms")),
            "clock_offset_s": [0.1, float("nan")],
            "shows": [["smoke", "rescue"], None],
            "link_status": pl.Series(["confirmed", None], dtype=pl.Categorical),
            "raw": [b"x", b"y"],
        }
    )
    frame.write_parquet(tmp_path / "media.parquet")
    records = read_case(tmp_path)
    first, second = records.tables["media"].to_dicts()
    assert (first["media_id"], first["incident_id"], first["captured_at_lo"]) == ("31", "1", moment.astimezone(UTC))
    assert first["uploaded_at_lo"] == datetime(2017, 4, 4, 7, 5, 0, 500_000, tzinfo=UTC)
    assert (first["clock_offset_s"], first["shows"], first["link_status"]) == (0.1, ["rescue", "smoke"], "confirmed")
    assert (second["media_id"], second["clock_offset_s"], second["shows"]) == ("464", None, None)
    assert [(item.column, item.row, item.value) for item in records.left_out] == [("raw", 1, "Binary")]


@pytest.mark.parametrize("typed", [date(2017, 4, 4), datetime(2017, 4, 4), datetime(2017, 4, 4, 10, 5, 30)])
def test_a_midnight_in_a_spreadsheet_is_no_whole_day(typed: date) -> None:
    rows: list[Row] = [("A1", None, typed, None, None, None, None, None, None)]
    by_sheet = _read(rows, _write_xlsx).tables["accounts"]
    assert by_sheet["time_clock"].to_list() == [isinstance(typed, datetime)]
    assert _content(_read(rows, _write_xlsx)) == _content(_read(rows, _write_csv))
