"""Sealing what belongs to sealed sources: by every run, before anything of the case is kept in clear."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from consilience.casework.people import Apart, plain_path
from consilience.quantities import Digest, digest_bytes
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.records.tables import IDENTITIES
from consilience.vault.acts import PreservedFile
from consilience.vault.keyring import Custodian
from consilience.vault.sealed_known import Known
from consilience.vault.sealed_store import ToSeal, clear, seal
from consilience.vault.sealing import EXHIBIT, IDENTITY
from consilience.vault.store import Vault

NO_CUSTODIAN = "a custodian's key to seal it with (`consilience keys`): until then nothing of it is kept"


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a run did: things sealed now, `preserved` acts whose clear copies are gone, what is sealed of each thing.

    `items` are the names of sealed things by what they are; `left_out` what is said of it.
    """

    new: int
    cleared: int
    items: Mapping[tuple[str, str, Digest], str]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class SealingPlan:
    """What a run would seal, and to whose keys: sources of whom there are names, exhibits, custodians by name, and the
    tables of names that can be read."""

    sources: int
    exhibits: int
    custodians: tuple[str, ...]
    tables: tuple[str, ...]

    def tells(self, item: LeftOut) -> bool:
        """Is this the notice that a table of names was not read as evidence, which the plan tells better?"""
        return item.why is Why.SEALED_NOT_KEPT and item.row is None and str(item.file) in self.tables


def plan_sealing(apart: Apart, custodians: Sequence[Custodian]) -> SealingPlan:
    """What the next run will encrypt of sealed sources. Looks at nothing but what was read."""
    return SealingPlan(
        sources=len(set(apart.identities.rows) & apart.sealed),
        exhibits=len({one.file.path for one in apart.files}),
        custodians=tuple(custodian.name for custodian in custodians),
        tables=tuple(str(path) for path in apart.identities.files),
    )


def seal_case(
    vault: Vault,
    folder: Path,
    apart: Apart,
    custodians: Sequence[Custodian],
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Sealing:
    """What is new of sealed sources is sealed, and what an earlier run kept of it in clear is removed from the vault.

    Without custodians nothing is sealed and nothing removed, and `left_out` says so. The case folder is not touched.
    Raises SealBroken, UsageError, VaultNotWritable, LedgerDamaged.
    """
    in_clear = kept_in_clear(vault, apart)
    wanted = list(_things(vault, folder, apart, in_clear))
    if not custodians:
        return Sealing(0, 0, {}, (*_of_others(apart), *_unsealed(apart, wanted)))
    known = Known.read(vault.folder)
    living = {item.item_id for source in apart.sealed for item in vault.sealed.items_of(source)}
    have = {thing: item for thing in wanted if (item := known.item_of(thing)) and item in living}
    new = [thing for thing in wanted if thing not in have]
    done = {thing: item.item_id for thing, item in seal(vault, new, custodians, at, progress).items()}
    everything = {**have, **done}
    if wanted:
        known.write(everything)
    clear(vault, sorted(in_clear), at)
    items = {(thing.source_id, thing.path, thing.digest): item for thing, item in everything.items()}
    return Sealing(len(new), len(in_clear), items, tuple(_of_others(apart)))


def kept_in_clear(vault: Vault, apart: Apart) -> dict[int, PreservedFile]:
    """What the vault keeps in clear of sealed sources, by the number of its act: by name, or by the same bytes."""
    paths = {plain_path(text) for text in apart.texts} | {plain_path(str(one.file.path)) for one in apart.files}
    digests = {one.file.digest for one in apart.files if one.file.size_bytes}
    digests |= {kept.digest for kept in vault.kept().values() if _is_of(kept, paths) and kept.size_bytes}
    return {
        number: kept for number, kept in vault.kept().items() if _is_of(kept, paths) or _is_exhibit_of(kept, digests)
    }


def _is_of(kept: PreservedFile, paths: set[str]) -> bool:
    parts = (kept.path, *kept.path.parents[:-1])
    return kept.role == "exhibit" and any(plain_path(str(part)) in paths for part in parts)


def _is_exhibit_of(kept: PreservedFile, digests: set[Digest]) -> bool:
    return kept.role == "exhibit" and kept.digest in digests


def _things(vault: Vault, folder: Path, apart: Apart, in_clear: Mapping[int, PreservedFile]) -> Iterator[ToSeal]:
    """All that belongs to sealed sources and can be read now: names, files of the case, clear copies in the vault."""
    for source in sorted(set(apart.identities.rows) & apart.sealed):
        rows = apart.identities.rows[source]
        yield ToSeal(IDENTITY, source, IDENTITIES, digest_bytes(rows), len(rows), _from_memory(rows))
    seen = set()
    for one in apart.files:
        file = one.file
        seen.add((one.source_id, file.digest))
        yield ToSeal(EXHIBIT, one.source_id, str(file.path), file.digest, file.size_bytes, _from(folder / file.path))
    for kept in in_clear.values():
        for source in _owners(apart, kept):
            if (source, kept.digest) not in seen:
                seen.add((source, kept.digest))
                content = _from_vault(vault, kept.digest)
                yield ToSeal(EXHIBIT, source, str(kept.path), kept.digest, kept.size_bytes, content)


def _owners(apart: Apart, kept: PreservedFile) -> list[str]:
    """The sealed sources to which a clear copy belongs: those whose rows cite its path or hold the same bytes."""
    same = {one.source_id for one in apart.files if one.file.digest == kept.digest or one.file.path == kept.path}
    cited = {source for source, texts in apart.cited.items() if _is_of(kept, {plain_path(text) for text in texts})}
    return sorted(same | cited)


def _from(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _from_memory(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def _from_vault(vault: Vault, digest: Digest) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(vault.read_exhibit(digest))


def _of_others(apart: Apart) -> Iterator[LeftOut]:
    """Tables of names under a name or in a place where they are not read, and rows that could not be."""
    read = set(apart.identities.files)
    for item in apart.records.left_out:
        if item.table == IDENTITIES and item.why is Why.SEALED_NOT_KEPT and (item.file not in read or item.row):
            yield item


def _unsealed(apart: Apart, wanted: Sequence[ToSeal]) -> Iterator[LeftOut]:
    for path in sorted({path for where in apart.identities.places.values() for path, _ in where}):
        yield _notice(path, IDENTITIES, None, NO_CUSTODIAN)
    for source in sorted({thing.source_id for thing in wanted if thing.kind == EXHIBIT}):
        count = sum(thing.source_id == source and thing.kind == EXHIBIT for thing in wanted)
        expected = f"{NO_CUSTODIAN}; exhibits of this source: {count}"
        yield _notice(PurePosixPath("a sealed exhibit"), None, source, expected)


def _notice(path: PurePosixPath, table: str | None, source: str | None, expected: str) -> LeftOut:
    return LeftOut(path, None, None, table, source, Why.SEALED_NOT_KEPT, Lost.NOTHING, None, expected)


def with_notices(apart: Apart, sealing: Sealing) -> Apart:
    """The case with what the sealing says in place of what was said before."""
    others = [item for item in apart.records.left_out if item.why is not Why.SEALED_NOT_KEPT]
    return replace(apart, records=replace(apart.records, left_out=(*others, *sealing.left_out)))
