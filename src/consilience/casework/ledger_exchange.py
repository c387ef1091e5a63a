"""A case's ledger and the outside: who signed and stamped it, and whether it is still what an earlier checkpoint said.

Files go out and come in; nothing here reaches for a network.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consilience.casework.acting_time import now
from consilience.casework.keys import open_vault, own_keyring
from consilience.errors import LedgerDamaged, UsageError
from consilience.quantities import iso_utc
from consilience.vault.acts import COSIGNED, TIMESTAMPED
from consilience.vault.against import Anchor, FalseTime, check_against, false_times
from consilience.vault.checkpoints import ORIGIN, read_checkpoint
from consilience.vault.durable import explained
from consilience.vault.keyring import Keyring
from consilience.vault.notes import Note, Verifier
from consilience.vault.signing import Signed
from consilience.vault.store import Vault
from consilience.vault.timestamps import (
    Timestamp,
    pinned_roots,
    timestamp_request,
    timestamped_content,
    timestamps,
)
from consilience.vault.witness import (
    Cosigned,
    cosign,
    cosignatures,
    cosigned_contents,
    last_witnessed,
    read_request,
    request,
)

_ROOT = re.compile(r"([0-9a-f]{64}) (0|[1-9]\d{0,14})")
"""A ledger's root as run.json names it: the hash, and of how many acts."""

_OTHER_FILE = "Give a file that `vault checkpoint --out` wrote, a witness's answer, or the run.json of a run."


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who vouches for a ledger of so many acts, and which of its times can't be true.

    `known` are those keys of signers and witnesses that the user's keyring knows.
    """

    acts: int
    root: str
    signed: Signed
    cosigned: tuple[Cosigned, ...]
    stamped: tuple[Timestamp, ...]
    false_times: tuple[FalseTime, ...]
    known: frozenset[Verifier]

    def lines(self) -> list[str]:
        """The same in words."""
        return [
            f"{self.acts} acts, root {self.root}",
            self.signed.said(self._named),
            *(f"cosigned up to act {c.size - 1} by {self._named(c.by)} at {iso_utc(c.at)}" for c in self.cosigned),
            *map(_stamped_in_words, self.stamped),
            *(f"a time that can't be true: {one}" for one in self.false_times),
        ]

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        cosigned = [self._key_json(one.by) | {"acts": one.size, "at": iso_utc(one.at)} for one in self.cosigned]
        signed = {
            "acts": self.signed.size,
            "by": list(map(self._key_json, self.signed.by)),
            "unsigned_after": self.signed.after,
        }
        return {
            "acts": self.acts,
            "root": self.root,
            "signed": signed,
            "cosigned": cosigned,
            "stamped": [{"acts": one.size, "at": iso_utc(one.at), "root": one.root} for one in self.stamped],
            "false_times": [{"first": one.first, "last": one.last, "why": one.why} for one in self.false_times],
        }

    def _key_json(self, key: Verifier) -> dict[str, Any]:
        return {"name": key.name, "key": key.text, "known": key in self.known}

    def _named(self, key: Verifier) -> str:
        return key.name if key in self.known else f"{key.name} (a key that your keyring does not know)"


def _stamped_in_words(stamp: Timestamp) -> str:
    by = f"under {stamp.root}" if stamp.root else "by an authority that your keyring does not pin: NOT CHECKED"
    return f"time-stamped up to act {stamp.size - 1} at {iso_utc(stamp.at)} {by}"


def vouched(case: Path, keys: Path | None = None, *, every: bool = False) -> Vouched:
    """Who vouches for a case's ledger: what the newest signed checkpoint, cosignatures and timestamps say, checked;
    `every` earlier signed checkpoint too. Raises LedgerDamaged, KeysUnusable."""
    return _vouched(Vault.open(case), own_keyring(keys), every=every)


def export_request(case: Path, out: Path, since: int | None) -> int:
    """The checkpoint of a case, with the proof for a witness since its last one, is in the file; gives where it starts.

    Without `since` the proof starts at the largest checkpoint that was cosigned. Raises UsageError, LedgerDamaged.
    """
    vault = Vault.open(case)
    old = last_witnessed(cosignatures(vault.acts(), vault.leaves())) if since is None else since
    _write(out, request(vault.leaves(), vault.checkpoint(), old))
    return old


def witness_request(file: Path, out: Path, keys: Path | None) -> str:
    """The answer to a request, with one's own cosignature, is in the file; gives what was cosigned, in words."""
    _refuse_if_there(out)
    note = cosign(own_keyring(keys), _read(file), now())
    _write(out, note.bytes)
    stated = read_checkpoint(note.bytes, str(out))
    return f"{stated.size} acts of {stated.origin}"


def import_cosignature(case: Path, file: Path, keys: Path | None) -> int:
    """A witness's answer is in the ledger; gives how many cosignatures were new to it."""
    vault, data = open_vault(case), _read(file)
    given = cosigned_contents(own_keyring(keys), vault.leaves(), data)
    with vault.writing():
        there = [dict(act.content) for act in vault.acts() if act.kind == COSIGNED]
        new = [one for one in given if one not in there]
        vault.record(COSIGNED, new, now())
    return len(new)


def export_timestamp_request(case: Path, out: Path) -> None:
    """A request to a timestamp authority, for the present checkpoint, is in the file."""
    vault = Vault.open(case)
    _write(out, timestamp_request(vault.leaves(), vault.checkpoint().text))


