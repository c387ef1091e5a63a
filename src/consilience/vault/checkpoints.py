"""Checkpoints: what a ledger was at one moment, in three lines that fit on a piece of paper.

The text is that of c2sp.org/tlog-checkpoint: origin, number of acts, root hash. The origin names the ledger by the
salted hash of its first act, so no two ledgers share one; an empty ledger has the bare prefix.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from consilience.errors import LedgerDamaged
from consilience.vault.notes import Note, read_note

ORIGIN = "consilience/ledger"

_TEXT = re.compile(rb"(consilience/ledger(?:/[0-9a-f]{64})?)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says, and the note that says it; signatures are not checked."""

    origin: str
    size: int
    root: bytes
    note: Note


def checkpoint_text(first: Sequence[bytes], size: int, root: bytes) -> bytes:
    """The three lines. `first` holds the leaf hash of the ledger's first act, if it has one."""
    origin = ORIGIN + "".join("/" + leaf.hex() for leaf in first)
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def read_checkpoint(data: bytes, where: str, remedy: str | None = None) -> Checkpoint:
    """The checkpoint that these bytes are, to the last of them. Raises LedgerDamaged, with `where` and `remedy`."""
    try:
        note = read_note(data)
    except LedgerDamaged as err:
        raise LedgerDamaged("is not a checkpoint: " + err.what, where=where, remedy=remedy) from err
    match = _TEXT.fullmatch(note.text)
    if match is None or (match[1] == ORIGIN.encode()) != (match[2] == b"0"):
        raise LedgerDamaged("is not a checkpoint", where=where, remedy=remedy)
    root = base64.b64decode(match[3])
    if base64.b64encode(root) != match[3]:
        raise LedgerDamaged("is not a checkpoint: its root is not in the one form there is", where=where, remedy=remedy)
    return Checkpoint(match[1].decode(), int(match[2]), root, note)
