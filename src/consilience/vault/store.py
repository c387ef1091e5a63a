"""The vault of a case: `.consilience/` beside its tables. Bytes in, digest out, and an act in the ledger for each.

The vault knows no clock: whoever calls says when. The only randomness is the salt of each act. Where it is given a
signer, each append ends in a signed checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path, PurePosixPath

from consilience.errors import CaseFolderMissing, LedgerDamaged, UsageError
from consilience.quantities import Digest
from consilience.records.case import CaseFile
from consilience.records.tables import IDENTITIES
from consilience.vault import ledger, sealed_files
from consilience.vault.acts import INTRODUCED, PRESERVED, Act, PreservedFile, body_of, read_act, read_preserved
from consilience.vault.beside_ledger import sweep_uncited
from consilience.vault.durable import destroy_file, explained, make_folder, sync_folder
from consilience.vault.exhibits import Exhibits
from consilience.vault.ledger import Entries
from consilience.vault.lock import only_writer
from consilience.vault.notes import Note, Signer, Verifier
from consilience.vault.sealed_acts import SealedState, sealed_state
from consilience.vault.shelves import destroyed_by
from consilience.vault.signing import Signed, check_none_taken_away, check_signed, introduced, introduction

FOLDER = ".consilience"

_IDENTITIES = re.compile(rf"[^a-z]*{IDENTITIES}(?![a-z])", re.IGNORECASE)
"""The table of names, and what an editor or a copy makes of it. A reader leaves it out; this is the last door."""


@dataclass(frozen=True, slots=True)
class Preserved:
    """What one call of `preserve` found: each list sorted by path.

    `changed` files have a new version beside the old one; `gone` ones were preserved once and are not in the case now:
    their versions stay.
    """

    new: tuple[PurePosixPath, ...]
    changed: tuple[PurePosixPath, ...]
    gone: tuple[PurePosixPath, ...]


class Vault:
    """What a case has kept. Reads are of the ledger as it stood at `open`, or after this vault's own last write."""

    def __init__(self, folder: Path, entries: Entries, signer: Signer | None = None) -> None:
        self._folder = folder
        self._signer = signer
        self._ledger = folder / "ledger"
        self._exhibits_folder = folder / "exhibits"
        self._exhibits = Exhibits(self._exhibits_folder)
        self._is_writing = False
        self._take(entries)

    @classmethod
    def open(cls, case_folder: Path, signer: Signer | None = None) -> Vault:
        """The vault of a case, its ledger checked act by act. Nothing is written before something is to be kept.

        With a signer, what is written from now on is signed, and with it all that came before and was not.
        Raises CaseFolderMissing, LedgerDamaged, or VaultNotWritable where it may not be read.
        """
        if not case_folder.is_dir():
            raise CaseFolderMissing(
                "there is no such folder", where=str(case_folder), remedy="Check the path of the case."
            )
        folder = case_folder / FOLDER
        return cls(folder, _entries_in(folder), signer)

    def preserve(
        self,
        root: Path,
        files: Sequence[CaseFile],
        at: datetime,
        progress: Callable[[int, int], None] | None = None,
    ) -> Preserved:
        """The files, which lie under `root`, are kept, and the ledger says so: all of them, or the call raises.

        Only what is new is copied and recorded; running again records nothing. `at` is when, with an offset.
        `progress` is told how many files are done, and of how many. After an error run again: what was kept stays.
        Raises UsageError for a table of identities or a path given twice or outside `root`; ExhibitDamaged,
        LedgerDamaged, VaultNotWritable.
        """
        ordered = _checked(files)
        with self.writing():
            earlier, acts = self._latest, list[PreservedFile]()
            for done, file in enumerate(ordered, start=1):
                last = earlier.get(file.path)
                if last is not None and last.digest == file.digest:
                    self._exhibits.confirm(file.digest, file.size_bytes)
                else:
                    self._exhibits.keep(root / file.path, file.digest, file.size_bytes)
                    acts.append(_next_version(file, last))
                if progress is not None:
                    progress(done, len(ordered))
            self._exhibits.settle()
            self._record([body_of(PRESERVED, act.content(), at) for act in acts], at)
        return _sorted_out(ordered, acts, earlier)

    def record(self, kind: str, contents: Sequence[Mapping[str, object]], at: datetime) -> tuple[Act, ...]:
        """Acts of one kind are in the ledger, all or none; a content is any JSON object. Raises as `preserve` does."""
        bodies = [body_of(kind, content, at) for content in contents]
        with self.writing():
            self._record(bodies, at)
        return self._acts[len(self._acts) - len(bodies) :]

    def acts(self) -> tuple[Act, ...]:
        """Every act, oldest first."""
        return self._acts

    @property
    def folder(self) -> Path:
        """`.consilience/`; it need not be there yet."""
        return self._folder

    @property
    def sealed(self) -> SealedState:
        """What is sealed, withdrawn, or no longer kept in clear."""
        return self._sealed

    def kept(self) -> Mapping[int, PreservedFile]:
        """By the number of its act, each version of a file whose bytes are kept in clear."""
        return {number: kept for number, kept in self._preserved.items() if number not in self._sealed.cleared}

    def root(self) -> str:
        """The ledger's root hash (RFC 6962, 64 hex digits), a space, and the number of acts."""
        return f"{self._entries.root.hex()} {self._entries.size}"

    def checkpoint(self) -> Note:
        """The checkpoint over every act, with its signatures, which were checked."""
        return self._entries.note

    def leaves(self) -> tuple[bytes, ...]:
        """The leaf hash of every act, oldest first: what proofs are made of (`vault.proofs`)."""
        return self._entries.leaves

    def signed(self, *, every: bool = False) -> Signed:
        """Up to which act the ledger is signed, and by whom, by the newest signed checkpoint; `every` older one is
        checked too, and that each key which the ledger introduces signed any. Raises LedgerDamaged."""
        return self._checked_signed(newest_only=not every)

    def bodies(self) -> tuple[bytes, ...]:
        """Every act as it stands in the ledger, byte for byte, oldest first."""
        return self._entries.bodies

    def copy_exhibit(self, digest: Digest, target: Path) -> None:
        """The bytes that were kept under a digest are in a new file, checked on the way. Raises ExhibitDamaged."""
        self._exhibits.copy_to(digest, target)

    def versions(self, path: PurePosixPath) -> tuple[Digest, ...]:
        """Every version of a file that was preserved, oldest first; none if it never was."""
        return tuple(kept.digest for kept in self._preserved.values() if kept.path == path)

    def read_exhibit(self, digest: Digest) -> bytes:
        """The bytes that were kept under a digest, checked. Raises ExhibitDamaged."""
        return self._exhibits.read(digest)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The vault is this process's alone, its folders are there, leftovers are swept, its ledger is read afresh.

        Inside the block `preserve`, `record` and `writing` may be called. Raises as `preserve` does.
        """
        if self._is_writing:
            yield
            return
        make_folder(self._folder)
        with only_writer(self._folder / "lock"):
            entries = _entries_in(self._folder)
            if not ledger.is_founded(self._ledger):
                ledger.found(self._ledger)
            for folder in (self._exhibits_folder, self._folder / "cache"):
                make_folder(folder)
            ledger.sweep(self._ledger, entries)
            self._exhibits.sweep()
            self._take(entries)
            self.settle_removals()
            self._is_writing = True
            try:
                yield
            finally:
                self._is_writing = False

    def settle_removals(self) -> None:
        """What the ledger says is gone is gone: clear copies that nothing else keeps, keys, unfinished sealed files,
        and what was kept of releases and for decisions with the words of who has withdrawn, or digests of them.

        The caller is in `writing`. Raises VaultNotWritable.
        """
        sealed_files.sweep(self._folder, self._sealed)
        for path in sorted(destroyed_by(self._acts)):
            if (self._folder / path).exists():
                destroy_file(self._folder / path)
                sync_folder((self._folder / path).parent)
        sweep_uncited(self._folder, self._acts)

    def _record(self, bodies: Sequence[bytes], at: datetime) -> None:
        """The bodies are in the ledger, after the act that introduces the signer if none has yet.

        Where there is nothing new, acts that nobody signed are signed.
        """
        signer, before = self._signer, self._entries
        if signer is None:
            self._take(ledger.append(self._ledger, before, bodies))
        elif bodies or (before.size and not before.signatures):
            if all(key != signer.verifier for _, key in introduced(self._acts)):
                bodies = [body_of(INTRODUCED, introduction(signer.verifier), at), *bodies]
            after = ledger.append(self._ledger, before, bodies, signer)
            self._take(after if bodies else ledger.sign(self._ledger, before, signer))

    def _checked_signed(self, *, newest_only: bool) -> Signed:
        """What the newest signed checkpoint says; each that is read is checked. Raises LedgerDamaged."""
        size, by, everybody = 0, tuple[Verifier, ...](), set[Verifier]()
        keys = introduced(self._acts)
        for size, note in ledger.signed_checkpoints(self._ledger, self._entries, newest_only=newest_only):
            by = check_signed(note, size, keys)
            everybody.update(by)
        if not newest_only:
            check_none_taken_away(keys, everybody)
        return Signed(size, by, len(self._acts) - size)

    def _take(self, entries: Entries) -> None:
        """From here on these are the entries. Raises LedgerDamaged if a signature under them does not hold."""
        acts = tuple(read_act(index, body) for index, body in enumerate(entries.bodies))
        check_signed(entries.note, entries.size, introduced(acts) if entries.signatures else ())
        self._entries = entries
        self._acts = acts
        self._preserved = {act.index: read_preserved(act) for act in self._acts if act.kind == PRESERVED}
        self._sealed = sealed_state(self._acts)
        self._latest = {kept.path: kept for kept in self.kept().values()}


def _entries_in(folder: Path) -> Entries:
    """The ledger's entries; none where nothing was ever kept. Raises LedgerDamaged or VaultNotWritable."""
    with explained(folder):
        has_exhibits = (folder / "exhibits").exists()  # looked at first: a writer founds the ledger before
        if ledger.is_founded(folder / "ledger"):
            return ledger.read_entries(folder / "ledger")
    if has_exhibits:
        remedy = "Restore .consilience from a copy."
        raise LedgerDamaged("there are exhibits and no ledger", where=str(folder), remedy=remedy)
    return Entries()


