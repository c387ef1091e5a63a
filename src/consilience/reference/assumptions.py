"""The named assumptions: every number of the method that stands on judgement, with its range and the reason for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from consilience.records.reference_data import Assumption
from consilience.reference.rows import Row, read_rows
from consilience.reference.shipped import ASSUMPTIONS

_COLUMNS = ("name", "value", "low", "high", "unit", "why")
_WIDEST = 1e9
"""Our choice, because no assumption in any unit used here comes near it."""


def load_assumptions(file: Path = ASSUMPTIONS) -> Mapping[str, Assumption]:
    """Every shipped assumption by name, in the table's order.

    ReferenceDataError where a row can't be read, a name stands twice, or a value is outside its own range.
    """
    loaded: dict[str, Assumption] = {}
    for row in read_rows(file, _COLUMNS):
        assumption = _assumption(row)
        if assumption.name in loaded:
            row.reject("name", f"{assumption.name!r} stands twice", "Keep one of the two rows.")
        loaded[assumption.name] = assumption
    return loaded


def _assumption(row: Row) -> Assumption:
    value, low, high = (row.number_in(column, -_WIDEST, _WIDEST) for column in ("value", "low", "high"))
    if not low <= value <= high:
        row.reject("value", f"{value:g} is outside its own range {low:g} to {high:g}", "Widen the range or correct it.")
    return Assumption(row.required("name"), value, low, high, row.required("unit"), row.required("why"))
