"""What is said while a command waits for another that writes to the same place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from consilience.vault.lock import Waiting, telling_waits


def saying_waits(say: Callable[[str], None]) -> AbstractContextManager[None]:
    """While the block runs each wait that lasts is said in one line: for whom, where, and how much longer at most."""
    return telling_waits(lambda waiting: say(_sentence(waiting)))


def _sentence(waiting: Waiting) -> str:
    who = "another run" if waiting.holder is None else str(waiting.holder)
    where = waiting.path if waiting.path.is_dir() else waiting.path.parent
    lasts = "until it is done" if waiting.at_most_s is None else f"at most {waiting.at_most_s:.0f} seconds more"
    return f"Waiting for {who}, which is at work in {where}: {lasts}."
