"""What a bundle withholds: a salted commitment to each value, which opens by itself and betrays nothing until then.

A commitment is SHA-256 over the canonical JSON (RFC 8785) of [salt, place, value], as RFC 9901, section 4.2, makes its
disclosures; the salt is 128 random bits of its own for each (section 9.3).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from consilience.quantities import canonical_json
from consilience.vault.acts import SALT_BYTES

EXHIBIT = "exhibit"
"""Where an exhibit that is withheld stands: nowhere in the bag."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing withheld: what the bag says of it, and the text that opens it, which the holder keeps."""

    item_id: str
    at: str
    why: str
    commitment: str
    disclosure: str


def place(file: str, *parts: str | int) -> str:
    """Where something stands in the payload: `file#/part/part`, a JSON pointer (RFC 6901)."""
    return f"{file}#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class Commitments:
    """The items of one bundle, numbered in the order in which they were made."""

    def __init__(self) -> None:
        self._items: list[Item] = []

    def withhold(self, at: str, value: object, why: str) -> dict[str, str]:
        """What stands at that place instead of the value. ValueError if the value is no JSON."""
        item_id = self._commit(at, value, why)
        return {"withheld": item_id}

    def withhold_exhibit(self, value: Mapping[str, object], why: str) -> None:
        """A commitment to an exhibit (`digest`, `path`, `size_bytes`): it stands in the list alone."""
        self._commit(place(EXHIBIT, self._next_id()), value, why)

    def items(self) -> tuple[Item, ...]:
        """Every item so far."""
        return tuple(self._items)

    def as_json(self) -> dict[str, object]:
        """What `withheld.json` says."""
        listed = [{"id": i.item_id, "at": i.at, "why": i.why, "commitment": i.commitment} for i in self._items]
        return {"items": listed}

    def _next_id(self) -> str:
        return f"W{len(self._items) + 1:04}"

    def _commit(self, at: str, value: object, why: str) -> str:
        disclosure = canonical_json([secrets.token_hex(SALT_BYTES), at, value])
        commitment = hashlib.sha256(disclosure).hexdigest()
        self._items.append(Item(self._next_id(), at, why, commitment, disclosure.decode()))
        return self._items[-1].item_id
