"""Custody of a case: is it whole, who did what with it, copies of it elsewhere, and repair from these."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from consilience.casework.acting_time import now
from consilience.casework.batches import Progress
from consilience.casework.custody_rows import Told, events_of
from consilience.casework.depending import Dependents, dependents_of
from consilience.casework.keys import open_vault
from consilience.casework.ledger_exchange import hold_against, vouched
from consilience.casework.sealed_history import sealed_items_named
from consilience.errors import LedgerDamaged, UsageError
from consilience.vault.acts import COPIED, PRESERVED, REPAIRED, read_preserved
from consilience.vault.checking import Checked, Damage, Fault, check
from consilience.vault.custody import CustodyEvent
from consilience.vault.history import Event, history, history_of_sealed, was_kept
from consilience.vault.mending import TIGHTENED, Mended, Plan, carry_out
from consilience.vault.repair import plan_repair
from consilience.vault.replicas import Copied, place_in_ledger, replicate
from consilience.vault.salvage import LEDGER
from consilience.vault.store import FOLDER
from consilience.vault.stores import FolderStore, Store, open_store
from consilience.vault.survey import shown

SOON_READ = 256_000_000
"""Bytes that a check reads without being asked to: our choice, about a second of reading."""


@dataclass(frozen=True, slots=True)
class VaultCheck:
    """What is wrong with what a case has kept, and for each thing what depends on it."""

    checked: Checked
    dependents: Mapping[Damage, Dependents]
    against: tuple[str, ...] = ()
    """What an earlier checkpoint says, if it was asked; where it contradicts, that is among the damage."""
    vouchers: tuple[str, ...] = ()
    """Who vouches for the ledger, in words; nothing where it is damaged."""

    def lines(self) -> list[str]:
        """Damaged things one a line, then notes, then the sum."""
        damaged = [f"{damage}{self.dependents[damage].in_words()}" for damage in self.checked.damaged]
        notes = [f"note: {note}" for note in self.checked.notes]
        return [*damaged, *notes, *self.against, *self.vouchers, self._sum()]

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        return {
            "whole": self.checked.is_whole,
            "read_data": self.checked.has_read_data,
            "acts": self.checked.size,
            "files": self.checked.files,
            "damaged": [
                {
                    "path": shown(FOLDER / damage.path),
                    "fault": damage.fault.value,
                    "what": damage.what,
                    "acts": list(damage.acts),
                    **self.dependents[damage].as_json(),
                }
                for damage in self.checked.damaged
            ],
            "against": list(self.against),
            "vouchers": list(self.vouchers),
            "notes": [{"path": shown(FOLDER / note.path), "what": note.what} for note in self.checked.notes],
        }

    def _sum(self) -> str:
        looked = f"{self.checked.size} acts, {self.checked.files} files"
        how = "every byte read" if self.checked.has_read_data else "sizes alone; --read-data reads every byte"
        verdict = "whole" if self.checked.is_whole else f"{len(self.checked.damaged)} DAMAGED"
        return f"{verdict}: {looked} ({how})"


@dataclass(frozen=True, slots=True)
class History:
    """The acts that can be read and were asked for; `is_whole`: whether the whole ledger can be read."""

    events: tuple[Event, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair planned and, if it was carried out, did; `after` is the check that followed."""

    plan: Plan
    done: tuple[Mended, ...] | None
    after: Checked | None

    @property
    def is_whole(self) -> bool:
        """Is nothing damaged now, or was nothing to begin with?"""
        return self.after.is_whole if self.after is not None else not (self.plan.mends or self.plan.beyond)

    @property
    def leaves_damage(self) -> bool:
        """Is something damaged that this repair, planned or carried out, does not put right?"""
        return not self.after.is_whole if self.after is not None else bool(self.plan.beyond)


def check_vault(case: Path, *, read_data: bool, against: Path | None = None, progress: Progress) -> VaultCheck:
    """Look at all that is kept; see `vault.checking.check`. With an earlier checkpoint, hold the ledger against it.

    Every byte is read if asked for, or where that is so little that it costs nobody anything.

    Raises CaseFolderMissing, VaultNotWritable, also if that file can't be read.
    """
    read_data = read_data or _bytes_kept(case) <= SOON_READ
    checked = check(case, read_data=read_data, progress=_told("check", progress))
    said, vouchers = tuple[str, ...](), tuple[str, ...]()
    if checked.is_whole and checked.size:
        try:
            vouchers = tuple(vouched(case, every=read_data).lines()[1:])
        except LedgerDamaged as err:
            checked = _with_damage(checked, f"{err.where}: {err.what}")
    if against is not None:
        try:
            said = tuple(hold_against(case, against))
        except LedgerDamaged as err:
            checked = _with_damage(checked, f"held against {against}: {err.where}: {err.what}")
    return VaultCheck(checked, dependents_of(case, checked), said, vouchers)


