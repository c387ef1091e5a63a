"""Where outputs went that somebody put elsewhere than beside the case: a withdrawal lists them from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from consilience.casework.acting_time import now
from consilience.casework.keys import open_vault
from consilience.quantities import iso_utc
from consilience.vault.acts import COPIED, UNSEALED, Act
from consilience.vault.place_told import is_told, place_told
from consilience.vault.store import Vault

SCHEMA: Final = "consilience.outputs/1"
"""Marks the `copied` act of outputs."""


def tell_outputs(case: Path, target: Path, default: Path | None, what: str) -> None:
    """The ledger says where these outputs lie, once for each place; nothing where it is the usual one, if there is one.

    `what` says what they are, in the plural. Raises as `Vault.record`.
    """
    if default is not None and target.resolve() == default.resolve():
        return
    vault = open_vault(case)
    if _is_known(vault, case, target, what):
        return
    with vault.writing():
        if not _is_known(vault, case, target, what):  # another run may have said so between
            vault.record(COPIED, [{"schema": SCHEMA, "what": what, "where": place_told(case, target)}], now())


def _is_known(vault: Vault, case: Path, target: Path, what: str) -> bool:
    told = [str(act.content.get("where")) for act in _outputs(vault.acts()) if act.content.get("what") == what]
    return any(is_told(case, target, where) for where in told)


def told_places(acts: Iterable[Act]) -> Iterator[str]:
    """When and where outputs were put, and sealed things brought back to, a line each, as the acts say."""
    for act in acts:
        if act.kind == UNSEALED and act.content.get("where"):
            yield _line(act, f"what was unsealed of {act.content.get('source_id')}")
    for act in _outputs(acts):
        yield _line(act, str(act.content["what"]))


def _line(act: Act, what: str) -> str:
    return f"{act.content['where']} ({what}, {iso_utc(act.recorded_at)})"


def _outputs(acts: Iterable[Act]) -> Iterator[Act]:
    return (act for act in acts if act.kind == COPIED and act.content.get("schema") == SCHEMA)
