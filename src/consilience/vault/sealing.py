"""One thing encrypted to one key, so that neither name nor size says what it is.

A sealed file is an age file (age-encryption.org/v1: X25519, HKDF-SHA-256, ChaCha20-Poly1305) to one recipient. What is
encrypted is a label in canonical JSON, the bytes themselves, and zeros up to a padded length. The label holds 128
random bits; its SHA-256 is the commitment that the ledger keeps: whoever has a file can't tell from it that we hold
it, and whoever opens the sealed file can show that it is what was sealed then.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import pyrage
from pyrage import x25519

from consilience.errors import SealBroken, UsageError
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.vault.acts import SALT_BYTES

MAGIC = b"consilience.sealed/1\n"
_LENGTH_BYTES = 8
LEAST_BYTES = 4096
"""What is smaller is padded to this. Our choice: every row of names then looks like every other."""
_LONGEST_LABEL = 1 << 16
_BLOCK = 1 << 20
_REMEDY = "Restore .consilience from a copy, and find out what changed it."

IDENTITY = "identity"
EXHIBIT = "exhibit"
CELLS = "cells"


@dataclass(frozen=True, slots=True)
class Label:
    """What a sealed thing is: `kind` IDENTITY (the rows of a source in the table of names), EXHIBIT, or CELLS.

    `path` is relative to the case, `digest` and `size_bytes` are of the bytes before sealing; `salt` is hex. CELLS are
    what stood in cells of the table at `path` before the case was locked: JSON, each token with its text.
    """

    kind: str
    source_id: str
    path: str
    digest: Digest
    size_bytes: int
    salt: str

    def as_bytes(self) -> bytes:
        """RFC 8785 JSON."""
        return canonical_json({name: getattr(self, name) for name in self.__slots__})

    def commitment(self) -> Digest:
        """What the ledger holds of it."""
        return digest_bytes(self.as_bytes())


class Written(Protocol):
    """What takes bytes: a file that is open for writing, or one's own."""

    def write(self, data: bytes, /) -> int:
        """Takes the bytes, says how many."""
        ...

    def flush(self) -> None:
        """Holds nothing back any more."""
        ...


def new_label(kind: str, source_id: str, path: str, digest: Digest, size_bytes: int) -> Label:
    """A label with a fresh salt."""
    return Label(kind, source_id, path, digest, size_bytes, os.urandom(SALT_BYTES).hex())


def padded(length: int) -> int:
    """The length to which so many bytes are padded: Padmé (Nikitin et al. 2019, PURBs, PoPETs 2019(4), algorithm 1).

    It costs at most 12 % and lets out O(log log length) bits, where the length itself would let out log length.
    """
    length = max(length, LEAST_BYTES)
    exponent = length.bit_length() - 1
    kept_bits = exponent.bit_length()
    mask = (1 << (exponent - kept_bits)) - 1
    return (length + mask) & ~mask


def encrypt(label: Label, content: BinaryIO, out: Written, recipient: str) -> None:
    """The sealed file is written to `out`, in blocks, and holds the bytes that the label speaks of.

    Raises SealBroken if `content` is of another digest or size, UsageError if the recipient is none.
    """
    plain = _Plain(label, content)
    pyrage.encrypt_io(plain, out, [recipient_of(recipient)])
    if plain.passed.seen() != (label.size_bytes, label.digest):
        where = f"a thing of source {label.source_id}"
        raise SealBroken("changed between being read and being sealed", where=where, remedy="Run again.")


def decrypt(sealed: BinaryIO, out: Written, identity: x25519.Identity, item_id: str, commitment: Digest) -> Label:
    """The bytes go to `out`, and the label comes back; they count only once this has returned. Raises what `out` does.

    Raises SealBroken if the file is not to this key, is damaged, or holds another thing than the ledger's commitment.
    """
    opened = _Opened(out)
    try:
        pyrage.decrypt_io(sealed, opened, [identity])
        label = opened.label()
    except (pyrage.DecryptError, ValueError, KeyError, TypeError, OSError) as err:
        if opened.refused is not None:
            raise opened.refused from None
        raise SealBroken(
            f"can't be opened: {type(err).__name__}", where=f"sealed item {item_id}", remedy=_REMEDY
        ) from err
    if opened.refused is not None:  # age may end as if nothing had been said
        raise opened.refused
    if label.commitment() != commitment:
        raise SealBroken("is another thing than the ledger says", where=f"sealed item {item_id}", remedy=_REMEDY)
    if opened.passed.seen() != (label.size_bytes, label.digest):
        raise SealBroken("holds other bytes than it says", where=f"sealed item {item_id}", remedy=_REMEDY)
    return label


