"""Locking a case: all that is sealed is only sealed, and neither its names nor its bytes stand in clear any more.

The order is such that, wherever it is broken off, everything can be brought back and nothing is kept in clear by the
next run: sealed first and tested, then the clear files removed, then their names in the tables.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, gettempdir

from consilience.casework.acting_time import now
from consilience.casework.alone import alone_with
from consilience.casework.cache import empty_cache
from consilience.casework.cell_tokens import is_utf8, lines_with, with_tokens
from consilience.casework.people import SEALED, Apart, class_of, plain_path, read_apart
from consilience.casework.roles import require_role
from consilience.casework.sealing import Sealing, kept_in_clear, seal_case
from consilience.errors import KeysUnusable, SealBroken, UsageError
from consilience.quantities import Digest, canonical_json, digest_bytes, digest_file
from consilience.records.case import CaseFile
from consilience.records.tables import IDENTITIES, TABLES
from consilience.vault.acts import PRESERVED, PreservedFile, read_preserved
from consilience.vault.durable import explained, remove_file, sync_folder, write_file
from consilience.vault.keyring import Keyring
from consilience.vault.sealed_known import Known
from consilience.vault.sealed_store import ToSeal, begin_opening, clear, new_name, seal
from consilience.vault.sealing import CELLS
from consilience.vault.store import Vault

_TEXTS = (".csv", ".toml", ".txt", ".md", ".json")
_NO_CUSTODIANS = "Name custodians: consilience keys init, add."
LEAST_SEARCHED = 5
"""Characters from which a name is looked for all over the case. Our choice: shorter ones stand in every text."""
_HALF_WRITTEN = ".consilience-incoming.part"
TEST = "test that all can be opened, before clear copies are removed; nothing was shown"


@dataclass(frozen=True, slots=True)
class LockPlan:
    """What locking would do. Paths and cells are for the terminal of whoever has the clear files before him.

    `plain` are the files to be removed, `tables` those whose cells get tokens. `refused` says, a line each, why names
    would stay in clear, and then nothing is done; `noted` where a name may stand that only a person can judge.
    """

    sources: int
    clear_copies: int
    plain: tuple[PurePosixPath, ...] = field(repr=False)
    tables: tuple[PurePosixPath, ...]
    refused: tuple[str, ...]
    noted: tuple[str, ...]


def plan_lock(folder: Path) -> LockPlan:
    """What `lock` with `remove_plain` would do. Writes nothing."""
    vault = Vault.open(folder)
    return _plan(folder, vault, read_apart(folder, vault))


def _plan(folder: Path, vault: Vault, apart: Apart) -> LockPlan:
    tables = tuple(path for path, data in _tables(folder, apart) if with_tokens(data, _drafts(apart)).replaced)
    return LockPlan(
        sources=len(apart.sealed),
        clear_copies=len(kept_in_clear(vault, apart)),
        plain=plain_files(apart),
        tables=tables,
        refused=tuple(_refused(folder, apart)),
        noted=(*_elsewhere(folder, apart), *_in_ledger(vault, apart), *_left_in_clear(apart)),
    )


def seal_now(folder: Path, keyring: Keyring) -> Sealing:
    """What belongs to sealed sources is sealed, clear copies in the vault are removed; the folder is not touched.

    Raises UsageError without custodians or in a wrong role; SealBroken, VaultNotWritable.
    """
    require_role(keyring.folder, "seal")
    if not keyring.custodians:
        raise UsageError("nobody could open what is sealed", remedy=_NO_CUSTODIANS)
    vault = Vault.open(folder, keyring.signer)
    with alone_with(folder, vault) as apart:
        return seal_case(vault, folder, apart, keyring.custodians, now())


def lock(folder: Path, keyring: Keyring) -> LockPlan:
    """The case is locked, and what was done comes back. Everything is sealed, and opened once as a test, before.

    Raises UsageError where a name would stay in clear (nothing is done then) or in a wrong role; KeysUnusable without
    a custodian's private key; SealBroken, VaultNotWritable.
    """
    require_role(keyring.folder, "lock")
    _check_clear(plan_lock(folder))  # before anything is written
    if not keyring.custodians:
        raise UsageError("nobody could open what is sealed", remedy=_NO_CUSTODIANS)
    vault = Vault.open(folder, keyring.signer)
    with alone_with(folder, vault) as apart:  # a run that keeps anything comes before, or finds the tokens
        plan = _plan(folder, vault, apart)
        _check_clear(plan)
        _lock(folder, vault, apart, plan, keyring)
    return plan


def _check_clear(plan: LockPlan) -> None:
    if plan.refused:
        raise UsageError("names would stay in clear", where="; ".join(plan.refused), remedy="See to these first.")


def _lock(folder: Path, vault: Vault, apart: Apart, plan: LockPlan, keyring: Keyring) -> None:
    """What was planned is done. The caller is in `writing`."""
    sealing = seal_case(vault, folder, apart, keyring.custodians, now())
    _test(vault, apart, keyring, sealing)
    known = Known.read(vault.folder)
    tokens = _tokens(apart, sealing, known)
    known.write_tokens(tokens)
    changed = _tables_with_tokens(folder, vault, apart, tokens, keyring)
    _unchanged(folder, apart)
    for path in plan.plain:
        _remove(folder, path)
    clear(vault, [number for number, _ in _versions(vault, tokens)], now())
    for path, data in changed.items():
        _rewrite(folder / path, data)
    empty_cache(vault.folder / "cache", "the case is locked", "lock again")


def plain_files(apart: Apart) -> tuple[PurePosixPath, ...]:
    """The files of the folder that a locked case no longer has."""
    return tuple(sorted({one.file.path for one in apart.files} | set(apart.identities.files)))


def _refused(folder: Path, apart: Apart) -> Iterator[str]:
    """Why names would stay in clear, by place: never a name."""
    for item in apart.records.left_out:
        if item.table == IDENTITIES and (item.row or item.file not in apart.identities.files):
            yield f"{item.file}{f', row {item.row}' if item.row else ''}: names that can't be sealed as they stand"
    replaced = {path: with_tokens(data, _drafts(apart)).replaced for path, data in _tables(folder, apart)}
    for frame in apart.read.tables.values():
        if "item" in frame.columns:
            for row in frame.filter(frame["item"].is_in(list(_drafts(apart)))).iter_rows(named=True):
                path = PurePosixPath(str(row["_file"]))
                if row["item"] not in replaced.get(path, ()):
                    why = "write the name plainly" if path in replaced else "save the table as CSV"
                    yield f"{path}, row {row['_row']}, column item: {why}, else it can't be replaced"
    drafts = _drafts(apart)
    for path, data in _tables(folder, apart):
        if drafts and not is_utf8(data):
            yield f"{path}: save it as UTF-8, only there can names be replaced"


def _elsewhere(folder: Path, apart: Apart) -> Iterator[str]:
    """Where in files that stay in clear a protected text still stands: a file's name, a person's, a contact."""
    drafts = _drafts(apart)
    said = [json.loads(rows) for rows in apart.identities.rows.values()]
    personal = {text for rows in said for row in rows for name, text in row.items() if name in ("name", "contact")}
    names = {PurePosixPath(text).name for text in drafts if _is_file_of(apart, text)}
    texts = sorted(text for text in personal | names | set(drafts) if len(text) >= LEAST_SEARCHED)
    gone = set(plain_files(apart))
    for file in apart.read.files:
        if not texts or file.path in gone:
            continue
        if any(text in str(file.path) for text in texts):
            yield "the name of a file that stays: a protected text stands in it"
        if file.path.suffix.casefold() in _TEXTS:
            with explained(folder / file.path):
                data = with_tokens((folder / file.path).read_bytes(), drafts).data
            for line in lines_with(data, texts):
                yield f"{file.path}, line {line}: a protected text stands in it"


def _in_ledger(vault: Vault, apart: Apart) -> Iterator[str]:
    """Acts of earlier runs that name a file which is sealed now, or keep a table in which names can't be replaced."""
    names = {plain_path(text) for text in apart.texts} | {plain_path(str(one.file.path)) for one in apart.files}
    for act in vault.acts():
        if act.kind == PRESERVED and plain_path(str(read_preserved(act).path)) in names:
            yield f"act {act.index} of the ledger names a file that was kept in clear then; it can't be taken back"
    for number, kept in sorted(vault.kept().items()):
        if names and kept.role == "table" and kept.path.suffix.casefold() != ".csv":
            yield f"act {number} keeps a version of {kept.path}, which is no CSV: names of files may stand in it"


