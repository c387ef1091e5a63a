"""Is everything that was kept still what was kept? Each damaged thing is named, and the look goes on to the next.

A file below `.consilience/` is one of four: cited by an act and as the act says; part of the ledger and what the acts
make of it; a leftover that a crash may leave, which is noted; or damage. `cache/` alone is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath

from consilience.errors import CaseFolderMissing, LedgerDamaged
from consilience.quantities import Digest, digest_file
from consilience.vault import shelves
from consilience.vault.acts import INTRODUCED, Act, read_act
from consilience.vault.durable import HALF_WRITTEN, explained
from consilience.vault.ledger import CHECKPOINT
from consilience.vault.lock import only_writer
from consilience.vault.release_acts import not_looked_through, words_went
from consilience.vault.salvage import LEDGER, Salvaged, is_part_of_ledger, salvage
from consilience.vault.store import FOLDER
from consilience.vault.survey import CACHE, Found, bytes_of, shown, survey

LOCK = "lock"
CHECKPOINT_PATH = PurePosixPath(LEDGER, CHECKPOINT)
HERE = PurePosixPath()

Progress = Callable[[int, int], None]


class Fault(StrEnum):
    """What is wrong with a thing."""

    GONE = "gone"
    ALTERED = "altered"
    STRANGER = "stranger"  # nothing of ours is written there
    LOOSE = "loose"  # others than the owner may read or write it


@dataclass(frozen=True, slots=True)
class Damage:
    """A thing below `.consilience/` that is not as it was kept; `acts` are those that cite it, or that it holds."""

    path: PurePosixPath
    fault: Fault
    what: str
    acts: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{shown(FOLDER / self.path)}: {self.what}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is as it may be, and worth knowing."""

    path: PurePosixPath
    what: str

    def __str__(self) -> str:
        return f"{shown(FOLDER / self.path)}: {self.what}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look found, in order of path. `acts` are those that can be read, of `size`; `files` were looked at."""

    damaged: tuple[Damage, ...]
    notes: tuple[Note, ...]
    acts: tuple[Act, ...]
    size: int
    files: int
    has_read_data: bool

    @property
    def is_whole(self) -> bool:
        """Is everything as it was kept?"""
        return not self.damaged


@dataclass(frozen=True, slots=True)
class Scene:
    """What a checker looks at: the vault's folder, what lies in it, its ledger, and whether to read every byte.

    `tell` is called once for each file that was looked at.
    """

    folder: Path
    found: Mapping[PurePosixPath, Found]
    ledger: Salvaged
    acts: tuple[Act, ...]
    reads_data: bool
    tell: Callable[[], None]

    def inside(self, name: str) -> Iterator[Found]:
        """All that lies below one of the vault's folders."""
        return (found for path, found in self.found.items() if path.parts[:1] == (name,) and len(path.parts) > 1)


Finding = Damage | Note
Checker = Callable[[Scene], Iterator[Finding]]


def check(case_folder: Path, *, read_data: bool = False, progress: Progress | None = None) -> Checked:
    """All that is wrong with what a case has kept.

    Without `read_data` the ledger is read to the bit, and of kept files their names and sizes; with it, every byte.
    `progress` is told how many files are done, and of how many. Raises CaseFolderMissing, and VaultNotWritable while
    another run is at work here; damage is not raised but listed.
    """
    if not case_folder.is_dir():
        raise CaseFolderMissing("there is no such folder", where=str(case_folder), remedy="Check the path of the case.")
    folder = case_folder / FOLDER
    with explained(folder), quiet(folder):
        found = survey(folder)
        ledger = salvage(folder / LEDGER)
        acts, unreadable = _acts_of(ledger)
        scene = Scene(folder, found, ledger, acts, read_data, _counter(found, progress))
        findings = [*unreadable, *_by_folder(scene)]
        findings += _everywhere(found, named={finding.path for finding in findings if isinstance(finding, Damage)})
    return Checked(
        damaged=tuple(sorted((d for d in findings if isinstance(d, Damage)), key=lambda d: (d.path, d.fault))),
        notes=tuple(sorted((n for n in findings if isinstance(n, Note)), key=lambda n: n.path)),
        acts=acts,
        size=ledger.size,
        files=sum(not one.is_folder for one in found.values()),
        has_read_data=read_data,
    )


