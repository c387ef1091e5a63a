"""Trusted times (RFC 3161): an authority signs that it saw the hash of a checkpoint at a moment.

What is stamped is the checkpoint's text, its three lines without signatures, hashed with SHA-256. Request and response
are files: nothing here reaches for a network. The response is kept in the ledger as an act, whole, so it can be
checked for as long as its authority's root certificate is at hand. A stamp is believed only under a root that the user
has put into the keyring (`tsa-roots/*.pem`): those that come with a response vouch for nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from consilience.errors import KeysUnusable, LedgerDamaged, UsageError
from consilience.vault.acts import TIMESTAMPED, Act
from consilience.vault.checkpoints import checkpoint_text
from consilience.vault.durable import explained
from consilience.vault.keyring import TSA_ROOTS, Keyring
from consilience.vault.proofs import prefix_roots

_SHA256 = "2.16.840.1.101.3.4.2.1"
"""Its object identifier (NIST, Computer Security Objects Register)."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A stamp in the ledger: act `act` says that the first `size` acts were there at `at`.

    `root` names the pinned certificate under which that was checked; None: by none of them, so it is a bare claim.
    """

    act: int
    size: int
    at: datetime
    root: str | None


def timestamp_request(leaves: Sequence[bytes], text: bytes) -> bytes:
    """The request (TimeStampReq, DER) for a checkpoint's text, with certificates and without a nonce.

    A nonce would show that an answer is to this very request; here any stamp of this text will do, an older one too.
    Raises UsageError for an empty ledger.
    """
    if not leaves:
        raise UsageError("an empty ledger can't be stamped", remedy="Run the case first.")
    builder = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256)
    return bytes(builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes())


def pinned_roots(keyring: Keyring) -> tuple[Certificate, ...]:
    """The certificates in `tsa-roots/*.pem`. Raises KeysUnusable."""
    found = list[Certificate]()
    for file in sorted((keyring.folder / TSA_ROOTS).glob("*.pem")):
        found += _certificates(file)
    return tuple(found)


def timestamped_content(
    response: bytes, leaves: Sequence[bytes], roots: Sequence[Certificate]
) -> tuple[dict[str, object], datetime]:
    """The content of the act that a response makes, and the time that it states.

    The response must stamp a checkpoint of this ledger: the newest that fits is taken. Raises LedgerDamaged if none
    does, or it does not hold; KeysUnusable if no pinned root vouches for it.
    """
    decoded = _decoded(response, "timestamp response")
    size = _size_stamped(decoded, leaves)
    if _vouching(decoded, roots) is None:
        remedy = f"Put its authority's root certificate, from a source that you trust, into the folder {TSA_ROOTS}."
        raise KeysUnusable(
            "no root certificate that you pinned vouches for it", where="timestamp response", remedy=remedy
        )
    return {"response": base64.b64encode(response).decode(), "size": size}, decoded.tst_info.gen_time


def timestamps(acts: Sequence[Act], leaves: Sequence[bytes], roots: Sequence[Certificate]) -> list[Timestamp]:
    """Every stamp in the ledger, each checked to be of the acts that it covers; `root` says whether it is believed.

    Raises LedgerDamaged.
    """
    found = [act for act in acts if act.kind == TIMESTAMPED]
    sizes = [size for act in found if isinstance(size := act.content.get("size"), int)]
    prefixes = prefix_roots(leaves, sizes)
    return [_timestamp(act, leaves, prefixes, roots) for act in found]


def _timestamp(
    act: Act, leaves: Sequence[bytes], prefixes: dict[int, bytes], roots: Sequence[Certificate]
) -> Timestamp:
    where = f"act {act.index}"
    try:
        size = int(str(act.content["size"]))
        response = base64.b64decode(str(act.content["response"]), validate=True)
        text = checkpoint_text(leaves[:1], size, prefixes[size])
    except (KeyError, ValueError) as err:
        raise LedgerDamaged("does not say what was stamped", where=where) from err
    decoded = _decoded(response, where)
    if _stamped(decoded) != hashlib.sha256(text).digest() or not 0 < size <= act.index:
        raise LedgerDamaged("stamps something else than it says", where=where)
    return Timestamp(act.index, size, decoded.tst_info.gen_time, _vouching(decoded, roots))


def _decoded(response: bytes, where: str) -> TimeStampResponse:
    try:
        decoded = decode_timestamp_response(response)
        decoded.tst_info  # noqa: B018 (read now, since a refusal has none)
    except ValueError as err:
        raise LedgerDamaged(f"is no granted timestamp response: {err}", where=where) from err
    return decoded


def _stamped(decoded: TimeStampResponse) -> bytes | None:
    """The SHA-256 digest that was stamped; None if it is one of another function."""
    imprint = decoded.tst_info.message_imprint
    return imprint.message if imprint.hash_algorithm.dotted_string == _SHA256 else None


def _size_stamped(decoded: TimeStampResponse, leaves: Sequence[bytes]) -> int:
    """Of how many acts the stamped checkpoint is. Raises LedgerDamaged if it is none of this ledger's."""
    stamped = _stamped(decoded)
    for size, root in sorted(prefix_roots(leaves, range(1, len(leaves) + 1)).items(), reverse=True):
        if hashlib.sha256(checkpoint_text(leaves[:1], size, root)).digest() == stamped:
            return size
    remedy = "Give the answer to a request that `vault timestamp --request` made of this case."
    raise LedgerDamaged("stamps no checkpoint of this ledger", where="timestamp response", remedy=remedy)


def _vouching(decoded: TimeStampResponse, roots: Sequence[Certificate]) -> str | None:
    """The subject of the pinned root under which the response holds at the time that it states; None if none."""
    for root in roots:
        try:
            VerifierBuilder(roots=[root]).build().verify(decoded, decoded.tst_info.message_imprint.message)
        except (VerificationError, ValueError):  # the latter for a certificate in it that can't be read
            continue
        return root.subject.rfc4514_string()
    return None


def _certificates(file: Path) -> Iterator[Certificate]:
    with explained(file):
        data = file.read_bytes()
    try:
        yield from load_pem_x509_certificates(data)
    except ValueError as err:
        remedy = "Save the root certificate of the authority as PEM: consilience keys add NAME FILE.pem."
        raise KeysUnusable(f"holds no certificate: {err}", where=str(file), remedy=remedy) from err
