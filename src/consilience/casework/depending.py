"""What depends on a kept file or an act that is damaged: files of the case, rows that cite them, incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from consilience.errors import CaseError
from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords
from consilience.records.tables import TABLES
from consilience.vault.acts import PRESERVED, PreservedFile, read_preserved
from consilience.vault.checking import Checked, Damage
from consilience.vault.sealed_acts import whose

_LISTED = 5
"""So many of a kind are named on one line; JSON names all."""

_ONE_STEP_ON = {"interviews": ("accounts", "interview_id"), "facilities": ("incidents", "facility_id")}
"""Tables whose rows name no incident, and where one finds the incidents that rest on them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of the case, and the incidents that it speaks of."""

    table: str
    key: str | None
    file: str
    row: int
    incidents: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table} {self.key or ''}".rstrip() + f" ({self.file}, row {self.row})"


@dataclass(frozen=True, slots=True)
class Dependents:
    """`files` are paths of the case, each with which of its versions it was; `unread`: why rows are not looked up.
    `sealed` says of a sealed file whose it is, by the pseudonym of the tables."""

    files: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    unread: str | None = None
    sealed: tuple[str, ...] = ()

    @property
    def incidents(self) -> tuple[str, ...]:
        """All that rows speak of, sorted."""
        return tuple(sorted({incident for row in self.rows for incident in row.incidents}))

    def in_words(self) -> str:
        """To stand after what is wrong, on the same line; nothing where nothing depends on it."""
        parts = []
        if self.sealed:
            parts.append("it is " + _listed(self.sealed))
        if self.files:
            parts.append("it is " + _listed([f"{path} ({version})" for path, version in self.files]))
        if self.rows:
            parts.append("rows in it or citing it: " + _listed([str(row) for row in self.rows]))
        if self.incidents:
            parts.append("incidents " + _listed(self.incidents))
        if self.files and self.unread is not None:
            parts.append(f"rows can't be looked up: {self.unread}")
        return "".join("; " + part for part in parts)

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        return {
            "files": [{"path": path, "version": version} for path, version in self.files],
            "rows": [
                {"table": row.table, "key": row.key, "file": row.file, "row": row.row, "incidents": list(row.incidents)}
                for row in self.rows
            ],
            "incidents": list(self.incidents),
            "rows_unread": self.unread,
            "sealed": list(self.sealed),
        }


def dependents_of(case: Path, checked: Checked) -> dict[Damage, Dependents]:
    """For each damaged thing what rests on it. The case's tables are read only if a kept file is among the damaged."""
    kept = {act.index: read_preserved(act) for act in checked.acts if act.kind == PRESERVED}
    latest = {said.path: said for said in kept.values()}
    cited = {damage: [kept[index] for index in damage.acts if index in kept] for damage in checked.damaged}
    records, unread = _records(case) if any(cited.values()) else (None, None)
    sealed = whose(checked.acts)
    return {
        damage: _dependents(
            said,
            latest,
            records,
            unread,
            tuple(dict.fromkeys(sealed[index] for index in damage.acts if index in sealed)),
        )
        for damage, said in cited.items()
    }


def _records(case: Path) -> tuple[CaseRecords | None, str | None]:
    try:
        return read_case(case), None
    except CaseError as err:
        return None, err.what


def _dependents(
    said: Sequence[PreservedFile], latest: Mapping[Any, PreservedFile], records: CaseRecords | None,
    unread: str | None, sealed: tuple[str, ...],
) -> Dependents:  # fmt: skip
    files = {str(one.path): "last version" if latest[one.path] == one else "an earlier version" for one in said}
    current = [path for path, version in files.items() if version == "last version"]
    rows = () if records is None else tuple(row for path in current for row in _rows(records, path))
    return Dependents(tuple(files.items()), rows, unread, sealed)


def _rows(records: CaseRecords, path: str) -> Iterator[Row]:
    """The rows that stand in a file, where it is a table, or that cite it as their item."""
    for name in sorted(records.tables):
        frame, key = records.tables[name], TABLES[name].key
        cites = pl.col("item") == path if "item" in frame.columns else pl.lit(value=False)
        for row in frame.filter((pl.col("_file") == path) | cites.fill_null(value=False)).iter_rows(named=True):
            yield Row(name, row[key] if key else None, row["_file"], row["_row"], _incidents(records, name, row))


def _incidents(records: CaseRecords, table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    if "incident_id" in row:
        return (row["incident_id"],) if row["incident_id"] is not None else ()
    if table not in _ONE_STEP_ON:
        return ()
    other, column = _ONE_STEP_ON[table]
    found = records.tables[other].filter(pl.col(column) == row[column])["incident_id"].drop_nulls()
    return tuple(found.unique().sort())


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
