"""Every error that Consilience raises on purpose.

Each says what happened, where, and what to do about it, and each class has an exit code of its own::

    ConsilienceError              1   never raised itself
    ├── UsageError                2   the command line asks for something that can't be done
    ├── CaseError                 3   a case folder can't be used as a whole
    │   ├── CaseFolderMissing         there is no such folder
    │   ├── CaseFileInvalid           case.toml is absent, unreadable or says something impossible
    │   └── ProseInvalid              analysts' prose says something that no finding gives, or can't be read
    ├── ReferenceDataError        4   an order of battle, gazetteer or table of assumptions can't be used
    ├── VaultError                5   what is kept can't be kept, or is not what was kept
    │   ├── VaultNotWritable          disk full, read-only, no permission
    │   ├── ExhibitDamaged            bytes differ from their digest, or are gone
    │   ├── LedgerDamaged             an act was altered, removed or reordered
    │   ├── SealBroken                what is sealed can't be opened, or is not what was sealed
    │   ├── KeysUnusable              a key is not there, can't be read, or does not fit
    │   └── ReplicaUnfit              another place holds another ledger, or this one's other past or future
    ├── FindingsInvalid           6   findings break their own published contract
    └── PublishError              7   an output can't be written, or may not be

A bad row is never an error: it is a `LeftOut` (see `records.left_out`), and the run goes on.
"""

from __future__ import annotations

from typing import ClassVar

_KEPT = "Change nothing by hand: see what else is damaged, and mend it from a copy."
"""What follows wherever something that is kept is not what it was; which commands, the program adds."""


class ConsilienceError(Exception):
    """What happened, where, and what to do.

    `where` names a file, row, column or record; `remedy` is one imperative sentence, `usual_remedy` the one for errors
    of a type that nearly always ask for the same.
    """

    exit_code = 1
    usual_remedy: ClassVar[str | None] = None

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy or self.usual_remedy

    def __str__(self) -> str:
        text = self.what if self.where is None else f"{self.where}: {self.what}"
        return text if self.remedy is None else f"{text}\n  What to do: {self.remedy}"


class UsageError(ConsilienceError):
    """The command line or API call asks for something that can't be done."""

    exit_code = 2


class CaseError(ConsilienceError):
    """A case folder can't be used as a whole."""

    exit_code = 3


class CaseFolderMissing(CaseError):
    """There is no folder at the given path."""


class CaseFileInvalid(CaseError):
    """`case.toml` is absent, unreadable, or says something impossible."""


class ProseInvalid(CaseError):
    """A file of analysts' prose refers to what is not there or is ambiguous, or can't be read."""


class ReferenceDataError(ConsilienceError):
    """An order of battle, a gazetteer or a table of assumptions can't be used."""

    exit_code = 4


class VaultError(ConsilienceError):
    """What is kept can't be kept, or is not what was kept."""

    exit_code = 5


class VaultNotWritable(VaultError):
    """The folder of the vault can't be written: disk full, read-only, or no permission."""


class ExhibitDamaged(VaultError):
    """An exhibit's bytes differ from its digest, or are gone."""

    usual_remedy = _KEPT


class LedgerDamaged(VaultError):
    """An act in the ledger was altered, removed or reordered."""

    usual_remedy = _KEPT


class SealBroken(VaultError):
    """What is sealed can't be opened with this key, or is not what was sealed."""


class KeysUnusable(VaultError):
    """A key is not there, can't be read, or does not fit what it should open or sign."""

    usual_remedy = "Take the key from where it is kept once more, whole; of somebody else's, ask its owner."


class ReplicaUnfit(VaultError):
    """What another place holds is no earlier state of this ledger, so it is neither written over nor restored from."""


class FindingsInvalid(ConsilienceError):
    """Findings break their own published contract; a defect of ours, never of the case."""

    usual_remedy = "Report this line: it is a defect of Consilience, and nothing that you can mend in the case."

    exit_code = 6


class PublishError(ConsilienceError):
    """An output can't be written, or may not be."""

    exit_code = 7
