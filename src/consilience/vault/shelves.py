"""Which files the ledger says are kept, folder by folder: what must lie there, and with which bytes.

A folder of `.consilience/` whose files acts cite is a shelf. `check`, `replicate` and `repair` know no others, so a
new folder of kept files needs a line in `SHELVES` and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from consilience.errors import LedgerDamaged
from consilience.quantities import Digest
from consilience.vault import sealed_files
from consilience.vault.acts import (
    COPIED,
    DECIDED,
    PRESERVED,
    REPAIRED,
    WITHDRAWN,
    Act,
    read_preserved,
)
from consilience.vault.release_acts import blanked_in, bound_cited, states_cited
from consilience.vault.sealed_acts import CONSENT_WITHDRAWN, item_of, key_file_of, sealed_state

EXHIBITS, QUARANTINE, OPENINGS = "exhibits", "quarantine", "openings"
PRIVILEGED, RELEASES, BOUND = "privileged", "releases", "bound"
SEALED_FOLDER = sealed_files.FOLDER

_NAME = re.compile(r"[a-z]+/([0-9a-f]{2})/([0-9a-f]{62})")
_DIGEST = re.compile(r"sha256:([0-9a-f]{2})([0-9a-f]{62})")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that must lie at `path` below `.consilience/`, with these bytes, because `acts` (by index) cite it.

    `size_bytes` is None where the acts do not say it.
    """

    path: PurePosixPath
    digest: Digest
    size_bytes: int | None
    acts: tuple[int, ...]


def _nothing(_acts: Sequence[Act]) -> Iterable[PurePosixPath]:
    return ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """How one folder is read off the acts.

    `held` gives what was put there; `destroyed` the paths of what was put there and, by a later act, is destroyed: it
    may lie nowhere any more, in no replica either. `digest_at` is the digest that a file which no act cites must have
    by its name (a write that was never acknowledged); None: nothing may lie at that path. `folders` matches the names
    of the folders in it, which may stand empty; `unacknowledged` the files in it that no act may cite yet, if their
    bytes don't follow from their names. `quarantined`: whether a damaged file is kept beside the repaired
    one, as evidence of the damage; never where a file can be destroyed.
    """

    held: Callable[[Sequence[Act]], Iterator[Kept]]
    digest_at: Callable[[PurePosixPath], Digest | None]
    folders: re.Pattern[str] = re.compile("[0-9a-f]{2}")
    destroyed: Callable[[Sequence[Act]], Iterable[PurePosixPath]] = _nothing
    unacknowledged: re.Pattern[str] | None = None
    quarantined: bool = False


def place_of(folder: str, digest: Digest) -> PurePosixPath:
    """Where bytes of this digest lie: `folder/ab/cdef…`. Raises LedgerDamaged if it is no digest."""
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise LedgerDamaged("is no digest", where=repr(digest))
    return PurePosixPath(folder, match[1], match[2])


def digest_named(path: PurePosixPath) -> Digest | None:
    """The digest that a path of the form `folder/ab/cdef…` stands for; None for any other."""
    match = _NAME.fullmatch(str(path))
    return None if match is None else Digest(f"sha256:{match[1]}{match[2]}")


def kept_by(acts: Sequence[Act]) -> dict[PurePosixPath, Kept]:
    """All that must lie on the shelves, in order of path: held and not destroyed."""
    held = (kept for shelf in SHELVES.values() for kept in shelf.held(acts))
    destroyed = destroyed_by(acts)
    return {kept.path: kept for kept in sorted(held, key=lambda kept: kept.path) if kept.path not in destroyed}


def destroyed_by(acts: Sequence[Act]) -> frozenset[PurePosixPath]:
    """All that the ledger says is destroyed, on any shelf."""
    return frozenset(path for shelf in SHELVES.values() for path in shelf.destroyed(acts))


