"""A second organisation's signature under a checkpoint: it saw this ledger, of this size, then, and none that differs.

The exchange is that of c2sp.org/tlog-witness, by files instead of HTTP. The owner exports a request: a checkpoint, and
the proof that it is the witness's last one with acts added. The witness checks it against what it cosigned last, and
answers with a note that bears its cosignature. The owner's import of that is an act in the ledger.

    old <size>            the last checkpoint that the witness cosigned, 0 for none
    <hash, base64>        …the consistency proof, a line each
    (empty)
    <checkpoint>          a signed note

A witness never sees an act: a checkpoint tells nothing but how many there are.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from consilience.errors import KeysUnusable, LedgerDamaged, UsageError
from consilience.vault.acts import COSIGNED, Act
from consilience.vault.checkpoints import Checkpoint, checkpoint_text, read_checkpoint
from consilience.vault.durable import explained, make_folder, sync_folder, write_file
from consilience.vault.keyring import Keyring
from consilience.vault.lock import only_writer
from consilience.vault.notes import COSIGNATURE, ED25519, Note, Signature, Verifier, read_note
from consilience.vault.proofs import check_consistency, consistency_proof, prefix_roots
from consilience.vault.tiles import merkle_root

WITNESSED = "witnessed"
"""Folder of the keyring: for each ledger, under the hash of its first act, the note that one cosigned last."""

_OLD = re.compile(rb"old (0|[1-9]\d{0,14})")
_REQUEST = "witness request"
_ASK_OWNER = "Cosign nothing; ask its owner for the file that `vault checkpoint --out` writes, and keep this one."
_ASK_WITNESS = "Record nothing; ask the witness for its answer to your last request, and keep this one."


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness's cosignature in the ledger: act `act` says that `by` saw the first `size` acts at `at`."""

    act: int
    size: int
    by: Verifier
    at: datetime


def request(leaves: Sequence[bytes], note: Note, old_size: int) -> bytes:
    """What a witness is asked: the checkpoint over all acts, and the proof since the one that it cosigned last.

    Raises UsageError for an empty ledger, or one that was never that large.
    """
    if not leaves:
        raise UsageError("an empty ledger can't be witnessed", remedy="Run the case first.")
    proof = b"".join(base64.b64encode(one) + b"\n" for one in consistency_proof(leaves, old_size))
    return f"old {old_size}\n".encode() + proof + b"\n" + note.bytes


def read_request(data: bytes) -> tuple[int, tuple[bytes, ...], Checkpoint]:
    """Old size, proof and checkpoint of a request. Raises LedgerDamaged."""
    head, gap, note = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    match = _OLD.fullmatch(first)
    if match is None or not gap:
        raise LedgerDamaged("is not a request to a witness", where=_REQUEST, remedy=_ASK_OWNER)
    try:
        proof = tuple(base64.b64decode(line, validate=True) for line in lines)
    except binascii.Error as err:
        raise LedgerDamaged("its proof is not in base64", where=_REQUEST, remedy=_ASK_OWNER) from err
    if [base64.b64encode(one) for one in proof] != lines:
        what = "its proof is not in the one form of base64 that there is for it"
        raise LedgerDamaged(what, where=_REQUEST, remedy=_ASK_OWNER)
    return int(match[1]), proof, read_checkpoint(note, _REQUEST, _ASK_OWNER)


def cosign(keyring: Keyring, data: bytes, at: datetime) -> Note:
    """The request's checkpoint with the keyring's own cosignature, which the keyring remembers from then on.

    Raises KeysUnusable without a signing key, or if nobody whom the keyring knows signed the checkpoint; UsageError if
    the proof starts elsewhere than at the last checkpoint that this keyring cosigned; LedgerDamaged for a ledger that
    was forked, rolled back or rewritten since; VaultNotWritable.
    """
    if keyring.signer is None:
        raise KeysUnusable("there is no signing key", remedy="Make one: consilience keys init --yes.")
    old_size, proof, asked = read_request(data)
    _check_known(keyring, asked)
    folder = keyring.folder / WITNESSED
    make_folder(folder)
    with only_writer(keyring.folder / "lock"):
        file = folder / asked.origin.rpartition("/")[2]
        _check_follows(_last(file), old_size, proof, asked)
        note = Note(asked.note.text, (*asked.note.signatures, keyring.signer.cosign(asked.note.text, at)))
        write_file(folder / "incoming.part", file, note.bytes)
        sync_folder(folder)
    return note


