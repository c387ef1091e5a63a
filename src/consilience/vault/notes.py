"""Signed notes: a text, and under it a line for each key that signed it, so that other software can check them too.

The format is C2SP's signed-note (c2sp.org/signed-note) with its Ed25519 signatures (type 0x01) and the timestamped
cosignatures of c2sp.org/tlog-cosignature (type 0x04); keys stand as in Go's golang.org/x/mod/sumdb/note. Stricter than
the specification in one thing: base64 must be the one canonical form, so that no byte of a note can change unseen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consilience.errors import KeysUnusable, LedgerDamaged, UsageError

ED25519 = 0x01
"""Signature type of a plain Ed25519 signature over the text."""
COSIGNATURE = 0x04
"""Signature type of a witness: Ed25519 over `cosignature/v1`, a time, and the text."""

_COSIGNED = b"cosignature/v1\n"
_KEY_BYTES = 32
_ID_BYTES = 4
_TIME_BYTES = 8
_LATEST = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that a datetime holds."""
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_LINE = re.compile("— ([^ \n]+) ([A-Za-z0-9+/]+={0,2})")
_PRIVATE = "PRIVATE+KEY+"
_ANEW = "Keep this one as it is, and take another copy from where it was made."


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key, the name under which it signs, and the type of its signatures: ED25519 or COSIGNATURE."""

    name: str
    key: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4] (signed-note, "Signatures")."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """As people hand it on: `name+id+base64(type ‖ key)`."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.key)}"

    @property
    def as_witness(self) -> Verifier:
        """The same key and name, for cosignatures."""
        return Verifier(self.name, self.key, COSIGNATURE)

    @classmethod
    def read(cls, text: str) -> Verifier:
        """What `text` gave. Raises KeysUnusable."""
        name, stated_id, data = _split_key(text)
        kind = data[0]
        if kind not in (ED25519, COSIGNATURE):
            remedy = "Ask its owner for an Ed25519 key, or use a newer version of Consilience."
            raise KeysUnusable(f"a key of a type that this version does not know: {kind}", where=name, remedy=remedy)
        verifier = cls(name, data[1:], kind)
        if verifier.text != text or verifier.key_id != stated_id:
            raise KeysUnusable("its name, number and key do not belong together", where=name)
        return verifier

    def check(self, text: bytes, signature: Signature) -> datetime | None:
        """The signature is this key's over the text; gives its time, which plain ones lack. Raises LedgerDamaged."""
        where = f"signature of {self.name}"
        if (signature.name, signature.key_id) != (self.name, self.key_id):
            raise LedgerDamaged("is of another key", where=where, remedy=_ANEW)
        at, raw = None, signature.data
        if self.kind == COSIGNATURE:
            seconds, raw = int.from_bytes(raw[:_TIME_BYTES], "big"), raw[_TIME_BYTES:]
            if seconds > _LATEST:
                raise LedgerDamaged("has an impossible time", where=where, remedy=_ANEW)
            at, text = datetime.fromtimestamp(seconds, UTC), _cosigned(text, seconds)
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(raw, text)
        except InvalidSignature as err:
            raise LedgerDamaged("does not fit the text: one of them was altered", where=where, remedy=_ANEW) from err
        return at


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: who signed, by name and number of the key, and the signature's bytes."""

    name: str
    key_id: bytes
    data: bytes

    @property
    def line(self) -> bytes:
        """`— name base64(id ‖ signature)`, with its newline."""
        return f"— {self.name} {_base64(self.key_id + self.data)}\n".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures, in order; without any it is the text alone."""

    text: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def bytes(self) -> bytes:
        """As it stands in a file."""
        return self.text + (b"\n" + b"".join(one.line for one in self.signatures) if self.signatures else b"")

    def by(self, verifier: Verifier) -> tuple[Signature, ...]:
        """The signatures that claim to be this key's; they are not checked."""
        return tuple(one for one in self.signatures if (one.name, one.key_id) == (verifier.name, verifier.key_id))


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key that signs under a name. Its text is secret; its representation shows the name alone."""

    name: str
    _seed: bytes = field(repr=False)

    @classmethod
    def new(cls, name: str | None = None) -> Signer:
        """A fresh key. Without a name it bears its own number, which tells nobody who or where you are.

        Raises UsageError for a name that a note can't hold.
        """
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        if name is None:
            name = "consilience/" + hashlib.sha256(cls("", seed).verifier.key).hexdigest()[:12]
        return cls(checked_name(name), seed)

    @classmethod
    def read(cls, text: str) -> Signer:
        """What `text` gave. Raises KeysUnusable, which repeats nothing of it but the name."""
        if not text.startswith(_PRIVATE):
            raise KeysUnusable("is not a signing key")
        name, stated_id, data = _split_key(text.removeprefix(_PRIVATE))
        signer = cls(name, data[1:])
        if data[0] != ED25519 or signer.verifier.key_id != stated_id:
            raise KeysUnusable("its name, number and key do not belong together", where=name)
        return signer

    @property
    def text(self) -> str:
        """As it is kept: `PRIVATE+KEY+name+id+base64(type ‖ seed)`. Secret."""
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{_base64(bytes([ED25519]) + self._seed)}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw())

    def sign(self, text: bytes) -> Signature:
        """A plain signature over a text. Raises UsageError for a text that could pass for a cosignature's."""
        if text.startswith(_COSIGNED):
            remedy = "Sign another text: this one would pass for a witness's."
            raise UsageError("a text that begins as a cosignature does is not signed as it stands", remedy=remedy)
        return Signature(self.name, self.verifier.key_id, self._key().sign(text))

    def cosign(self, text: bytes, at: datetime) -> Signature:
        """A witness's signature over a checkpoint's text, at a time, to the second."""
        seconds = int(at.timestamp())
        signed = self._key().sign(_cosigned(text, seconds))
        return Signature(self.name, self.verifier.as_witness.key_id, seconds.to_bytes(_TIME_BYTES, "big") + signed)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed)


