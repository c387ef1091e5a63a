"""What may lead to an observer stands in a folder of its own, with a warning, and in no other output."""

from __future__ import annotations

import stat
from pathlib import Path

import polars as pl

from consilience.publish.restricted import write_restricted
from consilience.records.situated import OBSERVER_CLOCKS


def test_observers_clocks_stand_in_a_folder_that_only_its_owner_may_open(tmp_path: Path) -> None:
    clocks = pl.DataFrame([("=P1", 1.5, 0.5, 2.5, 12, 5)], schema=OBSERVER_CLOCKS, orient="row")
    write_restricted(clocks, tmp_path)
    folder = tmp_path / "restricted"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "RESTRICTED" in (folder / "README.txt").read_text()
    read = pl.read_csv(folder / "observer_clocks.csv")
    assert read.columns == list(OBSERVER_CLOCKS)
    assert read.row(0) == ("'=P1", 1.5, 0.5, 2.5, 12, 5)


def test_nobody_is_left_out_of_an_empty_file(tmp_path: Path) -> None:
    write_restricted(pl.DataFrame(schema=OBSERVER_CLOCKS), tmp_path)
    assert (tmp_path / "restricted" / "observer_clocks.csv").read_text().strip() == ",".join(OBSERVER_CLOCKS)
