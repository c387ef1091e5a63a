"""The chain of custody as the ledger tells it: of a whole case, or of one exhibit and every version of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consilience.errors import UsageError
from consilience.quantities import canonical_json, iso_utc
from consilience.vault.acts import COPIED, PRESERVED, REPAIRED, Act, read_preserved
from consilience.vault.custody import EVENTS
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
    concerned = acts if exhibit is None else _concerning(acts, exhibit)
    return tuple(Event(act, _by(act.content), _WORDS.get(act.kind, _plainly)(act)) for act in concerned)


def _concerning(acts: Sequence[Act], exhibit: str) -> Iterator[Act]:
    kept = [(act.index, read_preserved(act)) for act in acts if act.kind == PRESERVED]
    versions = [(index, said) for index, said in kept if exhibit in (str(said.path), said.digest)]
    if not versions:
        remedy = (
            "Name it by its path in the case folder or by its digest, sha256:…, as `vault history CASE` lists them."
        )
        raise UsageError("no such exhibit was ever kept", where=exhibit, remedy=remedy)
    digests = {said.digest for _, said in versions}
    names = {exhibit, *digests, *(str(place_of(EXHIBITS, digest)) for digest in digests)}
    first = min(index for index, _ in versions)
    return (act for act in acts if _names_any(act.content, names) or _covers(act, first))


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


def _preserved(act: Act) -> str:
    said = read_preserved(act)
    earlier = "" if said.supersedes is None else f", a later version of {said.supersedes}"
    return f"{said.path}, {said.role}, {said.size_bytes} bytes, {said.digest}{earlier}"


def _copied(act: Act) -> str:
    if "acts" not in act.content:
        incidents = act.content.get("incidents")
        which = ", ".join(map(str, incidents)) if isinstance(incidents, list) else ""
        return f"a bundle of {which} for {act.content.get('to') or 'whom the act does not say'}"
    return f"all that was kept up to then ({act.content.get('acts')} acts) to {act.content.get('where')}"


def _repaired(act: Act) -> str:
    content = act.content
    return f"{content.get('path')} ({content.get('fault')}): {content.get('how')}, by {content.get('from')}"


def _custody(act: Act) -> str:
    """An event of custody: the exhibit, and each other field that says something."""
    exhibit = act.content.get("exhibit")
    path = exhibit.get("path") if isinstance(exhibit, Mapping) else exhibit
    told = {name: value for name, value in act.content.items() if name not in ("by", "exhibit") and value is not None}
    return f"{path}" + "".join(f"; {name} {_in_words(value)}" for name, value in told.items())


def _in_words(value: object) -> object:
    return value.get("path") if isinstance(value, Mapping) else value


def _plainly(act: Act) -> str:
    """The content of a kind that has no words of its own here, as it stands."""
    return canonical_json(dict(act.content)).decode()


_WORDS: dict[str, Callable[[Act], str]] = {
    PRESERVED: _preserved,
    COPIED: _copied,
    REPAIRED: _repaired,
    **dict.fromkeys(EVENTS, _custody),
}
"""What an act of a kind says, in one line."""
