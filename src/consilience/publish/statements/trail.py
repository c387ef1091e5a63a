"""The evidence trail: every name that occurs in a `support`, explained in words that the profile allows."""

from __future__ import annotations

from collections.abc import Iterable

from consilience.publish.document import Sentence
from consilience.publish.statements.admitted import Row
from consilience.publish.statements.counting import behind
from consilience.publish.statements.evidence_words import says, who
from consilience.publish.statements.frame import MOST_NAMED, Frame

_MOST_BEHIND = 40
"""Incidents named behind a total; beyond it their number is given (our choice: the totals count all of them)."""


def trail(frame: Frame, sentences: Iterable[Sentence]) -> tuple[tuple[str, str], ...]:
    """Each name once, sorted, with its words.

    Where each incident has a sheet, the pieces behind its findings are listed once, at its finding `evidence`, and are
    names of their own; where the annexe is one grid, each finding lists them, and no more is said of each.
    """
    named = {name for sentence in sentences for name in sentence.support}
    pieces = {block["incident_id"]: [piece["evidence_id"] for piece in block["evidence"]] for block, _ in frame.blocks}
    if _has_sheets(frame):
        spoken_of = {name.split("/", 1)[0] for name in named if "/" in name} & pieces.keys()
        named |= {_evidence_of(incident) for incident in spoken_of}
        named |= {piece for incident in spoken_of for piece in pieces[incident]}
    return tuple((name, _explained(frame, name, pieces)) for name in sorted(named))


def _has_sheets(frame: Frame) -> bool:
    return len(frame.blocks) <= MOST_NAMED


def _evidence_of(incident: str) -> str:
    return f"{incident}/evidence"


def _piece(frame: Frame, table: str, row: Row) -> str:
    words = frame.words
    said = words.label("colon").join(part for part in (who(frame, row), says(frame, table, row)) if part)
    return words.label("trail_piece", table=words.word("table", table), says=said)


def _finding(frame: Frame, incident: str, rest: str, pieces: Iterable[str]) -> str:
    words, listed_at = frame.words, _evidence_of(incident)
    what, id_ = words.word("finding", rest), words.foreign(incident)
    if _has_sheets(frame) and f"{incident}/{rest}" != listed_at:
        return words.label("trail_finding", what=what, id=id_, all=words.foreign(listed_at))
    ids = words.label("comma").join(words.foreign(piece) for piece in pieces) or words.label("nothing")
    if _has_sheets(frame):
        return words.label("trail_evidence", id=id_, pieces=ids)
    return words.label("trail_finding_alone", what=what, id=id_, pieces=ids)


def _called(frame: Frame, table: str, id_: str) -> str:
    """What a row is about, as a reader would call it; its id where it has no such name."""
    row = frame.case.rows[table].get(id_) or {}
    if table == "facilities":
        return frame.facility(id_)
    by = row.get("by") if table == "published" else None
    return frame.words.foreign(by or id_)


def _explained(frame: Frame, name: str, pieces: dict[str, list[str]]) -> str:
    words = frame.words
    head, _, rest = name.partition("/")
    if head in pieces and rest:
        return _finding(frame, head, rest, pieces[head])
    if head == "all":
        return words.label("trail_all", what=words.word("finding", rest))
    if head == "totals":
        counted = list(behind(frame, name))
        few = len(counted) <= _MOST_BEHIND
        shown = words.label("comma").join(counted) if few else words.count("incidents", len(counted))
        return words.label("trail_total", what=words.word("total", rest), incidents=shown)
    if found := frame.case.evidence_called(name):
        return words.label("semicolon").join(_piece(frame, table, row) for table, row in found)
    if head in frame.case.rows and rest:
        return words.label("trail_row", table=words.word("table", head), called=_called(frame, head, rest))
    if head in ("cited", "opinion"):
        return words.label(f"trail_{head}", who=words.foreign(rest))
    return words.word("trail", head) if words.catalogue.has("trail", head) else words.label("trail_flight")