def replaced_by(acts: Sequence[Act]) -> frozenset[PurePosixPath]:
    """Those of the destroyed whose content lives on in a newer file.

    No promise to a source asks that they go first, and where the newer one doesn't lie yet they are all there is.
    """
    return frozenset(_in_sealed(sealed_files.key_path(one)) for one in sealed_state(acts).key_files_replaced())


def _exhibits(acts: Sequence[Act]) -> Iterator[Kept]:
    """All but those whose clear copy an act says was removed."""
    cleared = sealed_state(acts).cleared
    said = [(act.index, read_preserved(act)) for act in acts if act.kind == PRESERVED and act.index not in cleared]
    return _gathered(EXHIBITS, ((index, kept.digest, kept.size_bytes) for index, kept in said))


def _exhibits_destroyed(acts: Sequence[Act]) -> Iterator[PurePosixPath]:
    """Clear copies that were removed on purpose, and whose bytes no other act keeps."""
    cleared = sealed_state(acts).cleared
    kept = {one.path for one in _exhibits(acts)}
    for number in sorted(cleared):
        if number < len(acts) and acts[number].kind == PRESERVED:
            path = place_of(EXHIBITS, read_preserved(acts[number]).digest)
            if path not in kept:
                yield path


def _sealed(acts: Sequence[Act]) -> Iterator[Kept]:
    """Wrapped keys, and what is encrypted to them."""
    for act in acts:
        if (key := key_file_of(act)) is not None:
            file_id, digest, size = key
            yield Kept(_in_sealed(sealed_files.key_path(file_id)), digest, size, (act.index,))
        if (item := item_of(act)) is not None:
            path = _in_sealed(sealed_files.item_path(item.item_id))
            yield Kept(path, item.ciphertext, item.size_bytes, (act.index,))


def _sealed_destroyed(acts: Sequence[Act]) -> Iterator[PurePosixPath]:
    """Keys of those who have withdrawn and files of keys that were wrapped anew, first; then what was encrypted to
    destroyed keys."""
    state = sealed_state(acts)
    yield from (_in_sealed(sealed_files.key_path(file_id)) for file_id in sorted(state.key_files_destroyed()))
    for item in state.items.values():
        if item.key_id in state.destroyed:
            yield _in_sealed(sealed_files.item_path(item.item_id))


def _in_sealed(path: PurePosixPath) -> PurePosixPath:
    return SEALED_FOLDER / path


def _no_digest(_path: PurePosixPath) -> Digest | None:
    """The name of a sealed file says nothing, its bytes neither."""
    return None


def _quarantine(acts: Sequence[Act]) -> Iterator[Kept]:
    """What a repair put aside: a `repaired` act names digest and size of the bytes that it found, if it kept them."""
    return _gathered(QUARANTINE, (_put_aside(act) for act in acts if act.kind == REPAIRED and act.content.get("found")))


def _put_aside(act: Act) -> tuple[int, Digest, int]:
    found, size = act.content["found"], act.content.get("found_bytes")
    if not isinstance(size, int):
        raise LedgerDamaged("does not say what a repair put aside", where=f"act {act.index}")
    return act.index, Digest(str(found)), size


def _quarantine_destroyed(acts: Sequence[Act]) -> Iterator[PurePosixPath]:
    """Neither a damaged copy of what is destroyed may outlive it, nor one that lay under another name."""
    gone = {path for name, shelf in SHELVES.items() if name != QUARANTINE for path in shelf.destroyed(acts)}
    for act in acts:
        if gone and act.kind == REPAIRED and act.content.get("found"):
            digest = _put_aside(act)[1]
            if PurePosixPath(str(act.content["path"])) in gone or place_of(EXHIBITS, digest) in gone:
                yield place_of(QUARANTINE, digest)


def _openings(acts: Sequence[Act]) -> Iterator[Kept]:
    """What opens the withheld things of bundles: the `copied` act of a bundle names digest and size."""
    said = (act for act in acts if act.kind == COPIED and "openings" in act.content)
    return _gathered(OPENINGS, (_opening(act) for act in said))