def _bytes_kept(case: Path) -> int:
    """How much lies below `.consilience/`, the cache aside; what can't be looked at counts as nothing."""
    total = 0
    for folder, below, names in os.walk(case / FOLDER):
        below[:] = [name for name in below if (Path(folder), name) != (case / FOLDER, "cache")]
        for name in names:
            with suppress(OSError):
                total += (Path(folder) / name).lstat().st_size
    return total


def _with_damage(checked: Checked, what: str) -> Checked:
    damage = Damage(PurePosixPath(LEDGER), Fault.ALTERED, what)
    return dataclasses.replace(checked, damaged=(*checked.damaged, damage))


def replicate_vault(case: Path, url: str, *, read_data: bool, progress: Progress) -> Copied:
    """All that is kept lies in the place, and both say so: the `copied` act goes there too. Raises as `replicate`."""
    store = _store(case, url)
    copied = replicate(case, store, read_data=read_data, progress=_told("copy", progress))
    if copied.is_news:
        open_vault(case).record(COPIED, [copied.content()], now())
        return dataclasses.replace(copied, acts=replicate(case, store).acts)
    return copied


def repair_vault(case: Path, url: str, *, is_meant: bool, progress: Progress) -> Repair:
    """What would put right what is damaged; carried out only if `is_meant`, recorded, and then checked again.

    Raises as `plan_repair` and `carry_out`.
    """
    store = _store(case, url)
    plan = plan_repair(case, store, _told("check", progress))
    if not is_meant or not plan.mends:
        return Repair(plan, None, None)
    done = carry_out(case, store, plan, _told("repair", progress))
    told = [mended for mended in done if mended.how != TIGHTENED]
    if told:
        vault = open_vault(case)
        source = place_in_ledger(case, store, vault.acts())
        vault.record(REPAIRED, [mended.content(source) for mended in told], now())
    return Repair(plan, done, check(case, read_data=True, progress=_told("check again", progress)))


def history_of(case: Path, exhibit: str | None) -> History:
    """The acts of a case, or of one exhibit; of a damaged ledger those that can be read. Raises UsageError.

    A sealed exhibit goes by the row that cites it (`sealed:accounts/A01`), its token in a locked case, or its path.
    """
    checked = check(case)
    is_whole = not any(
        damage.path.parts[:1] == (LEDGER,) and damage.fault is not Fault.LOOSE for damage in checked.damaged
    )
    may_be_sealed = exhibit is not None and is_whole and not was_kept(checked.acts, exhibit)
    if exhibit is not None and may_be_sealed and (items := sealed_items_named(case, exhibit)):
        return History(history_of_sealed(checked.acts, items), is_whole)
    return History(history(checked.acts, exhibit), is_whole)


def record_custody(case: Path, told: Sequence[Told], *, is_meant: bool) -> tuple[CustodyEvent, ...]:
    """The events, recorded if `is_meant`, of each kind all or none. Raises UsageError for bad rows, and VaultError."""
    vault = open_vault(case)
    preserved = [read_preserved(act) for act in vault.acts() if act.kind == PRESERVED]
    events = events_of(told, preserved, now())
    if is_meant:
        for kind in dict.fromkeys(event.kind for event in events):
            vault.record(kind, [event.content() for event in events if event.kind == kind], now())
    return events


def _told(stage: str, progress: Progress) -> Callable[[int, int], None]:
    return lambda done, total: progress(stage, done, total)


def _store(case: Path, url: str) -> Store:
    """The place of a replica, which may not be the case itself or lie in it."""
    store = open_store(url)
    if isinstance(store, FolderStore) and store.root.resolve().is_relative_to(case.resolve()):
        remedy = "Name a folder on another disk, or another store."
        raise UsageError("a replica can't lie in the case that it is of", where=store.name, remedy=remedy)
    return store
