"""A statement about parties as a table holds it: `A;B` is one of the two, `A+B` both together (docs/glossary.md)."""

from __future__ import annotations

_ONE_OF = ";"
_TOGETHER = "+"


def parties_in(stated: str) -> tuple[str, ...]:
    """Every party that a canonical value of a party column names, as written, whichever way they are joined."""
    return tuple(stated.replace(_TOGETHER, _ONE_OF).split(_ONE_OF))


def says_together(stated: str) -> bool:
    """Does the value say that several took part, rather than which one of them?"""
    return _TOGETHER in stated
