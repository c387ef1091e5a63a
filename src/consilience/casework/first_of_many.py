"""A list too long to read: the first names, and a sign that there are more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_NAMED: Final = 3
"""Names that a reason or a notice gives of all that it is about (our choice)."""


def first_of(names: Sequence[object]) -> str:
    """ "I1, I2, I3, …": the first names, and "…" where there are more."""
    return ", ".join(map(str, names[:_NAMED])) + (", …" if len(names) > _NAMED else "")
