"""Which things that still stand in clear in the case folder are sealed already, so that no run seals them again."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from consilience.vault.sealed_store import ToSeal

FILE = "sealed-here.json"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Known:
    """Sealed things by an HMAC (RFC 2104, SHA-256) of what they are, under a key of this file alone.

    It lies in the cache. Whoever reads it can try out whether a file that he has was sealed here: the same that the
    file in clear beside it tells him. It holds what stands in clear and nothing else; once nothing does, it is empty.
    If it is lost, what still stands in clear is sealed once more.
    """

    path: Path
    key: bytes
    items: Mapping[str, str]

    @classmethod
    def read(cls, vault_folder: Path) -> Known:
        """What is known in a vault; nothing, with a fresh key, where the file is absent or damaged."""
        path = vault_folder / "cache" / FILE
        try:
            said = json.loads(path.read_bytes())
            return cls(path, bytes.fromhex(said["key"]), {str(mark): str(item) for mark, item in said["items"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path, os.urandom(_KEY_BYTES), {})

    def item_of(self, thing: ToSeal) -> str | None:
        """The name of the sealed item that holds this thing, if it is known."""
        return self.items.get(self._mark(thing))

    def write(self, items: Mapping[ToSeal, str]) -> None:
        """These are known and no others. A disk that refuses costs time alone, so nobody is told."""
        self._write({self._mark(thing): item for thing, item in items.items()})

    def keep(self, items: Set[str]) -> None:
        """Of what is known, no other sealed items than these."""
        self._write({mark: item for mark, item in self.items.items() if item in items})

    def _write(self, marked: Mapping[str, str]) -> None:
        fresh = self.path.with_suffix(".new")
        with suppress(OSError):
            fresh.write_text(json.dumps({"key": self.key.hex(), "items": dict(sorted(marked.items()))}), "utf-8")
            fresh.replace(self.path)

    def _mark(self, thing: ToSeal) -> str:
        what = json.dumps([thing.kind, thing.source_id, thing.path, thing.digest])
        return hmac.new(self.key, what.encode(), "sha256").hexdigest()
