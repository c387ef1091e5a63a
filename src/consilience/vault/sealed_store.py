"""Sealing and opening: what belongs to a source goes into `.consilience/sealed/`, each source under a key of its own.

To seal takes the custodians' public recipients; to open takes one custodian's private key, and is an act in the ledger
before anything is shown. To destroy a source's keys is erasure for everyone, custodians included.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage import x25519

from consilience.errors import KeysUnusable, SealBroken, UsageError
from consilience.quantities import Digest, digest_bytes
from consilience.vault import sealed_files
from consilience.vault.acts import SEALED, UNSEALED, WITHDRAWN
from consilience.vault.durable import explained, make_folder, new_file, sync_folder, write_all, write_file
from consilience.vault.keyring import Custodian
from consilience.vault.sealed_acts import SealedItem, SealedKey, cleared_content, opened_content, withdrawn_content
from consilience.vault.sealing import Label, Written, decrypt, encrypt, new_label, unwrap, wrap
from consilience.vault.store import Vault

NAME_BYTES = 16
"""128 random bits: two names never meet."""


@dataclass(frozen=True, slots=True)
class ToSeal:
    """One thing to be sealed, as `Label` says it; `content` opens its bytes."""

    kind: str
    source_id: str
    path: str
    digest: Digest
    size_bytes: int
    content: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Opening:
    """A source whose things are open to whoever holds this: the act says so already."""

    folder: Path
    items: tuple[SealedItem, ...]
    identities: Mapping[str, x25519.Identity]

    def read(self, item: SealedItem, out: Written) -> Label:
        """The bytes go to `out`; they count once this has returned. Raises SealBroken, VaultNotWritable."""
        file = self.folder / sealed_files.item_path(item.item_id)
        with explained(file), file.open("rb") as sealed:
            return decrypt(sealed, out, self.identities[item.key_id], item.item_id, item.commitment)


def seal(
    vault: Vault,
    things: Sequence[ToSeal],
    custodians: Sequence[Custodian],
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> dict[ToSeal, SealedItem]:
    """The things are sealed, source by source, each acknowledged in the ledger when it is on disk.

    A source's key is the one that it has for these custodians and never had for anybody else, or a new one. `progress`
    is told how many things are done, and of how many. Raises UsageError without custodians or for a source that has
    withdrawn; SealBroken if a thing changed meanwhile; VaultNotWritable, LedgerDamaged.
    """
    if things and not custodians:
        raise UsageError("nobody could open what is sealed", remedy="Name custodians: consilience keys add.")
    done: dict[ToSeal, SealedItem] = {}
    with vault.writing():
        for source_id in sorted({thing.source_id for thing in things}):
            if source_id in vault.sealed.withdrawn:
                remedy = "Take its rows and files out of the case folder."
                raise UsageError("has withdrawn, so nothing of it is kept", where=source_id, remedy=remedy)
            key, is_new = _key_for(vault, source_id, custodians)
            sealed: list[SealedItem] = []
            for thing in (thing for thing in things if thing.source_id == source_id):
                done[thing] = _write_item(vault, thing, key)
                sealed.append(done[thing])
                if progress is not None:
                    progress(len(done), len(things))
            _settle(vault, sealed)
            vault.record(SEALED, [*([key.content()] if is_new else []), *(item.content() for item in sealed)], at)
    return done


def clear(vault: Vault, acts: Sequence[int], at: datetime) -> None:
    """The clear copies that these `preserved` acts speak of are gone, and a tombstone says that this was meant.

    The tombstone comes first: a removal that is broken off is ended by whoever writes next.
    """
    if acts:
        with vault.writing():
            vault.record(SEALED, [cleared_content(acts)], at)
            vault.settle_removals()


def begin_opening(
    vault: Vault,
    source_id: str,
    identities: Sequence[x25519.Identity],
    reason: str,
    at: datetime,
    where: str | None = None,
) -> Opening:
    """What is sealed of a source can be read, by the first of these private keys that fits, and the ledger says so.

    `where` names the folder that it will go to, if it goes to one. Raises UsageError for a source of which nothing is
    sealed, or that has withdrawn, or without a reason; KeysUnusable if no key fits; SealBroken, VaultNotWritable,
    LedgerDamaged. Where it raises, nothing was opened.
    """
    if not reason.strip():
        raise UsageError("an unsealing needs a reason", remedy="Say why with --reason: it stands in the ledger.")
    _living_keys(vault, source_id)
    with vault.writing():  # whoever withdraws comes before, and nothing opens, or finds this act
        keys, items = _living_keys(vault, source_id), vault.sealed.items_of(source_id)
        opened = [open_key(vault, key, identities) for key in keys]
        custodians = sorted({custodian for _, custodian in opened})
        names = [item.item_id for item in items]
        contents = [opened_content(source_id, names, custodian, reason, where) for custodian in custodians]
        vault.record(UNSEALED, contents, at)
    by_key = {key.key_id: identity for key, (identity, _) in zip(keys, opened, strict=True)}
    return Opening(vault.folder / sealed_files.FOLDER, items, by_key)


def _living_keys(vault: Vault, source_id: str) -> tuple[SealedKey, ...]:
    """A source's keys. Raises UsageError for one that has withdrawn, or has none."""
    if source_id in vault.sealed.withdrawn:
        what = "has withdrawn: its keys were destroyed, and nobody can open anything of it any more"
        raise UsageError(what, where=source_id, remedy="`consilience vault history` says when.")
    if not (keys := tuple(vault.sealed.keys_of(source_id))):
        raise UsageError("nothing is sealed of this source", where=source_id, remedy="Check the source_id.")
    return keys


