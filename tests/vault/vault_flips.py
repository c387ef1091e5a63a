"""Single bits turned over in a vault with every class of file: each found, named alone, and put right to the bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vault_cases import AT, stored_files, write_case
from vault_faults import unsynced
from vault_operations import SIGNER, case_of, flip, kept_files, replica_of

from consilience.vault.acts import REPAIRED
from consilience.vault.checking import Fault, check
from consilience.vault.mending import carry_out
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import replicate
from consilience.vault.shelves import QUARANTINE, place_of
from consilience.vault.store import FOLDER, Vault
from consilience.vault.stores import FolderStore

CLASSES = (
    "exhibit",
    "quarantine",
    "checkpoint",
    "signed checkpoint",
    "full bundle",
    "partial bundle",
    "full tile",
    "partial tile",
    "tile above",
)


@dataclass(frozen=True, slots=True)
class Flippable:
    """A vault and its replica below `folder`; `files` by their class, and all bytes as they must be."""

    folder: Path
    files: dict[str, list[Path]]
    bytes_kept: dict[str, bytes]
    acts: int


def make(folder: Path) -> Flippable:
    """300 acts, so that there are full tiles, partial ones and one above them; signed in places; a file put aside."""
    case, store = case_of(folder), FolderStore(replica_of(folder))
    case.mkdir()
    with unsynced():
        vault = Vault.open(case, SIGNER)
        files = {f"media/{n:02}.bin": random.Random(n).randbytes(n * n * 9) for n in range(1, 13)}
        vault.preserve(case, write_case(case, files), AT)
        for size in (200, 50, 30, 3, 1):
            vault.record("decided", [{"what": f"{size} {n}"} for n in range(size)], AT)
        replicate(case, store)
        flip(_files(case)["exhibit"][0], 5)
        done = carry_out(case, store, plan_repair(case, store))
        vault.record(REPAIRED, [mended.content(store.name) for mended in done], AT)
        replicate(case, store)
    found = _files(case)
    assert set(found) == set(CLASSES)
    return Flippable(folder, found, stored_files(case / FOLDER), len(vault.acts()))


def flips(vault: Flippable, seed: int, count: int) -> Iterator[tuple[str, Path, int]]:
    """So many flips, the classes in turn: class, file, and which bit of it."""
    drawn = random.Random(seed)
    for number in range(count):
        kind = CLASSES[number % len(CLASSES)]
        path = drawn.choice(vault.files[kind])
        yield kind, path, drawn.randrange(path.stat().st_size * 8)


def assert_found_and_repaired(vault: Flippable, path: Path, bit: int) -> None:
    """The check names this file and no other, all else can be read, and a repair gives back the very bytes."""
    case, store = case_of(vault.folder), FolderStore(replica_of(vault.folder))
    name = PurePosixPath(path.relative_to(case / FOLDER))
    with unsynced():
        flip(path, bit)
        checked = check(case, read_data=True)
        assert [(damage.path, damage.fault) for damage in checked.damaged] == [(name, Fault.ALTERED)]
        lost = set(range(vault.acts)) - {act.index for act in checked.acts}
        assert len(lost) <= 1, f"more acts than the one that was hit can't be read: {lost}"
        done = carry_out(case, store, plan_repair(case, store))
        assert [mended.path for mended in done] == [name]
        assert done[0].found is not None
        aside = case / FOLDER / place_of(QUARANTINE, done[0].found)
        assert aside.is_file(), "what was damaged was thrown away"
        aside.unlink()
        if not any(aside.parent.iterdir()):
            aside.parent.rmdir()
    assert stored_files(case / FOLDER) == vault.bytes_kept


def _files(case: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in kept_files(case):
        found.setdefault(_class_of(path.relative_to(case / FOLDER).as_posix()), []).append(path)
    return found


def _class_of(path: str) -> str:
    if path.startswith("exhibits/"):
        return "exhibit"
    if path.startswith("quarantine/"):
        return "quarantine"
    if path.startswith("ledger/checkpoint"):
        return "checkpoint" if path == "ledger/checkpoint" else "signed checkpoint"
    if not path.startswith(("ledger/tile/0", "ledger/tile/entries")):
        return "tile above"
    return ("partial " if ".p/" in path else "full ") + ("bundle" if "entries" in path else "tile")
