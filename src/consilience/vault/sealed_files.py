"""Where sealed things lie below `.consilience/sealed/`, and that just those are there which the ledger names.

    keys/<file>.age         a source's secret key, wrapped to the custodians; named as the key until it is wrapped anew
    ab/<item>.age           one thing, encrypted to its source's key; `ab` are the first two digits of its name

Names are 32 random hex digits. A file once written is never changed: a key that is wrapped anew lies in a new file, and
the one before is destroyed. New things get a new key where custodians
changed and keys were not wrapped anew, or where somebody was dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from consilience.quantities import Digest
from consilience.vault.durable import destroy_file, remove_file, sync_folder
from consilience.vault.sealed_acts import SealedState

FOLDER = "sealed"
KEYS = "keys"
HALF_WRITTEN = "incoming.part"

_KEY = re.compile(rf"{KEYS}/([0-9a-f]{{32}})\.age")
_ITEM = re.compile(r"[0-9a-f]{2}/([0-9a-f]{32})\.age")


def key_path(file_id: str) -> PurePosixPath:
    """Where a wrapped key lies, relative to the sealed folder."""
    return PurePosixPath(KEYS, f"{file_id}.age")


def item_path(item_id: str) -> PurePosixPath:
    """Where a sealed thing lies, relative to the sealed folder."""
    return PurePosixPath(item_id[:2], f"{item_id}.age")


def expected(state: SealedState) -> dict[PurePosixPath, Digest]:
    """Every file that must be there, relative to the sealed folder, and its digest.

    Without its key a thing is noise: where a key was destroyed, neither it nor what was encrypted to it is expected.
    """
    files = {key_path(key.file_id): key.wrapped for key in state.keys.values() if key.key_id not in state.destroyed}
    return files | {
        item_path(item.item_id): item.ciphertext for item in state.items.values() if item.key_id not in state.destroyed
    }


def sweep(vault_folder: Path, state: SealedState) -> None:
    """What no act names, or what was destroyed, is gone: keys first. The caller holds the vault's lock.

    Raises VaultNotWritable.
    """
    folder = vault_folder / FOLDER
    if not folder.is_dir():
        return
    remove_file(folder / HALF_WRITTEN)
    wanted = expected(state)
    unwanted = [path for path in _files_in(folder) if path not in wanted]
    for path in sorted(unwanted, key=lambda path: (path.parts[0] != KEYS, path)):
        if path.parts[0] == KEYS:
            destroy_file(folder / path)
        else:
            remove_file(folder / path)
        sync_folder((folder / path).parent)


def _files_in(folder: Path) -> Iterator[PurePosixPath]:
    """Files that bear the name of a key or an item; others are somebody else's and are left alone."""
    for path in sorted(folder.glob("*/*.age")):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if _KEY.fullmatch(str(relative)) or _ITEM.fullmatch(str(relative)):
            yield relative