def _left_in_clear(apart: Apart) -> Iterator[str]:
    """Columns of the tables that may name a person and are never sealed: by table, with how many rows say something."""
    for name, frame in apart.read.tables.items():
        personal = [column.name for column in TABLES[name].columns if column.personal]
        for column in personal:
            if rows := frame[column].drop_nulls().len():
                said = f"may name persons (rows with an entry: {rows}), and stays in clear: no lock seals it"
                yield f"{name}, column {column}: {said}"


def _is_file_of(apart: Apart, text: str) -> bool:
    return any(plain_path(str(one.file.path)) == plain_path(text) for one in apart.files)


def _tables(folder: Path, apart: Apart) -> Iterator[tuple[PurePosixPath, bytes]]:
    for file in apart.read.files:
        if file.table is not None and file.path.suffix.casefold() == ".csv":
            with explained(folder / file.path):
                yield file.path, (folder / file.path).read_bytes()


def _drafts(apart: Apart) -> dict[str, str]:
    """Texts that get tokens, with tokens that are none yet."""
    return {text: SEALED for text in apart.texts if not text.startswith(SEALED)}


def _tokens(apart: Apart, sealing: Sealing, known: Known) -> dict[str, str]:
    """A token for each text: texts of one exhibit share what stands before the dot."""
    ids: dict[str, str] = {}
    for (_, _, digest), item in sorted(sealing.items.items()):
        ids[digest] = min(item, ids.get(digest, item))
    tokens: dict[str, str] = {}
    for text, kind in sorted(apart.texts.items()):
        if text.startswith(SEALED):
            continue
        if begun := known.token_of(text):
            tokens[text] = begun
            continue
        same = ids.setdefault(kind, new_name())
        number = sum(class_of(token) == SEALED + same for token in tokens.values())
        tokens[text] = f"{SEALED}{same}" + (f".{number + 1}" if number else "")
    return tokens


