"""A second look at who has withdrawn, just before something derived is put in place, with nobody else writing."""

from __future__ import annotations

from pathlib import Path

from consilience.casework.people import read_apart
from consilience.casework.withdrawal import forget_results
from consilience.errors import UsageError
from consilience.records.case import CaseRecords
from consilience.vault.store import Vault

_SINCE = "a source has withdrawn, or what was agreed to has changed, since the case was read; nothing was put in place"
_AGAIN = "Do it again: the case is read anew."


def check_consents(case: Path, vault: Vault, before: CaseRecords) -> None:
    """Nobody has withdrawn since these records were read, and what `interviews` says of consent is the same.

    The caller is in `writing`, so that a withdrawal that comes later finds what is put in place. Raises UsageError, and
    as `read_apart` does.
    """
    apart = read_apart(case, vault)
    left = (apart.withdrawn | apart.read.unread_consent) - before.withdrawn - before.unread_consent
    changed = {name for name, *_ in _agreed(apart.records) ^ _agreed(before)}
    _refuse(left or changed)


def check_withdrawals(vault: Vault, before: CaseRecords) -> None:
    """No act of withdrawal since these records were read; else what was derived from them is in no cache any more.

    `vault` was opened after what is looked for. Who puts anything in place outside the case is in its `writing`; of
    what lies in the case itself a later withdrawal removes it. Raises UsageError, VaultNotWritable.
    """
    left = vault.sealed.withdrawn - before.withdrawn
    if left:
        with vault.writing():
            forget_results(vault)
    _refuse(left)


def _agreed(records: CaseRecords) -> set[tuple[str, ...]]:
    columns = ("interview_id", "source_id", "consent", "consent_until_lo", "withdrawn_on_lo")
    rows = records.tables["interviews"].select(columns).iter_rows()
    return {tuple(str(cell) for cell in row) for row in rows}


def _refuse(changed: set[str] | frozenset[str]) -> None:
    if changed:
        raise UsageError(_SINCE, where=", ".join(sorted(changed)), remedy=_AGAIN)