def quiet(folder: Path) -> AbstractContextManager[None]:
    """No run writes here while the block lasts. Where there is no lock file no run ever wrote, as in a replica."""
    return only_writer(folder / LOCK) if (folder / LOCK).is_file() else nullcontext()


def _counter(found: Mapping[PurePosixPath, Found], progress: Progress | None) -> Callable[[], None]:
    total, done = sum(not one.is_folder for one in found.values()), 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, total), total)

    return tell


def _acts_of(ledger: Salvaged) -> tuple[tuple[Act, ...], list[Finding]]:
    """The acts that can be read and say what their kind must say, and a line for each other whose bytes are whole."""
    acts, findings = list[Act](), list[Finding]()
    for index, body in enumerate(ledger.bodies):
        if body is None:
            continue
        try:
            act = read_act(index, body)
            shelves.kept_by([act])
        except LedgerDamaged as err:
            findings.append(Damage(PurePosixPath(LEDGER), Fault.ALTERED, f"act {index} {err.what}", (index,)))
        else:
            acts.append(act)
    return tuple(acts), findings


def _everywhere(found: Mapping[PurePosixPath, Found], named: Set[PurePosixPath]) -> Iterator[Finding]:
    """What holds of all files and folders alike; those that are `named` already are not named again for their mode."""
    if not found:
        yield Damage(HERE, Fault.GONE, "is not there: nothing is kept of this case")
    for one in found.values():
        if one.trouble is not None:
            yield Damage(one.path, Fault.ALTERED, one.trouble)
        elif one.mode & 0o077 and one.path not in named:
            yield Damage(one.path, Fault.LOOSE, f"is open to others than its owner (mode {one.mode:04o})")


def _by_folder(scene: Scene) -> Iterator[Finding]:
    """Each folder by its own checker; a name that has none was not written by us."""
    for checker in CHECKS.values():
        yield from checker(scene)
    for found in scene.found.values():
        if found.path != HERE and found.path.parts[0] not in CHECKS:
            yield _stranger(found)


def _stranger(found: Found) -> Damage:
    what = "a folder" if found.is_folder else "a file"
    return Damage(found.path, Fault.STRANGER, f"is {what} that nobody wrote here")


def _check_lock(scene: Scene) -> Iterator[Finding]:
    found = scene.found.get(PurePosixPath(LOCK))
    if found is not None and (found.is_folder or found.size_bytes):
        yield Damage(found.path, Fault.ALTERED, "is not the empty file that it must be")
    yield from map(_stranger, scene.inside(LOCK))


def _check_cache(scene: Scene) -> Iterator[Finding]:
    """What lies in it may be deleted at any time and is not looked at."""
    found = scene.found.get(PurePosixPath(CACHE))
    if found is not None and not found.is_folder:
        yield Damage(found.path, Fault.ALTERED, "is not a folder")


def _check_ledger(scene: Scene) -> Iterator[Finding]:
    """Every file of the ledger, by what the others say."""
    ledger = PurePosixPath(LEDGER)
    if not scene.found:
        return
    for flaw in scene.ledger.flaws:
        what = flaw.what + (f"; acts {_spans(flaw.acts)}" if flaw.acts else "")
        yield Damage(ledger / flaw.path, Fault.GONE if flaw.is_gone else Fault.ALTERED, what, flaw.acts)
    if any(act.kind == INTRODUCED for act in scene.acts) and b"\n\n" not in (
        bytes_of(scene.folder / CHECKPOINT_PATH) or b""
    ):
        yield Note(CHECKPOINT_PATH, "is not signed, and earlier ones were: by a run without a key, or it was stripped")
    leftovers = {ledger / path for path in scene.ledger.leftovers}
    for found in scene.inside(LEDGER):
        if not found.is_folder:
            scene.tell()
        relative = found.path.relative_to(ledger)
        if found.path in leftovers:
            yield Note(found.path, "lies beyond the checkpoint: an append that never ended, or a checkpoint set back")
        elif str(relative) == HALF_WRITTEN:
            yield Note(found.path, "is a write that never ended; the next one sweeps it")
        elif not is_part_of_ledger(relative, is_folder=found.is_folder):
            yield _stranger(found)


