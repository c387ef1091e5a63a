"""How the ledger, which forgets nothing, calls a place on this machine: no path that may name a user stands in it."""

from __future__ import annotations

import hmac
import os
import re
from pathlib import Path
from typing import Final

_SALT_BYTES: Final = 16
_ELSEWHERE: Final = re.compile(r"elsewhere ([0-9a-f]{32}) [0-9a-f]{32}")


def place_told(case: Path, target: Path) -> str:
    """The path from the folder that holds the case, if it leads down from there; else "elsewhere", a salt and a digest.

    A path elsewhere may name a user or a person. The digest is HMAC-SHA-256 of the absolute path under the salt, its
    first 16 bytes: who has a path in mind can test it, and nobody reads one.
    """
    return _told_with(case, target, os.urandom(_SALT_BYTES).hex())


def is_told(case: Path, target: Path, where: str) -> bool:
    """Whether an act that says `where` means this place."""
    match = _ELSEWHERE.fullmatch(where)
    return where == _told_with(case, target, "" if match is None else match[1])


def _told_with(case: Path, target: Path, salt: str) -> str:
    here, there = case.resolve().parent, target.resolve()
    if there.is_relative_to(here):
        return there.relative_to(here).as_posix()
    return f"elsewhere {salt} {hmac.new(bytes.fromhex(salt), os.fsencode(there), 'sha256').hexdigest()[:32]}"
