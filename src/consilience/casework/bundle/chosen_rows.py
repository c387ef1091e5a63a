"""Which rows of a case some incidents rest on: what a court's expert needs to go through the findings again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from consilience.casework.bundle.withholding import Row, Rules
from consilience.records.case import CaseRecords
from consilience.records.tables import EVIDENCE_TABLES, TABLES

AROUND = timedelta(days=1)
"""Windows of coverage within a day of what was found are given (our choice: the log model looks at the day)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows by table and key, in the order of the case, and of each the canonical columns that are withheld."""

    rules: Rules
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    def add(self, table: str, key: str, row: Row) -> bool:
        """The row is chosen; whether it was not before."""
        of_table = self.rows.setdefault(table, {})
        is_new = key not in of_table
        of_table.setdefault(key, row)
        return is_new

    def shown(self, table: str, row: Row) -> dict[str, Any]:
        """The cells of a row that are not withheld and not empty."""
        hidden = self.rules.reasons(table, row)
        return {name: value for name, value in row.items() if name not in hidden and value is not None}

    def cells(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Of each chosen row its table and the cells that are shown."""
        for table, rows in self.rows.items():
            for row in rows.values():
                yield table, self.shown(table, row)

    def in_order(self, records: CaseRecords) -> dict[str, dict[str, Row]]:
        """By table in alphabetical order, the rows in the canonical order of the case."""
        ordered = {}
        for table in sorted(self.rows):
            keys = [key for key, _ in keyed(records, table) if key in self.rows[table]]
            ordered[table] = {key: self.rows[table][key] for key in keys}
        return ordered


def choose_rows(records: CaseRecords, blocks: Sequence[Mapping[str, Any]], rules: Rules) -> Chosen:
    """The rows that the incidents of these findings rest on. What only a withheld cell names is not chosen: that it is
    there would tell what the cell says."""
    chosen = Chosen(rules)
    incidents, pieces = {block["incident_id"] for block in blocks}, _pieces(blocks)
    spans = [_span(block) for block in blocks]
    for table in TABLES:
        for key, row in keyed(records, table):
            is_of_case = table == "letters" or (table == "searches" and row["incident_id"] is None)
            is_watched = table == "coverage" and any(_overlaps(row, span) for span in spans)
            if row.get("incident_id") in incidents or (table, key) in pieces or is_of_case or is_watched:
                chosen.add(table, key, row)
    _follow(records, chosen)
    return chosen


def keyed(records: CaseRecords, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row under its key; without one under `<table>-<number>`, counted from 1 in canonical order."""
    name = TABLES[table].key
    for number, row in enumerate(records.tables[table].iter_rows(named=True), start=1):
        yield (f"{table}-{number}" if name is None else row[name]), row


def _pieces(blocks: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Table and key of every piece of evidence, and of every sighting of the flights that are listed."""
    found = set()
    for block in blocks:
        found |= {
            (EVIDENCE_TABLES[p["kind"]], p["evidence_id"]) for p in block["evidence"] if p["kind"] in EVIDENCE_TABLES
        }
        found |= {("sightings", name) for track in block["tracks"] for name in track["sightings"]}
    return found


def _span(block: Mapping[str, Any]) -> tuple[datetime, datetime]:
    low, high = (datetime.fromisoformat(block["time"][end]) for end in ("low", "high"))
    return low - AROUND, high + AROUND


def _overlaps(row: Row, span: tuple[datetime, datetime]) -> bool:
    return bool(row["from_lo"] <= span[1] and row["to_hi"] >= span[0])


def _follow(records: CaseRecords, chosen: Chosen) -> None:
    """What cells that are shown refer to, again and again: facilities and what is said of them, interviews, sources;
    at last the places that are named."""
    by_key = {table: dict(keyed(records, table)) for table in ("facilities", "interviews", "sources")}
    statuses = list(keyed(records, "site_status"))
    grown = True
    while grown:
        grown = False
        for table, cells in list(chosen.cells()):
            for column in TABLES[table].columns:
                target = column.refers_to
                for name in _names(cells.get(column.name)) if target in by_key else ():
                    if target is not None and name in by_key[target]:
                        grown |= chosen.add(target, name, by_key[target][name])
        for key, row in statuses:
            if row["facility_id"] in chosen.rows.get("facilities", {}):
                grown |= chosen.add("site_status", key, row)
    spoken = {
        str(cells[name]).casefold() for _, cells in chosen.cells() for name in ("place", "origin") if name in cells
    }
    for key, row in keyed(records, "places"):
        if {key.casefold(), *(name.casefold() for name in row["names"] or ())} & spoken:
            chosen.add("places", key, row)


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value is not None else []
