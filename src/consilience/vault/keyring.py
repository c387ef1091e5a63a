"""The keys of one person or organisation: a folder of theirs, never in a case.

    signing.key          the Ed25519 key that signs checkpoints (notes.Signer.text)
    identities/*.key     age private keys, as age-keygen writes them: whoever has one opens what is sealed to it
    custodians           who can open what is sealed from now on: a name and an age recipient, a line each
    verifiers            public keys of others, a line each (notes.Verifier.text): ledgers and witnesses one knows
    tsa-roots/*.pem      the roots of timestamp authorities that one trusts
    witnessed/           what one has cosigned last, of each ledger (vault.witness)
    roles                what one may do, a role a line; not read here (casework.roles)

All of it may be absent. Folders are 0700, files 0600.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.x509 import load_pem_x509_certificates
from pyrage import IdentityError, RecipientError
from pyrage.x25519 import Identity, Recipient

from consilience.errors import KeysUnusable, UsageError
from consilience.vault.durable import explained, make_folder, sync_folder, write_file
from consilience.vault.lock import only_writer
from consilience.vault.notes import Signer, Verifier, checked_name

ENVIRONMENT = "CONSILIENCE_KEYS"
SIGNING_KEY = "signing.key"
IDENTITIES = "identities"
OWN_IDENTITY = f"{IDENTITIES}/custodian.key"
CUSTODIANS = "custodians"
VERIFIERS = "verifiers"
TSA_ROOTS = "tsa-roots"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Custodian:
    """Someone who can open what is sealed: a name, and an age recipient (`age1…`)."""

    name: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Keyring:
    """What the folder of keys holds, read at `open`; private age keys are read only when asked for."""

    folder: Path
    signer: Signer | None
    custodians: tuple[Custodian, ...]
    verifiers: tuple[Verifier, ...]

    @classmethod
    def open(cls, folder: Path) -> Keyring:
        """The keys in a folder; none where there is no such folder. Raises KeysUnusable, naming file and line."""
        text = _read(folder / SIGNING_KEY)
        signer = None if text is None else _at(folder / SIGNING_KEY, 1, Signer.read, text.strip())
        return cls(
            folder=folder,
            signer=signer,
            custodians=tuple(_lines(folder / CUSTODIANS, _custodian)),
            verifiers=tuple(_lines(folder / VERIFIERS, Verifier.read)),
        )

    def identities(self) -> list[Identity]:
        """The age private keys on this machine, maybe none. Raises KeysUnusable, which repeats nothing of them."""
        files = sorted((self.folder / IDENTITIES).glob("*.key"))
        return [identity for file in files for identity in read_identities(file)]

    def knows(self, verifier: Verifier) -> bool:
        """Whether this public key is one's own or was added as somebody's, for whatever type of signature."""
        own = () if self.signer is None else (self.signer.verifier,)
        return any((one.name, one.key) == (verifier.name, verifier.key) for one in (*own, *self.verifiers))


def default_folder() -> Path:
    """Where keys lie: $CONSILIENCE_KEYS, or `consilience/keys` in the user's configuration folder.

    That is $XDG_CONFIG_HOME or ~/.config (XDG Base Directory Specification 0.8); on macOS ~/Library/Application
    Support.
    """
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "consilience" / "keys"
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "consilience" / "keys"


def read_identities(file: Path) -> list[Identity]:
    """The age private keys in a file, as age-keygen writes it. Raises KeysUnusable, which repeats nothing of them."""
    if not file.exists():
        raise KeysUnusable("is not there", where=str(file), remedy="Name a file that age-keygen wrote.")
    found = list(_lines(file, _identity))
    if not found:
        remedy = "Give a file that age-keygen wrote: a line of it begins with AGE-SECRET-KEY-1."
        raise KeysUnusable("holds no age private key", where=str(file), remedy=remedy)
    return found


def planned(folder: Path) -> tuple[str, ...]:
    """The files that `initialise` would write; none if all is there. Raises as `Keyring.open` does."""
    keyring = Keyring.open(folder)
    signing = () if keyring.signer else (SIGNING_KEY,)
    identity = () if keyring.custodians or (folder / OWN_IDENTITY).exists() else (OWN_IDENTITY,)
    return signing + identity + (() if keyring.custodians else (CUSTODIANS,))


def initialise(folder: Path, name: str | None = None) -> Keyring:
    """A keyring with a signing key and a custodian: what is absent is made, what is there stays as it is.

    Without a name the keys bear a number. Raises KeysUnusable, UsageError for an impossible name, VaultNotWritable.
    """
    with _writing(folder):
        keyring = Keyring.open(folder)
        signer = keyring.signer or Signer.new(name)
        if keyring.signer is None:
            _write(folder / SIGNING_KEY, signer.text + "\n")
        if not keyring.custodians:
            make_folder(folder / IDENTITIES)
            own = folder / OWN_IDENTITY
            identity = read_identities(own)[0] if own.exists() else Identity.generate()
            recipient = str(identity.to_public())
            if not own.exists():
                _write(own, f"# public key: {recipient}\n{identity}\n")
            _write(folder / CUSTODIANS, f"{signer.name if name is None else name} {recipient}\n")
    return Keyring.open(folder)


def recover(folder: Path, name: str, file: Path) -> tuple[Custodian, ...]:
    """The age private keys in a file lie in the keyring under that name; gives those custodians whose keys they are.

    The file itself stays where it is. Raises KeysUnusable if it holds no key, UsageError if the name is impossible or
    taken, or if the keys are there already; VaultNotWritable.
    """
    target, found = folder / IDENTITIES / f"{_file_name(name)}.key", read_identities(file)
    with _writing(folder):
        keyring = Keyring.open(folder)
        if target.exists():
            raise UsageError("is there already", where=str(target), remedy="Give another --name.")
        here = set(map(str, keyring.identities()))
        new = [identity for identity in found if str(identity) not in here]
        if not new:
            remedy = "There is nothing to do."
            raise UsageError("the keys in it are in the keyring already", where=str(file), remedy=remedy)
        make_folder(folder / IDENTITIES)
        _write(target, "".join(f"# public key: {one.to_public()}\n{one}\n" for one in new))
    recipients = {str(identity.to_public()) for identity in new}
    return tuple(custodian for custodian in keyring.custodians if custodian.recipient in recipients)


def exposed(folder: Path) -> list[Path]:
    """Secret files that others than their owner may read or write."""
    secret = [folder / SIGNING_KEY, *sorted((folder / IDENTITIES).glob("*.key"))]
    return [file for file in secret if file.exists() and file.stat().st_mode & 0o077]


def add_custodian(folder: Path, custodian: Custodian) -> None:
    """One more who can open what is sealed from now on.

    Raises UsageError if the name is impossible or taken, KeysUnusable if the recipient is none, VaultNotWritable.
    """
    line = f"{checked_name(custodian.name)} {_recipient(custodian.recipient)}"
    with _writing(folder):
        for other in Keyring.open(folder).custodians:
            if custodian.name == other.name or custodian.recipient == other.recipient:
                remedy = (
                    f"If it is the same, there is nothing to do; if not, give another name. They stand in {CUSTODIANS}."
                )
                raise UsageError("is a custodian already", where=f"{other.name} {other.recipient}", remedy=remedy)
        _append(folder / CUSTODIANS, line)


def add_verifier(folder: Path, verifier: Verifier) -> None:
    """One more public key that one knows. Raises UsageError if it is there, or its name with another key is."""
    with _writing(folder):
        for other in Keyring.open(folder).verifiers:
            if other == verifier or (other.name == verifier.name and other.key != verifier.key):
                remedy = f"If they have a new key, ask them by another way, then take the old line out of {VERIFIERS}."
                raise UsageError("is there already", where=other.text, remedy=remedy)
        _append(folder / VERIFIERS, verifier.text)


def add_stamp_root(folder: Path, name: str, file: Path) -> None:
    """The certificates in a PEM file are pinned: stamps of timestamp authorities under them are believed.

    Raises UsageError if the name is impossible or taken, KeysUnusable if the file holds no certificate.
    """
    data = _read(file)
    if data is None:
        raise KeysUnusable(
            "is not there", where=str(file), remedy="Name the authority's file, or a key itself: age1..."
        )
    try:
        load_pem_x509_certificates(data.encode())
    except ValueError as err:
        remedy = "Ask the authority for its root certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----."
        raise KeysUnusable("holds no certificate in PEM form", where=str(file), remedy=remedy) from err
    target = folder / TSA_ROOTS / f"{_file_name(name)}.pem"
    with _writing(folder):
        if target.exists():
            raise UsageError("is there already", where=str(target), remedy="Give another name.")
        make_folder(folder / TSA_ROOTS)
        _write(target, data)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """The folder is there, and this process's alone."""
    for parent in [*reversed(folder.parents), folder]:
        if not parent.exists():
            make_folder(parent)
    with only_writer(folder / "lock"):
        yield


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        remedy = "Give a name of at most 100 of these that begins with a letter or a digit."
        raise UsageError(
            "a name for a file of keys is letters, digits, dots and hyphens", where=repr(name), remedy=remedy
        )
    return name


