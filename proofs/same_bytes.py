"""The April case gives the same findings.json whatever the order of rows, the file format and the number of workers."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

import consilience
from consilience.quantities import digest_file

CASE = Path(__file__).parents[1] / "cases" / "idlib-april-2017"
FORMATS = ("csv", "xlsx", "parquet")
UNITS = tuple(f"{number:02} {FORMATS[number % 3]} {1 + number // 3 % 2}" for number in range(24))
"""Number of the shuffle (0: none), file format, workers."""


def prove(unit: str, folder: Path) -> dict[str, object]:
    """Shuffle the rows of every table, write them in one format, run, and give the findings' digest."""
    number, file_format, workers = unit.split()
    case = folder / "case"
    shutil.copytree(CASE, case, ignore=shutil.ignore_patterns(".consilience", "*-findings"))
    dice = random.Random(int(number))
    for path in sorted(case.glob("*.csv")):
        header, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
        if int(number):
            dice.shuffle(rows)
        path.unlink()
        write_table(path.with_suffix(f".{file_format}"), header, rows)
    consilience.open_case(case).run(workers=int(workers), out=folder / "out")
    return {"findings": digest_file(folder / "out" / "findings.json")}


def write_table(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """The same cells, all as text, in the format that the name says."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
    elif path.suffix == ".parquet":
        columns = [[row[k] for row in rows] for k in range(len(header))]
        pl.DataFrame(dict(zip(header, columns, strict=True)), schema=dict.fromkeys(header, pl.String)).write_parquet(
            path
        )
    else:
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([header, *rows]):
                for column, text in enumerate(row):
                    sheet.write_string(number, column, text)


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """How many digests there were; one is the proof."""
    digests = {str(result["findings"]) for result in results}
    verdict = "the same bytes" if len(digests) == 1 else "THEY DIFFER"
    return [f"{len(results)} runs, {len(digests)} digests of findings.json: {verdict}"]
