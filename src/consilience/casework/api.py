"""Consilience from a notebook: open a case, check it, run it, and look at tables and incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from consilience.casework.check import CaseCheck, check_case
from consilience.casework.explain import explain, per_cent
from consilience.casework.pipeline import find, run_case
from consilience.casework.terminal import totals_line
from consilience.errors import CaseFolderMissing, UsageError
from consilience.publish.tables import tables_of


def open_case(path: str | Path) -> Case:
    """A case folder; CaseFolderMissing if there is none. Nothing is read or written yet."""
    folder = Path(path)
    if not folder.is_dir():
        raise CaseFolderMissing(
            "there is no such folder", where=str(folder), remedy="Give the folder that holds case.toml."
        )
    return Case(folder)


MOST_CHOICES = 40
"""Incidents that a message lists: some lines of a terminal, not a page of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case folder on the disk. Its own files are never changed; what is preserved stands in `.consilience/`."""

    folder: Path

    def check(self) -> CaseCheck:
        """What a run would leave out, and what it would note. Writes nothing."""
        return check_case(self.folder)

    def run(self, *, workers: int = 1, out: str | Path | None = None) -> Findings:
        """Weigh and conclude. Outputs are written only where `out` names a folder for them."""
        run = find(self.folder, workers=workers) if out is None else run_case(self.folder, Path(out), workers=workers)
        return Findings(run.findings, run.records.settings.zone)


class IncidentFinding:
    """What was found for one incident; `block` is its part of findings.json."""

    def __init__(self, block: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.block = block
        self._zone = zone

    def explain(self) -> str:
        """Plain words, every clause with its number, times on the wall clock of the case."""
        return explain(self.block, self._zone)

    def __repr__(self) -> str:
        block = self.block
        attack = per_cent(block["attack_probability"])
        return (
            f"<{block['incident_id']}: attack {attack}, {block['attribution']['wording']}, {block['time']['median']}>"
        )


class Findings:
    """The findings of a case: `data` is findings.json, the frames are its tables, and it iterates over incidents."""

    def __init__(self, data: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.data = data
        self._zone = zone
        self._tables = tables_of(data)

    @property
    def incidents(self) -> pl.DataFrame:
        """One row an incident."""
        return self._tables["incidents"]

    @property
    def evidence(self) -> pl.DataFrame:
        """One row for each piece and incident, with the verdict, weight and conflict of each field."""
        return self._tables["matrix"]

    @property
    def tracks(self) -> pl.DataFrame:
        """One row for each flight that may have done it, with its responsibility."""
        return self._tables["tracks"]

    @property
    def counts(self) -> pl.DataFrame:
        """The totals, one row each."""
        return self._tables["counts"]

    def __iter__(self) -> Iterator[IncidentFinding]:
        return (IncidentFinding(block, self._zone) for block in self.data["incidents"])

    def __len__(self) -> int:
        return len(self.data["incidents"])

    def incident(self, incident_id: str) -> IncidentFinding:
        """One incident's finding; UsageError if the case has no such incident."""
        for found in self:
            if found.block["incident_id"] == incident_id:
                return found
        raise UsageError("there is no such incident", where=incident_id, remedy=self._choices())

    def _choices(self) -> str:
        known = [block["incident_id"] for block in self.data["incidents"]]
        if not known:
            return "The case has no incident that can be weighed; `consilience check` says what is missing."
        more = f", … ({len(known)} in all)" if len(known) > MOST_CHOICES else ""
        return f"Choose one of {', '.join(known[:MOST_CHOICES])}{more}."

    def __repr__(self) -> str:
        return f"<findings of {self.data['case_id']}: {totals_line(self.data)}>"
