"""The evidence matrix: rows are pieces, columns time, place, mode and party, each cell a verdict and its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consilience.publish.anchors import of_piece
from consilience.records.views import PieceWords

FIELDS = ("time", "place", "mode", "party")

VERDICTS = ("corroborates", "consistent", "silent", "in tension", "contradicts")
"""In the order of the legend."""

ORDER_OF_KINDS = ("account", "track", "sighting", "transmission", "media", "imagery", "munition", "detection", "status")

_MOST_MATES = 4

Words = Mapping[tuple[str, str], PieceWords]
"""What each piece says, by kind and id."""

_BAR_BANS = 2.0
"""A weight of two bans, a factor of a hundred, fills its bar (our choice; the number stands beside it)."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """`verdict` is one of `VERDICTS`; `bar` the share of the half-bar that the weight fills, signed, in [−1, 1]."""

    verdict: str
    weight: str
    conflict: str
    bar: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a piece stands: "accounts.csv, row 4", and the exhibit and place that it cites, if any."""

    row: str
    item: str | None
    locator: str | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A piece as a reader meets it.

    `mates` names the pieces of its dependence group, "" if it stands alone; `parts` are the sightings of a flight.
    """

    evidence_id: str
    anchor: str
    kind: str
    who: str
    says: str
    mates: str
    cells: tuple[MatrixCell | None, ...]
    provenance: Provenance | None
    parts: tuple[MatrixRow, ...] = ()

    @property
    def is_mute(self) -> bool:
        """Does it say nothing on any field?"""
        return not any(self.cells)


def matrix_rows(finding: Mapping[str, Any], words: Words) -> tuple[MatrixRow, ...]:
    """Rows in the order of kinds, then ids, mute ones last. A flight holds the rows of its sightings."""
    incident_id = finding["incident_id"]
    sightings = {track["track_id"]: track["sightings"] for track in finding.get("tracks") or ()}
    groups: dict[str, list[str]] = {}
    pieces = sorted(finding.get("evidence") or (), key=lambda p: (_place_of(p["kind"]), p["evidence_id"]))
    for piece in pieces:
        groups.setdefault(piece["group"], []).append(piece["evidence_id"])
    rows = [_row(incident_id, piece, words, sightings.pop(piece["evidence_id"], ()), groups) for piece in pieces]
    rows.sort(key=lambda row: row.is_mute)
    flights = [_row(incident_id, {"evidence_id": t, "kind": "track"}, words, legs, {}) for t, legs in sightings.items()]
    return (*rows, *flights)


def _place_of(kind: str) -> int:
    return ORDER_OF_KINDS.index(kind) if kind in ORDER_OF_KINDS else len(ORDER_OF_KINDS)


def _row(
    incident_id: str,
    piece: Mapping[str, Any],
    words: Words,
    sightings: Sequence[str],
    groups: Mapping[str, Sequence[str]],
) -> MatrixRow:
    evidence_id = piece["evidence_id"]
    said = words.get((piece["kind"], evidence_id))
    cells = piece.get("cells") or {}
    return MatrixRow(
        evidence_id=evidence_id,
        anchor=of_piece(incident_id, evidence_id),
        kind=piece["kind"],
        who=who_said(said) if said else "flight of the log" if piece["kind"] == "track" else "",
        says=said.says if said else _flight_words(len(sightings)) if sightings else "",
        mates=_mates(piece, groups),
        cells=tuple(_cell(cells.get(field)) for field in FIELDS),
        provenance=_provenance(said),
        parts=tuple(_sighting(incident_id, sighting_id, words) for sighting_id in sightings),
    )


def _sighting(incident_id: str, sighting_id: str, words: Words) -> MatrixRow:
    return _row(incident_id, {"evidence_id": sighting_id, "kind": "sighting"}, words, (), {})


def _mates(piece: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> str:
    """The other pieces of the group, the first few by name."""
    others = [name for name in groups.get(piece.get("group", ""), ()) if name != piece["evidence_id"]]
    rest = len(others) - _MOST_MATES
    return ", ".join(others[:_MOST_MATES]) + (f" and {rest} more" if rest > 0 else "")


def _flight_words(count: int) -> str:
    return "one sighting" if count == 1 else f"{count} sightings joined to one flight"


def _cell(cell: Mapping[str, Any] | None) -> MatrixCell | None:
    """None where the piece says nothing on the field."""
    if not cell:
        return None
    weight, conflict = float(cell["weight_log10"]), cell.get("conflict_p")
    return MatrixCell(
        verdict=cell["verdict"],
        weight=bans(weight),
        conflict="" if conflict is None else small(conflict),
        bar=round(max(-1.0, min(1.0, weight / _BAR_BANS)), 2),
    )


def small(probability: float) -> str:
    """A conflict probability with two digits, never in powers of ten."""
    return "< 0.0001" if probability < 0.0001 else f"{probability:.2g}"


def bans(weight: float) -> str:
    """A weight of evidence with its sign and two decimals; a proper minus, and none before nothing."""
    said = f"{weight:+.2f}".replace("-", "−")
    return said[1:] if said[1:] == "0.00" else said


def who_said(said: PieceWords) -> str:
    """The source's role in words, else its pseudonym: never a name."""
    return (said.role or "").replace("_", " ") or (said.source_id or "")


def _provenance(said: PieceWords | None) -> Provenance | None:
    return None if said is None else Provenance(f"{said.file}, row {said.row}", said.item, said.locator)


def anchored(rows: Iterable[MatrixRow]) -> dict[str, str]:
    """The anchor of every piece that has a row, sightings included."""
    found: dict[str, str] = {}
    for row in rows:
        found[row.evidence_id] = row.anchor
        found.update(anchored(row.parts))
    return found
