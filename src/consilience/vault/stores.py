"""Where a replica lies: a folder of this machine, or any store that fsspec opens (sftp, s3 and others, by drivers).

A replica is laid out as the vault is, in `.consilience/` below the place that is named, so a replica in a folder is
checked and read as a case is. Credentials belong into fsspec's configuration or the environment; those in a URL are
used, and never repeated in a message or in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from consilience.errors import UsageError, VaultNotWritable
from consilience.vault.durable import (
    HALF_WRITTEN,
    destroy_file,
    explained,
    make_folder,
    new_file,
    sync_folder,
    write_all,
)
from consilience.vault.lock import only_writer
from consilience.vault.store import FOLDER

_BLOCK = 1 << 20
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[^/]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_LOCAL = ("file", "local")
_REFUSALS = (OSError, ValueError, ImportError, RuntimeError)
"""What fsspec and its drivers raise where a store can't be opened, read or written (RuntimeError: a driver that lacks
what is asked of it, or whose connection is gone)."""


class Store(Protocol):
    """A place for a replica. Paths are relative to its `.consilience/`. Every method raises VaultNotWritable."""

    name: str
    """The place without credentials: what messages and the ledger say."""

    def alone(self) -> AbstractContextManager[None]:
        """No other copy into this place runs while the block lasts, as far as the place can tell."""

    def files(self) -> dict[PurePosixPath, int]:
        """Every file there with its size in bytes."""

    def blocks(self, path: PurePosixPath) -> Iterator[bytes]:
        """The bytes of a file."""

    def write(self, path: PurePosixPath, blocks: Iterable[bytes]) -> None:
        """The file is there with these bytes, or is as it was where `blocks` raises; lasting once settled."""

    def settle(self) -> None:
        """What was written since the last time now lasts, as far as the place promises that."""

    def remove(self, path: PurePosixPath) -> None:
        """The file is gone; its bytes are overwritten first where the place lets us."""


def open_store(url: str) -> Store:
    """The place at a URL, or at the path of a folder. Raises UsageError if no such place can be opened."""
    match = _URL.fullmatch(url)
    if "::" in url:
        remedy = "Name one store: a folder, or a URL without ::."
        raise UsageError("a chain of stores can't hold a replica", where=without_credentials(url), remedy=remedy)
    if match is None or match["scheme"].lower() in _LOCAL:
        return FolderStore(Path(url if match is None else match["host"] + match["rest"]))
    return RemoteStore(url)


def without_credentials(url: str) -> str:
    """The URL without user, password, query and fragment. Raises UsageError where a password may be in it unmarked."""
    match = _URL.fullmatch(url)
    if match is None:
        return url
    host = match["host"].rpartition("@")[2]
    if ":" in host and not re.fullmatch(r"[^:]*:\d*|\[[0-9a-fA-F:.]+\](:\d*)?", host):
        remedy = "Write special characters of a password as %2F and the like, or leave it to fsspec's configuration."
        raise UsageError("this URL can't be told apart from a password", where=f"{match['scheme']}://…", remedy=remedy)
    return f"{match['scheme']}://{host}{re.split(r'[?#]', match['rest'])[0]}"


class FolderStore:
    """A folder of this machine: every write is synced as the vault's own are."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._home = self._root / FOLDER
        self._unsettled: set[Path] = set()
        self.name = self._root.as_uri()

    @property
    def root(self) -> Path:
        """The folder that was named, as an absolute path."""
        return self._root

    @contextmanager
    def alone(self) -> Iterator[None]:
        for folder in (self._root, self._home):
            make_folder(folder)
        with only_writer(self._home / "lock"):
            yield

    def files(self) -> dict[PurePosixPath, int]:
        with explained(self._home):
            below = (path for path in self._home.rglob("*") if path.is_file() and not path.is_symlink())
            return {PurePosixPath(path.relative_to(self._home)): path.stat().st_size for path in below}

    def blocks(self, path: PurePosixPath) -> Iterator[bytes]:
        with explained(self._home / path), (self._home / path).open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block

    def write(self, path: PurePosixPath, blocks: Iterable[bytes]) -> None:
        for parent in reversed(path.parents[:-1]):
            if self._home / parent not in self._unsettled:
                make_folder(self._home / parent)
                self._unsettled.add(self._home / parent)
        with new_file(self._home / path.parts[0] / HALF_WRITTEN, self._home / path) as descriptor:
            for block in blocks:
                write_all(descriptor, block)
        self._unsettled.add((self._home / path).parent)

    def settle(self) -> None:
        for folder in sorted(self._unsettled):
            sync_folder(folder)
        self._unsettled.clear()

    def remove(self, path: PurePosixPath) -> None:
        destroy_file(self._home / path)
        if (self._home / path).parent.is_dir():
            sync_folder((self._home / path).parent)


class RemoteStore:
    """Any other store of fsspec. Whether what it took lasts is its own promise; what is written is read back."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # here: it loads slowly, and only copies elsewhere need it

        self.name = without_credentials(url)
        try:
            self._fs, path = url_to_fs(url)
        except _REFUSALS as err:
            remedy = "Install what fsspec needs for this kind of store, or use a folder."
            raise UsageError(f"can't be opened: {_reason(err)}", where=self.name, remedy=remedy) from err
        self._home = f"{str(path).rstrip('/')}/{FOLDER}"

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def files(self) -> dict[PurePosixPath, int]:
        with self._explained():
            self._fs.invalidate_cache()
            try:
                found: dict[str, Any] = self._fs.find(self._home, detail=True)
            except FileNotFoundError:
                return {}
        start = len(self._home.strip("/")) + 1
        return {PurePosixPath(name.lstrip("/")[start:]): int(info["size"]) for name, info in found.items()}

    def blocks(self, path: PurePosixPath) -> Iterator[bytes]:
        with self._explained(), self._fs.open(self._at(path), "rb") as stream:
            while block := stream.read(_BLOCK):
                yield block

    def write(self, path: PurePosixPath, blocks: Iterable[bytes]) -> None:
        temporary, final = self._at(PurePosixPath(path.parts[0], HALF_WRITTEN)), self._at(path)
        with self._explained():
            self._fs.makedirs(final.rpartition("/")[0], exist_ok=True)
            with self._fs.open(temporary, "wb") as stream:
                for block in blocks:
                    stream.write(block)
            self._fs.mv(temporary, final)

    def settle(self) -> None:
        """A store gives no means to ask for more than that a write returned."""

    def remove(self, path: PurePosixPath) -> None:
        with self._explained():
            self._fs.rm_file(self._at(path))

    def _at(self, path: PurePosixPath) -> str:
        return f"{self._home}/{path}"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except _REFUSALS as err:
            remedy = "Look whether the store can be reached and written to, then run again: what it took stays."
            raise VaultNotWritable(f"the store refused: {_reason(err)}", where=self.name, remedy=remedy) from err


def _reason(err: Exception) -> str:
    """The system's words, or the error's kind: a driver's own message may repeat what was in the URL."""
    return str(getattr(err, "strerror", None) or type(err).__name__)
