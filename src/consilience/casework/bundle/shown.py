"""Findings and rows as a bundle shows them: sources under their publication names, what is withheld as commitments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consilience.casework.bundle.chosen_rows import Chosen
from consilience.casework.bundle.exonerating import FINDINGS
from consilience.casework.bundle.withholding import OBSERVER, TELLTALE, UNKNOWN_COLUMNS, Row
from consilience.publish.statements.found_sentences import OF_COVERAGE
from consilience.publish.withheld_figures import HARMS, incidents_with_withheld
from consilience.quantities import iso_utc
from consilience.records.case import CaseRecords
from consilience.records.tables import TABLES
from consilience.vault.bundle.commitments import Commitments, place


def sources_shown(chosen: Chosen) -> frozenset[str]:
    """Every source that a cell of the bundle names in clear, or will under its publication name."""
    return frozenset(
        name
        for table, cells in chosen.cells()
        for column in TABLES[table].columns
        for name in _listed(cells.get(column.name))
        if name in chosen.rules.sources and _names_sources(table, column.name)
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """Makes the payload's JSON; `names` are publication names of `sources_shown`."""

    records: CaseRecords
    chosen: Chosen
    names: Mapping[str, str]
    commitments: Commitments

    def rows(self) -> dict[str, dict[str, Any]]:
        """By the name of its file, each table with the rows that were chosen, in the order of the case."""
        return {
            f"rows/{table}.json": self._table(table, rows) for table, rows in self.chosen.in_order(self.records).items()
        }

    def findings(self, findings: Mapping[str, Any], incidents: Sequence[str]) -> dict[str, Any]:
        """The blocks of these incidents, by their ids, and what they were computed with."""
        blocks = {block["incident_id"]: self._block(block) for block in findings["incidents"]
                  if block["incident_id"] in incidents}  # fmt: skip
        telltale = {
            name: None
            if findings[name] is None
            else self.commitments.withhold(place(FINDINGS, name), findings[name], TELLTALE)
            for name in ("case_digest", "log_model")
        }
        return {
            "schema": "consilience.bundle.findings/1",
            "case_id": findings["case_id"],
            "version": findings["version"],
            "parameters": findings["parameters"],
            "incidents": blocks,
            **telltale,
        }

    def _block(self, block: Mapping[str, Any]) -> dict[str, Any]:
        """A block that names no source: groups are counted through, since the case's bear their sources' names."""
        shown: dict[str, Any] = deepcopy(dict(block))
        groups: dict[str, str] = {}
        for piece in shown["evidence"]:
            piece["group"] = groups.setdefault(piece["group"], f"group {len(groups) + 1}")
        at = ("incidents", block["incident_id"])
        carrier = shown["attribution"]["single_source"]
        if carrier is not None:
            shown["attribution"]["single_source"] = self._sources([carrier], *at, "attribution", "single_source")
        self._withhold_figures(shown, *at)
        self._withhold_coverage(shown, *at)
        if shown["breakdown"] is not None and shown["breakdown"].get("which"):
            shown["breakdown"]["which"] = self._sources(shown["breakdown"]["which"], *at, "breakdown", "which")
        return shown

    def _withhold_figures(self, shown: dict[str, Any], *at: str) -> None:
        """Ranges of killed and injured where an account is withheld (`publish.withheld_figures`), with the reason for
        which the account is."""
        accounts = [
            row for row in self.chosen.rows.get("accounts", {}).values() if row["incident_id"] == shown["incident_id"]
        ]
        reasons = {row["account_id"]: self.chosen.rules.reasons("accounts", row).get("killed_min") for row in accounts}
        withheld = {account: why for account, why in reasons.items() if why is not None}
        if not incidents_with_withheld(accounts, withheld):
            return
        why = next(iter(withheld.values()))
        for what in HARMS:
            spot = place(FINDINGS, *at, "casualties", what)
            reasons_null = {
                name: shown["why_null"].pop(name)
                for name in sorted(shown["why_null"])
                if name == f"casualties.{what}" or name.startswith(f"casualties.{what}.")
            }
            said = [shown["casualties"][what], reasons_null]
            shown["casualties"][what] = self.commitments.withhold(spot, said, why)

    def _withhold_coverage(self, shown: dict[str, Any], *at: str) -> None:
        """Whether a log was kept there and then says whether an observer stood near, and so do how often chance alone
        finds something in it, and that a log would tell more: all of it is withheld, and can be opened."""
        confidence = shown["confidence"]
        said = [one for one in confidence["because"] if one in OF_COVERAGE]
        confidence["because"] = [one for one in confidence["because"] if one not in OF_COVERAGE]
        confidence["log"] = self.commitments.withhold(place(FINDINGS, *at, "confidence", "log"), said, OBSERVER)
        chance = [shown["placebo"], shown["why_null"].pop("placebo", None)]
        shown["placebo"] = self.commitments.withhold(place(FINDINGS, *at, "placebo"), chance, OBSERVER)
        sought = self.commitments.withhold(place(FINDINGS, *at, "next_evidence"), shown["next_evidence"], OBSERVER)
        shown["next_evidence"] = sought

    def _sources(self, sources: Sequence[str], *at: str) -> object:
        """Publication names; one commitment to them all if any of them may not be shown."""
        if all(source in self.names for source in sources):
            names = [self.names[source] for source in sources]
            return names[0] if at[-1] == "single_source" else names
        return self.commitments.withhold(place(FINDINGS, *at), list(sources), OBSERVER)

    def _table(self, table: str, rows: Mapping[str, Row]) -> dict[str, Any]:
        listed = {self._key(table, key): self._row(table, key, row) for key, row in rows.items()}
        return {"table": table, "rows": listed}

    def _key(self, table: str, key: str) -> str:
        """A source's row stands under its publication name; any other under its key."""
        return self.names[key] if table == "sources" else key

    def _row(self, table: str, key: str, row: Row) -> dict[str, Any]:
        file, hidden = f"rows/{table}.json", self.chosen.rules.reasons(table, row)
        at, values = ("rows", self._key(table, key)), dict[str, Any]()
        for column in TABLES[table].columns:
            for name in column.canonical():
                value = _plain(row[name])
                if name in hidden:
                    values[name] = self.commitments.withhold(place(file, *at, "values", name), value, hidden[name])
                else:
                    values[name] = self._named(value) if _names_sources(table, column.name) else value
        shown: dict[str, Any] = {"file": row["_file"], "row": row["_row"], "values": values}
        unknown = self._unknown(table, row)
        if unknown:
            shown["unknown"] = self.commitments.withhold(place(file, *at, "unknown"), unknown, UNKNOWN_COLUMNS)
        return shown

    def _named(self, value: object) -> object:
        if isinstance(value, list):
            return [self.names.get(one, one) for one in value]
        return self.names.get(value, value) if isinstance(value, str) else value

    def _unknown(self, table: str, row: Row) -> dict[str, Any]:
        """The cells of columns that the format does not know."""
        extras = self.records.extras.get(table)
        if extras is None:
            return {}
        key = TABLES[table].key or "_row"
        found = extras.filter(extras[key] == row[key])
        return {} if found.is_empty() else {n: v for n, v in found.row(0, named=True).items() if n != key}


def _names_sources(table: str, column: str) -> bool:
    """Whether a cell there may name sources: by the format, or as what a person had been shown before."""
    refers = TABLES[table].column(column).refers_to == "sources"
    return refers or column == "shown_or_told_before" or (table == "sources" and column == "source_id")


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _plain(value: object) -> object:
    return iso_utc(value) if isinstance(value, datetime) else value
