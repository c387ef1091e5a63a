"""Consilience: the convergence of evidence from independent sources.

>>> import consilience
>>> findings = consilience.open_case("cases/idlib-april-2017").run()  # doctest: +SKIP
>>> print(findings.incident("I1").explain())  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from consilience.errors import ConsilienceError
from consilience.version import __version__

if TYPE_CHECKING:
    from consilience.casework.api import Case, Findings, IncidentFinding, open_case

__all__ = ["Case", "ConsilienceError", "Findings", "IncidentFinding", "__version__", "open_case"]

_IN_API = frozenset({"Case", "Findings", "IncidentFinding", "open_case"})


def __getattr__(name: str) -> object:
    """Names of the API are imported when first used, so that `import consilience` costs next to nothing."""
    if name in _IN_API:
        return getattr(import_module("consilience.casework.api"), name)
    raise AttributeError(f"module 'consilience' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