def _openings_destroyed(acts: Sequence[Act]) -> Iterator[PurePosixPath]:
    """Those of every bundle made before a source withdrew: in clear, they may hold what it gave."""
    withdrawals = [a.index for a in acts if a.kind == WITHDRAWN and a.content.get("schema") == CONSENT_WITHDRAWN]
    last = max(withdrawals, default=-1)
    return (kept.path for kept in _openings(acts) if max(kept.acts) < last)


def _opening(act: Act) -> tuple[int, Digest, int]:
    size = act.content.get("openings_bytes")
    if not isinstance(size, int):
        raise LedgerDamaged("does not say how long the openings of its bundle are", where=f"act {act.index}")
    return act.index, Digest(str(act.content["openings"])), size


def _notes(acts: Sequence[Act]) -> Iterator[Kept]:
    """Privileged notes: a decision names the commitment."""
    said = (act for act in acts if act.kind == DECIDED and act.content.get("commitment"))
    return _named(PRIVILEGED, ((str(act.content["commitment"]), act.index) for act in said))


def _releases(acts: Sequence[Act]) -> Iterator[Kept]:
    """What stood in each release, and what took its place when a source withdrew."""
    return _named(RELEASES, states_cited(acts))


def _releases_destroyed(acts: Sequence[Act]) -> Iterator[PurePosixPath]:
    """What held sentences of a source that has withdrawn since."""
    return (place_of(RELEASES, Digest(f"sha256:{one.was}")) for one in blanked_in(acts) if not one.of_decisions)


def _bound(acts: Sequence[Act]) -> Iterator[Kept]:
    """What decisions are bound to, under a salt, and what took its place when a source withdrew."""
    return _named(BOUND, bound_cited(acts))


def _bound_destroyed(acts: Sequence[Act]) -> Iterator[PurePosixPath]:
    """What held digests of a finding or a sentence behind which a source stood that has withdrawn since."""
    return (place_of(BOUND, Digest(f"sha256:{one.was}")) for one in blanked_in(acts) if one.of_decisions)


def _named(folder: str, said: Iterable[tuple[str, int]]) -> Iterator[Kept]:
    """What acts name by 64 hex digits, and whose size they don't say."""
    cited: dict[str, list[int]] = {}
    for name, index in said:
        cited.setdefault(name, []).append(index)
    for name, indices in cited.items():
        digest = Digest(f"sha256:{name}")
        yield Kept(place_of(folder, digest), digest, None, tuple(indices))


def _gathered(folder: str, said: Iterable[tuple[int, Digest, int]]) -> Iterator[Kept]:
    """One `Kept` for each digest, with all acts that cite it."""
    cited: dict[tuple[Digest, int], list[int]] = {}
    for index, digest, size in said:
        cited.setdefault((digest, size), []).append(index)
    for (digest, size), acts in cited.items():
        yield Kept(place_of(folder, digest), digest, size, tuple(acts))


SHELVES: dict[str, Shelf] = {
    EXHIBITS: Shelf(_exhibits, digest_named, destroyed=_exhibits_destroyed, quarantined=True),
    SEALED_FOLDER: Shelf(
        _sealed,
        _no_digest,
        re.compile(rf"[0-9a-f]{{2}}|{sealed_files.KEYS}"),
        _sealed_destroyed,
        unacknowledged=re.compile(rf"{SEALED_FOLDER}/({sealed_files.KEYS}|[0-9a-f]{{2}})/[0-9a-f]{{32}}\.age"),
    ),
    OPENINGS: Shelf(_openings, digest_named, destroyed=_openings_destroyed),
    PRIVILEGED: Shelf(_notes, digest_named),
    RELEASES: Shelf(_releases, digest_named, destroyed=_releases_destroyed),
    BOUND: Shelf(_bound, digest_named, destroyed=_bound_destroyed),
    QUARANTINE: Shelf(_quarantine, digest_named, destroyed=_quarantine_destroyed, quarantined=True),
}
"""By the name of the folder."""
