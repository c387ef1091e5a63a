"""A case read and then written to as one: what is kept, sealed or destroyed follows from the case as it stands then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consilience.casework.people import Apart, read_apart
from consilience.vault.store import Vault


@contextmanager
def alone_with(folder: Path, vault: Vault) -> Iterator[Apart]:
    """The case, people set apart, with nobody else writing to its vault while the block runs.

    It is read before, since reading may take long; and once more if anybody has written since: a source may have
    withdrawn, or the case been locked. Raises as `read_apart` does, and VaultNotWritable.
    """
    seen, apart = vault.root(), read_apart(folder, vault)
    with vault.writing():
        yield apart if vault.root() == seen else read_apart(folder, vault)
