"""The bag: a BagIt 1.0 folder (RFC 8493) in which one root digest binds every byte (docs/formats/bundle-format.md)."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from consilience.errors import PublishError
from consilience.quantities import Digest, canonical_json, digest_bytes, digest_file
from consilience.vault.bundle import verify
from consilience.vault.notes import Note, Signer
from consilience.vault.store import Vault

VERIFIER = "verify.py"
ROOT_FILE = "bundle-root.txt"
KEYS = "ledger/keys.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
_BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that was written: the digest that binds it, that of its verifier, and how much it holds."""

    root: Digest
    verifier: Digest
    files: int
    size_bytes: int
    signed_by: str | None


def json_file(value: object) -> bytes:
    """A file of the payload: canonical JSON and a line end."""
    return canonical_json(value) + b"\n"


def write_bag(
    folder: Path,
    payload: Mapping[str, bytes],
    exhibits: Mapping[str, Digest],
    info: Sequence[tuple[str, str]],
    readme: str,
    *,
    vault: Vault,
    signer: Signer | None,
    progress: Callable[[int, int], None],
) -> Bag:
    """The bag is in the empty folder: payload files by their path below `data/`, exhibits copied from the vault.

    `info` are labels and values of `bag-info.txt`; `signer` signs the root; `progress` is told how many exhibits are
    copied, and of how many. At last the verifier is run on it. Raises PublishError, LedgerDamaged, ExhibitDamaged.
    """
    keys = {key.text for key in vault.signed().by} | ({signer.verifier.text} if signer is not None else set())
    if keys:
        payload = {**payload, KEYS: "".join(f"{key}\n" for key in sorted(keys)).encode()}
    digests: dict[str, str] = {}
    with _explained(folder):
        for name, data in payload.items():
            digests[name] = _write(folder / "data" / name, data)
        for done, (name, digest) in enumerate(exhibits.items()):
            progress(done, len(exhibits))
            target = folder / "data" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            vault.copy_exhibit(digest, target)
            digests[name] = digest.removeprefix("sha256:")
        size = sum((folder / "data" / name).stat().st_size for name in digests)
        signed = "no" if signer is None else "yes"
        labels = [*info, ("Consilience-Signed", signed), ("Payload-Oxum", f"{size}.{len(digests)}")]
        tags = {
            "README.txt": readme.encode(),
            "bag-info.txt": "".join(f"{label}: {' '.join(value.split())}\n" for label, value in labels).encode(),
            "bagit.txt": _BAGIT.encode(),
            MANIFEST: _lines({f"data/{name}": digest for name, digest in digests.items()}),
            VERIFIER: verifier_source(),
        }
        tag_manifest = _lines({name: _write(folder / name, data) for name, data in tags.items()})
        _write(folder / TAG_MANIFEST, tag_manifest)
        root = digest_bytes(tag_manifest)
        text = f"consilience/bundle/1\n{root}\n".encode()
        _write(folder / ROOT_FILE, Note(text, () if signer is None else (signer.sign(text),)).bytes)
    _check(folder, root)
    return Bag(root, digest_bytes(tags[VERIFIER]), len(digests), size, None if signer is None else signer.verifier.text)


def root_of(folder: Path) -> Digest:
    """The root of a bag: the digest of its tag manifest. Raises PublishError where there is no bag."""
    try:
        return digest_file(folder / TAG_MANIFEST)
    except OSError as err:
        raise PublishError("this is no bundle", where=str(folder), remedy="Give the folder of a bundle.") from err


def verifier_source() -> bytes:
    """The verifier that travels in every bag."""
    return resources.files("consilience.vault.bundle").joinpath(VERIFIER).read_bytes()


def _check(folder: Path, root: Digest) -> None:
    """The verifier finds the bag whole. Raises PublishError: no bag is handed out that it would refuse."""
    report = verify.verify(str(folder), Namespace(root=root, key=None, opening=None))
    if report.reasons:
        what = "the bundle's own verifier refuses it: " + "; ".join(report.reasons[:5])
        raise PublishError(what, remedy="This is a defect of Consilience: please report it. Nothing was handed out.")


def _write(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _lines(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        remedy = "Choose a folder that can be written with --out, or free space."
        raise PublishError(f"can't write the bundle: {err.strerror}", where=str(folder), remedy=remedy) from err
