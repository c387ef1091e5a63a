"""Everything that changes a vault, as operations that can be struck at any call: a kill, a refusal, a power cut.

An operation starts from a state that was acknowledged, does one thing, and can be done again after whatever happened.
Add a line to `OPERATIONS` for each new way of changing a vault; the tests and `proofs/vault.py` take them from there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from vault_cases import AT, case_files, stored_files, write_case

from consilience.quantities import digest_bytes
from consilience.vault.acts import COPIED, PRESERVED, REPAIRED, read_preserved
from consilience.vault.checking import check
from consilience.vault.mending import carry_out
from consilience.vault.notes import Signer
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import replicate
from consilience.vault.salvage import salvage
from consilience.vault.store import FOLDER, Vault
from consilience.vault.stores import FolderStore

SIGNER = Signer("proof", bytes(range(32)))
"""A key that everybody knows: these vaults hold nothing."""

BEFORE = {f"before/{n:02}.bin": bytes([n]) * (n * 37) for n in range(1, 9)}
AFTER = BEFORE | {"before/03.bin": b"changed"} | {f"after/{n:02}.bin": b"%d" % n * n for n in range(1, 15)}
"""What is kept and acknowledged, and what an ingest finds: one file changed, fourteen new."""


Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """`prepare` makes the state before, in an empty folder; `act` is what is struck, and may be done again.

    `act` calls its second argument whenever it acknowledged something. `holds` says what must hold right after a
    strike, given how often that was; `ends` what must hold once the operation has ended, and gives what must be the
    same however often it was struck.
    """

    prepare: Callable[[Path], None]
    act: Callable[[Path, Tell], None]
    holds: Callable[[Path, int], None]
    ends: Callable[[Path], object]


def case_of(folder: Path) -> Path:
    """The case of an operation; its replica lies beside it."""
    return folder / "case"


def replica_of(folder: Path) -> Path:
    """Where an operation's replica lies."""
    return folder / "replica"


def assert_whole(folder: Path, keeps: Mapping[str, bytes]) -> None:
    """Nothing acknowledged is lost and nothing half-done is seen, in the case and in what stands of its replica."""
    checked = check(case_of(folder), read_data=True)
    is_begun = any((case_of(folder) / FOLDER / name).exists() for name in ("exhibits", "ledger/tile"))
    assert checked.is_whole or not is_begun, [str(damage) for damage in checked.damaged]
    vault = Vault.open(case_of(folder))
    for name, data in keeps.items():
        assert digest_bytes(data) in vault.versions(PurePosixPath(name)), f"{name} is no longer cited"
        assert vault.read_exhibit(digest_bytes(data)) == data
    preserved = [read_preserved(act) for act in vault.acts() if act.kind == PRESERVED]
    said = [(str(kept.path), kept.digest) for kept in preserved]
    assert len(said) == len(set(said)), "an act stands twice"
    assert_replica_whole(folder)


def assert_replica_whole(folder: Path) -> None:
    """A replica that states acts holds all that they cite."""
    if (replica_of(folder) / FOLDER / "ledger" / "checkpoint").exists():
        there = check(replica_of(folder), read_data=True)
        assert there.is_whole, [str(damage) for damage in there.damaged]


def outcome(folder: Path) -> object:
    """What must be the same however often an operation was struck before it ended: the files kept, and what acts say.

    Salts and times make the acts' own bytes differ from run to run; a repair that was struck tells only of its rest.
    """
    acts = [(act.kind, _plain(act.content)) for act in Vault.open(case_of(folder)).acts() if act.kind != REPAIRED]
    kept = [
        {name: digest_bytes(data) for name, data in stored_files(place / FOLDER / "exhibits").items()}
        for place in (case_of(folder), replica_of(folder))
    ]
    assert not list(folder.rglob("*.part")), "a trace of the write that was struck"
    return acts, kept, _agrees(folder)


def _plain(content: Mapping[str, object]) -> object:
    """Without what a root and a place make different."""
    return {name: value for name, value in content.items() if name not in ("root", "where", "from")}


def _agrees(folder: Path) -> bool:
    """Whether the replica, if there is one, holds a beginning of the case's acts."""
    ours, theirs = (salvage(place / FOLDER / "ledger") for place in (case_of(folder), replica_of(folder)))
    return ours.leaves[: theirs.size] == theirs.leaves


def _kept_before(folder: Path) -> None:
    case_of(folder).mkdir()
    vault = Vault.open(case_of(folder), SIGNER)
    vault.preserve(case_of(folder), write_case(case_of(folder), BEFORE), AT)
    vault.record("decided", [{"what": "merge"}], AT)
    write_case(case_of(folder), AFTER)


def _ingest(folder: Path, tell: Tell) -> None:
    Vault.open(case_of(folder), SIGNER).preserve(case_of(folder), case_files(AFTER), AT)
    tell()


def _nothing_before(folder: Path) -> None:
    case_of(folder).mkdir()
    write_case(case_of(folder), BEFORE)


