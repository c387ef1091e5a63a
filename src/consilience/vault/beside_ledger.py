"""What is kept beside the ledger, which holds its digest alone: privileged notes, the state of each release, and what
decisions are bound to.

A bundle takes exhibits and acts; what stands on a shelf is neither, so it goes nowhere by mistake. A body holds a
random salt of its own, so that the digest in the ledger says nothing to whoever guesses its words once the body, and
the salt in it, is destroyed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence, Set
from pathlib import Path, PurePosixPath

from consilience.errors import ExhibitDamaged
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.vault.acts import SALT_BYTES, WITHDRAWN, Act
from consilience.vault.durable import HALF_WRITTEN, destroy_file, explained, make_folder, sync_folder, write_file
from consilience.vault.release_acts import bound_cited, states_cited
from consilience.vault.sealed_acts import CONSENT_WITHDRAWN
from consilience.vault.shelves import BOUND, PRIVILEGED, RELEASES, digest_named, place_of


def keep_on_shelf(vault_folder: Path, shelf: str, body: bytes) -> str:
    """The bytes are on the disk under their SHA-256, which is given: 64 hex digits. Raises VaultNotWritable."""
    digest = digest_bytes(body)
    target = vault_folder / place_of(shelf, digest)
    for folder in (vault_folder, vault_folder / shelf, target.parent):
        make_folder(folder)
    write_file(vault_folder / shelf / HALF_WRITTEN, target, body)
    sync_folder(target.parent)
    return digest.removeprefix("sha256:")


def keep_salted(vault_folder: Path, shelf: str, said: Mapping[str, object]) -> str:
    """A JSON object is on the disk with a salt drawn for it alone, instead of the one that it may have; gives its name.

    Two calls never give the same name. Raises VaultNotWritable.
    """
    return keep_on_shelf(vault_folder, shelf, canonical_json({**said, "salt": os.urandom(SALT_BYTES).hex()}))


def read_from_shelf(vault_folder: Path, shelf: str, name: str) -> bytes:
    """What was kept under this name, checked. Raises ExhibitDamaged where it is gone or was changed."""
    file = vault_folder / place_of(shelf, Digest(f"sha256:{name}"))
    try:
        body = file.read_bytes()
    except OSError as err:
        remedy = f"Restore .consilience/{shelf} from a copy."
        raise ExhibitDamaged("what the ledger names can't be read", where=str(file), remedy=remedy) from err
    if digest_bytes(body).removeprefix("sha256:") != name:
        remedy = f"Restore .consilience/{shelf} from a copy, and find out what changed it."
        raise ExhibitDamaged("was changed since it was kept", where=str(file), remedy=remedy)
    return body


def may_be_whole(damage: ExhibitDamaged) -> bool:
    """Whether the system refused the bytes (no permission, a failing disk), so that nobody knows what they are now."""
    gone = FileNotFoundError | NotADirectoryError | IsADirectoryError
    return isinstance(damage.__cause__, OSError) and not isinstance(damage.__cause__, gone)


def sweep_uncited(vault_folder: Path, acts: Sequence[Act]) -> None:
    """Once somebody has withdrawn, what was being kept of a release or for decisions that never were is gone: it may
    hold their words, or digests of them.

    The caller holds the vault's lock. Raises VaultNotWritable.
    """
    if not any(act.kind == WITHDRAWN and act.content.get("schema") == CONSENT_WITHDRAWN for act in acts):
        return
    for shelf, named in ((RELEASES, states_cited(acts)), (BOUND, bound_cited(acts))):
        _sweep(vault_folder, shelf, {place_of(shelf, Digest(f"sha256:{name}")) for name, _ in named})


def _sweep(vault_folder: Path, shelf: str, cited: Set[PurePosixPath]) -> None:
    folder = vault_folder / shelf
    half_written = folder / HALF_WRITTEN
    destroy_file(half_written)
    for file in sorted(folder.glob("??/*")):
        path = PurePosixPath(file.relative_to(vault_folder).as_posix())
        if digest_named(path) is not None and path not in cited and file.is_file():
            with explained(file):  # half overwritten it must not bear a name that says what it holds
                os.replace(file, half_written)  # noqa: PTH105
            sync_folder(file.parent)
            sync_folder(folder)
            destroy_file(half_written)


def keep_note(vault_folder: Path, text: str) -> str:
    """A privileged note is kept; gives its salted commitment. Raises VaultNotWritable."""
    return keep_salted(vault_folder, PRIVILEGED, {"text": text})


def read_note(vault_folder: Path, commitment: str) -> str:
    """The text of a note. Raises ExhibitDamaged."""
    return str(json.loads(read_from_shelf(vault_folder, PRIVILEGED, commitment))["text"])