def read_note(data: bytes) -> Note:
    """The note that these bytes are, to the last of them. Raises LedgerDamaged if they are none."""
    text, gap, lines = data.rpartition(b"\n\n")
    if not gap:
        text, lines = data.removesuffix(b"\n"), b""
    note = Note(text + b"\n", tuple(_signatures(lines)))
    if not text or note.bytes != data or any(byte < 0x20 and byte != 0x0A for byte in data):
        raise LedgerDamaged("is not a note: a byte of it was altered", remedy=_ANEW)
    return note


def checked_name(name: str) -> str:
    """The name, if a note can hold it. Raises UsageError."""
    if not _NAME.fullmatch(name):
        remedy = "Choose another, such as office.example."
        raise UsageError("a key's name is 1 to 200 characters without spaces or +", where=repr(name), remedy=remedy)
    return name


def _signatures(lines: bytes) -> Sequence[Signature]:
    found = []
    for line in lines.decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise LedgerDamaged("is not a note: a signature line was altered", remedy=_ANEW)
        data = _unbase64(match[2])
        found.append(Signature(match[1], data[:_ID_BYTES], data[_ID_BYTES:]))
    return found


def _cosigned(text: bytes, seconds: int) -> bytes:
    """What a witness signs (tlog-cosignature, "Ed25519 signed message")."""
    return _COSIGNED + f"time {seconds}\n".encode() + text


def _split_key(text: str) -> tuple[str, bytes, bytes]:
    """Name, number, and type with key. Raises KeysUnusable."""
    name, _, rest = text.partition("+")
    number, _, data = rest.partition("+")
    if not _NAME.fullmatch(name) or not re.fullmatch(r"[0-9a-f]{8}", number):
        raise KeysUnusable("is not a key: it should be NAME+NUMBER+KEY")
    raw = _unbase64(data)
    if len(raw) != 1 + _KEY_BYTES:
        raise KeysUnusable("is not a key of 32 bytes", where=name)
    return name, bytes.fromhex(number), raw


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    """The bytes; none where the text is no base64, which no reader here takes for a key or a signature."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
