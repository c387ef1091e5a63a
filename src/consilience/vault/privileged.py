"""Privileged notes: kept beside the ledger, which holds a salted digest of each and no word of it.

A bundle takes exhibits and acts; nothing in `.consilience/privileged/` is either, so a note goes nowhere by mistake.
Each file is `<commitment>.json`: the text and the salt that makes the commitment say nothing to whoever guesses.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from consilience.errors import ExhibitDamaged
from consilience.quantities import canonical_json, digest_bytes
from consilience.vault.acts import SALT_BYTES
from consilience.vault.durable import make_folder, sync_folder, write_file

PRIVILEGED = "privileged"


def keep_note(vault_folder: Path, text: str) -> str:
    """The note is on the disk under its commitment, which is given: 64 hex digits. Raises VaultNotWritable."""
    body = canonical_json({"salt": os.urandom(SALT_BYTES).hex(), "text": text})
    commitment = digest_bytes(body).removeprefix("sha256:")
    folder = vault_folder / PRIVILEGED
    make_folder(vault_folder)
    make_folder(folder)
    file, part = folder / f"{commitment}.json", folder / "incoming.part"
    write_file(part, file, body)
    sync_folder(folder)
    return commitment


def read_note(vault_folder: Path, commitment: str) -> str:
    """The text of a note, checked. Raises ExhibitDamaged where it is gone or was changed."""
    file = vault_folder / PRIVILEGED / f"{commitment}.json"
    try:
        body = file.read_bytes()
    except OSError as err:
        remedy = "Restore .consilience/privileged from a copy."
        raise ExhibitDamaged("this privileged note can't be read", where=str(file), remedy=remedy) from err
    if digest_bytes(body).removeprefix("sha256:") != commitment:
        raise ExhibitDamaged("this privileged note was changed", where=str(file))
    return str(json.loads(body)["text"])
