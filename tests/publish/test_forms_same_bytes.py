"""The same document makes the same bytes, whoever makes them, where and when; and they say nothing of that."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from document_example import example_document
from pypdf import PdfReader

from consilience.publish.forms.registry import FORMS

RENDER = """
import sys
from pathlib import Path
from document_example import example_document, hostile_document
from consilience.publish.forms.registry import FORMS
documents = {"en": example_document(), "ar": example_document("ar"), "hostile": hostile_document()}
for form, render in FORMS.items():
    for name, document in documents.items():
        Path(f"{name}.{form}").write_bytes(render(document))
"""

SOMEBODY = {
    "USER": "canary-user", "LOGNAME": "canary-user", "USERNAME": "canary-user", "HOSTNAME": "canary-host",
    "TZ": "Asia/Damascus", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1500000000", "LANG": "C.UTF-8",
}  # fmt: skip
SOMEBODY_ELSE = SOMEBODY | {"USER": "x", "TZ": "UTC", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"}


def _rendered(folder: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Every form of every example, made by a process of its own in a folder of its own."""
    folder.mkdir()
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = os.environ | environment | {"PYTHONPATH": paths, "HOME": str(folder)}
    subprocess.run([sys.executable, "-c", RENDER], cwd=folder, env=environment, check=True)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _rendered(tmp_path_factory.mktemp("here") / "canary-folder", SOMEBODY)


def test_another_user_in_another_place_at_another_time_makes_the_same_bytes(
    made: dict[str, bytes], tmp_path: Path
) -> None:
    again = _rendered(tmp_path / "elsewhere", SOMEBODY_ELSE)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in again.items()} == digests
    assert len(digests) == 3 * len(FORMS)


def test_no_name_of_a_user_a_machine_or_a_folder_is_in_a_file(made: dict[str, bytes]) -> None:
    for name, data in made.items():
        for part in _parts(name, data):
            assert b"canary" not in part, name
            assert str(Path.cwd()).encode() not in part, name


def _parts(name: str, data: bytes) -> Iterable[bytes]:
    """The file as it is, and what is packed in it."""
    yield data
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            yield from (package.read(part) for part in package.namelist())
    if name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(data))
        yield from (repr(reader.get_object(number)).encode() for number in range(1, len(reader.xref[0]) + 1))
        yield repr(reader.metadata).encode()


def test_a_form_is_named_by_the_ending_of_its_file() -> None:
    begins = {"html": b"<!doctype html>", "pdf": b"%PDF-", "docx": b"PK\x03\x04", "md": b"# "}
    for name, render in FORMS.items():
        assert render(example_document()).startswith(begins[name])
    assert set(FORMS) == set(begins)
