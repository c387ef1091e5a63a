"""Exhibits: bytes kept under their own digest, `exhibits/ab/cdef…`, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from consilience.errors import ExhibitDamaged
from consilience.quantities import Digest
from consilience.vault.durable import destroy_file, make_folder, new_file, remove_file, sync_folder, write_all

_BLOCK = 1 << 20
_HALF_WRITTEN = "incoming.part"
_DIGEST = re.compile(r"sha256:([0-9a-f]{2})([0-9a-f]{62})")
_REMEDY = "Restore it from a copy of .consilience, and find out what changed it."


class Exhibits:
    """The store. Whoever writes holds the vault's lock, and calls `settle` before acknowledging what was kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unsettled: set[Path] = set()

    def keep(self, source: Path, digest: Digest, size_bytes: int) -> None:
        """The bytes of `source`, which has this digest and size, are in the store; lasting once settled.

        They are hashed while they are copied. Where they are kept already, those are read and checked instead.
        Raises ExhibitDamaged if source or exhibit differ from the digest, VaultNotWritable if they can't be written.
        """
        target = self._path(digest)
        if target.parent not in self._unsettled:
            make_folder(target.parent)
            self._unsettled.add(target.parent)
        if os.path.lexists(target):
            self.verify(digest, size_bytes)
        else:
            self._copy(source, target, digest, size_bytes)

    def settle(self) -> None:
        """What was kept since the last time now lasts. Raises VaultNotWritable."""
        for folder in sorted(self._unsettled):
            sync_folder(folder)
        self._unsettled.clear()

    def confirm(self, digest: Digest, size_bytes: int) -> None:
        """The exhibit is there and of this size: the quick look of every run. Raises ExhibitDamaged."""
        path = self._path(digest)
        try:
            status = path.lstat()
        except OSError as err:
            raise ExhibitDamaged(f"is gone: {err.strerror}", where=str(digest), remedy=_REMEDY) from err
        if not stat.S_ISREG(status.st_mode) or status.st_size != size_bytes:
            what = f"has {status.st_size} bytes instead of {size_bytes}"
            raise ExhibitDamaged(what, where=str(digest), remedy=_REMEDY)

    def verify(self, digest: Digest, size_bytes: int) -> None:
        """Every byte of the exhibit is as it was kept. Raises ExhibitDamaged."""
        self.confirm(digest, size_bytes)
        state = hashlib.sha256()
        for block in _blocks(self._path(digest), str(digest)):
            state.update(block)
        _compare(state.hexdigest(), digest)

    def read(self, digest: Digest) -> bytes:
        """The exhibit's bytes, checked. Raises ExhibitDamaged."""
        data = b"".join(_blocks(self._path(digest), str(digest)))
        _compare(hashlib.sha256(data).hexdigest(), digest)
        return data

    def remove(self, digest: Digest) -> None:
        """The exhibit is gone, on purpose, and lasts as gone; it need not be there. Raises VaultNotWritable."""
        path = self._path(digest)
        if os.path.lexists(path):
            destroy_file(path)
            sync_folder(path.parent)

    def sweep(self) -> None:
        """A copy that never ended is gone. Raises VaultNotWritable."""
        remove_file(self._folder / _HALF_WRITTEN)

    def _copy(self, source: Path, target: Path, digest: Digest, size_bytes: int) -> None:
        state, size = hashlib.sha256(), 0
        with new_file(self._folder / _HALF_WRITTEN, target) as descriptor:
            for block in _blocks(source, str(source)):
                state.update(block)
                size += len(block)
                write_all(descriptor, block)
            if (size, "sha256:" + state.hexdigest()) != (size_bytes, digest):
                remedy = "Run again once nothing else writes to it."
                raise ExhibitDamaged("changed between being read and being kept", where=str(source), remedy=remedy)

    def _path(self, digest: Digest) -> Path:
        match = _DIGEST.fullmatch(digest)
        if match is None:
            raise ExhibitDamaged("is no digest, so nothing is kept under it", where=repr(digest))
        return self._folder / match[1] / match[2]


def _blocks(path: Path, name: str) -> Iterator[bytes]:
    """The file in blocks. Raises ExhibitDamaged if it can't be read."""
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block
    except OSError as err:
        raise ExhibitDamaged(f"can't be read: {err.strerror}", where=name) from err


def _compare(found: str, digest: Digest) -> None:
    if "sha256:" + found != digest:
        raise ExhibitDamaged(f"holds other bytes, of digest sha256:{found}", where=str(digest), remedy=_REMEDY)
