"""One's own keys: made, added to, listed, recovered; and the vault of a case, opened with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consilience.errors import UsageError
from consilience.vault.keyring import (
    Custodian,
    Keyring,
    add_custodian,
    add_stamp_root,
    add_verifier,
    default_folder,
    exposed,
    initialise,
    planned,
    recover,
)
from consilience.vault.notes import COSIGNATURE, Verifier
from consilience.vault.store import Vault
from consilience.vault.timestamps import pinned_roots


def own_keyring(folder: Path | None = None) -> Keyring:
    """The user's keys, in their usual folder if none is named; empty where there are none. Raises KeysUnusable."""
    return Keyring.open(default_folder() if folder is None else folder)


def open_vault(case: Path) -> Vault:
    """The vault of a case; what is written to it is signed if the user has a signing key. Raises as `Vault.open`."""
    return Vault.open(case, own_keyring().signer)


@dataclass(frozen=True, slots=True)
class KeysMade:
    """What `make_keys` wrote, or would have written, below which folder; then the keyring as it is."""

    folder: Path
    files: tuple[str, ...]
    written: bool
    keyring: Keyring

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        return {"folder": str(self.folder), "files": list(self.files), "written": self.written, **public(self.keyring)}


def make_keys(folder: Path | None, name: str | None, *, yes: bool) -> KeysMade:
    """A signing key and a custodian's key are there; without `yes` it only says what would be written.

    What is there is never written over. Raises KeysUnusable, UsageError, VaultNotWritable.
    """
    where = default_folder() if folder is None else folder
    files = planned(where)
    keyring = initialise(where, name) if yes and files else Keyring.open(where)
    return KeysMade(where, files, yes, keyring)


def add_key(folder: Path | None, name: str, key: str) -> str:
    """Somebody's public key is in the keyring; gives what it is good for. Raises UsageError, KeysUnusable.

    `key` is an age recipient, which makes a custodian; a verifier's NAME+NUMBER+KEY, which must bear that name; or a
    PEM file with the root certificate of a timestamp authority.
    """
    where = default_folder() if folder is None else folder
    if key.endswith(".pem"):
        add_stamp_root(where, name, Path(key))
        return "a timestamp authority: stamps under its root are believed"
    if key.startswith("age1"):
        add_custodian(where, Custodian(name, key))
        return "a custodian: what is sealed from now on can be opened with their key too"
    verifier = Verifier.read(key)
    if verifier.name != name:
        raise UsageError(
            f"this key is of {verifier.name}: a signer's or witness's key begins with its name, and NAME must be that",
            where=name, remedy=f"If that is whom you mean: consilience keys add {verifier.name} KEY.",
        )  # fmt: skip
    add_verifier(where, verifier)
    witness = verifier.kind == COSIGNATURE
    return "a witness: its cosignatures are known" if witness else "a signer: its checkpoints are known"


def recover_keys(folder: Path | None, name: str, file: Path) -> str:
    """A custodian's private key from elsewhere lies in the keyring; gives whose it is.

    Raises UsageError, KeysUnusable, VaultNotWritable.
    """
    custodians = recover(default_folder() if folder is None else folder, name, file)
    if not custodians:
        return "of nobody among the present custodians: it opens only what was sealed to it before"
    return "of " + ", ".join(custodian.name for custodian in custodians)


def public(keyring: Keyring) -> dict[str, Any]:
    """All that may be shown of a keyring, as JSON values: no secret is among it."""
    signer = keyring.signer
    return {
        "signer": None if signer is None else signer.verifier.text,
        "witness": None if signer is None else signer.verifier.as_witness.text,
        "opens": [str(identity.to_public()) for identity in keyring.identities()],
        "custodians": [{"name": one.name, "recipient": one.recipient} for one in keyring.custodians],
        "known": [verifier.text for verifier in keyring.verifiers],
        "stamp_roots": [root.subject.rfc4514_string() for root in pinned_roots(keyring)],
        "open_to_others": [str(file) for file in exposed(keyring.folder)],
    }
