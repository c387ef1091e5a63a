"""Small cases for the vault's tests, and what must hold of a vault whatever happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from consilience.quantities import digest_bytes
from consilience.records.case import CaseFile
from consilience.vault.checking import Fault, check
from consilience.vault.store import Vault

AT = datetime(2017, 6, 30, 12, 0, tzinfo=UTC)

FIRST = {"sightings.csv": b"sighting_id\nS1\n", "media/video.mp4": b"\x00\x01" * 5000}
SECOND = {"sightings.csv": b"sighting_id\nS1\nS2\n", "media/video.mp4": b"\x00\x01" * 5000, "letter.pdf": b"%PDF"}
"""One file changed, one the same, one new."""


def write_case(folder: Path, contents: Mapping[str, bytes]) -> list[CaseFile]:
    """The files, written, and as a reader would list them; .csv files count as tables."""
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return case_files(contents)


def case_files(contents: Mapping[str, bytes]) -> list[CaseFile]:
    """As a reader would list them."""
    return [
        CaseFile(PurePosixPath(name), digest_bytes(data), len(data), name[:-4] if name.endswith(".csv") else None)
        for name, data in contents.items()
    ]


def preserve(folder: Path, contents: Mapping[str, bytes]) -> Vault:
    """A case folder with these files, preserved."""
    vault = Vault.open(folder)
    vault.preserve(folder, write_case(folder, contents), AT)
    return vault


def assert_keeps(vault: Vault, contents: Mapping[str, bytes]) -> None:
    """Each file's bytes are kept and cited as a version of it."""
    for name, data in contents.items():
        assert digest_bytes(data) in vault.versions(PurePosixPath(name))
        assert vault.read_exhibit(digest_bytes(data)) == data


def stored_files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_whole(case: Path) -> None:
    """Every byte that the case has kept is as it was kept. That nothing is kept yet is no damage here, nor a mode that
    a test's own folder has."""
    damaged = check(case, read_data=True).damaged
    begun = (PurePosixPath(), PurePosixPath("ledger/checkpoint"))
    nothing_kept = [one for one in damaged if one.fault is Fault.GONE and one.path in begun]
    bytes_hurt = [one for one in damaged if one.fault is not Fault.LOOSE and one not in nothing_kept]
    assert not bytes_hurt, bytes_hurt
