"""The chain of custody as the ledger tells it: of a whole case, of one exhibit and its versions, of a sealed one.

What each act says in a sentence stands in `act_words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from consilience.errors import UsageError
from consilience.quantities import iso_utc
from consilience.vault.act_words import sentence_of
from consilience.vault.acts import COPIED, PRESERVED, SEALED, WITHDRAWN, Act, read_preserved
from consilience.vault.sealed_acts import item_of
from consilience.vault.shelves import EXHIBITS, place_of


@dataclass(frozen=True, slots=True)
class Event:
    """One act as a line: its index, when it was recorded, its kind, who did it (a pseudonym, or None), and what."""

    act: Act
    by: str | None
    what: str

    def as_json(self) -> dict[str, object]:
        """JSON values: the content as the ledger has it."""
        return {
            "act": self.act.index,
            "recorded_at": iso_utc(self.act.recorded_at),
            "kind": self.act.kind,
            "by": self.by,
            "what": self.what,
            "content": dict(self.act.content),
        }


def history(acts: Sequence[Act], exhibit: str | None = None) -> tuple[Event, ...]:
    """The acts in order; with `exhibit`, a path of the case or a digest, those that concern it or a version of it.

    A copy of the whole vault concerns what had been kept by then. Raises UsageError if no such exhibit was ever kept.
    """
    return tuple(_event(act) for act in (acts if exhibit is None else _concerning(acts, exhibit)))


def was_kept(acts: Sequence[Act], exhibit: str) -> bool:
    """Whether an act says that something of this path or digest was kept in clear."""
    return any(exhibit in (str(said.path), said.digest) for said in map(read_preserved, _of_kind(acts, PRESERVED)))


def history_of_sealed(acts: Sequence[Act], items: Set[str]) -> tuple[Event, ...]:
    """The acts that concern these sealed things: their sealing, the keys that they are under, every opening, the
    withdrawal of their sources; and copies of the whole vault made since."""
    mine = [(act, item) for act in acts if (item := item_of(act)) is not None and item.item_id in items]
    keys = {item.key_id for _, item in mine}
    first = min((act.index for act, _ in mine), default=len(acts))
    names = {*items, *keys}
    return tuple(_event(act) for act in acts if _names_sealed(act, names) or _covers(act, first))


def _names_sealed(act: Act, names: set[str]) -> bool:
    """An item's act names its key too: of the key's other items nothing is told."""
    item = item_of(act)
    return item.item_id in names if item is not None else _names_any(act.content, names)


def _of_kind(acts: Sequence[Act], kind: str) -> Iterator[Act]:
    return (act for act in acts if act.kind == kind)


def _event(act: Act) -> Event:
    return Event(act, _by(act.content), sentence_of(act))


def _concerning(acts: Sequence[Act], exhibit: str) -> Iterator[Act]:
    kept = [(act.index, read_preserved(act)) for act in _of_kind(acts, PRESERVED)]
    versions = [(index, said) for index, said in kept if exhibit in (str(said.path), said.digest)]
    if not versions:
        remedy = (
            "Name it by its path in the case folder or by its digest, sha256:…, as `vault history CASE` lists them; a "
            "sealed one by the row that cites it, sealed:accounts/A01. One that stands in clear is known after a run."
        )
        raise UsageError("no such exhibit was ever kept", where=exhibit, remedy=remedy)
    digests = {said.digest for _, said in versions}
    names = {exhibit, *digests, *(str(place_of(EXHIBITS, digest)) for digest in digests)}
    indices = {index for index, _ in versions}
    return (
        act for act in acts
        if _names_any(act.content, names) or _covers(act, min(indices)) or _clears(act, indices)
    )  # fmt: skip


def _clears(act: Act, indices: Set[int]) -> bool:
    """Whether the tombstone of clear copies names one of these acts."""
    numbers = act.content.get("acts")
    return act.kind in (SEALED, WITHDRAWN) and isinstance(numbers, list) and not indices.isdisjoint(numbers)


def _covers(act: Act, index: int) -> bool:
    count = act.content.get("acts")
    return act.kind == COPIED and isinstance(count, int) and count > index


def _names_any(value: object, names: set[str]) -> bool:
    """Whether any text within a JSON value is one of the names."""
    if isinstance(value, Mapping):
        return any(_names_any(part, names) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_names_any(part, names) for part in value)
    return isinstance(value, str) and value in names


def _by(content: Mapping[str, object]) -> str | None:
    by = content.get("by")
    return by if isinstance(by, str) else None
