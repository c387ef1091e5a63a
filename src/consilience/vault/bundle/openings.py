"""What opens the items of a bundle: kept by the holder of the case, handed out item by item.

They lie in `.consilience/openings/<root>.json`, for the owner alone, and hold in clear what the bundle withholds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from consilience.errors import UsageError
from consilience.quantities import Digest, canonical_json
from consilience.vault.bundle.commitments import Item
from consilience.vault.durable import explained, make_folder, sync_folder, write_file
from consilience.vault.store import FOLDER

FOLDER_OF_OPENINGS = "openings"
SCHEMA = "consilience.opening/1"


def keep_openings(case: Path, root: Digest, items: Sequence[Item], bodies: Mapping[int, str]) -> None:
    """What opens every item and act of the bundle with that root is in the vault, and lasts. VaultNotWritable."""
    folder = case / FOLDER / FOLDER_OF_OPENINGS
    make_folder(folder)
    opening = {
        "schema": SCHEMA,
        "root": root,
        "openings": [{"id": item.item_id, "disclosure": item.disclosure} for item in items],
        "acts": [{"index": index, "body": body} for index, body in sorted(bodies.items())],
    }
    write_file(folder / "incoming.part", folder / _name(root), canonical_json(opening) + b"\n")
    sync_folder(folder)


def opening_of(case: Path, root: Digest, item_ids: Sequence[str], acts: Sequence[int]) -> dict[str, Any]:
    """What opens these items and acts, and no other. Raises UsageError for a bundle, item or act that isn't known."""
    file = case / FOLDER / FOLDER_OF_OPENINGS / _name(root)
    with explained(file):
        if not file.exists():
            remedy = "Give a bundle of this case, whose openings were not deleted."
            raise UsageError("nothing is kept that opens this bundle", where=root, remedy=remedy)
        kept = json.loads(file.read_text("utf-8"))
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


def _name(root: Digest) -> str:
    return root.removeprefix("sha256:") + ".json"
