"""CHECK: what a run would leave out of a case, and what it would note. Reads only, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from consilience.casework.keys import own_keyring
from consilience.casework.people import read_apart
from consilience.casework.sealing import SealingPlan, plan_sealing
from consilience.casework.situating import situate_case
from consilience.records.left_out import LeftOut, Lost


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """What a run would read. `rows` counts the usable rows of each table that has any."""

    case_id: str
    title: str
    files: int
    rows: Mapping[str, int]
    incidents: int
    left_out: tuple[LeftOut, ...]
    sealing: SealingPlan

    @property
    def is_clean(self) -> bool:
        """Would everything be used? Notices lose nothing."""
        return all(item.lost is Lost.NOTHING for item in self.left_out)

    def __repr__(self) -> str:
        rows = ", ".join(f"{count} {table}" for table, count in self.rows.items())
        lost = sum(item.lost is not Lost.NOTHING for item in self.left_out)
        return f"<check of {self.case_id}: {rows or 'no rows'}; {lost} left out>"

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        return {
            "case_id": self.case_id,
            "title": self.title,
            "files": self.files,
            "rows": dict(self.rows),
            "incidents": self.incidents,
            "left_out": [_left_out_json(item) for item in self.left_out],
            "sealing": asdict(self.sealing),
        }


def check_case(folder: Path) -> CaseCheck:
    """Read and place a case as a run does, and plan its sealing. CaseError where the folder can't be used as a whole,
    KeysUnusable where one's own keys can't be read.
    """
    apart = read_apart(folder)
    plan = plan_sealing(apart, own_keyring().custodians)
    situated = situate_case(apart.records, folder)
    records = situated.records
    return CaseCheck(
        case_id=records.settings.id,
        title=records.settings.title,
        files=len(records.files),
        rows={name: records.tables[name].height for name in sorted(records.tables) if records.tables[name].height},
        incidents=records.tables["incidents"].height,
        left_out=tuple(sorted((item for item in records.left_out if not plan.tells(item)), key=_place_of)),
        sealing=plan,
    )


def _place_of(item: LeftOut) -> tuple[str, int, str, str]:
    return str(item.file), item.row or 0, item.column or "", item.why.value


def _left_out_json(item: LeftOut) -> dict[str, Any]:
    return {
        "file": str(item.file),
        "row": item.row,
        "column": item.column,
        "table": item.table,
        "record_id": item.record_id,
        "why": item.why.value,
        "lost": item.lost.value,
        "value": item.value,
        "expected": item.expected,
    }
