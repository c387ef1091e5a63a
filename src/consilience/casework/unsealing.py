"""Bringing back what is sealed of a source, to somebody who holds a custodian's key; the ledger says so first."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from consilience.casework.acting_time import now
from consilience.casework.cell_tokens import with_texts
from consilience.casework.folders import alone_in
from consilience.casework.roles import require_role
from consilience.errors import UsageError
from consilience.vault.keyring import Keyring
from consilience.vault.place_told import place_told
from consilience.vault.sealed_acts import SealedItem
from consilience.vault.sealed_store import Opening, begin_opening
from consilience.vault.sealing import CELLS, IDENTITY, Label
from consilience.vault.store import Vault

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
IDENTITY_FILE = "identity.json"
HALF_WRITTEN = "incoming.part"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What was opened: the latest rows of the table of names, as they were sealed, and the files written."""

    source_id: str
    identity: Sequence[Mapping[str, str]]
    written: tuple[Path, ...]


def unseal(folder: Path, source_id: str, keyring: Keyring, reason: str, out: Path | None = None) -> Unsealed:
    """The identity of a source; with `out` also each exhibit, and the tables of a locked case with its names in them.

    `out` is a new or empty folder outside the case, for its owner alone. The act is in the ledger before anything is
    opened. Raises UsageError (a wrong role, no reason, nothing sealed, `out` where it may not be), KeysUnusable,
    SealBroken, VaultNotWritable.
    """
    require_role(keyring.folder, "unseal")
    vault = Vault.open(folder, keyring.signer)
    if out is None:
        opening = begin_opening(vault, source_id, keyring.identities(), reason, now())
        return Unsealed(source_id, _identity_of(opening), ())
    _check_out(out, folder)
    where = place_told(folder, out)
    with _private(out):
        opening = begin_opening(vault, source_id, keyring.identities(), reason, now(), where)
        placed = [_place(opening, item, out) for item in opening.items]
        written = (*(path for path, _ in placed), *_tables(folder, out, placed))
    return Unsealed(source_id, _identity_in(placed), written)


@contextmanager
def _private(out: Path) -> Iterator[None]:
    """The folder is there, for its owner alone, and this process's, which found it empty; one that was made here is
    gone again if the block raises and left nothing in it. Raises UsageError where another has filled it meanwhile."""
    is_new = not out.exists()
    out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with alone_in(out):
        _check_empty(out)
        out.chmod(PRIVATE_FOLDER)
        try:
            yield
        finally:
            if is_new and not any(out.iterdir()):
                out.rmdir()


def _identity_of(opening: Opening) -> list[Mapping[str, str]]:
    """The rows of the table of names that were sealed last; nothing else is kept in memory."""
    rows: list[Mapping[str, str]] = []
    for item in opening.items:
        held = io.BytesIO()
        if opening.read(item, held).kind == IDENTITY:
            rows = json.loads(held.getvalue())
    return rows


def _place(opening: Opening, item: SealedItem, out: Path) -> tuple[Path, Label]:
    """The thing lies under a name of its own in `out`; half a thing is never there under it."""
    half = out / HALF_WRITTEN
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            label = opening.read(item, stream)
        target = out / _name_of(label)
        for parent in reversed(target.relative_to(out).parents[:-1]):
            (out / parent).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        if target.exists():
            target = target.with_name(f"{item.item_id}-{target.name}")
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return target, label


def _name_of(label: Label) -> PurePosixPath:
    """Where it goes below `out`. A path that leads out of it can't have been ours: only its last part is taken."""
    if label.kind == IDENTITY:
        return PurePosixPath(IDENTITY_FILE)
    if label.kind == CELLS:
        return PurePosixPath("cells", f"{PurePosixPath(label.path).name}.json")
    path = PurePosixPath(label.path)
    return PurePosixPath("exhibits", path.name if path.is_absolute() or ".." in path.parts else path)


def _tables(folder: Path, out: Path, placed: Sequence[tuple[Path, Label]]) -> Iterator[Path]:
    """Each table of the case in which tokens stand for exhibits of this source, with their names again, below `out`."""
    texts: dict[str, dict[str, str]] = {}
    for path, label in placed:
        if label.kind == CELLS:
            texts.setdefault(label.path, {}).update(json.loads(path.read_bytes())["cells"])
    for name, cells in sorted(texts.items()):
        table = folder / name
        if PurePosixPath(name).name == name and table.is_file():
            data = with_texts(table.read_bytes(), cells)
            target = out / "tables" / name
            target.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            target.touch(mode=PRIVATE_FILE)
            target.write_bytes(data)
            yield target


def _identity_in(placed: Sequence[tuple[Path, Label]]) -> list[Mapping[str, str]]:
    rows: list[Mapping[str, str]] = []
    for path, label in placed:
        if label.kind == IDENTITY:
            rows = json.loads(path.read_bytes())
    return rows


def _check_out(out: Path, folder: Path) -> None:
    here, there = out.resolve(), folder.resolve()
    if here == there or there in here.parents or here in there.parents:
        remedy = "Choose a folder outside the case with --out."
        raise UsageError("what is unsealed can't stand in the case or above it", where=str(out), remedy=remedy)
    if out.exists():
        _check_empty(out)


def _check_empty(out: Path) -> None:
    if not out.is_dir() or any(out.iterdir()):
        raise UsageError("is not a new or empty folder", where=str(out), remedy="Choose another folder with --out.")