def wrap(identity: x25519.Identity, key_id: str, custodians: Sequence[str]) -> bytes:
    """A source's secret key, encrypted to every custodian. Raises UsageError for a recipient that is none."""
    secret = canonical_json({"schema": "consilience.key/1", "key": key_id, "identity": str(identity)})
    return bytes(pyrage.encrypt(secret, [recipient_of(custodian) for custodian in custodians]))


def unwrap(wrapped: bytes, key_id: str, recipient: str, custodian: x25519.Identity) -> x25519.Identity:
    """The secret key of this recipient. Raises SealBroken if the custodian can't open it, or it is another."""
    try:
        said = json.loads(pyrage.decrypt(wrapped, [custodian]))
        identity = x25519.Identity.from_str(said["identity"])
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError, KeyError, TypeError) as err:
        remedy = "Ask a custodian to whom it was sealed: consilience keys list shows whose keys are known."
        raise SealBroken("can't be opened with this custodian's key", where=f"key {key_id}", remedy=remedy) from err
    if said["key"] != key_id or str(identity.to_public()) != recipient:
        raise SealBroken("is another key than the ledger says", where=f"key {key_id}", remedy=_REMEDY)
    return identity


def recipient_of(text: str) -> x25519.Recipient:
    """The age recipient that a text names. Raises UsageError."""
    try:
        return x25519.Recipient.from_str(text)
    except pyrage.RecipientError as err:
        remedy = "Give an age recipient, which begins with age1."
        raise UsageError("a custodian's recipient is none", where=repr(text), remedy=remedy) from err


class _Hashed:
    """Counts and digests what passes."""

    def __init__(self) -> None:
        self._state, self._size = hashlib.sha256(), 0

    def add(self, block: bytes) -> bytes:
        self._state.update(block)
        self._size += len(block)
        return block

    def seen(self) -> tuple[int, str]:
        """Size and digest of all that passed."""
        return self._size, "sha256:" + self._state.hexdigest()


class _Plain:
    """What is encrypted, as a stream: magic, length of the label, label, content, zeros."""

    def __init__(self, label: Label, content: BinaryIO) -> None:
        written = label.as_bytes()
        head = MAGIC + len(written).to_bytes(_LENGTH_BYTES, "big") + written
        self._head = io.BytesIO(head)
        self._content = content
        self._zeros = padded(len(head) + label.size_bytes) - len(head) - label.size_bytes
        self.passed = _Hashed()

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes more; none at the end."""
        size = _BLOCK if size < 0 else size
        block = self._head.read(size)
        if not block:
            block = self.passed.add(self._content.read(size))
        if not block:
            block = bytes(min(size, self._zeros))
            self._zeros -= len(block)
        return block


class _Opened:
    """Takes what was decrypted: keeps the label, hands on the content, drops the zeros."""

    def __init__(self, out: Written) -> None:
        self._out = out
        self._start = bytearray()
        self._label: Label | None = None
        self._left = 0
        self.passed = _Hashed()
        self.refused: OSError | None = None

    def write(self, data: bytes) -> int:
        """Takes all of it. ValueError if it is no sealed thing; what `out` raises, which is kept too."""
        rest = bytes(data)
        if self._label is None:
            self._start += rest
            rest = self._begin()
        block, zeros = rest[: self._left], rest[self._left :]
        self._left -= len(block)
        try:
            self._out.write(self.passed.add(block))
        except OSError as err:
            self.refused = err
            raise
        if zeros.strip(b"\0"):
            raise ValueError("padding is not zeros")
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def label(self) -> Label:
        """What it was. ValueError if that never came."""
        if self._label is None:
            raise ValueError("there is no label")
        return self._label

    def _begin(self) -> bytes:
        """The label, as soon as it is whole, and what came after it."""
        head = len(MAGIC) + _LENGTH_BYTES
        if not self._start.startswith(MAGIC[: len(self._start)]):
            raise ValueError("not a sealed thing")
        end = head + int.from_bytes(self._start[len(MAGIC) : head], "big")
        if len(self._start) < head:
            return b""
        if end - head > _LONGEST_LABEL:
            raise ValueError("the label is too long")
        if len(self._start) < end:
            return b""
        self._label = _read_label(bytes(self._start[head:end]))
        self._left = self._label.size_bytes
        rest = bytes(self._start[end:])
        self._start.clear()
        return rest


def _read_label(written: bytes) -> Label:
    said = json.loads(written)
    return Label(**{name: said[name] for name in Label.__slots__})