def cosigned_contents(keyring: Keyring, leaves: Sequence[bytes], data: bytes) -> list[dict[str, object]]:
    """The contents of the acts that a witness's answer makes: one for each cosignature by a key that is known.

    Raises LedgerDamaged if the answer is not of this ledger or does not hold, KeysUnusable if no known key is in it.
    """
    answer = read_checkpoint(data, "witness's answer", _ASK_WITNESS)
    root = prefix_roots(leaves, [answer.size]).get(answer.size)
    if root is None or answer.note.text != checkpoint_text(leaves[:1], answer.size, root):
        what = "is of another ledger, or of another past of this one"
        raise LedgerDamaged(what, where="witness's answer", remedy=_ASK_WITNESS)
    contents = list[dict[str, object]]()
    for verifier in keyring.verifiers:
        for signature in answer.note.by(verifier) if verifier.kind == COSIGNATURE else ():
            verifier.check(answer.note.text, signature)
            contents.append({"key": verifier.text, "signature": _line(signature), "size": answer.size})
    if not contents:
        remedy = "Add the witness's key, as it told you: consilience keys add NAME KEY."
        raise KeysUnusable("bears no cosignature of a witness that you know", where="witness's answer", remedy=remedy)
    return contents


def cosignatures(acts: Sequence[Act], leaves: Sequence[bytes]) -> list[Cosigned]:
    """Every cosignature in the ledger, each checked against the acts that it covers. Raises LedgerDamaged."""
    found = [act for act in acts if act.kind == COSIGNED]
    roots = prefix_roots(leaves, [size for act in found if isinstance(size := act.content.get("size"), int)])
    return [_cosigned(act, leaves, roots) for act in found]


def last_witnessed(cosigned: Sequence[Cosigned]) -> int:
    """The size of the largest checkpoint that a witness cosigned; 0 if none did."""
    return max((one.size for one in cosigned), default=0)


def _cosigned(act: Act, leaves: Sequence[bytes], roots: dict[int, bytes]) -> Cosigned:
    where = f"act {act.index}"
    try:
        size, verifier = int(str(act.content["size"])), Verifier.read(str(act.content["key"]))
        text = checkpoint_text(leaves[:1], size, roots[size])
        (signature,) = read_note(text + b"\n" + str(act.content["signature"]).encode() + b"\n").signatures
    except (KeyError, ValueError, KeysUnusable, LedgerDamaged) as err:
        raise LedgerDamaged("does not say who cosigned what", where=where) from err
    at = verifier.check(text, signature)
    if at is None or not 0 < size <= act.index:
        raise LedgerDamaged("cosigns what was not there yet, or without a time", where=where)
    return Cosigned(act.index, size, verifier, at)


def _check_known(keyring: Keyring, asked: Checkpoint) -> None:
    """Somebody whom the keyring knows signed the checkpoint."""
    if asked.size == 0:
        raise UsageError("an empty ledger can't be witnessed", remedy="Ask its owner to run the case first.")
    known = False
    for verifier in keyring.verifiers:
        for signature in asked.note.by(verifier):
            verifier.check(asked.note.text, signature)
            known = known or verifier.kind == ED25519  # another witness vouches for nobody
    if not known:
        names = ", ".join(signature.name for signature in asked.note.signatures) or "nobody"
        remedy = "Ask its owner for the key by another way, then: consilience keys add NAME KEY."
        raise KeysUnusable(f"is signed by {names}, and by no key that you know", where=_REQUEST, remedy=remedy)


def _last(file: Path) -> Checkpoint | None:
    """What was cosigned last of a ledger; None if nothing was. Raises LedgerDamaged, VaultNotWritable."""
    with explained(file):
        data = file.read_bytes() if file.exists() else None
    return None if data is None else read_checkpoint(data, str(file))


def _check_follows(last: Checkpoint | None, old_size: int, proof: Sequence[bytes], asked: Checkpoint) -> None:
    """The checkpoint is the last one that was cosigned with acts added. Raises LedgerDamaged, UsageError."""
    size = 0 if last is None else last.size
    if asked.size < size:
        what = f"has {asked.size} acts, and you cosigned {size} of it before: acts are gone"
        raise LedgerDamaged(what, where=asked.origin, remedy="Cosign nothing; ask its owner, and keep this request.")
    if last is not None and last.note.text == asked.note.text:
        return  # asked once more for what one has signed
    if old_size != size:
        remedy = f"Ask for: consilience vault checkpoint CASE --out FILE --since {size}."
        raise UsageError(f"its proof starts at {old_size} acts, and you cosigned {size} last", remedy=remedy)
    check_consistency(size, merkle_root(()) if last is None else last.root, asked.size, asked.root, proof)


def _line(signature: Signature) -> str:
    return signature.line.decode().removesuffix("\n")