def forget(
    vault: Vault, source_id: str, acts: Sequence[int], releases: Sequence[Mapping[str, object]], at: datetime
) -> None:
    """A source has withdrawn: its keys are destroyed, its clear copies of these `preserved` acts removed.

    The tombstone is recorded first, and with it, all or none, what `releases` says of files that lie there already
    without its words; from then on the source is out of every run, whatever happens to this one.
    """
    with vault.writing():
        keys = [key.key_id for key in vault.sealed.keys_of(source_id)]
        vault.record(WITHDRAWN, [withdrawn_content(source_id, keys, acts), *releases], at)
        vault.settle_removals()


def new_name() -> str:
    """A random name, as sealed things and the tokens of a locked case bear."""
    return secrets.token_hex(NAME_BYTES)


def _key_for(vault: Vault, source_id: str, custodians: Sequence[Custodian]) -> tuple[SealedKey, bool]:
    """The key for these custodians, and whether it is new; a new one is on disk and not yet in the ledger."""
    recipients = tuple(sorted({custodian.recipient for custodian in custodians}))
    for key in reversed(vault.sealed.keys_of(source_id)):
        if key.custodians == recipients and not key.dropped:
            return key, False
    identity, key_id = x25519.Identity.generate(), new_name()
    wrapped = wrap(identity, key_id, recipients)
    write_key(vault, key_id, wrapped)
    public = str(identity.to_public())
    return SealedKey(key_id, source_id, public, digest_bytes(wrapped), len(wrapped), recipients, key_id), True


def write_key(vault: Vault, file_id: str, wrapped: bytes) -> None:
    """A wrapped key lies in a new file of that name, and lasts; no act tells of it yet. The caller is in `writing`."""
    folder = vault.folder / sealed_files.FOLDER
    path = folder / sealed_files.key_path(file_id)
    make_folder(folder)
    make_folder(path.parent)
    write_file(folder / sealed_files.HALF_WRITTEN, path, wrapped)
    sync_folder(path.parent)


def _write_item(vault: Vault, thing: ToSeal, key: SealedKey) -> SealedItem:
    label = new_label(thing.kind, thing.source_id, thing.path, thing.digest, thing.size_bytes)
    item_id = new_name()
    folder = vault.folder / sealed_files.FOLDER
    path = folder / sealed_files.item_path(item_id)
    make_folder(path.parent)
    with new_file(folder / sealed_files.HALF_WRITTEN, path) as descriptor:
        out = _ToDisk(descriptor)
        with thing.content() as content:
            out.take(lambda: encrypt(label, content, out, key.recipient))
    return SealedItem(item_id, key.key_id, label.commitment(), out.digest(), out.size)


def _settle(vault: Vault, items: Sequence[SealedItem]) -> None:
    folder = vault.folder / sealed_files.FOLDER
    for path in sorted({sealed_files.item_path(item.item_id).parent for item in items}):
        sync_folder(folder / path)


def open_key(vault: Vault, key: SealedKey, identities: Sequence[x25519.Identity]) -> tuple[x25519.Identity, str]:
    """The source's secret key, and the recipient of the custodian who opened it. Raises KeysUnusable if none of these
    can; SealBroken, VaultNotWritable."""
    path = vault.folder / sealed_files.FOLDER / sealed_files.key_path(key.file_id)
    with explained(path):
        wrapped = path.read_bytes()
    for custodian in identities:
        recipient = str(custodian.to_public())
        if recipient in key.custodians:
            return unwrap(wrapped, key.key_id, key.recipient, custodian), recipient
    what = "none of the private keys on this machine is one of a custodian of this source"
    raise KeysUnusable(what, where=key.source_id, remedy="Ask one of the custodians to unseal it.")


class _ToDisk:
    """A descriptor that is written to through age, and what went there."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._state = hashlib.sha256()
        self._refused: OSError | None = None
        self.size = 0

    def write(self, data: bytes) -> int:
        """All of it."""
        try:
            write_all(self._descriptor, data)
        except OSError as err:
            self._refused = err  # age hides what the disk said: `take` says it again
            raise
        self._state.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self, encrypting: Callable[[], None]) -> None:
        """Encrypts, and raises what the disk said where it refused."""
        try:
            encrypting()
        except (pyrage.EncryptError, OSError) as err:
            if self._refused is not None:
                raise self._refused from None
            remedy = "See that every file of the case can be read, then run again: nothing was removed."
            raise SealBroken(
                "can't be read, so it was not sealed", where="a thing of a sealed source", remedy=remedy
            ) from err
        if self._refused is not None:  # the last write of all: age ends as if nothing had been said
            raise self._refused

    def digest(self) -> Digest:
        """Of all that was written."""
        return Digest("sha256:" + self._state.hexdigest())
