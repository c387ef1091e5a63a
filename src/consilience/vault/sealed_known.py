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
    If it is lost, what still stands in clear is sealed once more. `tokens` are those of a lock that has not ended,
    by the texts that they replace.
    """

    path: Path
    key: bytes
    items: Mapping[str, str]
    tokens: Mapping[str, str]

    @classmethod
    def read(cls, vault_folder: Path) -> Known:
        """What is known in a vault; nothing, with a fresh key, where the file is absent or damaged."""
        path = vault_folder / "cache" / FILE
        try:
            said = json.loads(path.read_bytes())
            items, tokens = (
                {str(mark): str(name) for mark, name in said[part].items()} for part in ("items", "tokens")
            )
            return cls(path, bytes.fromhex(said["key"]), items, tokens)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path, os.urandom(_KEY_BYTES), {}, {})

    def item_of(self, thing: ToSeal) -> str | None:
        """The name of the sealed item that holds this thing, if it is known."""
        return self.items.get(self._mark([thing.kind, thing.source_id, thing.path, thing.digest]))

    def token_of(self, text: str) -> str | None:
        """The token that a lock has given to a text, if one has begun and not ended."""
        return self.tokens.get(self._mark([text]))

    def write(self, items: Mapping[ToSeal, str]) -> None:
        """These are known and no others. A disk that refuses costs time alone, so nobody is told."""
        marks = {self._mark([one.kind, one.source_id, one.path, one.digest]): item for one, item in items.items()}
        self._write(marks, self.tokens)

    def write_tokens(self, tokens: Mapping[str, str]) -> None:
        """The tokens of a lock that begins, by text: after these a lock that is broken off goes on with the same."""
        self._write(self.items, {self._mark([text]): token for text, token in tokens.items()})

    def keep(self, items: Set[str]) -> None:
        """Of what is known, no other sealed items than these."""
        self._write({mark: item for mark, item in self.items.items() if item in items}, self.tokens)

    def _write(self, items: Mapping[str, str], tokens: Mapping[str, str]) -> None:
        fresh = self.path.with_suffix(".new")
        said = {"key": self.key.hex(), "items": dict(sorted(items.items())), "tokens": dict(sorted(tokens.items()))}
        with suppress(OSError):
            fresh.write_text(json.dumps(said), "utf-8")
            fresh.replace(self.path)

    def _mark(self, what: list[str]) -> str:
        return hmac.new(self.key, json.dumps(what).encode(), "sha256").hexdigest()