def _test(vault: Vault, apart: Apart, keyring: Keyring, sealing: Sealing) -> None:
    """Everything that is to be removed in clear was just read back from what is sealed, whole."""
    opened: set[tuple[str, Digest]] = set()
    sealed_of = {source for source, _, _ in sealing.items}
    if sealed_of and not keyring.identities():
        what = (
            "no custodian's private key is on this machine, so it can't be tested whether what is sealed can be opened"
        )
        raise KeysUnusable(what, remedy="Lock the case where one is; until then nothing in clear is removed.")
    for source in sorted(sealed_of):
        opening = begin_opening(vault, source, keyring.identities(), TEST, now())
        wanted = set(sealing.items.values())
        for item in opening.items:
            if item.item_id in wanted:
                opened.add((source, opening.read(item, _Nowhere()).digest))
    missing = [one for one in apart.files if (one.source_id, one.file.digest) not in opened]
    missing_names = [
        source for source in apart.sealed & set(apart.identities.rows)
        if (source, digest_bytes(apart.identities.rows[source])) not in opened
    ]  # fmt: skip
    if missing or missing_names:
        what = f"{len(missing) + len(missing_names)} things could not be read back, so nothing in clear is removed"
        raise SealBroken(what, remedy="Run again; report it if this stays.")


def _tables_with_tokens(
    folder: Path, vault: Vault, apart: Apart, tokens: Mapping[str, str], keyring: Keyring
) -> dict[PurePosixPath, bytes]:
    """The tables as the folder will have them; every version that names an exhibit is kept with tokens from here on.

    What stood in the cells is sealed to the sources whose exhibits they are.
    """
    changed = {path: done.data for path, data in _tables(folder, apart) if (done := with_tokens(data, tokens)).replaced}
    versions = [(kept.path, vault.read_exhibit(kept.digest)) for _, kept in _versions(vault, tokens)]
    versions += [(path, (folder / path).read_bytes()) for path in changed]
    things: dict[tuple[str, bytes], ToSeal] = {}
    for path, data in versions:
        replaced = with_tokens(data, tokens).replaced
        for source in sorted(apart.sealed):
            mine = {tokens[text]: text for text in replaced if _is_of(apart, source, text)}
            if mine:
                held = canonical_json({"table": str(path), "digest": digest_bytes(data), "cells": mine})
                things[source, held] = ToSeal(CELLS, source, str(path), digest_bytes(held), len(held), _held(held))
    seal(vault, list(things.values()), keyring.custodians, now())
    with explained(Path(gettempdir())), TemporaryDirectory(prefix="consilience-") as place:
        for path, data in versions:
            _preserve(vault, Path(place), path, with_tokens(data, tokens).data)
    return changed


def _unchanged(folder: Path, apart: Apart) -> None:
    """What is to be removed is still what was sealed. Raises SealBroken."""
    if any(digest_file(folder / one.file.path) != one.file.digest for one in apart.files):
        raise SealBroken(
            "a file was changed while the case was being locked; nothing was removed", remedy="Lock again."
        )


def _is_of(apart: Apart, source: str, text: str) -> bool:
    own = any(one.source_id == source and plain_path(str(one.file.path)) == plain_path(text) for one in apart.files)
    return own or text in apart.cited.get(source, ())


def _held(data: bytes) -> Callable[[], io.BytesIO]:
    return lambda: io.BytesIO(data)


def _versions(vault: Vault, tokens: Mapping[str, str]) -> list[tuple[int, PreservedFile]]:
    """Versions of CSV tables, kept in clear, in which one of the texts stands as a cell."""
    return [
        (number, kept)
        for number, kept in sorted(vault.kept().items())
        if kept.role == "table"
        and kept.path.suffix.casefold() == ".csv"
        and with_tokens(vault.read_exhibit(kept.digest), tokens).replaced
    ]


def _preserve(vault: Vault, place: Path, path: PurePosixPath, data: bytes) -> None:
    file = place / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    vault.preserve(place, [CaseFile(path, digest_bytes(data), len(data), path.stem.casefold())], now())


def _rewrite(file: Path, data: bytes) -> None:
    mode = file.stat().st_mode & 0o777
    write_file(file.with_name(_HALF_WRITTEN), file, data)
    with explained(file):
        file.chmod(mode)
    sync_folder(file.parent)


def _remove(folder: Path, path: PurePosixPath) -> None:
    """The file, and each folder that is empty without it: a folder's name may be a person's too."""
    remove_file(folder / path)
    for parent in path.parents:
        if parent == PurePosixPath() or any((folder / parent).iterdir()):
            sync_folder(folder / parent)
            return
        with explained(folder / parent):
            (folder / parent).rmdir()


class _Nowhere:
    """Takes bytes and keeps none."""

    def write(self, data: bytes) -> int:
        """All of it, nowhere."""
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