def check_shelf(name: str, scene: Scene) -> Iterator[Finding]:
    """Every file that acts cite is there and theirs; every other one is noted or a stranger."""
    shelf = shelves.SHELVES[name]
    destroyed = frozenset(shelf.destroyed(scene.acts))
    held = {kept.path: kept for kept in shelf.held(scene.acts)}
    filled = {found.path.parent for found in scene.inside(name)}
    if name in (shelves.RELEASES, shelves.BOUND):
        yield from _not_looked_through(name, scene)
    if name == shelves.RELEASES:
        yield from _words_went(scene)
    for path, kept in held.items():
        if path not in scene.found and path not in destroyed:
            yield Damage(path, Fault.GONE, "is gone", kept.acts)
    for found in scene.inside(name):
        if found.is_folder:
            if found.path not in filled and not shelf.folders.fullmatch(str(found.path.relative_to(name))):
                yield _stranger(found)
            continue
        scene.tell()
        if found.path in destroyed:
            yield Damage(found.path, Fault.STRANGER, "is there although the ledger says that it is destroyed")
        elif (cited := held.get(found.path)) is not None:
            yield from _compared(scene, found, cited)
        else:
            yield from _uncited(scene, found, shelf)


def _not_looked_through(shelf: str, scene: Scene) -> Iterator[Finding]:
    """What is kept of a release, or for decisions, and may hold words of a source that an earlier version let withdraw,
    or digests of them."""
    what = "sentences that rest on rows" if shelf == shelves.RELEASES else "digests of rows"
    for name, sources in not_looked_through(scene.acts).items():
        path = shelves.place_of(shelf, Digest(f"sha256:{name}"))
        for source in sorted(sources) if path in scene.found else ():
            remedy = f"`consilience consent withdraw CASE {source} --yes` takes them out"
            yield Note(path, f"may hold {what} of {source}, who has withdrawn: {remedy}")


def _words_went(scene: Scene) -> Iterator[Finding]:
    """What is left of a release: nothing can say any more that it once was what the release's act names."""
    for name, index, day in words_went(scene.acts):
        what = f"words went out of it on {day}: it can't be compared any more with what act {index} names"
        yield Note(shelves.place_of(shelves.RELEASES, Digest(f"sha256:{name}")), what)


def _compared(scene: Scene, found: Found, kept: shelves.Kept) -> Iterator[Finding]:
    if found.trouble is not None:
        return
    if kept.size_bytes is not None and found.size_bytes != kept.size_bytes:
        what = f"has {found.size_bytes} bytes instead of {kept.size_bytes}"
        yield Damage(found.path, Fault.ALTERED, what, kept.acts)
    elif scene.reads_data and (other := _differs(scene.folder / found.path, kept.digest)) is not None:
        yield Damage(found.path, Fault.ALTERED, other, kept.acts)


def _uncited(scene: Scene, found: Found, shelf: shelves.Shelf) -> Iterator[Finding]:
    """A file that no act cites: a write that was never acknowledged if it is what its name says."""
    digest = shelf.digest_at(found.path)
    if found.path.name == HALF_WRITTEN and len(found.path.parts) == 2:
        yield Note(found.path, "is a write that never ended; the next one sweeps it")
    elif shelf.unacknowledged is not None and shelf.unacknowledged.fullmatch(str(found.path)):
        yield Note(found.path, "is cited by no act: a sealing that never ended; the next write sweeps it")
    elif digest is None:
        yield _stranger(found)
    elif scene.reads_data and _differs(scene.folder / found.path, digest) is not None:
        yield Damage(found.path, Fault.ALTERED, "is cited by no act, and holds other bytes than its name says")
    else:
        yield Note(found.path, "is cited by no act: kept by a run that never ended")


def _differs(path: Path, digest: str) -> str | None:
    try:
        found = digest_file(path)
    except OSError as err:
        return f"can't be read: {err.strerror}"
    return None if found == digest else f"holds other bytes, of digest {found}"


def _spans(numbers: tuple[int, ...]) -> str:
    """0, 1, 2, 5 as `0–2, 5`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return ", ".join("–".join(map(str, span)) for span in spans)


CHECKS: dict[str, Checker] = {
    LOCK: _check_lock,
    CACHE: _check_cache,
    LEDGER: _check_ledger,
    **{name: partial(check_shelf, name) for name in shelves.SHELVES},
}
"""Who looks at which name below `.consilience/`; a name that is not here fails the check."""
