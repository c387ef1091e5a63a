"""A small synthetic case with two sealed sources, one open one, and keys; nobody in it is real."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_folder import write_small_case

from consilience.casework.keys import make_keys
from consilience.vault.keyring import Keyring

VOICE, CHAT, PHOTO = b"her voice " * 900, b"his chat " * 700, b"a photo of smoke " * 500
NAME, PHONE = "Umm Synthetic", "+963000000001"

TABLES = {
    "identities": ["source_id,name,contact", f"W1,{NAME},{PHONE}"],
    "interviews": [
        "interview_id,source_id,recording,consent,item",
        "N1,W1,sealed,analysis;public,calls/umm-synthetic.m4a",
        "N2,W2,sealed,analysis,calls/chat.txt",
    ],
    "accounts": [
        "account_id,incident_id,source_id,interview_id,time,time_precision,facility_id,mode,item",
        "A1,I1,W1,N1,2017-04-02T10:05,minute,F1,air strike,calls/umm-synthetic.m4a",
        'A2,I1,W2,N2,2017-04-02T10:10,about,F1,air strike,"calls/chat.txt"',
        "A3,I1,W3,,2017-04-02T10:08,about,F1,air strike,open/photo.jpg",
    ],
    "sources": [
        "source_id,role", "W1,direct_witness", "W2,medical_worker", "W3,media_uploader", "SP,flight_spotter",
    ],
    "media": None,
}  # fmt: skip


def write_sealed_case(folder: Path) -> Path:
    """The case with its files: a voice, a chat, and a photo that nobody seals."""
    case = write_small_case(folder, TABLES)
    for name, data in (("calls/umm-synthetic.m4a", VOICE), ("calls/chat.txt", CHAT), ("open/photo.jpg", PHOTO)):
        (case / name).parent.mkdir(exist_ok=True)
        (case / name).write_bytes(data)
    return case


def own_keys(folder: Path, patch: pytest.MonkeyPatch) -> Keyring:
    """A keyring with one custodian, which runs in this process see from here on."""
    patch.setenv("CONSILIENCE_KEYS", str(folder))
    return make_keys(folder, None, yes=True).keyring


def kept_bytes(case: Path) -> bytes:
    """All that the vault keeps, in one."""
    vault = case / ".consilience"
    return b"\n".join(path.read_bytes() for path in sorted(vault.rglob("*")) if path.is_file())
