"""Where outputs went that somebody put elsewhere than beside the case: a withdrawal lists them from the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from consilience.casework.acting_time import now
from consilience.casework.keys import open_vault
from consilience.vault.acts import COPIED, UNSEALED, Act

SCHEMA: Final = "consilience.outputs/1"
"""Marks the `copied` act of outputs."""


def tell_outputs(case: Path, target: Path, default: Path, what: str) -> None:
    """The ledger says where these outputs lie, once for each place; nothing where it is the usual one.

    `what` says what they are, in the plural. Raises as `Vault.record`.
    """
    where = place_told(case, target)
    if target.resolve() == default.resolve():
        return
    vault = open_vault(case)
    if any(act.content.get("where") == where and act.content.get("what") == what for act in _outputs(vault.acts())):
        return
    vault.record(COPIED, [{"schema": SCHEMA, "what": what, "where": where}], now())


def place_told(case: Path, target: Path) -> str:
    """A path from the folder that holds the case: the ledger never forgets, so no more of the machine stands in it."""
    return Path(os.path.relpath(target.resolve(), case.resolve().parent)).as_posix()


def told_places(acts: Iterable[Act]) -> Iterator[str]:
    """Where outputs were put, and where sealed things were brought back to, a line each, as the acts say."""
    for act in acts:
        if act.kind == UNSEALED and act.content.get("where"):
            yield f"{act.content['where']} (what was unsealed of {act.content.get('source_id')})"
    for act in _outputs(acts):
        yield f"{act.content['where']} ({act.content['what']})"


def _outputs(acts: Iterable[Act]) -> Iterator[Act]:
    return (act for act in acts if act.kind == COPIED and act.content.get("schema") == SCHEMA)
