"""What the ledger says of sealed things: which keys there are, what is encrypted to them, and what is gone for ever.

Nothing in these acts leads to a person: keys and items have random names, and an item stands there as a salted
commitment, which only what lies encrypted beside it can open (docs/formats/sealed-format.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from consilience.errors import LedgerDamaged
from consilience.quantities import Digest
from consilience.vault.acts import SEALED, WITHDRAWN, Act

KEY = "consilience.sealed_key/1"
ITEM = "consilience.sealed_item/1"
WRAPPED_ANEW = "consilience.wrapped_anew/1"
CLEARED = "consilience.cleared/1"
CONSENT_WITHDRAWN = "consilience.consent_withdrawn/1"
OPENED = "consilience.unsealed/1"

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A source's own key: `recipient` is public; the secret half lies wrapped to the custodians, in a file of this
    digest and size. `file_id` names that file: the key itself, until it is wrapped anew. `dropped` are custodians whom
    an earlier file of it was for and this one is not: each may have kept the key."""

    key_id: str
    source_id: str
    recipient: str
    wrapped: Digest
    size_bytes: int
    custodians: tuple[str, ...]
    file_id: str
    dropped: frozenset[str] = frozenset()

    def content(self) -> dict[str, object]:
        """As it stands in a `sealed` act."""
        return {
            "schema": KEY,
            "key": self.key_id,
            "source_id": self.source_id,
            "recipient": self.recipient,
            "wrapped": self.wrapped,
            "size_bytes": self.size_bytes,
            "custodians": list(self.custodians),
        }


@dataclass(frozen=True, slots=True)
class WrappedAnew:
    """A source's key in a new file, for other custodians; the file before it, `replaces`, is destroyed.

    `opened_by` is the recipient of the custodian with whose key it was opened for that.
    """

    key_id: str
    file_id: str
    replaces: str
    wrapped: Digest
    size_bytes: int
    custodians: tuple[str, ...]
    opened_by: str

    def content(self) -> dict[str, object]:
        """As it stands in a `sealed` act."""
        return {
            "schema": WRAPPED_ANEW,
            "key": self.key_id,
            "file": self.file_id,
            "replaces": self.replaces,
            "wrapped": self.wrapped,
            "size_bytes": self.size_bytes,
            "custodians": list(self.custodians),
            "opened_by": self.opened_by,
        }


@dataclass(frozen=True, slots=True)
class SealedItem:
    """One thing encrypted to a key: where it lies, how large it is there, and the commitment to what it is."""

    item_id: str
    key_id: str
    commitment: Digest
    ciphertext: Digest
    size_bytes: int

    def content(self) -> dict[str, object]:
        """As it stands in a `sealed` act."""
        return {
            "schema": ITEM,
            "item": self.item_id,
            "key": self.key_id,
            "commitment": self.commitment,
            "ciphertext": self.ciphertext,
            "size_bytes": self.size_bytes,
        }


@dataclass(frozen=True, slots=True)
class SealedState:
    """All that holds now. `cleared` are the numbers of `preserved` acts whose clear copy was removed on purpose;
    `replaced` the files of keys that were wrapped anew since, with their keys."""

    keys: Mapping[str, SealedKey] = field(default_factory=dict)
    items: Mapping[str, SealedItem] = field(default_factory=dict)
    destroyed: frozenset[str] = frozenset()
    replaced: Mapping[str, str] = field(default_factory=dict)
    cleared: frozenset[int] = frozenset()
    withdrawn: frozenset[str] = frozenset()

    def keys_of(self, source_id: str) -> tuple[SealedKey, ...]:
        """A source's keys that were not destroyed, oldest first."""
        return tuple(
            key for key in self.keys.values() if key.source_id == source_id and key.key_id not in self.destroyed
        )

    def items_of(self, source_id: str) -> tuple[SealedItem, ...]:
        """What is encrypted to a source's keys that were not destroyed, oldest first."""
        keys = {key.key_id for key in self.keys_of(source_id)}
        return tuple(item for item in self.items.values() if item.key_id in keys)

    def key_files_destroyed(self) -> frozenset[str]:
        """Files of wrapped keys that may lie nowhere any more: of destroyed keys, and those that were replaced."""
        destroyed = {self.keys[key].file_id if key in self.keys else key for key in self.destroyed}
        return frozenset(self.replaced) | destroyed

    def key_files_replaced(self) -> frozenset[str]:
        """Of those, the ones whose key lives on in a newer file."""
        return frozenset(file_id for file_id, key in self.replaced.items() if key not in self.destroyed)

    def sources(self) -> frozenset[str]:
        """Sources that have a key that was not destroyed."""
        return frozenset(key.source_id for key in self.keys.values() if key.key_id not in self.destroyed)


def cleared_content(acts: Sequence[int]) -> dict[str, object]:
    """The tombstone of clear copies: it names their `preserved` acts, and so says nothing that these do not."""
    return {"schema": CLEARED, "acts": sorted(acts)}


def withdrawn_content(source_id: str, keys: Sequence[str], acts: Sequence[int]) -> dict[str, object]:
    """The tombstone of a source: its keys, which are destroyed, and the `preserved` acts of its clear copies."""
    return {"schema": CONSENT_WITHDRAWN, "source_id": source_id, "keys": sorted(keys), "acts": sorted(acts)}


