"""A made world written down: `case/` as an investigator would hand it in, and `truth.json` beside it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from consilience.records.tables import TABLES
from consilience.worlds.land import AREA
from consilience.worlds.sorties import FIRST_DAY

Rows = Sequence[Mapping[str, object]]


def write_case(folder: Path, seed: int, days: int, tables: Mapping[str, Rows]) -> None:
    """case.toml and one CSV file for each table that has rows; columns in the format's order, unused ones left away."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(_case_toml(seed, days), encoding="utf-8", newline="\n")
    for name, rows in sorted(tables.items()):
        if rows:
            _write_table(folder / f"{name}.csv", name, rows)


def write_truth(file: Path, truth: Mapping[str, object]) -> None:
    """The truth as JSON, one line for each row of its lists."""
    parts = []
    for key, value in truth.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8", newline="\n")


def _write_table(file: Path, name: str, rows: Rows) -> None:
    used = {key for row in rows for key, value in row.items() if value not in ("", None)}
    columns = [column.name for column in TABLES[name].columns if column.name in used]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _case_toml(seed: int, days: int) -> str:
    last = FIRST_DAY + timedelta(days=days - 1)
    return f"""[case]
id = "world-{seed}"
title = "A simulated war (synthetic: nothing in it happened)"
time_zone = "Asia/Damascus"
period_start = {FIRST_DAY.isoformat()}
period_end = {last.isoformat()}
as_of = {(last + timedelta(days=60)).isoformat()}
area = [{", ".join(str(edge) for edge in AREA)}]
parties = ["Syrian", "Russian"]
orbat = "syria"
[party_labels]
Syrian = "Syrian government forces"
Russian = "Russian forces"
"""
