"""The acts that a ledger records, and their bodies: canonical JSON with a salt.

A body is `{"content": {…}, "kind": "…", "recorded_at": "…Z", "salt": "…", "schema": "consilience.act/1"}` in RFC 8785
form. The kinds are below; one that this version does not know is read and kept.
The salt lets a body be withheld later without betraying it: without the salt, its hash can't be guessed from a file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from types import MappingProxyType

from consilience.errors import LedgerDamaged, UsageError
from consilience.quantities import Digest, canonical_json, iso_utc
from consilience.vault.tiles import MAX_BODY_BYTES

SCHEMA = "consilience.act/1"
PRESERVED = "preserved"
DESCRIBED = "described"
DECIDED = "decided"
WITHDRAWN = "withdrawn"
PUBLISHED = "published"
SEALED = "sealed"
UNSEALED = "unsealed"
COPIED = "copied"
REPAIRED = "repaired"
COLLECTED = "collected"
RECEIVED = "received"
OPENED = "opened"
REDACTED = "redacted"
INTRODUCED = "introduced"
COSIGNED = "cosigned"
TIMESTAMPED = "timestamped"

SALT_BYTES = 16
"""128 bits, the least that RFC 9901 (SD-JWT), section 9.3, recommends for a salted digest."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the ledger: its place in it from 0, what was done, and when (UTC, to the second)."""

    index: int
    kind: str
    recorded_at: datetime
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PreservedFile:
    """What a `preserved` act says: this file of the case had these bytes, and they are kept.

    `role` is "table" or "exhibit"; `supersedes` the version of the same path that was kept before, or None.
    """

    path: PurePosixPath
    digest: Digest
    size_bytes: int
    role: str
    supersedes: Digest | None

    def content(self) -> dict[str, object]:
        """As it stands in the act. A name that isn't UTF-8 stands as the hex of its bytes, under `path_hex`."""
        raw = str(self.path).encode("utf-8", "surrogateescape")
        try:
            name = {"path": raw.decode("utf-8")}
        except UnicodeDecodeError:
            name = {"path_hex": raw.hex()}
        return {
            **name,
            "digest": self.digest,
            "size_bytes": self.size_bytes,
            "role": self.role,
            "supersedes": self.supersedes,
        }


def body_of(kind: str, content: Mapping[str, object], at: datetime) -> bytes:
    """The bytes of a new act, with a fresh salt: two calls never give the same.

    Raises UsageError if the time has no offset, if the content is no JSON, or if the body is over 65,535 bytes.
    """
    if at.tzinfo is None:
        raise UsageError(
            "an act's time needs an offset from UTC", where=f"{kind} act", remedy="Write it as 2017-04-04T09:30+03:00."
        )
    salt = os.urandom(SALT_BYTES).hex()
    act = {"content": dict(content), "kind": kind, "recorded_at": iso_utc(at), "salt": salt, "schema": SCHEMA}
    try:
        body = canonical_json(act)
    except ValueError as err:
        remedy = "Say it in text, numbers, lists and names alone."
        raise UsageError(f"content can't be written as JSON: {err}", where=f"{kind} act", remedy=remedy) from err
    if len(body) > MAX_BODY_BYTES:
        what = f"an act of {len(body)} bytes is too long; at most {MAX_BODY_BYTES} are possible"
        raise UsageError(what, where=f"{kind} act", remedy="Preserve the long part as a file and cite its digest.")
    return body


def read_act(index: int, body: bytes) -> Act:
    """The act in a body. Raises LedgerDamaged if it is none of ours."""
    try:
        act = json.loads(body)
        if act["schema"] != SCHEMA:
            raise LedgerDamaged(
                f"written in a form that this version does not know: {act['schema']!r}",
                where=f"act {index}",
                remedy="Open this case with the version that wrote it, or a newer one.",
            )
        moment = datetime.fromisoformat(act["recorded_at"])
        return Act(index, str(act["kind"]), moment, MappingProxyType(dict(act["content"])))
    except (ValueError, KeyError, TypeError) as err:
        raise LedgerDamaged("is not an act", where=f"act {index}") from err


def read_preserved(act: Act) -> PreservedFile:
    """What a `preserved` act says. Raises LedgerDamaged if it does not say it."""
    content = act.content
    try:
        raw = bytes.fromhex(str(content["path_hex"])) if "path_hex" in content else str(content["path"]).encode()
        return PreservedFile(
            path=PurePosixPath(raw.decode("utf-8", "surrogateescape")),
            digest=_digest(content["digest"]),
            size_bytes=int(str(content["size_bytes"])),
            role=str(content["role"]),
            supersedes=None if content["supersedes"] is None else _digest(content["supersedes"]),
        )
    except (ValueError, KeyError) as err:
        raise LedgerDamaged("does not say what was preserved", where=f"act {act.index}") from err


def _digest(value: object) -> Digest:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(value)
    return Digest(value)