def opened_content(
    source_id: str, items: Sequence[str], custodian: str, reason: str, where: str | None
) -> dict[str, object]:
    """Who opened what of whom, why, and into which folder; it is recorded before anything is shown."""
    place = {} if where is None else {"where": where}
    return {
        **place,
        "schema": OPENED,
        "source_id": source_id,
        "items": sorted(items),
        "custodian": custodian,
        "reason": reason,
    }


def sealed_state(acts: Iterable[Act]) -> SealedState:
    """What the acts, oldest first, come to. Raises LedgerDamaged for one of ours that does not say what it must."""
    keys: dict[str, SealedKey] = {}
    items: dict[str, SealedItem] = {}
    destroyed: set[str] = set()
    replaced: dict[str, str] = {}
    cleared: set[int] = set()
    withdrawn: set[str] = set()
    for act in acts:
        said, schema = act.content, act.content.get("schema") if act.kind in (SEALED, WITHDRAWN) else None
        try:
            if schema == KEY:
                keys[_name(said["key"])] = _key(said)
            elif schema == WRAPPED_ANEW:
                anew = _wrapped_anew(said)
                replaced[anew.replaces] = anew.key_id
                if anew.key_id in keys:  # of a damaged ledger the act of the key itself may be lost
                    keys[anew.key_id] = _in_new_file(keys[anew.key_id], anew)
            elif schema == ITEM:
                items[_name(said["item"])] = _item(said)
            elif schema == CONSENT_WITHDRAWN:
                withdrawn.add(str(said["source_id"]))
                destroyed |= {_name(key) for key in _list(said["keys"])}
            if schema in (CLEARED, CONSENT_WITHDRAWN):
                cleared |= {int(str(number)) for number in _list(said["acts"])}
        except (KeyError, ValueError, TypeError) as err:
            raise LedgerDamaged("does not say what was sealed", where=f"act {act.index}") from err
    return SealedState(keys, items, frozenset(destroyed), replaced, frozenset(cleared), frozenset(withdrawn))


def key_file_of(act: Act) -> tuple[str, Digest, int] | None:
    """Name, digest and size of the file of a wrapped key that a `sealed` act tells of; None for any other act.

    Raises LedgerDamaged as `sealed_state` does.
    """
    try:
        if act.kind == SEALED and act.content.get("schema") == KEY:
            key = _key(act.content)
            return key.file_id, key.wrapped, key.size_bytes
        if act.kind == SEALED and act.content.get("schema") == WRAPPED_ANEW:
            anew = _wrapped_anew(act.content)
            return anew.file_id, anew.wrapped, anew.size_bytes
    except (KeyError, ValueError, TypeError) as err:
        raise LedgerDamaged("does not say what was sealed", where=f"act {act.index}") from err
    return None


def item_of(act: Act) -> SealedItem | None:
    """The thing that a `sealed` act tells of; None for any other act. Raises LedgerDamaged."""
    if act.kind != SEALED or act.content.get("schema") != ITEM:
        return None
    try:
        return _item(act.content)
    except (KeyError, ValueError, TypeError) as err:
        raise LedgerDamaged("does not say what was sealed", where=f"act {act.index}") from err


def whose(acts: Iterable[Act]) -> dict[int, str]:
    """By the number of each act that cites a sealed file, whose it is and what, in words; the pseudonym alone.

    Of a damaged ledger the act of a key may be lost: of what is under it nobody knows whose it is, and it is not there.
    """
    read = tuple(acts)
    state = sealed_state(read)
    found: dict[int, str] = {}
    for act in read:
        item = item_of(act)
        is_key = item is None and key_file_of(act) is not None
        key = state.keys.get(item.key_id if item else str(act.content["key"])) if item or is_key else None
        if key is not None:
            found[act.index] = (
                f"{'something sealed' if item else 'the key to what is sealed'} of source {key.source_id}"
            )
    return found


def _in_new_file(key: SealedKey, anew: WrappedAnew) -> SealedKey:
    return replace(
        key, wrapped=anew.wrapped, size_bytes=anew.size_bytes, custodians=anew.custodians, file_id=anew.file_id,
        dropped=(key.dropped | set(key.custodians)) - set(anew.custodians),
    )  # fmt: skip


def _wrapped_anew(said: Mapping[str, object]) -> WrappedAnew:
    return WrappedAnew(
        key_id=_name(said["key"]),
        file_id=_name(said["file"]),
        replaces=_name(said["replaces"]),
        wrapped=_digest(said["wrapped"]),
        size_bytes=int(str(said["size_bytes"])),
        custodians=tuple(str(custodian) for custodian in _list(said["custodians"])),
        opened_by=str(said["opened_by"]),
    )


def _key(said: Mapping[str, object]) -> SealedKey:
    return SealedKey(
        key_id=_name(said["key"]),
        source_id=str(said["source_id"]),
        recipient=str(said["recipient"]),
        wrapped=_digest(said["wrapped"]),
        size_bytes=int(str(said["size_bytes"])),
        custodians=tuple(str(custodian) for custodian in _list(said["custodians"])),
        file_id=_name(said["key"]),
    )


def _item(said: Mapping[str, object]) -> SealedItem:
    return SealedItem(
        item_id=_name(said["item"]),
        key_id=_name(said["key"]),
        commitment=_digest(said["commitment"]),
        ciphertext=_digest(said["ciphertext"]),
        size_bytes=int(str(said["size_bytes"])),
    )


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _name(value: object) -> str:
    """A random name: it becomes part of a path, so nothing else may stand there."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(value)
    return value


def _digest(value: object) -> Digest:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(value)
    return Digest(value)