def import_timestamp(case: Path, file: Path, keys: Path | None) -> str:
    """An authority's response is in the ledger; gives the time that it states. Raises LedgerDamaged, KeysUnusable."""
    vault, roots = open_vault(case), pinned_roots(own_keyring(keys))
    content, at = timestamped_content(_read(file), vault.leaves(), roots)
    with vault.writing():
        if any(dict(act.content) == content for act in vault.acts() if act.kind == TIMESTAMPED):
            raise UsageError("is recorded already", where=str(file), remedy="Leave it: the ledger holds it.")
        vault.record(TIMESTAMPED, [content], now())
    return iso_utc(at)


def hold_against(case: Path, file: Path, keys: Path | None = None) -> list[str]:
    """The ledger is the one of an earlier checkpoint with acts added, and the acts added have times that can be true.

    The file may hold a checkpoint, a request to a witness or its answer, or be a run.json. Gives what holds, in words.
    Raises LedgerDamaged with the first thing that does not.
    """
    vault, keyring = Vault.open(case), own_keyring(keys)
    said = _check_file(vault, keyring, _of_known_kind(_read(file), str(file)), str(file))
    found = [one for one in _vouched(vault, keyring).false_times if one.last >= said[0]]
    if found:
        where = f"{len(found)} in the ledger after {said[0]} acts"
        remedy = "Ask who recorded these acts, and what their computer's clock showed."
        raise LedgerDamaged("a time that can't be true: " + "; ".join(map(str, found)), where=where, remedy=remedy)
    return said[1]


def _of_known_kind(data: bytes, name: str) -> bytes:
    """The bytes, if they can be any of the files that say what a ledger was: else nothing is wrong with the ledger.

    Raises UsageError for an empty file, and for one that begins as none of them does.
    """
    if not data.strip():
        raise UsageError("is empty, so it says nothing of the ledger", where=name, remedy=_OTHER_FILE)
    if not data.lstrip().startswith((b"{", b"old ", ORIGIN[:4].encode())):
        what = "is neither a checkpoint, nor a request to a witness or its answer, nor a run.json"
        raise UsageError(what, where=name, remedy=_OTHER_FILE)
    return data


def _check_file(vault: Vault, keyring: Keyring, data: bytes, name: str) -> tuple[int, list[str]]:
    """Of how many acts the file speaks, and what holds of it, in words."""
    leaves = vault.leaves()
    if data.lstrip().startswith(b"{"):
        size, root = _run_root(data, name)
        check_against(leaves, size, root)
        return size, _holds(size, len(leaves))
    stated = read_request(data)[2] if data.startswith(b"old ") else read_checkpoint(data, name, _OTHER_FILE)
    check_against(leaves, stated.size, stated.root, stated.origin)
    return stated.size, [*_holds(stated.size, len(leaves)), _signers_in_words(stated.note, keyring)]


def _signers_in_words(note: Note, keyring: Keyring) -> str:
    """Who signed an earlier checkpoint. Raises LedgerDamaged for a signature of a known key that does not fit."""
    own = () if keyring.signer is None else (keyring.signer.verifier, keyring.signer.verifier.as_witness)
    known = {(key.name, key.key_id): key for key in (*own, *keyring.verifiers)}
    names = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            key.check(note.text, signature)
        names.append(signature.name if key else f"{signature.name} (not checked: your keyring does not know the key)")
    return f"That checkpoint was signed by {', '.join(names) or 'nobody'}."


def _holds(size: int, now_there: int) -> list[str]:
    return [f"The first {size} acts are those of the earlier checkpoint; {now_there - size} were added since."]


def _run_root(data: bytes, name: str) -> tuple[int, bytes]:
    try:
        match = _ROOT.fullmatch(json.loads(data)["ledger_root"])
    except (ValueError, KeyError, TypeError) as err:
        raise LedgerDamaged("names no root of a ledger", where=name, remedy=_OTHER_FILE) from err
    if match is None:
        raise LedgerDamaged("names no root of a ledger", where=name, remedy=_OTHER_FILE)
    return int(match[2]), bytes.fromhex(match[1])


def _vouched(vault: Vault, keyring: Keyring, *, every: bool = False) -> Vouched:
    cosigned = cosignatures(vault.acts(), vault.leaves())
    stamped = timestamps(vault.acts(), vault.leaves(), pinned_roots(keyring))
    signed = vault.signed(every=every)
    anchors = [Anchor(one.act, one.size, one.at, one.by.name) for one in cosigned if keyring.knows(one.by)]
    anchors += [Anchor(one.act, one.size, one.at, one.root) for one in stamped if one.root is not None]
    keys = (*signed.by, *(one.by for one in cosigned))
    return Vouched(
        acts=len(vault.acts()),
        root=vault.root().split()[0],
        signed=signed,
        cosigned=tuple(cosigned),
        stamped=tuple(stamped),
        false_times=tuple(false_times(vault.acts(), anchors)),
        known=frozenset(key for key in keys if keyring.knows(key)),
    )


def _read(file: Path) -> bytes:
    with explained(file):
        return file.read_bytes()


def _refuse_if_there(out: Path) -> None:
    if out.exists():
        raise UsageError("is there already", where=str(out), remedy="Give a file that isn't.")


def _write(out: Path, data: bytes) -> None:
    with explained(out):
        try:
            stream = out.open("xb")
        except FileExistsError:
            _refuse_if_there(out)
            raise
        with stream:
            stream.write(data)
