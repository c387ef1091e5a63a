"""Whom a publication or a letter may call by the words of the `addressee` column."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MISSION = re.compile(r"\bpermanent (?:mission|representati(?:on|ve))\b", re.IGNORECASE)
_WHOSE = re.compile(r"\bof (?!the permanent)", re.IGNORECASE)


def addressee_named(letter_id: str, given: str | None, names: Mapping[str, str]) -> str | None:
    """The addressee as the names of a language have it (by letter_id), else as the table does; None where nobody is.

    A permanent mission whose state is not said is nobody: every state has one.
    """
    said = names.get(letter_id) or given
    if said and _MISSION.search(said) and not _WHOSE.search(said):
        return None
    return said
