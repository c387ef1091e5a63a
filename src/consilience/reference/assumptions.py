"""The named assumptions: every number of the method that stands on judgement, with its range and the reason for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from consilience.errors import ReferenceDataError
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


def with_values(assumptions: Mapping[str, Assumption], values: Mapping[str, float]) -> Mapping[str, Assumption]:
    """The same assumptions with other values; ReferenceDataError for an unknown name or a value outside its range."""
    changed = dict(assumptions)
    for name, value in sorted(values.items()):
        if name not in changed:
            raise ReferenceDataError(
                f"there is no assumption {name!r}", remedy=f"Use one of: {', '.join(sorted(assumptions))}."
            )
        known = changed[name]
        if not known.low <= value <= known.high:
            raise ReferenceDataError(
                f"{value:g} is outside the range of {name}",
                remedy=f"Choose a value from {known.low:g} to {known.high:g} {known.unit}.",
            )
        changed[name] = replace(known, value=float(value))
    return changed


def _assumption(row: Row) -> Assumption:
    value, low, high = (row.number_in(column, -_WIDEST, _WIDEST) for column in ("value", "low", "high"))
    if not low <= value <= high:
        row.reject("value", f"{value:g} is outside its own range {low:g} to {high:g}", "Widen the range or correct it.")
    return Assumption(row.required("name"), value, low, high, row.required("unit"), row.required("why"))
