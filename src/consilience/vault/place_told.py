"""How the ledger, which forgets nothing, calls a place on this machine: no path that may name a user stands in it."""

from __future__ import annotations

import hmac
import os
import re
from pathlib import Path
from typing import Final

_SALT_BYTES: Final = 16
_HOMES: Final = frozenset({"home", "users"})
"""Folders of people's homes, in lower case; /var/home and C:/Users too."""
_ELSEWHERE: Final = re.compile(r"elsewhere ([0-9a-f]{32}) [0-9a-f]{32}")


def place_told(case: Path, target: Path) -> str:
    """The path from the folder that holds the case, if it leads down from there; else "elsewhere", a salt and a digest.

    A path elsewhere may name a user or a person, and so may every path below a case that lies right under the root of
    the file system or where people's homes lie. The digest is HMAC-SHA-256 of the absolute path under the salt, its
    first 16 bytes: who has a path in mind can test it, and nobody reads one.
    """
    here = case.resolve().parent
    below = None if here == here.parent or here.name.casefold() in _HOMES else _below(here, target)
    return _salted(target, os.urandom(_SALT_BYTES).hex()) if below is None else below


def is_told(case: Path, target: Path, where: str) -> bool:
    """Whether an act that says `where` means this place, in either form."""
    match = _ELSEWHERE.fullmatch(where)
    return where == (_below(case.resolve().parent, target) if match is None else _salted(target, match[1]))


def _below(here: Path, target: Path) -> str | None:
    there = target.resolve()
    return there.relative_to(here).as_posix() if there.is_relative_to(here) else None


def _salted(target: Path, salt: str) -> str:
    return f"elsewhere {salt} {hmac.new(bytes.fromhex(salt), os.fsencode(target.resolve()), 'sha256').hexdigest()[:32]}"