def _checked(files: Sequence[CaseFile]) -> list[CaseFile]:
    """The files in order of path. Raises UsageError for one that may not be kept, or not so."""
    ordered = sorted(files, key=lambda file: file.path)
    for file in ordered:
        if file.table == IDENTITIES or _IDENTITIES.match(file.path.name):
            remedy = "Seal it (`consilience seal`), or keep it outside the case folder."
            raise UsageError("a table of identities is never kept in clear", where=str(file.path), remedy=remedy)
        if file.path.is_absolute() or ".." in file.path.parts:
            remedy = "Put it into the case folder, and name it by its path in there."
            raise UsageError("lies outside the case", where=str(file.path), remedy=remedy)
    for one, other in pairwise(ordered):
        if one.path == other.path:
            raise UsageError("is given twice", where=str(one.path), remedy="Name it once.")
    return ordered


def _next_version(file: CaseFile, last: PreservedFile | None) -> PreservedFile:
    """What is to be recorded of a file whose last version, if there is one, is another."""
    return PreservedFile(
        path=file.path,
        digest=file.digest,
        size_bytes=file.size_bytes,
        role="exhibit" if file.table is None else "table",
        supersedes=None if last is None else last.digest,
    )


def _sorted_out(
    files: Sequence[CaseFile], acts: Sequence[PreservedFile], earlier: Mapping[PurePosixPath, PreservedFile]
) -> Preserved:
    given = {file.path for file in files}
    return Preserved(
        new=tuple(act.path for act in acts if act.supersedes is None),
        changed=tuple(act.path for act in acts if act.supersedes is not None),
        gone=tuple(sorted(path for path in earlier if path not in given)),
    )
