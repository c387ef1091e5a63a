"""What opens the items of a bundle: kept by the holder of the case, handed out item by item.

It lies in `.consilience/openings/ab/cdef…`, under the digest of its bytes, for the owner alone, and holds in clear what
the bundle withholds. The `copied` act of the bundle cites digest and size, as acts cite exhibits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from consilience.errors import ExhibitDamaged, UsageError
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.vault.acts import COPIED, Act
from consilience.vault.bundle.commitments import Item
from consilience.vault.durable import explained, make_folder, sync_folder, write_file
from consilience.vault.shelves import OPENINGS, destroyed_by, place_of
from consilience.vault.store import Vault

FOLDER = OPENINGS
SCHEMA = "consilience.opening/1"
COPY = "consilience.bundle_copied/1"
"""Marks the `copied` act of a bundle."""

_WITHDRAWN = "a source has withdrawn since, so nothing of this bundle is opened"
_ANEW = "Make a new bundle: it holds what may still be handed out."


@dataclass(frozen=True, slots=True)
class KeptOpenings:
    """What a `copied` act says of the openings of its bundle."""

    digest: Digest
    size_bytes: int

    def content(self) -> dict[str, object]:
        """As it stands in the act."""
        return {"openings": self.digest, "openings_bytes": self.size_bytes}


def keep_openings(
    vault: Vault, root: Digest, items: Sequence[Item], bodies: Mapping[int, str], *, gone: Set[str] = frozenset()
) -> KeptOpenings:
    """What opens every item and act of the bundle with that root is in the vault, and lasts.

    `gone` are sources who had withdrawn when it was made, so that nothing of them is in it. The caller is in the
    vault's `writing`. Raises VaultNotWritable.
    """
    opening = {
        "schema": SCHEMA,
        "root": root,
        "openings": [{"id": item.item_id, "disclosure": item.disclosure} for item in items],
        "acts": [{"index": index, "body": body} for index, body in sorted(bodies.items())],
        "gone": sorted(gone),
    }
    data = canonical_json(opening) + b"\n"
    digest = digest_bytes(data)
    folder, shelf = vault.folder / FOLDER, vault.folder / FOLDER / _parts(digest)[0]
    make_folder(folder)
    make_folder(shelf)
    write_file(folder / "incoming.part", shelf / _parts(digest)[1], data)
    sync_folder(shelf)
    return KeptOpenings(digest, len(data))


def opening_of(
    vault: Vault, root: Digest, item_ids: Sequence[str], acts: Sequence[int], *, gone: Set[str]
) -> dict[str, Any]:
    """What opens these items and acts, and no other. `gone`: who has withdrawn by now, or may have.

    No date is asked: one that is dated back would open what was withheld. Who was not gone when the bundle was made has
    withdrawn since. Raises UsageError for a bundle, item or act that isn't known, or a bundle made before a source
    withdrew; ExhibitDamaged where what opens them is.
    """
    kept = json.loads(_read(vault, root))
    if since := gone - set(kept.get("gone", ())):
        raise UsageError(_WITHDRAWN, where=", ".join(sorted(since)), remedy=_ANEW)
    openings = {one["id"]: one for one in kept["openings"]}
    bodies = {one["index"]: one for one in kept["acts"]}
    strangers = [*sorted(set(item_ids) - set(openings)), *map(str, sorted(set(acts) - set(bodies)))]
    if strangers:
        remedy = "data/withheld.json and data/ledger/acts.json of the bundle say what is withheld."
        raise UsageError("the bundle withholds no such thing", where=", ".join(strangers), remedy=remedy)
    return {
        "schema": SCHEMA,
        "root": root,
        "openings": [openings[item_id] for item_id in sorted(set(item_ids))],
        "acts": [bodies[index] for index in sorted(set(acts))],
    }


def _read(vault: Vault, root: Digest) -> bytes:
    """The openings of the bundle with that root, checked."""
    act = handed_out(vault, root)
    digest = Digest(str(act.content["openings"]))
    if place_of(OPENINGS, digest) in destroyed_by(vault.acts()):
        raise UsageError(_WITHDRAWN, where=root, remedy=_ANEW)
    file = vault.folder / FOLDER / "/".join(_parts(digest))
    if not file.exists():
        remedy = "Restore it from a copy: consilience vault repair CASE --from URL."
        raise ExhibitDamaged("is gone: without it no item of the bundle can be opened", where=str(file), remedy=remedy)
    with explained(file):
        data = file.read_bytes()
    if digest_bytes(data) != digest:
        remedy = "Restore it from a copy of .consilience, and find out what changed it."
        raise ExhibitDamaged("holds other bytes than were kept", where=str(file), remedy=remedy)
    return data


def handed_out(vault: Vault, root: Digest) -> Act:
    """The act that says that the bundle with that root was made."""
    for act in vault.acts():
        said = act.content
        if act.kind == COPIED and said.get("schema") == COPY and said["root"] == root and "openings" in said:
            return act
    remedy = "Give a bundle that was made from this case."
    raise UsageError("the ledger knows no bundle of this root", where=root, remedy=remedy)


def _parts(digest: Digest) -> tuple[str, str]:
    number = digest.removeprefix("sha256:")
    return number[:2], number[2:]
