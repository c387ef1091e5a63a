"""Whose signatures a ledger bears. Each key is introduced by an act before it signs, so that all can be checked.

An `introduced` act holds the public key; from the checkpoint that covers it on, signatures of that key may stand under
checkpoints. That makes every byte of a signature checkable from the vault alone. Whether the key belongs to whom its
name says is another question, which only a keyring, or people who compare keys, can answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from consilience.errors import KeysUnusable, LedgerDamaged
from consilience.vault.acts import INTRODUCED, Act
from consilience.vault.notes import ED25519, Note, Verifier

SIGNS = "signs"
"""The role of a key that signs checkpoints of this ledger."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Up to which act the ledger is signed, and by whom; size 0 and nobody if it never was.

    `after` is how many acts were recorded since by runs without a signing key.
    """

    size: int
    by: tuple[Verifier, ...]
    after: int

    def __str__(self) -> str:
        return self.said(lambda key: key.name)

    def said(self, named: Callable[[Verifier], str]) -> str:
        """The same in words, each key named as the caller names it."""
        if not self.by:
            return "unsigned"
        said = f"signed up to act {self.size - 1} by {', '.join(map(named, self.by))}"
        return said if not self.after else f"{said}; {self.after} acts after it are unsigned"


def introduction(verifier: Verifier) -> dict[str, object]:
    """The content of the act that introduces a key."""
    return {"key": verifier.text, "role": SIGNS}


def introduced(acts: Iterable[Act]) -> list[tuple[int, Verifier]]:
    """The number of the act that introduced each key, and the key. Raises LedgerDamaged."""
    found = []
    for act in acts:
        if act.kind == INTRODUCED and act.content.get("role") == SIGNS:
            try:
                verifier = Verifier.read(str(act.content["key"]))
            except (KeyError, KeysUnusable) as err:
                raise LedgerDamaged("does not hold the key that it introduces", where=f"act {act.index}") from err
            if verifier.kind != ED25519:
                raise LedgerDamaged("introduces a key that can't sign checkpoints", where=f"act {act.index}")
            found.append((act.index, verifier))
    return found


def check_signed(note: Note, size: int, keys: Sequence[tuple[int, Verifier]]) -> tuple[Verifier, ...]:
    """Who signed a checkpoint over so many acts; `keys` is what `introduced` gave.

    Each signature must be of a key that one of these acts introduced, and fit. Raises LedgerDamaged.
    """
    known = {(key.name, key.key_id): key for index, key in keys if index < size}
    signers = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            what = f"bears a signature of {signature.name}, a key that no act before it introduced"
            raise LedgerDamaged(what, where=f"checkpoint of {size} acts")
        key.check(note.text, signature)
        signers.append(key)
    return tuple(signers)


def check_none_taken_away(keys: Sequence[tuple[int, Verifier]], signers: Collection[Verifier]) -> None:
    """Each key that an act introduced has signed a checkpoint: the act and the first such one come in one write.

    `keys` is what `introduced` gave, `signers` those of all signed checkpoints. Raises LedgerDamaged.
    """
    for index, key in keys:
        if key not in signers:
            what = f"introduces {key.name}, and no checkpoint bears its signature: it was taken away"
            raise LedgerDamaged(what, where=f"act {index}")