def _first_ingest(folder: Path, tell: Tell) -> None:
    Vault.open(case_of(folder)).preserve(case_of(folder), case_files(BEFORE), AT)
    tell()


def _append(folder: Path, tell: Tell) -> None:
    """Decisions one by one; those that were recorded before the strike are not recorded twice."""
    vault = Vault.open(case_of(folder), SIGNER)
    for number in range(_decided(vault), 8):
        vault.record("decided", [{"what": f"decision {number}"}], AT)
        tell()


def _decided(vault: Vault) -> int:
    return sum(str(act.content.get("what")).startswith("decision") for act in vault.acts())


def _all_kept(folder: Path) -> None:
    _kept_before(folder)
    _ingest(folder, _nobody)


def _nobody() -> None:
    """Is told."""


def _replicate(folder: Path, tell: Tell) -> None:
    """As casework does it, under the key of these tests."""
    copied = replicate(case_of(folder), FolderStore(replica_of(folder)))
    if copied.is_news:
        Vault.open(case_of(folder), SIGNER).record(COPIED, [copied.content()], AT)
        replicate(case_of(folder), FolderStore(replica_of(folder)))
    tell()


def _older_replica(folder: Path) -> None:
    _kept_before(folder)
    _replicate(folder, _nobody)
    _ingest(folder, _nobody)


def _damaged(folder: Path) -> None:
    """A third of all files of the vault, each gone or with a bit turned; the replica is up to date."""
    _all_kept(folder)
    _replicate(folder, _nobody)
    drawn = random.Random(20170404)
    for path in kept_files(case_of(folder)):
        chance = drawn.random()
        if chance < 0.1:
            path.unlink()
        elif chance < 0.35:
            flip(path, drawn.randrange(path.stat().st_size * 8))


def _repair(folder: Path, tell: Tell) -> None:
    """As casework does it; what was mended in a repair that was struck is told by no act."""
    store = FolderStore(replica_of(folder))
    plan = plan_repair(case_of(folder), store)
    assert not plan.beyond
    done = carry_out(case_of(folder), store, plan)
    if done:
        Vault.open(case_of(folder), SIGNER).record(REPAIRED, [mended.content(store.name) for mended in done], AT)
    tell()


def kept_files(case: Path) -> list[Path]:
    """Every file below `.consilience/` but the cache's and empty ones, in order of path."""
    vault = case / FOLDER
    paths = (path for path in vault.rglob("*") if path.is_file() and path.stat().st_size)
    return sorted(path for path in paths if "cache" not in path.relative_to(vault).parts)


def flip(path: Path, bit: int) -> None:
    """One bit of a file turned over."""
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def _holds(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Callable[[Path, int], None]:
    """What was kept before is; once anything was acknowledged, so is what the operation was to keep."""
    return lambda folder, told: assert_whole(folder, {**before} if not told else {**before, **after})


def _holds_decisions(folder: Path, told: int) -> None:
    assert_whole(folder, BEFORE)
    assert _decided(Vault.open(case_of(folder))) >= told, "an acknowledged decision is lost"


def _holds_copy(folder: Path, told: int) -> None:
    assert_whole(folder, AFTER)
    if told:
        ours, theirs = (salvage(place / FOLDER / "ledger") for place in (case_of(folder), replica_of(folder)))
        assert ours.leaves == theirs.leaves, "an acknowledged copy is not complete"


def _holds_no_new_damage(folder: Path, told: int) -> None:
    """What was sound before a repair is sound whatever happens to it; once acknowledged, everything is."""
    now = {damage.path for damage in check(case_of(folder), read_data=True).damaged}
    assert now <= _damaged_paths()
    assert not (told and now), "a repair was acknowledged and something is damaged"
    assert_replica_whole(folder)


@cache
def _damaged_paths() -> frozenset[PurePosixPath]:
    """What `_damaged` damages: the same paths every time."""
    with TemporaryDirectory() as reference:
        _damaged(Path(reference))
        return frozenset(damage.path for damage in check(case_of(Path(reference)), read_data=True).damaged)


def _ends(keeps: Mapping[str, bytes]) -> Callable[[Path], object]:
    def ends(folder: Path) -> object:
        assert_whole(folder, keeps)
        return outcome(folder)

    return ends


ALL = {**BEFORE, **AFTER}
OPERATIONS: dict[str, Operation] = {
    "first ingest": Operation(_nothing_before, _first_ingest, _holds({}, BEFORE), _ends(BEFORE)),
    "ingest": Operation(_kept_before, _ingest, _holds(BEFORE, AFTER), _ends(ALL)),
    "append": Operation(_kept_before, _append, _holds_decisions, _ends(BEFORE)),
    "first replicate": Operation(_all_kept, _replicate, _holds_copy, _ends(ALL)),
    "replicate": Operation(_older_replica, _replicate, _holds_copy, _ends(ALL)),
    "repair": Operation(_damaged, _repair, _holds_no_new_damage, _ends(ALL)),
}
"""By name."""
