"""Copies of the real cases: elsewhere, with rows shuffled, as spreadsheets or as Parquet."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import polars as pl

CASES = Path(__file__).parents[1] / "cases"
APRIL = "idlib-april-2017"
OFFENSIVE = "nw-syria-2019-2020"


def copy_case(name: str, folder: Path) -> Path:
    """The case's own files in a new folder; nothing of earlier runs."""
    folder.mkdir(parents=True)
    for file in (CASES / name).iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
    return folder


def shuffle_rows(case: Path, seed: int) -> Path:
    """Every table's rows in another order."""
    for file in case.glob("*.csv"):
        frame = _as_text(file)
        order = list(range(frame.height))
        random.Random(seed).shuffle(order)
        frame[order].write_csv(file)
    return case


def as_parquet(case: Path) -> Path:
    """Every table as Parquet, all columns text."""
    for file in case.glob("*.csv"):
        _as_text(file).write_parquet(file.with_suffix(".parquet"))
        file.unlink()
    return case


def as_spreadsheets(case: Path) -> Path:
    """Every table as XLSX, all cells text."""
    for file in case.glob("*.csv"):
        _as_text(file).write_excel(file.with_suffix(".xlsx"), worksheet="rows", autofilter=False)
        file.unlink()
    return case


def _as_text(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False)


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
