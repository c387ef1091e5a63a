"""Confidence: how much there is, how independent it is, and what is missing. By rule, and never a likelihood.

=========  ============================================================================================================
high       at least `MANY_GROUPS` independent groups, a material trace (imagery, a munition) that says something, and no
           piece that contradicts the rest
low        fewer than `SOME_GROUPS` independent groups; or no material trace and fewer than `MANY_GROUPS` groups; or as
           many groups contradict the rest as do not
moderate   everything between
=========  ============================================================================================================

Whether a log covers place and time is among the reasons and never enters the grade: the grade is published beside the
number of groups, so a rule that read it would tell where observers stood (docs/proof.md, Observers' posts).

The rule is our choice. It follows ICD 203 (2015, D.6.e.2), which bases confidence on the quality and quantity of
sources and on gaps, and keeps it out of the sentence that says how likely something is.
"""

from __future__ import annotations

from dataclasses import dataclass

from consilience.records.weighed import Verdict, WeighedIncident, WeighedPiece

MANY_GROUPS = 4
SOME_GROUPS = 2

_MATERIAL = {"imagery": "imagery", "munition": "munition remnant"}
_WITNESS_KINDS = ("account",)
_LOG_KINDS = ("track", "sighting", "transmission")


@dataclass(frozen=True, slots=True)
class Confidence:
    """`grade` is low, moderate or high; `because` says how much there is and what is missing, one clause each."""

    grade: str
    because: tuple[str, ...]


def grade_confidence(incident: WeighedIncident) -> Confidence:
    """The grade by the rule above, and its reasons in a fixed order."""
    speaking = [piece for piece in incident.pieces if piece.cells]
    against = [piece for piece in speaking if piece.verdict is Verdict.CONTRADICTS]
    because = (
        _amount(speaking, incident.groups),
        _witnesses(incident.pieces),
        _log(incident.log_covers, incident.pieces),
        _material(incident.pieces),
        _conflict(speaking),
    )
    return Confidence(_grade(incident, against), because)


def _grade(incident: WeighedIncident, against: list[WeighedPiece]) -> str:
    groups = incident.groups
    has_trace = any(piece.kind in _MATERIAL and piece.cells for piece in incident.pieces)
    contrary = len({piece.group for piece in against})
    if groups < SOME_GROUPS or (not has_trace and groups < MANY_GROUPS) or 2 * contrary >= groups:
        return "low"
    return "high" if groups >= MANY_GROUPS and has_trace and not against else "moderate"


def _amount(speaking: list[WeighedPiece], groups: int) -> str:
    pieces, sources = _count(len(speaking), "piece"), _count(groups, "independent group")
    return f"{pieces} of evidence with something to say, from {sources}"


def _witnesses(pieces: tuple[WeighedPiece, ...]) -> str:
    groups = {piece.group for piece in pieces if piece.kind in _WITNESS_KINDS}
    return f"accounts of {_count(len(groups), 'independent source')}" if groups else "no account"


def _log(covers: bool, pieces: tuple[WeighedPiece, ...]) -> str:
    if covers:
        return "a whole log covers the place at the time found"
    if any(piece.kind in _LOG_KINDS for piece in pieces):
        return "the log is a selection or has a gap at the time found"
    return "no log of the sky"


def _material(pieces: tuple[WeighedPiece, ...]) -> str:
    clauses = []
    for kind, word in _MATERIAL.items():
        of_kind = [piece for piece in pieces if piece.kind == kind]
        silent = f"{word} with nothing to say" if of_kind else f"no {word}"
        clauses.append(word if any(piece.cells for piece in of_kind) else silent)
    return ", ".join(clauses)


def _conflict(speaking: list[WeighedPiece]) -> str:
    contradict = sum(piece.verdict is Verdict.CONTRADICTS for piece in speaking)
    tension = sum(piece.verdict is Verdict.IN_TENSION for piece in speaking)
    clauses = [(contradict, "in contradiction to the rest"), (tension, "in tension with the rest")]
    said = [f"{_count(number, 'piece')} {how}" for number, how in clauses if number]
    return ", ".join(said) or "no piece in tension with the rest"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
