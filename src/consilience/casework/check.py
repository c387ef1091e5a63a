"""CHECK: what a run would leave out of a case, and what it would note. Reads only, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from consilience.casework.keys import own_keyring
from consilience.casework.people import Apart, read_apart
from consilience.casework.sealing import SealingPlan, plan_sealing
from consilience.casework.situating import situate_case
from consilience.casework.unknown_words import unknown_words
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import IDENTITIES


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
    said = (item for item in records.left_out if not plan.tells(item))
    words = unknown_words(records, situated.evidence.orbat)
    return CaseCheck(
        case_id=records.settings.id,
        title=records.settings.title,
        files=len(records.files),
        rows={name: records.tables[name].height for name in sorted(records.tables) if records.tables[name].height},
        incidents=records.tables["incidents"].height,
        left_out=tuple(sorted((*said, *_of_nobody(apart, plan), *words), key=_place_of)),
        sealing=plan,
    )


def _of_nobody(apart: Apart, plan: SealingPlan) -> Iterator[LeftOut]:
    """Rows of a table of names whose source no usable row names: sealed as the others, and perhaps misspelt. By their
    places alone: who misspells an id may have written a name there.
    """
    frames = apart.read.tables.values()
    known = {source for frame in frames if "source_id" in frame.columns for source in frame["source_id"]}
    then = "it is sealed anyway" if plan.custodians else "it is sealed anyway, once there is a custodian's key"
    expected = f"a source that some usable row of the case names; {then}"
    for source, places in apart.identities.places.items():
        if source not in known:
            for file, row in places:
                yield LeftOut(file, row, "source_id", IDENTITIES, None, Why.DANGLING_ID, Lost.NOTHING, None, expected)


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