def _append(file: Path, line: str) -> None:
    before = _read(file) or ""
    _write(file, before + ("" if before.endswith("\n") or not before else "\n") + line + "\n")


def _write(file: Path, text: str) -> None:
    write_file(file.parent / "incoming.part", file, text.encode())
    sync_folder(file.parent)


def _read(file: Path) -> str | None:
    """The file's text; None if there is none."""
    try:
        with explained(file):
            return file.read_text("utf-8") if file.exists() else None
    except UnicodeDecodeError as err:
        raise KeysUnusable(
            "is no text", where=str(file), remedy="Give a text file, or restore it from a copy."
        ) from err


def _lines(file: Path, read: Callable[[str], T]) -> Iterator[T]:
    """What each line of a file says; empty ones and those that begin with # say nothing."""
    for number, line in enumerate((_read(file) or "").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield _at(file, number, read, line.strip())


def _at(file: Path, number: int, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except KeysUnusable as err:
        remedy = "Restore the file from a copy, or take the line out if you know why it is there."
        raise KeysUnusable(err.what, where=f"{file}, line {number}", remedy=remedy) from err


def _custodian(line: str) -> Custodian:
    name, _, recipient = line.partition(" ")
    return Custodian(name, _recipient(recipient.strip()))


def _recipient(text: str) -> str:
    try:
        return str(Recipient.from_str(text))
    except RecipientError as err:
        remedy = "Copy it whole: the custodian sees it with `consilience keys list`."
        what = (
            "is no age recipient: that is age1 and 58 letters and digits after it, and none may be missing or another"
        )
        raise KeysUnusable(what, where=text or None, remedy=remedy) from err


def _identity(line: str) -> Identity:
    try:
        return Identity.from_str(line)
    except IdentityError:
        raise KeysUnusable("is no age private key") from None
