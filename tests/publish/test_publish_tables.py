"""Tables for notebooks and spreadsheets: whole in Parquet, harmless in CSV."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from publish_example import example_findings

from consilience.errors import PublishError
from consilience.publish.csv_cells import neutralise_texts
from consilience.publish.tables import write_tables


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(start: str) -> None:
    assert neutralise_texts(pl.DataFrame({"cell": [start]}))["cell"][0] == "'" + start


@given(st.text(), st.floats(allow_nan=False))
def test_no_text_is_lost_and_no_number_touched(text: str, number: float) -> None:
    frame = neutralise_texts(pl.DataFrame({"text": [text], "number": [number]}))
    assert frame["text"][0] in (text, "'" + text)
    assert frame["number"][0] == number


def test_a_malicious_title_reaches_the_csv_neutralised_and_the_parquet_as_it_is(tmp_path: Path) -> None:
    findings = example_findings()
    findings["incidents"][0]["title"] = '=HYPERLINK("http://example.org")'
    write_tables(findings, tmp_path)
    assert pl.read_csv(tmp_path / "incidents.csv")["title"][0].startswith("'=")
    assert pl.read_parquet(tmp_path / "incidents.parquet")["title"][0].startswith("=")


def test_every_table_is_written_twice_with_the_same_rows(tmp_path: Path) -> None:
    paths = write_tables(example_findings(), tmp_path)
    assert sorted(path.name for path in paths) == sorted(
        f"{name}.{kind}" for name in ("incidents", "matrix", "tracks", "counts") for kind in ("csv", "parquet")
    )
    heights: dict[str, set[int]] = {}
    for path in paths:
        frame = pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)
        heights.setdefault(path.stem, set()).add(frame.height)
    assert heights == {"incidents": {5}, "matrix": {10}, "tracks": {3}, "counts": {15}}


def test_unknown_is_null_in_the_table_and_never_nought(tmp_path: Path) -> None:
    write_tables(example_findings(), tmp_path)
    row = pl.read_parquet(tmp_path / "incidents.parquet").filter(pl.col("incident_id") == "X4").row(0, named=True)
    unknown = ("title", "time_median", "mode_air strike", "party_Syrian", "killed_min", "cluster")
    assert [row[name] for name in unknown] == [None] * len(unknown)


def test_a_matrix_row_carries_each_field_s_verdict_weight_and_conflict(tmp_path: Path) -> None:
    write_tables(example_findings(), tmp_path)
    row = pl.read_parquet(tmp_path / "matrix.parquet").row(by_predicate=pl.col("evidence_id") == "A04", named=True)
    assert (row["time_verdict"], row["time_weight_log10"], row["time_conflict_p"]) == ("contradicts", -2.7, 0.00004)
    assert row["party_verdict"] is None


def test_a_disk_that_refuses_is_a_publish_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file where a folder should be")
    with pytest.raises(PublishError, match="tables"):
        write_tables(example_findings(), tmp_path / "tables")
