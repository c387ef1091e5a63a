"""The checkpoints of a ledger that bear signatures, one by one: is each, to the byte, what was signed?

Only what the vault itself holds is asked: a key counts as known where an act introduced it. Whose key it is, a keyring
must tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from consilience.errors import LedgerDamaged
from consilience.vault.acts import read_act
from consilience.vault.checkpoints import checkpoint_text, read_checkpoint
from consilience.vault.ledger import CHECKPOINT, SIGNED
from consilience.vault.notes import Verifier
from consilience.vault.proofs import prefix_roots
from consilience.vault.signing import check_signed, introduced
from consilience.vault.survey import bytes_of

_SIZE = re.compile(r"[1-9]\d{0,14}")

Keys = list[tuple[int, Verifier]]


def is_signed_file(path: PurePosixPath) -> bool:
    """Whether a signed checkpoint may be kept at this path, relative to the ledger's folder."""
    return len(path.parts) == 2 and path.parts[0] == SIGNED and _SIZE.fullmatch(path.parts[1]) is not None


def kept_signed(folder: Path) -> dict[int, PurePosixPath]:
    """By number of acts, each signed checkpoint that a later one has replaced."""
    names = (path.name for path in (folder / SIGNED).iterdir()) if (folder / SIGNED).is_dir() else ()
    return {int(name): PurePosixPath(SIGNED, name) for name in names if _SIZE.fullmatch(name)}


def faults_of_kept(folder: Path, leaves: Sequence[bytes], keys: Keys | None) -> Iterator[tuple[PurePosixPath, str]]:
    """Each kept checkpoint that is not what was signed, or that speaks of acts which are gone."""
    kept = kept_signed(folder)
    roots = prefix_roots(leaves, [size for size in kept if size <= len(leaves)])
    for size, path in sorted(kept.items()):
        data = bytes_of(folder / path)
        if size not in roots:
            yield path, f"is of {size} acts, and there are {len(leaves)}: the later ones are gone"
        elif data is None:
            yield path, "can't be read"
        elif (what := fault_of(data, checkpoint_text(leaves[:1], size, roots[size]), size, keys)) is not None:
            yield path, what
        elif b"\n\n" not in data:
            yield path, "is not signed, and only signed ones are kept there"


def fault_of(data: bytes, text: bytes, size: int, keys: Keys | None) -> str | None:
    """What is wrong with the bytes of a checkpoint that must have this text, over so many acts; None if nothing is."""
    try:
        note = read_checkpoint(data, CHECKPOINT).note
        if note.text != text:
            return "does not fit the acts: it, or one of them, was altered"
        if keys is not None:
            check_signed(note, size, keys)
    except LedgerDamaged as err:
        return err.what if err.where in (None, CHECKPOINT) else f"{err.where} {err.what}"
    return None


def keys_of(bodies: Sequence[bytes | None]) -> Keys | None:
    """The keys that acts introduce, and in which act; None where an act is lost, and a key perhaps with it."""
    try:
        acts = [read_act(index, body) for index, body in enumerate(bodies) if body is not None]
        return introduced(acts) if len(acts) == len(bodies) else None
    except LedgerDamaged:
        return None
