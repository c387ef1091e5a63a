"""When a source withdraws: what that reaches, said first; then the tombstone, the end of its keys, of its copies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from consilience.casework.acting_time import now
from consilience.casework.alone import alone_with
from consilience.casework.blanking import Looked, keep_rests, look_through, withdrawing
from consilience.casework.cache import empty_cache
from consilience.casework.folders import default_out
from consilience.casework.outputs_told import SCHEMA as OUTPUTS
from consilience.casework.outputs_told import told_places
from consilience.casework.people import Apart, files_of, plain_path, read_apart
from consilience.casework.roles import require_role
from consilience.errors import UsageError
from consilience.quantities import iso_utc
from consilience.records.consent import rows_of, without_sources
from consilience.records.tables import TABLES
from consilience.vault.act_words import sentence_of
from consilience.vault.acts import COPIED, PUBLISHED, WITHDRAWN, Act
from consilience.vault.keyring import Keyring
from consilience.vault.release_acts import not_looked_through
from consilience.vault.sealed_known import Known
from consilience.vault.sealed_store import forget
from consilience.vault.shelves import OPENINGS
from consilience.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Reach:
    """What a withdrawal reaches.

    `rows` counts by table; `incidents` are those that its rows name, or whose findings of the last run rest on one.
    `keys` and `sealed` are destroyed, so are `openings` (what opens the bundles made so far, one file each), and
    `clear_copies` (numbers of `preserved` acts) removed; `still_in_folder` is what
    only the user can remove, and `tables_kept` how many kept versions of tables have rows of it. `texts` are sentences
    and wordings that rest on it in what is kept of `releases`, and go there; `damaged_releases` can't be read, and go
    whole; `left_releases` can't be read now, a line each, and stay until it is withdrawn again. `decisions` that rest
    on it are bound to nothing any more, and reviews and sign-offs among them hold no longer; `damaged_decisions` and
    `left_decisions` are files of what decisions are bound to, likewise. `copies` and
    `publications` are earlier acts, a line each: what they say of where, and who holds it; `outputs` the folders of
    runs, reports and letters beside the case, and those elsewhere that the ledger knows of.
    """

    source_id: str
    rows: Mapping[str, int]
    incidents: tuple[str, ...]
    keys: int
    sealed: int
    openings: int
    clear_copies: tuple[int, ...]
    still_in_folder: int
    tables_kept: int
    texts: int
    releases: int
    damaged_releases: int
    left_releases: tuple[str, ...]
    decisions: int
    damaged_decisions: int
    left_decisions: tuple[str, ...]
    copies: tuple[str, ...]
    publications: tuple[str, ...]
    outputs: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


def reach_of(folder: Path, source_id: str) -> Reach:
    """What a withdrawal of this source would reach. Writes nothing. UsageError for one of whom the case has nothing."""
    vault = Vault.open(folder)
    apart = read_apart(folder, vault)
    looked = look_through(vault, withdrawing(apart, source_id), now().date())
    return _reach(vault, folder, apart, source_id, looked)


def withdraw(folder: Path, source_id: str, keyring: Keyring) -> Reach:
    """The source has withdrawn: what it reached comes back.

    The act comes first; from then on no run, report or bundle has the source, even if this is broken off. Its keys are
    overwritten and removed, with what opens bundles made before, the words that rest on it in what is kept of releases,
    clear copies in the vault and every cached result. The case folder's own files stay, for they are the user's. Raises
    UsageError for an unknown source, one that has withdrawn, or a wrong role; VaultNotWritable, LedgerDamaged.
    """
    require_role(keyring.folder, "withdraw consent")
    vault = Vault.open(folder, keyring.signer)
    with alone_with(folder, vault) as apart:  # no run keeps anything of it, and no release appears, in between
        at = now()
        if source_id in vault.sealed.withdrawn:  # a removal that was broken off is ended
            left = _look_again(vault, apart, source_id, at)
            forget_results(vault)
            remedy = " ".join(["Run again, so that outputs follow.", *map(_once_more, left)])
            raise UsageError("has withdrawn already", where=source_id, remedy=remedy)
        who = withdrawing(apart, source_id)
        looked = look_through(vault, who, at.date())
        found = _reach(vault, folder, apart, source_id, looked)
        forget(vault, source_id, found.clear_copies, keep_rests(vault, who, looked), at)
        forget_results(vault)
    return found


def _look_again(vault: Vault, apart: Apart, source_id: str, at: datetime) -> tuple[str, ...]:
    """What is kept of releases and for decisions and could not be read when it withdrew, or that the version of then
    left alone, has none of its words and digests.

    Which can't be read even now comes back, a line each.
    """
    due = [name for name, sources in not_looked_through(vault.acts()).items() if source_id in sources]
    who = withdrawing(apart, source_id)
    looked = look_through(vault, who, at.date(), due)
    if len(looked.left) < len(due):
        vault.record(WITHDRAWN, keep_rests(vault, who, looked), at)
        vault.settle_removals()
    return tuple(looked.left.values())


def _once_more(left: str) -> str:
    return f"What is kept of a release, or for decisions, can't be read ({left}): withdraw once more when it can."


def _reach(vault: Vault, folder: Path, apart: Apart, source_id: str, looked: Looked) -> Reach:
    rows = rows_of(apart.read, {source_id})
    keys = vault.sealed.keys_of(source_id)
    if not rows and not keys and source_id not in apart.identities.rows:
        raise UsageError("the case has nothing of this source", where=source_id, remedy="Check the source_id.")
    mine = {one.file.path for one in files_of(apart.read, {source_id})}
    out = default_out(folder.resolve())
    return Reach(
        source_id=source_id,
        rows={name: len(frame) for name, frame in sorted(rows.items())},
        incidents=tuple(sorted(_named(rows) | _resting(rows, out))),
        keys=len(keys),
        sealed=len(vault.sealed.items_of(source_id)),
        openings=len(list((vault.folder / OPENINGS).glob("??/*"))),
        clear_copies=tuple(_clear_copies(vault, apart, source_id)),
        still_in_folder=len(mine) + (source_id in apart.identities.rows),
        tables_kept=sum(kept.role == "table" and kept.path.stem in rows for kept in vault.kept().values()),
        texts=looked.gone(of_decisions=False),
        releases=sum(not rest.of_decisions for rest in looked.rests) - looked.damaged(of_decisions=False),
        damaged_releases=looked.damaged(of_decisions=False),
        left_releases=tuple(why for name, why in looked.left.items() if name in looked.releases),
        decisions=looked.gone(of_decisions=True),
        damaged_decisions=looked.damaged(of_decisions=True),
        left_decisions=tuple(why for name, why in looked.left.items() if name in looked.of_decisions),
        copies=tuple(_told(vault.acts(), COPIED)),
        publications=tuple(_told(vault.acts(), PUBLISHED)),
        outputs=(*_outputs(folder.resolve()), *told_places(vault.acts())),
    )


def _named(rows: Mapping[str, pl.DataFrame]) -> set[str]:
    frames = [frame for frame in rows.values() if "incident_id" in frame.columns]
    return {str(incident) for frame in frames for incident in frame["incident_id"].drop_nulls()}


def _resting(rows: Mapping[str, pl.DataFrame], out: Path) -> set[str]:
    """Incidents whose findings, in the last outputs beside the case, list a row as evidence or a flight it is in."""
    try:
        blocks = json.loads((out / "findings.json").read_bytes())["incidents"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    ids = {row_id for name, frame in rows.items() if (key := TABLES[name].key) for row_id in frame[key].to_list()}
    return {str(block["incident_id"]) for block in blocks if ids & set(_evidence_of(block))}


def _evidence_of(block: Mapping[str, Any]) -> Iterator[str]:
    for piece in block["evidence"]:
        yield piece["evidence_id"]
    for track in block["tracks"] or ():
        yield from track["sightings"]


def _clear_copies(vault: Vault, apart: Apart, source_id: str) -> list[int]:
    """`preserved` acts of exhibits that rows of this source cite, and no row of anybody else."""
    others = without_sources(apart.read, {source_id})
    mine = _cited(rows_of(apart.read, {source_id})) - _cited(others.tables)
    return [
        number
        for number, kept in sorted(vault.kept().items())
        if kept.role == "exhibit"
        and any(plain_path(str(part)) in mine for part in (kept.path, *kept.path.parents[:-1]))
    ]


def _cited(frames: Mapping[str, pl.DataFrame]) -> Set[str]:
    texts = (item for frame in frames.values() if "item" in frame.columns for item in frame["item"].drop_nulls())
    return {plain_path(text) for text in texts}


def _told(acts: tuple[Act, ...], kind: str) -> Iterator[str]:
    """When, and what the act says, a line each; outputs of our own stand among `outputs`."""
    for act in acts:
        if act.kind == kind and act.content.get("schema") != OUTPUTS:
            yield f"{iso_utc(act.recorded_at)}: {sentence_of(act)}"


def _outputs(case: Path) -> Iterator[str]:
    """Folders beside the case that runs, reports and letters go to by default."""
    for folder in (default_out(case), *(case.parent / f"{case.name}-{kind}" for kind in ("report", "letters"))):
        if folder.is_dir():
            yield folder.name


def forget_results(vault: Vault) -> None:
    """Every cached result is gone; it is known still what of others is sealed. Raises VaultNotWritable."""
    known = Known.read(vault.folder)
    empty_cache(vault.folder / "cache", "the source has withdrawn", "withdraw again")
    living = {item.item_id for source in vault.sealed.sources() for item in vault.sealed.items_of(source)}
    known.keep(living)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
