"""What one statement on a place says, clause by clause, in the words of a language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import floor

from consilience.publish.statements.frame import Frame
from consilience.records.tables import STATUS_COLUMNS

_KILOMETRE = 1000.0
"""Metres. Where positions are told no finer than this, distances from them are neither."""


def site_says(frame: Frame, row: Mapping[str, object]) -> str:
    """What one statement says, clause by clause; at the end of what nobody asked. "No" means: looked, none seen."""
    words = frame.words
    clauses = [words.word("said_of_a_place", f"{name}_{row[name]}") for name in STATUS_COLUMNS if _is_said(row, name)]
    clauses += _measured(frame, row)
    unasked = [words.word("said_of_a_place", name) for name in STATUS_COLUMNS if row[name] == "not_asked"]
    if unasked:
        clauses.append(words.label("site_not_asked", what=words.label("comma").join(unasked)))
    return words.label("semicolon").join(clauses) or words.label("no_words")


def _is_said(row: Mapping[str, object], name: str) -> bool:
    return row[name] in ("yes", "no")


def _measured(frame: Frame, row: Mapping[str, object]) -> Iterable[str]:
    words, lead, metres, lost, days = frame.words, *(
        row[name] for name in ("warning_lead_min", "nearest_military_m", "services_lost", "out_of_service_days")
    )  # fmt: skip
    if isinstance(lead, int | float):
        yield words.label("site_lead", n=words.span_of(lead, lead))
    if isinstance(metres, int | float):
        if frame.case.profile.coordinate_step_m < _KILOMETRE:
            yield words.label("site_metres", n=words.span_of(metres, metres))
        else:
            yield words.label("site_kilometres", n=f"{floor(metres / _KILOMETRE) + 1:,}")
    if lost:
        yield words.label("site_lost", what=words.foreign(str(lost)))
    if isinstance(days, int | float):
        yield words.label("site_days", n=words.span_of(days, days))
